/* Stands between a process and its C library, and strikes at the nth call that touches the journal or the network.
 *
 *   INTERPOSE_DIR   what is below this directory is the journal; TCP sockets are the network; nothing else is counted
 *   INTERPOSE_LOG   a file that every counted call is written to: "number class function"
 *   INTERPOSE_ONLY  the classes that count, between commas: ",sync,write,"; all where it is not set
 *   INTERPOSE_AT    the number of the call that is struck, from 1
 *   INTERPOSE_ON    set where all later ones are struck too: a disk that stays full
 *   INTERPOSE_DEED  what befalls it:
 *       kill-before, kill-after     SIGKILL
 *       power-before, power-after   first everything that was not synced is undone, as when the power fails; then SIGKILL
 *       torn-before, torn-after     the same, but about half of it, by chance, had reached the disk
 *       stop-before, stop-after     SIGSTOP
 *       EIO, ENOSPC, EINTR, ...     the call does nothing and fails so
 *       drop                        a sync fails with EIO and what it should have written is gone, as Linux does it
 *       short                       half of what should be written is
 *   INTERPOSE_END   set where the power is to fail at the end of `main`
 *
 * What it cannot see: stores into mapped memory (SQLite's -shm file, which a crash may lose), and calls that do not go
 * through the C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 4096, PATH = 512, ENTRIES = 65536 };
enum { NONE, FILE_OF_JOURNAL, DIRECTORY, SOCKET };

static char kind[FDS];
static char path_of[FDS][PATH];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int counted;
static const char *dir, *only, *deed;
static int at, onward, log_fd = -1;

static const struct { const char *name; int number; } ERRORS[] = {
    {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EPIPE", EPIPE}, {"ECONNRESET", ECONNRESET},
    {"ECONNREFUSED", ECONNREFUSED}, {"EACCES", EACCES}, {"EROFS", EROFS}, {"drop", EIO},
};

/* --- What is on the disk, and what is only on its way there --- */

struct entry { char path[PATH]; off_t offset; size_t length, kept; off_t size; char *old; int created; };
static struct entry *entries;
static int entry_count;

static void remember(int fd, off_t offset, size_t length) {
    struct stat now;
    pthread_mutex_lock(&lock);
    if (entry_count < ENTRIES && syscall(SYS_fstat, fd, &now) == 0) {
        struct entry *one = &entries[entry_count++];
        memset(one, 0, sizeof *one);
        strcpy(one->path, path_of[fd]);
        one->offset = offset, one->length = length, one->size = now.st_size, one->old = malloc(length ? length : 1);
        long kept = syscall(SYS_pread64, fd, one->old, length, offset);
        one->kept = kept > 0 ? (size_t)kept : 0;
    }
    pthread_mutex_unlock(&lock);
}

static void remember_creation(const char *path) {
    pthread_mutex_lock(&lock);
    if (entry_count < ENTRIES) {
        struct entry *one = &entries[entry_count++];
        memset(one, 0, sizeof *one);
        snprintf(one->path, PATH, "%s", path);
        one->created = 1;
    }
    pthread_mutex_unlock(&lock);
}

static int concerns(const struct entry *one, const char *path, int is_directory) {
    if (is_directory) return one->created && strncmp(one->path, path, strlen(path)) == 0;
    return !one->created && strcmp(one->path, path) == 0;
}

/* A sync that worked: nothing of it can be undone any more. A name is on the disk once its directory is. */
static void settle(const char *path, int is_directory) {
    pthread_mutex_lock(&lock);
    int left = 0;
    for (int i = 0; i < entry_count; i++) {
        if (concerns(&entries[i], path, is_directory)) free(entries[i].old);
        else entries[left++] = entries[i];
    }
    entry_count = left;
    pthread_mutex_unlock(&lock);
}

/* Undoes what was not synced: of one file, or of all of them with their names. Torn, it leaves some of it, never shortens a
 * file, and puts zeros where nothing was before. */
static void undo(const char *path, int torn) {
    pthread_mutex_lock(&lock);
    for (int i = entry_count - 1; i >= 0; i--) {
        struct entry *one = &entries[i];
        if (path && !concerns(one, path, 0)) continue;
        if (torn && ((unsigned)(i * 97 + at) * 2654435761u >> 16 & 1)) continue;
        if (one->created) { syscall(SYS_unlink, one->path); continue; }
        long fd = syscall(SYS_open, one->path, O_RDWR);
        if (fd < 0) continue;
        syscall(SYS_pwrite64, fd, one->old, one->kept, one->offset);
        if (path || torn) {
            char *zeros = calloc(1, one->length + 1);
            syscall(SYS_pwrite64, fd, zeros, one->length - one->kept, one->offset + (off_t)one->kept);
            free(zeros);
        } else syscall(SYS_ftruncate, fd, one->size);
        /* Not closed: that would drop the process's own locks on the file. */
    }
    pthread_mutex_unlock(&lock);
    if (path) settle(path, 0);
}

/* --- Who is struck, and with what --- */

