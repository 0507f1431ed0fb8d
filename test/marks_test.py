#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Words that tell what stands beside them (knowledge/marks.yaml): each does what its meaning says, and without it
the text is read otherwise; words of a folder of one's own count as well."""
import json
import os
import re
import subprocess
import tempfile

from tap import BUILD, PROGRAM, ROOT, done, ok

TEXT = open(os.path.join(ROOT, "knowledge", "marks.yaml"), encoding="utf-8").read()


def words_of(meaning):
    for block in re.findall(r"- means: %s\n    words:(.*?)\n    source:" % meaning, TEXT, re.S):
        listed = block.strip()
        items = listed.strip("[]").split(", ") if listed.startswith("[") else re.findall(r"- (.*)", listed)
        yield from (item.strip("'") for item in items)


def recipients(command, text, catalogue=None):
    env = dict(os.environ, **({"WHYBOUNCE_CATALOGUE": catalogue} if catalogue else {}))
    out = subprocess.run([PROGRAM, command, "--json", "-"], input=text.encode(), capture_output=True, env=env)
    return [json.loads(line)["recipient"] for line in out.stdout.splitlines()]


def forwarded(mark):
    """The notice is known by its author and subject only, and two lines make no header by themselves."""
    return ("From: ann@example.com\nTo: help@example.com\nSubject: ?\nContent-Type: text/plain; charset=utf-8\n\n"
            "Why?\n\n---------- %s ----------\n"
            "From: choir-bounces@lists.example.org\nSubject: Request to mailing list Choir rejected\n\n"
            "Your request to the choir@lists.example.org mailing list\n\n"
            "    Posting of your message titled \"Song\"\n\n"
            "has been rejected by the list moderator.  The moderator gave the\n"
            "following reason for rejecting your request:\n\n"
            "\"Non-members are not allowed to post messages to this list.\"\n") % mark


def reply(before="", behind=""):
    """Of the only address in it nobody is told who it is, but by the words beside it."""
    return "550 5.7.1 %s <b@example.org>%s\n" % (before, behind)


def check(meaning, told, text_of):
    found = list(words_of(meaning))
    ok(len(found) > 2, "there are words that mean " + meaning, found)
    for word in found:
        ok(recipients(*text_of(word)) == told, "%s: %s" % (meaning, word), recipients(*text_of(word)))
    ok(recipients(*text_of("xyzzy")) != told, "%s: not whatever stands there" % meaning, recipients(*text_of("xyzzy")))


check("somebody-else-behind", [None], lambda word: ("reply", reply(before=word)))
check("somebody-else-before", [None], lambda word: ("reply", reply(behind=": " + word)))
check("forwarded", ["choir@lists.example.org"], lambda word: ("explain", forwarded(word)))

with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "marks.yaml"), "w", encoding="utf-8") as out:
        out.write("marks: [{means: somebody-else-behind, words: [xyzzy], source: own}]\n")
    image = os.path.join(folder, "own.wbc")
    subprocess.run([os.path.join(BUILD, "whybounce-knowledge"), "build", "--base", os.path.join(ROOT, "knowledge"),
                    "--output", image, folder], check=True, capture_output=True)
    ok(recipients("reply", reply(before="xyzzy"), image) == [None], "a word of a folder of one's own counts")
    ok(recipients("reply", reply(before="please try"), image) == [None], "and those that are built in still do")
done()
