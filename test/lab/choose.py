# SPDX-License-Identifier: BSD-2-Clause
"""Which cases are kept for the repository: a small part of each server's mails.

Where a server speaks in its own words (no connection, DNS, TLS, aliases, notices) or
mangles a charset, each server keeps its own. A peer's plain reply is the same
everywhere: every server keeps some, in turn, so that each reply is kept by two of them,
and each of wordings.py by one.
"""
from itertools import zip_longest

from cases import CASES, DROP, GARBAGE, HANG, STAGES
from truth import wanted
from wordings import cases as worded

SERVERS = ["postfix", "exim", "sendmail", "opensmtpd", "dma", "nullmailer", "courier", "chasquid", "dovecot", "haraka"]
OWN_WORDS, MAILS, BYTES = 50, 80, 20000     # most cases of the first sort, most mails, most bytes of a mail or log
ALWAYS = "template-gbk-full", "template-gbk-reply", "size-announced"    # groups 11 and 21 have no others
WORDED = {id for id, _, _ in worded()}
MARKS = ("net", "dns", "local", "notify", "people", "see", "utf8", "tls", "mails")


def own_words(row):
    """Does the server say more here than what its peer said?"""
    replies = [row.get(stage) for stage in STAGES]
    return (any(row.get(mark) is not None for mark in MARKS) or row.get("phase", "main") != "main" or row["id"].startswith("tls-")
            or any(isinstance(reply, bytes) or reply in (HANG, DROP, GARBAGE) for reply in replies))


def families_in_turn(rows):
    """The rows so that a few of them are of many sorts: first one of each family (dns-, net-, ...), then a second."""
    families = {}
    for row in rows:
        families.setdefault(row["id"].partition("-")[0], []).append(row)
    return [row for turn in zip_longest(*families.values()) for row in turn if row]


def chosen(mta):
    """The ids of the cases kept for this server, the most telling first."""
    rows = [row for row in CASES if wanted(row, mta)]
    own = families_in_turn([row for row in rows if own_words(row)])[:OWN_WORDS]
    plain = [row for row in CASES if not own_words(row)]
    turn = SERVERS.index(mta)
    kept = [row for i, row in enumerate(plain)
            if row in rows and (i - turn) % 10 in ((0,) if row["id"] in WORDED else (0, 4))]
    first = [row for row in rows if row["id"] in ALWAYS]
    return list(dict.fromkeys(row["id"] for row in first + own + kept))
