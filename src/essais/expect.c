/* What a step may expect of the dossier it has led to, of its letters and mails, and of what each may read and do.
 * Each line of expectations.def has its function, here or in expect_service.c. */
#include "essais/expect.h"

#include "base/french.h"

#include "base/banned.h"

void
expect_state(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct text got = happening->dossier
		? playing->procedure->steps[happening->dossier->state.step].name : TEXT("aucun dossier");
	essai_check(playing, node, text_equal(got, yaml_scalar(node)), "l’état est « %.*s »", TEXT_ARGS(got));
}

/* Where each suivi stands. */
void
expect_tracks(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct procedure *procedure = playing->procedure;
	for (size_t i = 0; i < node->count; i++) {
		const struct text name = node->items[i].key->scalar, expected = yaml_scalar(node->items[i].value);
		const int track = procedure_track_find(procedure, name);
		const int step = track <= 0 || !happening->dossier ? PROCEDURE_NONE
			: dossier_stand_in(procedure, &happening->dossier->state, track).step;
		const struct text got = step < 0 ? TEXT("rien") : procedure->steps[step].name;
		essai_check(playing, node->items[i].value, track > 0 && text_equal(got, expected), "le suivi « %.*s » en est à « %.*s »",
			TEXT_ARGS(name), TEXT_ARGS(got));
	}
}

/* What each is warned of. */
void
expect_warnings(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct text *messages = NULL;
		struct guichet_error error = { 0 };
		struct essai_names names = { 0 };
		size_t count = 0;
		if (dossier_warnings(DOSSIER_PRESENT(&happening->facts, playing->arena), &viewer, &messages, &count, &error) != GUICHET_OK)
			count = 0;
		for (size_t k = 0; k < count; k++)
			essai_names_add(&names, messages[k]);
		essai_check_names(playing, node->items[i].value, "avertissements", &names);
	}
}

void
expect_refusal(struct happening *happening, const struct yaml_node *node)
{
	const struct dossier_outcome *outcome = happening->outcome;
	const bool refused = outcome && outcome->kind == DOSSIER_REFUSED_OUTCOME;
	essai_check(happening->playing, node, refused && essai_contains(outcome->message, yaml_scalar(node)), "%s%.*s",
		refused ? "refus : " : "il n’y a pas eu de refus", TEXT_ARGS(refused ? outcome->message : TEXT("")));
}

void
essai_check_mistakes(struct playing *playing, const struct yaml_node *node, const struct dossier_form *form,
	const struct text *piece_mistakes)
{
	struct essai_names names = { 0 };
	struct essai_names texts = { 0 };
	for (size_t i = 0; i < form->count; i++) {
		if (form->answers[i].mistake.length > 0) {
			essai_names_add(&names, form->answers[i].name);
			essai_names_add(&texts, form->answers[i].mistake);
		}
	}
	for (size_t i = 0; piece_mistakes && i < playing->procedure->piece_count; i++) {
		if (piece_mistakes[i].length > 0) {
			essai_names_add(&names, playing->procedure->pieces[i].name);
			essai_names_add(&texts, piece_mistakes[i]);
		}
	}
	if (node->kind != YAML_MAPPING) {
		essai_check_names(playing, node, "champs en erreur", &names);
		return;
	}
	for (size_t i = 0; i < names.count; i++)
		essai_check(playing, node, yaml_get_named(node, names.at[i]) != NULL, "erreur inattendue sur « %.*s » : %.*s",
			TEXT_ARGS(names.at[i]), TEXT_ARGS(texts.at[i]));
	for (size_t i = 0; i < node->count; i++) {
		const struct text field = node->items[i].key->scalar, message = yaml_scalar(node->items[i].value);
		size_t j = 0;
		while (j < names.count && !text_equal(names.at[j], field))
			j++;
		essai_check(playing, node->items[i].value, j < names.count && essai_contains(texts.at[j], message),
			"« %.*s » : %.*s", TEXT_ARGS(field), TEXT_ARGS(j < names.count ? texts.at[j] : TEXT("aucune erreur")));
	}
}

