#!/usr/bin/env python3
"""What must hold of every report, whatever the mail.

The suppression invariant: an address is spoken against only by a complaint, or by a permanent
failure whose cause says that nobody reads the address any more, found by a sure rule that leaves
no other reading. Then: the same bytes give the same report; line ends do not matter; and a mail
that ends anywhere gives some report, and no other advice than that.

The texts are all quoted strings of the knowledge files (examples, counter-examples and, as noise,
patterns), the mails those of test/mail and, where they are there, of shared/corpus.
"""
import collections
import glob
import hashlib
import json
import os
import random
import re
import subprocess
import tempfile

from tap import PROGRAM, ROOT, SHARED, done, ok, whybounce

GONE = {"user-unknown", "mailbox-disabled", "recipient-moved"}
SHOWN = 5  # of the reports that break a rule

DSN = """Return-Path: <>
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
To: sender@example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

Your message could not be delivered to one or more recipients.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; rcpt@example.net
Action: %s
Status: %s
Diagnostic-Code: smtp; %s

--=_b
Content-Type: text/rfc822-headers

From: sender@example.com
To: rcpt@example.net
Message-ID: <1@example.com>
--=_b--
"""


def breaks_invariant(report):
    if report["recommendation"] != "suppress":
        return None
    if report["kind"] == "complaint":
        return None
    if report["kind"] != "bounce":
        return "kind " + report["kind"]
    if report["cause"] not in GONE:
        return "cause %s" % report["cause"]
    if report["permanence"] != "permanent":
        return "permanence %s" % report["permanence"]
    if report["confidence"] not in ("strong", "certain"):
        return "confidence %s" % report["confidence"]
    return "there is another reading" if report["alternatives"] else None


def none_of(wrong, what):
    ok(not wrong, what, "%d do, for instance" % len(wrong), *wrong[:SHOWN])


def stream(mails):
    """The report of each mail; each mail has one recipient."""
    data = b"".join(b"%d\n%s" % (len(m), m) for m in mails)
    out = subprocess.run([PROGRAM, "parse", "--stream"], input=data, capture_output=True, check=True)
    reports = [json.loads(line) for line in out.stdout.decode().splitlines()]
    return [r[0] if isinstance(r, list) else r for r in reports]


def replies(texts):
    out = whybounce("reply", "--json", "-", stdin="\n".join(texts).encode() + b"\n")
    return [json.loads(line) for line in out.splitlines()]


# ---- texts ----

def quoted_texts():
    """(cause or None, text, whether the text is an example) of the knowledge files."""
    for path in sorted(glob.glob(os.path.join(ROOT, "knowledge/**/*.yaml"), recursive=True)):
        folder, name = os.path.split(path)
        cause = name[:-len(".yaml")] if os.path.basename(folder) == "causes" else None
        example = False
        for line in open(path, encoding="utf-8"):
            key = re.match(r"\s*(?:- \{?|\{)?([a-z-]+):", line)
            if key:
                example = key.group(1) == "examples"
            for text in re.findall(r"'((?:[^'\n]|'')*)'", line):
                text = text.replace("''", "'").strip()
                if text:
                    yield cause, text, example


TEXTS = sorted(set(quoted_texts()), key=str)


def test_texts():
    fronts = ["", "550 5.1.1 ", "550 ", "452 4.2.2 ", "554 5.7.1 "]
    texts = [front + text for _, text, _ in TEXTS for front in fronts]
    reports = replies(texts)
    ok(len(reports) == len(texts), "one answer for each of %d replies" % len(texts), len(reports))
    wrong = [(text, breaks_invariant(r), r["evidence"]) for text, r in zip(texts, reports)
             if breaks_invariant(r)]
    none_of(wrong, "no reply breaks the suppression invariant")
    ok(any(r["recommendation"] == "suppress" for r in reports), "some reply does suppress")
    again = replies(texts)
    ok(reports == again, "the same replies give the same reports")


def test_dsns():
    """In a report, with a Status and an Action that may say something else."""
    frames = [("failed", "5.1.1"), ("failed", "5.0.0"), ("failed", "4.4.7"), ("delayed", "4.1.1")]
    rows = [(cause, text, example, action, status) for cause, text, example in TEXTS
            for action, status in frames]
    reports = stream([(DSN % (action, status, text)).encode() for _, text, _, action, status in rows])
    ok(len(reports) == len(rows), "one answer for each of %d reports" % len(rows), len(reports))
    wrong, delays, overruled = [], [], []
    for (cause, text, example, action, status), r in zip(rows, reports):
        shown = (action, status, text, r["cause"], r["evidence"])
        if breaks_invariant(r):
            wrong.append((breaks_invariant(r),) + shown)
        if action == "delayed" and r["recommendation"] == "suppress":
            delays.append(shown)
        if example and cause and cause not in GONE and r["recommendation"] == "suppress":
            overruled.append((cause,) + shown)
    none_of(wrong, "no report breaks the suppression invariant")
    none_of(delays, "no delay suppresses")
    none_of(overruled, "no known refusal suppresses because its code says \"user unknown\"")


