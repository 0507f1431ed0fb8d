#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Inside a network of its own: two resolvers of the system; the first refuses, the second one knows. Then both refuse.

usage: two_resolvers.py PROGRAM
"""
import socket
import subprocess
import sys
import threading

from world import head, record

REFUSED, MX = 5, 15


def serve(address, knows):
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((address, 53))
    def run():
        while True:
            packet, peer = listener.recvfrom(4096)
            end = packet.index(b"\0", 12) + 5
            question = packet[:end]
            if not knows():
                listener.sendto(head(question, 0, 0x8180 | REFUSED) + question[12:], peer)
            elif question[-3] == MX:
                listener.sendto(head(question, 1) + question[12:] + record(MX, b"\0\0\0"), peer)
            else:
                listener.sendto(head(question, 0) + question[12:], peer)
    threading.Thread(target=run, daemon=True).start()


knowing = [True]
serve("127.0.0.61", lambda: False)
serve("127.0.0.62", lambda: knowing[0])
for knowing[0] in True, False:
    subprocess.run([sys.argv[1], "check", "--lang", "en", "--dns-only", "null.test"], check=False)
    print("----", flush=True)
