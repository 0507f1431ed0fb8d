#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a session has read before changes no answer: all mails forwards, backwards and mixed give the same.

The session keeps what it has found out about texts (src/base/cache.c). A row that says too much of
a text, or that is taken for another text, shows here.
"""
import json
import os
import random

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
for what, order in ("backwards", mails[::-1]), ("mixed", mixed), ("twice", mails + mails):
    again = answers(order)
    other = [mail for mail in mails if again[mail] != first[mail] * (len(order) // len(mails))]
    ok(not other, what + ": the same answers", *other[:5])
done()
