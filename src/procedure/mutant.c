/* A procedure without one of its rules, for "guichet test --mutate": what may be left out is
 * found in the YAML tree, so that nothing of the engine knows of it. A text shared by an alias
 * is one rule. */
#include "procedure/files.h"
#include "procedure/table.h"

#include "base/banned.h"

enum { MOST_MUTANTS = 4000 };

/* What of a kind of item may be left out: the whole, and which of its keys. */
struct kind {
	const char *what; /* "l’action" */
	bool whole;
	const char *const *keys;
};

static const char *const no_keys[] = { NULL };
static const char *const section_keys[] = { "si", "plus_tard", "lisible_par", NULL };
static const char *const field_keys[] = { "obligatoire", "contrôle", "contrôles", "si", "longueur", "minimum", "maximum",
	"préremplir", "lignes_minimum", "lignes_maximum", "lisible_par", NULL };
static const char *const row_field_keys[] = { "obligatoire", "contrôle", "contrôles", "si", "longueur", "minimum", "maximum",
	NULL };
static const char *const piece_keys[] = { "obligatoire", "si", "formats", "attendue", "valable_jusquau", "lisible_par",
	NULL };
static const char *const data_keys[] = { "contrôle", "contrôles", "minimum", "maximum", NULL };
static const char *const role_keys[] = { "canal", NULL };
static const char *const step_keys[] = { "libère", "attend_tous", "avertit", NULL };
static const char *const action_keys[] = { "pendant", "hors", "si", "exige", "saisit", "modifie", "joint", "examine",
	"pose", "compte", "décompte", "inscrit", "ouvre", "annule", "produit", "signe", "annulable", "reporte", NULL };
static const char *const deadline_keys[] = { "si", "répète", "au_plus", "annule", "produit", "alerte", "pose", "compte",
	"décompte", "inscrit", "reporte", NULL };
static const char *const passage_keys[] = { "annule", "produit", "alerte", "pose", "compte", "décompte",
	"inscrit", "reporte", NULL };
static const char *const clock_keys[] = { "depuis", "arrêt", "prorogé", "suspendu", NULL };
static const char *const letter_keys[] = { "signent", "remplace", NULL };
static const char *const nature_keys[] = { "si", "un_seul", "formulaire", "pièces", NULL };
static const char *const output_keys[] = { "sinon", NULL };
static const char *const report_keys[] = { "secret", "compte", NULL };
static const char *const measure_keys[] = { "si", "somme", "moyenne", NULL };
static const char *const mail_keys[] = { "si", "étapes", "groupé", "lien", NULL };

static const struct kind
	kind_section = { "la partie", false, section_keys }, kind_field = { "le champ", false, field_keys },
	kind_row_field = { "le champ de ligne", false, row_field_keys },
	kind_piece = { "la pièce", false, piece_keys }, kind_data = { "la donnée", false, data_keys },
	kind_role = { "le rôle", false, role_keys }, kind_step = { "l’étape", false, step_keys },
	kind_action = { "l’action", true, action_keys }, kind_deadline = { "l’échéance", true, deadline_keys },
	kind_passage = { "le passage", true, passage_keys },
	kind_clock = { "le délai", false, clock_keys }, kind_track = { "le suivi", false, no_keys },
	kind_exception = { "la dérogation", true, no_keys }, kind_letter = { "la lettre", false, letter_keys },
	kind_nature = { "la nature", false, nature_keys }, kind_mail = { "le courrier", true, mail_keys },
	kind_report = { "le rapport", false, report_keys }, kind_measure = { "la mesure", true, measure_keys },
	kind_report_list = { "la liste", true, section_keys },
	kind_output = { "la sortie", false, output_keys };

struct found {
	struct yaml_item *item;     /* NULL: a line of a table */
	struct left_out_row row;
	struct procedure_mutant mutant;
};

struct walk {
	struct arena *arena;
	struct reader *reader; /* for the lines of tables, whose mistakes are told elsewhere */
	struct found *found;
	size_t count;
	const struct yaml_node *table; /* the key of the one under way */
	bool broken;
};

static struct yaml_item *
item_of(const struct yaml_node *node, const char *key)
{
	for (size_t i = 0; node && node->kind == YAML_MAPPING && i < node->count; i++)
		if (text_equal(node->items[i].key->scalar, text_of_string(key)))
			return &node->items[i];
	return NULL;
}

