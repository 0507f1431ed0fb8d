# SPDX-License-Identifier: BSD-2-Clause
"""The conformance suite of the store over PostgreSQL: the programs of src/store/*_test.c again."""
import os
import sys

import postgres

PROGRAMS = ["test-store-" + name
            for name in ("store", "events", "statistics", "token", "keep", "address", "forget",
                         "migrate", "notice")]


def main():
    # each test of it is one of ours: the plans are joined
    import subprocess
    try:
        server = postgres.Server()
    except postgres.Missing as missing:
        print("1..0 # SKIP %s" % missing)
        return 0
    lines, code = [], 0
    with server:
        env = dict(os.environ, WHYBOUNCE_POSTGRES=server.url)
        for name in PROGRAMS:
            done = subprocess.run([os.path.join(os.environ["WHYBOUNCE_BUILD"], "test", name)],
                                  env=env, stdout=subprocess.PIPE, text=True, errors="replace",
                                  check=False)
            code |= done.returncode
            lines += [line for line in done.stdout.splitlines()
                      if line.startswith(("ok ", "not ok ", "#"))]
    number = 0
    for line in lines:
        if not line.startswith("#"):
            number += 1
            word, rest = line.split(" - ", 1)
            line = "%s %d - %s" % (word.rsplit(" ", 1)[0], number, rest)
        print(line)
    print("1..%d" % number)
    return 1 if code else 0


if __name__ == "__main__":
    sys.exit(main())