__attribute__((constructor)) static void begin(void) {
    dir = getenv("INTERPOSE_DIR"), only = getenv("INTERPOSE_ONLY"), deed = getenv("INTERPOSE_DEED");
    at = getenv("INTERPOSE_AT") ? atoi(getenv("INTERPOSE_AT")) : 0;
    onward = getenv("INTERPOSE_ON") != NULL;
    entries = calloc(ENTRIES, sizeof *entries);
    const char *log = getenv("INTERPOSE_LOG");
    if (log) log_fd = (int)syscall(SYS_open, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* Sent to this very thread, so that it takes no step more; all others stop with it. */
static void stop(void) { syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSTOP); }

__attribute__((destructor)) static void end(void) {
    if (!getenv("INTERPOSE_END")) return;
    undo(NULL, 0);
    die();
}

static int is(const char *name) { return deed && strcmp(deed, name) == 0; }

/* Counts a call; true where it is to be struck. */
static int strikes(const char *class, const char *function) {
    char text[96];
    snprintf(text, sizeof text, ",%s,", class);
    if (only && !strstr(only, text)) return 0;
    int number = atomic_fetch_add(&counted, 1) + 1;
    if (log_fd >= 0) {
        int length = snprintf(text, sizeof text, "%d %s %s\n", number, class, function);
        syscall(SYS_write, log_fd, text, length);
    }
    return at && deed && (number == at || (onward && number > at));
}

/* Before the call: true where it fails with `errno`. */
static int before(int struck) {
    if (!struck) return 0;
    if (is("power-before") || is("torn-before")) undo(NULL, is("torn-before"));
    if (is("power-before") || is("torn-before") || is("kill-before")) die();
    if (is("stop-before")) stop();
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
        if (is(ERRORS[i].name)) return errno = ERRORS[i].number, 1;
    return 0;
}

static void after(int struck) {
    if (!struck) return;
    int kept = errno;
    if (is("power-after") || is("torn-after")) undo(NULL, is("torn-after"));
    if (is("power-after") || is("torn-after") || is("kill-after")) die();
    if (is("stop-after")) stop();
    errno = kept;
}

static int kind_of(int fd) { return fd >= 0 && fd < FDS ? kind[fd] : NONE; }
static int is_shm(int fd) { size_t n = strlen(path_of[fd]); return n > 4 && strcmp(path_of[fd] + n - 4, "-shm") == 0; }
static size_t cut(int struck, size_t length) { return struck && is("short") && length > 1 ? length / 2 : length; }

#define REAL(result, name, ...)                                                                                        \
    static result (*real)(__VA_ARGS__);                                                                                \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name)

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(int, name, const char *, int, ...);                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                                      \
        va_end(rest);                                                                                                  \
        if (!dir || strncmp(path, dir, strlen(dir))) return real(path, flags, mode);                                   \
        int struck = strikes("open", #name), creates = flags & O_CREAT && access(path, F_OK);                          \
        if (before(struck)) return -1;                                                                                 \
        int fd = real(path, flags, mode);                                                                              \
        if (fd >= 0 && fd < FDS) {                                                                                     \
            struct stat found;                                                                                         \
            kind[fd] = syscall(SYS_fstat, fd, &found) == 0 && S_ISDIR(found.st_mode) ? DIRECTORY : FILE_OF_JOURNAL;    \
            snprintf(path_of[fd], PATH, "%s", path);                                                                   \
            if (creates) remember_creation(path);                                                                      \
        }                                                                                                              \
        after(struck);                                                                                                 \
        return fd;                                                                                                     \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    REAL(int, close, int);
    if (fd >= 0 && fd < FDS) kind[fd] = NONE;
    return real(fd);
}

