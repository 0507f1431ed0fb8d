# SPDX-License-Identifier: BSD-2-Clause
"""What a program costs: CPU seconds, memory at its highest, instructions."""
import os
import re
import subprocess
import tempfile


class Failed(Exception):
    """A program that was to be measured did not end well; a figure of it would mean nothing."""


def cpu_seconds(argv, stdin=os.devnull, stdout=os.devnull):
    """User and system time of a program and its threads, by getrusage of that child alone."""
    files = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
             (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=files)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise Failed("%s: status %d" % (" ".join(argv[:3]), os.waitstatus_to_exitcode(status)))
    return usage.ru_utime + usage.ru_stime


def peak_memory(argv, feed):
    """
    Resident bytes at their highest, of a program that `feed` writes to through a pipe. GNU time
    stands between: what is started from here directly inherits the high-water mark of Python.
    """
    with tempfile.NamedTemporaryFile("r") as report:
        child = subprocess.Popen(["time", "-q", "-f", "%M", "-o", report.name, *argv],
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            feed(child.stdin)
            child.stdin.close()
        except BrokenPipeError:
            pass  # the status below says why
        if child.wait():
            raise Failed("%s: status %d" % (" ".join(argv[:3]), child.returncode))
        return int(report.read()) * 1024


def instructions(argv, text=""):
    """Instructions of a whole run, all threads, as callgrind counts them; text is its input."""
    with tempfile.TemporaryDirectory() as folder:
        counts = os.path.join(folder, "counts")
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + counts,
                               *argv], input=text, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, errors="replace")
        if done.returncode:
            raise Failed("valgrind %s: %s" % (" ".join(argv[:3]), done.stderr[-500:]))
        with open(counts) as out:
            return int(re.search(r"^totals: (\d+)", out.read(), re.M).group(1))


def instructions_per_mail(program, paths):
    """
    What one more mail costs: the run over the mails twice less the run over them once. Start, and
    whatever is made on first use, is in both and drops out.
    """
    parse = [program, "parse", "--json", "--jobs", "1"]
    return (instructions(parse + paths + paths) - instructions(parse + paths)) / len(paths)


def instructions_per_new_reply(program, replies):
    """
    What one more reply costs that has never been seen: each stands in the runs with a queue id of
    its own, in the longer run three times more.
    """
    def work(times):
        lines = ["%s (queue id 4Zq%05dx)\n" % (reply, i) for i, reply in enumerate(replies * times)]
        return instructions([program, "reply", "--json", "-"], "".join(lines))
    return (work(4) - work(1)) / (3 * len(replies))
