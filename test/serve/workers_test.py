#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Workers from outside: what they hold, and what becomes of the message and of others when one dies or hangs."""
import contextlib
import glob
import os
import resource
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ROOT, ok
from world import SAMPLE, SLOW, Server, done, is_problem, json_of, mail, until

def status_of(pid):
    return dict(line.split(":\t", 1) for line in open("/proc/%d/status" % pid).read().splitlines() if ":\t" in line)


def holds(server):
    for pid in server.workers():
        # It locks itself in when it has opened the catalogue; what is asked before waits for that.
        until(lambda: status_of(pid)["Seccomp"] == "2")
        status = status_of(pid)
        ok(status["Seccomp"] == "2" and status["NoNewPrivs"] == "1", "a worker has its calls filtered and gains no rights", status.get("Seccomp"))
        files = {name: os.readlink("/proc/%d/fd/%s" % (pid, name)) for name in os.listdir("/proc/%d/fd" % pid)}
        ok(files.get("0") == "/dev/null" and files.get("1") == "/dev/null" and files.get("3", "").startswith("socket:") and set(files) == {"0", "1", "2", "3"},
           "it has its socket and standard error open, nothing else", files)
        limits = {line[:25].strip(): line[25:].split() for line in open("/proc/%d/limits" % pid)}
        ok(limits["Max core file size"][0] == "0" and limits["Max file size"][0] == "0" and int(limits["Max address space"][0]) <= 1 << 30, "no core, no file, 1 GiB at most", limits)
        shared = [l for l in open("/proc/%d/maps" % pid) if "store.db" in l]
        ok(not shared, "nothing of the store is in its memory")


def restarts(server):
    lines = server.ask("GET", "/metrics").body.decode().splitlines()
    return int([l for l in lines if l.startswith("whybounce_worker_restarts_total ")][0].split()[1])


def reasons(server):
    folder = os.path.join(server.state, "quarantine")
    return {name[:-7]: open(os.path.join(folder, name)).read() for name in (os.listdir(folder) if os.path.isdir(folder) else []) if name.endswith(".reason")}


def ask_in_thread(server, path, body, out):
    def run():
        try:
            out.append(server.ask("POST", path, body))
        except OSError as error:
            out.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def all_wanted(server):
    """So many calls at once that every worker is asked: one that died idle is noticed then. The statuses."""
    results = []
    for thread in [ask_in_thread(server, "/v1/analyse", mail(600 + i) * 50, results) for i in range(12)]:
        thread.join()
    return [a.status for a in results]


def back_to_two(server):
    """A worker is started when all others are busy: on a slow machine one may do for many mails."""
    return until(lambda: all_wanted(server) == [200] * 12 and len(server.workers()) == 2, 20)


def test_idle_killed(server):
    """Killed while it does nothing: the next message finds that out and is not lost to it."""
    before = server.workers()
    os.kill(before[0], signal.SIGKILL)
    time.sleep(0.2)
    answers = [server.ask("POST", "/v1/analyse?store=true", mail(100 + i)) for i in range(6)]
    ok([a.status for a in answers] == [200] * 6, "a worker that died while idle costs no message: another one reads it", [a.status for a in answers])
    ok(until(lambda: len(server.workers()) == len(before) and before[0] not in server.workers(), 5), "a new one is in its place", before, server.workers())
    ok(restarts(server) == 1 and not reasons(server), "and counted")


def killed_with(server, body):
    """The answer to a message whose worker is killed; stopped before, so that it surely has it."""
    out = []
    before = server.workers()
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    thread = ask_in_thread(server, "/v1/analyse?store=true", body, out)
    time.sleep(0.5)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    thread.join()
    return out[0]


