#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rest of the world: one scripted SMTP server a case, and the sink for the bounces.

peer.py OUT CERTIFICATE: listens on port 25 of every case's address, stores the
mails that the sink takes as OUT/mail/CASE.N.eml and their envelopes in
OUT/mail.jsonl, and what every peer answered in OUT/peer.jsonl.
"""
import asyncio
import json
import re
import ssl
import sys
import time
from pathlib import Path

from cases import DROP, GARBAGE, HANG, SEVEN, SINK
from world import capabilities, domain, listens, numbered, reply_for, addresses

OUT = Path(sys.argv[1])
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
SINK_DOMAINS = ("sender.test", "seven.test")
SINKS = [({"id": "sink", "caps": ["SMTPUTF8", "SIZE 50000000"]}, SINK), ({"id": "seven", "seven": True}, SEVEN)]
stored, visits, tries = {}, {}, {}


def store(session, data):
    """Keep a mail that came for one of the sink's mailboxes, with LF line ends as in a Maildir."""
    for rcpt in session.stored_for:
        case = rcpt.rpartition("@")[0].lower()
        stored[case] = stored.get(case, 0) + 1
        name = f"{case}.{stored[case]}.eml"
        (OUT / "mail" / name).write_bytes(data.replace(b"\r\n", b"\n"))
        note("mail.jsonl", case=case, file=name, time=time.time(), mail=session.mail, rcpt=rcpt)


def note(name, **what):
    with (OUT / name).open("a") as f:
        f.write(json.dumps(what) + "\n")


class Closed(Exception):
    """The session is over."""


class Session:
    def __init__(self, row, reader, writer):
        self.row, self.reader, self.writer = row, reader, writer
        self.tls = False
        self.reset()
        self.visit = visits[row["id"]] = visits.get(row["id"], 0) + 1

    def reset(self):
        self.mail, self.accepted, self.stored_for, self.count = None, [], [], 0

    async def send(self, *lines):
        self.writer.write(b"".join(line + b"\r\n" for line in lines))
        await self.writer.drain()

    async def line(self):
        line = await self.reader.readline()
        if not line:
            raise Closed
        return line.rstrip(b"\r\n")

    async def scripted(self, stage, user="", rcpt=""):
        """Give the row's reply for this stage. True if it gave one."""
        if stage == "rcpt" and "first" in self.row:
            tries[rcpt] = tries.get(rcpt, 0) + 1
            if tries[rcpt] > self.row["first"]:
                return False
        reply = reply_for(self.row, stage, user, self.count - 1)
        if reply is None:
            return False
        note("peer.jsonl", case=self.row["id"], stage=stage, rcpt=rcpt, visit=self.visit,
             reply=reply if isinstance(reply, str) else b"\n".join(reply).decode("latin-1"))
        if reply == HANG:
            await self.reader.read()        # until the client gives up
            raise Closed
        if reply == DROP:
            raise Closed
        if reply == GARBAGE:
            await self.send(*[b"220 go ahead"] * (stage == "starttls"), b"\x15\x03\x01 this is not what you expect")
            await asyncio.sleep(1)
            raise Closed
        fill = {"rcpt": rcpt, "user": user, "mail": self.mail or "", "d": domain(self.row)}
        await self.send(*[self.fill(line, fill) for line in reply])
        if reply[0].startswith(b"421"):
            raise Closed
        return True

    @staticmethod
    def fill(line, fill):
        for key, value in fill.items():
            line = line.replace(b"{%s}" % key.encode(), value.encode())
        return line

    async def run(self):
        if not await self.scripted("connect"):
            await self.send(b"220 mx.%s ESMTP" % domain(self.row).encode())
        while True:
            line = await self.line()
            verb, _, rest = line.decode("utf-8", "replace").partition(" ")
            handler = getattr(self, "do_" + verb.lower(), None)
            if handler is None:
                await self.send(b"502 5.5.2 Error: command not recognized")
            else:
                await handler(rest)

    async def do_helo(self, rest):
        if not await self.scripted("ehlo"):
            await self.send(b"250 mx.%s" % domain(self.row).encode())

    async def do_ehlo(self, rest):
        if await self.scripted("ehlo"):
            return
        absent = ["STARTTLS"] * self.tls + ["8BITMIME"] * self.row.get("seven", False)
        caps = [c for c in capabilities(self.row) if c not in absent]
        words = [f"mx.{domain(self.row)}"] + caps
        await self.send(*[f"250{' ' if word is words[-1] else '-'}{word}".encode() for word in words])

    async def do_starttls(self, rest):
        if await self.scripted("starttls"):
            return
        await self.send(b"220 2.0.0 Ready to start TLS")
        await self.writer.start_tls(TLS)
        self.tls = True

    async def do_auth(self, rest):
        if " " not in rest:
            await self.send(b"334 ")
            await self.line()
        if not await self.scripted("auth"):
            await self.send(b"235 2.7.0 Authentication successful")

    async def do_mail(self, rest):
        self.reset()
        self.mail = re.search(r"<([^>]*)>", rest).group(1)
        limit = [int(c.split()[1]) for c in self.row.get("caps", []) if c.startswith("SIZE ")]
        size = re.search(r"SIZE=(\d+)", rest, re.I)
        if limit and not (size and int(size.group(1)) > limit[0]):
            return await self.send(b"250 2.1.0 Ok")
        if not self.mail or not await self.scripted("mail"):
            await self.send(b"250 2.1.0 Ok")

    async def do_rcpt(self, rest):
        rcpt = re.search(r"<(.*?)>", rest).group(1)
        user, _, host = rcpt.rpartition("@")
        self.count += 1
        if host in SINK_DOMAINS:
            self.stored_for.append(rcpt)
        elif await self.scripted("rcpt", user, rcpt):
            return
        self.accepted.append(rcpt)
        await self.send(b"250 2.1.5 Ok")

    async def do_data(self, rest):
        if not self.accepted:
            return await self.send(b"554 5.5.1 Error: no valid recipients")
        if not self.stored_for and await self.scripted("data"):
            return
        await self.send(b"354 End data with <CR><LF>.<CR><LF>")
        data = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise Closed
            data.append(line[1:] if line.startswith(b"..") else line)
        store(self, b"".join(data))
        if self.stored_for or not await self.scripted("end_of_data", rcpt=self.accepted[0], user=self.accepted[0].partition("@")[0]):
            await self.send(b"250 2.0.0 Ok: queued as %012X" % int(time.time() * 1e6))

    async def do_rset(self, rest):
        self.reset()
        await self.send(b"250 2.0.0 Ok")

    async def do_noop(self, rest):
        await self.send(b"250 2.0.0 Ok")

    async def do_quit(self, rest):
        await self.send(b"221 2.0.0 Bye")
        raise Closed


def serve(row):
    async def session(reader, writer):
        try:
            await Session(row, reader, writer).run()
        except (Closed, ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        writer.close()
    return session


async def main():
    (OUT / "mail").mkdir(exist_ok=True)
    TLS.load_cert_chain(sys.argv[2])
    cases = [(row, addresses(row, n)[0]) for row, n in numbered() if listens(row)]
    for row, address in SINKS + cases:
        await asyncio.start_server(serve(row), address, 25, limit=2 ** 20, backlog=500)
    (OUT / "peer.ready").touch()
    await asyncio.Event().wait()


asyncio.run(main())
