#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Broken requests without end against a server of one's own; best one with sanitizers.

usage: WHYBOUNCE_BUILD=build-asan-serve test/serve/fuzz.py MINUTES [SEED]

Exit status 1: it ended, answered 500, let a worker die, grew beyond its bounds or wrote a complaint
of a sanitizer. What was sent last stands in FOLDER/last then. Each kind is counted.
"""
import collections
import contextlib
import json
import os
import random
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contract
from world import SAMPLE, Server, mail

MOST_MEMORY = 1500 << 20  # of the server; a sanitizer takes three times as much
SECONDS = float(sys.argv[1]) * 60 if len(sys.argv) > 1 else 60
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 30)
ROUTES = [(method.upper(), path) for path, item in contract.API["paths"].items() for method in item]
WORDS = ["", "a", "0", "-1", "1.1", "99999999999999999999", "1772415631.1", "9223372036854775807.9223372036854775807", "-9223372036854775808.1", "true", "null", "%00", "%", "%zz", "%ff", "%c0%80", "%ed%a0%80",
         "%0d%0aX:%20y", "..", "%2e%2e%2f", "'", "\"", "' OR 1=1 --", "%25", "_", "*", "[", "\\", "mailbox-full", "gmail", "day", "hour", "week", "cause", "zh", "en", "words", "json", "csv", "postfix", "user@example.org", "a@b", "x" * 300, "x" * 5000,
         "%f0%9f%99%82" * 50, "1e9", "0x10", "+5", " 5", "5 ", "NaN", "inf", "2147483648", "4294967296", "253402300799", "253402300800"]
NAMES = ["from", "to", "cause", "domain", "provider", "address", "kind", "remote_mta", "q", "cursor", "limit", "by", "step", "top", "name", "state", "format", "store", "form", "annotate", "lang", "x", "", "store[]", "limit"]
HEADERS = ["Content-Type", "Content-Length", "Transfer-Encoding", "Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "Accept-Language", "Expect", "Connection", "Upgrade", "Range", "If-None-Match", "Accept-Encoding", "Host", "X-Forwarded-For", "TE", "Trailer", "Content-Encoding", "HTTP2-Settings"]
VALUES = ["", "chunked", "gzip, chunked", "identity", "chunked, chunked", "close", "keep-alive", "100-continue", "application/json", "message/rfc822", "bytes=0-0", "*", "zh", "zh-" + "x" * 3000, "0", "-1", "1", "99999999999999999999999", "0x10", "5, 5", "Bearer x", "whybounce=x", "whybounce=" + "y" * 500, "same-origin", "cross-site", "null", "http://127.0.0.1", "\x01\x02", "é", "a" * 9000, "h2c", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
rng = random.Random(SEED)


def value(depth=0):
    """Any JSON; of every type and depth."""
    kind = rng.randrange(12 if depth < 4 else 9)
    if kind == 11:
        return {rng.choice(["address", "reason", "addresses", "token", "name", "scopes", "yaml", "subject", "report", "x", ""]): value(depth + 1) for _ in range(rng.randrange(4))}
    if kind >= 9:
        return [value(depth + 1) for _ in range(rng.randrange(5))]
    return [None, True, False, rng.randrange(-1 << 63, 1 << 63), rng.random() * 10 ** rng.randrange(-300, 300), rng.choice(WORDS), "a\u0000b", "\ud83d\ude42", "x" * rng.choice([1, 60, 61, 320, 321, 500, 501, 5000])][kind]


def body_for(path):
    """Often nearly right."""
    right = {"/v1/suppressions": {"address": "f%d@example.org" % rng.randrange(50), "reason": "fuzz"}, "/v1/suppressions/lookup": {"addresses": ["a@b.c"] * rng.randrange(4)}, "/v1/session": {"token": rng.choice(WORDS)},
             "/v1/tokens": {"name": rng.choice(WORDS), "scopes": rng.choice(["read", "read,write", "x", ""])}, "/v1/policy/dry-run": {"yaml": rng.choice(["rules: []", "rules:\n  - causes: [mailbox-full]\n    pause: 7\n", "&a [*a, *a]", "a: [" * 500, "x", "!!binary x", "? ? ?", "rules: &x\n - <<: *x"])},
             "/v1/check": {"subject": rng.choice(["[x", "-", "--help", "a b", "..", "@", "x" * 320])}}.get(path)
    kind = rng.randrange(10)
    if right is not None and kind < 4:
        for _ in range(rng.randrange(3)):
            right[rng.choice(list(right) + ["x"])] = value()
        return json.dumps(right).encode()
    if kind < 6:
        return json.dumps(value()).encode()
    if kind == 6:
        return (b"[" * rng.choice([10, 3000, 200000])) + b"]" * rng.randrange(3)
    text = bytearray(rng.choice([SAMPLE, mail(rng.randrange(1000)), b"550 5.1.1 User unknown\n" * rng.randrange(30), b"a@b.c,reason\n\"x\",\"y\"\n" * rng.randrange(50), b"Mar  2 01:40:31 mail postfix/smtp[1]: 4FD1: to=<a@b.c>, dsn=5.1.1, status=bounced (550 no)\n"]))
    for _ in range(rng.randrange(20)):
        if text:
            at = rng.randrange(len(text))
            what = rng.randrange(4)
            if what == 0:
                text[at] = rng.randrange(256)
            elif what == 1:
                del text[at:at + rng.randrange(40)]
            elif what == 2:
                text[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(40)))
            else:
                text[at:at] = text[:rng.randrange(300)]
    return bytes(text)


def target(path):
    path = re.sub(r"\{\w+\}", lambda _: rng.choice(WORDS) or "x", path)
    if rng.randrange(20) == 0:
        path = rng.choice(["/" + rng.choice(WORDS), "//", "*", "http://evil.example/v1/me", "/v1/%2e%2e/me", path + "/", path + "%00", path.upper(), "", path + "#x", path + ";x=y", "/" * 3000])
    if rng.randrange(2):
        path += "?" + rng.choice(["&", ";", "&&"]).join("%s%s%s" % (rng.choice(NAMES), rng.choice(["=", "=", "=", "", "=="]), rng.choice(WORDS)) for _ in range(rng.choice([1, 1, 2, 3, 10, 400])))
    return path


def chunked(body, broken):
    out = b""
    while body:
        n = min(len(body), rng.choice([1, 7, 100, 5000]))
        size = rng.choice(["%x" % n] * 12 + ["-%x" % n, "%x" % (n + 1), "ffffffffffffffff", "zz", ""] if broken else ["%x" % n, "%X;ext=1" % n, "0%x" % n, "%x;%s" % (n, "x" * 500)])
        out += size.encode() + (rng.choice([b"\r\n"] * 12 + [b"\n", b"\r", b""]) if broken else b"\r\n") + body[:n] + (rng.choice([b"\r\n"] * 15 + [b"\n", b""]) if broken else b"\r\n")
        body = body[n:]
        if len(out) > 200000:
            break
    return out + (rng.choice([b"0\r\n", b"", b"00000\r\n\r\n"]) if broken else rng.choice([b"0\r\n\r\n", b"0\r\nTrailer: x\r\n\r\n"]))


def request(server):
    """Three of five are whole as HTTP, so that they come far; the others are broken as such."""
    broken = rng.randrange(5) < 2
    method, path = rng.choice(ROUTES)
    if rng.randrange(12) == 0:
        method = rng.choice(["HEAD", "OPTIONS", "PUT", "PATCH", "TRACE"] if not broken else ["CONNECT", "get", "X" * 5000, "", "GET\0", "PRI"])
    headers = [("Host", rng.choice(["127.0.0.1", "localhost"] * 4 + ["evil.example", "", "a" * 3000, "[::1", "\0"]) if broken else "localhost")]
    if rng.randrange(8):
        headers.append(("Authorization", "Bearer " + server.token()))
    body = b""
    if method in ("POST", "DELETE", "PUT", "PATCH") or rng.randrange(10) == 0:
        body = body_for(path)
        if rng.randrange(4) == 0:
            headers.append(("Transfer-Encoding", "chunked"))
            body = chunked(body, broken)
        else:
            headers.append(("Content-Length", str(rng.choice([len(body)] * 3 + [len(body) + 1, max(0, len(body) - 1), 0, -1, 1 << 40]) if broken else len(body))))
    whole = [name for name in HEADERS if name not in ("Content-Length", "Transfer-Encoding", "Host", "Authorization", "Expect", "Connection")]
    for _ in range(rng.choice([0, 0, 1, 2, 5, 60])):
        headers.append((rng.choice(HEADERS if broken else whole), rng.choice(VALUES)))
    if broken:
        headers.append(rng.choice(headers))
        rng.shuffle(headers)
    where = target(path)
    if not broken:
        where = re.sub(r"[^!-~]", "%20", where) or "/"
    lines = [" ".join([method, where, rng.choice(["HTTP/1.1"] * 5 + ["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "", "http/1.1", "HTTP/1.1 x"]) if broken else "HTTP/1.1"])]
    for name, content in headers:
        lines.append(name + (rng.choice([": "] * 15 + [":", " : ", "", ":\t", "\0: ", ":\r\n "]) if broken else ": ") + content)
    end = rng.choice(["\r\n"] * 9 + ["\n", "\r", "\r\n\0"]) if broken else "\r\n"
    out = bytearray(end.join(lines).encode("utf-8", "surrogateescape") + end.encode() + end.encode() + body)
    if broken and rng.randrange(3) == 0:
        for _ in range(rng.randrange(1, 8)):
            out[rng.randrange(len(out))] = rng.randrange(256)
    if broken and rng.randrange(6) == 0:
        del out[rng.randrange(len(out)):]
    if broken and rng.randrange(6) == 0:
        out += bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
    return bytes(out)


def talk(port, data, pieces):
    out = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=3) as s:
        for i in range(0, len(data), max(1, len(data) // pieces)):
            s.sendall(data[i:i + max(1, len(data) // pieces)])
        if rng.randrange(6) == 0:
            return out  # gone without listening
        s.shutdown(socket.SHUT_WR)
        while piece := s.recv(65536):
            out += piece
            s.settimeout(0.3)  # it may keep the connection open
    return out


def main():
    counts, faults, worst = collections.Counter(), [], 0
    lock, end = threading.Lock(), time.monotonic() + SECONDS
    env = {"ASAN_OPTIONS": "abort_on_error=0:exitcode=99:detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=98"}
    with Server(env=env, workers=2, resolver="127.0.0.1:9", **{"check-per-minute": 20}) as server:
        server.token()
        last = os.path.join(server.folder, "last")

        def run():
            while time.monotonic() < end and not faults:
                with lock:
                    data = b"".join(request(server) for _ in range(rng.choice([1, 1, 1, 2, 5])))
                    pieces = rng.choice([1, 1, 2, 9])
                    with open(last, "ab") as file:
                        file.write(data + b"\n--------\n")
                    if os.path.getsize(last) > 4 << 20:
                        os.truncate(last, 0)
                out = talk(server.port, data, pieces)
                statuses = re.findall(rb"^HTTP/1\.[01] (\d\d\d)|\nHTTP/1\.[01] (\d\d\d)", out)
                with lock:
                    for a, b in statuses or [(b"none", b"")]:
                        counts[(a or b).decode()] += 1
                    if any((a or b) == b"500" for a, b in statuses):
                        faults.append("a server error: %r for %r" % (out[:500], data[:2000]))
                    if server.process.poll() is not None:
                        faults.append("it ended: %d" % server.process.returncode)

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.5)
            with contextlib.suppress(OSError):
                worst = max(worst, server.memory())
        if server.process.poll() is None:
            metrics = server.ask("GET", "/metrics").body.decode()
            if "whybounce_worker_restarts_total 0\n" not in metrics:
                faults.append("workers died")
            contract.faults.clear()
            server.ask("POST", "/v1/analyse", SAMPLE)
            faults += contract.faults
            status = server.stop(60)
            if status:
                faults.append("it ended with %d" % status)
        if worst > MOST_MEMORY:
            faults.append("memory: %d MiB" % (worst >> 20))
        log = server.complaints()
        if re.search(r"Sanitizer|runtime error|check failed", log):
            faults.append(log[-6000:])
        print("seed %d, %.0f s, at most %d MiB: %s" % (SEED, SECONDS, worst >> 20, dict(counts.most_common())))
        for fault in faults[:5]:
            print(fault)
        if faults:
            os.rename(last, "/tmp/whybounce-fuzz-last")
            print("the last requests are in /tmp/whybounce-fuzz-last")
    sys.exit(1 if faults else 0)


main()
