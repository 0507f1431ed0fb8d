# SPDX-License-Identifier: BSD-2-Clause
"""
How fast the service is: one server of our own, and clients that hand in mails that are all different;
an mbox of different mails brought in.

As a program: service.py BUILD CLIENTS REQUESTS says what the server's CPU is.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

TEST = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TEST, os.path.join(TEST, "serve")]
import postgres

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pids):
    """CPU seconds of processes so far: of the server and its workers."""
    total = 0
    for pid in pids:
        with open("/proc/%d/stat" % pid) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def load(build, server, clients, count, first, query):
    """What the clients say, and the server's CPU in microseconds for each mail."""
    pids = [server.pid, *server.workers()]
    before = cpu_of(pids)
    done = subprocess.run([os.path.join(build, "test", "serve-load"), str(server.port), server.token(),
                           str(clients), str(count), str(first), query], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError("serve-load: " + done.stdout + done.stderr)
    return done.stdout.strip(), (cpu_of(pids) - before) * 1e6 / count


def ingest(build, folder, mbox, url=None):
    """Wall and CPU seconds of bringing in an mbox, and the most memory in MiB, into a new store."""
    state = tempfile.mkdtemp(dir=folder)
    config = os.path.join(state, "config.yaml")
    with open(config, "w") as file:
        file.write("state: %s\n" % state + ('store: "%s"\n' % url if url else ""))
    with open(os.path.join(state, "said"), "w+") as said:
        begun = time.monotonic()
        pid = os.posix_spawn(os.path.join(build, "whybounce"),
                             ["whybounce", "ingest", "--config", config, "--lang", "en", mbox], os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - begun
        said.seek(0)
        found = re.match(r"(\d+) messages read: (\d+) new reports, 0 known", said.read())
    if status or not found or found[1] != found[2]:
        raise RuntimeError("ingest: status %d" % status)
    return state, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make_mbox(build, path, mails):
    """Mails that are all different, spread over 90 days."""
    with open(path, "wb") as file:
        subprocess.run([os.path.join(build, "test", "store-bench"), "-", str(mails), "--mbox"], stdout=file, check=True)


def measure(table, build, folder, mails, requests):
    """The service's rows of `make bench`."""
    from world import Server
    with Server(program=os.path.join(build, "whybounce")) as server:
        load(build, server, 16, 1000, 10**9, "store=true")
        for query, what, most in ("store=false", "analysed", 40), ("store=true", "kept", 150):
            best = min(load(build, server, 64, requests, i * requests, query)[1] for i in range(3))
            table.at_most("us of the server's CPU for a mail %s by HTTP, 64 clients" % what, best, "%.0f", most)
    mbox = os.path.join(folder, "different.mbox")
    make_mbox(build, mbox, mails)
    state, wall, cpu, memory = ingest(build, folder, mbox)
    copy = subprocess.run([os.path.join(build, "test", "store-bench"), "sqlite:" + os.path.join(state, "copy.db"), "0",
                           "--copy", os.path.join(state, "store.db")], check=True, capture_output=True, text=True).stdout
    bare = float(re.search(r"(\d+) rows/s", copy)[1])
    table.at_least("different mails brought in per second of wall time, SQLite", mails / wall, "%.0f", 12_000)
    table.at_least("  per cent of a plain insert of the same rows", mails / wall * 100 / bare, "%.0f", 60)
    table.add("  us of CPU for each", cpu * 1e6 / mails, "%.0f")
    table.at_most("  MiB of memory", memory, "%.0f", 512)
    try:
        with postgres.Server() as server:
            _, wall, cpu, _ = ingest(build, folder, mbox, server.url)
            table.at_least("different mails brought in per second of wall time, PostgreSQL", mails / wall, "%.0f", 8_000)
    except postgres.Missing as missing:
        print(missing)
    os.unlink(mbox)


def main():
    from world import Server
    build, clients, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    program = os.path.join(build, "whybounce")
    with Server(program=program) as server:
        load(build, server, clients, 2000, 10**9, "store=true")
        for query in "store=false", "store=true":
            said, cpu = load(build, server, clients, count, 0, query)
            print("%-12s %6.1f us CPU  %s" % (query, cpu, said), flush=True)


if __name__ == "__main__":
    main()
