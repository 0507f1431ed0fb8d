#!/usr/bin/env python3
"""A resolver that means harm: every answer ends in time, and nothing raw reaches the terminal."""
import os
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import tap
from world import FakeDns, head, record

CONTROLS = b"\x1b[2J\x1b]0;owned\x07\x00\x7f\xe2\x80\xae\r\n"


def txt(text):
    return b"".join(bytes([len(text[i:i + 255])]) + text[i:i + 255] for i in range(0, len(text), 255))


def loop(q, _, type_, n):
    """A name that points to itself, and two that point to each other."""
    at = len(q)
    own = struct.pack(">H", 0xC000 | (at + 12))
    return head(q, 1) + q[12:] + record(type_, own + (b"" if type_ != 15 else own))


def mutual(q, _, type_, n):
    at = len(q) + 12
    data = b"\x01a" + struct.pack(">H", 0xC000 | (at + 4)) + b"\x01b" + struct.pack(">H", 0xC000 | at)
    return head(q, 1) + q[12:] + record(type_, data)


def endless_alias(q, _, type_, n):
    name = b"\x08" + b"%08d" % n + b"\x07example\x03org\0"
    return head(q, 1) + q[12:] + record(5, name)


def alias_ring(q, _, type_, n):
    return head(q, 1) + q[12:] + record(5, b"\xc0\x0c")


def controls(q, _, type_, n):
    name = bytes([len(CONTROLS)]) + CONTROLS + b"\x03org\0"
    data = {16: txt(b"v=spf1 " + CONTROLS + b" -all"), 15: b"\0\x0a" + name, 1: b"\xc0\0\2\x19",
            28: b"\x20\x01\x0d\xb8" + b"\0" * 12, 6: name + name + b"\0" * 20}.get(type_, name)
    return head(q, 1) + q[12:] + record(type_, data)


def many(q, _, type_, n):
    """As many records as there is room for."""
    data = {16: txt(b"v=spf1 a mx -all"), 15: b"\0\x0a\x01a\xc0\x0c"}.get(type_, b"\1\2\3\4")
    one = record(type_, data)
    count = 1100 // len(one)
    return head(q, count) + q[12:] + one * count


def lying_counts(q, _, type_, n):
    return head(q, 65535) + q[12:]


def short(q, _, type_, n):
    return head(q, 1)[: n % 13]


def cut(q, _, type_, n):
    return (head(q, 1) + q[12:] + record(type_, b"\1\2\3\4" * 8))[: -(n % 30) - 1]


def wrong_length(q, _, type_, n):
    return head(q, 1) + q[12:] + b"\xc0\x0c" + struct.pack(">HHIH", type_, 1, 60, 60000) + b"\1\2"


def include_chain(q, _, type_, n):
    """SPF that always includes another domain."""
    if type_ != 16:
        return head(q, 0, 0x8183) + q[12:]
    return head(q, 1) + q[12:] + record(16, txt(b"v=spf1 include:d%d.example.org -all" % n))


def include_self(q, _, type_, n):
    if type_ != 16:
        return head(q, 0, 0x8183) + q[12:]
    return head(q, 1) + q[12:] + record(16, txt(b"v=spf1 include:example.org include:example.org -all"))


def macro_bomb(q, _, type_, n):
    if type_ != 16:
        return head(q, 0, 0x8183) + q[12:]
    return head(q, 1) + q[12:] + record(16, txt(b"v=spf1 exists:" + b"%{S}%{l}%{d}%{h}" * 40 + b".example.org -all"))


def silent(q, _, type_, n):
    return None


HOSTILE = [loop, mutual, endless_alias, alias_ring, controls, many, lying_counts, short, cut, wrong_length,
           include_chain, include_self, macro_bomb, silent]


def run(server, *more):
    began = time.time()
    done = subprocess.run([tap.PROGRAM, "check", "--lang", "en", "--from", "example.org", "--ip", "192.0.2.1", "--selector", "s1",
                           "--helo", "mail.example.org", "--resolver", server.resolver,
                           *more], capture_output=True, timeout=60)
    return done, time.time() - began


def main():
    for make in HOSTILE:
        server = FakeDns(make)
        for more in ((), ("--json",), ("--lang", "zh")):
            done, took = run(server, *more)
            name = "%s %s" % (make.__name__, " ".join(more))
            tap.ok(done.returncode in (0, 1, 2) and not done.stderr, "%s: a sound end" % name,
                   done.returncode, done.stderr.decode(errors="replace")[-2000:])
            tap.ok(took < 12, "%s: in time" % name, took)
            bad = [c for c in (b"\x1b", b"\x07", b"\x7f", b"\r", "\u202e".encode()) if c in done.stdout]
            tap.ok(not bad, "%s: nothing raw" % name, bad, done.stdout[:500])
            tap.ok(len(done.stdout) < 300000, "%s: bounded" % name, len(done.stdout))
            if make is silent:
                tap.ok(done.returncode == 2, "silence is no verdict", done.returncode)
                break
        tap.ok(server.asked < 3000, "%s: a bounded number of questions" % make.__name__, server.asked)
        server.stop()
    tap.done()


if __name__ == "__main__":
    main()
