# SPDX-License-Identifier: BSD-2-Clause
"""What the benchmark reads, made from real mails where they are at hand."""
import glob
import itertools
import json
import os
import random
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
FROM_LINE = b"From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n"


def sources():
    """The paths of the mails, in a fixed order, and what they are called."""
    corpus = os.path.join(SHARED, "corpus/mail")
    if os.path.isdir(corpus):
        return files_below(corpus), "the corpus of real bounces"
    return files_below(os.path.join(ROOT, "test/mail")), "test/mail, for want of a corpus"


def files_below(folder):
    found = [os.path.join(path, name) for path, _, names in os.walk(folder) for name in names]
    return sorted(name for name in found if name.endswith((".eml", ".msg", ".txt")))


def read(path):
    with open(path, "rb") as mail:
        return mail.read()


def write_maildir(folder, mails, count):
    for name in "cur", "new", "tmp":
        os.makedirs(os.path.join(folder, name))
    for i, mail in enumerate(itertools.islice(itertools.cycle(mails), count)):
        with open(os.path.join(folder, "cur", "%06d.bench:2,S" % i), "wb") as out:
            out.write(mail)


def mbox_entry(mail):
    """A mail as an mboxrd keeps it."""
    quoted = re.sub(rb"(?m)^(>*From )", rb">\1", mail)
    return FROM_LINE + quoted + (b"\n" if quoted.endswith(b"\n") else b"\n\n")


def write_mbox(path, mails, count):
    with open(path, "wb") as out:
        for mail in itertools.islice(itertools.cycle(map(mbox_entry, mails)), count):
            out.write(mail)


def write_replies(path, program, paths, count, new_path):
    """
    One reply a line: what the servers of those mails answered, and the samples of the seed. In
    new_path a fifth as many, each with a queue id of its own, so that nothing of it is remembered.
    """
    found = subprocess.run([program, "parse", "--json", *paths], check=True, capture_output=True)
    replies = [json.loads(line)["diagnostic"] for line in found.stdout.splitlines()]
    samples = os.path.join(SHARED, "seed/samples.tsv")
    if os.path.exists(samples):
        with open(samples, encoding="utf-8") as rows:
            replies += [row.rstrip("\n").split("\t")[2] for row in rows if row[0].isdigit()]
    lines = list(dict.fromkeys(" ".join(reply.split()) for reply in replies if reply))
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in itertools.islice(itertools.cycle(lines), count))
    with open(new_path, "w", encoding="utf-8") as out:
        for i, line in enumerate(itertools.islice(itertools.cycle(lines), count // 5)):
            out.write("%s (queue id 4Zq%07dx)\n" % (line, i))
    return len(lines)


# ---- a mailbox that no memory holds ----

BLOCK = 1 << 20
BURST = [mebibytes << 20 for mebibytes in (1, 2, 4, 7, 7, 7, 7, 16, 32, 32)]
BASE64_LINE = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\n"
RETURNED = b"""From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: sender@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_bench"

--=_bench
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; rcpt@example.org
Action: failed
Status: 5.3.4
Diagnostic-Code: smtp; 552 5.3.4 Message size exceeds fixed limit

--=_bench
Content-Type: message/rfc822

From: sender@example.com
Subject: film
Content-Type: video/mp4
Content-Transfer-Encoding: base64

"""


def write_returned(out, size):
    """A bounce that returns an attachment, about `size` bytes of it, and gives its length."""
    filler = BASE64_LINE * (BLOCK // len(BASE64_LINE))
    times = max(1, size // len(filler))
    end = b"\n--=_bench--\n\n"
    out.write(FROM_LINE + RETURNED)
    for _ in range(times):
        out.write(filler)
    out.write(end)
    return len(FROM_LINE) + len(RETURNED) + times * len(filler) + len(end)


def huge_mbox(mails, size, longest):
    """
    A function that writes an mbox of that size: the mails again and again, each round followed by
    bounces of 1 to 32 MiB in a row, as a campaign with an attachment makes them; in the middle one
    message of `longest`.
    """
    usual = b"".join(map(mbox_entry, mails))

    def feed(out):
        written = 0
        pending = [longest]
        while written < size:
            if pending and written >= (size - longest) // 2:
                written += write_returned(out, pending.pop())
            out.write(usual)
            written += len(usual) + sum(write_returned(out, each) for each in BURST)
    return feed


STATUS = re.compile(rb", status=(\w+)")


def write_postfix_log(path, count, failing_of_five, seed=20260302):
    """
    A log of Postfix of `count` lines: messages of the laboratory with new queue ids and addresses,
    forty at a time line by line between each other; of every five so many fail. Gives the share of
    lines that say so, and how many failures there are.
    """
    pick = random.Random(seed)
    logs = [read(name).splitlines() for name in sorted(glob.glob(os.path.join(ROOT, "test/mail/lab/postfix/*.log")))]
    failing = [log for log in logs if any(b"status=bounced" in line or b"status=deferred" in line for line in log)]
    fine = [log for log in logs if any(b"status=sent" in line for line in log) and log not in failing]
    under_way, number, told, failed = [], 0, 0, 0
    with open(path, "wb") as out:
        for i in range(count):
            while len(under_way) < 40:
                number += 1
                log = pick.choice(failing if number % 5 < failing_of_five else fine)
                under_way.append((renamed(log, number), iter(range(len(log)))))
            message, lines = pick.choice(under_way)
            at = next(lines, None)
            while at is None:
                under_way.remove((message, lines))
                message, lines = pick.choice(under_way)
                at = next(lines, None)
            line = message[at]
            status = STATUS.search(line)
            told += bool(status) and status.group(1) in (b"bounced", b"deferred")
            failed += bool(status) and status.group(1) == b"bounced"
            out.write(b"Mar %2d %02d:%02d:%02d" % (1 + i // 8640000, i // 360000 % 24, i // 6000 % 60, i // 100 % 60) + line[15:] + b"\n")
    return told / count, failed


def renamed(log, number):
    """The same message with another queue id, Message-ID and recipient."""
    found = re.search(rb"\]: ([0-9A-F]{6,}): ", b"\n".join(log))
    text = b"\n".join(log).replace(found.group(1), b"%010X" % (number * 7919))
    text = re.sub(rb"\b(wang|user|anna|boris|chen)@", rb"u%d@" % number, text)
    return re.sub(rb"message-id=<", rb"message-id=<%d." % number, text).split(b"\n")
