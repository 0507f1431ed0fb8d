#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The mail parser beside GMime: tree, headers and decoded text of every mail must be the same.

Both sides dump what they read (test/oracle/dump.h), this compares. Where they differ, a line of
test/oracle/differences.tsv says who is right and by which RFC; a line that is not needed any more
is wrong too. Of the corpus at least 98 of 100 mails must agree. The mails of test/oracle/mail are
made for this test, each with something that parsers get wrong.

usage: test/oracle_test.py [MAIL...]   (with mails: shows how they differ)
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

from tap import BUILD, ROOT, SHARED, done, ok

DIFFERENCES = os.path.join(ROOT, "test/oracle/differences.tsv")
CORPUS = os.path.join(SHARED, "corpus/mail")
FIXTURES = [os.path.join(ROOT, "test/mail"), os.path.join(ROOT, "test/oracle/mail")]
AGREE = 98


# ---- mails that GMime does not read as they are ----

def mended(raw):
    """
    What both sides are given, where GMime cannot read the mail itself. Our own reading of the mail
    as it is must have the same tree and texts.
    """
    # RFC 5322 2.3 forbids bare CRs and gives them no meaning. Where a mail has nothing else they
    # are its line ends; GMime takes such a mail for one header field.
    if b"\r" in raw[:4096] and b"\n" not in raw[:4096]:
        raw = raw.replace(b"\r", b"\n")
    # A message begins with its fields (RFC 5322 3.5). Behind a blank line GMime sees none.
    raw = re.sub(rb"\A([ \t]*\r?\n)+", b"", raw)
    # RFC 5322 2.2.3 folds with white space, which copying has taken from some mails; without it
    # GMime has no boundary, and so not one part.
    return re.sub(rb"(?mi)^(Content-Type: *multipart/.*;[ \t]*\r?\n)(boundary=)", rb"\1 \2", raw)


# ---- what may differ and mean the same; each rule with its reason ----

def media_type(part, parent):
    """Case does not count (RFC 2045 5.1), and absent has a meaning (2045 5.2, 2046 5.1.5)."""
    absent = "message/rfc822" if parent == "multipart/digest" else "text/plain"
    return part["type"].lower() or absent


def header_value(value):
    """A run of white space is one space: a folded line says no more (RFC 5322 2.2.3, 3.2.2)."""
    return re.sub(r"[ \t\r\n]+", " ", value).strip(" ")


def headers(part):
    """
    Names without their case (RFC 5322 1.2.2). GMime keeps the fields that begin with "Content-"
    apart, so the order is compared among these and among the others; RFC 5322 3.6 gives the order
    between them no meaning.
    """
    fields = [(name.lower(), header_value(value)) for name, value in part["headers"]]
    return sorted(fields, key=lambda field: field[0].startswith("content-"))


def has_meaning(part):
    """
    Whether an RFC says which characters a text has: its bytes are valid in the charset it is
    labelled with (RFC 2046 4.1.2), or ASCII where there is no label (RFC 2045 5.2).
    """
    label = part["charset"].lower() or "us-ascii"
    if label == "unicode-1-1-utf-7":  # the name in RFC 1642
        label = "utf-7"
    try:
        part["bytes"].encode("utf-8", "surrogateescape").decode(label)
        return True
    except (LookupError, UnicodeError):
        return False


def text(part):
    """
    Characters of texts, bytes of the rest: of message/... types, which GMime does not convert, and
    of texts whose label is wrong or missing. There each side guesses, and no RFC says better.

    Lines end in LF or CR LF, as the transport had it (RFC 2046 4.1.1); a CR that is left over is
    none of the text. The last line end of a part belongs to the delimiter behind it (2046 5.1.1);
    the last one of a message is the file's. Blanks at the end of a line of quoted-printable must be
    deleted (RFC 2045 6.7 (3)), and GMime keeps them. A blank that breaks no line (U+00A0) is read as
    a blank on purpose: see with_soft_blanks in src/mail/charset.c.
    """
    if "text" not in part:
        return None
    is_text = part["type"].lower().startswith("text") or not part["type"]
    value = part["text" if is_text and has_meaning(part) else "bytes"]
    value = re.sub(r"\r+\n", "\n", value).rstrip("\r\n").replace("\u00a0", " ")
    encodings = [body.strip().lower() for name, body in part["headers"]
                 if name.lower() == "content-transfer-encoding"]
    return re.sub(r"[ \t]+(?=\n)", "", value) if "quoted-printable" in encodings else value


def normal(parts):
    """A mail as it is compared: its tree, its headers, its texts."""
    types = {}
    tree = []
    for part in parts:
        types[part["depth"]] = media_type(part, types.get(part["depth"] - 1))
        tree.append((part["depth"], types[part["depth"]]))
    return {"tree": tree, "headers": list(map(headers, parts)), "text": list(map(text, parts))}


