# SPDX-License-Identifier: BSD-2-Clause
"""Where each case lives: addresses, names and the replies its peer gives.

On the wire a case has a name that says nothing (d87.test for mailbox-full-gmail): else an
analyser could read the cause out of an address. world.py <FILE writes FILE with such names.
"""
import re
import sys

from cases import CASES, DROP, GARBAGE, HANG, SILENT, STAGES, UNREACHABLE, WIDER


def numbered():
    """(row, n) with a stable number for each case: 10 to 249 without the DNS server's 53, then from 266 on."""
    hosts = [n for n in range(10, 2000) if n != 53 and 10 <= n % 256 < 250]
    return zip(CASES, hosts)


def host(n):
    return f"198.51.100.{n}" if n < 256 else WIDER % divmod(n, 256)


NAMES = {row["id"]: f"d{n}" for row, n in numbered()}
IDS = "|".join(sorted(NAMES, key=len, reverse=True))
WRITTEN = re.compile(rf"(?<![\w-])({IDS})(?=\.test\b|@sender\.test|@seven\.test)")


def wire(text):
    """The text with the wire's names for ID.test and ID@sender.test."""
    return WRITTEN.sub(lambda found: NAMES[found[1]], text)


def domain(row):
    return NAMES.get(row["id"], row["id"]) + ".test"


def addresses(row, n):
    """The IP addresses behind the domain's MX, none if DNS gives none."""
    net = row.get("net")
    if net == "silent":
        return [SILENT % (n % 256)]
    if net == "unreachable":
        return [UNREACHABLE % (n % 256)]
    if net == "refused+silent":
        return [host(n), SILENT % (n % 256)]
    return [host(n)]


def listens(row):
    """Has the case a peer that accepts connections?"""
    return not row.get("net") and not row.get("dns")


def recipients(row):
    """The addresses the mail is submitted for."""
    if row.get("people"):
        return [f"{name}@{domain(row)}" for name in row["people"]]
    return [wire(to.format(d=domain(row))) for to in row.get("to", ["wang@{d}"])]


def sender(row):
    return wire(row.get("sender", row["id"] + "@sender.test"))


def lines(reply):
    """A reply as a list of byte lines; None stays None."""
    if reply is None or reply in (HANG, DROP, GARBAGE):
        return reply
    if isinstance(reply, (str, bytes)):
        reply = [reply]
    return [part.encode() if isinstance(part, str) else part for part in reply]


def reply_for(row, stage, user=None, ordinal=0):
    """What the peer says at this stage (list of byte lines, HANG ..., or None = accept)."""
    if stage == "rcpt" and row.get("people"):
        fate = row["people"].get(user)
        return lines(fate[1] if fate else None)
    reply = row.get(stage)
    if isinstance(reply, list):
        reply = reply[min(ordinal, len(reply) - 1)]
    return lines(reply)


def capabilities(row):
    """The EHLO keywords of the peer; enhanced codes are announced when its replies carry them."""
    caps = ["PIPELINING", "8BITMIME"] + row.get("caps", [])
    if row.get("esc", True):
        caps.append("ENHANCEDSTATUSCODES")
    return caps


assert all(key in STAGES or not isinstance(key, bytes) for row in CASES for key in row)
assert len({row["id"] for row in CASES}) == len(CASES) <= 1600

if __name__ == "__main__":
    sys.stdout.write(wire(sys.stdin.read()))
