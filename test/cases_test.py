#!/usr/bin/env python3
"""Pairs of test/mail: NAME.eml, or NAME.msg as Outlook saves it, and what it must give.

NAME.json   a list of reports; each member that stands there must be as it says ("facts.size_limit"
            names a member of a member); there must be as many reports as the list has
NAME.zh.txt, NAME.en.txt, NAME.html   the whole answer
"""
import glob
import json
import os

from tap import ROOT, done, ok, whybounce


def member(report, path):
    for name in path.split("."):
        report = report.get(name) if isinstance(report, dict) else None
    return report


def differences(wanted, reports):
    if len(wanted) != len(reports):
        yield "%d reports instead of %d" % (len(reports), len(wanted))
    for i, (want, have) in enumerate(zip(wanted, reports)):
        for path, value in want.items():
            if member(have, path) != value:
                yield "report %d: %s is %r, must be %r" % (i, path, member(have, path), value)


def check_json(mail, path):
    reports = [json.loads(line) for line in whybounce("parse", "--json", mail).splitlines()]
    wrong = list(differences(json.load(open(path)), reports))
    ok(not wrong, os.path.relpath(path, ROOT), *wrong)


def check_text(mail, path, *arguments):
    text = whybounce("explain", *arguments, mail)
    want = open(path).read()
    ok(text == want, os.path.relpath(path, ROOT), "it says:", text)


for mail in sorted(glob.glob(os.path.join(ROOT, "test/mail/*.eml")) + glob.glob(os.path.join(ROOT, "test/mail/*.msg"))):
    stem = os.path.splitext(mail)[0]
    if os.path.exists(stem + ".json"):
        check_json(mail, stem + ".json")
    for language in "zh", "en":
        if os.path.exists("%s.%s.txt" % (stem, language)):
            check_text(mail, "%s.%s.txt" % (stem, language), "--lang", language)
    if os.path.exists(stem + ".html"):
        check_text(mail, stem + ".html", "--lang", "zh", "--html")
done()
