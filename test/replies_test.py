#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What servers answer, and what it means: the tables of test/replies, which README.md there explains.

Each reply is read as Postfix, Exim and Exchange hand it on, in a delivery status notification and,
where its own words are enough, alone. What it means was written down before, not by the program.
"""
import glob
import json
import os
import re
import tempfile

from tap import ROOT, done, ok, whybounce

FOLDER = os.path.join(ROOT, "test/replies")
SAID = re.compile(r"host (?P<host>\S+?)\[[^]]+\] (?:said|refused to talk to me): (?P<reply>.*?)"
                  r"(?: \(in reply to (?P<command>[\w ]+?) command\))?$")
NOTHING_ELSE = "size_limit", "message_size", "recipient_limit", "retry_after", "client_ip"
# what Exim calls the step that was refused
STEP = {"EHLO": "EHLO mail.example.org", "MAIL FROM": "MAIL FROM:<a@example.org>", "DATA": "DATA",
        "end of DATA": "end of data", "AUTH": "AUTH LOGIN"}


def table(path):
    """The rows as {name of the column: what stands in it}; the first line names the columns."""
    with open(path, encoding="utf-8") as file:
        names = next(file).lstrip("# ").rstrip("\n").split("\t")
        for number, line in enumerate(file, 2):
            if line.strip() and not line.startswith("#"):
                row = dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
                row["where"] = "%s:%d" % (os.path.basename(path), number)
                row["also"] = set(row.get("also", "-").split(",")) - {"-"}
                yield row


def status_of(reply):
    found = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", reply)
    return found.group() if found else ("4" if reply.startswith("4") else "5") + ".0.0"


def wrapped(row):
    """The same reply as servers hand it on: (how, text)"""
    yield "Postfix", row["said"]
    found = SAID.match(row["said"])
    if not found:
        return
    host, reply, command = found["host"], found["reply"], found["command"]
    step = STEP.get(command, "RCPT TO:<bob@%s>" % row["domain"])
    if "refused to talk" in row["said"]:
        step = "initial connection"
    if command or step == "initial connection": # Exim always says at which step
        yield "Exim", "SMTP error from remote mail server after %s: host %s [203.0.113.5]: %s" % (step, host, reply)
    if "stage" not in row["also"]:
        yield "Exchange", "Remote Server returned '<%s #%s smtp;%s>'" % (host, status_of(reply), reply)
    if not row["also"] & {"host", "stage"}:
        yield "alone", reply


def notification(row, host, reply):
    return f"""From: MAILER-DAEMON@mail.example.org
To: a@example.org
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 09:40:31 +0800
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B

Your message could not be delivered.

--B
Content-Type: message/delivery-status; charset=utf-8

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; bob@{row["domain"]}
Action: failed
Status: {status_of(reply)}
Remote-MTA: dns; {host}
Diagnostic-Code: smtp; {reply}

--B--
"""


def wrong(row, report):
    """What of the row the report misses."""
    meanings = [meaning.partition("/") for meaning in row["meaning"].split(",")]
    if not any(report["cause"] == cause and detail in ("", report["detail"]) for cause, _, detail in meanings):
        yield "it is read as %s/%s" % (report["cause"], report["detail"])
    if "no-suppress" in row["also"] and report["recommendation"] == "suppress":
        yield "the address must not be given up"
    if "alternatives" in row["also"] and not report["alternatives"]:
        yield "no other reading is named"
    if "temporary" in row["also"] and report["permanence"] != "temporary":
        yield "it is called " + report["permanence"]
    if "permanent" in row["also"] and report["permanence"] != "permanent":
        yield "it is called " + report["permanence"]
    for wanted in row["also"]:
        if wanted.startswith("list:") and report["facts"]["blocklist"] != wanted[5:]:
            yield "its list is called %s" % report["facts"]["blocklist"]


def check(row, how, text, report):
    faults = list(wrong(row, report))
    if "unread" in row["also"]: # known to be wrong; what has become right must lose the mark
        ok(faults, "%s, %s: %s is not read yet" % (row["where"], how, row["meaning"]), text)
        if "no-suppress" in row["also"]:
            ok(report["recommendation"] != "suppress", "%s, %s: the address is kept" % (row["where"], how), text)
        return
    ok(not faults, "%s, %s: %s" % (row["where"], how, row["meaning"]), text, *faults,
       (report["evidence"] or {}).get("rule"))


def check_texts(rows):
    texts = [(row, how, text) for row in rows for how, text in wrapped(row)]
    out = whybounce("reply", "--json", "-", stdin="".join(text[2] + "\n" for text in texts).encode())
    for given, line in zip(texts, out.splitlines(), strict=True):
        check(*given, json.loads(line))


def check_notifications(rows):
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for row in rows:
            found = SAID.match(row["said"])
            if found and "stage" not in row["also"]:
                path = os.path.join(folder, "%05d.eml" % len(paths))
                paths[path] = row, found["reply"]
                with open(path, "w", encoding="utf-8") as file:
                    file.write(notification(row, found["host"], found["reply"]))
        out = whybounce("parse", "--json", *paths) if paths else ""
        for (path, (row, reply)), line in zip(paths.items(), out.splitlines(), strict=True):
            report = json.loads(line)
            assert report["source"] == path
            check(row, "notification", reply, report)


def examples():
    """The texts by which the rules themselves are tested, folded a little."""
    for path in glob.glob(os.path.join(ROOT, "knowledge", "**", "*.yaml"), recursive=True):
        with open(path, encoding="utf-8") as file:
            for found in re.finditer(r"^ *examples: *(.*)$", file.read(), re.M):
                for one in re.findall(r"'((?:[^']|'')*)'|\"((?:[^\"\\\\]|\\\\.)*)\"", found[1]):
                    yield (one[0].replace("''", "'") or one[1]).lower()


def check_facts(rows):
    """What a reply states, alone and in a notification, and of amounts and addresses nothing else."""
    alone = whybounce("reply", "--json", "-", stdin="".join(row["said"] + "\n" for row in rows).encode())
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "%05d.eml" % i) for i in range(len(rows))]
        for path, row in zip(paths, rows):
            with open(path, "w", encoding="utf-8") as file:
                file.write(notification({"domain": "example.net"}, "mx.example.net", row["said"]))
        mails = whybounce("parse", "--json", *paths)
    for row, *lines in zip(rows, alone.splitlines(), mails.splitlines(), strict=True):
        wanted = dict.fromkeys(NOTHING_ELSE, "None")
        wanted.update(one.split("=", 1) for one in row["facts"].split() if one != "-")
        for how, line in zip(("alone", "notification"), lines):
            told = json.loads(line)["facts"]
            faults = ["%s is %s" % (name, told[name]) for name in wanted if str(told[name]) != wanted[name]]
            ok(not faults, "%s, %s: %s" % (row["where"], how, row["facts"]), row["said"], *faults)


for name in sorted(glob.glob(os.path.join(FOLDER, "*.tsv"))):
    rows = list(table(name))
    said = [row["said"] for row in rows]
    ok(len(set(said)) == len(said), os.path.basename(name) + " says nothing twice",
       *{text for text in said if said.count(text) > 1})
    if "facts" in rows[0]:
        check_facts(rows)
        continue
    if any("origin" in row for row in rows):
        same = {text.lower() for text in said} & set(examples())
        ok(not same, os.path.basename(name) + " repeats no example of a rule", *same)
    check_texts(rows)
    check_notifications(rows)
done()
