# SPDX-License-Identifier: BSD-2-Clause
"""Looks at what the program wrote: bytes, widths, members of JSON. Used by helper.bash."""
import json
import os
import signal
import subprocess
import sys
import time
import unicodedata

BIDI = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def raw(*allowed):
    """Standard input has nothing that acts on a terminal; \\r is right at the ends of CSV lines."""
    data = sys.stdin.buffer.read().decode("utf-8")  # anything else is no UTF-8
    if "crlf" in allowed:
        data = data.replace("\r\n", "\n")
    bad = [hex(ord(c)) for c in data
           if c != "\n" and (unicodedata.category(c) in ("Cc", "Zl", "Zp") or ord(c) in BIDI)]
    if bad:
        sys.exit("raw characters: " + " ".join(bad))
    if not data:
        sys.exit("there is nothing at all")


def columns(text):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fits(width):
    lines = sys.stdin.read().splitlines()
    wide = ["%d: %s" % (columns(line), line) for line in lines if columns(line) > int(width)]
    if wide or not lines:
        sys.exit("too wide, or nothing:\n" + "\n".join(wide))


def members(*names):
    """Each line's members, a blank between; a.b goes down."""
    for line in sys.stdin:
        found = []
        for name in names:
            value = json.loads(line)
            for step in name.split("."):
                value = None if value is None else value[step]
            found.append("null" if value is None else str(value))
        print(" ".join(found))


def stopped(name, seconds, *command):
    """Runs a command, sends it a signal, and ends with the status that a shell would show."""
    def usual():
        for s in (signal.SIGINT, signal.SIGTERM):
            signal.signal(s, signal.SIG_DFL)
    process = subprocess.Popen(command, preexec_fn=usual)
    time.sleep(float(seconds))
    process.send_signal(getattr(signal, "SIG" + name))
    try:
        code = process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit("the signal did not stop it")
    sys.exit(128 - code if code < 0 else code)


def formulas():
    """No cell of a CSV on standard input can be taken for a formula."""
    import csv
    rows = list(csv.reader(sys.stdin))
    bad = [cell for row in rows[1:] for cell in row if cell.lstrip()[:1] in list("=+-@\t\r")
           and cell.lstrip()]
    if bad or len(rows) < 2:
        sys.exit("formulas: %r" % bad)


def column(name):
    import csv
    for row in csv.DictReader(sys.stdin):
        print(row[name])


def framed(*paths):
    """Mails as --stream takes them."""
    for path in paths:
        data = open(path, "rb").read()
        os.write(1, b"%d\n" % len(data) + data)


globals()[sys.argv[1]](*sys.argv[2:])
