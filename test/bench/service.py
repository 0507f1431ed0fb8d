# SPDX-License-Identifier: BSD-2-Clause
"""How fast the service is: one server of our own, and clients that hand in mails that are all different."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "serve"))

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
