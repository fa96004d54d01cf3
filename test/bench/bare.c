/* The least a page can cost: bare libmicrohttpd, with the threads that the server has, giving the bytes of files
 * from memory.
 *     build/release-gcc/bench-bare FILE…      prints "port N"; /0 is the first file, /1 the second…; ends with its input */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#include "base/banned.h"

enum { MOST_FILES = 20, MOST_BYTES = 4 << 20 };

struct files {
	struct text at[MOST_FILES];
	size_t count;
};

static enum MHD_Result
answer(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
	const char *bytes, size_t *length, void **place)
{
	(void)method, (void)version, (void)bytes, (void)length;
	static int known;
	if (!*place) { /* the first call is for the headers, as in the library's own examples */
		*place = &known;
		return MHD_YES;
	}
	const struct files *files = context;
	const size_t which = (size_t)(url[1] - '0') < files->count ? (size_t)(url[1] - '0') : 0;
	struct MHD_Response *response = MHD_create_response_from_buffer(files->at[which].length,
		(void *)(uintptr_t)files->at[which].at, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
	const enum MHD_Result result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

int
main(int argc, char **argv)
{
	struct files files = { 0 };
	for (int i = 1; i < argc && i <= MOST_FILES; i++) {
		FILE *file = fopen(argv[i], "re");
		char *bytes = malloc(MOST_BYTES);
		if (!file || !bytes)
			return 2;
		files.at[files.count++] = (struct text){ bytes, fread(bytes, 1, MOST_BYTES, file) };
		fclose(file);
	}
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_INTERNAL_POLLING_THREAD, 0,
		NULL, NULL, answer, &files, processors > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
		(unsigned)(processors > 8 ? 8 : processors), MHD_OPTION_END);
	if (!daemon || files.count == 0)
		return 2;
	printf("port %u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	while (getchar() != EOF)
		;
	MHD_stop_daemon(daemon);
	for (size_t i = 0; i < files.count; i++)
		free((void *)(uintptr_t)files.at[i].at);
	return 0;
}
