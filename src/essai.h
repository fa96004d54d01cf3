/* The tests of a procedure, the folder essais/: examples and scenarios played in memory on the pure core,
 * with a tiny directory of their own. doc/manual/essais.md is their grammar. */
#pragma once

#include "dossier/dossier.h"
#include "procedure/yaml.h"

/* The tests of one folder: read once, run as often as there are mutants. */
struct essais {
	struct arena *arena;
	const char *folder;
	struct source *sources; /* one per file of essais/ */
	struct yaml_node **roots;
	size_t count;
	struct procedure_file *campaigns; /* names without folder nor extension */
	size_t campaign_count;
};

/* A check that failed, where it is written. */
struct essai_failure {
	struct text file;
	unsigned line, column;
	struct text title; /* of the example or scenario */
	struct text message;
};

struct essai_report {
	struct arena *arena;  /* failures live here */
	bool first_only;      /* stop at the first failure: mutants */
	size_t passed, failed;
	struct essai_failure *failures;
	size_t failure_count;
};

enum { ESSAI_MOST_FAILURES = 1000 };

/* Reads the folder's tests and campaigns into `arena`. Mistakes of YAML are findings. */
enum guichet_status essais_load(struct arena *arena, const char *folder, struct essais *ret_essais,
	struct procedure_findings *findings, struct guichet_error *error);

/* Runs them all on this model of the procedure. BROKEN only; failures are in the report. */
enum guichet_status essais_run(const struct essais *essais, const struct procedure *procedure,
	struct essai_report *report, struct guichet_error *error);
