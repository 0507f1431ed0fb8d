#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who and what doc/coverage.md names is covered, and each entry of the knowledge is needed.

An entry is needed when a text that is not its own example is read otherwise without it: a mail of
test/mail or a reply of test/replies. Those that only their own examples need stand in
test/awaiting.tsv with the reason, and nowhere an entry that nothing needs.
"""
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys

from tap import PROGRAM, ROOT, done, ok

loader = importlib.machinery.SourceFileLoader("coverage", os.path.join(ROOT, "build-aux/coverage"))
coverage = importlib.util.module_from_spec(importlib.util.spec_from_loader("coverage", loader))
sys.dont_write_bytecode = True
loader.exec_module(coverage)


def document():
    text = coverage.read("doc/coverage.md")
    made = subprocess.run([sys.executable, os.path.join(ROOT, "build-aux/coverage")], capture_output=True, text=True)
    ok(made.returncode == 0 and made.stdout == text, "doc/coverage.md is what build-aux/coverage writes",
       "run build-aux/coverage >doc/coverage.md", made.stderr)


def named():
    """Each name has a file with entries, an origin and something that tests it."""
    replies = {name: coverage.table("replies/" + name) for name in ("providers.tsv", "world.tsv")}
    for name, _, known, tests in coverage.providers(replies):
        ok(known and tests, name + " has entries, an origin and replies", known, tests)
    for name, _, known, tests in coverage.dialects():
        ok(known and tests, name + " has an origin and a report that is read", known, tests)
    for cause, languages in coverage.languages(coverage.table("replies/languages.tsv")):
        missing = [language for language in coverage.LANGUAGES.values() if language not in languages.split(", ")]
        ok(not missing, cause + " has a sentence in each language", *missing)


def needed():
    folder = os.path.join(ROOT, "knowledge")
    out = subprocess.run([PROGRAM, "knowledge", "lint", "--lang", "en", "--unneeded", "--base", folder,
                          "--corpus", os.path.join(ROOT, "test/mail"), "--corpus", os.path.join(ROOT, "test/replies"),
                          folder], capture_output=True, text=True)
    lines = (out.stdout + out.stderr).splitlines()
    ok(any(re.match(r"\d+ entries, ", line) for line in lines), "the entries are looked at", *lines[-3:])
    vain = [line for line in lines if "warning: nothing needs" in line]
    ok(not vain, "there is no entry that nothing needs", *vain)
    alone = {match[1] for line in lines if (match := re.search(r"only its own examples need (\S+)$", line))}
    known = {row["entry"] for row in coverage.table("awaiting.tsv")}
    ok(alone <= known, "what only its own examples need is known", "find a text that is really sent for:", *sorted(alone - known))
    ok(known <= alone, "what is awaited has not been seen yet", "take out of awaiting.tsv:", *sorted(known - alone))


document()
named()
needed()
done()
