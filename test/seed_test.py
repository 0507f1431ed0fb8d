#!/usr/bin/env python3
"""The help page that whybounce began as: its samples, keywords and remedies (shared/seed)."""
import json
import os

from tap import done, need_shared, ok, whybounce

SEED = need_shared("seed")

# A bounce of Winmail's own making: what stands around the samples marked <winmail>.
WINMAIL = """From: postmaster@mail.example.com
To: sender@example.com
Subject: failure notice
Date: Thu, 23 Dec 2004 09:41:02 +0800

Hi. This is the smtp delivery program.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<rcpt@example.net>, %s

--- Below this line is a copy of the message.

Received: from unknown (HELO test) ([192.0.2.7])
 (envelope-sender <sender@example.com>)
 by 192.0.2.8 with ESMTP
 for <rcpt@example.net>; Thu, 23 Dec 2004 09:40:58 +0800
Message-ID: <004201c4e890$73a42b50$33777777@test.example>
From: "test" <sender@example.com>
To: <rcpt@example.net>
Subject: test
Date: Thu, 23 Dec 2004 09:40:58 +0800

text
"""

# A report by RFC 3464 around the others.
REPORT = """Return-Path: <>
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
To: sender@example.com
Subject: Undelivered Mail Returned to Sender
Date: Thu, 23 Dec 2004 09:41:02 +0800
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; rcpt@example.net
Action: failed
Status: %s
Diagnostic-Code: smtp; %s

--=_b
Content-Type: message/rfc822

From: sender@example.com
To: rcpt@example.net
Subject: test
Message-ID: <1@example.com>

text
--=_b--
"""

# Of each row of remedies.md some words that the advice of its cause must have, in both languages:
# (section, reply, words in English, words in Chinese). Each word is a regular expression.
REMEDIES = [
    ("1", "550 5.1.1 user unknown", "letter by letter|spelling", "拼写", "Ask the person", "向对方要"),
    ("2", "550 account is disabled", "not used|unused|unpaid|not paid", "欠费|太久没用",
     "administrator|provider", "管理员|服务商"),
    ("3", "552 mailbox is full", "delete", "删", "again", "再发"),
    ("4", "554 message content rejected", "attachment", "附件", "filter|rule", "过滤|规则"),
    ("5", "host not found", "spelling|letter by letter", "核对", "DNS|domain", "域名"),
    ("6", "500 syntax error, command unrecognized", "web mail|another mail program|other mail program",
     "网页", "server", "服务器"),
    ("7", "552 message size exceeds fixed maximum message size: 7372800 bytes", "smaller|split|several",
     "压缩|分成", "7\\.0 MB", "7\\.0 ?MB"),
    ("8", "550 sender rejected", "refus|reject|block", "拒", "address|domain|IP", "地址|域名|IP"),
    ("9", "connection timed out", "again", "再发", "a day|next day|24 hours", "一天|第二天"),
    ("10", "452 too many recipients", "batch|group|parts|fewer|several", "分", "20|30|limit", "20|30|上限"),
    ("11", "554 blocked using zen.spamhaus.org", "whole networks|network", "整段|网段|网络",
     "spamhaus", "spamhaus|Spamhaus"),
    ("12", "450 sender domain not found", "MX|DNS", "MX|DNS", "administrator", "管理员"),
    ("title", "SMTP error, RCPT TO: 550 Relay Deny", "own mail server|own server", "您自己的",
     "log ?in|login", "登录|认证|身份验证"),
]


def lines(name):
    for line in open(os.path.join(SEED, name), encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            yield line.rstrip("\n").split("\t")


def samples():
    for section, causes, text, *mark in lines("samples.tsv"):
        yield section, causes.split(","), text, bool(mark) and "winmail" in mark[0]


def first_report(text, *arguments):
    return json.loads(whybounce(*arguments, stdin=text.encode()).splitlines()[0])


def status_of(text):
    found = json.loads(whybounce("reply", "--json", text).splitlines()[0])["status"]
    return found or "5.0.0"


def test_samples():
    for section, causes, text, winmail in samples():
        bare = json.loads(whybounce("reply", "--json", text).splitlines()[0])
        ok(bare["cause"] in causes, "sample %s as a reply: %s" % (section, text),
           "%s by %s" % (bare["cause"], bare["evidence"]))
        mail = WINMAIL % text if winmail else REPORT % (status_of(text), text)
        inside = first_report(mail, "parse", "--json")
        ok(inside["cause"] in causes and inside["recipient"] == "rcpt@example.net",
           "sample %s in a bounce: %s" % (section, text),
           "%s by %s for %s" % (inside["cause"], inside["evidence"], inside["recipient"]))
        if winmail:
            ok(inside["dialect"] == "winmail", "... read as Winmail's: " + text, inside["dialect"])


def causes_of_sections():
    of = {}
    for line in whybounce("causes", "--json").splitlines():
        cause = json.loads(line)
        of.setdefault(str(cause["section"]), set()).add(cause["cause"])
    return of


def test_keywords():
    of = causes_of_sections()
    for section, keyword in lines("keywords.tsv"):
        found = whybounce("causes", "--json", keyword, check=False).splitlines()
        led_to = {json.loads(line)["cause"] for line in found}
        ok(led_to & of[section], "keyword %s leads to section %s" % (keyword, section), led_to)


def test_remedies():
    import re
    for section, reply, en1, zh1, en2, zh2 in REMEDIES:
        for language, words in ("en", (en1, en2)), ("zh", (zh1, zh2)):
            text = whybounce("reply", "--details", "--lang", language, reply)
            text = re.sub(r"\s+", " " if language == "en" else "", text)
            for word in words:
                ok(re.search(word, text, re.I), "remedy %s in %s: %s" % (section, language, word), text)


test_samples()
test_keywords()
test_remedies()
done()