void
expect_mistakes(struct happening *happening, const struct yaml_node *node)
{
	static const struct dossier_form none;
	const struct dossier_outcome *outcome = happening->outcome;
	essai_check_mistakes(happening->playing, node, outcome ? &outcome->form : &none, outcome ? outcome->piece_mistakes : NULL);
}

static void
expect_mail(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct world *world = playing->world;
	const struct text to = yaml_scalar(yaml_get(node, "à")), name = yaml_scalar(yaml_get(node, "courrier")),
		subject = yaml_scalar(yaml_get(node, "objet"));
	struct world_mail *found = NULL;
	if (!essai_keys_are_known(playing, node, &shape_essai_mail))
		return;
	for (size_t i = 0; i < world->mail_count && !found; i++) {
		struct world_mail *mail = &world->mails[i];
		if (!mail->seen && text_equal(mail->to, to) && text_equal(mail->mail->name, name))
			found = mail;
	}
	essai_check(playing, node, found != NULL, "le courrier « %.*s » n’est pas parti à %.*s", TEXT_ARGS(name), TEXT_ARGS(to));
	if (!found)
		return;
	found->seen = true;
	if (subject.length > 0)
		essai_check(playing, node, essai_contains(found->subject, subject), "l’objet est « %.*s »", TEXT_ARGS(found->subject));
	if (yaml_get(node, "contient"))
		essai_check_parts(playing, node, "le courrier", found->body, yaml_get(node, "contient"), true);
	if (yaml_get(node, "sans"))
		essai_check_parts(playing, node, "le courrier", found->body, yaml_get(node, "sans"), false);
	if (yaml_get(node, "lien"))
		essai_check(playing, node, found->link != essai_is_no(yaml_get(node, "lien")), "le lien de réponse %s",
			found->link ? "est là" : "manque");
}

void
expect_mails(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct world *world = playing->world;
	if (!text_equal(yaml_scalar(node), TEXT("rien"))) {
		for (size_t i = 0; i < essai_item_count(node); i++)
			expect_mail(happening, essai_item_at(node, i));
	}
	struct essai_names unexpected = { 0 };
	for (size_t i = 0; i < world->mail_count; i++) {
		if (!world->mails[i].seen)
			essai_names_add(&unexpected, arena_format(playing->arena, "%.*s à %.*s",
				TEXT_ARGS(world->mails[i].mail->name), TEXT_ARGS(world->mails[i].to)));
	}
	essai_check(playing, node, unexpected.count == 0, "courriers inattendus : %.*s",
		TEXT_ARGS(essai_names_text(playing, &unexpected)));
}

static void
list_acts(struct happening *happening, bool cancelled, struct essai_names *names)
{
	const struct dossier_outcome *outcome = happening->outcome;
	const size_t count = !outcome ? 0 : cancelled ? outcome->cancelled_count : outcome->composed_count;
	for (size_t i = 0; i < count; i++) {
		const struct dossier_act *act = cancelled ? &outcome->cancelled[i] : &outcome->composed[i];
		essai_names_add(names, happening->playing->procedure->letters[act->letter].name);
	}
}

/* The living letters of the dossier, whenever they were produced. */
void
expect_documents(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++) {
		if (state->acts[i].status != DOSSIER_CANCELLED && state->acts[i].replaced_by.length == 0)
			essai_names_add(&names, happening->playing->procedure->letters[state->acts[i].letter].name);
	}
	essai_check_names(happening->playing, node, "documents", &names);
}

void
expect_produced(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	list_acts(happening, false, &names);
	essai_check_names(happening->playing, node, "documents produits", &names);
}

void
expect_cancelled(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	list_acts(happening, true, &names);
	essai_check_names(happening->playing, node, "documents annulés", &names);
}

void
expect_texts(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const int letter = procedure_letter_find(playing->procedure, node->items[i].key->scalar);
		const struct text text = letter < 0 || !happening->dossier ? (struct text){ NULL, 0 }
			: world_letter_text(playing->world, happening->dossier, letter);
		essai_check_parts(playing, expected, "le document", text, expected, true);
	}
}

