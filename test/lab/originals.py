# SPDX-License-Identifier: BSD-2-Clause
"""The mails that are sent: a few shapes, so that the returned part differs from bounce to bounce."""
import base64
import quopri

from world import NAMES, recipients, sender

FIELDS = """From: {name} <{mail}>
To: {to}
Subject: {subject}
Date: Mon, 02 Mar 2026 09:40:00 +0800
Message-ID: <{id}.20260302@sender.test>
MIME-Version: 1.0
"""


def encoded_word(text, charset):
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def plain(row):
    return "Quarterly report", "Content-Type: text/plain; charset=us-ascii\n", \
        b"Hello,\n\nplease find the report below.\n.a line that begins with a dot\n\nRegards\n"


def alternative(row):
    text = quopri.encodestring("您好，附上三月份的报价单，请查收。\n".encode()).decode()
    head = 'Content-Type: multipart/alternative; boundary="=_alt"\n'
    body = ("--=_alt\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + text
            + "\n--=_alt\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>"
            + text + "</p>\n\n--=_alt--\n")
    return encoded_word("三月报价单", "utf-8"), head, body.encode()


def gbk(row):
    head = "Content-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: base64\n"
    return encoded_word("会议通知", "gbk"), head, base64.encodebytes("各位好，会议改到周四下午三点。\n".encode("gbk"))


def newsletter(row):
    head = ("List-Id: <news.sender.test>\nList-Unsubscribe: <https://sender.test/u/12345>\nX-Campaign: spring-7\n"
            "Precedence: bulk\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n")
    return "Spring news", head, "<html><body><h1>Spring</h1><p>Café, thé & more</p></body></html>\n".encode()


def big(row):
    return "Photos", "Content-Type: text/plain\n", b"0123456789 a rather long line to fill the mail up a little\n" * 70


def decoy(row):
    """A mail about other bounces: none of this is a reason or a recipient."""
    head = "Content-Type: text/plain; charset=us-ascii\n"
    body = ("Yesterday's mail came back:\n\n"
            "<zhang@elsewhere.test>: host mx.elsewhere.test[198.51.100.250] said: 552 5.2.2 mailbox is full\n"
            "    (in reply to RCPT TO command)\n\n"
            "Final-Recipient: rfc822; zhang@elsewhere.test\nAction: failed\nStatus: 5.2.2\n"
            "Diagnostic-Code: smtp; 552 5.2.2 mailbox is full\n")
    return "Fwd: Undelivered Mail: mailbox full, quota exceeded", head, body.encode()


def forbidden(row):
    return "forbidden words", *plain(row)[1:]


SHAPES = [plain, alternative, gbk, newsletter]


def message(row):
    """The mail as bytes, lines ending in LF."""
    shape = globals()[row["mime"]] if "mime" in row else SHAPES[sum(row["id"].encode()) % 4]
    subject, head, body = shape(row)
    to = "undisclosed-recipients:;" if row.get("hidden") else ", ".join(recipients(row))
    fields = FIELDS.format(name="Li Ming", mail=sender(row), to=to, subject=subject, id=NAMES[row["id"]])
    return (fields + head + "\n").encode() + body
