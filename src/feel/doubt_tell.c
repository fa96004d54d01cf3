/* Telling what is certain: see doubt.h. */
#include "feel/doubt.h"

#include "base/buffer.h"

#include "base/banned.h"

enum { MOST_QUOTED = 60 };

/* "agent.grade", as it is written, cut when it is long. */
static struct text
quoted(const struct doubt *doubt, const struct node *node)
{
	struct text text = text_part(doubt->reader->source, node->offset, node->length);
	size_t shown = 0;
	for (size_t count = 0; shown < text.length && count < MOST_QUOTED; count++)
		text_next(text, &shown);
	if (shown == text.length)
		return text;
	const struct text cut = arena_format(doubt->reader->arena, TEXT_FORMAT "…", (int)shown, text.at);
	return cut.at ? cut : TEXT("…");
}

static bool
is_moment(struct feel_value value)
{
	return value.kind == FEEL_DATE || value.kind == FEEL_DATE_TIME;
}

static void
describe_bound(struct buffer *out, struct arena *arena, struct feel_value bound, bool open, bool low)
{
	if (is_moment(bound))
		buffer_add(out, low ? open ? TEXT("vient après le ") : TEXT("ne vient pas avant le ")
			: open ? TEXT("vient avant le ") : TEXT("ne vient pas après le "));
	else
		buffer_add(out, low ? open ? TEXT("dépasse ") : TEXT("vaut au moins ")
			: open ? TEXT("reste sous ") : TEXT("ne dépasse pas "));
	buffer_add(out, feel_value_to_french(arena, bound));
}

/* " : ici, « x » reste sous 3", when something is known of this operand; else nothing is added. */
static bool
describe(struct doubt *doubt, struct facts facts, const struct node *node, struct buffer *out)
{
	struct feel_value value;
	struct arena *arena = doubt->reader->arena;
	if (!node_is_path(node))
		return false;
	const struct known known = doubt_know_quietly(doubt, facts, node);
	const struct known before = doubt_know_quietly(doubt, doubt->base, node);
	const struct feel_range *bounds = &known.bounds, *declared = &before.bounds;
	const bool low = bounds->low.kind != FEEL_NULL, high = bounds->high.kind != FEEL_NULL;
	const bool here = known.may != before.may || known.words != before.words
		|| low != (declared->low.kind != FEEL_NULL) || high != (declared->high.kind != FEEL_NULL)
		|| (low && !feel_is_true(feel_equal(bounds->low, declared->low)))
		|| (high && !feel_is_true(feel_equal(bounds->high, declared->high)))
		|| bounds->low_open != declared->low_open || bounds->high_open != declared->high_open;
	const bool single = known_is_single(known_present(known), &value);
	if (!single && !low && !high)
		return false;
	buffer_add(out, here ? TEXT(" : ici, « ") : TEXT(" : « "));
	buffer_add(out, quoted(doubt, node));
	buffer_add(out, TEXT(" » "));
	if (single) {
		const struct text french = value.kind != FEEL_BOOLEAN ? feel_value_to_french(arena, value)
			: value.boolean ? TEXT("vrai") : TEXT("faux");
		buffer_add(out, value.kind == FEEL_STRING ? TEXT("vaut « ") : is_moment(value) ? TEXT("est le ")
			: value.kind == FEEL_BOOLEAN ? TEXT("est ") : TEXT("vaut "));
		buffer_add(out, french);
		buffer_add(out, value.kind == FEEL_STRING ? TEXT(" »") : TEXT(""));
	} else if (low && high && !is_moment(bounds->low) && !bounds->low_open && !bounds->high_open) {
		buffer_add(out, TEXT("va de "));
		buffer_add(out, feel_value_to_french(arena, bounds->low));
		buffer_add(out, TEXT(" à "));
		buffer_add(out, feel_value_to_french(arena, bounds->high));
	} else {
		if (low)
			describe_bound(out, arena, bounds->low, bounds->low_open, true);
		if (low && high)
			buffer_add(out, TEXT(" et "));
		if (high)
			describe_bound(out, arena, bounds->high, bounds->high_open, false);
	}
	return true;
}

