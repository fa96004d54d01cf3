/* The world of one scenario: persons, dossiers, mails and time, all in memory. */
#pragma once

#include "base/calendar.h"
#include "essais/essais.h"

enum { WORLD_MOST_SETTINGS = 100, WORLD_MOST_ENTRIES = 500, WORLD_MOST_DOSSIERS = 50, WORLD_MOST_MAILS = 1000, WORLD_MOST_TURNS = 5000 };

struct world_mail {
	const struct procedure_mail *mail;
	struct text to; /* key of a person */
	struct text subject, body;
	bool link;
	bool seen; /* by the check under way */
};

/* A mail of an action that may be undone. */
struct world_held {
	struct world_mail mail;
	const struct world_dossier *dossier;
	instant until;
};

/* What the last action of a dossier that may be undone left. */
struct world_undo {
	struct dossier_undo undo; /* version 0: there is none */
	struct world_entry *entries; /* of counters: those that the dossier had before */
	size_t entry_count;
};

struct world_dossier {
	struct text key, person;
	struct text structure;        /* whose it is, in a procedure of structures */
	struct world_dossier *parent; /* NULL for one born of none */
	struct dossier state;
	struct dossier_event *events;
	size_t event_count;
	const struct dossier_due *dues;
	size_t due_count;
	struct dossier_columns columns;
	struct world_undo undo;
	struct text composed; /* text of the last letter composed: for checks */
};

/* A local set for a structure while the scenario goes. */
struct world_setting {
	int local;
	struct text structure; /* its key */
	struct date from;
	struct feel_value value;
};

struct world_entry {
	struct text whose, number, origin;
	struct dossier_entry entry;
};

struct world {
	struct arena *arena;
	const struct procedure *procedure;
	const struct campaign *campaign;
	const struct yaml_node *directory; /* mapping: structures, personnes */
	instant now;
	struct text asks_for; /* the structure that what is filed is for; empty: the one where who files works */
	bool compose; /* letters are composed at once */
	struct world_dossier dossiers[WORLD_MOST_DOSSIERS];
	size_t dossier_count;
	struct dossier_exception exceptions[WORLD_MOST_DOSSIERS];
	struct text exception_of[WORLD_MOST_DOSSIERS];
	size_t exception_count;
	struct world_mail mails[WORLD_MOST_MAILS]; /* since the last step */
	size_t mail_count;
	struct world_held held[WORLD_MOST_MAILS]; /* in the order they were written */
	size_t held_count;
	instant hold_until; /* of what is being written; 0: it leaves */
	struct procedure_list alerts; /* of the last effects */
	struct world_setting settings[WORLD_MOST_SETTINGS]; /* in the order they were made */
	size_t setting_count;
	struct world_entry entries[WORLD_MOST_ENTRIES]; /* of counters, in the order they were made */
	size_t entry_count;
	struct calendar_period closed[WORLD_MOST_SETTINGS];
	size_t closed_count;
	const struct campaign_moment *moments;
	size_t moment_count, moments_done;
	struct text trouble; /* what could not happen by itself: a mail with a hole, an alert */
};

/* Looks into trees; NULL when absent. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
const struct yaml_node *yaml_get_named(const struct yaml_node *map, struct text key);
struct text yaml_scalar(const struct yaml_node *node); /* empty when it is no scalar */

/* NULL when the directory does not know the key. */
const struct yaml_node *world_person(const struct world *world, struct text key);
enum guichet_status world_facts(struct world *world, struct text person, const struct dossier *dossier,
	instant at, struct dossier_facts *ret_facts, struct guichet_error *error);
/* absences.c: who holds what that person holds, today, for this agent: they themselves, or who replaces them. False when
 * they are away and nobody does: it goes up. */