# What other programs took for a dead address (reference/user-asks-and-traps.md).
NEVER = [
    "550 5.1.1 <rcpt@example.net> IB607 Connection refused. 192.0.2.1 exceeded the limit of messages",
    "554 5.1.0 <sender@example.com> AUP#In-1310: sender rejected, see the acceptable use policy",
    "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet "
    "service provider since part of their network is on our block list (S3150).",
    "554 5.1.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    "550 Mailbox unavailable or access denied",
    "550 permanent failure for one or more recipients (rcpt@example.net:blocked)",
    "552 5.1.1 <rcpt@example.net> overquota",
    "452 4.1.1 user over quota",
    "550 Mailbox Does Not Exist : Domains Daily Quota Exceeded",
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    "550 5.1.1 Message rejected: the DMARC policy of example.com does not allow it",
    "550 5.1.1 sender address verification failed: no such user sender@example.com",
    "550 5.1.1 too many connections from your host",
    "421 4.7.0 Server busy, try again later",
    "450 4.1.1 <rcpt@example.net>: Recipient address rejected: unverified address: connect to "
    "mx.example.net[192.0.2.2]:25: Connection timed out",
]


def test_traps():
    for text, report in zip(NEVER, replies(NEVER)):
        ok(report["recommendation"] != "suppress", "does not suppress: " + text[:60],
           report["cause"], report["evidence"])


# ---- mails ----

def mails():
    paths = glob.glob(os.path.join(ROOT, "test/mail/**/*.eml"), recursive=True)
    paths += glob.glob(os.path.join(SHARED, "corpus/mail/**/*"), recursive=True)
    return sorted(path for path in paths if os.path.isfile(path))


MAILS = mails()


def parse(paths, *options):
    """source -> its reports; the verdicts of many files in one run."""
    found = collections.defaultdict(list)
    for line in whybounce("parse", "--json", *options, *paths).splitlines():
        report = json.loads(line)
        found[report["source"]].append(report)
    return found


def verdict(report):
    names = ("kind", "recipient", "original_recipient", "action", "cause", "detail", "confidence",
             "permanence", "recommendation", "status", "reply_code", "dialect")
    return tuple(report[name] for name in names)


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def test_mails():
    once = whybounce("parse", "--json", "--jobs", "1", *MAILS)
    twice = whybounce("parse", "--json", "--jobs", "2", *MAILS)
    ok(once == twice, "the same %d mails give the same bytes, whatever the threads" % len(MAILS))
    wrong = []
    for line in once.splitlines():
        report = json.loads(line)
        if breaks_invariant(report):
            wrong.append((breaks_invariant(report), report["source"], report["evidence"]))
    none_of(wrong, "no mail breaks the suppression invariant")


def test_line_ends():
    single = [path for path, reports in parse(MAILS).items()
              if all(r["index"] == 0 for r in reports)]  # an mbox is not written with bare CR
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}
        paths = []
        for i, path in enumerate(single):
            plain = open(path, "rb").read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            for name, end in kinds.items():
                paths.append(write(folder, "%04d.%s" % (i, name), plain.replace(b"\n", end)))
        found = parse(paths)
        for name in "crlf", "cr":
            wrong = []
            for i, path in enumerate(single):
                base, other = (list(map(verdict, found[os.path.join(folder, "%04d.%s" % (i, n))]))
                               for n in ("lf", name))
                if base != other:
                    wrong.append("%s: %s, with LF %s" % (path, other, base))
            none_of(wrong, "no mail reads differently with %s" % name.upper())


CUTS = 4


def test_truncated():
    with tempfile.TemporaryDirectory() as folder:
        paths, whole = [], parse(MAILS)
        for i, path in enumerate(MAILS):
            data = open(path, "rb").read()
            chance = random.Random(hashlib.sha256(data).digest())
            for cut in range(CUTS):
                paths.append(write(folder, "%04d.%d" % (i, cut), data[:chance.randrange(1, len(data) + 1)]))
        found = parse(paths)
        ok(set(found) == set(paths), "each of %d cut mails gives a report" % len(paths),
           sorted(set(paths) - set(found))[:SHOWN])
        broken, false = [], []
        for source, reports in found.items():
            path = MAILS[int(os.path.basename(source).split(".")[0])]
            failed = {"bounce", "complaint"} & {r["kind"] for r in whole[path]}
            for report in reports:
                if breaks_invariant(report):
                    broken.append((path, os.path.getsize(source), breaks_invariant(report)))
                if not failed and report["recommendation"] == "suppress":
                    false.append((path, os.path.getsize(source), report["cause"]))
        none_of(broken, "no cut mail breaks the suppression invariant")
        none_of(false, "what is no failure suppresses nobody when it is cut")


def test_anonymized():
    """What is masked reads as before, and the recipient's name is not in it."""
    whole = parse(MAILS)
    names = ("kind", "action", "cause", "detail", "confidence", "permanence", "recommendation",
             "status", "dialect")
    with tempfile.TemporaryDirectory() as folder:
        paths, different, left = {}, [], []
        for i, path in enumerate(MAILS):
            if any(r["index"] for r in whole[path]):
                continue
            out = subprocess.run([PROGRAM, "anonymize", path], capture_output=True, check=True)
            paths[path] = write(folder, "%04d" % i, out.stdout)
        found = parse(list(paths.values()))
        for path, masked in paths.items():
            before, after = ([[r[name] for name in names] for r in reports]
                             for reports in (whole[path], found[masked]))
            if before != after:
                different.append("%s: %s, before %s" % (path, after, before))
            for was, now in zip(whole[path], found[masked]):
                role = re.match(r"(post|mailer|mail|abuse|no-?reply|root)", was["recipient"] or "root")
                if was["recipient"] == now["recipient"] and "@" in (was["recipient"] or "") and not role:
                    left.append((path, was["recipient"]))
        none_of(different, "no mail of %d reads differently when it is masked" % len(paths))
        none_of(left, "no recipient stays when a mail is masked")


test_texts()
test_dsns()
test_traps()
test_mails()
test_line_ends()
test_truncated()
test_anonymized()
done()
