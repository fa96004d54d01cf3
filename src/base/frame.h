/* Framed messages between our own processes, over a stream socket: a fixed header (mark,
 * version, kind, id, length), then a body of bounded length. Both ends run the same program,
 * yet neither trusts the other: a bad header or a body over the ceiling ends the connection. */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

enum { FRAME_HEADER_SIZE = 20, FRAME_LIMIT = 16 << 20 };

struct frame {
	uint8_t kind; /* the two ends agree on what it means */
	uint64_t id;  /* an answer carries its question's */
	struct text body;
};

/* Sends a whole frame before `deadline` (clock_steady() microseconds; INT64_MAX waits for
 * ever). BROKEN when the other end is gone, RETRY when time is up: half a frame may then have
 * left, close the socket. Never raises SIGPIPE. */
enum guichet_status frame_send(int descriptor, const struct frame *frame, int64_t deadline,
	struct guichet_error *error);

/* Waits for a whole frame, whose body lives in `arena`. UNKNOWN when the other end closed
 * between two frames, BROKEN when it closed within one or sent what is no frame or a body over
 * `limit`, RETRY when time is up. */
enum guichet_status frame_receive(int descriptor, size_t limit, int64_t deadline, struct arena *arena,
	struct frame *ret_frame, struct guichet_error *error);

/* For event loops: writes the frame's bytes into `out`; the caller sends them when it can. */
void frame_encode(struct buffer *out, const struct frame *frame);

/* For event loops: finds the first whole frame in received bytes. OK with the frame, which
 * points into `bytes`, and the bytes it took; RETRY when more bytes are needed; BROKEN when
 * this is no frame or it is over `limit`. */
enum guichet_status frame_decode(struct text bytes, size_t limit, struct frame *ret_frame, size_t *ret_taken,
	struct guichet_error *error);

/* The inside of a body: integers and texts one after the other. */
void frame_add_integer(struct buffer *body, int64_t value);
void frame_add_text(struct buffer *body, struct text value);

/* Reads them back in the same order. After a mistake `failed` stays true and everything reads
 * as zero or empty: check once, at the end. Texts point into the body. */
struct frame_reader {
	struct text rest;
	bool failed;
};
int64_t frame_next_integer(struct frame_reader *reader);
struct text frame_next_text(struct frame_reader *reader);
/* True when all was read well and nothing is left. */
bool frame_is_read(const struct frame_reader *reader);
