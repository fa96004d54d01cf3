/* Values as FEEL literals and as people read them: see value.h. */
#include "base/buffer.h"
#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

enum { MOST_NESTED = 100 };

static struct text
kept(struct arena *arena, const struct buffer *buffer)
{
	return buffer->failed ? (struct text){ 0 } : arena_text(arena, buffer_text(buffer));
}

/* ---- literals ---- */

static void
write_string(struct buffer *out, struct text string)
{
	buffer_add(out, TEXT("\""));
	for (size_t i = 0; i < string.length; i++) {
		const char c = string.at[i];
		if (c == '"' || c == '\\')
			buffer_format(out, "\\%c", c);
		else if (c == '\n')
			buffer_add(out, TEXT("\\n"));
		else if (c == '\r')
			buffer_add(out, TEXT("\\r"));
		else if (c == '\t')
			buffer_add(out, TEXT("\\t"));
		else if ((unsigned char)c < 0x20)
			buffer_format(out, "\\u%04x", (unsigned)c);
		else
			buffer_add(out, text_part(string, i, 1));
	}
	buffer_add(out, TEXT("\""));
}

static bool
is_plain_name(struct text name)
{
	for (size_t i = 0; i < name.length; i++) {
		const unsigned char c = (unsigned char)name.at[i];
		const bool letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i && ((c >= '0' && c <= '9') || (c == ' ' && i + 1 < name.length))))
			return false;
	}
	return name.length > 0;
}

static void
write_literal(struct buffer *out, struct feel_value value, bool bare, int depth)
{
	if (depth > MOST_NESTED || out->failed) {
		out->failed = true;
		return;
	}
	char text[TEMPORAL_TEXT_SIZE];
	switch ((enum feel_kind)value.kind) {
	case FEEL_NULL:
	case FEEL_ANY:
	case FEEL_KIND_COUNT:
		buffer_add(out, TEXT("null"));
		return;
	case FEEL_BOOLEAN:
		buffer_add(out, value.boolean ? TEXT("true") : TEXT("false"));
		return;
	case FEEL_NUMBER:
		buffer_add(out, (struct text){ text, number_write(value.number, text) });
		return;
	case FEEL_STRING:
		write_string(out, value.string);
		return;
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME:
	case FEEL_YEARS_MONTHS:
	case FEEL_DAYS_TIME: {
		const struct text written = { text, temporal_write(value, text) };
		if (bare)
			buffer_add(out, written);
		else
			buffer_format(out, "@\"" TEXT_FORMAT "\"", TEXT_ARGS(written));
		return;
	}
	case FEEL_LIST:
		buffer_add(out, TEXT("["));
		for (size_t i = 0; i < value.list.count && !out->failed; i++) {
			buffer_add(out, i ? TEXT(", ") : TEXT(""));
			write_literal(out, value.list.at[i], false, depth + 1);
		}
		buffer_add(out, TEXT("]"));
		return;
	case FEEL_CONTEXT:
		buffer_add(out, TEXT("{"));
		for (size_t i = 0; i < value.context.count && !out->failed; i++) {
			buffer_add(out, i ? TEXT(", ") : TEXT(""));
			if (is_plain_name(value.context.at[i].name))
				buffer_add(out, value.context.at[i].name);
			else
				write_string(out, value.context.at[i].name);
			buffer_add(out, TEXT(": "));
			write_literal(out, value.context.at[i].value, false, depth + 1);
		}
		buffer_add(out, TEXT("}"));
		return;
	case FEEL_RANGE: {
		const struct feel_range *range = value.range;
		if (range->low.kind == FEEL_NULL || range->high.kind == FEEL_NULL) {
			const bool low = range->low.kind != FEEL_NULL;
			buffer_format(out, "(%s%s ", low ? ">" : "<", (low ? range->low_open : range->high_open) ? ""
				: "=");
			write_literal(out, low ? range->low : range->high, false, depth + 1);
			buffer_add(out, TEXT(")"));
			return;
		}
		buffer_add(out, range->low_open ? TEXT("(") : TEXT("["));
		write_literal(out, range->low, false, depth + 1);
		buffer_add(out, TEXT(".."));
		write_literal(out, range->high, false, depth + 1);
		buffer_add(out, range->high_open ? TEXT(")") : TEXT("]"));
		return;
	}
	case FEEL_FUNCTION:
		buffer_add(out, TEXT("function"));
		return;
	}
}

struct text
feel_value_to_literal(struct arena *arena, struct feel_value value)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	write_literal(&out, value, false, 0);
	return kept(arena, &out);
}

struct text
feel_value_to_bare_literal(struct arena *arena, struct feel_value value)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	write_literal(&out, value, true, 0);
	return kept(arena, &out);
}

struct text
feel_number_text(struct arena *arena, struct feel_value number)
{
	char text[NUMBER_TEXT_SIZE];
	return arena_text(arena, (struct text){ text, number_write(number.number, text) });
}

/* ---- for people ---- */

/* A decimal comma; digits by three from ten thousand on, with the narrow space. */
static void
write_number_french(struct buffer *out, struct feel_number number)
{
	char text[NUMBER_TEXT_SIZE];
	struct text rest = { text, number_write(number, text) };
	if (memchr(text, 'e', rest.length)) {
		buffer_add(out, rest);
		return;
	}
	if (text_starts(rest, TEXT("-"))) {
		buffer_add(out, TEXT("-"));
		rest = text_part(rest, 1, rest.length);
	}
	const struct text whole = text_split(&rest, '.');
	for (size_t i = 0; i < whole.length; i++) {
		if (i && whole.length > 4 && (whole.length - i) % 3 == 0)
			buffer_add(out, TEXT("\u202f"));
		buffer_add(out, text_part(whole, i, 1));
	}
	if (rest.at) {
		buffer_add(out, TEXT(","));
		buffer_add(out, rest);
	}
}