/* "déposée", "acceptée", "renvoyée : il manque le cachet", "rien". */
void
expect_pieces(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text name = node->items[i].key->scalar;
		const struct dossier_piece *piece = happening->dossier ? dossier_piece_find(&happening->dossier->state, name) : NULL;
		const struct text state = piece ? procedure_piece_states[piece->state] : TEXT("rien");
		const struct text got = !piece || piece->ground.length == 0 ? state
			: arena_format(playing->arena, "%.*s : %.*s", TEXT_ARGS(state), TEXT_ARGS(piece->ground));
		essai_check(playing, node->items[i].value, french_equal(got, yaml_scalar(node->items[i].value)),
			"la pièce « %.*s » : %.*s", TEXT_ARGS(name), TEXT_ARGS(got));
	}
}

void
expect_readable(struct happening *happening, const struct yaml_node *node)
{
	const struct procedure *procedure = happening->playing->procedure;
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		struct essai_names names = { 0 };
		for (size_t k = 0; happening->dossier && k < procedure->piece_count; k++) {
			if (dossier_piece_find(&happening->dossier->state, procedure->pieces[k].name)
			    && dossier_may_read_piece(&happening->facts, &viewer, (int)k))
				essai_names_add(&names, procedure->pieces[k].name);
		}
		essai_check_names(happening->playing, node->items[i].value, "pièces qui s’ouvrent", &names);
	}
}

void
expect_piece_tasks(struct happening *happening, const struct yaml_node *node)
{
	static const struct text words[DOSSIER_PIECE_TASK_END] = { [DOSSIER_PIECE_TO_EXAMINE] = TEXT("à examiner"),
		[DOSSIER_PIECE_TO_REPLACE] = TEXT("à remplacer"), [DOSSIER_PIECE_AWAITED] = TEXT("attendue"),
		[DOSSIER_PIECE_TO_RENEW] = TEXT("à renouveler") };
	struct playing *playing = happening->playing;
	const struct dossier_piece_task *tasks = NULL;
	struct guichet_error error = { 0 };
	struct essai_names names = { 0 };
	size_t count = 0;
	if (happening->dossier && dossier_piece_tasks(&happening->facts, playing->arena, &tasks, &count, &error) != GUICHET_OK)
		essai_check(playing, node, false, "%s", error.message);
	for (size_t i = 0; i < count; i++) {
		const struct text piece = playing->procedure->pieces[tasks[i].piece].name, word = words[tasks[i].kind];
		const struct text until = tasks[i].due == INSTANT_NEVER ? TEXT("") : arena_format(playing->arena, " jusqu’au %.*s",
			TEXT_ARGS(date_iso(playing->arena, date_of_instant(tasks[i].due - 1, NULL))));
		essai_names_add(&names, arena_format(playing->arena, "%.*s %.*s%.*s", TEXT_ARGS(piece), TEXT_ARGS(word), TEXT_ARGS(until)));
	}
	essai_check_names(playing, node, "pièces à suivre", &names);
}

void
expect_signatures(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++) {
		for (size_t j = 0; state->acts[i].status != DOSSIER_CANCELLED && j < state->acts[i].signature_count; j++)
			essai_names_add(&names, state->acts[i].signatures[j].person);
	}
	essai_check_names(happening->playing, node, "signatures", &names);
}

void
expect_replaced(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++)
		if (state->acts[i].replaced_by.length > 0)
			essai_names_add(&names, happening->playing->procedure->letters[state->acts[i].letter].name);
	essai_check_names(happening->playing, node, "lettres remplacées", &names);
}

void
expect_births(struct happening *happening, const struct yaml_node *node)
{
	struct dossier_kin children[WORLD_MOST_DOSSIERS];
	const size_t child_count = happening->dossier
		? world_children(happening->playing->world, happening->dossier, children) : 0;
	for (size_t i = 0; happening->dossier && i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct dossier_birth *births;
		struct essai_names names = { 0 };
		size_t count = 0;
		struct guichet_error error = { 0 };
		if (dossier_births(&happening->facts, &viewer, children, child_count, happening->playing->arena, &births, &count,
			&error) != GUICHET_OK)
			count = 0;
		for (size_t j = 0; j < count; j++)
			if (births[j].allowed)
				essai_names_add(&names, births[j].nature->name);
		essai_check_names(happening->playing, node->items[i].value, "natures possibles", &names);
	}
}

