/* How a hole stands in a letter given to the typesetter: HOLE_OPEN, the decimal index of its
 * value, HOLE_CLOSE. Private-use characters, refused in templates and in values, so that data
 * is never taken for a hole. */
#pragma once

#define HOLE_OPEN  "\xEE\x80\x80" /* U+E000 */
#define HOLE_CLOSE "\xEE\x80\x81" /* U+E001 */
