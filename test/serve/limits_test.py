#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Bounds: bodies, rates, connections; clients that are slow, idle or gone; the end and the reload."""
import contextlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import BUILD, ROOT, ok
from world import SAMPLE, SLOW, Server, done, is_problem, json_of, mail, until

LIMIT = 8 << 20


def test_bodies(server):
    whole = SAMPLE + b"x" * (LIMIT - len(SAMPLE))
    began = time.monotonic()
    answer = server.ask("POST", "/v1/analyse", whole)
    ok(answer.status == 200, "a body of 8 MiB is read, in %.1f s" % (time.monotonic() - began), answer.status)
    for path in ["/v1/analyse", "/v1/suppressions", "/v1/session", "/v1/log", "/healthz", "/nowhere"]:
        answer = server.ask("POST", path, whole + b"x")
        ok(is_problem(answer, 413), "POST %s with a byte more: 413 with a sentence" % path, answer.status)
    answer = server.ask("POST", "/v1/analyse", whole + b"x", token=None)
    ok(answer.status in (401, 413), "also of somebody unknown")
    out = server.raw(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n" % server.token().encode()
                     + b"100000\r\n" + b"x" * 0x100000 + b"\r\n" + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 8 + b"0\r\n\r\n")
    ok(out.startswith(b"HTTP/1.1 413 "), "chunked: 413 as well", out[:80])
    out = server.raw(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n" % server.token().encode()
                     + b"".join(b"%x\r\n%s\r\n" % (len(SAMPLE[i:i + 100]), SAMPLE[i:i + 100]) for i in range(0, len(SAMPLE), 100)) + b"0\r\n\r\n")
    ok(out.startswith(b"HTTP/1.1 200 ") and b"user-unknown" in out, "a mail in many chunks is read", out[:80])
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=20 * SLOW)) as s:
        s.sendall(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 200 << 20:
                sent += s.send(b"x" * 65536)
        ok(sent < 64 << 20, "who sends without end is cut off, after %d MiB" % (sent >> 20))
    ok(server.memory() < 500 << 20, "memory stays in bounds: %d MiB" % (server.memory() >> 20))


def most_memory(server):
    """MiB, the most that there ever was."""
    return int(re.search(r"VmHWM:\s*(\d+)", open("/proc/%d/status" % server.pid).read()).group(1)) >> 10


def test_values(server):
    """8 MiB of the smallest values of JSON would be a gigabyte in memory, asked for by anybody."""
    before = most_memory(server)
    for one in [b"[]", b"{}", b"0", b'""']:
        many = b",".join([one] * ((7 << 20) // 3))
        answer = server.ask("POST", "/v1/session", b'{"token":[' + many + b"]}", token=None)
        ok(is_problem(answer, 400), "2.4 million times %s: 400" % one.decode(), answer.status)
    answer = server.ask("POST", "/v1/session", b'{"token":"x\\"","a":[' + b",".join([b"[]"] * 20000) + b"]}", token=None)
    ok(is_problem(answer, 400), "also behind a quotation mark within a text", answer)
    answer = server.ask("POST", "/v1/reply", {"reply": "550 5.1.1 User unknown" + ",[{" * 100000})
    ok(answer.status == 200, "what stands in a text is no value", answer.status)
    line = b'{"mail":[' + b",".join([b"{}"] * 2500) + b"]}\n"
    answer = server.ask("POST", "/v1/analyse", line * 1000, headers={"Content-Type": "application/x-ndjson"})
    ok(answer.status == 200 and answer.body.count(b'"status":400') == 1000, "1,000 lines of 2,500 values each: each refused", answer.status)
    ok(most_memory(server) - before < 100, "all that took %d MiB" % (most_memory(server) - before))


def test_policy(server):
    """The time that a policy takes to read grows with the square of its keys."""
    began = time.monotonic()
    answer = server.ask("POST", "/v1/policy/dry-run", {"yaml": "".join("k%d: 1\n" % i for i in range(3400))})
    ok(is_problem(answer, 422) and "rules" in json_of(answer)["detail"] and time.monotonic() - began < 4 * SLOW, "a policy of 3,400 keys: read in %.1f s" % (time.monotonic() - began), answer)
    answer = server.ask("POST", "/v1/policy/dry-run", {"yaml": "#" * ((32 << 10) + 1)})
    ok(is_problem(answer, 422) and "32768" in json_of(answer)["detail"], "a longer one is not read", answer)


def test_bodies_together(server):
    """Uploads that hang in front of their last byte: 32 of 8 MiB are as many as there may be."""
    with contextlib.ExitStack() as stack:
        for i in range(33):
            s = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20 * SLOW))
            s.sendall(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % LIMIT + b"x" * (LIMIT - 1))
        full = until(lambda: server.ask("POST", "/v1/analyse", SAMPLE).status == 503, 10)
        answer = server.ask("POST", "/v1/analyse", SAMPLE)
        ok(full and is_problem(answer, 503) and answer.headers["Retry-After"], "256 MiB of bodies are coming in: one more gets 503 with Retry-After", answer)
        ok(server.ask("GET", "/v1/events").status == 200, "what has no body is answered")
    ok(until(lambda: server.ask("POST", "/v1/analyse", SAMPLE).status == 200, 10), "when they are gone there is room again")


def test_log(server):
    """As many failures as fit into a body: what comes back of them is many times as long."""
    line = b"Mar  2 01:40:31 m postfix/smtp[1]: 4F%05X: to=<full%d@example.org>, relay=mx.example.org[192.0.2.25]:25, dsn=5.1.1, status=bounced (550 5.1.1 User unknown)\n"
    lines = [line % (i, i) for i in range(LIMIT // len(line % (10000, 10000)))]
    answer = server.ask("POST", "/v1/log", b"".join(lines), timeout=120 * SLOW)
    ok(answer.status == 200 and json_of(answer)["reports"] == len(lines), "a log of 8 MiB, a failure in each of its %d lines" % len(lines), answer)
    ok([server.ask("POST", "/v1/analyse", SAMPLE).status for _ in range(20)] == [200] * 20 and server.memory() < 500 << 20,
       "the memory that it took is given back: %d MiB" % (server.memory() >> 20))


def test_headers(server):
    for name, data in [("a request line of 40,000 bytes", b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                       ("a header of 40,000 bytes", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40000 + b"\r\n\r\n"),
                       ("5,000 headers", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X%d: y\r\n" % i for i in range(5000)) + b"\r\n")]:
        out = server.raw(data)
        ok(re.match(rb"HTTP/1\.1 4(00|13|14|31) ", out) or out == b"", "%s: refused" % name, out[:80])
        ok(server.ask("GET", "/healthz", token=None).status == 200, "and others are answered")
    out = server.raw(b"GET /healthz HTTP/1.1\r\n\r\n")
    ok(re.match(rb"HTTP/1\.1 4\d\d ", out), "no Host: refused", out[:80])
    out = server.raw(b"GET /v1/me HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n" % server.token().encode())
    ok(re.match(rb"HTTP/1\.[01] 421 ", out), "HTTP/1.0 without Host is nobody that we know", out[:80])


def test_pipeline(server):
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    body = b"550 5.1.1 User unknown"
    post = b"POST /v1/reply HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (server.token().encode(), len(body), body)
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    out = server.raw((one + post) * 50 + last, close_after=False)
    ok(out.count(b"HTTP/1.1 200 OK") == 101 and out.count(b'{"reports":[') == 50 and out.index(b'{"status":"ok"}') < out.index(b'{"reports":['),
       "101 requests in one piece: 101 answers in order", out.count(b"HTTP/1.1 200 OK"))
    with contextlib.closing(server.connection()) as c:
        peers = set()
        for _ in range(200):
            answer = server.ask("POST", "/v1/reply", body, connection=c)
            peers.add(c.sock.getsockname() if c.sock else None)
        ok(answer.status == 200 and len(peers) == 1, "200 calls through one connection")
        errors = [server.ask("POST", "/v1/suppressions", b"{", connection=c).status, server.ask("GET", "/nowhere", connection=c).status, server.ask("GET", "/v1/me", connection=c).status]
        ok(errors == [400, 404, 200] and c.sock.getsockname() in peers, "an error does not end it")
    get = server.ask("GET", "/v1/causes?q=full")
    head = server.ask("HEAD", "/v1/causes?q=full")
    ok(head.status == 200 and head.body == b"" and head.headers["Content-Length"] == str(len(get.body)) and head.headers["Content-Type"] == get.headers["Content-Type"], "HEAD: the header of GET, no body", head)
    ok(server.ask("HEAD", "/nowhere").status == 404 and server.ask("HEAD", "/v1/analyse").status == 405, "HEAD of what is not there, of what is POST")
    out = server.raw(b"POST /v1/reply HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (server.token().encode(), len(body), body), close_after=False)
    ok(b"100 Continue" in out and b"200 OK" in out, "Expect: 100-continue", out[:80])


def test_rates():
    with Server(**{"public-analyse": True, "analyse-per-minute": 5, "check-per-minute": 2, "resolver": "127.0.0.1:9"}) as server:
        me = json_of(server.ask("GET", "/v1/me", token=None))
        ok(me["scopes"] == ["analyse"] and me["name"] is None, "public-analyse: everybody may analyse", me)
        ok(is_problem(server.ask("POST", "/v1/analyse?store=true", SAMPLE, token=None), 403) and server.number("SELECT count(*) FROM mails") == 0, "but not store")
        for path in ["/v1/events", "/v1/addresses", "/v1/suppressions", "/v1/statistics", "/v1/overview", "/v1/tokens", "/metrics"]:
            ok(is_problem(server.ask("GET", path, token=None), 403), "nor see %s" % path)
        answers = [server.ask("POST", "/v1/analyse", SAMPLE, token=None) for _ in range(8)]
        good = [a for a in answers if a.status == 200]
        late = [a for a in answers if a.status == 429]
        ok(len(good) in (4, 5) and len(good) + len(late) == 8 and all(is_problem(a, 429) and 1 <= int(a.headers["Retry-After"]) <= 60 for a in late), "5 a minute, then 429 with Retry-After", [a.status for a in answers])
        ok(server.ask("POST", "/v1/analyse", SAMPLE).status == 200, "who has a token goes on")
        ok(is_problem(server.ask("POST", "/v1/reply", b"550 x", token=None), 429), "replies count as mails")
        wait = int(late[-1].headers["Retry-After"])
        time.sleep(wait)
        ok(server.ask("POST", "/v1/analyse", SAMPLE, token=None).status == 200, "after so long (%d s) it is let in" % wait)
        answers = [server.ask("POST", "/v1/check", {"subject": "[x"}).status for _ in range(4)]
        ok(answers[2:] == [429, 429], "checks have a rate of their own, for those with a token as well", answers)


def others_are_answered(server, what, within=2.0):
    times = []
    for _ in range(20):
        began = time.monotonic()
        answer = server.ask("POST", "/v1/analyse", SAMPLE)
        times.append(time.monotonic() - began)
        if answer.status != 200:
            return ok(False, what, answer)
    return ok(max(times) < within * SLOW, "%s: others are answered, at most %.0f ms" % (what, 1000 * max(times)))


def test_checks():
    """A resolver that says nothing: checks take their time, and others are served meanwhile."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as silent:
        silent.bind(("127.0.0.1", 0))
        with Server(resolver="127.0.0.1:%d" % silent.getsockname()[1], **{"check-per-minute": 1000}) as server:
            answers, times = [], []
            token = ("is", server.token())
            threads = [threading.Thread(target=lambda: answers.append(server.ask("POST", "/v1/check", {"subject": "example.org"}, token=token))) for _ in range(6)]
            for thread in threads:
                thread.start()
                time.sleep(0.1)
            while any(t.is_alive() for t in threads) and len(times) < 20:
                began = time.monotonic()
                server.ask("GET", "/healthz", token=None)
                times.append(time.monotonic() - began)
            ok(len(times) == 20 and max(times) < 2 * SLOW, "while checks take their time others are answered, within %.2f s" % max(times), times)
            for thread in threads:
                thread.join()
            refused = [a for a in answers if a.status == 503 and a.headers["Retry-After"]]
            ok(len(answers) == 6 and len(refused) == 4, "two run at a time, the others get 503 with Retry-After", [a.status for a in answers])


def test_idle(server):
    sockets = []
    try:
        for i in range(500):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            sockets.append(s)
            if i % 5 == 1:
                s.sendall(b"GET /healthz HTTP/1.1\r\nHo")
            elif i % 5 == 2:
                s.sendall(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc")
            elif i % 5 == 3:
                s.sendall(b"GET /v1/causes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + server.token().encode() + b"\r\n\r\n")  # and never reads
        others_are_answered(server, "500 idle and half-open connections")
        end = time.monotonic() + 6
        while time.monotonic() < end:  # slowloris: a byte now and then
            for s in sockets[1::5]:
                with contextlib.suppress(OSError):
                    s.send(b"s")
            for s in sockets[2::5]:
                with contextlib.suppress(OSError):
                    s.send(b"x")
            time.sleep(0.5)
        others_are_answered(server, "200 that trickle")
        ok(server.memory() < 500 << 20, "memory: %d MiB" % (server.memory() >> 20))
    finally:
        for s in sockets:
            s.close()


def closed_within(s, seconds):
    """How long until the other side has closed it; None: not within the time."""
    s.settimeout(0.2)
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if not s.recv(65536):
                return time.monotonic() - began
        except TimeoutError:
            with contextlib.suppress(OSError):
                s.send(b"x")  # it trickles on
        except OSError:
            return time.monotonic() - began
    return None


def test_trickle(server):
    """Nobody holds a place for long by sending a byte now and then; and who takes all places loses them to others."""
    head = socket.create_connection(("127.0.0.1", server.port))
    head.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ")
    gone = closed_within(head, 80)
    ok(gone is not None, "a header that trickles is cut off after %s s" % (gone and round(gone)))
    sockets = []
    try:
        for _ in range(1100):
            with contextlib.suppress(OSError):
                s = socket.create_connection(("127.0.0.1", server.port), timeout=2)
                s.sendall(b"GET / HTTP/1.1\r\nX")
                sockets.append(s)
        ok(until(lambda: well(server), 20), "with %d connections that say nothing: a new one is answered within some seconds" % len(sockets))
    finally:
        for s in sockets:
            s.close()


def well(server):
    try:
        return server.ask("GET", "/healthz", token=None, timeout=2, check=False).status == 200
    except OSError:
        return False
    except http.client.HTTPException:
        return False


def test_gone(server):
    """Clients that go away in the middle leave nothing behind."""
    before = server.memory()
    for i in range(300):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
            s.sendall(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n" + b"x" * 200000)
            if i % 2:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    ok(until(lambda: server.memory() - before < 150 << 20, 10), "300 uploads that break off leave %d MiB" % ((server.memory() - before) >> 20))
    ok(server.ask("GET", "/healthz", token=None).status == 200, "and a server that answers")


def test_end():
    """SIGTERM: what was begun gets its answer, whether it is being read, worked at or still coming in."""
    with Server() as server:
        server.token()
        results, begun = [], threading.Barrier(13)

        def upload(n):
            body = mail(n) + b"x" * 300000
            with socket.create_connection(("127.0.0.1", server.port), timeout=20 * SLOW) as s:
                s.sendall(b"POST /v1/analyse?store=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (server.token().encode(), len(body)) + body[:1000])
                time.sleep(0.3)
                begun.wait()
                for i in range(1000, len(body), 30000):
                    time.sleep(0.05)
                    s.sendall(body[i:i + 30000])
                out = b""
                with contextlib.suppress(OSError):
                    while piece := s.recv(65536):
                        out += piece
                results.append((n, out))

        def work(n):
            text = b"".join(mail(1000 * n + i) for i in range(100))
            begun.wait()
            with contextlib.suppress(OSError):
                results.append((n, server.raw(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (server.token().encode(), len(text)) + text, timeout=20 * SLOW)))

        threads = [threading.Thread(target=upload, args=(n,)) for n in range(6)] + [threading.Thread(target=work, args=(n,)) for n in range(10, 16)]
        for t in threads:
            t.start()
        begun.wait()
        time.sleep(0.3)  # all have arrived, and the uploads, half a second long, go on
        server.process.terminate()
        time.sleep(0.2)
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=2).close()
            refused = False
        except OSError:
            refused = True
        for t in threads:
            t.join()
        began = time.monotonic()
        status = server.process.wait(40 * SLOW)
        ok(status == 0, "SIGTERM: it ends with status 0, %.1f s after the last answer" % (time.monotonic() - began), server.complaints()[-300:])
        good = [n for n, out in results if out.startswith(b"HTTP/1.1 200 ")]
        ok([n for n in range(6) if n not in good] == [], "uploads that were under way got their answers", [(n, out[:60]) for n, out in results if n not in good])
        ok([n for n in range(10, 16) if n not in good] == [], "so did mails that were being read", sorted(n for n, _ in results))
        ok(refused, "nobody new was let in meanwhile")
        kept = server.number("SELECT count(*) FROM reports")
        ok(kept == len([n for n in good if n < 6]), "what was acknowledged is there (%d)" % kept)
    with Server() as server:
        idle = socket.create_connection(("127.0.0.1", server.port))
        half = socket.create_connection(("127.0.0.1", server.port))
        half.sendall(b"POST /v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
        time.sleep(0.3)
        began = time.monotonic()
        status = server.stop(60)
        ok(status == 0 and time.monotonic() - began < 40 * SLOW, "who never finishes holds the end up for %.0f s at most" % (time.monotonic() - began))
        idle.close()
        half.close()


def test_hup():
    with Server() as server:
        policy = os.path.join(server.folder, "policy.yaml")
        text = json_of(server.ask("GET", "/v1/policy"))["yaml"]
        server.stop()
        with open(policy, "w") as file:
            file.write(text)
        server.configure(state=server.state, policy=policy)
        catalogue = shutil.copy(os.path.join(BUILD, "src", "catalogue.wbc"), server.folder)
        server.env["WHYBOUNCE_CATALOGUE"] = catalogue
        server.port = 0
        server.start()
        before = server.workers()
        ok(json_of(server.ask("GET", "/v1/policy"))["builtin"] is False, "a policy of one's own")
        stop, failures, n = threading.Event(), [], [0]

        def load():
            while not stop.is_set():
                answer = server.ask("POST", "/v1/analyse?store=true", mail(n[0]))
                n[0] += 1
                if answer.status != 200:
                    failures.append(answer)

        thread = threading.Thread(target=load)
        thread.start()
        for _ in range(5):
            server.process.send_signal(1)
            time.sleep(0.3)
        stop.set()
        thread.join()
        ok(until(lambda: not set(server.workers()) & set(before) and len(server.workers()) == len(before), 10), "SIGHUP: new workers", before, server.workers())
        ok(n[0] > 5 and not failures, "and nobody noticed: %d calls meanwhile" % n[0], failures[:2])
        knowledge = shutil.copytree(os.path.join(ROOT, "knowledge"), os.path.join(server.folder, "knowledge"))
        name = os.path.join(knowledge, "catalogue.yaml")
        text = re.sub(r"(?m)^version: .*", "version: 2099.12.1", open(name, encoding="utf-8").read())
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        built = subprocess.run([server.program, "knowledge", "build", "--output", catalogue, server.state], capture_output=True, env=dict(os.environ, WHYBOUNCE_KNOWLEDGE=knowledge))
        server.process.send_signal(1)
        ok(until(lambda: json_of(server.ask("GET", "/v1/me"))["catalogue"] == "2099.12.1", 10), "SIGHUP: /v1/me names the knowledge that is read from now on", built)
        before = server.workers()
        with open(policy, "w") as file:
            file.write("rules: nonsense\n")
        server.process.send_signal(1)
        ok(until(lambda: "policy" in server.complaints(), 10), "a policy that is broken is complained of")
        ok(until(lambda: not set(server.workers()) & set(before) and len(server.workers()) == len(before), 10), "the knowledge is read anew all the same", before, server.workers())
        ok(server.ask("POST", "/v1/analyse?store=true", mail(77777)).status == 200, "and the old one stays")
        with open(catalogue + ".cut", "wb") as file:
            file.write(open(catalogue, "rb").read(1000))
        os.replace(catalogue + ".cut", catalogue)
        before = server.workers()
        server.process.send_signal(1)
        ok(until(lambda: "old knowledge" in server.complaints(), 10), "knowledge that is broken is complained of")
        ok(server.ask("POST", "/v1/analyse?store=true", mail(77778)).status == 200 and server.workers() == before, "and nobody reads with it", before, server.workers())


with Server() as server:
    test_values(server)
    test_policy(server)
    test_bodies(server)
    test_bodies_together(server)
    test_log(server)
    test_headers(server)
    test_pipeline(server)
    test_idle(server)
    test_gone(server)
    test_trickle(server)
test_rates()
test_checks()
test_hup()
test_end()
done()
