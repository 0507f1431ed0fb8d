#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""kill -9 under load: each message that was acknowledged is in the store exactly once, none half.

usage: kill_test.py [KILLS]      8 without it
       kill_test.py --traced     fsync in front of each acknowledgement, seen by strace
"""
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ok, skip_all
from world import SLOW, Server, json_of, mail, until
from world import done

CLIENTS = 6
RECIPIENTS = 3  # reports of a message: half of it would show


def message(n):
    """A bounce of three recipients, another one for each n."""
    text = mail(n, "one%d@kill.example.org" % n).decode()
    block = re.search(r"Final-Recipient:.*?\n\n", text, re.S).group(0)
    more = "".join(block.replace("one%d@" % n, "%s%d@" % (word, n)) for word in ["two", "three"])
    return text.replace(block, block + more).encode()


class Load:
    """Clients that hand in one message after the other, and remember which were acknowledged."""

    def __init__(self, server, first):
        self.server, self.next, self.sent, self.good = server, first, set(), set()
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.odd = []
        self.threads = [threading.Thread(target=self.run) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        connection = None
        while not self.stop.is_set():
            with self.lock:
                n = self.next
                self.next += 1
                self.sent.add(n)
            try:
                connection = connection or self.server.connection(timeout=30 * SLOW)
                answer = self.server.ask("POST", "/v1/analyse?store=true", message(n), connection=connection, check=False)
            except Exception:  # noqa: the server has gone
                if connection:
                    connection.close()
                connection = None
                time.sleep(0.02)
                continue
            with self.lock:
                if answer.status == 200 and json_of(answer)["stored"]["reports"] == RECIPIENTS:
                    self.good.add(n)
                elif answer.status != 500:  # its worker was killed
                    self.odd.append((n, answer.status, answer.body[:200]))
        if connection:
            connection.close()

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def state(server):
    """What is in the store: reports by the number of their message, mails, and what the database says of itself."""
    counts = {}
    for (address,) in server.rows("SELECT a.address FROM reports JOIN addresses a ON a.id = reports.address WHERE a.address LIKE '%@kill.example.org'"):
        n = int(re.sub(r"\D", "", address.split("@")[0]))
        counts.setdefault(n, []).append(address)
    mails = server.number("SELECT count(*) FROM mails")
    lone = server.number("SELECT count(*) FROM reports WHERE mail IS NULL OR mail NOT IN (SELECT id FROM mails)")
    sound = "ok" if server.is_postgres else server.rows("PRAGMA integrity_check")[0][0]
    return counts, mails, lone, sound


def test_kills(kills, seed):
    random.seed(seed)
    sent, good, lost, half, twice, odd = set(), set(), [], [], [], []
    first = 0
    parents = workers = 0
    with Server() as server:
        server.token()
        for round_ in range(kills):
            load = Load(server, first)
            time.sleep(random.uniform(0.05, 0.6))
            if round_ % 3 == 2:  # a worker; the parent goes on
                for pid in random.sample(server.workers(), 1):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                workers += 1
                time.sleep(random.uniform(0, 0.3))
            else:
                server.kill()
                parents += 1
            load.end()
            first = load.next
            sent |= load.sent
            good |= load.good
            odd += load.odd
            if server.process.poll() is not None:
                server.start()  # on the same port; opens the store and its log
                if server.ask("GET", "/readyz", token=None).status != 200:
                    odd.append(("not ready", round_))
            counts, mails, lone, sound = state(server)
            lost += sorted(good - set(counts))
            half += [n for n, rows in counts.items() if len(rows) < RECIPIENTS]
            twice += [n for n, rows in counts.items() if len(rows) > RECIPIENTS]
            if lone or sound != "ok" or mails != len(counts):
                odd.append((round_, mails, len(counts), lone, sound))
            if lost or half or twice:
                break
        ok(len(good) > 20 * kills, "%d kills (%d of the parent, %d of workers; seed %d): %d messages handed in, %d acknowledged" % (kills, parents, workers, seed, len(sent), len(good)))
        ok(not lost, "each acknowledged message is there", lost[:20])
        ok(not twice, "exactly once", twice[:20])
        ok(not half, "none is half written (%d reports each)" % RECIPIENTS, half[:20])
        ok(not odd, "the store is sound after each, and every mail has its reports", odd[:5])
        # what was not acknowledged is handed in once more, as a client would
        for n in sorted(sent)[-300:]:
            server.ask("POST", "/v1/analyse?store=true", message(n))
        counts, mails, lone, sound = state(server)
        ok(all(len(counts[n]) == RECIPIENTS for n in sorted(sent)[-300:]) and all(len(r) == RECIPIENTS for r in counts.values()), "handed in again, the others are there once, too")
        total = sum(len(rows) for rows in counts.values())
        statistics = json_of(server.ask("GET", "/v1/statistics?by=kind&from=1772323200&to=1772582400"))
        ok(sum(s["total"] for s in statistics["series"]) == total, "the statistics count each once", statistics["series"], total)
        ok(server.stop() == 0, "and it ends well")


def test_traced():
    """In the order of the system: a commit's fsync is back before the answer goes out."""
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
        skip_all("strace cannot trace here")
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "trace")
        with Server() as server:
            server.token()
            server.ask("POST", "/v1/analyse?store=true", message(1))
            tracer = subprocess.Popen(["strace", "-f", "-ttt", "-y", "-s", "200", "-e", "trace=fsync,fdatasync,pwrite64,write,sendto,sendmsg,send,writev,sync_file_range", "-o", trace, "-p", str(server.pid)], stderr=subprocess.PIPE)
            until(lambda: os.path.exists(trace), 5)
            time.sleep(1)
            n = 60
            for i in range(n):
                answer = server.ask("POST", "/v1/analyse?store=true", message(100 + i))
                if answer.status != 200 or json_of(answer)["stored"]["reports"] != RECIPIENTS:
                    ok(False, "message %d is stored" % i, answer)
            tracer.terminate()
            tracer.wait()
            wal = 0
            synced = dirty = False
            answers, early = 0, []
            pending = {}
            for line in open(trace, errors="replace"):
                who, rest = line.split(None, 1)
                when = rest.split(None, 1)[1] if " " in rest else rest
                if "resumed>" in when and pending.get(who):
                    call = pending.pop(who)
                elif "unfinished" in when:
                    pending[who] = when
                    call = when if "fsync" not in when and "fdatasync" not in when else ""
                else:
                    call = when
                if re.match(r"(pwrite64|write)\(\d+<[^>]*store\.db(-wal)?>", call):
                    wal += 1
                    dirty, synced = True, False
                elif re.match(r"f(data)?sync\(\d+<[^>]*store\.db(-wal)?>", call):
                    if " = 0" in when:
                        dirty, synced = False, True
                elif '"HTTP/1.1 200' in call or "stored" in call and "HTTP/1.1" in call:
                    answers += 1
                    if dirty or not synced:
                        early.append(line[:160])
                    synced = False
        ok(answers >= n and wal >= n, "%d answers and %d writes into the store were seen" % (answers, wal))
        ok(not early, "in front of each acknowledgement stands an fsync of all that was written", *early[:5])


if "--traced" in sys.argv:
    test_traced()
else:
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    test_kills(numbers[0] if numbers else 8, numbers[1] if len(numbers) > 1 else random.SystemRandom().randrange(1 << 30))
done()
