#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The recipes of doc/extending.md, executed.

A block under a line with only a path in it (`causes/x.yaml`:) is written to that path. A block
marked sh is run. A block marked console is run, and what it shows must be what is said (a line with
only "…" stands for any lines). The first chapter is executed in an empty folder with the program
that was built; the second in a copy of the source, which is built anew.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import BUILD, ROOT, done, ok
from documents import exchanges, matches

DOCUMENT = open(os.path.join(ROOT, "doc/extending.md")).read()
BLOCK = re.compile(r"(?:^`([\w./-]+)`:\n\n)?^```(\w*)\n(.*?)^```$", re.M | re.S)


def chapter(title):
    start = DOCUMENT.index("\n## %s\n" % title)
    end = DOCUMENT.find("\n## ", start + 1)
    return DOCUMENT[start:end if end > 0 else len(DOCUMENT)]


def run(command, folder):
    environment = dict(os.environ, LC_ALL="C.UTF-8", PATH=BUILD + ":" + os.environ["PATH"],
                       WHYBOUNCE_KNOWLEDGE=os.path.join(ROOT, "knowledge"),
                       MESON_OPTIONS="-Dbuildtype=plain")
    for name in "WHYBOUNCE_CATALOGUE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS":
        environment.pop(name, None)
    result = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.returncode, result.stdout.decode(errors="replace").rstrip("\n").split("\n")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def console(text, folder):
    for command, shown in exchanges(text.rstrip("\n").split("\n")):
        code, said = run(command, folder)
        fault = "error:" in "\n".join(shown)
        good = matches(shown, said if said != [""] else []) and (code != 0) == fault
        ok(good, "$ " + command, "status %d; it says:" % code, *said[-40:])


def execute(title, folder):
    count = 0
    for path, language, text in BLOCK.findall(chapter(title)):
        if path:
            write(os.path.join(folder, path), text)
        elif language == "sh":
            code, said = run("set -e\n" + text, folder)
            ok(code == 0, "sh: " + text.split("\n")[0], *said)
        elif language == "console":
            console(text, folder)
        else:
            ok(False, "a block of %s has a path or is run" % title, text)
        count += 1
    ok(count > 5, "the recipes of '%s' are found" % title, count)


def copy_source(folder):
    """What git knows, or, without git, all but what was built."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True)
    if listed.returncode == 0:
        files = [f for f in listed.stdout.decode().split("\0") if f]
    else:
        files = [os.path.relpath(os.path.join(at, f), ROOT) for at, folders, names in os.walk(ROOT)
                 if "meson-info" not in folders and "meson-private" not in folders for f in names]
    for file in files:
        if not os.path.isfile(os.path.join(ROOT, file)):
            continue
        os.makedirs(os.path.dirname(os.path.join(folder, file)), exist_ok=True)
        shutil.copy(os.path.join(ROOT, file), os.path.join(folder, file))


def check_pair(folder):
    """The pair of test/mail says what the program that was built with it says."""
    stem = os.path.join(folder, "test/mail/acme-gate")
    out = subprocess.run([os.path.join(folder, "build/whybounce"), "parse", stem + ".eml"],
                         capture_output=True, text=True).stdout
    wanted, reports = json.load(open(stem + ".json")), [json.loads(l) for l in out.splitlines()]
    ok(len(wanted) == len(reports), "the pair has as many reports as it says", out)
    for want, have in zip(wanted, reports):
        for path, value in want.items():
            found = have
            for name in path.split("."):
                found = found.get(name) if found else None
            ok(found == value, "the pair's %s" % path, repr(found))


with tempfile.TemporaryDirectory() as top:
    own, source = os.path.join(top, "own"), os.path.join(top, "source")
    os.makedirs(own)
    execute("In a folder of your own", own)
    copy_source(source)
    shutil.copytree(os.path.join(own, "rules"), os.path.join(source, "rules"))
    execute("In the source", source)
    check_pair(source)
done()