def test_busy_killed(server):
    """Killed with a message in hand."""
    long = mail(500) * 2
    known = set(reasons(server))
    kept = server.number("SELECT count(*) FROM reports")
    answer = killed_with(server, long)
    ok(is_problem(answer, 500), "a worker killed at work: 500 with a sentence", answer)
    new = set(reasons(server)) - known
    ok(len(new) == 1 and "died" in reasons(server)[list(new)[0]], "its message is in quarantine, with the reason", reasons(server))
    name = list(new)[0] + ".eml"
    path = os.path.join(server.state, "quarantine", name)
    ok(open(path, "rb").read() == long and os.stat(path).st_mode & 0o077 == 0, "byte for byte, and only its owner may read it")
    ok(server.number("SELECT count(*) FROM reports") == kept, "nothing of it was stored")
    ok(back_to_two(server), "others go on, with as many workers as before", server.workers())


def test_quarantine_full(server):
    folder = os.path.join(server.state, "quarantine")
    made = [os.path.join(folder, "made%d.eml" % i) for i in range(1000 - len(reasons(server)))]
    for path in made:
        open(path, "wb").close()
    answer = killed_with(server, mail(501) * 2)
    ok(is_problem(answer, 500) and len([n for n in os.listdir(folder) if n.endswith(".eml")]) == 1000, "quarantine holds 1,000 messages and no more", answer)
    ok("not been kept" in json_of(answer)["detail"] and "quarantine is full" in server.complaints(), "who hands in one more is told that it is not kept", answer)
    for path in made:
        os.unlink(path)
    ok(back_to_two(server), "and the service goes on", server.workers())


def test_no_worker(server):
    """No new worker can be started, for there are no more files to be had: that is no fault of the mail."""
    known, most = set(reasons(server)), resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    with contextlib.closing(server.connection()) as connection:
        server.ask("GET", "/healthz", connection=connection)
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (4, most[1]))
        answers = [server.ask("POST", "/v1/analyse", mail(510 + i), connection=connection) for i in range(3)]
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, most)
        ok(all(is_problem(a, 503) and a.headers["Retry-After"] for a in answers) and set(reasons(server)) == known, "no worker can be started: 503, and nothing goes into quarantine", answers)
        ok(server.ask("POST", "/v1/analyse", mail(520), connection=connection).status == 200, "as soon as one can be, it is")
    ok(back_to_two(server), "and then there are as many as before", server.workers())


def test_stopped(server):
    """A worker that hangs (stopped): its message is given up in time, others go on meanwhile."""
    known = set(reasons(server))
    pids = server.workers()
    os.kill(pids[0], signal.SIGSTOP)
    out, threads, slow = [], [], []
    began = time.monotonic()
    while not slow and time.monotonic() - began < 20 * SLOW:  # until one is with the worker that hangs
        result = []
        thread = ask_in_thread(server, "/v1/analyse?store=true", mail(7000 + len(threads)), result)
        threads.append((thread, result))
        thread.join(0.5)
        slow = [t for t, r in threads if not r]
    began = time.monotonic()
    times = []
    for i in range(30):
        one = time.monotonic()
        answer = server.ask("POST", "/v1/analyse?store=true", mail(7100 + i))
        times.append(time.monotonic() - one)
        out.append(answer.status)
    ok(out == [200] * 30 and sorted(times)[-2] < 2 * SLOW, "while one hangs others are answered, at most %.2f s" % max(times), out)
    for thread, _ in threads:
        thread.join()
    took = time.monotonic() - began
    lost = [r[0] for _, r in threads if r and r[0].status != 200]
    ok(len(lost) == 1 and is_problem(lost[0], 500), "its own message is given up after %.1f s: 500" % took, lost)
    new = set(reasons(server)) - known
    ok(len(new) == 1 and "in time" in reasons(server)[list(new)[0]], "and in quarantine: it did not answer in time", reasons(server))
    ok(until(lambda: pids[0] not in server.workers() and len(server.workers()) == 2, 20), "the one that hung is gone, a new one is there")