void
doubt_tell_certain(struct doubt *doubt, struct facts facts, const struct node *node, const char *what,
	bool truth, bool may_be_null, const struct node *a, const struct node *b)
{
	if (doubt_is_silent(doubt, facts))
		return;
	CLEANUP(buffer_release) struct buffer why = buffer_new(1000);
	if (a && b && node_is_path(a) && node_is_path(b) && doubt_same_path(a, b))
		buffer_add(&why, TEXT(" : les deux côtés sont la même chose"));
	else if (!(a && describe(doubt, facts, a, &why)) && b)
		(void)describe(doubt, facts, b, &why);
	const struct text reason = why.failed ? TEXT("") : buffer_text(&why);
	doubt->reader->about = FEEL_ABOUT_CERTAINTY;
	reader_mistake(doubt->reader, node->offset, node->length,
		truth ? TEXT("ôtez-la, ou corrigez ce qu’elle compare")
		: TEXT("corrigez-la, car elle ne laisse rien passer"),
		"%s %s" TEXT_FORMAT, what, truth ? may_be_null ? "n’est jamais fausse" : "est toujours vraie"
		: "n’est jamais vraie", TEXT_ARGS(reason));
	doubt->told++;
}

void
doubt_tell_inverted(struct doubt *doubt, struct facts facts, const struct node *low, const struct node *high)
{
	if (doubt_is_silent(doubt, facts))
		return;
	doubt->reader->about = FEEL_ABOUT_CERTAINTY;
	reader_mistake(doubt->reader, low->offset, high->offset + high->length - low->offset,
		TEXT("écrivez la plus petite d’abord"), "rien ne tient entre ces bornes");
	doubt->told++;
}

void
doubt_tell_never(struct doubt *doubt, struct facts facts, const struct node *test, struct known tested)
{
	struct feel_value value;
	if (doubt_is_silent(doubt, facts))
		return;
	const bool single = known_is_single(known_present(tested), &value) && value.kind == FEEL_STRING;
	doubt->reader->about = FEEL_ABOUT_CERTAINTY;
	reader_mistake(doubt->reader, test->offset, test->length, TEXT("ôtez ce cas, ou corrigez-le"),
		"la valeur examinée ne répond jamais à ce test%s" TEXT_FORMAT "%s", single ? " : ici, elle vaut « " : "",
		TEXT_ARGS(single ? value.string : TEXT("")), single ? " »" : "");
	doubt->told++;
}

void
doubt_tell_missing(struct doubt *doubt, const struct node *missing, bool condition)
{
	struct reader *reader = doubt->reader;
	const struct text quote = quoted(doubt, missing);
	reader->about = FEEL_ABOUT_NULL;
	doubt->told++;
	switch ((enum node_kind)missing->kind) {
	case NODE_FILTER:
		reader_mistake(reader, missing->offset, missing->length,
			TEXT("comptez d’abord ce que la liste contient : if count(…) > 0 then … else …"),
			"« " TEXT_FORMAT " » peut ne rien trouver", TEXT_ARGS(quote));
		return;
	case NODE_BUILTIN:
		reader_mistake(reader, missing->offset, missing->length,
			TEXT("comptez d’abord ce que la liste contient : if count(…) > 0 then … else …"),
			"« " TEXT_FORMAT " » ne donne rien quand la liste est vide", TEXT_ARGS(quote));
		return;
	case NODE_DIVIDE:
		reader_mistake(reader, missing->right->offset, missing->right->length,
			arena_format(reader->arena, "écrivez d’abord : if " TEXT_FORMAT " = 0 then … else …",
				TEXT_ARGS(quoted(doubt, missing->right))),
			"« " TEXT_FORMAT " » peut valoir zéro, et la division ne donnerait rien",
			TEXT_ARGS(quoted(doubt, missing->right)));
		return;
	default:
		reader_mistake(reader, missing->offset, missing->length, condition
			? arena_format(reader->arena, "écrivez « " TEXT_FORMAT " != null and … », ou « = null or … »",
				TEXT_ARGS(quote))
			: arena_format(reader->arena, "écrivez « if " TEXT_FORMAT " = null then … else … »",
				TEXT_ARGS(quote)),
			condition ? "« " TEXT_FORMAT " » peut être vide : la condition ne serait alors ni vraie ni fausse"
			: "« " TEXT_FORMAT " » peut être vide, et ceci n’aurait pas de valeur", TEXT_ARGS(quote));
		return;
	}
}
