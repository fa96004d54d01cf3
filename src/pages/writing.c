/* Handing a change to the store's writer while the browser's connection waits. */
#include "pages/pages.h"

#include "base/banned.h"

struct writing {
	struct request *request;
	enum guichet_status *status;
	struct guichet_error *error;
};

static void
done(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct writing *writing = context;
	*writing->status = status;
	if (status != GUICHET_OK)
		*writing->error = *error;
	request_resume(writing->request);
}

enum guichet_status
page_write(struct request *request, store_work *work, void *context, enum guichet_status *ret_status,
	struct guichet_error *ret_error, struct guichet_error *error)
{
	struct writing *writing = arena_new_of(request->arena, struct writing);
	if (!writing)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*writing = (struct writing){ request, ret_status, ret_error };
	request_wait(request);
	return store_submit(site_of(request)->store, STORE_NORMAL, work, context, done, writing, error);
}