static void
list_options(struct happening *happening, struct text person, bool allowed, struct essai_names *names)
{
	const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
	const struct dossier_option *options;
	size_t count;
	struct guichet_error error = { 0 };
	if (dossier_options(DOSSIER_PRESENT(&happening->facts, happening->playing->arena), &viewer, &options, &count, &error) != GUICHET_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		if (options[i].allowed == allowed)
			essai_names_add(names, options[i].definition->name);
	}
}

void
expect_options(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		struct essai_names names = { 0 };
		list_options(happening, node->items[i].key->scalar, true, &names);
		essai_check_names(happening->playing, node->items[i].value, "actions possibles", &names);
	}
}

void
expect_not_yet(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		struct essai_names names = { 0 };
		list_options(happening, node->items[i].key->scalar, false, &names);
		essai_check_names(happening->playing, node->items[i].value, "actions vues mais empêchées", &names);
	}
}

void
expect_labels(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct text label = dossier_label(&happening->facts, &viewer);
		essai_check(happening->playing, node->items[i].value, french_equal(label, yaml_scalar(node->items[i].value)),
			"%.*s voit « %.*s »", TEXT_ARGS(person), TEXT_ARGS(label));
	}
}

void
expect_values(struct happening *happening, const struct yaml_node *node)
{
	essai_check_values(happening->playing, &happening->facts, node);
}

void
expect_counters(struct happening *happening, const struct yaml_node *node)
{
	essai_check_counters(happening, node);
}

void
expect_dues(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct world_dossier *dossier = happening->dossier;
	struct essai_names names = { 0 };
	for (size_t i = 0; dossier && i < dossier->due_count; i++)
		essai_names_add(&names, dossier->dues[i].effect);
	if (node->kind != YAML_MAPPING) {
		essai_check_names(playing, node, "échéances", &names);
		return;
	}
	essai_check(playing, node, names.count == node->count, "échéances : %.*s", TEXT_ARGS(essai_names_text(playing, &names)));
	for (size_t i = 0; i < node->count; i++) {
		const struct text effect = node->items[i].key->scalar;
		instant at, got = INSTANT_NEVER;
		if (!essai_read_instant(playing, node->items[i].value, &at))
			continue;
		for (size_t j = 0; dossier && j < dossier->due_count; j++) {
			if (text_equal(dossier->dues[j].effect, effect))
				got = dossier->dues[j].at;
		}
		essai_check(playing, node->items[i].value, got == at, "l’échéance « %.*s » : %.*s", TEXT_ARGS(effect),
			TEXT_ARGS(got == INSTANT_NEVER ? TEXT("aucune") : instant_french(playing->arena, got)));
	}
}

/* Titles of a person's timeline, one per line: "+ " past, "= " now, "> " next. */
static struct text
timeline_text(struct happening *happening, struct text person)
{
	const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
	const struct dossier_moment *moments;
	size_t count;
	struct guichet_error error = { 0 };
	if (!happening->dossier || dossier_timeline(DOSSIER_PRESENT(&happening->facts, happening->playing->arena), &viewer,
		happening->dossier->events, happening->dossier->event_count, &moments, &count, &error) != GUICHET_OK)
		return TEXT("");
	struct text text = TEXT("");
	for (size_t i = 0; i < count; i++) {
		static const char *const marks[] = { "+", "=", ">" };
		text = arena_format(happening->playing->arena, "%.*s%s %.*s%s%.*s%s\n", TEXT_ARGS(text), marks[moments[i].kind],
			TEXT_ARGS(moments[i].title), moments[i].by.length > 0 ? ", par " : "", TEXT_ARGS(moments[i].by),
			moments[i].change_count > 0 ? ", avec changements" : "");
		if (moments[i].kind == DOSSIER_PAST && moments[i].detail.length > 0)
			text = arena_format(happening->playing->arena, "%.*s  %.*s\n", TEXT_ARGS(text), TEXT_ARGS(moments[i].detail));
		if (moments[i].kind == DOSSIER_NEXT)
			text = arena_format(happening->playing->arena, "%.*s, le %.*s\n",
				TEXT_ARGS(text_trim(text)),
				TEXT_ARGS(date_french(happening->playing->arena, date_of_instant(moments[i].at, NULL), false)));
	}
	return text;
}

