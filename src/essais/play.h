/* One test of a procedure under way, and what its parts do in turn. */
#pragma once

#include "essais/check.h"
#include "essais/world.h"

/* One test being run. */
struct playing {
	const struct essais *essais;
	const struct procedure *procedure;
	struct essai_report *report;
	const struct yaml_node *shared; /* essais/annuaire.yaml: directory and models, or NULL */
	const struct yaml_node *file;   /* the root of the file */
	struct text title;
	unsigned depth;                 /* of sequences that take up others */
	struct world *world;
	struct arena *arena;
	struct guichet_error *error;
};

/* What happened in a step. */
struct happening {
	struct playing *playing;
	struct world_dossier *dossier;         /* NULL before any filing */
	const struct dossier_outcome *outcome; /* NULL: nothing was done */
	struct dossier_facts facts;            /* of the dossier, now */
};

/* language.c: what each mapping may have. */
extern const struct shape shape_essai_file, shape_essai_scenario, shape_essai_step, shape_essai_example,
	shape_essai_example_expected, shape_essai_expected, shape_essai_exception, shape_essai_mail, shape_essai_parts,
	shape_essai_directory, shape_essai_setting, shape_essai_closed;

/* What a person types for a value of a test: one text or several of one name, `[{…}, {…}]` row by row ("champ.2.colonne"),
 * `{début: …}` part by part. Adds to `raws`, which has room for `limit`. */
void essai_type(struct arena *arena, struct text field, const struct yaml_node *value, struct dossier_raw *raws,
	size_t *count, size_t limit);
/* One text as typed; `{répète: a, fois: 2001}` for long ones. */
struct text essai_typed_text(struct arena *arena, const struct yaml_node *node);

/* What `node` gives to a field as people type it: days, a time, rows… False for the other types, and when it cannot
 * be read so. */
bool essai_typed(struct playing *playing, const struct procedure_field *field, const struct yaml_node *node,
	struct feel_value *ret_value);
/* The mistakes of a form and of pieces (NULL: none), no other. */
void essai_check_mistakes(struct playing *playing, const struct yaml_node *node, const struct dossier_form *form,
	const struct text *piece_mistakes);

/* The lines of `cas`, each with the values it gives in place of those of `dossier`. BROKEN only. */
enum guichet_status essai_play_cases(struct playing *playing, const struct yaml_node *node,
	const struct dossier_facts *facts, const struct dossier *dossier);

/* outside.c: the keys of a step by which something outside the dossiers changes. */
enum guichet_status essai_play_outside(struct playing *playing, const struct yaml_node *step, struct text person,
	struct dossier_outcome *outcome);

/* What the counters of each person are worth. */
void essai_check_counters(struct happening *happening, const struct yaml_node *node);

/* Everything under `attend`. */
void essai_expect(struct happening *happening, const struct yaml_node *node);
