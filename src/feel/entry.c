/* What has a name within a value: entries of a context, properties of a date. DMN 1.5, §10.3.2. */
#include "feel/evaluation.h"

#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

static struct feel_value
property(struct evaluation *evaluation, struct feel_value of, struct text name)
{
	const bool has_date = of.kind == FEEL_DATE || of.kind == FEEL_DATE_TIME;
	const bool has_time = of.kind == FEEL_TIME || of.kind == FEEL_DATE_TIME;
	const struct date date = of.kind == FEEL_DATE ? of.date : of.at.date;
	if (has_date) {
		if (text_equal(name, TEXT("year")))
			return feel_integer(date.year);
		if (text_equal(name, TEXT("month")))
			return feel_integer(date.month);
		if (text_equal(name, TEXT("day")))
			return feel_integer(date.day);
		if (text_equal(name, TEXT("weekday")))
			return feel_integer(date_weekday(date));
	}
	if (has_time) {
		int offset;
		if (text_equal(name, TEXT("hour")))
			return feel_integer(of.at.time.hour);
		if (text_equal(name, TEXT("minute")))
			return feel_integer(of.at.time.minute);
		if (text_equal(name, TEXT("second")))
			return feel_integer(of.at.time.second);
		if (text_equal(name, TEXT("time offset"))) {
			if (!temporal_offset(of, &offset))
				return feel_null(TEXT("heure sans fuseau"));
			return (struct feel_value){ .kind = FEEL_DAYS_TIME, .nanoseconds = offset * TEMPORAL_SECOND };
		}
		if (text_equal(name, TEXT("timezone")))
			return of.zone == FEEL_NAMED_ZONE ? feel_string(*of.zone_name)
				: feel_null(TEXT("heure sans fuseau nommé"));
	}
	if (of.kind == FEEL_YEARS_MONTHS) {
		if (text_equal(name, TEXT("years")))
			return feel_integer(of.months / 12);
		if (text_equal(name, TEXT("months")))
			return feel_integer(of.months % 12);
	}
	if (of.kind == FEEL_DAYS_TIME) {
		const feel_nanoseconds seconds = of.nanoseconds / TEMPORAL_SECOND;
		if (text_equal(name, TEXT("days")))
			return feel_integer((int64_t)(seconds / 86400));
		if (text_equal(name, TEXT("hours")))
			return feel_integer((int64_t)(seconds / 3600 % 24));
		if (text_equal(name, TEXT("minutes")))
			return feel_integer((int64_t)(seconds / 60 % 60));
		if (text_equal(name, TEXT("seconds"))) {
			struct feel_number rest = number_of_integer((int64_t)(of.nanoseconds % (60 * TEMPORAL_SECOND)));
			if (number_divide(rest, number_of_integer(1000000000), &rest))
				return feel_of_number(rest);
		}
	}
	if (of.kind == FEEL_RANGE) {
		if (text_equal(name, TEXT("start")))
			return of.range->low.kind == FEEL_NULL ? feel_null(TEXT("intervalle sans début")) : of.range->low;
		if (text_equal(name, TEXT("end")))
			return of.range->high.kind == FEEL_NULL ? feel_null(TEXT("intervalle sans fin")) : of.range->high;
		if (text_equal(name, TEXT("start included")))
			return feel_boolean(!of.range->low_open);
		if (text_equal(name, TEXT("end included")))
			return feel_boolean(!of.range->high_open);
	}
	if (of.kind == FEEL_NULL)
		return of;
	return evaluation_null(evaluation, TEXT_FORMAT " n’a pas de « " TEXT_FORMAT " »",
		TEXT_ARGS(feel_kind_french(of.kind)), TEXT_ARGS(name));
}

struct feel_value
evaluate_entry(struct evaluation *evaluation, struct feel_value of, struct text name)
{
	if (of.kind == FEEL_CONTEXT) {
		if (of.context.count > FEEL_NAMES_A_STEP
			&& !evaluation_steps(evaluation, of.context.count / FEEL_NAMES_A_STEP))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
		for (size_t i = 0; i < of.context.count; i++)
			if (text_equal(of.context.at[i].name, name))
				return of.context.at[i].value;
		return evaluation_null(evaluation, "« " TEXT_FORMAT " » absent", TEXT_ARGS(name));
	}
	if (of.kind != FEEL_LIST)
		return property(evaluation, of, name);
	struct items items = { 0 };
	for (size_t i = 0; i < of.list.count; i++) {
		const struct feel_value item = of.list.at[i];
		if (!evaluation_steps(evaluation, 1)
			|| !items_add(evaluation, &items, item.kind == FEEL_LIST ? feel_null(TEXT("liste de listes"))
				: evaluate_entry(evaluation, item, name)))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
	}
	return items_list(&items);
}
