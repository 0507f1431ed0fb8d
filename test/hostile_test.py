#!/usr/bin/env python3
"""Mails that are built to hurt (test/mail/hard/make.py) cost no more than the limits allow.

Each is read by a process of its own, whose memory is measured and whose processor time has a
ceiling far above what any of them needs: a loop without bound is a failure, not a wait.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

from tap import PROGRAM, ROOT, done, ok

sys.path.insert(0, os.path.join(ROOT, "test/mail/hard"))
from make import HARD  # noqa: E402

MAX_KIB = 48 << 10   # resident; the same as for a mailbox of any size
MAX_SECONDS = 20     # of processor time
MAX_REPORTS = 1024   # the limit "recipients"


def limit_time():
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))


def run(*arguments):
    """Status, output and peak resident size in KiB."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([PROGRAM, *arguments], stdout=out, stderr=subprocess.DEVNULL,
                                 preexec_fn=limit_time)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return child.returncode, out.read(), usage.ru_maxrss


def check(path, name, wanted, limits):
    status, out, kib = run("parse", "--json", "--jobs", "1", path)
    reports = [json.loads(line) for line in out.decode().splitlines()] if status == 0 else []
    if not ok(reports, name + ": gives a report", "status %d" % status):
        return
    ok(len(reports) <= MAX_REPORTS, name + ": no more reports than the limit", len(reports))
    ok(kib <= MAX_KIB, name + ": within %d MiB" % (MAX_KIB >> 10), "%d KiB" % kib)
    hit = set(reports[0]["limits_hit"])
    ok(limits <= hit, name + ": names the limits", "names %s, must name %s" % (hit, limits))
    for member, value in wanted.items():
        ok(reports[0][member] == value, "%s: %s" % (name, member),
           "%r, must be %r" % (reports[0][member], value))


def check_others(path, name):
    for command in ("explain", "--details"), ("explain", "--annotate"), ("anonymize",):
        status, out, _ = run(*command, path)
        ok(status == 0 and out, "%s: %s" % (name, " ".join(command)), "status %d" % status)


with tempfile.TemporaryDirectory() as folder:
    for make, wanted, limits in HARD:
        path = os.path.join(folder, make.__name__ + ".eml")
        with open(path, "wb") as f:
            f.write(make())
        check(path, make.__name__, wanted, limits)
        check_others(path, make.__name__)
        os.remove(path)
done()