void
expect_timeline(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const struct text text = timeline_text(happening, node->items[i].key->scalar);
		const struct yaml_node *with = expected->kind == YAML_MAPPING ? yaml_get(expected, "contient") : expected;
		if (expected->kind == YAML_MAPPING && !essai_keys_are_known(happening->playing, expected, &shape_essai_parts))
			continue;
		essai_check_parts(happening->playing, expected, "la frise", text, with, true);
		if (expected->kind == YAML_MAPPING && yaml_get(expected, "sans"))
			essai_check_parts(happening->playing, expected, "la frise", text, yaml_get(expected, "sans"), false);
	}
}

/* What a person may read in the dossier: "Libellé : valeur" lines. */
void
expect_reading(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; happening->dossier && i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct dossier_line *lines;
		size_t count = 0;
		struct guichet_error error = { 0 };
		struct text text = TEXT("");
		if (dossier_lines(DOSSIER_PRESENT(&happening->facts, happening->playing->arena), &viewer, &lines, &count, &error) != GUICHET_OK)
			count = 0;
		for (size_t j = 0; j < count; j++)
			text = arena_format(happening->playing->arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text),
				TEXT_ARGS(lines[j].label), TEXT_ARGS(lines[j].value));
		const struct yaml_node *with = expected->kind == YAML_MAPPING ? yaml_get(expected, "contient") : expected;
		if (expected->kind == YAML_MAPPING && !essai_keys_are_known(happening->playing, expected, &shape_essai_parts))
			continue;
		essai_check_parts(happening->playing, expected, "ce qui est lu", text, with, true);
		if (expected->kind == YAML_MAPPING && yaml_get(expected, "sans"))
			essai_check_parts(happening->playing, expected, "ce qui est lu", text, yaml_get(expected, "sans"), false);
	}
}

/* The cells of a row, "1er mars 2024, M. Bruno Salaün, Rappel": empty ones are left out. */
static struct text
row_text(struct playing *playing, const struct text *cells, size_t width)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < width; i++)
		if (cells[i].length > 0)
			text = arena_format(playing->arena, "%.*s%s%.*s", TEXT_ARGS(text), text.length > 0 ? ", " : "",
				TEXT_ARGS(cells[i]));
	return text;
}

void
expect_registers(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct dossier_viewer viewer = { .roles = ~(dossier_roles)0 };
	const struct dossier_register_view *views = NULL;
	size_t count = 0;
	struct guichet_error error = { 0 };
	if (happening->dossier && dossier_registers(&happening->facts, &viewer, playing->arena, &views, &count, &error) != GUICHET_OK)
		count = 0;
	for (size_t i = 0; i < node->count; i++) {
		struct essai_names names = { 0 };
		for (size_t j = 0; j < count; j++) {
			const size_t width = views[j].definition->column_count + 2;
			for (size_t k = 0; text_equal(views[j].definition->name, node->items[i].key->scalar) && k < views[j].row_count; k++)
				essai_names_add(&names, row_text(playing, views[j].cells + width * k, width));
		}
		essai_check_names(playing, node->items[i].value, "registre", &names);
	}
}

void
expect_holders(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		struct essai_names names = { 0 };
		const int role = procedure_role_find(happening->playing->procedure, node->items[i].key->scalar);
		for (size_t j = 0; j < happening->facts.holder_count; j++) {
			if (happening->facts.holders[j].role == role)
				essai_names_add(&names, happening->facts.holders[j].person.id);
		}
		essai_check_names(happening->playing, node->items[i].value, "tenants du rôle", &names);
	}
}

