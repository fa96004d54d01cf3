/* Fills a data directory with requests of distinct eligible agents of the demonstration, by the same path as pages: drafts,
 * files on disk, commands of the core. For browser tests and benches; the server must not run on that directory.
 *
 *     build/release-gcc/seed DATA [--from PRISTINE] [--dossiers N] [--favourable N] [--reserved N] [--unfavourable N]
 *                            [--clock MOMENT] [--pieces N] [--structure CODE]
 *
 *   DATA            the directory; with --from it must not exist yet, and begins as a copy of PRISTINE, which any
 *                   `guichet demo BASE` leaves in BASE/pristine-<hash>
 *   --dossiers N    how many requests to file, one per agent, on 8 June 2023 (60). Their structures are spread over
 *                   the whole académie; the same N gives the same agents
 *   --favourable N, --reserved N, --unfavourable N
 *                   opinions of their chefs on 19 June, on the first ones, in this order (0); with any, the others wait
 *   --clock MOMENT  then time moves there, and what is due happens: "2023-06-24T08:00" leaves the silent ones without
 *                   opinion
 *   --structure C   only agents of the structure of this code
 *   --pieces N      how many distinct files are joined (as many as requests)
 *
 * Letters that wait are set when the server starts: guichet demo … --data DATA --resume --clock <not before the last
 * moment>. Prints one line per request: number, id, matricule, code of its structure, matricule of its chef. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "directory/directory.h"
#include "office/office.h"
#include "store/attachment.h"

#include "base/banned.h"

enum { AT_ONCE = 50, MOST_AGENTS = 40000 };

struct seed {
	const char *data, *from;
	const char *clock_at, *structure;
	int64_t dossiers, favourable, reserved, unfavourable, pieces;

	struct store *store;
	struct clock *clock;
	struct office *office;
	const struct office_campaign *campaign;
	struct arena *arena;
	struct directory_holder *agents; /* the chosen ones */
	size_t count;
	struct text *ids, *numbers, *chefs;
};

/* ---- the agents ---- */

static bool
is_eligible(struct text filiere)
{
	static const char *const open[] = { "administrative", "technique", "sociale", "santé" };
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (text_equal(filiere, text_of_string(open[i])))
			return true;
	return false;
}

