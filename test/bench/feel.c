/* What an expression costs: evaluations per second of one formula, one thread, another input each time.
 *     build/release-gcc/bench-feel [THOUSANDS]        prints "feel per_second=N ns=N" */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "feel/feel.h"
#include "feel/number.h"

#include "base/banned.h"

int
main(int argc, char **argv)
{
	static const char source[] = "if quotite >= 80 then quotite * 4/7 + 40 else quotite";
	int64_t thousands = 1000;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CLEANUP(arena_free) struct arena *work = arena_new(1 << 20);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_findings findings = { 0 };
	struct guichet_error error = { 0 };
	unsigned slot;
	if ((argc > 1 && !text_to_integer(text_of_string(argv[1]), 1, 100000, &thousands)) || !scope || !work
		|| feel_scope_add(scope, TEXT("quotite"), &feel_type_number, &slot, &error) != GUICHET_OK)
		return 2;
	const struct feel *feel = feel_read(arena, scope, text_of_string(source), &findings);
	if (!feel)
		return 2;
	struct feel_value inputs[50], value = { 0 };
	for (int64_t i = 0; i < 50; i++)
		inputs[i] = (struct feel_value){ .kind = FEEL_NUMBER, .number = number_of_integer(50 + i) };
	const int64_t count = thousands * 1000, start = clock_steady();
	for (int64_t i = 0; i < count; i++) {
		struct feel_run run = { .arena = work, .inputs = &inputs[i % 50] };
		value = feel_evaluate(feel, &run);
		if (i % 100 == 99) /* a request evaluates about so many before its arena goes */
			arena_clear(work);
	}
	const double seconds = (double)(clock_steady() - start) / 1e6;
	if (value.kind != FEEL_NUMBER)
		return 1;
	printf("feel per_second=%.0f ns=%.0f\n", (double)count / seconds, seconds * 1e9 / (double)count);
	return 0;
}
