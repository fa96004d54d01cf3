/* See power_cut.h. Files are real ones, written through; beside them stands a model: inodes
 * with their durable bytes and the writes since, and names, current and durable. */
#include "power_cut.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#include "base/banned.h"

enum { MOST_NAMES = 512, MOST_FILES = 256, LONGEST = 300 };

struct change {
	struct change *next;
	int64_t offset;
	size_t length; /* SIZE_MAX: the file is cut at offset */
	char bytes[];
};

struct inode {
	char *durable;
	size_t length;
	struct change *first, *last; /* not synced */
	struct inode *next;
};

struct name {
	char path[LONGEST];
	bool directory, current_directory, durable_directory;
	struct inode *current, *durable;
};

static struct {
	pthread_mutex_t lock;
	unsigned countdown;
	bool dead, full;
	struct name names[MOST_NAMES];
	size_t name_count;
	struct inode *inodes;
	struct inode *opened[MOST_FILES]; /* by descriptor, of the table of file operations */
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- The model (under the lock) -------------------------------------------------- */

static void *
need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static struct inode *
inode_new(void)
{
	struct inode *inode = need(calloc(1, sizeof *inode));
	inode->next = disk.inodes;
	return disk.inodes = inode;
}

static struct name *
name_of(const char *path)
{
	for (size_t i = 0; i < disk.name_count; i++)
		if (strcmp(disk.names[i].path, path) == 0)
			return &disk.names[i];
	if (disk.name_count == MOST_NAMES || strlen(path) >= LONGEST)
		abort();
	struct name *name = &disk.names[disk.name_count++];
	*name = (struct name){ 0 };
	snprintf(name->path, sizeof name->path, "%s", path);
	return name;
}

static void
note(struct inode *inode, int64_t offset, const void *bytes, size_t length)
{
	const size_t kept = length == SIZE_MAX ? 0 : length;
	struct change *change = need(malloc(sizeof *change + kept));
	*change = (struct change){ NULL, offset, length };
	memcpy(change->bytes, bytes, kept);
	if (inode->last)
		inode->last->next = change;
	else
		inode->first = change;
	inode->last = change;
}

static void
apply(struct inode *inode, const struct change *change)
{
	const bool cut = change->length == SIZE_MAX;
	const size_t end = (size_t)change->offset + (cut ? 0 : change->length);
	if (end > inode->length || cut) {
		inode->durable = need(realloc(inode->durable, end + 1));
		if (end > inode->length)
			memset(inode->durable + inode->length, 0, end - inode->length);
		inode->length = end;
	}
	if (!cut)
		memcpy(inode->durable + change->offset, change->bytes, change->length);
}

/* Settles the changes of an inode: all of them, or every other one. */
static void
settle(struct inode *inode, bool every_other)
{
	for (size_t i = 0; inode->first; i++) {
		struct change *change = inode->first;
		inode->first = change->next;
		if (!every_other || i % 2 == 0)
			apply(inode, change);
		free(change);
	}
	inode->last = NULL;
}

/* One sync more. False when the power is cut at it, or was before. */
static bool
tick(void)
{
	if (!disk.dead && disk.countdown && --disk.countdown == 0)
		disk.dead = true;
	return !disk.dead;
}

static bool
is_in(const char *path, const char *directory)
{
	const size_t length = strlen(directory);
	return strncmp(path, directory, length) == 0 && path[length] == '/' && !strchr(path + length + 1, '/');
}

void
power_cut_start(unsigned nth)
{
	while (disk.inodes) {
		struct inode *inode = disk.inodes;
		disk.inodes = inode->next;
		settle(inode, false);
		free(inode->durable);
		free(inode);
	}
	memset(disk.opened, 0, sizeof disk.opened);
	disk.name_count = 0;
	disk.countdown = nth;
	disk.dead = disk.full = false;
}

bool
power_cut_done(void)
{
	return disk.dead;
}

void
power_cut_fill(bool full)
{
	pthread_mutex_lock(&disk.lock);
	disk.full = full;
	pthread_mutex_unlock(&disk.lock);
}

void
power_cut_restart(enum power_cut_keeps keeps, const char *live, const char *after)
{
	if (mkdir(after, 0700) < 0)
		abort();
	for (struct inode *inode = disk.inodes; inode; inode = inode->next)
		if (keeps != KEEPS_NOTHING)
			settle(inode, keeps == KEEPS_EVERY_OTHER_WRITE);
	/* Directories were noted before what is in them. */
	for (size_t i = 0; i < disk.name_count; i++) {
		const struct name *name = &disk.names[i];
		const bool all = keeps == KEEPS_EVERYTHING;
		const struct inode *inode = all ? name->current : name->durable;
		char path[2 * LONGEST];
		if (strncmp(name->path, live, strlen(live)) != 0)
			continue;
		snprintf(path, sizeof path, "%s%s", after, name->path + strlen(live));
		if (all ? name->current_directory : name->durable_directory)
			mkdir(path, 0700);
		if (!inode)
			continue;
		const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600); /* fails where its folder is lost */
		if (file >= 0 && write(file, inode->durable, inode->length) != (ssize_t)inode->length)
			abort();
		if (file >= 0)
			close(file);
	}
}

