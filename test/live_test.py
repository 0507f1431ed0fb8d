#!/usr/bin/env python3
"""explain --live: a bounce, a world in which its trouble stands, and one in which it is mended.

The worlds are real: NSD answers on loopback, and mail servers that follow a script.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import tap
import world

BOUNCE = """Return-Path: <>
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
To: li.na@example.com
Subject: Undelivered Mail Returned to Sender
Date: Mon,  2 Mar 2026 09:40:08 +0800 (CST)
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Arrival-Date: Mon,  2 Mar 2026 09:40:05 +0800 (CST)

Final-Recipient: rfc822; %(recipient)s
Action: failed
Status: %(status)s
%(remote)sDiagnostic-Code: %(diagnostic)s

--b
Content-Type: text/rfc822-headers

Return-Path: <li.na@example.com>
From: li.na@example.com
To: %(recipient)s
Subject: hello
Message-ID: <1@example.com>

--b--
"""


def bounce(status, diagnostic, remote="mx.example.org", recipient="chen.wei@example.org"):
    return BOUNCE % {"status": status, "diagnostic": diagnostic, "recipient": recipient,
                     "remote": "Remote-MTA: dns; %s\n" % remote if remote else ""}


def live(mail, resolver, port, lang, *more):
    with tempfile.NamedTemporaryFile("w", suffix=".eml") as file:
        file.write(mail)
        file.flush()
        out = tap.whybounce("explain", "--live", "--resolver", resolver, "--port", str(port),
                            "--lang", lang, *more, file.name, lang=lang)
    return out.split("Now  " if lang == "en" else "现在  ")[-1]


SENDER = """
@ NS ns
ns A 127.0.0.1
@ MX 10 mail
mail A 192.0.2.25
@ TXT "v=spf1 ip4:192.0.2.25 -all"
"""
LIST = "zen.spamhaus.org"
POINTS = "2.0.0.127 A 127.0.0.2\n"
REVERSE = "2.0.192.in-addr.arpa"


def mx(host, address):
    return "@ MX 10 %s\n%s A %s\n" % (host, host, address)


# seed section, cause, bounce, zones where it stands, zones where it is mended, and words of each
SCENES = [
    ("5", "host-unknown",
     bounce("5.4.4", "X-Postfix; Host or domain name not found. Name service error for"
            " name=example.org type=MX: Host not found", None),
     {"org": ""}, {"example.org": mx("mx", "127.0.0.11")},
     "The domain example.org does not exist in DNS", "Mail server mx.example.org, preference 10.",
     "The domain still cannot be reached by mail", "The domain is found again: send it once more.",
     "还是收不了邮件", "现在能查到了，再发一次就行。"),
    ("5, broken DNS", "host-unknown",
     bounce("4.4.3", "X-Postfix; Host or domain name not found. Name service error for"
            " name=example.org type=MX: Host not found, try again", None),
     {"example.org": None}, {"example.org": mx("mx", "127.0.0.11")},
     "The DNS servers of example.org give no proper answer", "Mail server mx.example.org, preference 10.",
     "The domain still cannot be reached by mail", "The domain is found again: send it once more.",
     "还是收不了邮件", "现在能查到了，再发一次就行。"),
    ("8, relay", "relay-denied",
     bounce("5.7.1", "smtp; 554 5.7.1 <chen.wei@example.org>: Relay access denied"),
     {"example.org": mx("mx", "127.0.0.11")}, {"example.org": mx("mx2", "127.0.0.11")},
     "mx.example.org is still a mail server of example.org",
     "mx.example.org, which refused, is no mail server of example.org any more.",
     "still sends its mail to the server that refuses it", "goes to another server now: send it once",
     "还是指向拒收的那台服务器", "改由别的服务器收了，再发一次就行。"),
    ("8, login", "auth-required",
     bounce("5.7.0", "smtp; 530 5.7.0 Authentication required"),
     {"example.org": mx("mx", "127.0.0.11")}, {"example.org": mx("mx2", "127.0.0.11")},
     "mx.example.org is still a mail server of example.org",
     "mx.example.org, which refused, is no mail server of example.org any more.",
     "to a server that asks for a login", "goes to another server now: send it once",
     "还是指向要求登录的那台服务器", "改由别的服务器收了，再发一次就行。"),
    ("8, banned", "sender-rejected",
     bounce("5.7.1", "smtp; 553 5.7.1 sender banned"),
     {"example.com": "www A 192.0.2.1"}, {"example.com": SENDER},
     "example.com has neither a mail server (MX) nor an address",
     "Mail server mail.example.com, preference 10.",
     "Something is wrong with your own domain", "is in order now: send it once more.",
     "您自己的域名设置有问题", "从外面看现在都正常，再发一次就行。"),
    ("11", "blocklisted",
     bounce("5.7.1", "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using"
            " zen.spamhaus.org"),
     {LIST: POINTS + "25.2.0.192 A 127.0.0.4\n"}, {LIST: POINTS},
     "192.0.2.25 is listed by Spamhaus", "192.0.2.25 is not listed by Spamhaus",
     "address is still listed", "is on that list no more: send it once more.",
     "还在黑名单上", "已经不在黑名单上了，再发一次就行。"),
    ("11, domain", "reputation",
     bounce("5.7.1", "smtp; 554 5.7.1 <li.na@example.com> rejected: dbl.spamhaus.org"),
     {"dbl.spamhaus.org": "test A 127.0.1.2\nexample.com A 127.0.1.4\n"}, {"dbl.spamhaus.org": "test A 127.0.1.2\n"},
     "example.com is listed by Spamhaus DBL", "example.com is not listed by Spamhaus DBL",
     "or your domain is listed", "are on none of the lists that answered",
     "服务器地址或域名在黑名单上", "都没有您的服务器地址和域名"),
    ("12, domain", "sender-dns",
     bounce("5.1.8", "smtp; 550 5.1.8 <li.na@example.com>: Sender address rejected: Domain not found"),
     {"com": ""}, {"example.com": SENDER},
     "The domain example.com does not exist in DNS", "example.com is a zone of its own",
     "still does not verify in DNS", "verify in DNS now: send it once more.",
     "还是查不到或对不上", "都查得到、对得上，再发一次就行。"),
    ("12, reverse", "sender-dns",
     bounce("5.7.25", "smtp; 550 5.7.25 Client host rejected: cannot find your reverse hostname,"
            " [192.0.2.25]"),
     {"example.com": SENDER, REVERSE: ""},
     {"example.com": SENDER, REVERSE: "25 PTR mail.example.com.\n"},
     "192.0.2.25 has no name in DNS (PTR)", "192.0.2.25 is called mail.example.com, and that name leads back to it.",
     "still does not verify in DNS", "verify in DNS now: send it once more.",
     "还是查不到或对不上", "都查得到、对得上，再发一次就行。"),
    ("12, not back", "sender-dns",
     bounce("5.7.25", "smtp; 550 5.7.25 Client host rejected: cannot find your hostname,"
            " [192.0.2.25]"),
     {"example.com": SENDER, REVERSE: "25 PTR www.example.com.\n"},
     {"example.com": SENDER, REVERSE: "25 PTR mail.example.com.\n"},
     "is called www.example.com in DNS, but that name does not lead back", "192.0.2.25 is called mail.example.com, and that name leads back to it.",
     "still does not verify in DNS", "verify in DNS now: send it once more.",
     "还是查不到或对不上", "都查得到、对得上，再发一次就行。"),
]


def same_cause(name, cause, mail):
    out = tap.whybounce("parse", "-", stdin=mail.encode())
    tap.ok('"cause":"%s"' % cause in out, "%s: the bounce is %s" % (name, cause), out)


def has(out, what, *words):
    flat = " ".join(out.split())
    tap.ok(all(w in flat for w in words), what, "wanted: %s" % (words,), out)


def play(scene):
    name, cause, mail, broken, mended, sign, good, en, en_good, zh, zh_good = scene
    same_cause(name, cause, mail)
    for zones, words in ((broken, (sign, en, zh)), (mended, (good, en_good, zh_good))):
        dns = world.Dns(zones)
        kind = "stands" if zones is broken else "mended"
        try:
            has(live(mail, dns.resolver, 1, "en"), "%s, %s, en" % (name, kind), words[0], words[1])
            has(live(mail, dns.resolver, 1, "zh"), "%s, %s, zh" % (name, kind), words[2])
        finally:
            dns.stop()


NO_RESPONSE = bounce("4.4.1", "X-Postfix; connect to mx.example.org[127.0.0.11]:25: Connection timed out",
                     None)


ENDLESS_SENT = []


def endless(_, connection):
    """A greeting that never ends, in one line."""
    while True:
        ENDLESS_SENT.append(connection.send(b"220-" + b"x" * 65536))


def greets(line):
    return world.mail_server(greeting=line)


def answers():
    """Seed section 9: the mail server itself."""
    same_cause("9", "no-response", NO_RESPONSE)
    dns = world.Dns({"example.org": mx("mx", "127.0.0.11")})
    rows = [
        ("nobody listens", None, "refuses connections", "still does not answer", "还是没有回应"),
        ("it greets", greets(b"220 mx.example.org ESMTP\r\n"), "mx.example.org [127.0.0.11] answers.",
         "The mail server answers again: send it once more.", "又有回应了，再发一次就行。"),
        ("it turns away", greets(b"554 go away\r\n"), "does not talk to us: 554 go away",
         "still does not answer", "还是没有回应"),
        ("it closes", lambda peer, connection: None, "closes the connection before it greets", "still does not answer",
         "还是没有回应"),
        ("it hangs", world.silence, "has not greeted yet", "could not be told from here", "判断不了"),
        ("an endless greeting", endless, "not as a mail server", "still does not answer", "还是没有回应"),
        ("controls in the greeting", greets(b"554 \x1b[2J\x1b]0;owned\x07 no\r\n"), "does not talk to us: 554",
         "still does not answer", "还是没有回应"),
    ]
    try:
        for name, talk, sign, en, zh in rows:
            port = world.free_port()
            peers = [world.Peer(11, port, talk)] if talk else []
            began = time.time()
            out = live(NO_RESPONSE, dns.resolver, port, "en", "--allow-private")
            has(out, "9, %s, en" % name, sign, en)
            tap.ok(time.time() - began < 11, "9, %s: within the deadline" % name)
            tap.ok("\x1b" not in out and "\x07" not in out, "9, %s: nothing raw" % name)
            has(live(NO_RESPONSE, dns.resolver, port, "zh", "--allow-private"), "9, %s, zh" % name, zh)
            for peer in peers:
                tap.ok(set(peer.heard) <= {"QUIT"}, "9, %s: nothing was said but QUIT" % name, peer.heard)
                peer.stop()
        tap.ok(0 < sum(ENDLESS_SENT) < 64 << 20, "9, an endless greeting: no more is read than what fills the network", sum(ENDLESS_SENT))
        hole = world.BlackHole(11, world.free_port())
        out = live(NO_RESPONSE, dns.resolver, hole.port, "en", "--allow-private")
        has(out, "9, everything times out: nobody can tell whose fault it is", "no connection within the time",
            "many cloud providers block outgoing port 25", "could not be told from here")
        hole.stop()
        has(live(NO_RESPONSE, dns.resolver, 25, "en"), "9: a private address is not tried",
            "is no public address", "could not be told from here")
    finally:
        dns.stop()


def lists():
    """What a list must never be taken to say."""
    mail = next(scene[2] for scene in SCENES if scene[0] == "11")
    rows = [
        ("asked through a public resolver", POINTS + "25.2.0.192 A 127.255.255.254", "does not answer your resolver", "不答复"),
        ("a resolver that rewrites", "* A 203.0.113.9", "is made up by a resolver", "编造"),
        ("it lists everything", "* A 127.0.0.2", "lists every address", "都列进去"),
        ("its test point is gone", "25.2.0.192 A 127.0.0.4", "does not list its own test address", "可能已经停用"),
        ("127.0.0.1", POINTS + "25.2.0.192 A 127.0.0.1", "is made up by a resolver", "编造"),
    ]
    for name, zone, sign, zh in rows:
        dns = world.Dns({LIST: zone})
        try:
            out = live(mail, dns.resolver, 1, "en")
            has(out, "11, %s" % name, "Spamhaus", sign, "it could not be checked",
                "Whether the address is still listed could not be checked from here")
            has(live(mail, dns.resolver, 1, "zh"), "11, %s, zh" % name, "Spamhaus", zh, "没能查", "从这里查不到")
        finally:
            dns.stop()


def not_said():
    """What a report does not say cannot be checked: that is told, and nothing is guessed."""
    dns = world.Dns({"example.org": mx("mx", "127.0.0.11"), LIST: POINTS})
    rows = [
        ("no recipient", {"cause": "host-unknown"}, "bounce.no-recipient"),
        ("no server", {"cause": "relay-denied", "recipient": "wang@example.org"}, "bounce.no-server"),
        ("no sender", {"cause": "sender-rejected", "recipient": "wang@example.org"}, "bounce.no-sender"),
        ("no address", {"cause": "blocklisted", "recipient": "wang@example.org", "facts": {"blocklist": "spamhaus"}}, "bounce.no-address"),
        ("a list without DNS", {"cause": "blocklisted", "recipient": "wang@example.org",
                                "facts": {"blocklist": "cloudmark", "client_ip": "192.0.2.25"}}, "blocklist.cannot-ask"),
    ]
    try:
        for name, report, finding in rows:
            run = subprocess.run([tap.PROGRAM, "check", "--live", "--json", "--resolver", dns.resolver, "--port", "1"], input=json.dumps(report) + "\n",
                                 capture_output=True, text=True, timeout=30)
            answer = json.loads(run.stdout)
            tap.ok(finding in {one["id"] for one in answer["findings"]} and answer["result"] == "unknown" and run.returncode == 2,
                   "a report says of %s: %s" % (name, finding), answer, run.returncode)
    finally:
        dns.stop()


def silence():
    """A resolver that says nothing: nobody can tell, and not later than the deadline."""
    with world.socket.socket(world.socket.AF_INET, world.socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        resolver = "127.0.0.1:%d" % mute.getsockname()[1]
        for name, cause, mail in ((s[0], s[1], s[2]) for s in SCENES[::4]):
            began = time.time()
            out = live(mail, resolver, 1, "en")
            tap.ok("once more" not in out and "still" not in out, "%s, silence: no verdict" % name, out)
            tap.ok(time.time() - began < 11.5, "%s, silence: within the deadline" % name)


def main():
    why = world.why_not()
    if why:
        tap.skip_all(why)
    for scene in SCENES:
        play(scene)
    answers()
    lists()
    not_said()
    silence()
    tap.done()


if __name__ == "__main__":
    main()
