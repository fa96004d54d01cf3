/* Framed messages between processes. */
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "test.h"

#include "base/banned.h"

static void
open_pair(int sockets[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
		test_fail(__FILE__, __LINE__, "no socket pair");
}

TEST(a_frame_arrives_as_it_was_sent)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error = { 0 };
	struct frame got;
	int sockets[2];
	open_pair(sockets);
	const struct frame sent[] = { { 3, UINT64_MAX, TEXT("a\0b") }, { 0, 0, TEXT("") } };
	for (size_t i = 0; i < 2; i++)
		CHECK(frame_send(sockets[0], &sent[i], INT64_MAX, &error) == GUICHET_OK);
	for (size_t i = 0; i < 2; i++) {
		CHECK(frame_receive(sockets[1], 100, INT64_MAX, arena, &got, &error) == GUICHET_OK);
		CHECK(got.kind == sent[i].kind && got.id == sent[i].id);
		CHECK_TEXT(got.body, sent[i].body);
	}
	close(sockets[0]);
	CHECK(frame_receive(sockets[1], 100, INT64_MAX, arena, &got, &error) == GUICHET_UNKNOWN);
	CHECK(frame_send(sockets[1], &sent[0], INT64_MAX, &error) == GUICHET_BROKEN);
	close(sockets[1]);
}

TEST(a_frame_that_is_late_cut_large_or_none_is_told)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CLEANUP(buffer_release) struct buffer bytes = buffer_new(1 << 12);
	struct guichet_error error = { 0 };
	struct frame got;
	int sockets[2];
	open_pair(sockets);
	CHECK(frame_receive(sockets[1], 100, clock_steady(), arena, &got, &error) == GUICHET_RETRY);
	frame_encode(&bytes, &(struct frame){ 1, 2, TEXT("bonjour") });

	for (size_t cut = 1; cut < bytes.length; cut++) {
		CHECK(send(sockets[0], bytes.at, cut, 0) == (ssize_t)cut);
		close(sockets[0]);
		CHECK(frame_receive(sockets[1], 100, INT64_MAX, arena, &got, &error) == GUICHET_BROKEN);
		close(sockets[1]);
		open_pair(sockets);
	}
	CHECK(send(sockets[0], bytes.at, bytes.length, 0) == (ssize_t)bytes.length);
	CHECK(frame_receive(sockets[1], 6, INT64_MAX, arena, &got, &error) == GUICHET_BROKEN);
	CHECK(frame_receive(sockets[1], 6, clock_steady(), arena, &got, &error) != GUICHET_OK);
	close(sockets[0]);
	close(sockets[1]);

	size_t taken = 0;
	CHECK(frame_decode(buffer_text(&bytes), 7, &got, &taken, &error) == GUICHET_OK);
	CHECK(taken == bytes.length && got.id == 2);
	CHECK_TEXT(got.body, TEXT("bonjour"));
	CHECK(frame_decode(text_part(buffer_text(&bytes), 0, bytes.length - 1), 7, &got, &taken,
		&error) == GUICHET_RETRY);
	CHECK(frame_decode(buffer_text(&bytes), 6, &got, &taken, &error) == GUICHET_BROKEN);
	bytes.at[2] = 2; /* another version */
	CHECK(frame_decode(buffer_text(&bytes), 7, &got, &taken, &error) == GUICHET_BROKEN);
}

TEST(a_sender_does_not_wait_for_ever)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	struct guichet_error error = { 0 };
	int sockets[2];
	open_pair(sockets);
	const struct text body = { arena_alloc(arena, 4 << 20), 4 << 20 };
	CHECK(frame_send(sockets[0], &(struct frame){ 1, 1, body }, clock_steady() + 1000,
		&error) == GUICHET_RETRY);
	close(sockets[0]);
	close(sockets[1]);
}

TEST(a_body_is_read_back_in_order_or_not_at_all)
{
	CLEANUP(buffer_release) struct buffer body = buffer_new(1 << 12);
	frame_add_integer(&body, INT64_MIN);
	frame_add_text(&body, TEXT("été"));
	frame_add_text(&body, TEXT(""));
	struct frame_reader reader = { .rest = buffer_text(&body) };
	CHECK(frame_next_integer(&reader) == INT64_MIN);
	CHECK_TEXT(frame_next_text(&reader), TEXT("été"));
	CHECK(!frame_is_read(&reader));
	CHECK_TEXT(frame_next_text(&reader), TEXT(""));
	CHECK(frame_is_read(&reader));
	CHECK_INTEGER(frame_next_integer(&reader), 0);
	CHECK(!frame_is_read(&reader));
	for (size_t cut = 0; cut < body.length; cut++) {
		reader = (struct frame_reader){ .rest = text_part(buffer_text(&body), 0, cut) };
		(void)frame_next_integer(&reader);
		(void)frame_next_text(&reader);
		(void)frame_next_text(&reader);
		CHECK(reader.failed);
	}
	/* A length that says more than there is. */
	buffer_clear(&body);
	frame_add_integer(&body, -1);
	reader = (struct frame_reader){ .rest = buffer_text(&body) };
	CHECK(frame_next_text(&reader).length == 0 && reader.failed);
}