static struct yaml_node *
child(const struct yaml_node *node, const char *key)
{
	struct yaml_item *item = item_of(node, key);
	return item ? item->value : NULL;
}

/* "TTA-26, TTA-57"; what the item does not cite, what encloses it may. */
static struct text
cites_of(struct walk *walk, const struct yaml_node *item, struct text enclosing)
{
	const struct yaml_node *cite = child(item, "cite");
	if (!cite)
		return enclosing;
	if (cite->kind == YAML_SCALAR)
		return cite->scalar;
	CLEANUP(buffer_release) struct buffer out = buffer_new(4000);
	for (size_t i = 0; cite->kind == YAML_SEQUENCE && i < cite->count; i++) {
		buffer_add(&out, i ? TEXT(", ") : TEXT(""));
		buffer_add(&out, cite->items[i].value->scalar);
	}
	const struct text text = out.failed ? (struct text){ 0 } : arena_text(walk->arena, buffer_text(&out));
	walk->broken |= text.at == NULL;
	return text;
}

static void
add(struct walk *walk, struct yaml_item *item, struct text path, struct text description, struct text cites)
{
	if (!path.at || !description.at)
		walk->broken = true;
	for (size_t i = 0; i < walk->count; i++)
		if (walk->found[i].item == item)
			return;
	if (walk->broken || walk->count == MOST_MUTANTS)
		return;
	struct found *found = &walk->found[walk->count++];
	*found = (struct found){ .item = item, .mutant = { .path = path, .description = description, .cites = cites } };
	const struct span at = item->key ? item->key->at : item->value->at;
	unsigned column;
	source_locate(at.source, at.start, &found->mutant.line, &column);
	found->mutant.file = arena_text(walk->arena, at.source->name);
	walk->broken |= !found->mutant.file.at;
}

static void
walk_key(struct walk *walk, const struct kind *kind, struct yaml_item *key, struct text name, struct text path,
	struct text cites)
{
	struct arena *arena = walk->arena;
	const struct text word = key->key->scalar;
	const bool rules = key->value->kind == YAML_SEQUENCE
		&& (text_equal(word, TEXT("exige")) || text_equal(word, TEXT("contrôles")) || text_equal(word, TEXT("avertit")));
	for (size_t i = 0; rules && i < key->value->count; i++)
		add(walk, &key->value->items[i], arena_format(arena, "%.*s.%.*s[%zu]", TEXT_ARGS(path), TEXT_ARGS(word), i + 1),
			arena_format(arena, "%s « %.*s » sans sa règle n° %zu de « %.*s »", kind->what, TEXT_ARGS(name), i + 1,
				TEXT_ARGS(word)), cites_of(walk, key->value->items[i].value, cites));
	if (!rules)
		add(walk, key, arena_format(arena, "%.*s.%.*s", TEXT_ARGS(path), TEXT_ARGS(word)),
			arena_format(arena, "%s « %.*s » sans « %.*s »", kind->what, TEXT_ARGS(name), TEXT_ARGS(word)), cites);
}

/* "non" leaves nothing to take away; nor does a table that says null where it would say nothing. Fields written in
 * an action are looked at one by one. */
static bool
does_nothing(const struct yaml_item *key)
{
	if (text_equal(key->key->scalar, TEXT("saisit")))
		return key->value->kind == YAML_MAPPING;
	const bool otherwise = text_equal(key->key->scalar, TEXT("sinon"));
	return key->value->kind == YAML_SCALAR && text_equal(key->value->scalar, otherwise ? TEXT("null") : TEXT("non"));
}

/* Every item of a mapping; `inside` goes on below it. */
static void
walk_items(struct walk *walk, const struct yaml_node *items, const struct kind *kind, struct text path,
	struct text enclosing,
	void (*inside)(struct walk *walk, const struct yaml_node *item, struct text path, struct text cites))
{
	for (size_t i = 0; items && items->kind == YAML_MAPPING && i < items->count && !walk->broken; i++) {
		struct yaml_item *item = &items->items[i];
		const struct text name = item->key->scalar;
		const struct text here = arena_format(walk->arena, "%.*s.%.*s", TEXT_ARGS(path), TEXT_ARGS(name));
		const struct text cites = cites_of(walk, item->value, enclosing);
		if (!here.at) {
			walk->broken = true;
			return;
		}
		if (kind->whole)
			add(walk, item, here, arena_format(walk->arena, "sans %s « %.*s »", kind->what, TEXT_ARGS(name)), cites);
		for (size_t k = 0; kind->keys[k]; k++) {
			struct yaml_item *key = item_of(item->value, kind->keys[k]);
			if (key && !does_nothing(key))
				walk_key(walk, kind, key, name, here, cites);
		}
		if (inside)
			inside(walk, item->value, here, cites);
	}
}

