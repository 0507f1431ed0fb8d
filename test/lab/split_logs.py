# SPDX-License-Identifier: BSD-2-Clause
"""Cuts a server's log into one piece a case, by queue ids."""
import re

from world import NAMES

# how a server names a message in its log lines
IDS = {
    "postfix": rb"\]: ([0-9A-F]{6,}): ",
    "dovecot": rb"\]: ([0-9A-F]{6,}): |(msgid=<[^>]*>)",
    "exim": rb"^[0-9-]{10} [0-9:]{8} (\w{6}-\w{6}-\w{2}) ",
    "sendmail": rb"\]: (\w{14}): ",
    "opensmtpd": rb"(?:evpid=|msgid=|Expire for )([0-9a-f]{8})",
    "courier": rb"\bid=([0-9A-F.]{40,})",
    "dma": rb"dma\[([0-9a-f]+)[.\]]",
    "chasquid": rb" ([\w-]{11}) from=",
    "haraka": rb"\[([0-9A-F]{8}-[0-9A-F-]{27})",
}
# the lines that say whose message it is: envelope sender or message id; bounces have neither
OWNER = re.compile(rb"(?:from=|<= |from |sender |msgid=|message-id=|mid=)<?([\w-]+)(?:\.20260302@sender|@sender|@seven)\.test")
# a line and those that continue it: some servers write replies of several lines as they are
RECORD = re.compile(rb"(?m)^(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d \d).*\n(?:(?!\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d \d).*\n)*")
SESSION = re.compile(rb"\]: ([0-9a-f]{16}) mta connecting .* host=mx2?\.([\w-]+)\.test")


def ids_in(mta, line):
    return {found.group(found.lastindex) for found in re.finditer(IDS[mta], line)}


def split(mta, raw):
    """{case: its log lines as bytes}"""
    if mta == "nullmailer":
        return {path.stem: until_bounce(path.read_bytes()) for path in (raw / "log.d").iterdir()}
    lines = RECORD.findall((raw / "log").read_bytes())
    names = {name.encode(): id for id, name in NAMES.items()}
    owner = {}
    for line in lines:
        found = OWNER.search(line)
        for id in ids_in(mta, line) if found and found.group(1) in names else ():
            owner.setdefault(id, names[found.group(1)])
        session = SESSION.search(line) if mta == "opensmtpd" else None
        if session and session.group(2) in names:
            owner.setdefault(session.group(1), names[session.group(2)])
    pieces = {}
    for line in lines:
        ids = ids_in(mta, line)
        if mta == "opensmtpd":      # its lines of a connection bear only the session's id
            ids |= set(re.findall(rb"\]: ([0-9a-f]{16}) mta (?!delivery)", line))
        for case in {owner[id] for id in ids if id in owner}:
            pieces.setdefault(case, []).append(line)
    return {case: b"".join(piece) for case, piece in pieces.items()}


def until_bounce(log):
    """The first message of a nullmailer's log; the second is its bounce."""
    keep = re.search(rb"(?s).*?(?:Generating bounce|Sent file)[^\n]*\n", log)
    return keep.group(0) if keep else log