static void
write_date_french(struct buffer *out, struct date date)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	const struct text text = arena ? date_french(arena, date, false) : (struct text){ 0 };
	if (!text.at)
		out->failed = true;
	else
		buffer_add(out, text);
}

static void
write_time_french(struct buffer *out, struct feel_time time)
{
	buffer_format(out, "%d h %02d", time.hour, time.minute);
	if (time.second)
		buffer_format(out, " min %02d s", time.second);
}

struct part {
	long long count;
	const char *one, *many;
};

static void
write_parts(struct buffer *out, bool negative, const struct part *parts, size_t count, const char *none)
{
	size_t left = 0;
	for (size_t i = 0; i < count; i++)
		left += parts[i].count != 0;
	if (left == 0)
		buffer_format(out, "%s", none);
	if (negative && left)
		buffer_add(out, TEXT("moins "));
	bool first = true;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].count == 0)
			continue;
		left--;
		buffer_format(out, "%s%lld %s", first ? "" : left ? ", " : " et ", parts[i].count,
			parts[i].count > 1 ? parts[i].many : parts[i].one);
		first = false;
	}
}

static void
write_duration_french(struct buffer *out, struct feel_value value)
{
	if (value.kind == FEEL_YEARS_MONTHS) {
		const long long months = value.months < 0 ? -value.months : value.months;
		write_parts(out, value.months < 0,
			(const struct part[]){ { months / 12, "an", "ans" }, { months % 12, "mois", "mois" } }, 2,
			"0 mois");
		return;
	}
	const feel_nanoseconds total = value.nanoseconds < 0 ? -value.nanoseconds : value.nanoseconds;
	const long long seconds = (long long)(total / TEMPORAL_SECOND);
	write_parts(out, value.nanoseconds < 0,
		(const struct part[]){ { seconds / 86400, "jour", "jours" },
		{ seconds / 3600 % 24, "heure", "heures" },
			{ seconds / 60 % 60, "minute", "minutes" }, { seconds % 60, "seconde", "secondes" } }, 4,
			"0 jour");
}

static void
write_french(struct buffer *out, struct feel_value value, int depth)
{
	if (depth > MOST_NESTED || out->failed) {
		out->failed = true;
		return;
	}
	switch ((enum feel_kind)value.kind) {
	case FEEL_NULL:
	case FEEL_ANY:
	case FEEL_KIND_COUNT:
		return;
	case FEEL_BOOLEAN:
		buffer_add(out, value.boolean ? TEXT("oui") : TEXT("non"));
		return;
	case FEEL_NUMBER:
		write_number_french(out, value.number);
		return;
	case FEEL_STRING:
		buffer_add(out, value.string);
		return;
	case FEEL_DATE:
		write_date_french(out, value.date);
		return;
	case FEEL_TIME:
		write_time_french(out, value.at.time);
		return;
	case FEEL_DATE_TIME:
		write_date_french(out, value.at.date);
		buffer_add(out, TEXT(" à "));
		write_time_french(out, value.at.time);
		return;
	case FEEL_YEARS_MONTHS:
	case FEEL_DAYS_TIME:
		write_duration_french(out, value);
		return;
	case FEEL_LIST:
		for (size_t i = 0; i < value.list.count && !out->failed; i++) {
			buffer_add(out, i == 0 ? TEXT("") : i + 1 == value.list.count ? TEXT(" et ") : TEXT(", "));
			write_french(out, value.list.at[i], depth + 1);
		}
		return;
	case FEEL_CONTEXT:
		for (size_t i = 0; i < value.context.count && !out->failed; i++) {
			buffer_add(out, i ? TEXT(", ") : TEXT(""));
			buffer_add(out, value.context.at[i].name);
			buffer_add(out, TEXT(" : "));
			write_french(out, value.context.at[i].value, depth + 1);
		}
		return;
	case FEEL_RANGE: {
		const struct feel_range *range = value.range;
		const bool low = range->low.kind != FEEL_NULL, high = range->high.kind != FEEL_NULL;
		if (low) {
			buffer_add(out, high ? TEXT("de ") : range->low_open ? TEXT("plus de ") : TEXT("au moins "));
			write_french(out, range->low, depth + 1);
			if (high && range->low_open)
				buffer_add(out, TEXT(" (exclu)"));
		}
		if (high) {
			buffer_add(out, low ? TEXT(" à ") : range->high_open ? TEXT("moins de ") : TEXT("au plus "));
			write_french(out, range->high, depth + 1);
			if (low && range->high_open)
				buffer_add(out, TEXT(" (exclu)"));
		}
		return;
	}
	case FEEL_FUNCTION:
		buffer_add(out, TEXT("une fonction"));
		return;
	}
}

struct text
feel_value_to_french(struct arena *arena, struct feel_value value)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	write_french(&out, value, 0);
	return kept(arena, &out);
}

struct text
feel_number_to_french(struct arena *arena, struct feel_value number, int decimals)
{
	struct feel_number rounded;
	if (number.kind != FEEL_NUMBER || !number_round(number.number, decimals, ROUND_HALF_UP, &rounded))
		return feel_value_to_french(arena, number);
	number.number = rounded;
	return feel_value_to_french(arena, number);
}
