/* See demo_place.h. */
#include "demo_place.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "procedure/yaml.h"

#include "base/banned.h"

enum { FILE_LIMIT = 64 << 10 };

static enum guichet_status
bytes_of(struct arena *arena, const char *path, struct text *ret_bytes, struct guichet_error *error)
{
	char *bytes = arena_alloc(arena, FILE_LIMIT);
	if (!bytes)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	FILE *file = fopen(path, "re");
	if (!file)
		return guichet_fail(error, GUICHET_REFUSED, "Il n’y a pas de lieu %s : écrivez « academie » ou « ville », et lancez "
			"la démonstration depuis la racine du projet.", path);
	const size_t length = fread(bytes, 1, FILE_LIMIT, file);
	const bool whole = feof(file) != 0;
	fclose(file);
	if (!whole)
		return guichet_fail(error, GUICHET_REFUSED, "%s est illisible, ou trop long.", path);
	*ret_bytes = (struct text){ bytes, length };
	return GUICHET_OK;
}

static enum guichet_status
read_campaigns(struct arena *arena, struct demo_place *place, const struct yaml_node *node, struct guichet_error *error)
{
	if (node->kind != YAML_MAPPING || node->count > DEMO_MOST_CAMPAIGNS)
		return guichet_fail(error, GUICHET_REFUSED, "« campagnes » donne, pour chaque procédure, le nom d’une campagne.");
	for (size_t i = 0; i < node->count; i++) {
		const struct text procedure = arena_text(arena, node->items[i].key->scalar),
			campaign = arena_text(arena, node->items[i].value->scalar);
		place->campaigns[place->campaign_count].procedure = procedure.at;
		place->campaigns[place->campaign_count++].campaign = campaign.at;
		if (!procedure.at || !campaign.at || campaign.length == 0)
			return guichet_fail(error, GUICHET_REFUSED, "« campagnes » donne, pour chaque procédure, le nom d’une campagne.");
	}
	return GUICHET_OK;
}

/* What there is to see, in order. */
static enum guichet_status
read_sights(struct arena *arena, struct demo_place *place, const struct yaml_node *node, struct guichet_error *error)
{
	static const char sentence[] = "« à voir » est une liste, de %d au plus : "
		"{titre: …, texte: …, personne: un matricule, page: /service}.";
	if (node->kind != YAML_SEQUENCE || node->count > DEMO_MOST_SIGHTS)
		return guichet_fail(error, GUICHET_REFUSED, sentence, DEMO_MOST_SIGHTS);
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *item = node->items[i].value;
		struct demo_sight sight = { .about = TEXT("") };
		const struct { struct text key; struct text *text; } entries[] = { { TEXT("titre"), &sight.title },
			{ TEXT("texte"), &sight.about }, { TEXT("personne"), &sight.person }, { TEXT("page"), &sight.page } };
		for (size_t k = 0; item->kind == YAML_MAPPING && k < item->count; k++) {
			struct text *text = NULL;
			for (size_t e = 0; e < sizeof entries / sizeof *entries; e++)
				if (text_equal(item->items[k].key->scalar, entries[e].key))
					text = entries[e].text;
			if (!text)
				return guichet_fail(error, GUICHET_REFUSED, sentence, DEMO_MOST_SIGHTS);
			*text = arena_text(arena, item->items[k].value->scalar);
		}
		if (!sight.title.length || !sight.person.length || !text_starts(sight.page, TEXT("/")))
			return guichet_fail(error, GUICHET_REFUSED, sentence, DEMO_MOST_SIGHTS);
		place->sights[place->sight_count++] = sight;
	}
	return GUICHET_OK;
}

/* One entry of the file; what its value must be is said when it is not. */
static enum guichet_status
read_entry(struct arena *arena, struct demo_place *place, struct text key, const struct yaml_node *value,
	struct guichet_error *error)
{
	const struct { struct text key; const char **text; instant *moment; } entries[] = {
		{ TEXT("organisation"), &place->organisation, NULL }, { TEXT("courriel"), &place->mail, NULL },
		{ TEXT("présentation"), &place->about, NULL }, { TEXT("remplissage"), NULL, &place->filled },
		{ TEXT("début"), NULL, &place->start },
	};
	if (text_equal(key, TEXT("campagnes")))
		return read_campaigns(arena, place, value, error);
	if (text_equal(key, TEXT("à voir")))
		return read_sights(arena, place, value, error);
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		if (!text_equal(key, entries[i].key))
			continue;
		if (value->kind != YAML_SCALAR || (entries[i].moment && !instant_read(value->scalar, entries[i].moment)))
			return guichet_fail(error, GUICHET_REFUSED, "« " TEXT_FORMAT " » est illisible : %s.", TEXT_ARGS(key),
				entries[i].moment ? "un jour et une heure sont attendus, 2023-06-08T10:00" : "un texte est attendu");
		if (entries[i].text)
			*entries[i].text = arena_text(arena, value->scalar).at;
		return GUICHET_OK;
	}
	return guichet_fail(error, GUICHET_REFUSED, "« " TEXT_FORMAT " » n’est pas une clé d’un lieu.", TEXT_ARGS(key));
}

enum guichet_status
demo_place_read(struct arena *arena, const char *name, struct demo_place *ret_place, struct guichet_error *error)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	const bool own = strchr(name, '/') != NULL;
	size_t length = strlen(name);
	while (length > 1 && name[length - 1] == '/')
		length--;
	const struct text folder = own ? arena_format(arena, "%.*s", (int)(length < 300 ? length : 300), name) : arena_format(arena, "demonstration/%.100s", name),
		path = arena_format(arena, "%s/lieu.yaml", folder.at ? folder.at : ""),
		csv = arena_format(arena, "%s/personnes.csv", folder.at ? folder.at : ""),
		beside = arena_format(arena, "%s/..", folder.at ? folder.at : "");
	struct source source = { .name = path };
	if (!folder.at || !path.at || !csv.at || !beside.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = bytes_of(arena, path.at, &source.bytes, error);
	if (status != GUICHET_OK)
		return status;
	const struct yaml_node *root = yaml_read(arena, &source, &findings);
	if (!root || findings.errors > 0 || root->kind != YAML_MAPPING)
		return guichet_fail(error, GUICHET_REFUSED, "%s est illisible : des clés et leurs valeurs y sont attendues.", path.at);
	struct demo_place place = { .folder = folder.at, .own = own,
		.procedures = own ? beside.at : "procedures", .filled = INSTANT_NEVER, .start = INSTANT_NEVER,
		.has_files = access(csv.at, F_OK) == 0 };
	for (size_t i = 0; status == GUICHET_OK && i < root->count; i++)
		status = read_entry(arena, &place, root->items[i].key->scalar, root->items[i].value, error);
	if (status == GUICHET_OK && (!place.organisation || !place.mail || !place.about || place.filled == INSTANT_NEVER
		|| place.start == INSTANT_NEVER || place.campaign_count == 0))
		status = guichet_fail(error, GUICHET_REFUSED, "%s doit dire organisation, courriel, présentation, remplissage, début et "
			"campagnes.", path.at);
	if (status == GUICHET_OK && own && !place.has_files)
		status = guichet_fail(error, GUICHET_REFUSED, "Il manque %s : écrivez-y, et dans structures.csv et affectations.csv, "
			"les personnes de l’essai.", csv.at);
	if (status == GUICHET_OK)
		*ret_place = place;
	return status;
}
