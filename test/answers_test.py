#!/usr/bin/env python3
"""What the answers say, one fact a line: of replies, of small reports, of the command line."""
import json
import os

from tap import ROOT, done, ok, whybounce


def report_of_reply(text):
    return json.loads(whybounce("reply", "--json", text))


# ---- whom a bare reply is about ----
for reply, recipient in [
    # RFC 5321 3.3: in reply to MAIL FROM no recipient has been named yet
    ("SMTP error, MAIL FROM: 553 5.7.1 Sender address rejected: not owned by user bob@example.com", None),
    ("450 4.1.8 <a@x.org>: Sender address rejected: Domain not found", None),
    ("553 5.7.1 <a@x.org>: Sender address rejected: not owned by user bob@example.com", None),
    ("553 5.1.8 <a@x.org>... Domain of sender address a@x.org does not exist", None),
    ("550 5.7.1 Mail from a@x.org is not accepted here", None),
    ("550 5.1.1 <b@y.org>: Recipient address rejected: User unknown", "b@y.org"),
    ("SMTP error, RCPT TO:<b@y.org> 553 sender a@x.org is refused", "b@y.org"),
    ("550 sender a@x.org may not write to b@y.org", "b@y.org"),
    ("550 5.1.1 b@y.org User unknown", "b@y.org"),
    ("550 5.1.1 No such user b@y.org", "b@y.org"),
]:
    said = report_of_reply(reply)["recipient"]
    ok(said == recipient, "recipient of: " + reply, "it says %r" % said)


# ---- titles follow the case ----
OWN = "SMTP error, RCPT TO:<b@y.org> 550 5.1.1 User unknown"
FAR = "550 5.1.1 <b@y.org>: User unknown"
for reply, language, title in [
    (OWN, "en", "No such mailbox"), (OWN, "zh", "没有这个邮箱"),
    (FAR, "en", "No such mailbox"), (FAR, "zh", "对方没有这个邮箱"),
    ("SMTP error, DATA: 550 5.7.1 rejected by local policy", "zh", "被您自己邮件服务器的策略拒收"),
    ("550 5.7.1 rejected by local policy", "zh", "被对方的策略拒收"),
]:
    first = whybounce("reply", "--lang", language, reply).splitlines()[0]
    ok(first.endswith("   " + title) or first[2:] == title, "title in %s: %s" % (language, reply), first)


# ---- behind a forwarding the sender wrote to the right address ----
for mail, language, words in [
    ("answer-forwarded-spf", "en", "to wang@school.example was not delivered"),
    ("answer-forwarded-spf", "zh", "对方的邮件管理员"),
    ("answer-forwarded-gone", "en", "until the forwarding is changed"),
    ("answer-forwarded-gone", "zh", "发给 wang@school.example 的邮件"),
]:
    text = " ".join(whybounce("--lang", language, os.path.join(ROOT, "test/mail", mail + ".eml")).split())
    ok(words in text, "%s in %s says: %s" % (mail, language, words), text)

done()
