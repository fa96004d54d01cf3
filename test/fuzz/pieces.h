/* A body as the network brings it: cut into pieces of `piece` bytes. For the fuzz targets of forms. */
#pragma once

#include "web/form.h"

static inline enum form_outcome
read_in_pieces(struct arena *arena, struct text type, enum form_files files, struct text bytes, size_t piece,
	struct form *ret_form)
{
	enum form_outcome outcome;
	struct form_reader *reader = form_reader_new(arena, type, files, "/tmp", &outcome);
	if (!reader)
		return outcome;
	while (bytes.length && outcome == FORM_GOOD) {
		outcome = form_reader_feed(reader, text_part(bytes, 0, piece));
		bytes = text_part(bytes, piece, SIZE_MAX);
	}
	return outcome == FORM_GOOD ? form_reader_end(reader, ret_form) : outcome;
}
