/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cage of a worker from within: a child locks itself in as workers do and then tries what
 * somebody would who has taken it over. Each attempt must fail or end the child, and must leave
 * nothing behind. No mail makes our workers try any of this, so it is tried here.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker.h"

enum { ESCAPED = 0, REFUSED = 10, NO_CAGE = 20 };

static int pair[2];     /* a socket as workers have one */
static char folder[64]; /* a file in it is left from before the cage */
static char file[96];
static int a_secret = 42; /* at the same address in the parent */

/* ---- attempts: 0 or more is success ---- */

static long try_read_file(void)
{
    return open("/etc/passwd", O_RDONLY);
}

static long try_own_memory(void)
{
    return open("/proc/self/mem", O_RDWR);
}

static long try_make_file(void)
{
    return open(file, O_WRONLY | O_CREAT, 0600);
}

static long try_openat2(void)
{
    unsigned long how[3] = {O_RDONLY, 0, 0};
    return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how);
}

static long try_unlink(void)
{
    return unlink(file);
}

static long try_rename(void)
{
    return rename("/etc/hostname", file);
}

static long try_mkdir(void)
{
    return mkdir(file, 0700);
}

static long try_symlink(void)
{
    return symlink("/etc/passwd", file);
}

static long try_chmod(void)
{
    return chmod(folder, 0777);
}

static long try_stat(void)
{
    struct stat s;
    return stat("/etc/passwd", &s);
}

static long try_memfd(void)
{
    return memfd_create("x", 0);
}

static long try_internet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static long try_internet6(void)
{
    return socket(AF_INET6, SOCK_DGRAM, 0);
}

static long try_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long try_netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long try_connect(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(53)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(pair[1], (struct sockaddr *)&a, sizeof a);
}

static long try_send_elsewhere(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    return sendto(pair[1], "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&a, sizeof a);
}

static long try_fork(void)
{
    return syscall(SYS_fork);
}

static long try_clone(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static long try_clone3(void)
{
    unsigned long arguments[11] = {0};
    return syscall(SYS_clone3, arguments, sizeof arguments);
}

static long try_execve(void)
{
    char *argv[] = {(char *)"/bin/true", NULL};
    return execve(argv[0], argv, argv + 1); /* success: exit status 0, which is ESCAPED */
}

static long try_ptrace(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long try_traceme(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long try_read_parent(void)
{
    char bytes[4];
    struct iovec mine = {bytes, 4}, its = {&a_secret, 4};
    return process_vm_readv(getppid(), &mine, 1, &its, 1, 0);
}

static pid_t parent; /* known from before: getppid is no longer to be had */

static long try_kill(void)
{
    return kill(parent, 0);
}

static long try_kill_all(void)
{
    return kill(-1, 0);
}

static long try_tgkill(void)
{
    return syscall(SYS_tgkill, parent, parent, 0);
}

static long try_tkill(void)
{
    return syscall(SYS_tkill, parent, 0);
}

static long try_sigqueue(void)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return syscall(SYS_rt_sigqueueinfo, parent, 0, &info);
}

static long try_pidfd(void)
{
    return syscall(SYS_pidfd_open, parent, 0);
}

static long try_limits(void)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_AS, &limit);
}

static long try_limits_of_parent(void)
{
    struct rlimit limit = {1, 1};
    return prlimit(parent, RLIMIT_NOFILE, &limit, NULL);
}

static long try_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1);
}

static long try_memory(void)
{
    void *p = malloc((size_t)2 << 30);
    if (!p)
        return -1;
    memset(p, 1, (size_t)2 << 30);
    return 0;
}

static long try_memory_by_pieces(void)
{
    for (int i = 0; i < 64; i++) {
        char *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            return -1;
        memset(p, 1, 64 << 20);
    }
    return 0;
}

static long try_mount(void)
{
    return mount("none", folder, "tmpfs", 0, NULL);
}

static long try_namespace(void)
{
    return unshare(CLONE_NEWUSER);
}

static long try_root(void)
{
    return chroot(folder);
}

static long try_uid(void)
{
    return setuid(0);
}

static long try_bpf(void)
{
    return syscall(SYS_bpf, 0, NULL, 0);
}

static long try_io_uring(void)
{
    char parameters[256] = {0};
    return syscall(SYS_io_uring_setup, 8, parameters);
}

static long try_userfaultfd(void)
{
    return syscall(SYS_userfaultfd, 0);
}

static long try_perf(void)
{
    char attributes[128] = {0};
    return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0);
}

static long try_key(void)
{
    return syscall(SYS_add_key, "user", "x", "y", 1, -3);
}

static long try_ioctl(void)
{
    char c = '\n';
    return syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI: types into the terminal */, &c);
}

