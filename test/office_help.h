/* A counter for tests of office/: the procedure of test/explain/mission, four persons, a clock of its own. */
#pragma once

#include "base/clock.h"
#include "office/office.h"
#include "test.h"

#define COUNTER_MISSION "test/explain/mission"

#define COUNTER_PERSONS                                                                                \
	"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n"                \
	"L1;Mme;Léa;Orsaveine;lea@ac.example;Secrétaires;;B;administrative\n"                    \
	"N1;M.;Noé;Tarvilan;noe@ac.example;Secrétaires;;C;administrative\n"                      \
	"P1;M.;Paul;Merlival;paul@ac.example;Attachés;;A;administrative\n"                       \
	"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n"

/* A counter that lives for a test. */
struct counter {
	struct arena *arena;
	struct store *store;
	struct clock *clock;
	struct office *office;
	const struct office_campaign *campaign;
};

/* Fails the test unless the status is OK. */
void counter_must(enum guichet_status status, const struct guichet_error *error);
void counter_open(struct counter *counter, const char *path, const char *at);
/* Opens it in the test's own folder on 10 January 2024, with its persons and the campaign 2024 of the mission. */
void counter_begin(struct counter *counter);
/* The same with the campaign 2024 of another procedure. */
void counter_begin_with(struct counter *counter, const char *folder);
/* The same among these structures, persons and appointments. */
void counter_begin_among(struct counter *counter, const char *folder, struct text structures, struct text persons,
	struct text appointments);
void counter_close_at(struct counter *counter);
#define counter_close(counter) counter_close_at(counter)
/* The clock goes there, and what was due happens. */
void counter_at(struct counter *counter, const char *at);
/* The directory becomes this: the usual structures and appointments, or all of it. */
void counter_import(struct counter *counter, const char *day, struct text persons);
void counter_import_all(struct counter *counter, const char *day, struct text structures, struct text persons,
	struct text appointments);
/* Their ids. */
struct text counter_person(struct counter *counter, const char *matricule);
struct text counter_structure(struct counter *counter, const char *code);
/* An action on a dossier, or with raws the filing of a draft just saved; what became of it is in its status. */
struct office_command *counter_act(struct counter *counter, const char *matricule, const char *action, struct text dossier,
	struct dossier_raws raws);
/* The same on a dossier, with what is typed for it. */
struct office_command *counter_act_with(struct counter *counter, const char *matricule, const char *action, struct text dossier,
	struct dossier_raws raws);
/* What is typed: COUNTER_TYPED(counter, { TEXT("jours"), TEXT("2") }, …). */
struct dossier_raws counter_typed(struct counter *counter, const struct dossier_raw *raws, size_t count);
#define COUNTER_TYPED(counter, ...)                                                                     \
	counter_typed((counter), (const struct dossier_raw[]){ __VA_ARGS__ },                               \
		sizeof((const struct dossier_raw[]){ __VA_ARGS__ }) / sizeof(struct dossier_raw))
/* The same for the filing of a mission. */
struct dossier_raws counter_raws(struct counter *counter, const char *share, const char *ground);
/* Files it; the test fails when it is refused. */
struct office_command *counter_file(struct counter *counter, const char *matricule, const char *share, const char *ground);

/* What waits for a person now, at most 50. */
struct office_rows counter_waiting(struct counter *counter, const char *matricule);

/* A dossier as the office loads it now, and the name of its step. */
struct office_dossier counter_load(struct counter *counter, struct text id);
struct text counter_step(struct counter *counter, struct text id);
/* A dossier whose record holds: its chain, the replay and the folding of each event. How many events it has, and the kind
 * of the last one (NULL: not asked). */
struct office_dossier counter_dossier(struct counter *counter, struct text id, size_t *ret_events,
	enum dossier_event_type *ret_last);
