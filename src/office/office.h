/* The back office: runs the commands of the pure core (dossier/) in transactions, with what they
 * must know from the directory; keeps the calendar of what happens by itself; composes letters.
 *
 * A change is prepared on any thread as a struct office_command, run by the store's writer as a
 * store_work, and told back in the same struct:
 *
 *     struct office_command *command = office_command_new(office, arena, now);
 *     command->dossier = id; command->action = TEXT("favorable"); …
 *     store_submit(store, STORE_NORMAL, office_act, command, done, request, error);
 *
 * Campaigns and procedures are immutable once loaded and live as long as the office. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "directory/directory.h"
#include "dossier/dossier.h"
#include "procedure/procedure.h"
#include "store/store.h"

struct office;
struct typesetter;

struct office_options {
	struct store *store;
	struct clock *clock;
	struct typesetter *typesetter; /* NULL: letters wait (commands without processes) */
	struct text organisation;      /* printed on letters */
	struct text public_address;    /* begins the links of mails */
};

/* Loads the published procedures and opened campaigns. What the options point to must outlive it. */
enum guichet_status office_open(const struct office_options *options, struct office **ret_office,
	struct guichet_error *error);
void office_close(struct office *office);
DEFINE_CLEANUP(struct office, office_close)

/* Starts the thread that fires what is due and has letters composed. Stops with office_close(). */
enum guichet_status office_start(struct office *office, struct guichet_error *error);
/* Legal time moved, or something was queued: look now rather than within a second. From any thread. */
void office_wake(struct office *office);
/* Fires all that is due now, and returns once done. For commands and tests; office_start() does it by itself. */
enum guichet_status office_catch_up(struct office *office, struct guichet_error *error);

/* --- procedures and campaigns ------------------------------------------------------------ */

struct office_campaign {
	struct text id;                    /* "teletravail-academie-2023-2024", as in addresses */
	int64_t rank;                      /* 1, 2, …: begins the dossiers' numbers */
	struct text procedure_hash;
	const struct procedure *procedure;
	const struct campaign *campaign;
	instant opened_at;
};

/* Reads and checks a procedure's folder, stores it whole, opens the campaign of a file of its folder `campagnes/`
 * (its name without ".yaml"). The same campaign again changes nothing. REFUSED with the first mistake of either. */
enum guichet_status office_campaign_open(struct office *office, const char *folder, const char *campaign,
	struct guichet_error *error);

/* The campaigns, oldest first, in an array of the arena. */
struct office_campaigns {
	const struct office_campaign *const *at;
	size_t count;
};
struct office_campaigns office_campaigns(struct office *office, struct arena *arena);
/* NULL when there is none. */
const struct office_campaign *office_campaign_find(struct office *office, struct text id);
/* A published procedure by its hash: dossiers keep the version they were filed under. */
enum guichet_status office_procedure(struct office *office, struct text hash, const struct procedure **ret_procedure,
	struct guichet_error *error);