# ---- the comparison ----

def is_mail(path):
    """Not what Outlook saves, which is none to GMime."""
    with open(path, "rb") as file:
        return file.read(4) != b"\xd0\xcf\x11\xe0"


def mails_below(folder):
    found = [os.path.join(path, name) for path, _, names in os.walk(folder) for name in names]
    return sorted(path for path in found if path.endswith((".eml", ".msg", ".txt"))
                  and not path.endswith((".en.txt", ".zh.txt")) and is_mail(path))


def dumps(program, paths):
    done_ = subprocess.run([os.path.join(BUILD, "test", program), *paths], capture_output=True)
    if done_.returncode:
        sys.exit("%s: status %d" % (program, done_.returncode))
    lines = done_.stdout.decode("utf-8", "surrogateescape").split("\n")[:-1]
    return [normal(json.loads(line)["parts"]) for line in lines]


def both(paths):
    """For each mail what we read, what GMime reads, and whether we read it the same unmended."""
    with tempfile.TemporaryDirectory() as folder:
        copies = [os.path.join(folder, str(i)) for i in range(len(paths))]
        for path, copy in zip(paths, copies):
            with open(path, "rb") as mail, open(copy, "wb") as out:
                out.write(mended(mail.read()))
        ours, theirs, unmended = (dumps("mail-dump", copies), dumps("gmime-dump", copies),
                                  dumps("mail-dump", paths))
        same = [lenient(a) == lenient(b) for a, b in zip(ours, unmended)]
        return list(zip(paths, ours, theirs, same))


def lenient(mail):
    """Tree and texts; of white space only that there is some, for that is what mending changes."""
    return mail["tree"], [text and text.split() for text in mail["text"]]


def differing(ours, theirs):
    return [what for what in ("tree", "headers", "text") if ours[what] != theirs[what]]


def name_of(path):
    if path.startswith(CORPUS):
        return "corpus/" + os.path.relpath(path, CORPUS)
    return os.path.relpath(path, ROOT)


def known_differences():
    known = collections.defaultdict(set)
    with open(DIFFERENCES) as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                mail, what, rfc, right, why = line.rstrip("\n").split("\t")
                ok(rfc and right in ("we", "GMime", "either") and why,
                   "%s: the line says who is right and why" % mail)
                known[mail] |= set(what.split(","))
    return known


def show(paths):
    for path, ours, theirs, _ in both(paths):
        for what in differing(ours, theirs):
            print("%s: %s" % (path, what))
            rows = [theirs[what], ours[what]]
            for i in range(max(map(len, rows))):
                theirs_i, ours_i = (row[i] if i < len(row) else None for row in rows)
                if theirs_i == ours_i:
                    continue
                if isinstance(ours_i, list) and isinstance(theirs_i, list):
                    theirs_i, ours_i = ([x for x in a if x not in b] or a
                                        for a, b in ((theirs_i, ours_i), (ours_i, theirs_i)))
                elif isinstance(ours_i, str) and isinstance(theirs_i, str):
                    at = len(os.path.commonprefix([ours_i, theirs_i]))
                    theirs_i, ours_i = (s[max(0, at - 30):at + 80] for s in (theirs_i, ours_i))
                print("  part %d\n    GMime %s\n    we    %s"
                      % (i, ascii(theirs_i), ascii(ours_i)))


def compare(paths, known):
    """Says of each mail whether it differs only as listed; gives how many do not differ."""
    agree = 0
    for path, ours, theirs, same in both(paths):
        mail = name_of(path)
        differ = differing(ours, theirs)
        if not same:
            ok(False, "%s: read the same as it is and mended" % mail)
        agree += not differ
        if mail in known or differ:
            ok(set(differ) == known.get(mail, set()), "%s: differs as listed" % mail,
               "differs in %s, listed is %s" % (differ, sorted(known.get(mail, []))))
        else:
            ok(True, mail)
    return agree


def main():
    if len(sys.argv) > 1:
        return show(sys.argv[1:])
    known = known_differences()
    seen = set()
    for folder in FIXTURES:
        paths = mails_below(folder)
        compare(paths, known)
        seen |= set(map(name_of, paths))
    if os.path.isdir(CORPUS):
        paths = mails_below(CORPUS)
        agree = compare(paths, known)
        ok(agree * 100 >= AGREE * len(paths), "%d of %d mails of the corpus agree" % (agree, len(paths)))
        seen |= set(map(name_of, paths))
    else:
        print("# the corpus is not here: only fixtures are compared")
        known = {mail: what for mail, what in known.items() if not mail.startswith("corpus/")}
    ok(not set(known) - seen, "every mail that is listed exists")
    done()


main()
