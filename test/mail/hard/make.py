"""Mails that are built to hurt: too many, too deep, too long, or no text at all.

Each function gives the bytes of one mail; HARD lists them with what must be true of the report.
They are made when the test runs, so that nobody has to store ten megabytes of blanks.
"""
import base64
import random

FIELDS = b"""Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; rcpt@example.net
Action: failed
Status: %s
%s
"""
TEXT = b"Content-Type: text/plain\n\nYour message could not be delivered.\n"
RETURNED = b"Content-Type: text/rfc822-headers\n\nFrom: sender@example.com\nTo: rcpt@example.net\n"
UNKNOWN = b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\n"
MANY = 100000
MEGABYTE = 1 << 20


def head(content=b'multipart/report; report-type=delivery-status; boundary="b"', extra=b""):
    return (b"Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.com\nTo: sender@example.com\n"
            b"Subject: Undelivered Mail Returned to Sender\n" + extra +
            b"MIME-Version: 1.0\nContent-Type: " + content + b"\n\n")


def parts(*bodies):
    return b"".join(b"--b\n" + body + b"\n" for body in bodies) + b"--b--\n"


def status(code=b"5.1.1", rest=UNKNOWN):
    return b"Content-Type: message/delivery-status\n\n" + FIELDS % (code, rest)


def report(text=TEXT, fields=None, returned=RETURNED, extra=b""):
    return head(extra=extra) + parts(text, status() if fields is None else fields, returned)


def many_parts():
    return head() + parts(TEXT, status(), *[b"Content-Type: text/plain\n\nx"] * MANY)


def parts_in_front():
    return head() + parts(*[b"Content-Type: text/plain\n\nx"] * MANY, status())


def one_long_header():
    return report(extra=b"Subject: " + b"x" * (7 * MEGABYTE) + b"\n")


def folded_header():
    return report(extra=b"References:" + b" <1@example.com>\n" * (7 * MEGABYTE // 18))


def beyond_the_limit():
    return report(text=TEXT + b"a line of the text\n" * (10 * MEGABYTE // 19))


def many_headers():
    return report(extra=b"X-Field: value\n" * (10 * MEGABYTE // 15))


def many_received():
    line = b"Received: from a.example by b.example; Mon, 2 Mar 2026 09:40:00 +0800\n"
    return report(extra=line * 50000)


def deep_multiparts():
    out = [head(b'multipart/mixed; boundary="b0"')]
    for i in range(10000):
        out.append(b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (i, i + 1))
    return b"".join(out) + b"--b10000\nContent-Type: text/plain\n\nuser unknown\n"


def deep_messages():
    return head(b"message/rfc822") + b"Content-Type: message/rfc822\n\n" * MANY + b"\nuser unknown\n"


def deep_encoded_messages():
    mail = b"Subject: inside\n\nuser unknown\n"
    for _ in range(24):
        mail = (b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" +
                base64.encodebytes(mail))
    return b"From: a@example.com\n" + mail


def nuls():
    return report(text=TEXT.replace(b"message", b"mes\0sage") + b"\0" * MEGABYTE)


def nul_in_every_place():
    return b"\0" + report().replace(b" ", b" \0") + b"\0"


def binary():
    return random.Random(1).randbytes(5 * MEGABYTE)


def binary_part():
    return head() + parts(TEXT + random.Random(2).randbytes(MEGABYTE), status(), RETURNED)


def long_line():
    return report(text=TEXT + b"x" * MEGABYTE, fields=status(b"5.0.0", b""))


def long_diagnostic():
    return report(fields=status(rest=b"Diagnostic-Code: smtp; 550 5.1.1 User unknown " + b"x " * 99999))


def many_recipients():
    block = b"Final-Recipient: rfc822; rcpt%d@example.net\nAction: failed\nStatus: 5.1.1\n\n"
    blocks = b"".join(block % i for i in range(MANY))
    return report(fields=b"Content-Type: message/delivery-status\n\n"
                  b"Reporting-MTA: dns; mail.example.com\n\n" + blocks)


def many_recipients_in_prose():
    line = b"<rcpt%d@example.net>:\n550 5.1.1 User unknown\n\n"
    return (head(b"text/plain") + b"Hi. This is the qmail-send program at mail.example.com.\n"
            b"I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            b"This is a permanent error; I've given up. Sorry it didn't work out.\n\n" +
            b"".join(line % i for i in range(MANY)))


def reply_in_reply():
    codes = b"".join(b"%d 4.7.1 said: " % (421 + i % 30) for i in range(200))
    return report(fields=status(rest=b"Diagnostic-Code: smtp; " + codes + b"550 5.1.1 User unknown\n"))


def no_boundary():
    return head() + b"a line without a boundary\n" * (2 * MEGABYTE // 26)


def boundary_everywhere():
    return head(b'multipart/mixed; boundary="-"') + b"---\n\n" * MEGABYTE


def open_comments():
    return report(fields=status(b"5.1.1 " + b"(" * 400000),
                  extra=b"Date: " + b"(" * 60000 + b"\nSubject: " + b"\\(" * 9999 + b"\n")


def encoded_words():
    return report(extra=b"Subject: " + b"=?utf-8?B?5Lit?=\n " * MANY + b"\n")


def parameters():
    names = b";\n".join(b" boundary*%d*=%%41%%42" % i for i in range(MANY // 10))
    return head(b"multipart/report;\n" + names) + parts(TEXT, status(), RETURNED)


def open_tags():
    return head(b"text/html") + b"<p><!--<style" * (MEGABYTE // 2)


def entities():
    return head(b"text/html") + b"&#1114112;&lt&amp;&#x;" * (MEGABYTE // 5)


def escapes():
    return report(text=b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B" * MEGABYTE,
                  fields=status(b"5.0.0", b""))


# name, what the report must say, which limits it must name
RIGHT = {"kind": "bounce", "recipient": "rcpt@example.net", "cause": "user-unknown"}
FAILED = {"kind": "bounce", "recipient": "rcpt@example.net"}
HARD = [
    (many_parts, RIGHT, {"parts"}),
    (parts_in_front, {}, {"parts"}),
    (one_long_header, RIGHT, set()),
    (folded_header, RIGHT, {"header-bytes"}),
    (many_headers, {}, {"headers", "message-bytes"}),
    (beyond_the_limit, {}, {"message-bytes"}),
    (many_received, RIGHT, {"headers"}),
    (deep_multiparts, {}, {"nesting"}),
    (deep_messages, {}, {"nesting"}),
    (deep_encoded_messages, {}, set()),
    (nuls, RIGHT, set()),
    (nul_in_every_place, {}, set()),
    (binary, {"kind": "not-a-report"}, set()),
    (binary_part, RIGHT, set()),
    (long_line, FAILED, {"text-bytes"}),
    (long_diagnostic, RIGHT, {"diagnostic-bytes"}),
    (many_recipients, {"kind": "bounce", "cause": "user-unknown"}, {"recipients"}),
    (many_recipients_in_prose, {"kind": "bounce", "cause": "user-unknown"}, {"text-bytes"}),
    (reply_in_reply, FAILED, {"reply-depth"}),
    (no_boundary, {}, set()),
    (boundary_everywhere, {}, {"parts"}),
    (open_comments, FAILED, set()),
    (encoded_words, RIGHT, {"header-bytes"}),
    (parameters, {}, set()),
    (open_tags, {}, {"text-bytes"}),
    (entities, {}, {"text-bytes"}),
    (escapes, FAILED, set()),
]
