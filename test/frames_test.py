#!/usr/bin/env python3
"""Reports of servers that nobody described: every reason in every frame of its language.

test/frames/frames.tsv has the frames, reasons.tsv what they say. Each comes as 8bit and as base64
from an address of a mail system, and once from one that says nothing about who wrote it.
notices.tsv are reports of delays and of deliveries.
"""
import base64
import json
import os
import re
import tempfile
from email.header import Header

from tap import ROOT, done, ok, whybounce

FOLDER = os.path.join(ROOT, "test/frames")
RECIPIENT = "anna.k@kunde.example"
HEADER = ("From: %s\nTo: john@example.org\nSubject: %s\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n"
          "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
          "Content-Transfer-Encoding: %s\n\n")


def table(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as rows:
        return [row.rstrip("\n").split("\t") for row in rows if not row.startswith("#")]


def encoded(sender):
    name, _, address = sender.rpartition(" ")
    return "%s %s" % (Header(name, "utf-8").encode(), address) if name else address


def mail(sender, subject, text, base):
    header = HEADER % (encoded(sender), Header(subject, "utf-8").encode(), "base64" if base else "8bit")
    body = text.encode()
    return header.encode() + (base64.encodebytes(body) if base else body)


def mails():
    """Each with what it is, and the causes that it may get."""
    reasons = table("reasons.tsv")
    for language, sender, subject, text in table("frames.tsv"):
        host = re.search(r"@([a-z.]+)", sender)
        for _, cause, words in (row for row in reasons if row[0] == language):
            body = text.replace("\\n", "\n").replace("{recipient}", RECIPIENT).replace("{reason}", words)
            what = "%s, %s: %s" % (language, subject, words)
            yield what, cause, mail(sender, subject, body, False)
            yield what + ", in base64", cause, mail(sender, subject, body, True)
            if host:
                yield what + ", from anybody", cause, mail('"IT" <helpdesk@%s>' % host[1], subject, body, False)


def notices():
    for kind, language, subject, text in table("notices.tsv"):
        body = text.replace("\\n", "\n").replace("{recipient}", RECIPIENT)
        yield "%s, %s: %s" % (kind, language, subject), kind, mail("MAILER-DAEMON@mx.example.net", subject, body, False)


with tempfile.TemporaryDirectory() as folder:
    rows = list(mails()) + list(notices())
    paths = [os.path.join(folder, "%04d.eml" % i) for i in range(len(rows))]
    for path, (_, _, content) in zip(paths, rows):
        with open(path, "wb") as out:
            out.write(content)
    got = {}
    for line in whybounce("parse", "--json", folder).splitlines():
        report = json.loads(line)
        got.setdefault(os.path.basename(report["source"]), []).append(
            (report["kind"], report["recipient"], report["cause"]))
for path, (what, wanted, _) in zip(paths, rows):
    answer = got.get(os.path.basename(path), [])
    if wanted in ("delay", "delivered"):  # the cause of a delay is not told
        ok([one[:2] for one in answer] == [(wanted, RECIPIENT)], what, answer)
    else:
        ok(answer == [("bounce", RECIPIENT, wanted)], what, answer)
done()