bool world_stand_in(const struct world *world, struct text person, struct text agent, struct dossier_person *ret_person);
/* The actor of a command as they act: by interim, or signing by delegation. */
void world_acting(struct world *world, const struct dossier_facts *facts, struct text name, struct dossier_actor *actor);
/* The roles that a person holds for these facts. */
dossier_roles world_roles(const struct dossier_facts *facts, struct text person);
struct dossier_person world_person_of(const struct world *world, struct text key);
struct world_dossier *world_dossier_find(struct world *world, struct text key);

/* Time goes to `until`: effects and grouped mails in between happen, in order. */
enum guichet_status world_advance(struct world *world, instant until, struct guichet_error *error);

/* A child to file, or a request for somebody else. */
struct world_birth {
	struct world_dossier *parent; /* NULL: none */
	struct text nature;
	struct text subject;          /* without a parent: for whom */
};

/* A person does something: *ret_outcome tells; a refusal is OK here. `dossier` NULL: they file a new one,
 * named `key`, born of another when `birth` is not NULL. */
enum guichet_status world_act_or_bear(struct world *world, struct world_dossier *dossier, const struct world_birth *birth,
	struct text key, struct text person, const struct dossier_command *command, struct dossier_outcome *ret_outcome,
	struct guichet_error *error);
/* The same without `birth`. */
enum guichet_status world_act(struct world *world, struct world_dossier *dossier, struct text key, struct text person,
	const struct dossier_command *command, struct dossier_outcome *ret_outcome, struct guichet_error *error);

/* named.c: whom these answers name, into facts. */
enum guichet_status world_named(struct world *world, struct dossier_raws raws, struct dossier_facts *facts,
	struct guichet_error *error);
/* Whom one text names; false when nobody, or several. */
bool world_named_value(struct world *world, enum procedure_field_type type, struct text raw, struct feel_value *ret_value);

/* Whose counters and exceptions those of a dossier are: the person's, or those of the structure that asks. Without a
 * dossier, of what that person would file. */
struct text world_whose(const struct world *world, struct text person, const struct dossier *dossier);

/* outside.c: what comes from outside the dossier of the person, in that structure, into facts. */
enum guichet_status world_outside(struct world *world, struct text person, struct text structure, struct dossier_facts *facts,
	struct guichet_error *error);
/* The entries that an outcome adds and takes back. */
void world_count(struct world *world, struct text whose, const struct dossier_outcome *outcome);
/* These in place of all those of the dossier of that number. */
void world_replace_entries(struct world *world, struct text number, const struct world_entry *entries, size_t count);
/* From now on the directory says this of these persons and structures besides the rest. False without memory. */
bool world_change_directory(struct world *world, const struct yaml_node *changes);
/* The due effects of every dossier, as they are once something outside has changed. */
enum guichet_status world_recompute(struct world *world, struct guichet_error *error);
/* Of the other dossiers of the same person, or structure: this one changed a counter. */
enum guichet_status world_recompute_others(struct world *world, const struct world_dossier *dossier,
	struct guichet_error *error);
/* The roles that a person holds for a structure, whoever is asked about. */
dossier_roles world_roles_at(const struct world *world, struct text structure, struct text person);
bool world_holds(const struct world *world, struct text person, int role);
const struct yaml_node *world_structure(const struct world *world, struct text key);
bool world_context(const struct world *world, const struct feel_type *type, const struct yaml_node *node,
	struct feel_value *ret_value);
/* The children of a dossier, in the order of their filing; at most WORLD_MOST_DOSSIERS. */
size_t world_children(const struct world *world, const struct world_dossier *parent, struct dossier_kin *children);

/* A person undoes the last action of a dossier; the action is named to be sure. A refusal is OK here. */
enum guichet_status world_undo(struct world *world, struct world_dossier *dossier, struct text person, struct text action,
	struct dossier_outcome *ret_outcome, struct guichet_error *error);

/* The text of the living act of a letter, filled. `at` NULL when there is none. */
struct text world_letter_text(struct world *world, struct world_dossier *dossier, int letter);
