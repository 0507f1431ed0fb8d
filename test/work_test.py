#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Work a mail, or a reply: instructions, as callgrind counts them, may not grow beyond test/work-ceiling.txt.

Unlike seconds they are the same on every machine that runs the same libraries, so a change that
makes the program slower is seen where it is made.
"""
import glob
import os
import shutil

import measure
from tap import PROGRAM, ROOT, done, ok, skip_all


if not shutil.which("valgrind"):
    skip_all("valgrind is not installed")


def ceilings():
    with open(os.path.join(ROOT, "test/work-ceiling.txt")) as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                pattern, ceiling = line.split()
                yield pattern, int(ceiling)


def measured(pattern):
    """What there is of that pattern, its name, and what one of it costs."""
    if not pattern.endswith(".tsv"):
        mails = sorted(glob.glob(os.path.join(ROOT, "test/mail", pattern)))
        return mails, "a mail", lambda: measure.instructions_per_mail(PROGRAM, mails)
    with open(os.path.join(ROOT, "test", pattern), encoding="utf-8") as rows:
        said = [row.rstrip("\n").split("\t")[-1] for row in rows if not row.startswith("#")]
    return said, "a reply", lambda: measure.instructions_per_new_reply(PROGRAM, said)


for pattern, ceiling in ceilings():
    found, each, cost = measured(pattern)
    if ok(found, "there is something of " + pattern):
        work = cost()
        ok(work <= ceiling, "%s: %d instructions %s, at most %d" % (pattern, work, each, ceiling),
           "lower the work, or raise the ceiling in test/work-ceiling.txt and say why")
done()
