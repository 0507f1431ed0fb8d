#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every pair in test/log: NAME.json says what must be said of NAME.log, in that order.

The logs are read as logs of 2026 in the time zone of Shanghai, with the format recognised and with
it named; plain, packed, and with Windows line ends.
"""
import glob
import gzip
import json
import os
import tempfile

from tap import ROOT, done, ok, whybounce

OPTIONS = "--json", "--year", "2026", "--zone", "+08:00"


def member(report, path):
    for name in path.split("."):
        report = report[name]
    return report


def faults(wanted, path, *options):
    reports = [json.loads(line) for line in whybounce("log", *OPTIONS, *options, path).splitlines()]
    found = ["%s of report %d is %r, must be %r" % (name, i, member(have, name), value)
             for i, (want, have) in enumerate(zip(wanted, reports))
             for name, value in want.items() if member(have, name) != value]
    if len(wanted) != len(reports):
        found.append("%d reports, must be %d" % (len(reports), len(wanted)))
    return found


def check(name, wanted, path, *options):
    found = faults(wanted, path, *options)
    ok(not found, name, *found)


paths = sorted(glob.glob(os.path.join(ROOT, "test/log/*.log")))
ok(len(paths) >= 7, "%d logs" % len(paths))
with tempfile.TemporaryDirectory() as folder:
    for path in paths:
        name = os.path.basename(path)[:-4]
        wanted = json.load(open(path[:-4] + ".json"))
        content = open(path, "rb").read()
        check(name, wanted, path)
        check(name + ", the format named", wanted, path, "--format", name)
        other = os.path.join(folder, name)
        open(other, "wb").write(gzip.compress(content))
        check(name + ", packed", wanted, other)
        open(other, "wb").write(content.replace(b"\n", b"\r\n"))
        check(name + ", with CR LF", wanted, other)
done()
