/* Whatever the texts of a letter hold, its headers stay ours and its lines stay lines. */
#include <stdlib.h>

#include "mail/compose.h"
#include "mail/mail.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines within 76 columns, printable ASCII, ended by CRLF; as many headers as always. */
static void
judge(struct text letter)
{
	size_t headers = 0;
	bool in_headers = true;
	while (letter.length) {
		struct text line = text_split(&letter, '\n');
		if (!text_ends(line, TEXT("\r")) || --line.length > 76)
			abort();
		for (size_t i = 0; i < line.length; i++)
			if (line.at[i] != '\t' && (line.at[i] < ' ' || line.at[i] > '~'))
				abort();
		if (!in_headers && line.length && line.at[0] == '.')
			abort();
		in_headers &= line.length > 0;
		headers += in_headers && line.at[0] != ' ';
	}
	if (headers != 10)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = { (const char *)data, size };
	const struct text name = text_split(&rest, '|'), subject = text_split(&rest, '|');
	const struct text address = text_split(&rest, '|'), body = rest;
	const bool valid = mail_address_is_valid(address);
	if (valid && (memchr(address.at, '>', address.length) || memchr(address.at, '\r', address.length)))
		abort();
	struct buffer out = buffer_new(BUFFER_LIMIT_MAIL);
	mail_compose(&out, &(struct mail_letter){ .from = TEXT("a@b.example"), .from_name = name,
		.to = TEXT("c@d.example"), .subject = subject, .body = body, .message_id = TEXT("1@b.example") });
	if (!out.failed)
		judge(buffer_text(&out));
	buffer_release(&out);
	return 0;
}
