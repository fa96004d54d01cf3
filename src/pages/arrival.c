/* Files that arrive in a form: each is judged by its content by the typesetter, then written by the worker of files, which
 * waits for the disk; one after the other. */
#include "pages/pages.h"

#include "document/document.h"
#include "document/typesetter.h"

#include "base/banned.h"

struct arriving {
	struct request *request;
	struct page_arrival *arrivals;
	size_t count, now;
	void (*then)(void *context);
	void *context;
};

static const struct text busy = TEXT("Beaucoup de fichiers arrivent en ce moment : réessayez dans quelques secondes.");

static struct text
kind_name(enum document_kind kind)
{
	static const struct text names[] = {
		[DOCUMENT_UNKNOWN] = TEXT(""), [DOCUMENT_PDF] = TEXT("PDF"), [DOCUMENT_JPEG] = TEXT("JPEG"),
		[DOCUMENT_PNG] = TEXT("PNG"),
	};
	return names[kind];
}

/* Nobody can take the rest now. */
static void
give_up(struct arriving *arriving)
{
	for (size_t i = arriving->now; i < arriving->count; i++)
		if (arriving->arrivals[i].status == GUICHET_OK)
			arriving->arrivals[i].status = guichet_fail(&arriving->arrivals[i].error, GUICHET_RETRY, TEXT_FORMAT,
				TEXT_ARGS(busy));
	arriving->then(arriving->context);
}

static void judge(struct arriving *arriving);

/* On the worker of files: writes what was judged well, then goes on. */
static void
arrived(void *context)
{
	struct arriving *arriving = context;
	struct page_arrival *arrival = &arriving->arrivals[arriving->now];
	struct arena *arena = arriving->request->arena;
	if (arrival->status == GUICHET_OK) {
		const struct text unfit = dossier_piece_unfit(arena, arrival->definition, arrival->piece.kind);
		if (!unfit.at)
			arrival->status = guichet_fail(&arrival->error, GUICHET_BROKEN, "Plus de mémoire.");
		else if (unfit.length)
			arrival->status = guichet_fail(&arrival->error, GUICHET_REFUSED, TEXT_FORMAT, TEXT_ARGS(unfit));
		else
			arrival->status = office_file_write(site_of(arriving->request)->office, arena, arrival->bytes,
				&arrival->piece.digest, &arrival->error);
	}
	if (++arriving->now == arriving->count)
		arriving->then(arriving->context);
	else
		judge(arriving);
}

/* On the typesetter's thread, not held long. */
static void
judged(void *context, const struct typesetter_answer *answer)
{
	struct arriving *arriving = context;
	struct page_arrival *arrival = &arriving->arrivals[arriving->now];
	if (answer->status != GUICHET_OK) {
		arrival->error = *answer->error;
		/* Its child died or was late, twice: the file is not judged, and may be sent again. */
		arrival->status = answer->status == GUICHET_BROKEN ? GUICHET_RETRY : answer->status;
	} else {
		arrival->piece.kind = kind_name(answer->facts.kind);
	}
	if (!worker_submit(site_of(arriving->request)->files, arrived, arriving))
		give_up(arriving);
}

static void
judge(struct arriving *arriving)
{
	struct page_arrival *arrival = &arriving->arrivals[arriving->now];
	if (typesetter_inspect(site_of(arriving->request)->typesetter, arrival->bytes, arrival->piece.file, judged, arriving,
		&arrival->error) != GUICHET_OK) {
		arrival->status = GUICHET_RETRY;
		give_up(arriving);
	}
}

enum guichet_status
page_arrival_read(struct request *request, const struct form_file *file, const struct procedure_piece *definition,
	struct page_arrival *ret_arrival, struct guichet_error *error)
{
	struct page_arrival arrival = { .definition = definition, .piece = { .name = definition->name,
		.file = document_name(request->arena, file->file_name), .size = file->size } };
	const enum guichet_status status = form_file_text(request, file, &arrival.bytes, error);
	if (status == GUICHET_OK)
		*ret_arrival = arrival;
	return status;
}

enum guichet_status
page_arrivals(struct request *request, struct page_arrival *arrivals, size_t count, void (*then)(void *context),
	void *context, struct guichet_error *error)
{
	struct arriving *arriving = arena_new_of(request->arena, struct arriving);
	if (!arriving)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*arriving = (struct arriving){ request, arrivals, count, 0, then, context };
	request_wait(request);
	if (count > 0)
		judge(arriving);
	else
		then(context);
	return GUICHET_OK;
}

struct text
page_file_accept(unsigned formats)
{
	static const struct { unsigned formats; struct text accept; } known[] = {
		{ PROCEDURE_PDF, TEXT(".pdf") },
		{ PROCEDURE_JPEG, TEXT(".jpg,.jpeg") },
		{ PROCEDURE_PNG, TEXT(".png") },
		{ PROCEDURE_PDF | PROCEDURE_JPEG, TEXT(".pdf,.jpg,.jpeg") },
		{ PROCEDURE_PDF | PROCEDURE_PNG, TEXT(".pdf,.png") },
		{ PROCEDURE_JPEG | PROCEDURE_PNG, TEXT(".jpg,.jpeg,.png") },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].formats == formats)
			return known[i].accept;
	return TEXT(".pdf,.jpg,.jpeg,.png");
}

struct text
page_size_text(struct arena *arena, int64_t bytes)
{
	return bytes < 1000000 ? arena_format(arena, "%lld ko", (long long)(bytes + 999) / 1000)
		: arena_format(arena, "%lld,%lld Mo", (long long)bytes / 1000000, (long long)bytes % 1000000 / 100000);
}
