/* What makes two writings the same to a person who searches, and in which order a
 * French reader expects names. Both are stored beside the text, so that the database
 * compares bytes and never needs a locale. Unicode through ICU. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/* `text` without case, accents, ligatures or punctuation: "Éloïse D’Œuvray-Noël" gives
 * "eloise d oeuvray noel". Words are letters and digits, parted by single spaces, none
 * around. Malformed UTF-8 is read as U+FFFD, which is dropped. `at` is NULL when the
 * arena is full; the result of an empty text is empty and not NULL. */
struct text text_fold(struct arena *arena, struct text text);

/* The smallest well-formed UTF-8, by bytes, greater than every text that starts with
 * `prefix` (itself well-formed): with it "starts with" is a range that an index serves:
 * prefix <= x and x < text_after(prefix). Empty when there is none (the empty prefix).
 * `at` is NULL when the arena is full. */
struct text text_after(struct arena *arena, struct text prefix);

/* The order of names in French (root collation with the fr tailoring of ICU, whatever
 * the process's locale). May be used from several threads at once. */
struct collation;

struct collation *collation_new(void); /* NULL when ICU or memory fails */
void collation_free(struct collation *collation);
DEFINE_CLEANUP(struct collation, collation_free)

/* Bytes whose memcmp order is the order of the texts. `at` is NULL when memory is short. */
struct text collation_key(const struct collation *collation, struct arena *arena, struct text text);
