#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seeds of a harness: seeds.py NAME FOLDER.

They are cut out of the mails and the knowledge that are there anyway, so a new fixture is a new
seed. What stands in shared/ is taken when it is there.
"""
import base64
import glob
import gzip
import hashlib
import lzma
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
LARGEST = 32 << 10
# The first byte of an input of fuzz-knowledge chooses the file; see knowledge.c.
FILES = {"causes": 0, "providers": 1, "kinds": 2, "dialects": 3, "words": 4, "facts": 5,
         "blocklists": 6, "status-codes": 7, "reply-codes": 8, "fields": 9, "interface": 10}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def mails():
    for folder in os.path.join(ROOT, "test/mail"), os.path.join(SHARED, "corpus/mail"):
        for path in sorted(glob.glob(os.path.join(folder, "**/*"), recursive=True)):
            if os.path.isfile(path) and not path.endswith((".json", ".txt", ".tsv", ".html")):
                yield read(path).replace(b"\r\n", b"\n")


def nasty():
    """What must never come out as it went in: formulas, escapes, bidirectional marks, markup."""
    for bad in "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\x1b[2J", "\u009b2J", "\u202ex", "\u2066x", \
               "<script>", "\u2028", "\x7f", "\ud7ff\ue000", '"', "\\", "\r=1":
        yield ("Return-Path: <>\nFrom: MAILER-DAEMON@a.example\nTo: %s\nSubject: %s\nContent-Type: "
               "multipart/report; boundary=b\n\n--b\n\n%s\n--b\nContent-Type: message/delivery-status"
               "\n\nReporting-MTA: dns; %s\n\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: "
               "5.1.1\nRemote-MTA: dns; %s\nDiagnostic-Code: smtp; %s\n\n--b\nContent-Type: text/"
               "rfc822-headers\n\nMessage-ID: %s\nFrom: %s\nTo: %s\nSubject: %s\nX-Campaign: %s\n\n"
               "--b--\n" % ((bad,) * 12)).encode()


def seeds_of_mail():
    yield from mails()
    yield from nasty()


def examples():
    """The texts that stand as examples in the knowledge, without reading YAML in earnest."""
    for path in sorted(glob.glob(os.path.join(ROOT, "knowledge/**/*.yaml"), recursive=True)):
        text = read(path).decode()
        for line in re.findall(r"(?:examples|not): *\[(.*)\]", text):
            for a, b in re.findall(r"'((?:[^']|'')*)'|\"((?:[^\"\\]|\\.)*)\"", line):
                yield (a.replace("''", "'") or b).encode()
        for block in re.findall(r"(?:text|mail|report): \|-?\n((?:(?: {4,}.*)?\n)+)", text):
            yield re.sub(r"(?m)^ {4,12}", "", block).encode()


def seeds_of_fields():
    for mail in mails():
        parts = re.findall(rb"(?is)\n(?:content-type: *message/(\S*delivery-status|feedback-report|"
                           rb"disposition-notification).*?)\n\n(.*?)\n--", mail)
        for name, body in parts:
            kinds = [b"delivery-status", b"global-delivery-status", b"feedback-report"]
            name = name.lower().rstrip(b";")
            yield b"%d" % (kinds.index(name) if name in kinds else 3) + body


def seeds_of_prose():
    for mail in mails():
        if not re.search(rb"(?i)\ncontent-type: *multipart/", mail):
            head, _, body = mail.partition(b"\n\n")
            kept = re.findall(rb"(?im)^(?:content-|x-mailer|message-id|to:).*\n(?:[ \t].*\n)*", head + b"\n")
            yield b"".join(kept) + b"\n" + body
            yield b"\n" + body
        for body in re.findall(rb"(?is)\ncontent-type: *text/plain.*?\n\n(.*?)\n--", mail):
            yield b"\n" + body
    for text in examples():
        yield (text if re.match(rb"[A-Za-z-]+: ", text) else b"\n" + text)


def seeds_of_reply():
    yield from examples()
    samples = os.path.join(SHARED, "seed/samples.tsv")
    if os.path.exists(samples):
        for line in read(samples).splitlines():
            yield line.split(b"\t")[-1]
    for mail in mails():
        for code in re.findall(rb"(?im)^diagnostic-code: *(?:\S+; *)?(.*(?:\n[ \t].*)*)", mail):
            yield code


def seeds_of_words():
    for mail in mails():
        head, _, body = mail.partition(b"\n\n")
        for field in re.findall(rb"(?m)^[\w-]+: *(.*(?:\n[ \t].*)*)", head):
            if b"=?" in field:
                yield b"0" + field
            for name in re.findall(rb";\s*([\w-]+)\*?\d*\*?=", field):
                yield b"1" + name + b"\n" + field
        label = re.search(rb"(?i)charset=\"?([\w-]+)", mail)
        yield b"2" + (label.group(1) if label else b"") + b"\n" + body[:2000]
        if b"\\3" in body:
            yield b"3" + body[:1000]
        for part in re.findall(rb"(?is)<html.*", body):
            yield b"4" + part[:8000]
        for part in re.findall(rb"(?i)base64\n(?:.+\n)*\n((?:.+\n)+)", mail):
            yield b"5" + part[:2000]
        for part in re.findall(rb"(?i)quoted-printable\n(?:.+\n)*\n((?:.*\n){1,20})", mail):
            yield b"6" + part[:2000]
    yield b"7begin 644 a\n#86)C\n`\nend\n"
    for name in "gb18030 big5 iso-2022-jp shift_jis euc-jp euc-kr koi8-r cp1251 utf-7".split():
        sample = {"euc-kr": "편지", "koi8-r": "письмо", "cp1251": "письмо", "big5": "郵件退回"}
        text = sample.get(name, "送信" if "jp" in name or "jis" in name else "邮件" if name != "utf-7" else "é ü")
        raw = text.encode(name)
        yield b"2" + name.encode() + b"\n" + raw
        yield b"0=?" + name.encode() + b"?B?" + base64.b64encode(raw) + b"?="
    yield b"1name\nx; name*0*=utf-8'en'%41%c3; name*1*=%a9; name*2=\"b c\""
    yield b"0=?utf-8?Q?=E9=82?= =?utf-8?Q?=AE_a?="


def seeds_of_knowledge():
    """Whole files, and each entry alone with causes that the small catalogue has."""
    for path in sorted(glob.glob(os.path.join(ROOT, "knowledge/**/*.yaml"), recursive=True)):
        folder = os.path.basename(os.path.dirname(path))
        name = os.path.basename(path)[:-len(".yaml")]
        number = FILES.get(folder if folder != "knowledge" else name)
        if number is None:
            continue
        text = read(path).decode()
        own = re.sub(r"(?m)^ *over: .*\n|, over: \[[^]]*\]", "", text)
        own = re.sub(r"(cause: )[a-z-]+", r"\1unknown", own)
        own = re.sub(r"(for: )\[[^]]*\]", r"\1[unknown]", own)
        own = re.sub(r"alternatives: \{[^}]*\}", "alternatives: {unknown: 0.2}", own)
        own = re.sub(r"\{(?:who|is|not|of|gap|[a-z-]+)\}(?=[^}]*')", "", own)
        yield bytes([number]) + own.encode()
        head, mark, rest = own.partition("\nphrases:\n")
        if not mark:
            head, mark, rest = own.partition("codes:\n" if "codes:\n" in own else "\nfields:\n")
        head = head.replace("role: unknown\n", "")
        for entry in re.findall(r"(?m)^  - .*\n(?:    .*\n)*", rest)[:12]:
            yield bytes([number]) + (head + mark + entry).encode()


def seeds_of_source():
    mail = b"From: a@example.org\nSubject: s\n\nFrom here\n>From there\n"
    line = b"From a@example.org Thu Jan  1 00:00:00 2026\n"
    box = line + mail + b"\n" + line + mail + b"\n"
    old = (line + mail).replace(b"\n", b"\r")
    for plain in mail, box, box.replace(b"\n", b"\r\n"), old, b"", b"From ", line, line * 3:
        yield plain
        yield gzip.compress(plain)
        yield gzip.compress(plain) + gzip.compress(plain)
        yield lzma.compress(plain)
    yield b"\x28\xb5\x2f\xfd\x04\x58\x19\x00\x00abc\xf7\x47\xb9\xad"


def seeds_of_log():
    paths = glob.glob(os.path.join(ROOT, "test/log/*.log")) + glob.glob(os.path.join(ROOT, "test/mail/lab/*/*.log"))
    for path in sorted(paths):
        for bits in 0x4F, 0xC3:  # the format is recognised: with a year, and with a zone
            yield bytes([bits]) + read(path)
    for number, name in enumerate(("postfix", "exim", "sendmail", "opensmtpd", "qmail", "kumomta", "powermta")):
        yield bytes([number]) + read(os.path.join(ROOT, "test/log", name + ".log"))


def seeds_of_probe():
    for text in (b"v=spf1 a mx ptr include:example.org exists:%{ir}.%{v}._spf.%{d2} -all", b"v=spf1 exp=example.org -all",
                 b"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 redirect=example.org", b"v=spf1 a:%{l1r-}.%{S}/24//64 ~all"):
        yield b"\0" + text
        yield b"\1" + text
    yield b"\2v=DMARC1; p=none; sp=reject; psd=y; rua=mailto:a@example.org"
    yield b"\3v=DKIM1; k=rsa; t=y:s; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"
    for chunks in b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"\r\nhello":
        for over in b"\5", b"\6":
            yield over + b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + chunks
    yield b"\7v=STSv1; id=20160831085700Z;"
    yield b"\7version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmx: *.example.org\r\nmax_age: 604800\r\n"
    yield (b"\4\0\1\x81\x80\0\1\0\1\0\0\0\0\7example\3org\0\0\x0f\0\1\xc0\x0c\0\x0f\0\1\0\0\0\x3c\0\4\0\x0a\xc0\x0c")


def seeds_of_dkim():
    for path in sorted(glob.glob(os.path.join(ROOT, "test/serve/dkim/*.eml"))):
        yield b"Subject: x\r\n\r\n" + read(path)


def seeds_of_program():
    """Expressions of the knowledge with texts of it, the rows of the unit test, and runs of a letter."""
    texts = list(examples())
    count = 0
    for path in sorted(glob.glob(os.path.join(ROOT, "knowledge/**/*.yaml"), recursive=True)):
        for line in read(path).decode().splitlines():
            for quoted in re.findall(r"'((?:[^']|'')*)'", line):
                expression = quoted.replace("''", "'").encode()
                if re.search(rb"[*+?|{\\[]", expression):
                    yield b"%d" % (count % 2) + expression + b"\n" + texts[count % len(texts)]
                    count += 1
    rows = read(os.path.join(ROOT, "src/match/program_test.c")).decode()
    for expression, text in re.findall(r'\{"[^"]*", "((?:[^"\\]|\\.)*)", \w+, "((?:[^"\\]|\\.)*)"\}', rows):
        yield b"0" + expression.encode().decode("unicode_escape").encode("latin-1") + b"\n" + text.encode()
    for expression in b"(?:a+)+b", b"(a|b)*c", b"(?:ab)*c", b"a.*?b.*a$", b"(?:a?){3}[^a]", b"(?:(?:a{2}){2}){2}", b"(?:|a)b":
        yield b"0" + expression + b"\n" + b"a" * 6000
        yield b"0" + expression + b"\n"


SEEDS = {"program": seeds_of_program, "probe": seeds_of_probe, "log": seeds_of_log, "mail": seeds_of_mail, "fields": seeds_of_fields, "prose": seeds_of_prose, "reply": seeds_of_reply,
         "words": seeds_of_words, "dkim": seeds_of_dkim, "knowledge": seeds_of_knowledge, "source": seeds_of_source}


def main():
    name, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for seed in SEEDS[name]():
        seed = seed[:LARGEST]
        path = os.path.join(folder, hashlib.sha1(seed).hexdigest())
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.write(seed)


main()