#define SYNC(name)                                                                                                     \
    int name(int fd) {                                                                                                 \
        REAL(int, name, int);                                                                                          \
        int of = kind_of(fd);                                                                                          \
        if (of != FILE_OF_JOURNAL && of != DIRECTORY) return real(fd);                                                 \
        int struck = strikes(of == DIRECTORY ? "sync-directory" : "sync", #name);                                      \
        if (before(struck)) {                                                                                          \
            int why = errno;                                                                                           \
            if (is("drop") && of == FILE_OF_JOURNAL) undo(path_of[fd], 0);                                                \
            return errno = why, -1;                                                                                    \
        }                                                                                                              \
        int done = real(fd);                                                                                           \
        if (done == 0) settle(path_of[fd], of == DIRECTORY);                                                           \
        after(struck);                                                                                                 \
        return done;                                                                                                   \
    }
SYNC(fsync)
SYNC(fdatasync)

#define PWRITE(name)                                                                                                   \
    ssize_t name(int fd, const void *bytes, size_t length, off_t offset) {                                             \
        REAL(ssize_t, name, int, const void *, size_t, off_t);                                                         \
        if (kind_of(fd) != FILE_OF_JOURNAL) return real(fd, bytes, length, offset);                                    \
        int struck = strikes("write", #name);                                                                          \
        if (before(struck)) return -1;                                                                                 \
        if (!is_shm(fd)) remember(fd, offset, length);                                                                 \
        ssize_t done = real(fd, bytes, cut(struck, length), offset);                                                   \
        after(struck);                                                                                                 \
        return done;                                                                                                   \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PREAD(name)                                                                                                    \
    ssize_t name(int fd, void *bytes, size_t length, off_t offset) {                                                   \
        REAL(ssize_t, name, int, void *, size_t, off_t);                                                               \
        if (kind_of(fd) != FILE_OF_JOURNAL) return real(fd, bytes, length, offset);                                    \
        int struck = strikes("read", #name);                                                                           \
        if (before(struck)) return -1;                                                                                 \
        ssize_t done = real(fd, bytes, length, offset);                                                                \
        after(struck);                                                                                                 \
        return done;                                                                                                   \
    }
PREAD(pread)
PREAD(pread64)

#define TRUNCATE(name)                                                                                                 \
    int name(int fd, off_t size) {                                                                                     \
        REAL(int, name, int, off_t);                                                                                   \
        if (kind_of(fd) != FILE_OF_JOURNAL) return real(fd, size);                                                     \
        struct stat now;                                                                                               \
        int struck = strikes("truncate", #name);                                                                       \
        if (before(struck)) return -1;                                                                                 \
        if (!is_shm(fd) && syscall(SYS_fstat, fd, &now) == 0)                                                          \
            remember(fd, size, now.st_size > size ? (size_t)(now.st_size - size) : 0);                                 \
        int done = real(fd, size);                                                                                     \
        after(struck);                                                                                                 \
        return done;                                                                                                   \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    if (!dir || strncmp(path, dir, strlen(dir))) return real(path);
    int struck = strikes("unlink", "unlink");
    if (before(struck)) return -1;
    int done = real(path);
    after(struck);
    return done;
}

/* Locks on the journal: never failed, but points at which to die, between the stores into SQLite's mapped index. */
#define FCNTL(name)                                                                                                    \
    int name(int fd, int command, ...) {                                                                               \
        REAL(int, name, int, int, ...);                                                                                \
        va_list rest;                                                                                                  \
        va_start(rest, command);                                                                                       \
        void *argument = va_arg(rest, void *);                                                                         \
        va_end(rest);                                                                                                  \
        if (kind_of(fd) != FILE_OF_JOURNAL || command != F_SETLK) return real(fd, command, argument);                  \
        int struck = strikes("lock", #name);                                                                           \
        if (before(struck)) return -1;                                                                                 \
        int done = real(fd, command, argument);                                                                        \
        after(struck);                                                                                                 \
        return done;                                                                                                   \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

/* --- The network --- */

int socket(int domain, int type, int protocol) {
    REAL(int, socket, int, int, int);
    int fd = real(domain, type, protocol);
    if (fd >= 0 && fd < FDS && (domain == AF_INET || domain == AF_INET6)) kind[fd] = SOCKET;
    return fd;
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    REAL(int, connect, int, const struct sockaddr *, socklen_t);
    if (kind_of(fd) != SOCKET) return real(fd, address, length);
    int struck = strikes("connect", "connect");
    if (before(struck)) return -1;
    int done = real(fd, address, length);
    after(struck);
    return done;
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    REAL(ssize_t, send, int, const void *, size_t, int);
    if (kind_of(fd) != SOCKET) return real(fd, bytes, length, flags);
    int struck = strikes("send", "send");
    if (before(struck)) return -1;
    ssize_t done = real(fd, bytes, cut(struck, length), flags);
    after(struck);
    return done;
}

ssize_t recv(int fd, void *bytes, size_t length, int flags) {
    REAL(ssize_t, recv, int, void *, size_t, int);
    if (kind_of(fd) != SOCKET) return real(fd, bytes, length, flags);
    int struck = strikes("receive", "recv");
    if (before(struck)) return -1;
    ssize_t done = real(fd, bytes, length, flags);
    after(struck);
    return done;
}

/* `read` and `write` serve files and sockets alike. */
ssize_t read(int fd, void *bytes, size_t length) {
    REAL(ssize_t, read, int, void *, size_t);
    if (kind_of(fd) == NONE) return real(fd, bytes, length);
    int struck = strikes(kind_of(fd) == SOCKET ? "receive" : "read", "read");
    if (before(struck)) return -1;
    ssize_t done = real(fd, bytes, length);
    after(struck);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (kind_of(fd) == NONE) return real(fd, bytes, length);
    int struck = strikes(kind_of(fd) == SOCKET ? "send" : "write", "write");
    if (before(struck)) return -1;
    if (kind_of(fd) != SOCKET && !is_shm(fd)) remember(fd, lseek(fd, 0, SEEK_CUR), length);
    ssize_t done = real(fd, bytes, cut(struck, length));
    after(struck);
    return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (kind_of(fd) != SOCKET) return real(fd, parts, count);
    int struck = strikes("send", "writev");
    if (before(struck)) return -1;
    struct iovec first = {parts[0].iov_base, cut(1, parts[0].iov_len)};
    ssize_t done = struck && is("short") ? real(fd, &first, 1) : real(fd, parts, count);
    after(struck);
    return done;
}