/* --- The table of file operations ------------------------------------------------ */

static int
refuse(void)
{
	pthread_mutex_unlock(&disk.lock);
	errno = EIO;
	return -1;
}

static int
cut_create(const char *path)
{
	pthread_mutex_lock(&disk.lock);
	if (disk.dead)
		return refuse();
	const int file = store_files_system.create(path);
	if (file >= MOST_FILES)
		abort();
	if (file >= 0)
		disk.opened[file] = name_of(path)->current = inode_new();
	pthread_mutex_unlock(&disk.lock);
	return file;
}

static ssize_t
cut_write(int file, const void *bytes, size_t length)
{
	pthread_mutex_lock(&disk.lock);
	if (disk.dead)
		return refuse();
	if (disk.full) {
		refuse();
		errno = ENOSPC;
		return -1;
	}
	const off_t offset = lseek(file, 0, SEEK_CUR);
	const ssize_t written = write(file, bytes, length);
	if (written > 0)
		note(disk.opened[file], offset, bytes, (size_t)written);
	pthread_mutex_unlock(&disk.lock);
	return written;
}

static int
cut_sync(int file)
{
	pthread_mutex_lock(&disk.lock);
	if (!tick())
		return refuse();
	settle(disk.opened[file], false);
	pthread_mutex_unlock(&disk.lock);
	return 0;
}

static int
cut_rename(const char *from, const char *to)
{
	pthread_mutex_lock(&disk.lock);
	if (disk.dead || rename(from, to) < 0)
		return refuse();
	name_of(to)->current = name_of(from)->current;
	name_of(from)->current = NULL;
	pthread_mutex_unlock(&disk.lock);
	return 0;
}

static int
cut_remove(const char *path)
{
	pthread_mutex_lock(&disk.lock);
	if (disk.dead || unlink(path) < 0)
		return refuse();
	name_of(path)->current = NULL;
	pthread_mutex_unlock(&disk.lock);
	return 0;
}

static int
cut_make_directory(const char *path)
{
	pthread_mutex_lock(&disk.lock);
	if (disk.dead)
		return refuse();
	const int result = mkdir(path, 0700), cause = errno;
	if (result == 0)
		name_of(path)->current_directory = true;
	pthread_mutex_unlock(&disk.lock);
	errno = cause;
	return result;
}

static int
cut_sync_directory(const char *path)
{
	pthread_mutex_lock(&disk.lock);
	if (!tick())
		return refuse();
	for (size_t i = 0; i < disk.name_count; i++) {
		struct name *name = &disk.names[i];
		if (!is_in(name->path, path))
			continue;
		name->durable = name->current;
		name->durable_directory = name->current_directory;
	}
	pthread_mutex_unlock(&disk.lock);
	return 0;
}

const struct store_files power_cut_files = {
	.create = cut_create,
	.write = cut_write,
	.sync = cut_sync,
	.close = close,
	.rename = cut_rename,
	.remove = cut_remove,
	.make_directory = cut_make_directory,
	.sync_directory = cut_sync_directory,
};

/* --- SQLite's file layer --------------------------------------------------------- */

struct cut_file {
	sqlite3_file base;
	sqlite3_file *real; /* stands right after */
	struct name *name;
	struct inode *inode;
};

static sqlite3_vfs *
system_vfs(void)
{
	return sqlite3_vfs_find("unix");
}

static struct cut_file *
as_cut(sqlite3_file *file)
{
	return (struct cut_file *)file;
}