def test_all_stopped(server):
    for pid in server.workers():
        os.kill(pid, signal.SIGSTOP)
    results = []
    threads = [ask_in_thread(server, "/v1/analyse", mail(8000 + i), results) for i in range(2)]
    time.sleep(0.5)
    began = time.monotonic()
    answers = [server.ask("GET", "/v1/events?limit=5").status for _ in range(10)] + [server.ask("GET", "/healthz", token=None).status]
    ok(answers == [200] * 11 and time.monotonic() - began < 5 * SLOW, "all workers hang: what needs none is answered, %.2f s" % (time.monotonic() - began), answers)
    for thread in threads:
        thread.join()
    ok(until(lambda: server.ask("POST", "/v1/analyse", SAMPLE).status == 200, 15), "and soon mails are, too")


def test_storm(server):
    """Workers killed all the time while mails come: every answer belongs to its question."""
    stop, wrong, counts = threading.Event(), [], {200: 0, 500: 0, 503: 0}
    lock = threading.Lock()

    def load(n):
        with contextlib.closing(server.connection()) as connection:
            i = 0
            while not stop.is_set():
                address = "storm%d-%d@example.org" % (n, i)
                answer = server.ask("POST", "/v1/analyse", mail(i, address), connection=connection)
                i += 1
                with lock:
                    counts[answer.status] += 1
                    if answer.status == 200 and [r["recipient"] for r in json_of(answer)["reports"]] != [address]:
                        wrong.append((address, answer.body[:300]))

    threads = [threading.Thread(target=load, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    kills = 0

    def storm_over():
        return kills > 30 and counts[200] > 50

    began = time.monotonic()
    while time.monotonic() < began + 6 or not storm_over() and time.monotonic() < began + 60 * SLOW:
        for pid in server.workers()[:1 + kills % 2]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills += 1
        if kills % 7 == 0:
            server.process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
    stop.set()
    for t in threads:
        t.join()
    ok(not wrong and storm_over(), "%d workers killed under load: %s, each answer to its own question" % (kills, counts), wrong[:3])
    ok(back_to_two(server), "two workers afterwards, none left behind", server.workers())


def test_memory(server):
    """A worker that has filled its 1 GiB ends itself; here: that the bound is there while it works."""
    body = b"Subject: x\r\n\r\n" + b"<a@b.c>: 550 no\r\n" * 400000
    answer = server.ask("POST", "/v1/analyse?form=words&annotate=true", body[:8 << 20])
    ok(answer.status in (200, 500), "a mail of a single line 400,000 times: %d" % answer.status)
    sizes = [int(status_of(pid)["VmPeak"].split()[0]) >> 10 for pid in server.workers()]
    ok(max(sizes) <= 1024, "no worker has had more than its 1 GiB (%s MiB)" % sizes)


def test_all_mails(server):
    """Every mail of the tests is read within the cage: no system call is missing."""
    n, bad = 0, []
    with contextlib.closing(server.connection()) as connection:
        for path in sorted(glob.glob(os.path.join(ROOT, "test", "mail", "*"))) + sorted(glob.glob(os.path.join(ROOT, "test", "replies", "*"))):
            body = open(path, "rb").read() if os.path.isfile(path) else b""
            for query in ["?form=words&annotate=true&lang=zh", "?store=true"] if body else []:
                answer = server.ask("POST", "/v1/analyse" + query, body, connection=connection)
                n += 1
                if answer.status != 200:
                    bad.append("%s: %d" % (path, answer.status))
    ok(n > 300 and not bad, "%d readings of the mails of the tests, no worker died" % n, *bad[:10])


with Server(workers=2) as server:
    holds(server)
    test_all_mails(server)
    ok(restarts(server) == 0 and not reasons(server), "no worker was replaced so far")
    test_idle_killed(server)
    test_busy_killed(server)
    test_quarantine_full(server)
    test_no_worker(server)
    test_stopped(server)
    test_all_stopped(server)
    test_memory(server)
    test_storm(server)
    ok(server.stop() == 0 and not server.workers(), "at the end no worker is left")
with Server(workers=2) as server:
    pids = server.workers()
    server.kill()
    ok(until(lambda: not any(os.path.exists("/proc/%d" % p) for p in pids), 5), "the parent killed: its workers are gone, too")
done()