static void
inside_field(struct walk *walk, const struct yaml_node *field, struct text path, struct text cites)
{
	walk_items(walk, child(field, "champs"), &kind_row_field, path, cites, NULL);
}

static void
inside_section(struct walk *walk, const struct yaml_node *section, struct text path, struct text cites)
{
	walk_items(walk, child(section, "champs"), &kind_field, path, cites, inside_field);
}

static void
inside_action(struct walk *walk, const struct yaml_node *action, struct text path, struct text cites)
{
	walk_items(walk, child(action, "saisit"), &kind_field, path, cites, inside_field);
}

static void
inside_step(struct walk *walk, const struct yaml_node *step, struct text path, struct text cites)
{
	walk_items(walk, child(step, "actions"), &kind_action, path, cites, inside_action);
	walk_items(walk, child(step, "passages"), &kind_passage, path, cites, NULL);
	walk_items(walk, child(step, "échéances"), &kind_deadline, path, cites, NULL);
}

static void
inside_report(struct walk *walk, const struct yaml_node *report, struct text path, struct text cites)
{
	walk_items(walk, child(report, "mesures"), &kind_measure, path, cites, NULL);
	walk_items(walk, child(report, "listes"), &kind_report_list, path, cites, NULL);
}

static void
inside_track(struct walk *walk, const struct yaml_node *track, struct text path, struct text cites)
{
	walk_items(walk, child(track, "étapes"), &kind_step, path, cites, inside_step);
}

/* ---- the lines of tables ---- */

/* The lines of one table, written there or in its file; false without any. */
static bool
lines_of(struct walk *walk, const struct yaml_node *table, struct grid *ret_grid)
{
	const struct yaml_node *lines = child(table, "lignes"), *file = child(table, "fichier");
	if (lines)
		return grid_of_lines(walk->arena, lines, ret_grid, walk->reader->findings);
	for (size_t i = 0; file && !text_ends(file->scalar, TEXT(".dmn")) && i < walk->reader->source_count; i++)
		if (text_equal(walk->reader->sources[i].name, file->scalar))
			return grid_of_csv(walk->arena, &walk->reader->sources[i], ret_grid, walk->reader->findings);
	return false;
}

/* Each line that cites something, by itself or through its table. */
static void
inside_table(struct walk *walk, const struct yaml_node *table, struct text path, struct text cites)
{
	struct grid grid = { 0 };
	walk_items(walk, child(table, "sorties"), &kind_output, path, cites, NULL);
	if (!lines_of(walk, table, &grid) || grid.count == 0)
		return;
	size_t column = 0;
	while (column < grid.rows[0].count && !text_equal(grid.rows[0].cells[column].text, TEXT("cite")))
		column++;
	for (size_t i = 1; i < grid.count && !walk->broken && walk->count < MOST_MUTANTS; i++) {
		const struct row *row = &grid.rows[i];
		const bool own = column < row->count && row->cells[column].text.length;
		const struct text cited = own ? row->cells[column].text : cites;
		if (!cited.length)
			continue;
		struct found *found = &walk->found[walk->count++];
		*found = (struct found){ .row = { walk->table, i }, .mutant = { .cites = cited,
			.path = arena_format(walk->arena, "%.*s.lignes[%zu]", TEXT_ARGS(path), i),
			.description = arena_format(walk->arena, "la table « %.*s » sans sa ligne n° %zu",
				TEXT_ARGS(walk->table->scalar), i) } };
		unsigned column_of_row;
		source_locate(row->at.source, row->at.start, &found->mutant.line, &column_of_row);
		found->mutant.file = arena_text(walk->arena, row->at.source->name);
		walk->broken |= !found->mutant.path.at || !found->mutant.description.at || !found->mutant.file.at;
	}
}

static void
walk_tables(struct walk *walk, const struct yaml_node *tables)
{
	for (size_t i = 0; tables && tables->kind == YAML_MAPPING && i < tables->count && !walk->broken; i++) {
		const struct yaml_item *item = &tables->items[i];
		const struct text path = arena_format(walk->arena, "tables.%.*s", TEXT_ARGS(item->key->scalar));
		walk->table = item->key;
		walk->broken |= !path.at;
		inside_table(walk, item->value, path, cites_of(walk, item->value, TEXT("")));
	}
}