#define FORWARD(name, call, declare, ...)                                             \
	static int name(sqlite3_file *file __VA_OPT__(,) __VA_ARGS__)                 \
	{                                                                             \
		sqlite3_file *real = as_cut(file)->real;                              \
		return real->pMethods->call declare;                                  \
	}
FORWARD(file_read, xRead, (real, to, length, offset), void *to, int length, sqlite3_int64 offset)
FORWARD(file_size, xFileSize, (real, ret_size), sqlite3_int64 *ret_size)
FORWARD(file_lock, xLock, (real, lock), int lock)
FORWARD(file_unlock, xUnlock, (real, lock), int lock)
FORWARD(file_reserved, xCheckReservedLock, (real, ret_reserved), int *ret_reserved)
FORWARD(file_control, xFileControl, (real, what, argument), int what, void *argument)
FORWARD(file_sector, xSectorSize, (real))
FORWARD(file_device, xDeviceCharacteristics, (real))
FORWARD(shm_map, xShmMap, (real, page, size, extend, ret_at), int page, int size, int extend, void volatile **ret_at)
FORWARD(shm_lock, xShmLock, (real, offset, count, flags), int offset, int count, int flags)
FORWARD(shm_unmap, xShmUnmap, (real, remove), int remove)

static void
shm_barrier(sqlite3_file *file)
{
	as_cut(file)->real->pMethods->xShmBarrier(as_cut(file)->real);
}

static int
file_close(sqlite3_file *file)
{
	return as_cut(file)->real->pMethods->xClose(as_cut(file)->real);
}

static int
file_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
	struct cut_file *cut = as_cut(file);
	pthread_mutex_lock(&disk.lock);
	int result = disk.dead ? SQLITE_IOERR_WRITE : disk.full ? SQLITE_FULL
		: cut->real->pMethods->xWrite(cut->real, bytes, length, offset);
	if (result == SQLITE_OK)
		note(cut->inode, offset, bytes, (size_t)length);
	pthread_mutex_unlock(&disk.lock);
	return result;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct cut_file *cut = as_cut(file);
	pthread_mutex_lock(&disk.lock);
	int result = disk.dead ? SQLITE_IOERR_TRUNCATE : cut->real->pMethods->xTruncate(cut->real, size);
	if (result == SQLITE_OK)
		note(cut->inode, size, "", SIZE_MAX);
	pthread_mutex_unlock(&disk.lock);
	return result;
}

/* SQLite's own layer puts the name of a new journal on disk with its first sync. */
static int
file_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	struct cut_file *cut = as_cut(file);
	pthread_mutex_lock(&disk.lock);
	const bool alive = tick();
	if (alive) {
		settle(cut->inode, false);
		cut->name->durable = cut->inode;
	}
	pthread_mutex_unlock(&disk.lock);
	return alive ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static const sqlite3_io_methods file_methods = {
	2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
	file_reserved, file_control, file_sector, file_device, shm_map, shm_lock, shm_barrier, shm_unmap, NULL, NULL,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	struct cut_file *cut = as_cut(file);
	*cut = (struct cut_file){ .real = (sqlite3_file *)(cut + 1) };
	pthread_mutex_lock(&disk.lock);
	const int result = disk.dead ? SQLITE_CANTOPEN
		: system_vfs()->xOpen(system_vfs(), path, cut->real, flags, ret_flags);
	if (result == SQLITE_OK) {
		cut->base.pMethods = &file_methods;
		cut->name = name_of(path ? path : "/temporary");
		if (!cut->name->current)
			cut->name->current = inode_new();
		cut->inode = cut->name->current;
	}
	pthread_mutex_unlock(&disk.lock);
	return result;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory)
{
	(void)vfs;
	pthread_mutex_lock(&disk.lock);
	const int result = disk.dead ? SQLITE_IOERR_DELETE : system_vfs()->xDelete(system_vfs(), path, 0);
	if (result == SQLITE_OK) {
		name_of(path)->current = NULL;
		if (sync_directory)
			name_of(path)->durable = NULL;
	}
	pthread_mutex_unlock(&disk.lock);
	return result;
}

__attribute__((constructor)) static void
register_vfs(void)
{
	static sqlite3_vfs vfs;
	sqlite3_initialize();
	vfs = *system_vfs();
	vfs.pNext = NULL;
	vfs.zName = POWER_CUT_VFS;
	vfs.szOsFile = (int)sizeof(struct cut_file) + system_vfs()->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	sqlite3_vfs_register(&vfs, 0);
}
