/* Until the language stands. */
#include "feel/feel.h"
#include <jansson.h>

#include "base/banned.h"

struct feel { struct text source; };

struct feel *feel_read(struct arena *arena, const struct feel_scope *scope, struct text source, struct feel_findings *findings)
{ (void)scope; (void)findings; struct feel *feel = arena_new_of(arena, struct feel); if (feel) feel->source = source; else findings->broken = true; return feel; }
struct feel *feel_read_as(struct arena *arena, const struct feel_scope *scope, const struct feel_type *expected, struct text source, struct feel_findings *findings)
{ (void)expected; return feel_read(arena, scope, source, findings); }
struct feel *feel_read_unary(struct arena *arena, const struct feel_scope *scope, const struct feel_type *tested, struct text source, struct feel_findings *findings)
{ (void)tested; return feel_read(arena, scope, source, findings); }
struct text feel_finding_text(struct arena *arena, const struct feel_finding *finding, struct text source)
{ (void)arena; (void)source; return finding->message; }
enum guichet_status feel_findings_fail(const struct feel_findings *findings, struct text source, struct guichet_error *error)
{ (void)findings; (void)source; return guichet_fail(error, GUICHET_REFUSED, "?"); }
const struct feel_type *feel_type_of(const struct feel *feel) { (void)feel; return &feel_type_any; }
struct text feel_source_of(const struct feel *feel) { return feel->source; }
const struct feel_use *feel_reads(const struct feel *feel, size_t *ret_count) { (void)feel; *ret_count = 0; return NULL; }
struct feel_value feel_evaluate(const struct feel *feel, struct feel_run *run) { (void)feel; (void)run; return feel_null(TEXT("pas encore")); }
struct feel_trace *feel_trace_new(struct arena *arena) { return arena_alloc(arena, 8); }
struct text feel_explain_french(struct arena *arena, const struct feel *feel, const struct feel_trace *trace, enum feel_depth depth)
{ (void)arena; (void)feel; (void)trace; (void)depth; return TEXT(""); }
struct text feel_number_text(struct arena *arena, struct feel_value number) { (void)number; return arena_text(arena, TEXT("0")); }
struct text feel_value_to_literal(struct arena *arena, struct feel_value value) { (void)value; return arena_text(arena, TEXT("null")); }
struct text feel_value_to_bare_literal(struct arena *arena, struct feel_value value) { (void)value; return arena_text(arena, TEXT("null")); }
struct text feel_value_to_french(struct arena *arena, struct feel_value value) { (void)value; return arena_text(arena, TEXT("")); }
struct json_t *feel_value_to_json(struct feel_value value) { (void)value; return json_null(); }
struct text feel_value_to_json_text(struct arena *arena, struct feel_value value) { (void)value; return arena_text(arena, TEXT("null")); }
enum guichet_status feel_value_of_json(struct arena *arena, const struct feel_type *type,
	const struct json_t *json, struct feel_value *ret_value, struct guichet_error *error)
{ (void)arena; (void)type; (void)json; (void)ret_value; return guichet_fail(error, GUICHET_BROKEN, "?"); }
