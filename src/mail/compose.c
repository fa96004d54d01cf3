/* RFC 5322 and MIME, written by hand because it is forty lines of rules. See compose.h. */
#include "mail/compose.h"

#include "base/banned.h"

enum {
	LINE_LIMIT = 76,         /* of an encoded body line, RFC 2045 §6.7 */
	ENCODED_WORD_LIMIT = 75, /* RFC 2047 §2 */
	PLAIN_HEADER_LIMIT = 60, /* a value this short needs no folding */
};

static const char hexadecimal[] = "0123456789ABCDEF";

static bool
is_plain(struct text value)
{
	if (value.length > PLAIN_HEADER_LIMIT || text_find(value, TEXT("=?")) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < value.length; i++)
		if (value.at[i] < ' ' || value.at[i] > '~')
			return false;
	return true;
}

/* One character of a text and the bytes to write for it; U+FFFD for what is not UTF-8. */
static uint32_t
next_character(struct text value, size_t *at, struct text *ret_bytes)
{
	const size_t start = *at;
	const uint32_t point = text_next(value, at);
	*ret_bytes = point == 0xFFFD ? TEXT("\xEF\xBF\xBD") : text_part(value, start, *at - start);
	return point;
}

/* "=C3=A9": 12 characters at most. */
static size_t
encode_bytes(struct text bytes, char out[12])
{
	size_t length = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		out[length++] = '=';
		out[length++] = hexadecimal[(uint8_t)bytes.at[i] >> 4];
		out[length++] = hexadecimal[(uint8_t)bytes.at[i] & 15];
	}
	return length;
}

static bool
is_letter_or_digit(uint32_t point)
{
	return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9');
}

/* A header value as encoded words on as many lines as it needs; no character is cut in two.
 * Only letters and digits stand for themselves, as a name asks (RFC 2047 §5). */
static void
add_encoded_words(struct buffer *out, struct text value)
{
	static const struct text start = { "=?UTF-8?Q?", 10 };
	size_t used = start.length + sizeof "Subject:"; /* the longest header's name stands before */
	buffer_add(out, start);
	for (size_t at = 0; at < value.length; ) {
		char character[12] = "_";
		struct text bytes;
		const uint32_t point = next_character(value, &at, &bytes);
		size_t length = 1;
		if (is_letter_or_digit(point))
			character[0] = (char)point;
		else if (point > ' ' && point != 0x7F) /* controls become spaces */
			length = encode_bytes(bytes, character);
		if (used + length + 2 > ENCODED_WORD_LIMIT) {
			buffer_add(out, TEXT("?=\r\n "));
			buffer_add(out, start);
			used = start.length;
		}
		buffer_add(out, (struct text){ character, length });
		used += length;
	}
	buffer_add(out, TEXT("?="));
}

static void
add_subject(struct buffer *out, struct text subject)
{
	buffer_add(out, TEXT("Subject: "));
	if (is_plain(subject))
		buffer_add(out, subject);
	else
		add_encoded_words(out, subject);
	buffer_add(out, TEXT("\r\n"));
}

static void
add_mailbox(struct buffer *out, struct text header, struct text name, struct text address)
{
	buffer_add(out, header);
	if (name.length) {
		buffer_add(out, TEXT(" "));
		add_encoded_words(out, name);
		buffer_add(out, TEXT("\r\n")); /* the address on a line of its own: never over the limit */
	}
	buffer_add(out, TEXT(" <"));
	buffer_add(out, address);
	buffer_add(out, TEXT(">\r\n"));
}

/* "Thu, 08 Jun 2023 10:00:00 +0200", RFC 5322 §3.3, at the offset of Paris. */
static void
add_date(struct buffer *out, instant at)
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
		"Nov", "Dec" };
	struct clock_time time;
	const struct date date = date_of_instant(at, &time);
	const int minutes = paris_offset(at) / 60;
	buffer_format(out, "Date: %s, %02d %s %04d %02d:%02d:%02d %c%02d%02d\r\n", days[date_weekday(date) - 1],
		date.day, months[date.month - 1], date.year, time.hour, time.minute, time.second,
		minutes < 0 ? '-' : '+', (minutes < 0 ? -minutes : minutes) / 60, (minutes < 0 ? -minutes : minutes) % 60);
}

/* May this character stand for itself at this place of a body line? A dot that begins a line
 * could end the conversation, a space at its end gets lost. */
static bool
is_literal(uint32_t point, bool first, bool last)
{
	if (point == ' ' || point == '\t')
		return !last;
	return point > ' ' && point <= '~' && point != '=' && !(point == '.' && first);
}

/* One line of the body in quoted-printable, with the soft ends it needs. */
static void
add_body_line(struct buffer *out, struct text line)
{
	size_t used = 0;
	for (size_t at = 0; at < line.length; ) {
		char encoded[12];
		struct text bytes;
		const uint32_t point = next_character(line, &at, &bytes);
		const size_t worst = 3 * bytes.length;
		if (used + worst > LINE_LIMIT - 1) { /* the soft end takes a column */
			buffer_add(out, TEXT("=\r\n"));
			used = 0;
		}
		if (is_literal(point, used == 0, at == line.length)) {
			buffer_add(out, bytes);
			used += bytes.length;
		} else {
			const size_t length = encode_bytes(bytes, encoded);
			buffer_add(out, (struct text){ encoded, length });
			used += length;
		}
	}
	buffer_add(out, TEXT("\r\n"));
}

void
mail_compose(struct buffer *out, const struct mail_letter *letter)
{
	add_mailbox(out, TEXT("From:"), letter->from_name, letter->from);
	add_mailbox(out, TEXT("To:"), TEXT(""), letter->to);
	if (letter->reply_to.length)
		add_mailbox(out, TEXT("Reply-To:"), TEXT(""), letter->reply_to);
	add_subject(out, letter->subject);
	add_date(out, letter->date);
	buffer_format(out, "Message-ID: <" TEXT_FORMAT ">\r\n", TEXT_ARGS(letter->message_id));
	buffer_add(out, TEXT("Auto-Submitted: auto-generated\r\n"
		"Content-Language: fr\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"));
	struct text rest = letter->body;
	while (rest.at && rest.length) {
		struct text line = text_split(&rest, '\n');
		if (text_ends(line, TEXT("\r")))
			line.length--;
		add_body_line(out, line);
	}
}
