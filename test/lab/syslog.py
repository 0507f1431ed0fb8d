#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A syslog daemon: syslog.py FILE appends what arrives at /dev/log, bytes as they are."""
import os
import re
import socket
import sys

sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind("/dev/log")
os.chmod("/dev/log", 0o666)
with open(sys.argv[1], "ab", buffering=0) as log:
    while True:
        line = re.sub(rb"^<\d+>", b"", sock.recv(65536)).rstrip(b"\0\n")
        stamp, rest = line[:16], line[16:]
        log.write(stamp + b"mta " + rest + b"\n")