void
expect_can(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct yaml_node *expected = node->items[i].value;
		const struct yaml_node *message = expected->kind == YAML_MAPPING ? yaml_get(expected, "message") : NULL;
		const struct yaml_node *answer = expected->kind == YAML_MAPPING ? yaml_get(expected, "réponse") : expected;
		const struct yaml_node *after = expected->kind == YAML_MAPPING ? yaml_get(expected, "suite") : NULL;
		const struct yaml_node *opinions = expected->kind == YAML_MAPPING ? yaml_get(expected, "avis") : NULL;
		struct dossier_facts facts;
		struct dossier_can can;
		struct guichet_error error = { 0 };
		if (world_facts(playing->world, person, NULL, playing->world->now, &facts, &error) != GUICHET_OK
		    || dossier_can(&facts, playing->arena, &can, &error) != GUICHET_OK) {
			essai_check(playing, expected, false, "puis-je : %s", error.message);
			continue;
		}
		if (answer)
			essai_check(playing, answer, can.may != essai_is_no(answer), "la réponse est %s : %.*s", can.may ? "oui" : "non",
				TEXT_ARGS(can.message));
		if (message)
			essai_check(playing, message, essai_contains(can.message, yaml_scalar(message)), "le message est : %.*s",
				TEXT_ARGS(can.message));
		if (after)
			essai_check(playing, after, essai_contains(can.after, yaml_scalar(after)), "la suite est : %.*s", TEXT_ARGS(can.after));
		if (opinions) {
			struct essai_names names = { 0 };
			for (size_t j = 0; j < can.opinion_count; j++)
				essai_names_add(&names, can.opinions[j].person.id);
			essai_check_names(playing, opinions, "avis demandés à", &names);
		}
	}
}

void
expect_alert(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	for (size_t i = 0; i < happening->playing->world->alerts.count; i++)
		essai_names_add(&names, happening->playing->procedure->roles[happening->playing->world->alerts.at[i]].name);
	essai_check_names(happening->playing, node, "alertes", &names);
}

/* A value of a field: as people read it where a literal would be long. */
static struct text
changed_text(struct playing *playing, struct text name, struct feel_value value)
{
	const int field = procedure_field_find(playing->procedure, name);
	return field >= 0 && value.kind != FEEL_NULL && playing->procedure->fields[field].type >= PROCEDURE_FIELD_TIME
		? procedure_field_text(playing->arena, &playing->procedure->fields[field], value)
		: essai_value_text(playing, value);
}

void
expect_changes(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct essai_names names = { 0 };
	const struct dossier_viewer nobody = { 0 };
	const struct dossier_moment *moments = NULL;
	size_t count = 0;
	struct guichet_error error = { 0 };
	if (happening->dossier)
		(void)!dossier_timeline(DOSSIER_PRESENT(&happening->facts, playing->arena), &nobody, happening->dossier->events,
			happening->dossier->event_count, &moments, &count, &error);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < moments[i].change_count; j++) {
			const struct dossier_change *change = &moments[i].changes[j];
			essai_names_add(&names, arena_format(playing->arena, "%.*s : %.*s → %.*s, par %.*s, motif : %.*s",
				TEXT_ARGS(change->field), TEXT_ARGS(changed_text(playing, change->field, change->before)),
				TEXT_ARGS(changed_text(playing, change->field, change->after)), TEXT_ARGS(change->by), TEXT_ARGS(change->reason)));
		}
	}
	essai_check_names(playing, node, "changements", &names);
}

static const struct {
	const char *key;
	void (*expect)(struct happening *, const struct yaml_node *);
} expectations[] = {
#define EXPECTATION(key, expect, forms, holder, about) { key, expect },
#include "essais/expectations.def"
#undef EXPECTATION
};

void
essai_expect(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; node && i < node->count && !essai_must_stop(happening->playing); i++) {
		const struct text key = node->items[i].key->scalar;
		size_t known = 0;
		while (known < sizeof expectations / sizeof *expectations
		       && !text_equal(key, text_of_string(expectations[known].key)))
			known++;
		if (known == sizeof expectations / sizeof *expectations)
			essai_check(happening->playing, node->items[i].key, false, "« %.*s » n’est pas une attente connue", TEXT_ARGS(key));
		else
			expectations[known].expect(happening, node->items[i].value);
	}
}
