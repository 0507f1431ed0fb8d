#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends many messages of many cases at once and writes what must become of them.

mixed.py COUNT: the mails go to 127.0.0.1, the truth to mixed.json. Only cases with one
accepted cause and a quick end take part; the choice is random but always the same.
"""
import json
import random
import smtplib
import sys
import threading
from collections import Counter

from cases import CASES, GARBAGE, HANG
from truth import fates, wanted
from world import recipients, wire

SENDERS = ["alice", "bob", "news", "billing", "bounce-7f3a", "li.ming"]
FINE = ["{n}@ok.test", "{n}@success-relayed.test", "{n}@success-passed-on.test", "anna@mixed-fates.test", "user@local.test"]
MESSAGE = """From: {mail}\r\nTo: {to}\r\nSubject: Message {n}\r\nMessage-ID: <m{n}@sender.test>\r\n\r\nHello {n}\r\n"""


def usable(row):
    return (wanted(row, "postfix") and len(row["causes"]) == 1 and row.get("phase", "main") == "main" and row.get("kind", "bounce") == "bounce"
            and len(recipients(row)) == 1 and HANG not in row.values() and GARBAGE not in row.values()
            and not row.get("utf8") and not row.get("by") and not row.get("mime") and "silent" not in row.get("net", ""))


def plan(count):
    """[(sender, [(recipient, cause or None)])]: a fifth of the messages has somebody who fails."""
    pick = random.Random(20260302)
    rows = [row for row in CASES if usable(row)]
    for n in range(count):
        to = []
        if pick.random() < 0.2:
            row = pick.choice(rows)
            to.append((recipients(row)[0], fates(row)[0]))
        elif pick.random() < 0.05:
            to.append((wire(f"u{n}@greylist-pass.test"), None))
        while not to or pick.random() < 0.15:
            to.append((wire(pick.choice(FINE).format(n=f"u{n}")), None))
        yield pick.choice(SENDERS) + "@sender.test", dict(to)


def send(messages):
    with smtplib.SMTP("127.0.0.1", 25, local_hostname="client.sender.test", timeout=60) as smtp:
        for n, (mail, to) in messages:
            smtp.sendmail(mail, list(to), MESSAGE.format(mail=mail, to=", ".join(to), n=n))


def main(count):
    messages = list(enumerate(plan(count)))
    threads = [threading.Thread(target=send, args=(messages[i::8],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for _, (_, to) in messages for one in to.values()]
    failed = [one for one in every if one]
    truth = {
        "messages": len(messages), "recipients": len(every),
        "messages_with_failures": sum(any(to.values()) for _, (_, to) in messages),
        "delivered": len(every) - len(failed),
        "delivered_after_greylisting": sum(address.endswith(wire("@greylist-pass.test")) for _, (_, to) in messages for address in to),
        "failed": len(failed),
        "failed_by_cause": dict(sorted(Counter(one["causes"][0] for one in failed).items())),
        "failed_by_permanence": dict(sorted(Counter(str(one["permanence"]) for one in failed).items())),
        "failed_by_reply_code": dict(sorted(Counter(str(one["reply_code"]) for one in failed).items())),
        "failed_by_recipient": dict(sorted(Counter(address for _, (_, to) in messages for address, one in to.items() if one).items())),
    }
    with open("/lab/out/mixed.json", "w") as out:
        json.dump(truth, out, indent=1, ensure_ascii=False)


main(int(sys.argv[1]))
