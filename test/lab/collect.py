#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the corpus from the raw results: collect.py [--all] RAW OUT MTA...

OUT/MTA/CASE.eml and .log, OUT/MTA/expected.jsonl and expected-logs.jsonl; without --all the
part that choose.py keeps. Of what was received it only looks which kind of report a mail
is and which recipients it names; what is true of them comes from truth.py. Complains where
a scenario's mail is missing, or the peer did not say what the table says.
"""
import json
import quopri
import re
import sys
from pathlib import Path

from cases import CASES
from choose import BYTES, MAILS, chosen
from odd import LOG_SILENT, NEVER_FINAL
from split_logs import split
from truth import fates, group, in_log, in_mail, wanted
from world import NAMES, recipients

# where the returned message begins, in the order of trust
ORIGINAL = re.compile(rb"\n(?:Content-Type: (?:message/(?:rfc822|global)(?!-)|text/rfc822-headers|message/global-headers)|"
                      rb"------ This is a copy of|Message headers follow)", re.I)


def head(mail):
    """The part of a report before the returned message, with quoted-printable and octal escapes undone."""
    found = ORIGINAL.search(mail, mail.find(b"\n\n"))
    text = mail[:found.start()] if found else mail
    text += quopri.decodestring(text)
    text += re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8) & 255]), text)
    return text.lower()


def kind_of(mail, row):
    """What this mail reports: bounce, delay, delivered or auto-reply."""
    if row.get("kind") == "auto-reply":
        return "auto-reply"
    text = head(mail)
    if re.search(rb"\naction: *(relayed|delivered|expanded)", text):
        return "delivered"
    if b"envelope expired" in text or b"status: 4.4.7" in text and b"action: failed" in text:
        return "bounce"
    if re.search(rb"\naction: *delayed|\nsubject:.*(warning|delayed)", text):
        return "delay"
    return "bounce"


def names(mail, one):
    """Does this report name that recipient?"""
    text = head(mail)
    fields = b"\n".join(re.findall(rb"\n(?:final-recipient|original-recipient):[^\n]*", text))
    spellings = [a.lower().encode() for a in [one["address"], *one["also"]]]
    return any(a in (fields or text) for a in spellings)


def read(path):
    """The records of a JSON Lines file, none if there is no such file."""
    return [json.loads(line) for line in path.read_text().split("\n") if line] if path.exists() else []


def clean(record):
    return {key: value for key, value in record.items() if value is not None or key not in ("group", "note")}


def mails_of(raw, mta, row, refused, complain):
    """(suffix, mail, kind, truth) for each mail of a case."""
    got = [entry for entry in read(raw / "mail.jsonl") if entry["case"] == NAMES[row["id"]]]
    seen = {}
    for entry in got:
        mail = (raw / "mail" / entry["file"]).read_bytes()
        kind = kind_of(mail, row)
        truth, note = in_mail(row, mta, kind, refused)
        expanded = row.get("expanded") and kind == "delivered"
        told = [one for one in truth if names(mail, one) and (expanded or (one["kind"] in ("delivered", "auto-reply")) == (kind in ("delivered", "auto-reply")))]
        if expanded:
            told = [dict(one, address=recipients(row)[0], also=[], kind="delivered", causes=None, permanence=None,
                         status=None, reply_code=None, stage=None) for one in told[:1]]
        if kind == "auto-reply":            # it names nobody; the one who answers may be given
            told = [dict(one, address=None, also=[one["address"], *one["also"]]) for one in told]
        if not told:
            complain(f"{entry['file']}: no recipient of the case in it")
        seen[kind] = seen.get(kind, 0) + 1
        suffix = {"bounce": "", "auto-reply": "", "delay": "-warning", "delivered": "-success"}[kind]
        if len(got) == 1:
            suffix = ""
        if kind == "delay" and seen[kind] > 2:
            continue        # Exim repeats its warnings
        yield suffix + (f"-{seen[kind]}" if seen[kind] > 1 else ""), mail, told, group(row, mta, head(mail)), note


def check_peer(said, row, complain):
    """Did the peer say what the row says? Returns the recipients it refused."""
    stages = {entry["stage"] for entry in said}
    for stage in ("connect", "ehlo", "mail", "rcpt", "data", "end_of_data"):
        if row.get(stage) and "caps" not in row and not row.get("phase") == "lmtp" and stage not in stages:
            complain(f"the peer never came to {stage}")
    return {entry["rcpt"] for entry in said if entry["stage"] == "rcpt"}


class Corpus:
    """What is kept of one server."""

    def __init__(self, out, mta, whole):
        self.out, self.mta = out / mta, mta
        self.whole, self.order = whole, chosen(mta)
        self.mails, self.logs = [], []      # (bytes, record)

    def keeps(self, row):
        return self.whole or row["id"] in self.order

    def write(self):
        """Small enough for a repository: cases that came late in the choice go first."""
        if not self.whole:
            self.mails.sort(key=lambda kept: self.order.index(kept[1]["case"]))
            del self.mails[MAILS:]
        self.out.mkdir(parents=True, exist_ok=True)
        for old in self.out.iterdir():
            old.unlink()
        for name, kept in ("expected.jsonl", self.mails), ("expected-logs.jsonl", self.logs):
            kept.sort(key=lambda pair: pair[1]["file"])
            for content, record in kept:
                (self.out / record["file"]).write_bytes(content)
            (self.out / name).write_text("".join(json.dumps(clean(record), ensure_ascii=False) + "\n" for _, record in kept))
        print(f"{self.mta}: {len(self.mails)} mails, {len(self.logs)} logs")


def collect(raw, corpus, mta):
    logs = split(mta, raw)
    said = read(raw / "peer.jsonl")
    for row in CASES:
        if not wanted(row, mta):
            continue

        def complain(text):
            print(f"{mta}/{row['id']}: {text}", file=sys.stderr)

        refused = check_peer([entry for entry in said if entry["case"] == row["id"]], row, complain)
        reported = set()
        for suffix, mail, told, number, note in mails_of(raw, mta, row, refused, complain):
            record = {"file": f"{row['id']}{suffix}.eml", "case": row["id"], "recipients": told, "group": number, "note": note}
            reported |= {one["address"] or one["also"][0] for one in told if one["kind"] != "delay" or mta in NEVER_FINAL}
            if len(mail) > BYTES:
                complain(f"{len(mail)} bytes are too many")
            elif corpus.keeps(row):
                corpus.mails.append((mail, record))
        failed = {one["address"] for one in fates(row, refused) if one["kind"] != "delivered"}
        if row.get("mails", 1) and failed - reported:
            complain(f"not reported: {failed - reported}")
        if row["id"] in LOG_SILENT.get(mta, ()):
            continue
        if row["id"] not in logs:
            complain("no log lines")
        elif corpus.keeps(row) and len(logs[row["id"]]) <= BYTES:
            record = {"file": f"{row['id']}.log", "case": row["id"], **in_log(row, mta, logs[row["id"]], refused)}
            corpus.logs.append((logs[row["id"]], record))


def main(*arguments):
    whole = arguments[0] == "--all"
    raw, out, *mtas = arguments[whole:]
    for mta in mtas:
        corpus = Corpus(Path(out), mta, whole)
        collect(Path(raw) / mta, corpus, mta)
        corpus.write()


main(*sys.argv[1:])
