/* See frame.h. */
#include "base/frame.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"

#include "base/banned.h"

/* Mark, version, kind, length and id, little-endian, then four bytes that are zero. */
static const uint8_t mark[] = { 'G', 'f', 1 };

static void
put(uint8_t *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t
take(const uint8_t *at, int bytes)
{
	uint64_t value = 0;
	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static void
header_write(const struct frame *frame, uint8_t header[FRAME_HEADER_SIZE])
{
	memset(header, 0, FRAME_HEADER_SIZE);
	memcpy(header, mark, sizeof mark);
	header[3] = frame->kind;
	put(header + 4, frame->body.length, 4);
	put(header + 8, frame->id, 8);
}

static enum guichet_status
header_read(const uint8_t header[FRAME_HEADER_SIZE], size_t limit, struct frame *ret_frame,
	struct guichet_error *error)
{
	const size_t length = take(header + 4, 4);
	if (memcmp(header, mark, sizeof mark) != 0 || take(header + 16, 4) != 0)
		return guichet_fail(error, GUICHET_BROKEN, "Un message entre processus est illisible.");
	if (length > limit || length > FRAME_LIMIT)
		return guichet_fail(error, GUICHET_BROKEN, "Un message entre processus dépasse sa taille permise.");
	*ret_frame = (struct frame){ .kind = header[3], .id = take(header + 8, 8), .body = { NULL, length } };
	return GUICHET_OK;
}

/* Waits until the socket is ready for `events`. */
static enum guichet_status
wait_ready(int descriptor, short events, int64_t deadline, struct guichet_error *error)
{
	for (;;) {
		int timeout = -1;
		if (deadline != INT64_MAX) {
			const int64_t left = (deadline - clock_steady() + 999) / 1000;
			if (left <= 0)
				return guichet_fail(error, GUICHET_RETRY, "L’autre processus tarde à répondre.");
			timeout = left > 60000 ? 60000 : (int)left;
		}
		struct pollfd ready = { .fd = descriptor, .events = events };
		const int count = poll(&ready, 1, timeout);
		if (count > 0)
			return GUICHET_OK;
		if (count < 0 && errno != EINTR)
			return guichet_fail(error, GUICHET_BROKEN, "L’autre processus ne peut être attendu.");
	}
}

static enum guichet_status
send_bytes(int descriptor, const void *bytes, size_t length, int flags, int64_t deadline,
	struct guichet_error *error)
{
	for (size_t sent = 0; sent < length;) {
		const ssize_t count = send(descriptor, (const char *)bytes + sent, length - sent,
			MSG_NOSIGNAL | MSG_DONTWAIT | flags);
		if (count >= 0) {
			sent += (size_t)count;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			const enum guichet_status status = wait_ready(descriptor, POLLOUT, deadline, error);
			if (status != GUICHET_OK)
				return status;
		} else if (errno != EINTR) {
			return guichet_fail(error, GUICHET_BROKEN, "L’autre processus est parti.");
		}
	}
	return GUICHET_OK;
}

/* Fills `bytes`; *ret_length is less than `length` when the other end closed before. */
static enum guichet_status
receive_bytes(int descriptor, void *bytes, size_t length, int64_t deadline, size_t *ret_length,
	struct guichet_error *error)
{
	size_t received = 0;
	while (received < length) {
		const ssize_t count = recv(descriptor, (char *)bytes + received, length - received, MSG_DONTWAIT);
		if (count > 0) {
			received += (size_t)count;
		} else if (count == 0 || errno == ECONNRESET) {
			break;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			const enum guichet_status status = wait_ready(descriptor, POLLIN, deadline, error);
			if (status != GUICHET_OK)
				return status;
		} else if (errno != EINTR) {
			return guichet_fail(error, GUICHET_BROKEN, "L’autre processus ne peut être lu.");
		}
	}
	*ret_length = received;
	return GUICHET_OK;
}

enum guichet_status
frame_send(int descriptor, const struct frame *frame, int64_t deadline, struct guichet_error *error)
{
	uint8_t header[FRAME_HEADER_SIZE];
	if (frame->body.length > FRAME_LIMIT)
		return guichet_fail(error, GUICHET_BROKEN, "Un message entre processus dépasse sa taille permise.");
	header_write(frame, header);
	const enum guichet_status status = send_bytes(descriptor, header, sizeof header,
		frame->body.length ? MSG_MORE : 0, deadline, error);
	return status == GUICHET_OK
		? send_bytes(descriptor, frame->body.at, frame->body.length, 0, deadline, error) : status;
}

enum guichet_status
frame_receive(int descriptor, size_t limit, int64_t deadline, struct arena *arena, struct frame *ret_frame,
	struct guichet_error *error)
{
	uint8_t header[FRAME_HEADER_SIZE];
	size_t length = 0;
	struct frame frame;
	enum guichet_status status = receive_bytes(descriptor, header, sizeof header, deadline, &length, error);
	if (status == GUICHET_OK && length == 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "L’autre processus a fini.");
	if (status == GUICHET_OK && length < sizeof header)
		return guichet_fail(error, GUICHET_BROKEN, "L’autre processus est parti au milieu d’un message.");
	if (status == GUICHET_OK)
		status = header_read(header, limit, &frame, error);
	if (status != GUICHET_OK)
		return status;

	char *const body = arena_alloc(arena, frame.body.length + 1);
	if (!body)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour un message entre processus.");
	status = receive_bytes(descriptor, body, frame.body.length, deadline, &length, error);
	if (status == GUICHET_OK && length < frame.body.length)
		return guichet_fail(error, GUICHET_BROKEN, "L’autre processus est parti au milieu d’un message.");
	if (status != GUICHET_OK)
		return status;
	frame.body.at = body;
	*ret_frame = frame;
	return GUICHET_OK;
}

void
frame_encode(struct buffer *out, const struct frame *frame)
{
	uint8_t header[FRAME_HEADER_SIZE];
	if (frame->body.length > FRAME_LIMIT) {
		out->failed = true;
		return;
	}
	header_write(frame, header);
	buffer_add(out, (struct text){ (const char *)header, sizeof header });
	buffer_add(out, frame->body);
}

enum guichet_status
frame_decode(struct text bytes, size_t limit, struct frame *ret_frame, size_t *ret_taken,
	struct guichet_error *error)
{
	struct frame frame;
	if (bytes.length < FRAME_HEADER_SIZE)
		return GUICHET_RETRY;
	const enum guichet_status status = header_read((const uint8_t *)bytes.at, limit, &frame, error);
	if (status != GUICHET_OK)
		return status;
	if (bytes.length - FRAME_HEADER_SIZE < frame.body.length)
		return GUICHET_RETRY;
	frame.body.at = bytes.at + FRAME_HEADER_SIZE;
	*ret_frame = frame;
	*ret_taken = FRAME_HEADER_SIZE + frame.body.length;
	return GUICHET_OK;
}

void
frame_add_integer(struct buffer *body, int64_t value)
{
	uint8_t bytes[8];
	put(bytes, (uint64_t)value, sizeof bytes);
	buffer_add(body, (struct text){ (const char *)bytes, sizeof bytes });
}

void
frame_add_text(struct buffer *body, struct text value)
{
	frame_add_integer(body, (int64_t)value.length);
	buffer_add(body, value);
}

int64_t
frame_next_integer(struct frame_reader *reader)
{
	if (reader->failed || reader->rest.length < 8) {
		reader->failed = true;
		return 0;
	}
	const uint64_t value = take((const uint8_t *)reader->rest.at, 8);
	reader->rest = text_part(reader->rest, 8, SIZE_MAX);
	return (int64_t)value;
}

struct text
frame_next_text(struct frame_reader *reader)
{
	const int64_t length = frame_next_integer(reader);
	if (reader->failed || length < 0 || (uint64_t)length > reader->rest.length) {
		reader->failed = true;
		return TEXT("");
	}
	const struct text value = text_part(reader->rest, 0, (size_t)length);
	reader->rest = text_part(reader->rest, (size_t)length, SIZE_MAX);
	return value;
}

bool
frame_is_read(const struct frame_reader *reader)
{
	return !reader->failed && reader->rest.length == 0;
}
