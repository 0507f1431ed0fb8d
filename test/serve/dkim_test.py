#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Bounces that return a header which we have signed, and those that only look so.

The mails in test/serve/dkim were signed by dkimpy (Debian's python3-dkim), another implementation of RFC 6376, with keys
of which `keys` has the public half; it took the ones for good that are held for good here. order.eml was signed by
openssl and found good by dkimpy.
"""
import base64
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ROOT, ok
from world import Server, done, json_of, mail, until

FOLDER = os.path.join(ROOT, "test", "serve", "dkim")
KEYS = os.path.join(FOLDER, "keys")
numbers = itertools.count(70000)
GOOD = ["relaxed", "simple", "mixed", "twice", "ed25519", "ed25519-simple", "order"]
BAD = ["no-to", "other-key", "other-domain", "other-selector"]


def signed(name):
    with open(os.path.join(FOLDER, name + ".eml"), "rb") as file:
        return file.read().split(b"\r\n\r\n")[0] + b"\r\n"


def bounce(recipient, header, way="rfc822"):
    """A bounce of a mail to recipient that returns this header in one of the ways that there are."""
    n = next(numbers)
    plain = mail(n, recipient)
    front, back = plain.split(b"Content-Type: message/rfc822\n\n")
    end = b"--" + back.split(b"--")[-2] + b"--\n"
    if way == "rfc822":
        return front + b"Content-Type: message/rfc822\n\n" + header + b"\r\nHello\r\n" + end
    if way == "headers":
        return front + b"Content-Type: text/rfc822-headers\n\n" + header + end
    if way == "cut":  # the mail ends in the header
        return front + b"Content-Type: message/rfc822\n\n" + header
    if way == "own":  # the bounce itself is signed, and returns nothing
        head, parts = front.split(b"\n\n", 1)
        others = [line for line in head.split(b"\n") if not re.match(rb"(?i)(date|from|subject|to|message-id):", line)]
        return header.replace(b"\r\n", b"\n") + b"\n".join(others) + b"\n\n" + parts + end
    return (b"Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.com\nTo: li.na@example.com\nSubject: Mail delivery failed\nMessage-Id: <%d@x>\n\n" % n +
            b"A message that you sent could not be delivered to one or more of its recipients.\n\n  %s\n    550 5.1.1 User unknown\n\n" % recipient.encode() +
            b"------ This is a copy of the message, including all the headers. ------\n\n" + header + b"\nHello\n")


def proof(server, recipient, header, way="rfc822"):
    data = bounce(recipient, header, way)
    answer = json_of(server.ask("POST", "/v1/analyse?store=true", data))
    report = [r for r in answer["reports"] if r["recipient"] and r["recipient"].lower() == recipient.lower()]
    return json_of(server.ask("GET", "/v1/events/" + report[0]["report_id"]))["proven"] if report else "no report"


def test_good(server):
    for name in GOOD:
        ok(proof(server, "wang@example.org", signed(name)) == "signature", "%s: our signature" % name)
    for way in ["headers", "prose", "cut"]:
        ok(proof(server, "wang@example.org", signed("relaxed"), way) == "signature", "the header comes back as %s" % way)
        ok(proof(server, "wang@example.org", signed("simple").replace(b"\r\n", b"\n"), way) == "signature", "with line ends that have become others")
    for name in ["relaxed", "order"]:
        spread = signed(name).replace(b"Li Na  <", b"Li \t Na\r\n <").replace(b"Subject: Number  1", b"SUBJECT : Number 1").replace(b"DKIM-Signature:", b"Dkim-Signature :")
        ok(proof(server, "wang@example.org", spread) == "signature", "%s: blanks, folds and capitals are other ones" % name)
    ok(proof(server, "wang@example.org", b"Return-Path: <x@y.z>\r\nReceived: by relay.example\r\nX-Twice: zero\r\n" + signed("relaxed")) == "signature", "what servers have put on top changes nothing")
    ok(proof(server, "wang@example.org", signed("other-key").split(b"Received:")[0] + signed("relaxed")) == "signature", "of two signatures one is ours")


def test_addresses(server):
    for address in ["WANG@example.org", "chen@example.org", "sun@example.org", "li@example.org", "zhou@example.org"]:
        ok(proof(server, address, signed("relaxed")) == "signature", "%s stands in To or Cc" % address)
    for address in ["zhao@example.org", "qian@example.org", "ang@example.org", "wang@example.or", "xwang@example.org", "wang@example.org.cn", "li.na@example.com", "nobody@example.org"]:
        ok(proof(server, address, signed("relaxed")) is None, "%s does not: as a name, a comment, a piece, or not at all" % address)
    ok(proof(server, "nobody@example.org", b"To: nobody@example.org\r\n" + signed("relaxed")) is None, "another To above the one that is signed proves nobody")
    ok(proof(server, "nobody@example.org", signed("relaxed") + b"Cc: nobody@example.org\r\n") is None, "another Cc below it breaks the signature")
    ok(proof(server, "wang@example.org", b"To: nobody@example.org\r\n" + signed("twice")) is None, "where To is signed twice there may be no second one")


def test_bad(server):
    for name in BAD:
        ok(proof(server, "wang@example.org", signed(name)) is None, "%s proves nothing" % name)
    header = signed("relaxed")
    for what, old, new in [("a letter of To", b"Wei <wang@", b"Wei <wing@"), ("a letter of the subject", b"of two", b"of too"), ("a name", b"Li Na", b"Li Mo"), ("the list of fields", b" : date", b" :"), ("From is not signed", b"h=from :", b"h="),
                           ("the time", b"t=1", b"t=2"), ("another hash", b"bh=B", b"bh=C"), ("SHA-1", b"a=rsa-sha256", b"a=rsa-sha1"), ("the other kind of key", b"a=rsa-sha256", b"a=ed25519-sha256"), ("version 2", b"v=1;", b"v=2;"),
                           ("no version", b"v=1; ", b""), ("simple instead of relaxed", b"c=relaxed/relaxed", b"c=simple/relaxed"), ("no signature", b"b=", b"b=;x="), ("an empty one", b"; b=", b"; b=;x="), ("no base64", b" b=", b" b=*"),
                           ("another domain", b"d=example.com", b"d=xample.com"), ("no domain", b"d=example.com", b"d="), ("another selector", b"s=mail", b"s=ed"), ("no selector", b"s=mail; ", b""), ("a line lost", b"Date:", b"X-Date:")]:
        if what == "no signature":
            spoilt = re.sub(rb"([; \t\n])b=", rb"\1x=", header)
        else:
            spoilt = header.replace(old, new, 1) if what != "an empty one" else re.sub(rb"([; \t\n])b=", rb"\1b=;x=", header)
        ok(spoilt != header and proof(server, "wang@example.org", spoilt) is None, "changed: %s" % what)
    simple = signed("simple")
    ok(proof(server, "wang@example.org", simple.replace(b"Li Na  <", b"Li Na <")) is None, "simple: a blank less is another header")
    ok(proof(server, "wang@example.org", signed("relaxed"), "own") is None, "the bounce's own signature proves nothing")
    ok(proof(server, "wang@example.org", signed("relaxed").replace(b"\r\nTo: ", b"\r\n\r\nTo: ")) is None, "a header with a hole")
    ok(proof(server, "wang@example.org", b"".join(b"X-%d: y\r\n" % i for i in range(400)) + signed("relaxed")) is None, "a header of 400 fields is not looked at")
    ok(proof(server, "wang@example.org", b"".join(signed("relaxed").split(b"Received:")[0].replace(b" b=", b" b=AAAA") for _ in range(40)) + signed("relaxed")) is None, "of many false signatures only some are looked at")
    for bit in range(0, 2048, 97):
        b = re.search(rb"[; \t\n]b=([^;]*?)\r\nReceived", header, re.S).group(1)
        raw = bytearray(base64.b64decode(re.sub(rb"\s", b"", b)))
        raw[bit // 8] ^= 1 << bit % 8
        if proof(server, "wang@example.org", header.replace(b, base64.b64encode(bytes(raw)))) is not None:
            ok(False, "bit %d of the signature is another one" % bit)
    ok(True, "bits of the signature are other ones")


def test_ingest(server):
    path = os.path.join(server.folder, "in.eml")
    with open(path, "wb") as file:
        file.write(bounce("zhou@example.org", signed("ed25519")))
    ran = server.command("ingest", path)
    found = json_of(server.ask("GET", "/v1/events?address=zhou@example.org&limit=500"))["events"]
    ok(ran.returncode == 0 and [e["proven"] for e in found].count("signature") == 2, "what is read from files is judged as well", found)
    state = {a: json_of(server.ask("GET", "/v1/addresses/" + a))["state"] for a in ["wang@example.org", "nobody@example.org"]}
    ok(state == {"wang@example.org": "suppressed", "nobody@example.org": "ok"}, "what is proven counts, what is not does not", state)


def test_keys(folder):
    """A file of keys that cannot be read is refused with its line."""
    path = os.path.join(folder, "keys")
    weak = subprocess.run("openssl genrsa 768 2>/dev/null | openssl rsa -pubout -outform DER 2>/dev/null | base64 -w0", shell=True, capture_output=True).stdout.decode()
    good = [line for line in open(KEYS).read().splitlines() if "_domainkey" in line]
    cases = [("a weak key", "mail._domainkey.example.com v=DKIM1; p=" + weak), ("no name", "example.com v=DKIM1; p=AAAA"), ("no key", "a._domainkey.example.com v=DKIM1; k=rsa"), ("revoked", "a._domainkey.example.com v=DKIM1; p="),
             ("no base64", good[1] + "*"), ("cut", good[0][:300]), ("Ed25519 of 31 bytes", good[1].replace("p=", "p=AAAA", 1)[:-5]), ("another kind", good[1].replace("ed25519", "dsa")), ("a long line", good[1] + " " * 9000), ("a name alone", "a._domainkey.example.com")]
    for name, line in cases:
        with open(path, "w") as file:
            file.write("# one\n" + line + "\n")
        with Server(start=False, **{"dkim-keys": path}) as server:
            ran = server.command("verp", "--check", "x")
        ok(ran.returncode == 1 and (path + ":2: ").encode() in ran.stderr, "%s: refused, with its line" % name, ran)
    with Server(start=False, **{"dkim-keys": path + ".none"}) as server:
        ran = server.command("serve")
    ok(ran.returncode == 1 and b"keys.none" in ran.stderr, "a file that is not there: the service does not begin", ran)


def test_reload():
    """A new selector is known after SIGHUP; a file that cannot be read changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "keys")
        lines = [line for line in open(KEYS).read().splitlines() if "_domainkey" in line]

        def write(*keys):
            with open(path + ".new", "w") as file:
                file.write("".join(key + "\n" for key in keys))
            os.rename(path + ".new", path)

        write(*(line for line in lines if not line.startswith("mail.")))
        with Server(**{"dkim-keys": path}) as server:
            ok(proof(server, "wang@example.org", signed("relaxed")) is None, "a selector that is not in the file")
            write(*lines)
            server.process.send_signal(signal.SIGHUP)
            ok(until(lambda: proof(server, "wang@example.org", signed("relaxed")) == "signature", 20), "added to it, and SIGHUP: its signatures count")
            write("nonsense")
            server.process.send_signal(signal.SIGHUP)
            ok(until(lambda: "the old DKIM keys stay: %s:1: " % path in server.complaints(), 20), "a file that is broken is complained of", server.complaints()[-300:])
            ok(proof(server, "wang@example.org", signed("relaxed")) == "signature", "and the keys from before go on")


with Server(**{"dkim-keys": KEYS, "message-ids": "'*@ids.example'"}) as server:
    test_good(server)
    test_addresses(server)
    test_bad(server)
    test_ingest(server)
    ok(proof(server, "wang@example.org", signed("relaxed").replace(b"<p1@example.com>", b"<p1@ids.example>")) == "message-id", "a signature that does not hold leaves the other proofs")
    ok(server.stop() == 0, "it ends with status 0", server.complaints()[-300:])
    test_keys(server.folder)
test_reload()
with Server() as server:
    ok(proof(server, "wang@example.org", signed("relaxed")) is None, "without keys nothing is proven so")
done()
