/* How findings about tables are kept and told: for table_check.c and table_compare.c. Inside of feel/. */
#pragma once

#include "base/buffer.h"
#include "feel/space.h"
#include "feel/table_check.h"

struct telling {
	struct arena *arena; /* of the findings */
	const struct feel *feel;
	const struct table *table;
	const struct feel_table *source;
	struct feel_table_findings *findings;
	unsigned long counts[FEEL_TABLE_PROBLEM_COUNT]; /* found, listed or not */
};

/* The table that an expression is; NULL: none. */
const struct table *table_of(const struct feel *feel);

/* Keeps a finding, with the place of its cell; the texts are copied. Beyond the most, only counts. */
void tell(struct telling *telling, struct feel_table_finding finding, struct text message,
	struct text remedy);
/* Says how many more there were: last. */
void tell_rest(struct telling *telling);
/* True when one more of this problem would be listed. */
bool tells_more(const struct telling *telling, enum feel_table_problem problem);

/* "quotité = 50,5, corps = « agrégé »". */
void write_inputs(struct buffer *out, const struct telling *telling, const struct feel_value *inputs);
/* "« agrégé »", "50,5", "oui", "sans valeur". */
void write_value(struct buffer *out, struct arena *arena, struct feel_value value);
/* The name of a column: its expression. */
struct text column_name(const struct telling *telling, uint32_t input);
/* "« > 5 » (règle 3, colonne « âge »)". */
void write_cell(struct buffer *out, const struct telling *telling, uint32_t rule, uint32_t input);
