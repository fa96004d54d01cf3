/* Dates, Paris time and French holidays. */
#include "base/date.h"
#include "test.h"

#include "base/banned.h"

TEST(days_and_dates_agree_over_a_millennium)
{
	for (int64_t day = -365243; day < 365243; day += 13) {
		const struct date date = date_of_day_number(day);
		CHECK(date_is_valid(date));
		CHECK_INTEGER(date_day_number(date), day);
	}
}

TEST(summer_time_in_paris)
{
	instant at;
	CHECK(instant_read(TEXT("2023-06-16"), &at));
	CHECK_INTEGER(paris_offset(at), 7200);
	CHECK(instant_read(TEXT("2023-03-26T02:30"), &at)); /* the skipped hour */
	struct clock_time time;
	date_of_instant(at, &time);
	CHECK_INTEGER(time.hour, 3);
	instant again;
	CHECK(instant_read(TEXT("2023-10-29T00:30:00Z"), &again)); /* the hour lived twice */
	CHECK(instant_read(TEXT("2023-10-29T02:30"), &at));
	CHECK_INTEGER(at, again);
	const struct date october = { 2023, 10, 29 };
	CHECK_INTEGER(instant_of_day(date_add_days(october, 1)) - instant_of_day(october), 25 * INSTANT_HOUR);
}

TEST(the_eleven_holidays_of_2023)
{
	int count = 0;
	for (struct date day = { 2023, 1, 1 }; day.year == 2023; day = date_add_days(day, 1))
		count += date_is_holiday(day);
	CHECK_INTEGER(count, 11);
	CHECK_TEXT(date_holiday_name((struct date){ 2023, 5, 18 }), TEXT("Ascension"));
	CHECK_TEXT(date_holiday_name((struct date){ 2024, 4, 1 }), TEXT("lundi de Pâques"));
	CHECK(!date_is_ouvre((struct date){ 2023, 6, 17 }));
	CHECK(date_is_ouvrable((struct date){ 2023, 6, 17 }));
}

TEST(months_end_where_they_can)
{
	const struct date end = date_add_months((struct date){ 2023, 12, 31 }, 2);
	CHECK_INTEGER(end.day, 29);
	CHECK_INTEGER(end.month, 2);
	CHECK_INTEGER(date_add_months((struct date){ 2024, 2, 29 }, -12).day, 28);
}

TEST(dates_as_people_type_them)
{
	struct date date = { 0 };
	CHECK(date_read_french(TEXT(" 1/9/2023 "), &date));
	CHECK_INTEGER(date.month, 9);
	CHECK(!date_read_french(TEXT("31/02/2023"), &date));
	CHECK(!date_read_french(TEXT("2023-6-1"), &date));
	CHECK_INTEGER(date.month, 9);
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CHECK_TEXT(date_french(arena, date, true), TEXT("vendredi 1er septembre 2023"));
}
