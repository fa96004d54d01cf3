/* Inside document/: jobs and answers as the bodies of frames, between the serving process
 * (typesetter.c) and the typeset process (work.c). */
#pragma once

#include "base/frame.h"
#include "document/typesetter.h"

enum wire_kind { WIRE_RENDER = 1, WIRE_INSPECT = 2, WIRE_ANSWER = 3 };

void wire_add_request(struct buffer *body, const struct document_request *request);
/* The texts point into `body`; the lists live in `arena`. */
enum guichet_status wire_read_request(struct arena *arena, struct text body,
	struct document_request *ret_request,
	struct guichet_error *error);

/* `answer->error` may be NULL when its status is OK. */
void wire_add_answer(struct buffer *body, const struct typesetter_answer *answer);
/* The PDF points into `body`; a refusal's sentence goes to *refusal, which the answer names. */
enum guichet_status wire_read_answer(struct text body, struct typesetter_answer *ret_answer,
	struct guichet_error *refusal, struct guichet_error *error);
