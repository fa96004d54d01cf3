/* Forms as they arrive: what browsers send, what breaks, and that how the bytes are cut changes nothing. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "web/form.h"

#include "base/banned.h"

static enum form_outcome
read_pieces(struct arena *arena, struct text type, struct text body, size_t piece, struct form *ret_form)
{
	enum form_outcome outcome;
	struct form_reader *reader = form_reader_new(arena, type, FORM_FILES_KEPT, test_directory(), &outcome);
	while (reader && outcome == FORM_GOOD && body.length) {
		outcome = form_reader_feed(reader, text_part(body, 0, piece));
		body = text_part(body, piece, SIZE_MAX);
	}
	return reader && outcome == FORM_GOOD ? form_reader_end(reader, ret_form) : outcome;
}

/* "name=value;name=value|file:name:size" */
static struct text
summary(struct arena *arena, const struct form *form)
{
	struct text all = TEXT("");
	for (size_t i = 0; i < form->count; i++)
		all = arena_format(arena, "%.*s%s%.*s=%.*s", TEXT_ARGS(all), i ? ";" : "",
			TEXT_ARGS(form->fields[i].name), TEXT_ARGS(form->fields[i].value));
	for (size_t i = 0; i < form->upload_count; i++)
		all = arena_format(arena, "%.*s|%.*s:%.*s:%lld", TEXT_ARGS(all), TEXT_ARGS(form->uploads[i].field),
			TEXT_ARGS(form->uploads[i].file_name), (long long)form->uploads[i].size);
	return all;
}

#define PART(headers, body) "--b\r\nContent-Disposition: form-data; " headers "\r\n\r\n" body "\r\n"

TEST(web_form_bodies_give_their_fields)
{
	static const struct text multipart = { "multipart/form-data; boundary=b", 31 },
		urlencoded = { "application/x-www-form-urlencoded", 33 };
	static const struct {
		const struct text *type;
		struct text body;
		enum form_outcome outcome;
		const char *summary;
	} cases[] = {
		{ &urlencoded, { "", 0 }, FORM_GOOD, "" },
		{ &urlencoded, TEXT("a=1&b=2"), FORM_GOOD, "a=1;b=2" },
		{ &urlencoded, TEXT("a=1&&a=2&c&=d&e==f"), FORM_GOOD, "a=1;a=2;c=;=d;e==f" },
		{ &urlencoded, TEXT("a=x%0D%0Ay%0Dz%0A"), FORM_GOOD, "a=x\ny\nz\n" },
		{ &urlencoded, TEXT("a=%e2%82%ac+%2B"), FORM_GOOD, "a=€ +" },
		{ &urlencoded, TEXT("a=%g0"), FORM_BAD, "" },
		{ &urlencoded, TEXT("a=%C3"), FORM_BAD, "" },
		{ &urlencoded, TEXT("a%00=1"), FORM_BAD, "" },
		{ &multipart, TEXT("--b--"), FORM_GOOD, "" },
		{ &multipart, TEXT(PART("name=\"a\"", "1") PART("name=\"b\"", "x\r\ny") "--b--\r\n"), FORM_GOOD, "a=1;b=x\ny" },
		{ &multipart, TEXT("avant\r\n" PART("name=\"a\"", "") "--b--\r\naprès"), FORM_GOOD, "a=" },
		{ &multipart, TEXT(PART("name=\"a\"", "\r\n--c\r\n-- b--b") "--b--"), FORM_GOOD, "a=\n--c\n-- b--b" },
		{ &multipart, TEXT(PART("name=\"a\"", "\r\n--bc") "--b--"), FORM_BAD, "" }, /* RFC 2046: may not stand in a body */
		{ &multipart, TEXT(PART("name=a", "1") "--b--"), FORM_GOOD, "a=1" },
		{ &multipart, TEXT(PART("NAME=\"a%22;b\"", "1") "--b--"), FORM_GOOD, "a\";b=1" },
		{ &multipart, TEXT(PART("name=\"f\"; filename=\"../../etc/x.pdf\"\r\nContent-Type: application/pdf", "%PDF") "--b--"),
			FORM_GOOD, "|f:x.pdf:4" },
		{ &multipart, TEXT(PART("name=\"f\"; filename=\"a\\\"b.png\"", "") "--b--"), FORM_GOOD, "|f:a\"b.png:0" },
		{ &multipart, TEXT(PART("name=\"f\"; filename=\"\"\r\nContent-Type: application/octet-stream", "") "--b--"),
			FORM_GOOD, "" },
		{ &multipart, TEXT(PART("name=\"f\"; filename=\"\"", "x") "--b--"), FORM_BAD, "" },
		{ &multipart, TEXT(PART("name=\"a\"", "\xff") "--b--"), FORM_BAD, "" },
		{ &multipart, TEXT(PART("name=\"a\"", "1") "--b"), FORM_BAD, "" },
		{ &multipart, TEXT(PART("name=\"a\"", "1")), FORM_BAD, "" },
		{ &multipart, TEXT("--bx\r\n"), FORM_BAD, "" },
		{ &multipart, TEXT("--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--b--"), FORM_BAD, "" },
		{ &multipart, TEXT(PART("filename=\"a\"", "1") "--b--"), FORM_BAD, "" },
		{ &multipart, TEXT(PART("name=\"a", "1") "--b--"), FORM_BAD, "" },
		{ &multipart, { "", 0 }, FORM_BAD, "" },
	};
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 7 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
			CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
			struct form form = { 0 };
			const enum form_outcome outcome = read_pieces(arena, *cases[i].type, cases[i].body, pieces[p], &form);
			const struct text got = summary(arena, &form);
			test_case(outcome == cases[i].outcome && text_equal(got, text_of_string(cases[i].summary)),
				__FILE__, __LINE__, "case %zu by %zu: outcome %d, \"%.*s\"", i, pieces[p], (int)outcome, TEXT_ARGS(got));
		}
}

