/* What cairo 1.16 leaves out of a tagged PDF, added with qpdf. */
#include <qpdf/qpdf-c.h>

#include "document/press.h"

#include "base/banned.h"

static void
cleanup_qpdf_at(qpdf_data *qpdf)
{
	if (*qpdf)
		qpdf_cleanup(qpdf);
}

enum guichet_status
finish_write(struct text pdf, const struct letter *letter, struct buffer *finished, struct guichet_error *error)
{
	CLEANUP(cleanup_qpdf) qpdf_data qpdf = qpdf_init();
	(void)letter;
	qpdf_silence_errors(qpdf);
	if (qpdf_read_memory(qpdf, "letter", pdf.at, pdf.length, NULL) & QPDF_ERRORS)
		return guichet_fail(error, GUICHET_BROKEN, "Le PDF composé est illisible.");
	qpdf_oh root = qpdf_get_root(qpdf);
	qpdf_oh_replace_key(qpdf, root, "/Lang", qpdf_oh_new_unicode_string(qpdf, "fr"));
	qpdf_init_write_memory(qpdf);
	qpdf_set_deterministic_ID(qpdf, QPDF_TRUE);
	if (qpdf_write(qpdf) & QPDF_ERRORS)
		return guichet_fail(error, GUICHET_BROKEN, "Le PDF composé n’a pas pu être achevé.");
	buffer_add(finished, (struct text){ (const char *)qpdf_get_buffer(qpdf), qpdf_get_buffer_length(qpdf) });
	return finished->failed ? guichet_fail(error, GUICHET_BROKEN, "Le PDF est trop volumineux.") : GUICHET_OK;
}
