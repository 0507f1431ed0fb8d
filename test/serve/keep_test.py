#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Keeping house while the service runs: reclassify, forget, prune, backup."""
import os
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import PROGRAM, ROOT, ok
from world import Server, done, json_of, mail, quote, until

UNKNOWN = "550 5.7.1 ACME Gate: no visitor, ticket 48213"
RULE = """phrases:
  - id: acme
    match: 'acme gate: no visitor, ticket \\d{1,13}'
    examples: ['550 5.7.1 ACME Gate: no visitor, ticket 48213']
    source: own
"""
# what nobody has read otherwise: a rule that takes a mailbox that is full for one that is gone
GONE = """phrases:
  - id: acme-full
    match: 'acme: no room left for <@> in house \\d{1,13}'
    over: [mailbox-full]
    examples: ['550 5.2.2 ACME: no room left for <a@example.org> in house 7']
    source: own
"""
FULL = "550 5.2.2 ACME: no room left for <full@example.org> in house 7"


def knowledge(server):
    """A catalogue with two rules more than what is built in."""
    for cause, text in [("recipient-restricted", RULE), ("user-unknown", GONE)]:
        path = os.path.join(server.folder, "rules", "causes", cause + ".yaml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    out = os.path.join(server.folder, "new.wbc")
    ran = subprocess.run([PROGRAM, "knowledge", "build", "--base", os.path.join(ROOT, "knowledge"), "--output", out, os.path.join(server.folder, "rules")], capture_output=True)
    ok(ran.returncode == 0, "a catalogue with rules that are new", ran)
    return out


def event(server, address):
    found = json_of(server.ask("GET", "/v1/events?address=" + quote(address)))["events"]
    return json_of(server.ask("GET", "/v1/events/" + found[0]["report_id"]))["report"] if found else None


def causes(server):
    return {s["name"]: s["total"] for s in json_of(server.ask("GET", "/v1/statistics?by=cause&step=week&from=1772300000&to=1772900000"))["series"]}


def numbers(ran):
    return [int(n) for n in re.findall(rb"\d+", ran.stdout.splitlines()[0])] if ran.stdout else []


def test_reclassify(server):
    box = os.path.join(server.folder, "box.mbox")
    with open(box, "wb") as file:
        for i in range(120):
            text = {0: FULL}.get(i, UNKNOWN if i % 3 == 0 else "550 5.1.1 User unknown")
            file.write(b"From x@y.z Mon Mar  2 01:40:31 2026\n" + mail(i, "full@example.org" if i == 0 else "r%d@example.org" % i, text) + b"\n")
    server.command("ingest", box)
    server.ask("POST", "/v1/reply?store=true", UNKNOWN)
    server.ask("POST", "/v1/analyse?store=true", mail(500, "api@example.org", UNKNOWN))
    ran = server.command("reclassify")
    ok(ran.returncode == 0 and numbers(ran) == [121, 121, 0] and len(ran.stdout.splitlines()) == 1, "with the same catalogue nothing changes", ran)
    before, old = causes(server), event(server, "r3@example.org")
    server.env["WHYBOUNCE_CATALOGUE"] = knowledge(server)
    ran = server.command("reclassify")
    lines = ran.stdout.decode().splitlines()
    ok(ran.returncode == 0 and numbers(ran) == [121, 121, 41], "with new rules: 40 that were unknown and one that was full", ran)
    # "unknown" in these comes from 5.7.1, which says only "refused"
    ok(re.fullmatch(r" *40  %s → recipient-restricted.*  \([0-9a-f]{32}\)" % re.escape(old["cause"]), lines[1]) and re.fullmatch(r" *1  mailbox-full → user-unknown; .*\([0-9a-f]{32}\)", lines[2]), "each change with its count and an example, the most frequent first", lines)
    ok("--apply" in lines[-1] and causes(server) == before and event(server, "r3@example.org") == old, "and nothing has been changed", lines[-1])
    sample = re.search(r"\(([0-9a-f]{32})\)", lines[2]).group(1)
    ok(json_of(server.ask("GET", "/v1/events/" + sample))["report"]["recipient"] == "full@example.org", "the example is one of them")
    state = json_of(server.ask("GET", "/v1/addresses/full@example.org"))
    ran = server.command("reclassify", "--apply")
    ok(ran.returncode == 0 and b"41" in ran.stdout.splitlines()[0] and b"41 " in ran.stdout.splitlines()[-1], "--apply: shown, then done", ran)
    new = event(server, "r3@example.org")
    ok(new["cause"] == "recipient-restricted" and new["evidence"]["rule"] == "recipient-restricted/acme" and (new["source"], new["index"], new["report_id"]) == (old["source"], old["index"], old["report_id"]) and old["source"].endswith("box.mbox") and old["index"] == 3,
       "the report is another one, of the same mail in the same place", new["source"], new["index"])
    after = causes(server)
    ok(after["recipient-restricted"] == 40 + before.get("recipient-restricted", 0) and sum(after.values()) == sum(before.values()) and after["user-unknown"] == before["user-unknown"] + 1, "the counts follow", before, after)
    ok(json_of(server.ask("GET", "/v1/addresses/full@example.org"))["state"] == state["state"], "what was decided of an address stays")
    reply = [e for e in json_of(server.ask("GET", "/v1/events?q=visitor&limit=500"))["events"] if e["cause"] != "recipient-restricted"]
    ok(len(reply) == 1 and reply[0]["recipient"] is None, "a reply, of which there is no mail, stays as it was", reply)
    ran = server.command("reclassify", "--apply")
    ok(numbers(ran) == [121, 121, 0], "again: nothing to do", ran)
    ran = server.command("reclassify", "--lang", "zh")
    ok("121 封邮件" in ran.stdout.decode(), "in Chinese", ran)
    server.env["WHYBOUNCE_CATALOGUE"] = os.path.join(server.folder, "none.wbc")
    ran = server.command("reclassify")
    ok(ran.returncode == 1 and not ran.stdout and b"none.wbc" in ran.stderr, "without a catalogue: status 1", ran)
    del server.env["WHYBOUNCE_CATALOGUE"]


def test_forget(server):
    ok(event(server, "r5@example.org") is not None, "there is something about an address")
    server.ask("POST", "/v1/suppressions", {"address": "r5@example.org", "reason": "by hand"})
    ran = server.command("forget", "R5@Example.org", "nobody@example.org")
    ok(ran.returncode == 0 and re.search(rb"R5@Example.org: forgotten, [1-9]\d* rows", ran.stdout) and b"nobody@example.org: nothing was kept" in ran.stdout, "it is forgotten, in any case of its letters", ran)
    ok(event(server, "r5@example.org") is None and server.ask("GET", "/v1/addresses/r5@example.org").status == 404, "its reports and its state are gone")
    ok(event(server, "r4@example.org") is not None, "those of others are not")
    for arguments, status in [([], 2), ([""], 1)]:
        ran = server.command("forget", *arguments)
        ok(ran.returncode == status and not ran.stdout, "forget %s: status %d" % (arguments, status), ran)
    ran = server.command("forget", "\x1b[31mred@example.org")
    ok(b"\x1b" not in ran.stdout, "what it says has nothing that acts on a terminal", ran)


def test_prune(server):
    kept = len(json_of(server.ask("GET", "/v1/events?limit=500"))["events"])
    server.ask("POST", "/v1/reply?store=true", "552 5.2.2 new and full")
    ran = server.command("prune", "--dry-run")
    ok(ran.returncode == 0 and numbers(ran) == [0, 90, 0, 730], "within the time that is set nothing is too old", ran)
    server.configure(**{**server.settings, "raw-days": 20, "days": 30})
    ran = server.command("prune", "--dry-run")
    old = numbers(ran)
    ok(ran.returncode == 0 and old[0] == 0 and old[1:] == [20, 120, 30] and kept == 121, "a shorter time: the reports of March would go", ran)
    ok(len(json_of(server.ask("GET", "/v1/events?limit=500"))["events"]) == kept + 1, "nothing has gone")
    ran = server.command("prune")
    ok(ran.returncode == 0 and numbers(ran) == old, "without --dry-run they go", ran)
    left = json_of(server.ask("GET", "/v1/events?limit=500"))["events"]
    ok(len(left) == 2 and all(e["recipient"] is None for e in left), "what is young stays", left)
    ok(numbers(server.command("prune", "--dry-run"))[2] == 0, "and then nothing is too old")
    for arguments in [["x"], ["--days", "3"], ["--dry-run", "x"]]:
        ran = server.command("prune", *arguments)
        ok(ran.returncode == 2 and not ran.stdout, "prune %s: status 2" % arguments, ran)


def test_hour():
    """The service itself does it each hour, by a timer: its signal comes earlier here."""
    with Server(days=30) as server:
        server.ask("POST", "/v1/analyse?store=true", mail(900, "old@example.org"))
        server.ask("POST", "/v1/reply?store=true", "552 5.2.2 new and full")
        left = lambda: [e["recipient"] for e in json_of(server.ask("GET", "/v1/events"))["events"]]
        ok(len(left()) == 2, "a report of March and one of today", left())
        server.process.send_signal(signal.SIGHUP)
        server.process.send_signal(signal.SIGALRM)
        ok(until(lambda: left() == [None], 20), "when the hour is over what is too old goes", left())
        ok(server.stop() == 0, "and the service goes on until it is ended", server.complaints())


def test_backup(server):
    """A copy while others write: whole, and no more than what had been acknowledged by its end."""
    ending, acknowledged = threading.Event(), []

    def write():
        connection = server.connection()
        while not ending.is_set():
            server.ask("POST", "/v1/analyse?store=true", mail(10000 + len(acknowledged)), connection=connection)
            acknowledged.append(1)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    path = os.path.join(server.folder, "copy.db")
    while len(acknowledged) < 50:
        pass
    least = len(acknowledged)
    ran = server.command("backup", path)
    most = len(acknowledged) + 1
    ending.set()
    writer.join()
    if server.is_postgres:
        ok(ran.returncode == 1 and b"pg_dump" in ran.stderr and not os.path.exists(path), "of PostgreSQL: it says how", ran)
        return
    ok(ran.returncode == 0 and os.stat(path).st_mode & 0o777 == 0o600 and numbers(ran)[0] == os.stat(path).st_size, "a copy, for its owner alone", ran)
    ran = server.command("backup", path)
    ok(ran.returncode == 1 and not ran.stdout, "a file that is there is not written over", ran)
    ran = server.command("backup", os.path.join(server.folder, "none", "copy.db"))
    ok(ran.returncode == 1 and not ran.stdout, "no such folder: status 1", ran)
    ok(server.command("backup").returncode == 2 and server.command("backup", path, path).returncode == 2, "backup without a file, or with two: status 2")
    copy = os.path.join(server.folder, "copied")
    os.makedirs(copy)
    os.rename(path, os.path.join(copy, "store.db"))
    with Server(state=copy) as second:
        n = json_of(second.ask("GET", "/v1/overview"))["reports"]
        there = sum(second.ask("GET", "/v1/events?address=" + quote("user%d@d%d.example.org" % (i, i % 7))).body.count(b"report_id") for i in range(10000, 10000 + least))
        ok(there == least and n <= most + 1000 and second.store().execute("PRAGMA integrity_check").fetchone() == ("ok",), "the copy has all that was acknowledged before it was begun: %d reports" % there, n, most)


with Server() as server:
    test_reclassify(server)
    test_forget(server)
    test_prune(server)
    test_backup(server)
    ok(server.stop() == 0, "it ends with status 0", server.complaints()[-300:])
test_hour()
done()
