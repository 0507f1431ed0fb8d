#!/usr/bin/env python3
"""What is written otherwise is read alike: mails and replies in other clothes.

Mails of test/mail and of the lab get other line ends, marks of quotation, another transfer encoding,
a warning on top or a footer below; replies of test/replies other blanks, capitals, quotation marks and a full stop.
Kind, recipient and cause must stay what they are.
"""
import base64
import email
import glob
import json
import os
import subprocess
import tempfile

from tap import PROGRAM, ROOT, done, ok, whybounce

BANNER = ("CAUTION: This email originated from outside of the organization. Do not click links or open\n"
          "attachments unless you know the sender.\n\n")
FOOTERS = ("\n\n-- \nThis message has been scanned for viruses and\ndangerous content by MailScanner, and is\n"
           "believed to be clean.\n\nThis e-mail is confidential and intended solely for the addressee. If you are\n"
           "not the intended recipient, tell legal@law.example and delete it. Mail may be\nblocked or rejected.\n")


def edited(content, change):
    """With another text for people, in base64; None where there is none, or it stands alone."""
    message = email.message_from_bytes(content)
    if not message.keys():
        return None
    for part in message.walk():
        if part.get_content_type() == "text/plain" and not part.is_multipart() and part.get_payload().strip():
            text, charset = part.get_payload(decode=True), part.get_content_charset() or "us-ascii"
            try:
                text = change(text.decode(charset)).encode(charset)
            except (LookupError, UnicodeError):
                return None
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = "base64"
            part.set_payload(base64.encodebytes(text).decode())
            try:
                return message.as_bytes()
            except UnicodeError:
                return None
    return None


def plain(content):
    return content.replace(b"\r\n", b"\n")


def in_front(content, mark):
    return b"".join(mark + line for line in plain(content).splitlines(True))


MAILS = {
    "with CR LF": lambda content: plain(content).replace(b"\n", b"\r\n"),
    "with bare CR": lambda content: plain(content).replace(b"\n", b"\r"),
    "with bare CR and a line feed": lambda content: plain(content).replace(b"\n", b"\r") + b"\n",
    "quoted": lambda content: in_front(content, b"> "),
    "indented": lambda content: in_front(content, b"    "),
    "in base64": lambda content: edited(content, lambda text: text),
    "below a warning": lambda content: edited(content, lambda text: BANNER + text),
    "above footers": lambda content: edited(content, lambda text: text + FOOTERS),
}
REPLIES = {
    "with two blanks": lambda reply: reply.replace(" ", "  "),
    "in capitals": str.upper,
    "with typographic quotation marks": lambda reply: reply.replace("'", "\u2019").replace('"', "\u201d"),
    "with a full stop": lambda reply: reply.rstrip(".") + ".",
}


def answers(folder):
    found = {}
    for line in whybounce("parse", "--json", folder).splitlines():
        report = json.loads(line)
        found.setdefault(os.path.basename(report["source"]), []).append(
            (report["kind"], (report["recipient"] or "").lower(), report["cause"]))
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def mails():
    paths = sorted(glob.glob(os.path.join(ROOT, "test/mail/*.eml")) + glob.glob(os.path.join(ROOT, "test/mail/lab/**/*.eml"), recursive=True))
    names = {"%04d.eml" % i: path for i, path in enumerate(paths)}
    contents = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in names.items():
            with open(path, "rb") as mail, open(os.path.join(folder, name), "wb") as out:
                contents[name] = mail.read()
                out.write(contents[name])
        wanted = answers(folder)
    for how, change in MAILS.items():
        with tempfile.TemporaryDirectory() as folder:
            for name, content in contents.items():
                content = change(content)
                if content:
                    with open(os.path.join(folder, name), "wb") as out:
                        out.write(content)
            got = answers(folder)
        other = ["%s: %s, not %s" % (names[name], got[name], wanted[name]) for name in got if got[name] != wanted[name]]
        ok(len(got) > 100 and not other, "%d mails %s" % (len(got), how), *other)


def causes(replies):
    out = subprocess.run([PROGRAM, "reply", "--json", "-"], input="\n".join(replies) + "\n", capture_output=True, text=True, check=True)
    return [json.loads(line)["cause"] for line in out.stdout.splitlines()]


def replies():
    rows = [line.rstrip("\n").split("\t")[-1] for path in sorted(glob.glob(os.path.join(ROOT, "test/replies/*.tsv")))
            for line in open(path, encoding="utf-8") if not line.startswith("#")]
    wanted = causes(rows)
    for how, change in REPLIES.items():
        got = causes([change(row) for row in rows])
        other = ["%s: %s, not %s" % row for row in zip(rows, got, wanted) if row[1] != row[2]]
        ok(len(got) == len(rows) and not other, "%d replies %s" % (len(rows), how), *other)


mails()
replies()
done()
