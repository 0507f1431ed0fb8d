#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands around the store: ingest, verp with what it proves, suppress, report."""
import csv
import io
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import SAMPLE, Server, done, json_of, mail
from tap import ok

TAGGED = r"bounce\+wang=example\.org-[a-z2-7]{16}@example\.com"


def numbers(ran):
    """Messages read, new reports, known before, addresses that changed."""
    return [int(n) for n in re.findall(rb"\d+", ran.stdout)]


def put(server, name, data):
    path = os.path.join(server.folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return path



def test_ingest(server):
    for i in range(20):
        put(server, "in/%02d.eml" % i, mail(i))
    box = put(server, "box.mbox", b"".join(b"From x@y.z Mon Mar  2 01:40:31 2026\n" + mail(i) + b"\n" for i in range(15, 2500)))
    ran = server.command("ingest", os.path.join(server.folder, "in"), box)
    ok(ran.returncode == 0 and numbers(ran) == [20 + 2485, 2500, 5, 0], "a folder and an mbox, each report once", ran)
    ran = server.command("ingest", box)
    ok(numbers(ran) == [2485, 0, 2485, 0], "the same again changes nothing", ran)
    ran = server.command("ingest", "-", stdin=SAMPLE)
    ok(ran.returncode == 0 and numbers(ran) == [1, 2, 0, 0], "a mail from standard input: two reports", ran)
    ran = server.command("ingest", os.path.join(server.folder, "nowhere"), put(server, "last.eml", mail(4000)))
    ok(ran.returncode == 1 and numbers(ran) == [1, 1, 0, 0] and b"nowhere" in ran.stderr, "what is not there is said, the rest is read", ran)
    small = b"From x@y.z Mon Mar  2 01:40:31 2026\nFrom: MAILER-DAEMON@example.com\nSubject: failure notice\n\n<u%d@small.example.org>: 550 5.1.1 User unknown\n\n"
    ran = server.command("ingest", put(server, "small.mbox", b"".join(small % i for i in range(5000))))
    ok(numbers(ran) == [5000, 5000, 0, 0], "so many small ones that what is read at once is more than a commit", ran)
    rows = server.rows("SELECT count(*), count(DISTINCT report_id) FROM reports")[0]
    ok(rows == ("7503", "7503"), "all of it is in the store", rows)
    ok(server.command("ingest").returncode == 2 and server.command("ingest", "--nothing", "x").returncode == 2, "no path, no such option: status 2")


def test_log(server):
    line = "Mar  2 01:40:31 mail postfix/smtp[1]: 4FD1B%d: to=<log%d@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, dsn=%s, status=%s\n"
    path = put(server, "mail.log", (line % (1, 1, "5.1.1", "bounced (host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown)")
                                    + line % (2, 2, "2.0.0", "sent (250 2.0.0 Ok)") + "no line of a log\n").encode())
    ran = server.command("ingest", "--log", path)
    ok(ran.returncode == 0 and numbers(ran)[:3] == [3, 1, 0], "a log: three lines, one failure", ran)
    ok(numbers(server.command("ingest", "--log", "--format", "postfix", path))[:3] == [3, 0, 1], "again, with the format named: nothing new")
    ok(json_of(server.ask("GET", "/v1/events?address=log1@example.org"))["events"][0]["proven"] == "log", "it is proven by the log")
    waiting = line % (3, 3, "4.4.1", "deferred (connect to mx.example.org[192.0.2.1]:25: Connection timed out)")
    ran = server.command("ingest", "--log", put(server, "waiting.log", (waiting + waiting.replace("01:40", "02:40")).encode()))
    ok(numbers(ran)[:3] == [2, 1, 0], "what still waits is said once", ran)
    ran = server.command("ingest", "--log", "--format", "nothing", path)
    ok(ran.returncode == 1 and b"no such format" in ran.stderr, "a format that there is none of", ran)


def test_verp(server):
    """A tag proves the bounce of the one whom it was made for, and of nobody else."""
    made = server.command("verp", "--from", "bounce@example.com", "wang@example.org", "li@example.org").stdout.decode().split()
    ok(len(made) == 2 and re.fullmatch(TAGGED, made[0]), "an envelope sender with a tag for each recipient", made)
    ok(server.command("verp", "--from", "bounce@example.com", "Wang@Example.ORG").stdout.decode().lower().strip() == made[0], "the same for any case, each time")
    ran = server.command("verp", "--check", made[0].upper(), made[1])
    ok(ran.returncode == 0 and ran.stdout.decode().lower().split() == ["wang@example.org", "li@example.org"], "--check gives the recipient, in any case of the tag", ran)
    local, tag = made[0].split("@")[0][:-16], made[0].split("@")[0][-16:]
    false = [local + tag[:i] + ("a" if tag[i] != "a" else "b") + tag[i + 1:] + "@example.com" for i in (0, 7, 15)]
    false += [made[0].replace("wang", "chen"), made[0].replace("wang=", "wang=="), made[0].replace("+", "-"), local + tag[1:] + "@example.com", local[:-1] + tag, "bounce@example.com", "@", ""]
    for text in false:
        ran = server.command("verp", "--check", text)
        ok(ran.returncode == 1 and not ran.stdout, "not ours: %s" % text, ran)
    ok(server.command("verp", "--check", made[0], false[0]).returncode == 1, "one of two is not ours: status 1")
    for arguments in [["--from", "bounce", "wang@example.org"], ["--from", "bounce@example.com", "no address"], ["--from", "bounce@example.com", "a b@example.org"]]:
        ran = server.command("verp", *arguments)
        ok(ran.returncode == 1 and not ran.stdout, "no tag for %s" % arguments[1:], ran)
    for arguments in [[], ["wang@example.org"], ["--check", "--from", "bounce@example.com", "x@example.org"], ["--from", "bounce@example.com"]]:
        ok(server.command("verp", *arguments).returncode == 2, "verp %s: status 2" % " ".join(arguments))
    key = os.path.join(server.state, "verp.key")
    ok(os.stat(key).st_size == 32 and os.stat(key).st_mode & 0o777 == 0o600 and os.listdir(server.state).count("verp.key") == 1
       and not [n for n in os.listdir(server.state) if n.startswith("verp.key.")], "its key is for its owner alone, and nothing is left beside it")
    return made, false


def bounce_to(sender, n, recipient):
    return mail(n, recipient).replace(b"To: li.na@example.com\n", b"To: <" + sender.encode() + b">\n", 1)


def test_proof(server, made, false):
    cases = [("tag", bounce_to(made[0], 5000, "wang@example.org")),
             (None, bounce_to(made[0], 5001, "other@example.org")),
             (None, bounce_to(false[0], 5002, "tagged-wrong@example.org")),
             (None, mail(5003, "li@example.org")),
             ("message-id", mail(5004, "ids@example.org").replace(b"<5004@example.com>", b"<5004@OUT.example.net>")),
             (None, mail(5005, "near@example.org").replace(b"<5005@example.com>", b"<5005@out.example.net.evil.example>")),
             ("message-id", mail(5006, "exact@example.org").replace(b"<5006@example.com>", b"<one@exact.example>")),
             (None, mail(5007, "inexact@example.org").replace(b"<5007@example.com>", b"<two@exact.example>"))]
    for proven, data in cases:
        recipient = re.search(rb"Final-Recipient: rfc822; (\S+)", data).group(1).decode()
        server.ask("POST", "/v1/analyse?store=true", data)
        found = [e["proven"] for e in json_of(server.ask("GET", "/v1/events?address=" + recipient))["events"]]
        ok(found == [proven], "%s: proven by %s" % (recipient, proven), found)
    ran = server.command("ingest", put(server, "li.eml", bounce_to(made[1], 5010, "Li@Example.org")))
    found = [e["proven"] for e in json_of(server.ask("GET", "/v1/events?address=li@example.org"))["events"]]
    ok(ran.returncode == 0 and sorted(map(str, found)) == ["None", "tag"], "what is read from files is judged as well", found)


def rows_of(ran):
    return list(csv.DictReader(io.StringIO(ran.stdout.decode(), newline="")))


def test_suppress(server):
    proven = {r["address"] for r in rows_of(server.command("suppress", "list"))}
    ok(proven == {"wang@example.org", "li@example.org", "ids@example.org", "exact@example.org", "log1@example.org"}, "suppressed so far: whose bounce is proven", proven)
    ok(server.command("suppress", "add", "--reason", "by phone", "sun@example.org").returncode == 0, "suppressed by hand")
    ran = server.command("suppress", "import", stdin=b'address,reason\nzhao@example.org,"left, in May"\nqian@example.org\nnone\n')
    ok(ran.returncode == 1 and [int(n) for n in re.findall(rb"\d+", ran.stdout)] == [2, 1], "a list is imported; status 1, because a line is no address", ran)
    rows = {r["address"]: r["why"] for r in rows_of(server.command("suppress", "list")) if r["address"] not in proven}
    ok(rows == {"sun@example.org": "by phone", "zhao@example.org": "left, in May", "qian@example.org": "imported"}, "they stand in the list", rows)
    ok(server.command("suppress", "release", "--reason", "is back", "sun@example.org").returncode == 0, "one is released")
    for address in ["sun@example.org", "never-seen@example.org"]:
        ran = server.command("suppress", "release", "--reason", "once more", address)
        ok(ran.returncode == 1 and b"neither suppressed nor paused" in ran.stderr, "%s is not suppressed: said, with status 1" % address, ran)
    ok(server.ask("GET", "/v1/addresses/never-seen@example.org").status == 404, "and is not known because of that")
    left = {r["address"] for r in rows_of(server.command("suppress", "export"))}
    ok(left == proven | {"zhao@example.org", "qian@example.org"}, "and stands there no longer", left)
    one = json_of(server.ask("GET", "/v1/addresses/sun@example.org"))
    ok([(a["after"], a["why"]) for a in one["audit"]] == [("probation", "is back"), ("suppressed", "by phone")] and all(a["who"] for a in one["audit"]), "the audit has both", one["audit"])
    ok(b"\nqian@example.org REJECT" in server.command("suppress", "export", "--format", "postfix").stdout, "as a map of Postfix")
    for arguments, status in [(["add", "x@example.org"], 2), (["add", "--reason", "", "x@example.org"], 2), (["add", "--reason", "x", "no address"], 1), (["add", "--reason", "x", "*@example.org"], 1),
                              (["export", "--format", "xml"], 2), ([], 2), (["list", "x"], 2), (["forget", "x@example.org"], 2)]:
        ran = server.command("suppress", *arguments)
        ok(ran.returncode == status and not ran.stdout, "suppress %s: status %d" % (" ".join(arguments), status), ran)
    ok({r["address"] for r in rows_of(server.command("suppress", "list"))} == left, "and none of that changed anything")


def test_report(server):
    text = server.command("report", "--days", "36500").stdout.decode()
    shown = int(re.match(r"(\d+) bounces\n", text).group(1))
    domains = text.split("By domain\n")[1].splitlines()
    counts = [int(re.search(r" (\d+) +\d+\.\d %", line).group(1)) for line in domains if "%" in line]
    ok(shown > 2500 and counts == sorted(counts, reverse=True) and 0 < sum(counts) <= shown, "bounces, the largest domain first", text)
    first = domains[0]
    ok(first.count("█") == 40 and all(line.count("█") <= 40 for line in domains), "the longest bar is for the largest", first)
    ok(int(re.match(r"(\d+)", server.command("report", "--days", "1").stdout.decode()).group(1)) == 5000, "today came in what has no date")
    listed = len(rows_of(server.command("suppress", "list")))
    ok(re.search(r"^%d addresses suppressed, 0 paused$" % listed, text, re.M) and listed > 5, "how many addresses are suppressed and paused", text)
    ok("停发 %d 个地址，暂停 0 个" % listed in server.command("report", "--lang", "zh").stdout.decode(), "in Chinese")
    unproven = re.search(r"^(\d+) bounces are unproven", text, re.M)
    ok(unproven and int(unproven.group(1)) == server.number("SELECT count(*) FROM reports WHERE kind = 1 AND proof = 0") > 2000, "and how many bounces are unproven", text)
    for arguments in [["--days", "0"], ["--days", "x"], ["x"]]:
        ok(server.command("report", *arguments).returncode == 2, "report %s: status 2" % " ".join(arguments))


with Server(**{"message-ids": "'*@out.example.net, one@exact.example'"}) as server:
    test_ingest(server)
    test_log(server)
    made, false = test_verp(server)
    test_proof(server, made, false)
    test_suppress(server)
    test_report(server)
    ok(server.stop() == 0, "it ends with status 0", server.complaints()[-300:])
done()
