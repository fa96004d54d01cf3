/* A mail as it travels: RFC 5322 headers, MIME quoted-printable body, lines ended by CRLF.
 * The same letter gives the same bytes, so that a second attempt repeats the first. */
#pragma once

#include "base/buffer.h"
#include "base/date.h"

struct mail_letter {
	struct text from;       /* address */
	struct text from_name;  /* "Académie de Valmont"; may be empty */
	struct text reply_to;   /* address; may be empty */
	struct text to;         /* address */
	struct text subject;
	struct text body;       /* plain text; any line ends */
	struct text message_id; /* without angle brackets */
	instant date;
};

/* Writes the letter into `out`, whose ceiling bounds it (check out->failed). Addresses must
 * have passed mail_address_is_valid(); other texts may hold anything: what could break a
 * header or a line is encoded, malformed UTF-8 becomes U+FFFD. */
void mail_compose(struct buffer *out, const struct mail_letter *letter);
