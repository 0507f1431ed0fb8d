#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""MTA-STS of `whybounce check`: policies served by HTTPS well and badly, mail servers that keep to them and such that do not."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import world
from tap import PROGRAM, done, ok, skip_all

if world.why_not():
    skip_all(world.why_not())

GOOD, BARE, UNTRUSTED, HANGS, WEB, WEB_OTHER, WEB_OLD, WEB_PLAIN, WEB_SILENT, NOBODY, WEB_MUTE = range(48, 59)
FRONT, AGE = "version: STSv1\r\nmode: %s\r\n", "max_age: 604800\r\n"


def policy(mode, *patterns, more=""):
    return (FRONT % mode + "".join("mx: %s\r\n" % one for one in patterns) + AGE + more).encode()


def answer(body, status="200 OK", kind="text/plain", length=True):
    head = "HTTP/1.1 %s\r\n%s" % (status, "Content-Type: %s\r\n" % kind if kind else "")
    return (head + ("Content-Length: %d\r\n" % len(body) if length else "") + "\r\n").encode() + body


def endless(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        connection.sendall(b"x-more: and more\r\n" * 1000)


def drips(connection):
    """Goes on for ever, slowly."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X: y\r\n")
        time.sleep(0.05)


OF_GOOD = policy("enforce", "mx.good.test")
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
# what the web server says for a domain; what it gets as MX; the finding and the exit status
GOOD_MX, BARE_MX, UNTRUSTED_MX = "mx.good", "mx.bare", "mx.untrusted"
CASES = {
    "well": (answer(OF_GOOD), GOOD_MX, "sts.well", 0),
    "lf": (answer(OF_GOOD.replace(b"\r", b"")), GOOD_MX, "sts.well", 0),
    "chunks": (CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (OF_GOOD[:10], OF_GOOD[10:])) + b"0\r\n\r\n", GOOD_MX, "sts.well", 0),
    "no-length": (answer(OF_GOOD, length=False), GOOD_MX, "sts.well", 0),
    "star": (answer(policy("enforce", "*.good.test")), GOOD_MX, "sts.well", 0),
    "testing-well": (answer(policy("testing", "mx.good.test")), GOOD_MX, "sts.well", 0),
    "off": (answer(policy("none")), UNTRUSTED_MX, "sts.mode-none", 0),
    "two-labels": (answer(policy("enforce", "*.test")), GOOD_MX, "sts.not-listed", 1),
    "unlisted": (answer(policy("enforce", "mx.else.test")), GOOD_MX, "sts.not-listed", 1),
    "unlisted-testing": (answer(policy("testing", "mx.else.test")), GOOD_MX, "sts.not-listed-testing", 0),
    "bare-enforce": (answer(policy("enforce", "mx.bare.test")), BARE_MX, "sts.bad-tls", 1),
    "bare-testing": (answer(policy("testing", "mx.bare.test")), BARE_MX, "sts.bad-tls-testing", 0),
    "untrusted-enforce": (answer(policy("enforce", "mx.untrusted.test")), UNTRUSTED_MX, "sts.bad-tls", 1),
    "untrusted-testing": (answer(policy("testing", "mx.untrusted.test")), UNTRUSTED_MX, "sts.bad-tls-testing", 0),
    "down": (answer(policy("enforce", "mx.down.test")), "mx.down", "sts.untested", 1),
    "missing": (answer(b"nothing here", "404 Not Found"), GOOD_MX, "sts.status", 0),
    "moved": (b"HTTP/1.1 301 Moved\r\nLocation: https://mta-sts.well.test/.well-known/mta-sts.txt\r\n\r\n", GOOD_MX, "sts.status", 0),
    "page": (answer(OF_GOOD, kind="text/html"), GOOD_MX, "sts.type", 0),
    "no-type": (answer(OF_GOOD, kind=None), GOOD_MX, "sts.type", 0),
    "no-mode": (answer(OF_GOOD.replace(b"mode: enforce\r\n", b"")), GOOD_MX, "sts.policy-broken", 0),
    "zeros": (answer(OF_GOOD + b"x: \0\0\0\r\n"), GOOD_MX, "sts.policy-broken", 0),
    "escapes": (answer(OF_GOOD + b"x: \x1b[2J\x1b]0;owned\x07 \xe2\x80\xae\r\n"), GOOD_MX, "sts.policy-broken", 0),
    "large": (answer(OF_GOOD + b"x: y\r\n" * 11000), GOOD_MX, "sts.too-large", 0),
    "long": (answer(OF_GOOD + b"x: y\r\n" * 10000), GOOD_MX, "sts.well", 0),
    "many": (answer(policy("enforce", *("mx%d.else.test" % i for i in range(2000)), "mx.good.test")), GOOD_MX, "sts.well", 0),
    "endless": (endless, GOOD_MX, "sts.too-large", 0),
    "mail": (b"220 mx.example.org ESMTP\r\n", GOOD_MX, "sts.no-http", 0),
    "breaks-off": (answer(OF_GOOD)[:-20], GOOD_MX, "sts.no-http", 0),
    "drips": (drips, GOOD_MX, "sts.silent", 0),
}
# these do not come as far as an answer: where the host of the policy is, the records, the finding
RECORD = 'v=STSv1; id=20260101;'
BROKEN = {
    "other-name": (WEB_OTHER, [RECORD], "sts.certificate"), "old": (WEB_OLD, [RECORD], "sts.certificate"),
    "plain-http": (WEB_PLAIN, [RECORD], "sts.no-tls"), "silent": (WEB_SILENT, [RECORD], "sts.silent"),
    "mute": (WEB_MUTE, [RECORD], "sts.silent"), "nobody": (NOBODY, [RECORD], "sts.unreachable"), "hole": (HANGS, [RECORD], "sts.unreachable"),
    "no-host": (None, [RECORD], "sts.no-host"), "twice": (WEB, [RECORD, "v=STSv1; id=2;"], "sts.several-records"),
    "no-id": (WEB, ["v=STSv1;"], "sts.record-broken"), "bad-id": (WEB, ["v=STSv1; id=a-b;"], "sts.record-broken"),
    "other-text": (WEB, ["hello", "v=spf1 -all"], "sts.absent"), "none": (WEB, [], "sts.absent"),
}


def zone():
    text = "ns A 127.0.0.1\nmx.good A 127.0.0.%d\nmx.bare A 127.0.0.%d\nmx.untrusted A 127.0.0.%d\nmx.down A 127.0.0.%d\n" % (GOOD, BARE, UNTRUSTED, NOBODY)
    for name, (_, mx, _, _) in CASES.items():
        text += '%s MX 10 %s\n_mta-sts.%s TXT "hello"\n_mta-sts.%s TXT "%s"\nmta-sts.%s A 127.0.0.%d\n' % (name, mx, name, name, RECORD, name, WEB)
    for name, (last, records, _) in BROKEN.items():
        text += "%s MX 10 mx.good\n" % name + "".join('_mta-sts.%s TXT "%s"\n' % (name, one) for one in records)
        text += "mta-sts.%s A 127.0.0.%d\n" % (name, last) if last else ""
    return text + "mta-sts.moved A 127.0.0.%d\n" % WEB


def web(peer, connection):
    """Answers for the host that is asked for; only for the right path."""
    inner = peer.tls.wrap_socket(connection, server_side=True)
    head = b""
    while b"\r\n\r\n" not in head:
        head += inner.recv(4096)
    words = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
    peer.heard.append(words["host"])
    said = CASES[words["host"].split(".")[1]][0] if head.startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\n") else answer(b"", "400 No")
    if callable(said):
        said(inner)
    else:
        inner.sendall(said)
    inner.unwrap()


def mute(peer, connection):
    """Encrypts, and says nothing."""
    inner = peer.tls.wrap_socket(connection, server_side=True)
    time.sleep(30)
    inner.close()


def check(*arguments, private=True, lang="en"):
    argv = [PROGRAM, "check", "--lang", lang, "--resolver", nsd.resolver, *(["--allow-private"] if private else []), "--port", str(PORT),
            "--https-port", str(HTTPS_PORT), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


def found(name):
    begun = time.monotonic()
    run = check("--json", name + ".test")
    return json.loads(run.stdout), run.returncode, time.monotonic() - begun


def judge(name, want, status, result):
    said, got, took = result
    ids = [one["id"] for one in said["findings"] if one["id"].startswith("sts.")]
    ok(ids == [want] and got == status and took < 10, "%s: %s, exit %d" % (name, want, status), ids, got, took, json.dumps(said, ensure_ascii=False))
    return {one["id"]: one for one in said["findings"]}


def test_all():
    wanted = {name: (want, status) for name, (_, _, want, status) in CASES.items()}
    wanted.update({name: (want, 0) for name, (_, _, want) in BROKEN.items()})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = dict(zip(wanted, pool.map(found, wanted)))
    ids = {name: judge(name, want, status, results[name]) for name, (want, status) in wanted.items()}
    ok(ids["well"]["sts.well"]["values"] == ["enforce"] and ids["testing-well"]["sts.well"]["values"] == ["testing"], "the mode is told")
    ok(ids["missing"]["sts.status"]["values"] == ["404"] and ids["moved"]["sts.status"]["values"] == ["301"], "the status is told")
    ok("mta-sts.well.test" in peers[WEB].heard and peers[WEB].heard.count("mta-sts.moved.test") == 1, "a redirect is not followed", peers[WEB].heard)
    ok(ids["unlisted"]["sts.not-listed"]["subject"] == "mx.good.test", "the server is named", ids["unlisted"])
    ok(ids["no-mode"]["sts.policy-broken"]["values"] == ["mode"], "what is missing is named", ids["no-mode"])


def test_for_people():
    english, chinese = check("unlisted.test").stdout, check("unlisted.test", lang="zh").stdout
    ok("is not in the MTA-STS policy" in english and "不在 unlisted.test 的 MTA-STS 策略里" in chinese, "both languages", english, chinese)
    run = check("escapes.test")
    ok("owned" in run.stdout and not any(c in run.stdout for c in "\033\007\u202e"), "nothing raw of a policy reaches the terminal", repr(run.stdout))
    ok("MTA-STS" not in check("none.test").stdout and "has no policy" in check("-v", "none.test").stdout, "what is not there is told only with -v")
    before = len(peers[WEB].heard)
    run = check("--json", "well.test", private=False)
    ok('"sts.private"' in run.stdout and len(peers[WEB].heard) == before, "no private address is connected to", run.stdout)
    check("--dns-only", "well.test")
    ok(len(peers[WEB].heard) == before, "nor any with --dns-only")


with tempfile.TemporaryDirectory() as folder:
    PORT, HTTPS_PORT = world.free_port(), world.free_port()
    authority, other = (world.Authority(tempfile.mkdtemp(dir=folder)) for _ in range(2))
    ENVIRONMENT = dict(os.environ, SSL_CERT_FILE=authority.pem, LC_ALL="C.UTF-8")
    server, hosts = world.mail_server, ["mta-sts.%s.test" % name for name in CASES]
    nsd = world.Dns({"test": zone()})
    peers = {
        GOOD: world.Peer(GOOD, PORT, server(), authority.server("mx.good.test")),
        BARE: world.Peer(BARE, PORT, server()),
        UNTRUSTED: world.Peer(UNTRUSTED, PORT, server(), other.server("mx.untrusted.test")),
        WEB: world.Peer(WEB, HTTPS_PORT, web, authority.server(hosts[0], others=hosts[1:])),
        WEB_OTHER: world.Peer(WEB_OTHER, HTTPS_PORT, web, authority.server("other-name.test")),
        WEB_OLD: world.Peer(WEB_OLD, HTTPS_PORT, web, authority.server("mta-sts.old.test", -1)),
        WEB_PLAIN: world.Peer(WEB_PLAIN, HTTPS_PORT, lambda peer, connection: connection.sendall(answer(OF_GOOD))),
        WEB_SILENT: world.Peer(WEB_SILENT, HTTPS_PORT, world.silence),
        WEB_MUTE: world.Peer(WEB_MUTE, HTTPS_PORT, mute, authority.server("mta-sts.mute.test")),
        HANGS: world.BlackHole(HANGS, HTTPS_PORT),
    }
    try:
        test_all()
        test_for_people()
    finally:
        nsd.stop()
        for peer in peers.values():
            peer.stop()
done()
