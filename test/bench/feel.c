/* What the language of rules costs, on one thread but where told:
 *     build/release-gcc/bench-feel [PERCENT]        of the usual amount of work (100)
 *
 *     formula    one formula with another input each time
 *     points     a table of 45 ages, with one input and with two
 *     reread     the formula read from its text each time, as some libraries do
 *     reading    formulas of several kinds, read
 *     threads    the formula on one thread, then on two that share it
 *     procedure  a folder with 200 rules, read and checked
 *
 * Each line is "part name=value…". Rates are the best of several rounds, so that what else the machine does at
 * the same time counts less. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "feel/box.h"
#include "procedure/procedure.h"

#include "base/banned.h"

enum { ROUNDS = 5, INPUTS = 50, RULES = 200 };

static int64_t percent = 100;

static void
fail(const char *why)
{
	fprintf(stderr, "bench-feel: %s\n", why);
	exit(1);
}

/* ---- one formula ---- */

struct formula {
	struct arena *arena;
	const struct feel_scope *scope;
	const struct feel *feel;
	struct feel_value inputs[INPUTS];
};

static const struct text formula_source = TEXT("if quotite >= 80 then quotite * 4/7 + 40 else quotite");

static void
formula_read(struct formula *formula)
{
	struct feel_scope *scope = feel_scope_new(formula->arena, NULL);
	struct feel_findings findings = { 0 };
	struct guichet_error error;
	unsigned slot;
	if (!scope || feel_scope_add(scope, TEXT("quotite"), &feel_type_number, &slot, &error) != GUICHET_OK)
		fail("no scope");
	formula->feel = feel_read(formula->arena, scope, formula_source, &findings);
	formula->scope = scope;
	if (!formula->feel)
		fail("the formula is not read");
	for (int64_t i = 0; i < INPUTS; i++)
		formula->inputs[i] = feel_integer(50 + i);
}

/* Seconds that `count` evaluations take. */
static double
formula_run(const struct formula *formula, int64_t count)
{
	CLEANUP(arena_free) struct arena *work = arena_new(1 << 20);
	if (!work)
		fail("no memory");
	const int64_t start = clock_steady();
	for (int64_t i = 0; i < count; i++) {
		struct feel_run run = { .arena = work, .inputs = &formula->inputs[i % INPUTS] };
		if (feel_evaluate(formula->feel, &run).kind != FEEL_NUMBER)
			fail("the formula has no value");
		if (i % 100 == 99) /* a request evaluates about so many before its arena goes */
			arena_clear(work);
	}
	return (double)(clock_steady() - start) / 1e6;
}

static double
best_rate(double best, int64_t count, double seconds)
{
	const double rate = (double)count / (seconds > 0 ? seconds : 1e-6);
	return rate > best ? rate : best;
}

static void
bench_formula(const struct formula *formula)
{
	const int64_t count = 10000 * percent;
	double best = 0;
	for (int round = 0; round < ROUNDS; round++)
		best = best_rate(best, count, formula_run(formula, count));
	printf("formula per_second=%.0f ns=%.0f\n", best, 1e9 / best);
}

static void
bench_reread(const struct formula *formula)
{
	CLEANUP(arena_free) struct arena *work = arena_new(1 << 24);
	const int64_t count = 500 * percent;
	double best = 0;
	for (int round = 0; round < ROUNDS; round++) {
		const int64_t start = clock_steady();
		for (int64_t i = 0; i < count; i++) {
			struct feel_findings findings = { 0 };
			const struct feel *feel = feel_read(work, formula->scope, formula_source, &findings);
			struct feel_run run = { .arena = work, .inputs = &formula->inputs[i % INPUTS] };
			if (!feel || feel_evaluate(feel, &run).kind != FEEL_NUMBER)
				fail("the formula has no value");
			if (i % 100 == 99)
				arena_clear(work);
		}
		best = best_rate(best, count, (double)(clock_steady() - start) / 1e6);
	}
	printf("reread per_second=%.0f us=%.2f\n", best, 1e6 / best);
}

/* ---- tables ---- */

enum { FIRST_AGE = 20, LAST_AGE = 64, AGES = LAST_AGE - FIRST_AGE + 1 };

/* A scale with a line per age: alone, or with the part of the time worked, which each line tests too. */
struct scale {
	char texts[AGES][8], points[AGES][8];
	struct feel_cell tests[AGES][2], results[AGES];
	struct feel_table_rule rules[AGES];
};

