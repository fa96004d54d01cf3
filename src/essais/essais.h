/* The tests of a procedure, the folder essais/: examples and scenarios played in memory on the pure core,
 * with a tiny directory of their own. doc/manual/essais.md is their grammar. */
#pragma once

#include "dossier/dossier.h"
#include "procedure/shape.h"
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
	struct text cites;    /* "TTA-26, TTA-57": tests that cite one of them are played before the others; may be empty */
	size_t passed, failed;
	struct essai_failure *failures;
	size_t failure_count;
};

enum { ESSAI_MOST_FAILURES = 1000 };

/* Reads the folder's tests and campaigns into `arena`. Mistakes of YAML are findings. */
enum guichet_status essais_load(struct arena *arena, const char *folder, struct essais *ret_essais,
	struct procedure_findings *findings, struct guichet_error *error);

/* What may be written in a file of essais/. Constant. */
const struct shape *essais_shape(void);

/* Runs them all on this model of the procedure. BROKEN only; failures are in the report. */
enum guichet_status essais_run(const struct essais *essais, const struct procedure *procedure,
	struct essai_report *report, struct guichet_error *error);

/* What the tests say of the procedure without one of its rules. */
enum essai_verdict {
	ESSAI_NOTICED,  /* a test fails, or the procedure cannot be read: the rule is missed */
	ESSAI_SURVIVES, /* every test passes: none misses the rule */
	ESSAI_BROKE_OFF /* the process that judged it died: missed, and worth telling */
};

struct essai_mutants {
	const struct procedure_mutant *mutants;
	enum essai_verdict *verdicts; /* one each */
	size_t count;
};

/* Runs the tests, which pass on the whole procedure, without each cited rule in turn. Forks: for a process of one
 * thread, a command. The result lives in essais->arena. BROKEN only. */
enum guichet_status essais_mutate(const struct essais *essais, const struct procedure *procedure,
	struct essai_mutants *ret_mutants, struct guichet_error *error);
