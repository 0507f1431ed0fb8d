/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cage of a worker: no file can be opened (Landlock), no system call is left but those that
 * computing and talking over the socket need (seccomp). What breaks in can spoil one message.
 */
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker.h"

enum { MOST_MEMORY = 1 << 30, MOST_STACK = 8 << 20 };

/* Memory (also for the machine code of patterns), threads' locks, time, the socket, and ending. */
static const int calls[] = {
    SCMP_SYS(read),         SCMP_SYS(write),
    SCMP_SYS(recvfrom),     SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),      SCMP_SYS(poll),
    SCMP_SYS(ppoll),        SCMP_SYS(close),
    SCMP_SYS(brk),          SCMP_SYS(mmap),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),
    SCMP_SYS(mprotect),     SCMP_SYS(madvise),
    SCMP_SYS(futex),        SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_yield),  SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),
};

/* Every right over files is handled and none is granted. */
static bool close_files(void)
{
    struct landlock_ruleset_attr rules = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                             LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                             LANDLOCK_ACCESS_FS_MAKE_SYM};
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (fd < 0)
        return false; /* a kernel without it */
    bool ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return ok;
}

/* For abort(); nobody else is signalled. */
static bool allow_own_signals(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp itself = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, itself) == 0;
}

static bool close_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = filter != NULL;
    for (size_t i = 0; ok && i < sizeof calls / sizeof calls[0]; i++)
        ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    ok = ok && allow_own_signals(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

static void bound(int resource, rlim_t most)
{
    struct rlimit limit = {most, most};
    setrlimit((__rlimit_resource_t)resource, &limit);
}

bool wb_lock_in(void)
{
    bound(RLIMIT_CORE, 0); /* a core file would hold a mail */
    bound(RLIMIT_FSIZE, 0);
    bound(RLIMIT_STACK, MOST_STACK);
/* The sanitizers reserve more than there is, and read /proc. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    bound(RLIMIT_AS, MOST_MEMORY);
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    close_files(); /* where the kernel has it; the calls to open anything are gone in any case */
    return close_calls();
#else
    (void)close_files;
    (void)close_calls;
    return true;
#endif
}