static bool
walk_all(struct walk *walk, const struct yaml_node *root)
{
	static const struct {
		const char *section;
		const struct kind *kind;
		void (*inside)(struct walk *walk, const struct yaml_node *item, struct text path, struct text cites);
	} sections[] = {
		{ "campagne", &kind_data, NULL },
		{ "rôles", &kind_role, NULL },
		{ "formulaire", &kind_section, inside_section },
		{ "pièces", &kind_piece, NULL },
		{ "circuit", &kind_step, inside_step },
		{ "délais", &kind_clock, NULL },
		{ "natures", &kind_nature, NULL },
		{ "suivis", &kind_track, inside_track },
		{ "dérogations", &kind_exception, NULL },
		{ "lettres", &kind_letter, NULL },
		{ "courriers", &kind_mail, NULL },
		{ "rapports", &kind_report, inside_report },
	};
	walk->found = arena_array_of(walk->arena, struct found, MOST_MUTANTS);
	if (!walk->found)
		return false;
	const struct yaml_node *population = child(root, "population");
	for (size_t i = 0; population && population->kind == YAML_SEQUENCE && i < population->count; i++)
		add(walk, &population->items[i], arena_format(walk->arena, "population[%zu]", i + 1),
			arena_format(walk->arena, "sans la règle de population n° %zu", i + 1),
			cites_of(walk, population->items[i].value, TEXT("")));
	struct yaml_item *once = item_of(root, "une_par_campagne");
	if (once)
		add(walk, once, TEXT("une_par_campagne"), TEXT("sans « une_par_campagne »"), cites_of(walk, once->value, TEXT("")));
	struct yaml_item *entitled = item_of(root, "de_droit");
	if (entitled)
		add(walk, entitled, TEXT("de_droit"), TEXT("sans « de_droit »"), cites_of(walk, entitled->value, TEXT("")));
	struct yaml_item *behalf = item_of(root, "pour_autrui");
	if (behalf)
		add(walk, behalf, TEXT("pour_autrui"), TEXT("sans « pour_autrui »"), cites_of(walk, behalf->value, TEXT("")));
	struct yaml_item *subject = item_of(root, "sujet");
	if (subject)
		add(walk, subject, TEXT("sujet"), TEXT("sans « sujet »"), (struct text){ 0 });
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		walk_items(walk, child(root, sections[i].section), sections[i].kind, text_of_string(sections[i].section), TEXT(""),
			sections[i].inside);
	walk_tables(walk, child(root, "tables"));
	return !walk->broken && !walk->reader->findings->broken;
}

bool
mutant_leave_out(struct reader *reader, int number)
{
	CLEANUP(procedure_findings_release) struct procedure_findings unheard = { 0 };
	struct reader quiet = *reader;
	quiet.findings = &unheard;
	struct walk walk = { .arena = reader->arena, .reader = &quiet };
	if (!walk_all(&walk, reader->root) || number < 1 || (size_t)number > walk.count)
		return false;
	const struct found *found = &walk.found[number - 1];
	if (found->item)
		found->item->left_out = true;
	reader->without = found->row;
	return true;
}

enum guichet_status
procedure_mutants(struct arena *arena, const struct procedure *procedure, const struct procedure_mutant **ret_mutants,
	size_t *ret_count, struct guichet_error *error)
{
	struct files files;
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	const enum guichet_status status = files_of_archive(arena, procedure->archive, &files, error);
	if (status != GUICHET_OK)
		return status;
	struct reader reader = { .arena = arena, .findings = &findings };
	struct yaml_node *root = NULL;
	reader.sources = sources_of_files(&reader, &files);
	reader.source_count = reader.sources ? files.count : 0;
	for (size_t i = 0; i < reader.source_count; i++)
		if (text_equal(files.at[i].name, TEXT("procedure.yaml")))
			root = yaml_read(arena, &reader.sources[i], &findings);
	struct walk walk = { .arena = arena, .reader = &reader };
	struct procedure_mutant *mutants = NULL;
	if (root && walk_all(&walk, root))
		mutants = arena_array_of(arena, struct procedure_mutant, walk.count);
	if (!mutants)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante pour chercher les mutants.");
	for (size_t i = 0; i < walk.count; i++)
		mutants[i] = walk.found[i].mutant;
	*ret_mutants = mutants;
	*ret_count = walk.count;
	return GUICHET_OK;
}
