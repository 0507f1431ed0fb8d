#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The overview: what is counted of today and of before, what became worse, what is alarming."""
import os
import re
import sys
import time
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import Server, done, json_of, mail
from tap import ok

DAY = 86400
LISTED = "554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.77"
FULL = "552 5.2.2 mailbox full"


class World:
    """Mails of made-up days; each has a number of its own."""

    def __init__(self, server):
        self.server, self.n, self.connection = server, 0, server.connection()
        self.today = int(time.time()) // DAY * DAY

    def put(self, days_ago, count, recipient="x@d.example.org", sender="li.na@example.com", **more):
        at = self.today - days_ago * DAY + (DAY // 2 if days_ago else 0)
        for _ in range(count):
            self.n += 1
            data = mail(self.n, recipient, when=formatdate(at), **more).replace(b"li.na@example.com", sender.encode())
            assert self.server.ask("POST", "/v1/analyse?store=true", data, connection=self.connection).status == 200

    def overview(self):
        return json_of(self.server.ask("GET", "/v1/overview"))

    def alarms(self, kind):
        return [a for a in self.overview()["alarms"] if a["kind"] == kind]


def test_worse(world):
    """Ten of a cause in seven days, at a domain that had none before."""
    world.put(0, 5, "a@worse.example.org", text=FULL)
    world.put(6, 4, "a@worse.example.org", text=FULL)
    ok(world.overview()["worse"] == [], "nine in a week are no trend")
    world.put(6, 1, "a@worse.example.org", text=FULL)
    world.put(7, 1, "a@worse.example.org", text=FULL)
    world.put(13, 30, "a@better.example.org")
    world.put(3, 12, "a@better.example.org")
    world.put(14, 9, "a@worse.example.org", text=FULL)  # out of sight
    out = world.overview()
    found = [(w["by"], w["name"], w["cause"], w["now"], w["before"]) for w in out["worse"] if w["by"] == "domain"]
    ok(found == [("domain", "worse.example.org", "mailbox-full", 10, 1)], "ten are, against those of the week before; what falls is none", out["worse"])
    ok({k: out["totals"][k] for k in ("today", "week", "last_week")} == {"today": 5, "week": 22, "last_week": 31} and out["reports"] == 62, "the totals of today, of this week, of the one before; of a month", out)
    why = [w for w in out["worse"] if w["by"] == "domain"][0]
    sample = json_of(world.server.ask("GET", "/v1/events/" + why["sample_report_id"]))["report"]
    ok(why["diagnostic"] == sample["diagnostic"] and "full" in why["diagnostic"].lower() and (sample["recipient"], sample["cause"]) == ("a@worse.example.org", "mailbox-full"), "with why: what the other side says, and one of them", why)
    ok(out["unproven"] == 62, "none of them is proven")
    world.put(9, 6, "a@chance.example.org")
    world.put(3, 13, "a@chance.example.org")
    names = lambda: [w["name"] for w in world.overview()["worse"]]
    ok("chance.example.org" not in names(), "13 after 6 may be chance", names())
    world.put(3, 1, "a@chance.example.org")
    ok("chance.example.org" in names(), "14 are more than three times the spread", names())
    world.put(0, 1, "a@unknown.example.org", text="ACME Gate zxqv: blorb frobnicated 48213")
    ok(abs(world.overview()["totals"]["unknown_share"] - 1 / 37) < 1e-6, "the share of what nothing is known of", world.overview()["totals"])


def test_listed(world):
    ok(world.alarms("blocklisted") == [], "no address of ours is on a list")
    world.put(0, 3, text=LISTED)
    found = world.alarms("blocklisted")
    ok([(a["ip"], "spamhaus" in a["blocklist"].lower()) for a in found] == [("192.0.2.77", True)], "one is, said once", found)


def test_burst(world):
    """More than half of what bounced today, and fifty at least, of one of several senders."""
    world.put(0, 49, sender="thief@example.com", recipient="v@d.example.org")
    ok(world.alarms("burst") == [], "49 of one sender are no burst")
    world.put(0, 1, sender="thief@example.com", recipient="v@d.example.org")
    found = world.alarms("burst")
    ok([(a["sender"], a["now"]) for a in found] == [("thief@example.com", 50)] and 0 < found[0]["usual"] < 50, "50 are", found)
    test_report_of_burst(world)
    world.put(0, 51, recipient="w@d.example.org")
    ok("thief@example.com" not in [a["sender"] for a in world.alarms("burst")], "not when others send as many")


def test_rate(world):
    """Three times the usual of fourteen days; by provider and cause."""
    text = "552-5.2.2 The recipient's inbox is out of storage space and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm abc - gsmtp"
    more = {"recipient": "g@gmail.com", "text": text}
    mine = lambda: [a for a in world.alarms("rate") if a["provider"] == "gmail"]
    world.put(14, 70, **more)
    world.put(0, 15, **more)
    ok(mine() == [], "15 where 5 a day are usual are no alarm")
    world.put(15, 100, **more)
    world.put(0, 4, **more)
    ok(mine() == [], "19 are too few", mine())
    world.put(0, 1, **more)
    found = mine()
    ok([(a["now"], a["usual"]) for a in found] == [(20, 5.0)], "20 are one; what lies more than fourteen days back counts no more", found)
    world.put(10, 70, **more)
    world.put(0, 10, **more)
    ok(mine() == [], "30 where 10 a day are usual are no alarm", mine())
    world.put(0, 1, **more)
    ok([(a["now"], a["usual"]) for a in mine()] == [(31, 10.0)], "31 are", mine())


def test_report(world):
    """whybounce report says the same, for who has no page."""
    shown = world.server.command("report").stdout.decode()
    chinese = world.server.command("report", "--lang", "zh").stdout.decode()
    ok("\nAlarms\n" in shown and re.search(r"\n  gmail: 31 × mailbox-full today, usually 10 a day\n", shown), "report: a rate", shown)
    ok(re.search(r"\n  Your sending address 192\.0\.2\.77 is on the blocklist \S*spamhaus", shown), "an address on a list", shown)
    ok(re.search(r"\nGot worse since last week\n(.*\n)*  worse\.example\.org, mailbox-full: 10 in the last 7 days, 1 in the 7 days before\n    .*mailbox full", shown), "what got worse, with what the other side says", shown)
    ok("\n警报\n" in chinese and "  gmail：今天 31 封 mailbox-full，平时每天 10 封\n" in chinese and "\n比上周变差的\n" in chinese, "in Chinese", chinese)


def test_report_of_burst(world):
    shown = world.server.command("report").stdout.decode()
    ok("\n  thief@example.com: 50 bounces in a day, others have" in shown, "report: a sender whose mails bounce", shown)


with Server() as server:
    ok("Alarms" not in server.command("report").stdout.decode(), "report says nothing of alarms where there are none")
    world = World(server)
    test_worse(world)
    test_listed(world)
    test_burst(world)
    test_rate(world)
    test_report(world)
    world.connection.close()
    ok(server.stop() == 0, "it ends with status 0", server.complaints()[-300:])
done()
