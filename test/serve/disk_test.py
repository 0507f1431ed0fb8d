#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A full disk, a store that may not be written or is locked: a sentence, nothing lost, and well again by itself."""
import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ok, skip_all
from world import SLOW, Server, done, is_problem, json_of, mail, until

FOLDER = tempfile.mkdtemp(prefix="whybounce-disk-")
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", FOLDER], capture_output=True).returncode:
    os.rmdir(FOLDER)
    skip_all("only root may mount a small file system")


def remount(options):
    # an open file that was written to keeps a file system from becoming read-only: only /proc/mounts decides
    return subprocess.run(["mount", "-o", "remount," + options, FOLDER], capture_output=True).returncode == 0


def kept(server):
    with contextlib.closing(server.store()) as db:
        return {a for (a,) in db.execute("SELECT a.address FROM reports r JOIN addresses a ON a.id = r.address")}


def store(server, n):
    return server.ask("POST", "/v1/analyse?store=true", mail(n, "disk%d@example.org" % n) + os.urandom(20000).hex().encode())


def all_there(server, good, what):
    ok(kept(server) == {"disk%d@example.org" % n for n in good}, "%s: exactly what was acknowledged is in the store (%d)" % (what, len(good)), len(kept(server)))


def test_full(server):
    good, n, refused = [], 0, None
    while n < 2000 and not refused:
        answer = store(server, n)
        if answer.status == 200:
            good.append(n)
        else:
            refused = answer
        n += 1
    ok(refused and is_problem(refused, 503) and "full" in json_of(refused)["detail"] and refused.headers["Retry-After"], "a full disk after %d mails: 503 that says so" % len(good), refused)
    more = [store(server, 5000 + i) for i in range(20)]
    good += [5000 + i for i, a in enumerate(more) if a.status == 200]
    ok(all(a.status in (200, 503) for a in more), "and so does each that follows", [a.status for a in more])
    all_there(server, good, "full")
    ok(server.ask("GET", "/v1/events?limit=5").status == 200 and server.ask("POST", "/v1/analyse", mail(1)).status == 200, "reading and analysing go on")
    answer = server.ask("POST", "/v1/suppressions", {"address": "y@example.org", "reason": "x" * 500})
    ok(answer.status == 200 or is_problem(answer, 503), "other changes are done or refused with a sentence", answer)
    # many at once: none of a batch is taken for stored when the batch was not
    results, threads = {}, []
    for i in range(40):
        threads.append(threading.Thread(target=lambda i=i: results.update({6000 + i: store(server, 6000 + i)})))
        threads[-1].start()
    for t in threads:
        t.join()
    good += [i for i, a in results.items() if a.status == 200]
    ok(all(a.status == 200 or is_problem(a, 503) for a in results.values()), "40 at once: 503 or done")
    all_there(server, good, "full, 40 at once")
    remount("size=16m")
    ok(until(lambda: store(server, 7000).status == 200, 10), "there is room again: it works again by itself")
    good.append(7000)
    all_there(server, good, "room again")
    return good


def test_full_restart(server, good):
    filler = os.path.join(FOLDER, "filler")
    with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 65536)
            file.flush()
    server.kill()
    try:
        server.start()
        up = True
    except RuntimeError as error:
        up, why = False, str(error)
    ok(up or "full" in why, "killed, and begun on a full disk: it starts, or says why not", up or why)
    os.unlink(filler)
    if not up:
        server.start()
    answer = store(server, 8000)
    ok(answer.status == 200, "and with room it works", answer)
    all_there(server, good + [8000], "after that")
    return good + [8000]


def test_read_only(server, good):
    server.stop()
    if not remount("ro"):
        ok(False, "the file system becomes read-only")
        return
    try:
        server.start()
        ok(False, "a store that may not be written: it does not start")
    except RuntimeError as error:
        ok("may not be written" in str(error), "a store that may not be written: it says so and does not start", error)
    remount("rw")
    server.start()
    ok(until(lambda: store(server, 9001).status == 200, 10), "writable again: it works")
    all_there(server, good + [9001], "after that")
    return good + [9001]


def test_trigger(server, good):
    """Not to be written while it runs: as a disk that the system has set to read-only after an error."""
    path = os.path.join(server.state, "store.db")
    db = sqlite3.connect(path, timeout=30)
    db.execute("CREATE TRIGGER no_more BEFORE INSERT ON reports BEGIN SELECT RAISE(ABORT, 'no more'); END")
    db.commit()
    answer = store(server, 9100)
    ok(is_problem(answer, 503), "a write that fails in the middle of a batch: 503", answer)
    results, threads = {}, []
    for i in range(10):
        threads.append(threading.Thread(target=lambda i=i: results.update({i: server.ask("POST", "/v1/suppressions", {"address": "s%d@example.org" % i, "reason": "x"}) if i % 2 else store(server, 9200 + i)})))
        threads[-1].start()
    for t in threads:
        t.join()
    ok(all(a.status == (200 if i % 2 else 503) for i, a in results.items()), "who shares a batch with it is not hurt", {i: a.status for i, a in results.items()})
    db.execute("DROP TRIGGER no_more")
    db.commit()
    db.close()
    ok(store(server, 9101).status == 200, "and when it is over it works")
    all_there(server, good + [9101], "after that")
    return good + [9101]


def test_locked(server, good):
    db = sqlite3.connect(os.path.join(server.state, "store.db"), isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    began, out = time.monotonic(), []
    thread = threading.Thread(target=lambda: out.append(store(server, 9500)))
    thread.start()
    time.sleep(1)
    ok(server.ask("GET", "/v1/events?limit=3").status == 200 and server.ask("POST", "/v1/analyse", mail(2)).status == 200, "another process writes for long: reading and analysing go on")
    db.execute("ROLLBACK")
    db.close()
    thread.join()
    ok(out[0].status == 200 and time.monotonic() - began < 10 * SLOW, "what waited is stored then", out[0])
    all_there(server, good + [9500], "after that")


try:
    with Server(state=os.path.join(FOLDER, "state")) as server:
        server.token()
        have = test_full(server)
        have = test_full_restart(server, have)
        have = test_read_only(server, have) or have
        have = test_trigger(server, have)
        test_locked(server, have)
        with contextlib.closing(server.store()) as db:
            ok(db.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the store is sound at the end")
        ok(server.stop() == 0, "and it ends well")
finally:
    subprocess.run(["umount", "-l", FOLDER])
    os.rmdir(FOLDER)
done()
