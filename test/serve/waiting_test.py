#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Many wait for the disk: nobody is acknowledged before his time, and nobody else waits with them."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ok
from world import SLOW, Server, done, is_problem, json_of, mail, until

MANY = 40


@contextlib.contextmanager
def held(server):
    """Another process writes into the store, and takes its time."""
    db = sqlite3.connect(os.path.join(server.state, "store.db"), isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


class Crowd:
    """Clients that each hand in one mail at the same time."""

    def __init__(self, server, name, count=MANY):
        self.server, self.name, self.answers = server, name, {}
        self.connections = [server.connection(60 * SLOW) for _ in range(count)]
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, i):
        with contextlib.suppress(OSError):
            text = mail(i, "%s%d@wait.example.org" % (self.name, i))
            self.answers[i] = self.server.ask("POST", "/v1/analyse?store=true", text, connection=self.connections[i], check=False)
        self.connections[i].close()

    def end(self):
        for thread in self.threads:
            thread.join()

    def good(self):
        return [i for i, a in self.answers.items() if a.status == 200 and json_of(a)["stored"] == {"reports": 1, "duplicates": 0}]


def waiting(server):
    text = server.ask("GET", "/metrics").body.decode()
    return int([line for line in text.splitlines() if line.startswith("whybounce_waiting ")][0].split()[1])


def kept(server, name):
    with contextlib.closing(server.store()) as db:
        return sorted(a for (a,) in db.execute("SELECT a.address FROM reports r JOIN addresses a ON a.id = r.address WHERE a.address LIKE ?", (name + "%@wait.example.org",)))


def names(name, numbers):
    return sorted("%s%d@wait.example.org" % (name, i) for i in numbers)


def test_held(server):
    with held(server):
        crowd = Crowd(server, "held")
        ok(until(lambda: waiting(server) >= MANY), "%d wait for the writer at the same time" % MANY, waiting(server))
        begun = time.monotonic()
        for n in range(20):
            others = [server.ask("POST", "/v1/analyse", mail(n)), server.ask("GET", "/v1/events?limit=5")]
        took = time.monotonic() - begun
        ok(all(a.status == 200 for a in others) and took < 5 * SLOW, "others are answered meanwhile", took, others)
        ok(not crowd.answers, "none is acknowledged before it is in the store", crowd.answers)
    crowd.end()
    ok(len(crowd.good()) == MANY, "then all are", crowd.answers)
    ok(kept(server, "held") == names("held", range(MANY)), "and each is there once")


def test_each(server):
    """Those whose mails share a commit are told each of his own."""
    Crowd(server, "each", MANY // 2).end()
    with held(server):
        crowd = Crowd(server, "each")
        until(lambda: waiting(server) >= MANY)
    crowd.end()
    said = [json_of(crowd.answers[i])["stored"] for i in range(MANY)]
    ok(said == [{"reports": int(i >= MANY // 2), "duplicates": int(i < MANY // 2)} for i in range(MANY)], "of many at once each is told whether his own is new", said)


def test_gone(server):
    """Some do not wait for their answer."""
    with held(server):
        crowd = Crowd(server, "gone")
        until(lambda: waiting(server) >= MANY)
        for connection in crowd.connections[:MANY // 2]:
            connection.sock.shutdown(2)
    crowd.end()
    stay = list(range(MANY // 2, MANY))
    ok(sorted(crowd.good()) == stay, "who stays has his answer when others hang up", crowd.answers)
    there = kept(server, "gone")
    ok(set(names("gone", stay)) <= set(there) and len(there) == len(set(there)), "and is stored, once")
    ok(until(lambda: waiting(server) == 0) and server.ask("GET", "/readyz", token=None).status == 200, "and the server goes on")


def test_refused(server):
    """Nobody waits longer than for one who holds the store, however many they are."""
    with held(server):
        begun = time.monotonic()
        crowd = Crowd(server, "refused", 12)
        crowd.end()
        took = time.monotonic() - begun
    ok(all(is_problem(a, 503) for a in crowd.answers.values()) and len(crowd.answers) == 12, "held for too long: each is refused", crowd.answers)
    ok(took < 50 * SLOW, "all within the time of one or two", took)
    ok(not kept(server, "refused"), "and none is there")


def test_beside(server):
    """One who brings in very much lets others in between."""
    path = os.path.join(server.folder, "many.mbox")
    with open(path, "wb") as file:
        for n in range(40000):
            file.write(b"From MAILER-DAEMON Mon Mar  2 09:40:00 2026\n" + mail(n, "many%d@wait.example.org" % n) + b"\n")
    ingest = subprocess.Popen([server.program, "ingest", "--config", server.config, path], stdout=subprocess.PIPE)
    until(lambda: len(kept(server, "many")) > 0)
    answers = []
    while ingest.poll() is None and len(answers) < 3:
        answer = server.ask("POST", "/v1/analyse?store=true", mail(50000 + len(answers), "beside%d@wait.example.org" % len(answers)))
        answers.append((answer.status, ingest.poll()))
    ok(answers and answers[0] == (200, None), "beside an ingest the server stores, and not only at its end", answers)
    said = ingest.communicate()[0].decode()
    ok(ingest.returncode == 0 and said.startswith("40000 messages read: 40000 new"), "which loses nothing by it", said)
    ok(len(kept(server, "many")) == 40000 and len(kept(server, "beside")) == len(answers), "all is there")


def test_end(server):
    with held(server):
        crowd = Crowd(server, "end")
        until(lambda: waiting(server) >= MANY)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        ok(server.process.poll() is None, "SIGTERM: those who wait are waited for")
    crowd.end()
    ok(len(crowd.good()) == MANY, "they have their answers", crowd.answers)
    ok(server.stop() == 0, "then it ends well")
    ok(kept(server, "end") == names("end", range(MANY)), "and all is there")


with Server() as service:
    service.token("analyse,read,write,admin")  # made while nobody holds the store
    test_held(service)
    test_each(service)
    test_gone(service)
    test_refused(service)
    test_beside(service)
    test_end(service)
done()
