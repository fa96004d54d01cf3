/* The deliver process: takes mails from a socket, hands them to the SMTP relay through
 * libcurl, says what became of each. It knows neither the database nor whose mail it is. */
#pragma once

#include "base/buffer.h"
#include "base/error.h"

/* What travels on the socket, as frame.h frames it. */
enum deliver_kind {
	DELIVER_SETTINGS = 1, /* to the child, once: struct deliver_settings in its order */
	DELIVER_MAIL,         /* to the child: from, to, the composed letter */
	DELIVER_OUTCOME,      /* from the child, with the mail's frame id: outcome, code */
};

enum deliver_outcome {
	DELIVER_SENT,        /* the relay answered 250 to the whole letter */
	DELIVER_TEMPORARY,   /* it refused this letter for now, or stopped answering */
	DELIVER_PERMANENT,   /* it refused this letter for good */
	DELIVER_UNREACHABLE, /* no conversation was possible: no letter is at fault */
	DELIVER_OUTCOME_COUNT
};

struct deliver_settings {
	struct text url, user, password, authorities, hello;
	int64_t patience; /* microseconds for one step of the conversation */
};

enum {
	DELIVER_FRAME_LIMIT = 1 << 20,
	DELIVER_AT_ONCE = 4, /* conversations with the relay at the same time */
};

/* Serves the socket until its other end closes: GUICHET_OK then, BROKEN when what comes is
 * not ours. Starts its own threads; to be called once, from main. */
enum guichet_status deliver_run(int socket, struct guichet_error *error);
