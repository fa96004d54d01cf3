/* Which rules of a decision table may apply, found by looking each input up in its column instead of trying
 * the rules one after the other. Immutable; shared by threads; searching allocates nothing.
 * Inside of feel/. */
#pragma once

#include "feel/column.h"

/* The index of a table whose tests use that many locals; NULL when there is nothing to gain: the rules are
 * then tried one by one. False without memory. */
[[nodiscard]] bool table_index_new(struct arena *arena, const struct table *table, uint32_t locals,
	const struct table_index **ret_index);

/* The sets for these inputs, by column. False: an input is of a nature that the index does not know. */
[[nodiscard]] bool table_index_search(const struct table_index *index, const struct feel_value *inputs,
	struct table_search *ret_search);

/* The rules 64 * word to 64 * word + 63 that are in every set. */
static inline uint64_t
table_search_word(const struct table_search *search, uint32_t word)
{
	uint64_t rules = ~UINT64_C(0);
	for (uint32_t i = 0; i < search->set_count; i++)
		rules &= search->sets[i][word];
	return rules;
}

/* Whether a rule is in every set. */
static inline bool
table_search_has(const struct table_search *search, uint32_t rule)
{
	for (uint32_t i = 0; i < search->set_count; i++)
		if (!(search->sets[i][rule / COLUMN_BITS] >> rule % COLUMN_BITS & 1))
			return false;
	return true;
}

/* True when the test of that input must still be made for that rule. */
bool table_index_must_test(const struct table_index *index, uint32_t input, uint32_t rule);
/* True when some test must be made for that rule. */
bool table_index_must_test_some(const struct table_index *index, uint32_t rule);
