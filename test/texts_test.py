#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Reports with which nothing came back, and texts that only look like one: all that tells are their words.

Many have a link to help, or speak of an account, as fraud does; fraud is after the mailbox of whoever reads it, these
name somebody else. A system surely is one by its header, a postmaster has a plain header, and a pasted text has none.
"""
import email.message
import json
import os

from tap import ROOT, done, ok, whybounce

SYSTEM = {"Return-Path": "<>", "Auto-Submitted": "auto-replied",
          "From": "Mail Delivery System <MAILER-DAEMON@mx.example.net>"}
POSTMASTER = {"From": "postmaster@mx.example.net"}
SENDERS = {"system": SYSTEM, "postmaster": POSTMASTER, "pasted": None}


def mail(fields, subject, text):
    if not fields:
        return text.encode()
    message = email.message.EmailMessage()
    header = {**fields, "To": "li@example.com", "Subject": subject, "Date": "Tue, 03 Mar 2026 18:02:10 +0900"}
    for name, value in header.items():
        message[name] = value
    message.set_content(text, charset="utf-8")
    return bytes(message)


def told(content):
    """The kind, and who failed."""
    found = [json.loads(line) for line in whybounce("parse", "--json", "-", stdin=content).splitlines()]
    return found[0]["kind"], sorted(one["recipient"] for one in found if one["recipient"])


def senders(who):
    if "@" in who:
        return [(who, {"From": who})]
    return [(name, SENDERS[name]) for name in who.split()]


with open(os.path.join(ROOT, "test/texts.tsv"), encoding="utf-8") as rows:
    for number, row in enumerate(rows, 1):
        if row.startswith("#"):
            continue
        kind, recipients, who, subject, text = row.rstrip("\n").split("\t")
        wanted = kind, sorted(recipients.split(",")) if recipients != "-" else []
        for name, fields in senders(who):
            content = mail(fields, subject, text.replace("\\n", "\n"))
            ok(told(content) == wanted, "texts.tsv:%d, %s: %s" % (number, name, kind), told(content), text)
done()
