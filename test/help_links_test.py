#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Reports that nothing came back with, and that have a link to help, or a word of one's account, in them.

Fraud dressed as a report speaks of such things, too, but it is after the mailbox of whoever reads it: these name
somebody else. Two senders: one surely a mail system, and a postmaster in a plain header.
"""
import email.message
import json
import os
import tempfile

from tap import ROOT, done, ok, whybounce

SYSTEM = {"Return-Path": "<>", "Auto-Submitted": "auto-replied",
          "From": "Mail Delivery System <MAILER-DAEMON@mx.example.net>"}
POSTMASTER = {"From": "postmaster@mx.example.net"}


def mail(fields, reader, subject, text):
    message = email.message.EmailMessage()
    for name, value in {**fields, "To": reader, "Subject": subject, "Date": "Tue, 03 Mar 2026 18:02:10 +0900"}.items():
        message[name] = value
    message.set_content(text, charset="utf-8")
    return bytes(message)


def reports(content):
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write(content)
        file.flush()
        return [json.loads(line) for line in whybounce("parse", "--json", file.name, check=False).splitlines()]


with open(os.path.join(ROOT, "test/help-links.tsv"), encoding="utf-8") as rows:
    for number, row in enumerate(rows, 1):
        if row.startswith("#"):
            continue
        language, subject, text = row.rstrip("\n").split("\t")
        for who, fields in ("a mail system", SYSTEM), ("a postmaster", POSTMASTER):
            found = reports(mail(fields, "li@example.com", subject, text.replace("\\n", "\n")))
            told = [(one["kind"], one["recipient"]) for one in found]
            ok(told == [("bounce", "wang@example.org")], "%d, %s, of %s" % (number, language, who), told)
fraud = mail(POSTMASTER, "li@example.com", "Undelivered mail",
             "Several incoming messages could not be delivered to your mailbox.\nClick here to release them.\n")
told = [(one["kind"], one["detail"]) for one in reports(fraud)]
ok(told == [("not-a-report", "phishing")], "what is about the reader's own mailbox is fraud", told)
done()
