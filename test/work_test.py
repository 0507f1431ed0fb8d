#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Work a mail: instructions, as callgrind counts them, may not grow beyond test/work-ceiling.txt.

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


for pattern, ceiling in ceilings():
    mails = sorted(glob.glob(os.path.join(ROOT, "test/mail", pattern)))
    if ok(mails, "there are mails " + pattern):
        work = measure.instructions_per_mail(PROGRAM, mails)
        ok(work <= ceiling, "%s: %d instructions a mail, at most %d" % (pattern, work, ceiling),
           "lower the work, or raise the ceiling in test/work-ceiling.txt and say why")
done()
