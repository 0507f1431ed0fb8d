#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a session has read before changes no answer: all mails forwards, backwards and mixed give the same.

The session keeps what it has found out about texts (src/base/cache.c). A row that says too much of
a text, or that is taken for another text, shows here.
"""
import glob
import itertools
import json
import os
import random
import re

from tap import ROOT, done, ok, whybounce

FOLDER = os.path.join(ROOT, "test/mail")


def answers(paths):
    """{mail: its reports}, read in this order by one session"""
    found = {}
    for line in whybounce("parse", "--json", "--jobs", "1", *paths).splitlines():
        found.setdefault(json.loads(line)["source"], []).append(line)
    return found


mails = sorted(os.path.join(path, name) for path, _, names in os.walk(FOLDER) for name in names if name.endswith(".eml"))
mixed = list(mails)
random.Random(5).shuffle(mixed)
first = answers(mails)
ok(len(first) == len(mails) > 300, "every mail has an answer", len(first), len(mails))
for what, order in ("backwards", mails[::-1]), ("mixed", mixed), ("three times", mails * 3):
    again = answers(order)
    other = [mail for mail in mails if again[mail] != first[mail] * (len(order) // len(mails))]
    ok(not other, what + ": the same answers", *other[:5])


def replies():
    """What servers say, as tables and logs below test/ have it; a few that are no UTF-8."""
    found = ["250 ok", "220 mx.example.org", "550 \\347\\224\\250 unknown", "", "-", "550"]
    for table in sorted(glob.glob(os.path.join(ROOT, "test/replies/*.tsv"))):
        with open(table, encoding="utf-8") as rows:
            found += [row.rstrip("\n").split("\t")[-1] for row in rows if not row.startswith("#")]
    for log in sorted(glob.glob(os.path.join(ROOT, "test/log/*.log"))):
        with open(log, encoding="utf-8", errors="surrogateescape") as lines:
            found += [line.rstrip("\n") for line in itertools.islice(lines, 40)]
    wrapped = "host mx.b.example[192.0.2.1] said: %s (in reply to RCPT TO command)"
    found += [wrapped % reply for reply in found[::7]]
    for charset in "gbk", "latin-1":
        found += [reply.encode(charset, "ignore").decode("utf-8", "surrogateescape") for reply in found[::50]]
    return list(dict.fromkeys(found))


def answered(lines):
    """The answers to replies, in one session, without the place where each stood."""
    said = "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")
    answers = whybounce("reply", "--json", "-", stdin=said).splitlines()
    return [re.sub(r'"index":\d+,?', "", answer) for answer in answers]


lines = [line for line in replies() if line.strip()]
once = answered(lines)
ok(len(once) >= len(lines) > 5000, "every reply has an answer", len(once), len(lines))
ok(answered(lines * 3) == once * 3, "replies, one round after the other: the same answers")
thrice = answered([line for line in lines for _ in range(3)])
alone = answered([line for line in lines[::-1]])
ok(sorted(thrice) == sorted(once * 3), "replies, each three times: the same answers")
ok(sorted(alone) == sorted(once), "replies backwards: the same answers")
done()
