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
void counter_close_at(struct counter *counter);
#define counter_close(counter) counter_close_at(counter)
/* The clock goes there, and what was due happens. */
void counter_at(struct counter *counter, const char *at);
void counter_import(struct counter *counter, const char *day, struct text persons);
struct text counter_person(struct counter *counter, const char *matricule);
/* An action on a dossier, or with raws the filing of a draft just saved; what became of it is in its status. */
struct office_command *counter_act(struct counter *counter, const char *matricule, const char *action, struct text dossier,
	struct dossier_raws raws);
/* The same on a dossier, with what is typed for it. */
struct office_command *counter_act_with(struct counter *counter, const char *matricule, const char *action, struct text dossier,
	struct dossier_raws raws);
/* What is typed for a filing. */
struct dossier_raws counter_raws(struct counter *counter, const char *share, const char *ground);
/* Files it; the test fails when it is refused. */
struct office_command *counter_file(struct counter *counter, const char *matricule, const char *share, const char *ground);

/* A dossier whose record holds: its chain, the replay and the folding of each event. How many events it has, and the kind
 * of the last one (NULL: not asked). */
struct office_dossier counter_dossier(struct counter *counter, struct text id, size_t *ret_events,
	enum dossier_event_type *ret_last);
