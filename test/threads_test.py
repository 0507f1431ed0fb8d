#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Several threads give what one gives: of large files, which they read in turns, and when they are stopped."""
import csv
import gzip
import io
import os
import select
import signal
import subprocess
import tempfile
import time

from tap import PROGRAM, done, ok

MAILS = 9000  # in a mailbox of some 4 MB, which is read in several pieces
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8")


def mail(number, filler=0):
    """A report about a recipient of its own, so that each answer shows where it stood."""
    return ("""From MAILER-DAEMON Mon Mar  2 09:40:44 2026
From: MAILER-DAEMON@mx.example.com
To: li.na@example.com
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; r%d@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: text/plain

%s
--b--

""" % (number, ("x" * 71 + "\n") * filler)).encode()


def run(*arguments, stdin=None):
    return subprocess.run([PROGRAM, "parse", "--csv", *arguments], input=stdin, capture_output=True,
                          env=ENVIRONMENT, timeout=120)


def recipients(output):
    return [row["recipient"].removesuffix("@example.org") for row in csv.DictReader(io.StringIO(output.decode()))]


def started(*arguments):
    """A run that a signal stops, also where a shell in the background has switched that off."""
    return subprocess.Popen([PROGRAM, "parse", "--csv", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=ENVIRONMENT,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


with tempfile.TemporaryDirectory() as folder:
    def at(name):
        return os.path.join(folder, name)

    box = [mail(i, 60000 if i in (17, 4000, 4001) else 0) for i in range(MAILS)]
    whole = b"".join(box)
    for name, content in ("box", whole), ("other", b"".join(box[5000:])):
        open(at(name), "wb").write(content)
    with gzip.open(at("packed.gz"), "wb", compresslevel=1) as packed:
        packed.write(whole)
    torn = bytearray(open(at("packed.gz"), "rb").read())
    middle = len(torn) * 2 // 3
    torn[middle:middle + 1000] = b"\0" * 1000
    open(at("torn.gz"), "wb").write(torn)
    for i in range(3):
        open(at("%d.eml" % i), "wb").write(mail(100000 + i))

    # ---- order ----
    inputs = [at("0.eml"), at("box"), at("1.eml"), at("packed.gz"), at("other"), at("2.eml")]
    expected = (["r100000"] + ["r%d" % i for i in range(MAILS)] + ["r100001"] + ["r%d" % i for i in range(MAILS)] +
                ["r%d" % i for i in range(5000, MAILS)] + ["r100002"])
    one = run("--jobs", "1", *inputs)
    ok(one.returncode == 0 and recipients(one.stdout) == expected, "one thread: every recipient, in order",
       one.stderr, len(recipients(one.stdout)), len(expected))
    for jobs in 2, 3, 16:
        again = [run("--jobs", str(jobs), *inputs) for _ in range(3)]
        ok(all(each.returncode == 0 and each.stdout == one.stdout for each in again),
           "%d threads, three times: the same to the byte" % jobs, *[each.stderr for each in again])
    ok(recipients(run("--jobs", "3", "-", stdin=whole).stdout) == ["r%d" % i for i in range(MAILS)],
       "standard input is read by several threads, too")

    # ---- trouble ----
    damaged = run("--jobs", "3", at("torn.gz"), at("other"))
    found, rest = recipients(damaged.stdout), ["r%d" % i for i in range(5000, MAILS)]
    before = found[:len(found) - len(rest)]
    ok(damaged.returncode != 0 and damaged.stderr.count(b"\n") == 1 and b"torn.gz: the compressed data is damaged" in damaged.stderr,
       "a damaged file is complained about once", damaged.stderr)
    ok(found[len(before):] == rest and len(before) > 1000 and before == ["r%d" % i for i in range(len(before))],
       "what came before the damage is told, and the next file", len(before))
    open(at("nothing"), "wb").close()
    ok(b"nothing: the file is empty" in run(at("box"), at("nothing")).stderr, "an empty file behind a large one is named")
    ok(b"standard input: the input is empty" in run("-", stdin=b"").stderr, "empty input is told")

    # ---- being stopped ----
    for jobs in "1", "3":
        process = started("--jobs", jobs, at("box"), at("other"))
        select.select([process.stdout], [], [], 30)
        time.sleep(1)  # the pipe is full: it waits for us, with most of the mailbox not read
        process.send_signal(signal.SIGINT)
        output, complaints = process.communicate(timeout=60)
        complaints, code = complaints.decode(), process.returncode
        found = recipients(output)
        ok(code == -signal.SIGINT and 0 < len(found) < MAILS and found == ["r%d" % i for i in range(len(found))],
           "%s threads: stopped, it reads no further, and tells all that was read" % jobs, code, len(found))
        ok(complaints.count("\n") == 1 and "stopped by a signal" in complaints, "and says so once", complaints)
    for what, given in ("before anything came", b""), ("in the middle of a mail", b"From: li.na@example.com\nSubject: ha"):
        process = started("-")
        os.write(process.stdin.fileno(), given)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)  # its input stays open: nothing but the signal ends it
        except subprocess.TimeoutExpired:
            process.kill()
        output, complaints = process.communicate()
        ok(process.returncode == -signal.SIGINT and complaints.decode().count("\n") == 1 and b"stopped by a signal" in complaints,
           "stopped %s: that is all it says" % what, process.returncode, complaints)
done()