/* The points that a printed scale gives each age (its 45 lines are CFP-56's). */
static int
points_of(int age)
{
	return age <= 30 ? 2 * (age - 20) : age <= 40 ? 20 + (age - 30) : age <= 50 ? 30 : 30 - 2 * (age - 50);
}

static const struct feel *
scale_read(struct arena *arena, size_t input_count)
{
	static const struct feel_table_input inputs[] = { { .expression = { { "age", 3 }, NULL } },
		{ .expression = { { "quotite", 7 }, NULL } } };
	static const struct feel_table_output outputs[] = { { .type = &feel_type_number } };
	struct scale *scale = arena_new_of(arena, struct scale);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct guichet_error error;
	unsigned slot;
	if (!scale || !scope || !findings
		|| feel_scope_add(scope, TEXT("age"), &feel_type_number, &slot, &error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("quotite"), &feel_type_number, &slot, &error) != GUICHET_OK)
		fail("no scope");
	for (int i = 0; i < AGES; i++) {
		snprintf(scale->texts[i], sizeof scale->texts[i], "%d", FIRST_AGE + i);
		snprintf(scale->points[i], sizeof scale->points[i], "%d", points_of(FIRST_AGE + i));
		scale->tests[i][0].text = text_of_string(scale->texts[i]);
		scale->tests[i][1].text = TEXT(">= 50");
		scale->results[i].text = text_of_string(scale->points[i]);
		scale->rules[i] = (struct feel_table_rule){ scale->tests[i], &scale->results[i], TEXT("") };
	}
	const struct feel_table table = { .hit = FEEL_UNIQUE, .inputs = inputs, .input_count = input_count,
		.outputs = outputs, .output_count = 1, .rules = scale->rules, .rule_count = AGES };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &table };
	const struct feel *feel = feel_read_box(arena, scope, &box, findings);
	if (!feel)
		fail("the table is not read");
	return feel;
}

static void
bench_scale(size_t input_count, const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	CLEANUP(arena_free) struct arena *work = arena_new(1 << 20);
	const struct feel *feel = scale_read(arena, input_count);
	struct feel_value inputs[AGES][2];
	const int64_t count = 2000 * percent;
	double best = 0;
	for (int i = 0; i < AGES; i++) {
		inputs[i][0] = feel_integer(FIRST_AGE + i * 7 % AGES);
		inputs[i][1] = feel_integer(50 + i);
	}
	for (int round = 0; round < ROUNDS; round++) {
		const int64_t start = clock_steady();
		for (int64_t i = 0; i < count; i++) {
			struct feel_run run = { .arena = work, .inputs = inputs[i % AGES] };
			if (feel_evaluate(feel, &run).kind != FEEL_NUMBER)
				fail("the table has no value");
			if (i % 100 == 99)
				arena_clear(work);
		}
		best = best_rate(best, count, (double)(clock_steady() - start) / 1e6);
	}
	printf("%s per_second=%.0f ns=%.0f\n", name, best, 1e9 / best);
}

/* ---- threads ---- */

struct share {
	const struct formula *formula;
	int64_t count;
};

static void *
share_run(void *context)
{
	const struct share *share = context;
	formula_run(share->formula, share->count);
	return NULL;
}

static void
bench_threads(const struct formula *formula)
{
	const int64_t count = 10000 * percent;
	double best[3] = { 0 };
	for (int round = 0; round < ROUNDS; round++) {
		for (int threads = 1; threads <= 2; threads++) {
			const struct share share = { formula, count };
			pthread_t ids[2];
			const int64_t start = clock_steady();
			for (int i = 0; i < threads; i++)
				if (pthread_create(&ids[i], NULL, share_run, (void *)&share) != 0)
					fail("no thread");
			for (int i = 0; i < threads; i++)
				pthread_join(ids[i], NULL);
			best[threads] = best_rate(best[threads], count * threads, (double)(clock_steady() - start) / 1e6);
		}
	}
	printf("threads one_per_second=%.0f two_per_second=%.0f gain=%.2f\n", best[1], best[2], best[2] / best[1]);
}

/* ---- reading ---- */

/* What rules look like: names with spaces, dates, lists, calls. */
static const struct text sources[] = {
	TEXT("if quotite >= 80 then quotite * 4/7 + 40 else quotite"),
	TEXT("agent.filière in (\"administrative\", \"technique\", \"sociale\", \"santé\")"),
	TEXT("date souhaitée >= campagne.effet and date souhaitée <= campagne.fin"),
	TEXT("count(jours souhaités) = nombre de jours and every j in jours souhaités satisfies j != \"mercredi\""),
	TEXT("if début = null then null else max(campagne.effet, date souhaitée, début)"),
	TEXT("sum(for e in enfants return if e.âge < 18 then 10 else 0) + nombre de jours * 2.5"),
	TEXT("date souhaitée + duration(\"P2M\") - duration(\"P1D\")"),
	TEXT("nombre de jours between 1 and 3 and not(contains(agent.filière, \"x\"))"),
};