static long try_dup(void)
{
    return dup(pair[1]);
}

static long try_old_calls(void) /* x32: the same numbers with a bit more */
{
    return syscall(0x40000000 | SYS_open, "/etc/passwd", O_RDONLY);
}

static const struct {
    const char *what;
    long (*run)(void);
} attempts[] = {
    {"open a file", try_read_file},
    {"open its own memory", try_own_memory},
    {"make a file", try_make_file},
    {"openat2", try_openat2},
    {"unlink", try_unlink},
    {"rename", try_rename},
    {"make a folder", try_mkdir},
    {"symlink", try_symlink},
    {"chmod", try_chmod},
    {"stat", try_stat},
    {"memfd_create", try_memfd},
    {"a socket of IPv4", try_internet},
    {"a socket of IPv6", try_internet6},
    {"a socket of this machine", try_unix},
    {"a netlink socket", try_netlink},
    {"connect the one that it has", try_connect},
    {"send to somebody else", try_send_elsewhere},
    {"fork", try_fork},
    {"clone", try_clone},
    {"clone3", try_clone3},
    {"run a program", try_execve},
    {"trace its parent", try_ptrace},
    {"be traced", try_traceme},
    {"read its parent's memory", try_read_parent},
    {"signal its parent", try_kill},
    {"signal everybody", try_kill_all},
    {"signal a thread of its parent", try_tgkill},
    {"signal a thread in the old way", try_tkill},
    {"signal with a value", try_sigqueue},
    {"hold its parent by a descriptor", try_pidfd},
    {"raise its limits", try_limits},
    {"lower its parent's limits", try_limits_of_parent},
    {"be dumped again", try_dumpable},
    {"2 GiB in one piece", try_memory},
    {"4 GiB by and by", try_memory_by_pieces},
    {"mount", try_mount},
    {"a namespace of its own", try_namespace},
    {"another root", try_root},
    {"another user", try_uid},
    {"bpf", try_bpf},
    {"io_uring", try_io_uring},
    {"userfaultfd", try_userfaultfd},
    {"perf", try_perf},
    {"the kernel's keys", try_key},
    {"ioctl", try_ioctl},
    {"one more descriptor", try_dup},
    {"calls of x32", try_old_calls},
};
enum { ATTEMPTS = sizeof attempts / sizeof attempts[0] };

/* What still must be possible, or no mail would be read. */
static bool works(void)
{
    char c = 0;
    char *p = malloc(64 << 20);
    if (!p)
        return false;
    memset(p, 1, 64 << 20);
    free(p);
    return send(pair[1], "y", 1, MSG_NOSIGNAL) == 1 && recv(pair[1], &c, 1, 0) == 1 && c == 'x' &&
           write(pair[1], "z", 1) == 1;
}

static int run(long (*attempt)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSYS, SIG_DFL);
        if (!wb_lock_in())
            _exit(NO_CAGE);
        _exit(attempt() >= 0 ? ESCAPED : REFUSED);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    return status;
}

static long try_to_work(void)
{
    return works() ? 0 : -1;
}

static long try_to_abort(void)
{
    abort();
}

int main(void)
{
    int n = 0, failed = 0, status;
    char c;
    parent = getpid();
    snprintf(folder, sizeof folder, "/tmp/whybounce-cage-XXXXXX");
    if (!mkdtemp(folder) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 1;
    snprintf(file, sizeof file, "%s/x", folder);
#ifdef __SANITIZE_ADDRESS__
    printf("1..0 # SKIP with a sanitizer workers are not locked in\n");
    rmdir(folder);
    return 0;
#endif
    for (size_t i = 0; i < ATTEMPTS; i++) {
        status = run(attempts[i].run);
        bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        bool contained = killed || (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED);
        bool clean = access(file, F_OK) != 0;
        failed += !(contained && clean);
        printf("%s %d - %s: %s\n", contained && clean ? "ok" : "not ok", ++n, attempts[i].what,
               killed      ? "it is ended"
               : contained ? "refused"
                           : "it can");
        if (!contained)
            printf("# status %x\n", (unsigned)status);
        fflush(stdout);
    }
    if (send(pair[0], "x", 1, 0) != 1)
        return 1;
    status = run(try_to_work);
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == ESCAPED && read(pair[0], &c, 1) == 1 &&
                c == 'y';
    printf("%s %d - what reading a mail needs is left\n", good ? "ok" : "not ok", ++n);
    failed += !good;
    status = run(try_to_abort);
    good = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    printf("%s %d - it can end itself\n", good ? "ok" : "not ok", ++n);
    failed += !good;
    rmdir(folder);
    printf("1..%d\n", n);
    return failed != 0;
}