/* One appointment per person, those of a first `wanted` spread evenly over the structures. */
static enum guichet_status
choose_agents(struct seed *seed, struct guichet_error *error)
{
	const struct text function = TEXT("agent");
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders all;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(seed->store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = directory_holders_within(tx, seed->arena, &function, 1, &everywhere,
		date_of_instant(clock_now(seed->clock), NULL), MOST_AGENTS, &all, error);
	if (status != GUICHET_OK)
		return status;
	const struct directory_holder **eligible = arena_array_of(seed->arena, const struct directory_holder *, all.count);
	seed->agents = arena_array_of(seed->arena, struct directory_holder, (size_t)seed->dossiers);
	size_t count = 0;
	for (size_t i = 0; eligible && i < all.count; i++) {
		bool again = false;
		for (size_t back = 1; !again && back <= 40 && back <= count; back++)
			again = text_equal(eligible[count - back]->person.id, all.at[i].person.id);
		if (seed->structure && !text_equal(all.at[i].structure_code, text_of_string(seed->structure)))
			continue;
		if (!again && is_eligible(all.at[i].person.filiere) && all.at[i].person.mail.length)
			eligible[count++] = &all.at[i];
	}
	if (!eligible || !seed->agents || count < (size_t)seed->dossiers)
		return guichet_fail(error, GUICHET_REFUSED, "%zu agents peuvent demander, moins que %lld.", count,
			(long long)seed->dossiers);
	for (size_t i = 0; i < (size_t)seed->dossiers; i++) {
		const struct directory_holder *agent = eligible[i * count / (size_t)seed->dossiers];
		bool again = false;
		for (size_t j = 0; j < seed->count && !again; j++)
			again = text_equal(seed->agents[j].person.id, agent->person.id);
		if (!again)
			seed->agents[seed->count++] = *agent;
	}
	seed->ids = arena_array_of(seed->arena, struct text, seed->count);
	seed->numbers = arena_array_of(seed->arena, struct text, seed->count);
	seed->chefs = arena_array_of(seed->arena, struct text, seed->count);
	return seed->ids && seed->numbers && seed->chefs ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

/* ---- filing ---- */

/* A page of one line, whole enough for any reader. */
static struct text
tiny_pdf(struct arena *arena, size_t rank)
{
	static const char *const objects[] = {
		"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
		"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>\nendobj\n",
		"4 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n",
	};
	enum { OBJECTS = sizeof objects / sizeof *objects };
	size_t at[OBJECTS + 1];
	struct text pdf = TEXT("%PDF-1.4\n");
	for (size_t i = 0; i < OBJECTS; i++) {
		at[i] = pdf.length;
		pdf = arena_format(arena, TEXT_FORMAT "%s", TEXT_ARGS(pdf), objects[i]);
	}
	at[OBJECTS] = pdf.length;
	const struct text content = arena_format(arena, "BT /F 12 Tf 20 40 Td (Attestation %zu) Tj ET", rank);
	pdf = arena_format(arena, TEXT_FORMAT "5 0 obj\n<</Length %zu>>\nstream\n" TEXT_FORMAT "\nendstream\nendobj\n",
		TEXT_ARGS(pdf), content.length, TEXT_ARGS(content));
	const size_t table = pdf.length;
	pdf = arena_format(arena, TEXT_FORMAT "xref\n0 6\n0000000000 65535 f \n", TEXT_ARGS(pdf));
	for (size_t i = 0; i <= OBJECTS; i++)
		pdf = arena_format(arena, TEXT_FORMAT "%010zu 00000 n \n", TEXT_ARGS(pdf), at[i]);
	return arena_format(arena, TEXT_FORMAT "trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
		TEXT_ARGS(pdf), table);
}

/* Some requests, filed in one transaction. */
struct filing {
	struct seed *seed;
	size_t from, to;
	struct dossier_piece pieces[AT_ONCE];
	struct arena *arena;
};

static enum guichet_status
file_one(struct store_tx *tx, const struct filing *filing, size_t i, struct guichet_error *error)
{
	static const char *const days[] = { "lundi", "mardi", "mercredi", "jeudi", "vendredi" };
	struct seed *seed = filing->seed;
	const bool two = i % 3 == 0;
	const struct dossier_raw raws[] = {
		{ TEXT("date_échange"), TEXT("2023-06-02") },
		{ TEXT("supérieur"), TEXT("Mme Claude Tressange") },
		{ TEXT("accord"), TEXT("oui") },
		{ TEXT("nombre_jours"), two ? TEXT("2") : TEXT("1") },
		{ TEXT("modalités"), TEXT("Dossiers et appels, aux heures du service.") },
		{ TEXT("autorisation_précédente"), i % 4 ? TEXT("aucune") : TEXT("un_jour") },
		{ TEXT("date_souhaitée"), TEXT("2023-09-01") },
		{ TEXT("adresse"), arena_format(filing->arena, "%zu rue des Tilleuls\n99100 Valmont-la-Ville", i + 1) },
		{ TEXT("jours_souhaités"), text_of_string(days[i % 5]) },
		{ TEXT("jours_souhaités"), text_of_string(days[(i + 2) % 5]) },
	};
	struct office_draft_change draft = { .arena = filing->arena, .campaign = seed->campaign->id,
		.person = seed->agents[i].person.id, .raws = { raws, sizeof raws / sizeof *raws - !two },
		.piece = &filing->pieces[i - filing->from], .at = clock_now(seed->clock) };
	enum guichet_status status = office_draft_save(tx, &draft, error);
	if (status != GUICHET_OK)
		return status;
	struct office_command *command = office_command_new(seed->office, filing->arena, seed->agents[i].person.id,
		clock_now(seed->clock));
	if (!command)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	command->campaign = seed->campaign;
	command->command.action = TEXT("déposer");
	status = office_act(tx, command, error);
	for (size_t f = 0; status != GUICHET_OK && f < command->outcome.form.count; f++)
		if (command->outcome.form.answers[f].mistake.length)
			fprintf(stderr, "seed: " TEXT_FORMAT "\n", TEXT_ARGS(command->outcome.form.answers[f].mistake));
	seed->ids[i] = arena_text(seed->arena, command->dossier);
	seed->numbers[i] = arena_text(seed->arena, command->number);
	return status;
}

static enum guichet_status
file_some(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct filing *filing = context;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = filing->from; status == GUICHET_OK && i < filing->to; i++)
		status = file_one(tx, filing, i, error);
	return status;
}

static enum guichet_status
file_all(struct seed *seed, struct guichet_error *error)
{
	const size_t distinct = seed->pieces > 0 ? (size_t)seed->pieces : seed->count;
	enum guichet_status status = GUICHET_OK;
	CLEANUP(arena_free) struct arena *kept = arena_new(64 << 20);
	struct dossier_piece *written = kept ? arena_array_of(kept, struct dossier_piece, distinct) : NULL;
	if (!written)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (struct filing filing = { .seed = seed }; status == GUICHET_OK && filing.from < seed->count; filing.from = filing.to) {
		CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
		if (!(filing.arena = arena))
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		filing.to = filing.from + AT_ONCE < seed->count ? filing.from + AT_ONCE : seed->count;
		for (size_t i = filing.from; status == GUICHET_OK && i < filing.to; i++) {
			struct dossier_piece *piece = &written[i % distinct];
			if (!piece->digest.length) {
				const struct text pdf = tiny_pdf(arena, i);
				struct text digest;
				status = office_file_write(seed->office, arena, pdf, &digest, error);
				*piece = (struct dossier_piece){ .name = TEXT("assurance"), .file = TEXT("attestation.pdf"),
					.kind = TEXT("PDF"), .size = (int64_t)pdf.length };
				if (status == GUICHET_OK)
					piece->digest = arena_text(kept, digest);
			}
			filing.pieces[i - filing.from] = *piece;
		}
		if (status == GUICHET_OK)
			status = store_transact(seed->store, file_some, &filing, error);
	}
	return status;
}

/* ---- opinions ---- */

struct opinion {
	struct seed *seed;
	struct arena *arena;
	size_t dossier;
};

static enum guichet_status
give(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct opinion *opinion = context;
	struct seed *seed = opinion->seed;
	const int64_t i = (int64_t)opinion->dossier;
	const bool favourable = i < seed->favourable, reserved = !favourable && i < seed->favourable + seed->reserved;
	const struct dossier_raw raw = { reserved ? TEXT("modification_demandée") : TEXT("motif_refus"),
		reserved ? TEXT("Un autre jour que le mardi.") : TEXT("L’accueil du public doit être assuré chaque jour.") };
	struct office_dossier dossier;
	enum guichet_status status = office_dossier_load(seed->office, tx, opinion->arena, seed->ids[i], NULL,
		clock_now(seed->clock), &dossier, error);
	if (status != GUICHET_OK)
		return status;
	const int chef = procedure_role_find(seed->campaign->procedure, TEXT("chef"));
	struct text person = { 0 };
	for (size_t h = 0; h < dossier.facts.holder_count && !person.length; h++)
		if (dossier.facts.holders[h].role == chef)
			person = dossier.facts.holders[h].person.id;
	struct office_command *command = office_command_new(seed->office, opinion->arena, person, clock_now(seed->clock));
	if (!command || !person.length)
		return guichet_fail(error, GUICHET_REFUSED, "Le dossier %lld n’a pas de chef.", (long long)i);
	command->dossier = seed->ids[i];
	command->command.action = favourable ? TEXT("favorable") : reserved ? TEXT("réserve") : TEXT("défavorable");
	command->command.confirmed = true;
	if (!favourable)
		command->command.raws = (struct dossier_raws){ &raw, 1 };
	return office_act(tx, command, error);
}

static enum guichet_status
move_to(struct seed *seed, const char *moment, struct guichet_error *error)
{
	instant at;
	if (!instant_read(text_of_string(moment), &at))
		return guichet_fail(error, GUICHET_REFUSED, "« %s » n’est pas un moment comme 2023-06-19T08:00.", moment);
	const enum guichet_status status = clock_advance(seed->clock, at, error);
	return status != GUICHET_OK ? status : office_catch_up(seed->office, error);
}

static enum guichet_status
give_all(struct seed *seed, struct guichet_error *error)
{
	const int64_t wanted = seed->favourable + seed->reserved + seed->unfavourable;
	if (wanted == 0)
		return GUICHET_OK;
	enum guichet_status status = move_to(seed, "2023-06-19T08:00", error);
	for (size_t i = 0; status == GUICHET_OK && i < seed->count && (int64_t)i < wanted; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
		struct opinion opinion = { seed, arena, i };
		status = arena ? store_transact(seed->store, give, &opinion, error)
			: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	return status;
}

/* ---- telling ---- */

static enum guichet_status
tell(struct seed *seed, struct guichet_error *error)
{
	const int chef = procedure_role_find(seed->campaign->procedure, TEXT("chef"));
	CLEANUP(store_read_end) struct store_tx *tx = store_read(seed->store, error);
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	if (!tx || !arena)
		return tx ? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.") : error->status;
	for (size_t i = 0; i < seed->count; i++) {
		arena_clear(arena);
		struct office_dossier dossier;
		struct directory_person person = { 0 };
		enum guichet_status status = office_dossier_load(seed->office, tx, arena, seed->ids[i], NULL,
			clock_now(seed->clock), &dossier, error);
		for (size_t h = 0; status == GUICHET_OK && h < dossier.facts.holder_count && !person.id.length; h++)
			if (dossier.facts.holders[h].role == chef)
				status = directory_person_load(tx, arena, dossier.facts.holders[h].person.id,
					date_of_instant(clock_now(seed->clock), NULL), &person, error);
		if (status != GUICHET_OK)
			return status;
		printf(TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT "\n",
			TEXT_ARGS(seed->numbers[i]), TEXT_ARGS(seed->ids[i]), TEXT_ARGS(seed->agents[i].person.external_id),
			TEXT_ARGS(seed->agents[i].structure_code), TEXT_ARGS(person.external_id));
	}
	return GUICHET_OK;
}

static enum guichet_status
fill(struct seed *seed, struct guichet_error *error)
{
	instant start;
	if (!instant_read(TEXT("2023-06-08T10:00"), &start) || !(seed->clock = clock_new(start)))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = GUICHET_OK;
	if (seed->from)
		status = store_backup(seed->from, seed->data, STORE_ATTACHMENT_NAMED, error);
	if (status == GUICHET_OK)
		status = store_open(seed->data, NULL, &seed->store, error);
	const struct office_options options = { .store = seed->store, .clock = seed->clock,
		.organisation = TEXT("Académie de Valmont"), .public_address = TEXT("http://127.0.0.1:8080") };
	if (status == GUICHET_OK)
		status = office_open(&options, &seed->office, error);
	if (status != GUICHET_OK)
		return status;
	seed->campaign = office_campaign_find(seed->office, TEXT("teletravail-academie-2023-2024"));
	if (!seed->campaign)
		return guichet_fail(error, GUICHET_REFUSED, "La campagne de la démonstration n’est pas dans %s.", seed->data);
	status = choose_agents(seed, error);
	if (status == GUICHET_OK)
		status = file_all(seed, error);
	if (status == GUICHET_OK)
		status = give_all(seed, error);
	if (status == GUICHET_OK && seed->clock_at)
		status = move_to(seed, seed->clock_at, error);
	return status == GUICHET_OK ? tell(seed, error) : status;
}

int
main(int argc, char **argv)
{
	struct seed seed = { .dossiers = 60, .arena = arena_new(512 << 20) };
	const struct { const char *name; const char **text; int64_t *number; } options[] = {
		{ "--from", &seed.from, NULL }, { "--clock", &seed.clock_at, NULL }, { "--dossiers", NULL, &seed.dossiers },
		{ "--favourable", NULL, &seed.favourable }, { "--reserved", NULL, &seed.reserved },
		{ "--unfavourable", NULL, &seed.unfavourable }, { "--pieces", NULL, &seed.pieces },
		{ "--structure", &seed.structure, NULL },
	};
	bool good = argc > 1 && argc % 2 == 0 && seed.arena;
	seed.data = good ? argv[1] : NULL;
	for (int i = 2; good && i + 1 < argc; i += 2) {
		good = false;
		for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
			if (strcmp(argv[i], options[o].name) != 0)
				continue;
			good = !options[o].number || text_to_integer(text_of_string(argv[i + 1]), 0, MOST_AGENTS, options[o].number);
			if (options[o].text)
				*options[o].text = argv[i + 1];
		}
	}
	if (!good) {
		fprintf(stderr, "Usage: seed DATA [--from PRISTINE] [--dossiers N] [--favourable N] [--reserved N]"
			" [--unfavourable N] [--clock MOMENT] [--pieces N] [--structure CODE]\n");
		return 2;
	}
	struct guichet_error error = { 0 };
	const enum guichet_status status = fill(&seed, &error);
	if (status != GUICHET_OK)
		fprintf(stderr, "seed: %s\n", error.message);
	office_close(seed.office);
	store_close(seed.store);
	clock_free(seed.clock);
	arena_free(seed.arena);
	return status == GUICHET_OK ? 0 : 1;
}
