#!/usr/bin/env python3
"""Mails that look like failure reports and are none: none may be called a bounce.

test/mail/lookalikes/index.tsv says what each may be called; fraud must be recognised as fraud in
at least nine of ten. The corpora's own non-failures are held to the same.
"""
import json
import os

from tap import ROOT, SHARED, done, ok, whybounce

FOLDER = os.path.join(ROOT, "test/mail/lookalikes")


def kinds_of(paths):
    kinds, details = {}, {}
    for line in whybounce("parse", "--json", *paths).splitlines():
        report = json.loads(line)
        kinds.setdefault(report["source"], set()).add(report["kind"])
        details[report["source"]] = report["detail"]
    return kinds, details


def index():
    for line in open(os.path.join(FOLDER, "index.tsv")):
        if line.strip() and not line.startswith("#"):
            name, accepted, why = line.rstrip("\n").split("\t")[:3]
            yield os.path.join(FOLDER, name), set(accepted.replace(" ", "").split(",")), why


rows = list(index())
kinds, details = kinds_of([row[0] for row in rows])
fraud = seen = 0
for path, accepted, why in rows:
    ok(kinds.get(path) and kinds[path] <= accepted, os.path.basename(path),
       "is called %s, must be %s: %s" % (kinds.get(path), accepted, why))
    if why.startswith("phishing"):
        fraud += 1
        seen += details[path] == "phishing"
ok(seen * 10 >= fraud * 9, "fraud is called fraud", "%d of %d" % (seen, fraud))

labels = os.path.join(SHARED, "corpus/labels.jsonl")
if os.path.exists(labels):
    others = {}
    for line in open(labels):
        label = json.loads(line)
        if label["kinds"] and not {"bounce", "delay"} & set(label["kinds"]):
            others[os.path.join(SHARED, "corpus", label["path"])] = label["kinds"]
    kinds, _ = kinds_of(list(others))
    for path in others:
        ok("bounce" not in kinds[path], os.path.relpath(path, SHARED), kinds[path])
done()