static struct feel_scope *
rules_scope(struct arena *arena)
{
	static const struct feel_field campaign[] = { { TEXT("effet"), &feel_type_date }, { TEXT("fin"), &feel_type_date } };
	static const struct feel_field agent[] = { { TEXT("filière"), &feel_type_string }, { TEXT("nom"), &feel_type_string } };
	static const struct feel_field child[] = { { TEXT("âge"), &feel_type_number } };
	const struct { struct text name; const struct feel_type *type; } names[] = {
		{ TEXT("quotite"), &feel_type_number }, { TEXT("nombre de jours"), &feel_type_number },
		{ TEXT("date souhaitée"), &feel_type_date }, { TEXT("début"), &feel_type_date },
		{ TEXT("jours souhaités"), feel_type_list_of(arena, &feel_type_string) },
		{ TEXT("agent"), feel_type_context_of(arena, agent, 2) },
		{ TEXT("campagne"), feel_type_context_of(arena, campaign, 2) },
		{ TEXT("enfants"), feel_type_list_of(arena, feel_type_context_of(arena, child, 1)) },
	};
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct guichet_error error;
	unsigned slot;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!scope || feel_scope_add(scope, names[i].name, names[i].type, &slot, &error) != GUICHET_OK)
			fail("no scope");
	return scope;
}

static void
bench_reading(void)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CLEANUP(arena_free) struct arena *work = arena_new(1 << 24);
	const struct feel_scope *scope = rules_scope(arena);
	const size_t source_count = sizeof sources / sizeof *sources;
	const int64_t count = 500 * percent;
	double best = 0;
	size_t bytes = 0;
	for (size_t i = 0; i < source_count; i++)
		bytes += sources[i].length;
	for (int round = 0; round < ROUNDS; round++) {
		const int64_t start = clock_steady();
		for (int64_t i = 0; i < count; i++) {
			struct feel_findings findings = { 0 };
			if (!feel_read(work, scope, sources[(size_t)i % source_count], &findings)) {
				fprintf(stderr, TEXT_FORMAT "\n", TEXT_ARGS(findings.at[0].message));
				fail("an expression is not read");
			}
			if (i % 100 == 99)
				arena_clear(work);
		}
		best = best_rate(best, count, (double)(clock_steady() - start) / 1e6);
	}
	printf("reading per_second=%.0f us=%.2f bytes=%.0f\n", best, 1e6 / best, (double)bytes / (double)source_count);
}

/* ---- a procedure ---- */

static void
write_file(const char *folder, const char *name, const struct buffer *content)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	if (!file || content->failed || fwrite(content->at, 1, content->length, file) != content->length || fclose(file) != 0)
		fail("the folder cannot be written");
}

