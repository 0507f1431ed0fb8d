#!/usr/bin/env python3
"""The annotated view: each recipient's lines have that recipient's meaning."""
import json
import os

from tap import ROOT, done, ok, whybounce

MAIL = os.path.join(ROOT, "test/mail/example-two-recipients.eml")


def title(cause):
    return json.loads(whybounce("causes", "--json", cause))["title"]


reports = [json.loads(line) for line in
           whybounce("explain", "--json", "--annotate", MAIL).splitlines()]
ok([("lines" in r) for r in reports] == [True, False], "the lines stand in the first report")
lines = reports[0]["lines"]
for words, cause in ("User unknown", "user-unknown"), ("mailbox is full", "mailbox-full"):
    marked = [line for line in lines if line["marked"] == words]
    ok(len(marked) == 2, "“%s” is marked in the text and in the field" % words, *marked)
    ok(all(title(cause) in line["meaning"] for line in marked), "and means " + cause, *marked)
meanings = {line["line"]: line["meaning"] for line in lines}
# the IANA's words
ok(meanings["Status: 5.1.1"] == "Bad destination mailbox address", "Status: 5.1.1")
ok(meanings["Status: 5.2.2"] == "Mailbox full", "Status: 5.2.2")
text = "\n".join(line["line"] or "" for line in lines)
for part in ("Subject: Undelivered Mail", "Reporting-MTA: dns; mx.example.net",
             "Message-ID: <offer@example.net>"):
    ok(part in text, part)
ok("Hello." not in text, "the body of the returned message is not shown")
done()
