/* The regular expressions of XPath (F&O 3.1 §5.6, which DMN 1.5
 * §10.3.4.3 names), run by PCRE2 within limits. Inside of feel/. */
#pragma once

#include "feel/evaluation.h"

/* A pattern ready to run on texts; start from zero. */
struct pattern {
	void *code, *match, *context; /* PCRE2's */
	unsigned groups;              /* in the order of their parentheses, from 1 */
	bool refers;                  /* \1 in it: more than one character is compared at once */
};

void pattern_release_at(struct pattern *pattern);

/* Reads a pattern with XPath's flags: s, m, i, x and q. False: one of them is not XPath's, or it is
 * too long. What reading costs is counted. */
[[nodiscard]] bool pattern_read(struct evaluation *evaluation, struct text source, struct text flags,
	struct pattern *ret_pattern);

enum pattern_found { PATTERN_FOUND, PATTERN_NOT_FOUND, PATTERN_TOO_HARD };

/* Searches from the byte `from`, which begins a character. What it costs is counted. */
enum pattern_found pattern_find(struct evaluation *evaluation, const struct pattern *pattern,
	struct text text, size_t from);
/* What was found last: the place of a group in the text, 0 being the whole; false when it took no part. */
[[nodiscard]] bool pattern_group(const struct pattern *pattern, unsigned group, size_t *ret_start,
	size_t *ret_end);
/* Does it match the empty text? XPath then refuses to replace or to split. */
bool pattern_matches_nothing(struct evaluation *evaluation, const struct pattern *pattern);