/* 60 checked fields, 60 computed values, 20 conditions of the population and 60 of the filing: 200 rules. */
static void
write_procedure(const char *folder)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 20);
	buffer_add(&out, TEXT("guichet: 1\nprocédure: essai\ntitre: Essai\nservice: bureau\nconservation: P1Y\n"
		"paramètres:\n  plafond: {libellé: Plafond, valeurs: [{à partir du: 2020-01-01, valeur: 3}]}\n"
		"campagne:\n  effet: {libellé: Effet, type: date}\n  fin: {libellé: Fin, type: date}\n"
		"fenêtres:\n  dépôt: {libellé: Dépôt}\n"
		"rôles:\n  agent: {libellé: l’agent, est: demandeur}\n"
		"  bureau: {libellé: le bureau, fonction: bureau, de: partout}\npopulation:\n"));
	for (int i = 0; i < 20; i++)
		buffer_format(&out, "  - {règle: agent.filière != \"autre %d\" and agent.structure.code != null, "
			"message: Refusé.}\n", i);
	buffer_add(&out, TEXT("formulaire:\n"));
	for (int i = 0; i < 60; i++) {
		if (i % 10 == 0)
			buffer_format(&out, "  partie_%d:\n    titre: Partie %d\n    champs:\n", i / 10, i / 10);
		if (i % 3 == 2)
			buffer_format(&out, "      date_%d: {libellé: Date, type: date, contrôle: \"date_%d >= campagne.effet and "
				"date_%d <= campagne.fin\", message: Hors de la période., pourquoi: Pour le début.}\n", i, i, i);
		else
			buffer_format(&out, "      jours_%d: {libellé: Jours, type: entier, obligatoire: oui, contrôle: jours_%d >= 1 "
				"and jours_%d <= plafond * %d, message: Trop de jours., pourquoi: C’est la demande.}\n", i, i, i,
				i + 1);
	}
	buffer_add(&out, TEXT("calculs:\n"));
	for (int i = 0; i < 60; i++) {
		if (i % 3 == 2)
			buffer_format(&out, "  début_%d: {libellé: Début, valeur: \"if date_%d = null then campagne.effet else "
				"max(campagne.effet, date_%d)\"}\n", i, i, i);
		else
			buffer_format(&out, "  part_%d: {libellé: Part, valeur: \"if jours_%d >= 2 then jours_%d * 4/7 + %d else "
				"jours_%d\"}\n", i, i, i, i, i);
	}
	buffer_add(&out, TEXT("circuit:\n  brouillon:\n    libellé: Brouillon\n    qui: agent\n    actions:\n      déposer:\n"
		"        libellé: Déposer\n        pendant: dépôt\n        vers: déposée\n        exige:\n"));
	for (int i = 0; i < 60; i++) {
		if (i % 3 == 2)
			buffer_format(&out, "          - {règle: début_%d <= campagne.fin, message: Trop tard.}\n", i);
		else
			buffer_format(&out, "          - {règle: \"part_%d <= 100 or jours_%d in [1..%d]\", message: Trop.}\n", i, i,
				i + 2);
	}
	buffer_add(&out, TEXT("  déposée:\n    libellé: Déposée\n    attend: bureau\n    si_rien: La demande attend.\n"
		"    actions:\n      accepter: {libellé: Accepter, qui: bureau, vers: acceptée, produit: accord}\n"
		"  acceptée: {libellé: Acceptée, fin: oui, sens: favorable}\n"
		"lettres:\n  accord: {titre: Accord, modèle: accord.md}\n"));
	write_file(folder, "procedure.yaml", &out);
	buffer_clear(&out);
	buffer_add(&out, TEXT("Votre demande est acceptée : {{jours_0}} jours.\n"));
	write_file(folder, "lettres/accord.md", &out);
}

static void
read_procedure(const char *folder, bool tell)
{
	struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CLEANUP(buffer_release) struct buffer said = buffer_new(1 << 20);
	for (size_t i = 0; tell && i < findings.count; i++)
		procedure_finding_write(&findings.at[i], &said);
	if (said.length)
		fprintf(stderr, TEXT_FORMAT, TEXT_ARGS(buffer_text(&said)));
	const bool good = procedure && findings.errors == 0;
	procedure_findings_release(&findings);
	if (!good)
		fail(procedure ? "the procedure has mistakes" : error.message);
}

static void
bench_procedure(void)
{
	char folder[] = "/tmp/bench-feel-XXXXXX", letters[100], file[200];
	if (!mkdtemp(folder))
		fail("no directory");
	snprintf(letters, sizeof letters, "%s/lettres", folder);
	if (mkdir(letters, 0700) != 0)
		fail("no directory");
	write_procedure(folder);
	read_procedure(folder, true);
	double best = 1e9;
	for (int round = 0; round < ROUNDS; round++) {
		const int64_t count = 1 + percent / 10, start = clock_steady();
		for (int64_t i = 0; i < count; i++)
			read_procedure(folder, false);
		const double each = (double)(clock_steady() - start) / 1e3 / (double)count;
		best = each < best ? each : best;
	}
	printf("procedure rules=%d ms=%.2f\n", RULES, best);
	snprintf(file, sizeof file, "%s/accord.md", letters);
	unlink(file);
	snprintf(file, sizeof file, "%s/procedure.yaml", folder);
	unlink(file);
	rmdir(letters);
	rmdir(folder);
}

int
main(int argc, char **argv)
{
	if (argc > 1 && !text_to_integer(text_of_string(argv[1]), 1, 10000, &percent))
		return 2;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct formula formula = { .arena = arena };
	formula_read(&formula);
	bench_formula(&formula);
	bench_reread(&formula);
	bench_reading();
	bench_scale(1, "points");
	bench_scale(2, "points_two");
	bench_threads(&formula);
	bench_procedure();
	return 0;
}
