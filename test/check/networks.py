#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Inside a network of its own, in which one address is unreachable, one swallows everything, and IPv6 leads nowhere
but to this machine: what `check --json` says of servers there. A line for each name.

usage: networks.py PROGRAM NAME...
"""
import socket
import subprocess
import sys

from world import HOST, BlackHole, FakeDns, Peer, head, mail_server, record

A, MX, AAAA = 1, 15, 28
UNREACHABLE, SWALLOWS, NOWHERE = "198.51.100.1", 9, "2001:db8::1"
PORTS = 25, 443, 587, 80  # of mail, and those that tell a blocked port from a dead host
ADDRESSES = {
    "mx.both.test": ["127.0.0.2", "::1"], "mx.half.test": ["127.0.0.2", NOWHERE], "six.test": ["::1"],
    "mx.unreachable.test": [UNREACHABLE], "mx.swallows.test": [HOST % SWALLOWS], "mx.nowhere.test": [NOWHERE],
    "mx.closed.test": ["::2"],
}


def answer(question, name, kind, _):
    family = {A: socket.AF_INET, AAAA: socket.AF_INET6}.get(kind)
    if kind == MX and "mx." + name in ADDRESSES:
        return head(question, 1) + question[12:] + record(MX, b"\0\x0a\x02mx\xc0\x0c")
    found = [socket.inet_pton(family, one) for one in ADDRESSES.get(name, ()) if family and (":" in one) == (family == socket.AF_INET6)]
    return head(question, len(found)) + question[12:] + b"".join(record(kind, data) for data in found)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


ip("link", "set", "lo", "up")
ip("-6", "addr", "add", "::2/128", "dev", "lo")
ip("route", "add", "unreachable", UNREACHABLE)
dns = FakeDns(answer)
holes = [BlackHole(SWALLOWS, port) for port in PORTS]
peers = [Peer(address, 25, mail_server(extensions=())) for address in ("127.0.0.2", "::1")]
for name in sys.argv[2:]:
    subprocess.run([sys.argv[1], "check", "--json", "--allow-private", "--resolver", dns.resolver, name], check=False)
