/* Any bytes are rows or a refusal with a place and a sentence; what is given is UTF-8. */
#include <stdlib.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct csv_limits limits = { .field = 64, .columns = 8, .file = 1 << 16 };
	CLEANUP(csv_free) struct csv *csv = csv_of_text((struct text){ (const char *)data, size }, limits);
	if (!csv)
		return 0;
	for (size_t rows = 0, last = 0; ; rows++) {
		struct csv_row row;
		struct csv_error error = { 0 };
		const enum csv_event event = csv_next(csv, &row, &error);
		if (rows > size + 1)
			abort();
		if (event == CSV_END)
			return 0;
		if (event == CSV_BAD_FILE || event == CSV_BAD_ROW) {
			if (error.line == 0 || !error.message[0])
				abort();
			if (event == CSV_BAD_FILE)
				return 0;
			continue;
		}
		if (row.count == 0 || row.count > limits.columns || row.line <= last)
			abort();
		last = row.line;
		for (size_t i = 0; i < row.count; i++)
			if (row.fields[i].length > limits.field || !text_is_utf8(row.fields[i])
				|| memchr(row.fields[i].at, '\0', row.fields[i].length))
				abort();
	}
}
