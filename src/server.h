/* The serving process: everything it is made of, started in order, stopped in order. */
#pragma once

#include <stdint.h>

#include "base/date.h"
#include "base/error.h"
#include "mail/mailer.h"

struct demo_sight;
struct office;

struct server_options {
	const char *data;           /* directory of the database and the files */
	const char *address;        /* to listen on; NULL: 127.0.0.1 */
	uint16_t port;              /* 0: any free one, told on stdout */
	const char *public_address; /* "https://guichet.academie.example"; NULL: http://address:port */
	const char *organisation;   /* printed on pages and letters */
	struct mail_settings mail;
	instant start;              /* legal time at the start; INSTANT_NEVER: the machine's */
	bool demo;
	const char *demo_about;     /* one sentence for its visitors */
	const struct demo_sight *demo_sights; /* what there is to see there */
	size_t demo_sight_count;
	bool secure, trust_forwarded;
};

/* Serves until SIGINT or SIGTERM. `ready` is called once the server answers, with its public address; it may be NULL.
 * The exit status of the command; failures are told on stderr. */
int server_run(const struct server_options *options, void (*ready)(void *context, const char *public_address),
	void *context);

/* Reads options common to serve and demo from argv: --port N, --address A, --public-address URL, --organisation TEXT,
 * --smtp URL, --smtp-user, --smtp-password-file, --smtp-authorities, --from ADDRESS, --clock INSTANT. Sets *ret_rest to the
 * first argument that is none of them (or NULL). REFUSED with a sentence. */
enum guichet_status server_options_read(int argc, char **argv, struct server_options *options, const char **ret_rest,
	struct guichet_error *error);