TEST(web_form_ceilings_hold)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
	CLEANUP(buffer_release) struct buffer body = buffer_new(64 << 20);
	struct form form = { 0 };
	for (int i = 0; i <= WEB_LIMIT_FIELDS; i++)
		buffer_add(&body, TEXT("a=1&"));
	CHECK(read_pieces(arena, TEXT("application/x-www-form-urlencoded"), buffer_text(&body), SIZE_MAX, &form) == FORM_BAD);
	buffer_clear(&body);
	for (int i = 0; i < WEB_LIMIT_FORM / 4; i++)
		buffer_add(&body, TEXT("aaaaa"));
	CHECK(read_pieces(arena, TEXT("application/x-www-form-urlencoded"), buffer_text(&body), 1000, &form) == FORM_TOO_LARGE);
	buffer_clear(&body);
	buffer_add(&body, TEXT("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"));
	for (int i = 0; i < WEB_LIMIT_FORM / 4; i++)
		buffer_add(&body, TEXT("aaaaa"));
	CHECK(read_pieces(arena, TEXT("multipart/form-data; boundary=b"), buffer_text(&body), 1000, &form) == FORM_TOO_LARGE);
	buffer_clear(&body);
	buffer_add(&body, TEXT("--b\r\nX: "));
	for (int i = 0; i < 5000; i++)
		buffer_add(&body, TEXT("a"));
	CHECK(read_pieces(arena, TEXT("multipart/form-data; boundary=b"), buffer_text(&body), 1000, &form) == FORM_BAD);
	buffer_clear(&body);
	for (int i = 0; i <= WEB_LIMIT_UPLOADS; i++)
		buffer_add(&body, TEXT(PART("name=\"f\"; filename=\"x\"", "1")));
	CHECK(read_pieces(arena, TEXT("multipart/form-data; boundary=b"), buffer_text(&body), SIZE_MAX, &form) == FORM_BAD);
}

TEST(web_form_boundaries_are_checked)
{
	static const struct { const char *type; bool good; } cases[] = {
		{ "multipart/form-data; boundary=\"b\"", true }, { "Multipart/Form-Data; charset=utf-8; Boundary=b", true },
		{ "multipart/form-data; boundary=", false }, { "multipart/form-data", false }, { "multipart/mixed; boundary=b", false },
		{ "text/plain", false }, { "", false },
		{ "multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
		enum form_outcome outcome;
		test_case(!!form_reader_new(arena, text_of_string(cases[i].type), FORM_FILES_KEPT, "/tmp", &outcome) == cases[i].good,
			__FILE__, __LINE__, "%s", cases[i].type);
	}
}

TEST(web_form_without_a_disk_says_so)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
	enum form_outcome outcome;
	struct form_reader *reader = form_reader_new(arena, TEXT("multipart/form-data; boundary=b"), FORM_FILES_KEPT,
		"/nonexistent", &outcome);
	CHECK(reader);
	CHECK(form_reader_feed(reader, TEXT(PART("name=\"f\"; filename=\"x\"", "1") "--b--")) == FORM_NO_ROOM);
}

TEST(web_form_survives_every_failed_allocation)
{
	for (unsigned nth = 1; ; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
		struct form form = { 0 };
		CHECK(arena && test_directory());
		arena_fail_nth(nth);
		const enum form_outcome outcome = read_pieces(arena, TEXT("multipart/form-data; boundary=b"),
			TEXT(PART("name=\"a\"", "1") PART("name=\"f\"; filename=\"x\"", "2") "--b--"), SIZE_MAX, &form);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			CHECK(outcome == FORM_GOOD && form.count == 1 && form.upload_count == 1);
			return;
		}
		CHECK(outcome != FORM_GOOD);
	}
}
