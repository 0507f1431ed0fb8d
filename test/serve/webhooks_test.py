#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Webhooks: signed, filtered, tried again, never lost, and never where they must not go."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contract
import postgres
from world import SLOW, Server, done, is_problem, json_of, mail, until
from tap import ROOT, ok

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
DAY = 86400


def now():
    """A mail of this moment: what is old is no alarm of today."""
    return formatdate(time.time())


class Receiver:
    """An endpoint. answers: what it says to one request after the other, the last one for ever:
    a status, or a function that is given the handler."""

    def __init__(self, *answers, port=0, tls=None):
        self.requests, self.answers, self.connections = [], list(answers) or [200], 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                receiver.connections += 1
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((dict(self.headers), body, time.time(), self.path))
                answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", port), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def url(self, host="127.0.0.1", path="/hook"):
        return "http://%s:%d%s" % (host, self.port, path)

    def hook(self, *kinds, **more):
        out = {"url": self.url(), "secret": SECRET, "kinds": list(kinds), "allow-private": True}
        out.update({key.replace("_", "-"): value for key, value in more.items()})
        return out

    def notices(self, kind=None):
        """What came, each id once."""
        found = {}
        for headers, body, *_ in self.requests:
            found.setdefault(headers["Webhook-Id"], json.loads(body))
        return [n for n in found.values() if kind in (None, n["type"])]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def is_signed(headers, body, secret=SECRET):
    """As https://www.standardwebhooks.com has it; nothing of the program's own."""
    key = base64.b64decode(secret[len("whsec_"):])
    text = b"%s.%s.%s" % (headers["Webhook-Id"].encode(), headers["Webhook-Timestamp"].encode(), body)
    want = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return want in [s[3:] for s in headers["Webhook-Signature"].split() if s.startswith("v1,")]


def schema_faults(notice):
    if not contract.jsonschema:
        return []
    schema = {"$ref": "#/components/schemas/Notice" + notice["type"].capitalize()}
    return ["%s: %s" % (notice["type"], e.message[:200]) for e in contract.validator(schema).iter_errors(notice)]


def post(server, data, connection=None):
    answer = server.ask("POST", "/v1/analyse?store=true", data, connection=connection)
    assert answer.status == 200, answer
    return json_of(answer)["reports"][0]["report_id"]


def webhooks(server):
    return {w["name"]: w for w in json_of(server.ask("GET", "/v1/webhooks"))["webhooks"]}


def with_hooks(hooks, **more):
    return Server(webhooks=json.dumps(hooks), **more)


def test_signed():
    """One report, and what it does to an address."""
    receiver, addresses = Receiver(), Receiver()
    with with_hooks({"all": receiver.hook("report", "address"), "two": addresses.hook("address", secret="whsec_" + base64.b64encode(b"x" * 24).decode()), "gone": receiver.hook("alarm")}, **{"message-ids": "'*@example.com'"}) as server:
        data = mail(1, "Nobody@example.org", when=now())
        report_id = post(server, data)
        ok(until(lambda: len(receiver.requests) == 2 and len(addresses.requests) == 1), "a report and the address that it suppresses are told of", receiver.notices(), server.complaints())
        headers, body, at, path = receiver.requests[0]
        ok(is_signed(headers, body) and not is_signed(headers, body + b" ") and not is_signed(headers, body, "whsec_" + "QUJD" * 8), "signed by the secret, and by no other")
        ok(is_signed(*addresses.requests[0][:2], secret="whsec_" + base64.b64encode(b"x" * 24).decode()), "each endpoint with a secret of its own")
        ok(abs(int(headers["Webhook-Timestamp"]) - at) < 5 and re.fullmatch("msg_[0-9a-f]{32}", headers["Webhook-Id"]) and headers["Content-Type"] == "application/json" and path == "/hook", "with id, time and type", headers)
        faults = [f for n in receiver.notices() for f in schema_faults(n)]
        ok(not faults, "as doc/openapi.json says", *faults)
        report = receiver.notices("report")[0]["data"]
        event = json_of(server.ask("GET", "/v1/events/" + report_id))
        ok(report["report_id"] == report_id and report["report"] == event["report"] and report["proven"] == "message-id", "the report is that of the API")
        change = receiver.notices("address")[0]["data"]
        ok((change["address"], change["before"], change["after"], change["who"], change["report_id"], change["cause"]) == ("nobody@example.org", "ok", "suppressed", "policy", report_id, "user-unknown"), "the address, by the policy", change)
        of_address = [h["Webhook-Id"] for h, b, *_ in receiver.requests if b'"type":"address"' in b]
        ok(of_address == [addresses.requests[0][0]["Webhook-Id"]], "one event has one id, whoever is told")
        post(server, data)
        server.ask("DELETE", "/v1/suppressions/nobody%40example.org", {"reason": "he is back"})
        ok(until(lambda: (len(addresses.requests), len(receiver.requests)) == (2, 3)), "the same mail again is no news; a release by hand is", receiver.notices()[2:])
        change = addresses.notices()[1]["data"]
        ok((change["before"], change["after"], change["why"], change["report_id"]) == ("suppressed", "probation", "he is back", None), "with its reason", change)
        done = server.command("suppress", "add", "li@example.net", "--reason", "asked for")
        ok(done.returncode == 0 and until(lambda: len(addresses.requests) == 3), "what a command writes beside the service is told of, too", done.stderr)
        ok(until(lambda: server.store().execute("SELECT count(*) FROM notices").fetchone() == (0,)), "what is delivered leaves the queue")
        found = webhooks(server)
        ok((found["all"]["delivered"], found["two"]["delivered"], found["gone"]["delivered"], found["all"]["waiting"]) == (4, 3, 0, 0) and found["all"]["kinds"] == ["report", "address"] and abs(found["all"]["last_delivery"] - time.time()) < 60, "and is counted", found)
        ok(is_problem(server.ask("GET", "/v1/webhooks", token="analyse,read,write"), 403), "only admins see it")
        text = server.ask("GET", "/metrics").body.decode()
        ok('whybounce_webhook_tries_total{endpoint="two",result="delivered"} 3\n' in text and 'whybounce_webhook_tries_total{endpoint="two",result="failed"} 0\n' in text, "metrics count tries", text[-500:])
    receiver.stop()
    addresses.stop()


def test_filters():
    where = {"cause": Receiver(), "domain": Receiver(), "provider": Receiver(), "kind": Receiver(), "both": Receiver()}
    hooks = {"cause": where["cause"].hook("report", "address", causes=["mailbox-full", "disabled"]),
             "domain": where["domain"].hook("report", "address", domains="B.example.org"),
             "provider": where["provider"].hook("report", providers=["gmail"]),
             "kind": where["kind"].hook("report", report_kinds=["delay"]),
             "both": where["both"].hook("report", causes=["user-unknown"], domains=["b.example.org"])}
    with with_hooks(hooks, **{"message-ids": "'*@example.com'"}) as server:
        full, unknown = "552 5.2.2 mailbox full", "550 5.1.1 User unknown in virtual mailbox table"
        ids = {}
        for n, (name, recipient, text) in enumerate([("a", "a@a.example.org", full), ("b", "b@b.example.org", full), ("c", "c@b.example.org", unknown), ("d", "d@a.example.org", unknown)]):
            ids[name] = post(server, mail(10 + n, recipient, text=text, when=now()))
        ids["e"] = post(server, mail(20, "e@gmail.com", text="550-5.1.1 The email account that you tried to reach does not exist. https://support.google.com/mail/?p=NoSuchUser x - gsmtp", when=now()))
        ids["f"] = post(server, mail(21, "f@a.example.org", text="451 4.3.0 try again later", when=now()).replace(b"Action: failed", b"Action: delayed").replace(b"Undelivered Mail Returned to Sender", b"Delayed Mail (still being retried)"))
        server.command("suppress", "add", "li@b.example.org", "--reason", "asked for")
        names = {value: key for key, value in ids.items()}
        told = lambda name, kind="report": sorted(names.get(n["data"]["report_id"], n["data"].get("address")) for n in where[name].notices(kind))
        ok(until(lambda: told("domain", "address") == ["c", "li@b.example.org"]), "a domain: of addresses as well", told("domain", "address"))
        ok(until(lambda: server.store().execute("SELECT count(*) FROM notices").fetchone() == (0,)), "all is delivered")
        ok(told("cause") == ["a", "b"] and told("cause", "address") == ["li@b.example.org"], "causes: of reports; what is done by hand has none and is told", told("cause"), told("cause", "address"))
        ok(told("domain") == ["b", "c"], "a domain, in any case of letters", told("domain"))
        ok(told("provider") == ["e"], "a provider", told("provider"))
        ok(told("kind") == ["f"], "a kind of report", told("kind"))
        ok(told("both") == ["c"], "filters hold together", told("both"))
    for receiver in where.values():
        receiver.stop()


def endless(status):
    """An answer whose body never ends."""
    def answer(handler):
        handler.send_response(status)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True
    return answer


def without_body(status, name, value):
    """An answer that has only this header."""
    def answer(handler):
        handler.send_response(status)
        handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    return answer


def sleepy(handler):
    time.sleep(60)


def test_trouble():
    """Endpoints that fail, each in its way, beside one that works."""
    good, flaky, slow, target = Receiver(), Receiver(500, 200), Receiver(sleepy), Receiver()
    moved, loud, loud_fault, impatient = Receiver(without_body(307, "Location", target.url())), Receiver(endless(200)), Receiver(endless(500)), Receiver(429)
    shut = socket.socket()
    shut.bind(("127.0.0.1", 0))  # nobody listens there
    hooks = {"good": good.hook("report"), "flaky": flaky.hook("report"), "slow": slow.hook("report"), "moved": moved.hook("report"),
             "loud": loud.hook("report"), "loud-fault": loud_fault.hook("report"), "shut": dict(good.hook("report"), url="http://127.0.0.1:%d/" % shut.getsockname()[1]),
             "later": impatient.hook("report")}
    with with_hooks(hooks) as server:
        connection = server.connection()
        begun, waits = time.monotonic(), []
        for n in range(30):
            at = time.monotonic()
            post(server, mail(100 + n, when=now()), connection)
            waits.append(time.monotonic() - at)
        ok(until(lambda: len(good.notices()) == 30, 8), "30 reports in time, whatever others do", len(good.notices()))
        took = time.monotonic() - begun
        ok(took < 8 * SLOW and max(waits) < 2 * SLOW, "in %.1f s; who writes waits for nobody, at most %.0f ms" % (took, 1000 * max(waits)))
        ok(len(slow.requests) <= 8, "to one that does not answer at most 8 are under way", len(slow.requests))
        ok(until(lambda: len(flaky.notices()) == 30 and webhooks(server)["flaky"]["waiting"] == 0, 30), "what failed arrives later", len(flaky.notices()))
        first = flaky.requests[0]
        again = [r for r in flaky.requests if r[0]["Webhook-Id"] == first[0]["Webhook-Id"]]
        ok(len(again) == 2 and again[1][1] == first[1] and again[1][2] - first[2] >= 2 and int(again[1][0]["Webhook-Timestamp"]) > int(first[0]["Webhook-Timestamp"]) and is_signed(*again[1][:2]), "the same text with the same id, signed anew, two seconds later at least", [r[2] for r in again])
        found = webhooks(server)
        ok(found["flaky"]["delivered"] == 30 and found["flaky"]["error"] == "it answered 500", "and is counted", found["flaky"])
        ok(target.requests == [] and "redirects are not followed" in found["moved"]["error"] and found["moved"]["waiting"] == 30, "a redirect is not followed", found["moved"])
        ok(until(lambda: webhooks(server)["loud"]["delivered"] == 30, 20), "an endless answer is cut off; its status counts", webhooks(server)["loud"])
        ok(found["loud-fault"]["error"] == "it answered 500" and found["loud-fault"]["waiting"] == 30, "also when it is none", found["loud-fault"])
        ok("onnect" in found["shut"]["error"] and found["shut"]["waiting"] == 30, "where nobody listens", found["shut"])
        ok(len(moved.requests) < 20, "one that fails is left in peace more and more: %d tries" % len(moved.requests))
        ok(server.memory() < 200 << 20, "memory stays small")
        begun = time.monotonic()
        ok(server.stop() == 0 and time.monotonic() - begun < 15 * SLOW, "the service ends in time, with deliveries under way")
    for receiver in (good, flaky, slow, target, moved, loud, loud_fault, impatient):
        receiver.stop()
    shut.close()


def test_retry_after():
    """Retry-After goes before our own time when it is longer, up to the longest of ours."""
    later, never = (Receiver(without_body(503, "Retry-After", seconds)) for seconds in ("3600", "99999999"))
    with with_hooks({"later": later.hook("report"), "never": never.hook("report")}) as server:
        post(server, mail(150, when=now()))
        due = lambda: dict(server.store().execute("SELECT endpoint, due - at FROM notices WHERE tries = 1").fetchall())
        ok(until(lambda: len(due()) == 2) and 3590 <= due()["later"] <= 3660, "one who says when to come back is asked then", due())
        ok(6 * 3600 - 10 <= due()["never"] <= 6 * 3600 + 60, "one who never wants to be asked again is, in six hours", due())
    later.stop()
    never.stop()


def test_patience():
    """One failure, or two, hold up no other notice: only the next ones in a row do."""
    receivers = [Receiver(500, 200) for _ in range(8)]
    with with_hooks({"h%d" % i: receiver.hook("report") for i, receiver in enumerate(receivers)}) as server:
        post(server, mail(155, when=now()))
        ok(until(lambda: all(r.requests for r in receivers), 10), "the first one fails everywhere")
        begun = time.time()
        post(server, mail(156, when=now()))
        ok(until(lambda: all(len(r.notices()) == 2 for r in receivers), 10), "the next one arrives all the same")
        took = max(min(at for headers, _, at, _ in r.requests if headers["Webhook-Id"] != r.requests[0][0]["Webhook-Id"]) for r in receivers) - begun
        ok(took < 2.5 * SLOW, "and at once: after %.1f s everywhere" % took)
    for receiver in receivers:
        receiver.stop()


def test_backoff():
    """Twice as long each time, with some luck in it, up to six hours."""
    receiver = Receiver(500)
    with with_hooks({"one": receiver.hook("report")}) as server:
        post(server, mail(160, when=now()))
        post(server, mail(161, when=now()))
        for tries, least, most in [(0, 2, 4), (1, 4, 8), (8, 512, 1024), (14, 10800, 21600), (18, 10800, 21600)]:
            if tries:
                server.stop()
                store = sqlite3.connect(os.path.join(server.state, "store.db"))
                store.execute("UPDATE notices SET tries = %d, due = 0" % tries)
                store.commit()
                store.close()
                server.start()
            rows = lambda: server.store().execute("SELECT tries, due - last_failure FROM notices JOIN endpoints ON name = endpoint").fetchall()
            until(lambda: len(rows()) == 2 and all(r[0] > tries for r in rows()), 15)
            found = rows()
            ok(all(r[0] == tries + 1 and least - 1 <= r[1] <= most for r in found), "after try %d: %d to %d seconds" % (tries + 1, least, most), found)
        ok(abs(found[0][1] - found[1][1]) > 1, "not both at the same moment", found)
    receiver.stop()


def test_private():
    """A URL that leads to where the service could reach and others cannot."""
    receiver = Receiver()
    hosts = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"]
    hooks = {"h%d" % i: receiver.hook("report", url=receiver.url(host), allow_private=False) for i, host in enumerate(hosts)}
    hooks["allowed"] = receiver.hook("report", url=receiver.url("localhost"))
    with with_hooks(hooks) as server:
        post(server, mail(200, when=now()))
        ok(until(lambda: all(w["error"] for w in webhooks(server).values() if w["name"] != "allowed") and receiver.requests), "all are tried", webhooks(server))
        found = webhooks(server)
        for i, host in enumerate(hosts):
            ok("not one of the public Internet" in (found["h%d" % i]["error"] or ""), "%s is refused" % host, found["h%d" % i])
        ok(found["allowed"]["delivered"] == 1 and receiver.connections == 1, "none of them was connected to; the one that may be was", receiver.connections)
        # nor over a connection that another endpoint holds
        for n in range(3):
            post(server, mail(201 + n, when=now()))
        ok(until(lambda: webhooks(server)["allowed"]["delivered"] == 4) and receiver.connections == 4, "each with a connection of its own", receiver.connections)
        time.sleep(6)
        ok(len(receiver.requests) == 4, "which the others do not come to use", len(receiver.requests))
    # a proxy of the environment would hide where it goes
    with with_hooks({"h": receiver.hook("report", allow_private=False)}, env={"http_proxy": receiver.url(), "all_proxy": receiver.url()}) as server:
        post(server, mail(210, when=now()))
        ok(until(lambda: webhooks(server)["h"]["error"]) and "public Internet" in webhooks(server)["h"]["error"] and receiver.connections == 4, "no proxy is used", webhooks(server))
    receiver.stop()


def test_tls():
    """A certificate that nobody vouches for."""
    with Server(start=False) as place:
        cert, key = (os.path.join(place.folder, name) for name in ("cert.pem", "key.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], check=True, capture_output=True)
        receiver = Receiver(tls=(cert, key))
        with with_hooks({"tls": receiver.hook("report", url="https://localhost:%d/" % receiver.port)}) as server:
            post(server, mail(220, when=now()))
            ok(until(lambda: webhooks(server)["tls"]["error"]) and "certificate" in webhooks(server)["tls"]["error"].lower() and not receiver.requests, "gets nothing", webhooks(server))
        receiver.stop()


def test_dead():
    """Given up, looked at, sent once more."""
    receiver = Receiver(500)
    with with_hooks({"one": receiver.hook("report")}) as server:
        ids = [post(server, mail(300 + n, when=now())) for n in range(3)]
        ok(until(lambda: webhooks(server)["one"]["error"]), "it fails")
        server.stop()
        store = sqlite3.connect(os.path.join(server.state, "store.db"))
        store.execute("UPDATE notices SET tries = 19, due = 0")
        store.commit()
        store.close()
        server.start()
        ok(until(lambda: webhooks(server)["one"]["dead"] == 3, 40), "after twenty tries it is given up", webhooks(server))
        before = len(receiver.requests)
        page = json_of(server.ask("GET", "/v1/webhooks/dead?limit=2"))
        rest = json_of(server.ask("GET", "/v1/webhooks/dead?limit=2&cursor=" + page["next"]))
        dead = page["dead"] + rest["dead"]
        ok(len(page["dead"]) == 2 and rest["next"] is None and sorted(d["about"] for d in dead) == sorted(ids) and {(d["tries"], d["error"], d["kind"], d["endpoint"]) for d in dead} == {(20, "it answered 500", "report", "one")}, "all of them are shown, page by page", page, rest)
        text = server.command("report", "--lang", "en").stdout.decode()
        ok("0 waiting, 0 delivered, 3 given up (last trouble: it answered 500)" in text, "the report shows them", text[-300:])
        ok('whybounce_webhooks{endpoint="one",state="dead"} 3\n' in server.ask("GET", "/metrics").body.decode(), "metrics do")
        ok(is_problem(server.ask("POST", "/v1/webhooks/dead/999/resend"), 404) and is_problem(server.ask("POST", "/v1/webhooks/dead/x/resend"), 404) and is_problem(server.ask("POST", "/v1/webhooks/dead/%d/resend" % dead[0]["id"], token="analyse,read,write"), 403), "what is not there, and who may not")
        receiver.answers = [204]
        ok(server.ask("POST", "/v1/webhooks/dead/%d/resend" % dead[0]["id"]).status == 204, "one is sent again")
        ok(until(lambda: len(receiver.requests) == before + 1, 20) and receiver.requests[-1][0]["Webhook-Id"] == dead[0]["message"] and json.loads(receiver.requests[-1][1])["data"]["report_id"] == dead[0]["about"], "with its old id")
        found = lambda: webhooks(server)["one"]
        ok(until(lambda: (found()["dead"], found()["delivered"], found()["waiting"]) == (2, 1, 0)) and is_problem(server.ask("POST", "/v1/webhooks/dead/%d/resend" % dead[0]["id"]), 404), "and is dead no more", found())
    receiver.stop()


def test_killed():
    """kill -9 between the commit and the delivery, at moments that nobody chose."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    hook = Receiver.hook(type("Later", (), {"url": lambda *_: "http://127.0.0.1:%d/hook" % port})(), "report")
    with with_hooks({"one": hook}) as server:
        report_id = post(server, mail(400, when=now()))
        server.kill()
        rows = server.store().execute("SELECT lower(hex(message)), about FROM notices").fetchall()
        ok(len(rows) == 1 and rows[0][1] == report_id, "what was acknowledged stands in the queue", rows)
        receiver = Receiver(port=port)
        server.start()
        ok(until(lambda: receiver.requests) and receiver.requests[0][0]["Webhook-Id"] == "msg_" + rows[0][0] and is_signed(*receiver.requests[0][:2]), "and is delivered after the start, with the id that it had")
        kept = []
        for round_ in range(8):
            ended = threading.Event()

            def load(n=round_):
                connection = server.connection()
                for k in range(500):
                    try:
                        kept.append(post(server, mail(1000 + 500 * n + k, when=now()), connection))
                    except Exception:  # it was killed
                        break
                ended.set()

            server.token()
            threading.Thread(target=load, daemon=True).start()
            time.sleep(0.1 + 0.13 * round_)
            server.kill()
            ended.wait(30)
            server.start()
        ok(until(lambda: webhooks(server)["one"]["waiting"] == 0, 30), "all is delivered in the end", webhooks(server))
        told = [n["data"]["report_id"] for n in receiver.notices()]
        stored = [row[0] for row in server.store().execute("SELECT lower(hex(report_id)) FROM reports")]
        ok(len(kept) > 50 and set(told) == set(stored) and set(kept) <= set(told) and len(told) == len(set(told)), "eight kills: %d reports, each told of, with one id each" % len(stored), len(kept), len(set(stored) - set(told)), len(told) - len(set(told)))
        receiver.stop()


def test_locked():
    """The store cannot be written when the answer comes: what was delivered is not sent once more meanwhile."""
    arrived, go = threading.Event(), threading.Event()

    def answer(handler):
        arrived.set()
        go.wait(20)
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver = Receiver(answer)
    with with_hooks({"one": receiver.hook("report")}) as server:
        post(server, mail(700, when=now()))
        arrived.wait(20)
        other = sqlite3.connect(os.path.join(server.state, "store.db"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        go.set()
        ok(until(lambda: "webhooks: " in server.complaints(), 40), "it says that it cannot be written", server.complaints())
        time.sleep(3)
        other.execute("ROLLBACK")
        other.close()
        ok(until(lambda: webhooks(server)["one"]["delivered"] == 1, 40) and len(receiver.requests) == 1 and server.complaints().count("webhooks: ") == 1, "and notes it when it can; sent once, said once", len(receiver.requests), server.complaints())
    receiver.stop()


def test_ingest():
    """The command writes into the queue, service or not."""
    receiver = Receiver()
    with with_hooks({"one": receiver.hook("report", "address")}, start=False) as server:
        box = b"".join(b"From x Thu Jan  1 00:00:00 1970\n" + mail(2000 + n, when=now()) + b"\n" for n in range(20))
        done = server.command("ingest", "-", stdin=box)
        ok(done.returncode == 0 and b"20 new" in done.stdout, "20 mails are read without a service", done.stderr)
        server.start()
        ok(until(lambda: len(receiver.notices("report")) == 20), "and told of when it runs", len(receiver.notices()))
        done = server.command("ingest", "--no-webhooks", "-", stdin=box.replace(b"@example.com>", b"@other.example.com>"))
        ok(b"20 new" in done.stdout and server.store().execute("SELECT count(*) FROM notices").fetchone() == (0,), "with --no-webhooks nobody is told", done.stdout)
    receiver.stop()


def test_postgres():
    """The same queue in the other store."""
    try:
        place = postgres.Server()
    except postgres.Missing as missing:
        print("# %s" % missing)
        return
    receiver = Receiver(500, 200)
    with place, with_hooks({"one": receiver.hook("report", "address", "alarm", "digest")}, store="'%s'" % place.url, **{"message-ids": "'*@example.com'"}) as server:
        for n in range(60):
            post(server, mail(800 + n, when=now()))
        want = {"report": 60, "address": 60}
        ok(until(lambda: all(len(receiver.notices(k)) == n for k, n in want.items()) and webhooks(server)["one"]["waiting"] == 0, 30), "PostgreSQL: 60 reports, 60 addresses", webhooks(server))
        again = [h["Webhook-Id"] for h, *_ in receiver.requests]
        ok(len(again) == len(set(again)) + 1, "one of them twice, since it was refused once")
        server.kill()
        server.start()
        ok(until(lambda: receiver.notices("digest") and webhooks(server)["one"]["delivered"] == len(receiver.notices()), 20), "counts and news go on after kill -9", webhooks(server))
    receiver.stop()


def test_news():
    """Alarms once a day, a digest once a week; also over a restart."""
    receiver, deaf = Receiver(), Receiver()
    with with_hooks({"one": receiver.hook("alarm", "digest"), "two": deaf.hook("report", causes=["other"])}, start=False, **{"message-ids": "'*@example.com'"}) as server:
        monday = (int(time.time()) - 4 * DAY) // (7 * DAY) * 7 * DAY + 4 * DAY
        mails = [mail(3000 + n, "v%d@d.example.org" % n, when=now()).replace(b"li.na@example.com", b"thief@example.com" if n < 60 else b"li.na@example.com") for n in range(70)]
        mails += [mail(3100 + n, text="554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using zen.spamhaus.org", when=now()) for n in range(3)]
        mails += [mail(3200 + n, "w%d@last.example.org" % n, when=formatdate(monday - 2 * DAY)) for n in range(12)]
        mails += [mail(3300 + n, "w%d@last.example.org" % n, when=formatdate(monday - 9 * DAY)) for n in range(5)]
        box = b"".join(b"From x Thu Jan  1 00:00:00 1970\n" + m + b"\n" for m in mails)
        assert server.command("ingest", "-", stdin=box).returncode == 0
        server.start()
        overview = json_of(server.ask("GET", "/v1/overview"))["alarms"]
        ok(len(overview) >= 2 and until(lambda: len(receiver.notices()) == len(overview) + 1), "alarms and a digest come", receiver.notices())
        alarms = {a["data"]["kind"]: a["data"] for a in receiver.notices("alarm")}
        ok(sorted(a["kind"] for a in overview) == sorted(a["data"]["kind"] for a in receiver.notices("alarm")), "the alarms of the overview", alarms, overview)
        ok(alarms["burst"]["sender"] == "thief@example.com" and alarms["burst"]["now"] == 60 and alarms["blocklisted"]["ip"] == "192.0.2.77", "a burst, and an address on a list")
        digest = receiver.notices("digest")[0]["data"]
        ok((digest["from"], digest["to"]) == (monday - 7 * DAY, monday) and digest["totals"]["bounces"] == 12 and digest["totals"]["week_before"] == 5, "the week from Monday to Sunday", digest)
        ok(digest["causes"] == [{"cause": "user-unknown", "count": 12}] and digest["suppressed"]["all"] >= 70, "its causes, and who is suppressed", digest)
        faults = [f for n in receiver.notices() for f in schema_faults(n)]
        ok(not faults, "as doc/openapi.json says", *faults)
        count = len(receiver.requests)
        server.stop()
        server.start()
        time.sleep(4)
        ok(len(receiver.requests) == count, "the same day and week are not told of again", receiver.notices()[count:])
        server.stop()
        store = sqlite3.connect(os.path.join(server.state, "store.db"))
        store.execute("UPDATE told SET at = at - %d" % DAY)
        store.commit()
        store.close()
        server.start()
        more = 1 if int(time.time()) - DAY < monday else 0  # yesterday was last week
        ok(until(lambda: len(receiver.requests) == count + len(overview) + more), "on another day they are", [n["type"] for n in receiver.notices()[count:]])
        ok(deaf.requests == [], "who did not ask hears nothing")
    receiver.stop()
    deaf.stop()


def test_settings():
    """What is refused, with the line where it stands."""
    receiver = Receiver()
    good = receiver.hook("report")
    for what, hooks, sentence in [
            ("an unknown kind", {"a": dict(good, kinds=["reports"])}, "a kind is report, address, alarm or digest"),
            ("no kind", {"a": {k: v for k, v in good.items() if k != "kinds"}}, "'kinds' is missing"),
            ("another scheme", {"a": dict(good, url="file:///etc/passwd")}, "'url' is http"),
            ("a password in a URL", {"a": dict(good, url="https://li:secret@example.org/")}, "without a user"),
            ("no secret", {"a": {k: v for k, v in good.items() if k != "secret"}}, "'secret' or 'secret-file'"),
            ("two secrets", {"a": dict(good, **{"secret-file": "/x"})}, "'secret' or 'secret-file'"),
            ("a short secret", {"a": dict(good, secret="whsec_QUJD")}, "24 to 64 bytes in base64"),
            ("a secret without its mark", {"a": dict(good, secret=SECRET[6:])}, "24 to 64 bytes in base64"),
            ("a file that is not there", {"a": dict({k: v for k, v in good.items() if k != "secret"}, **{"secret-file": "/nowhere/x"})}, "/nowhere/x"),
            ("a name with blanks", {"a b": good}, "a name is made of letters"),
            ("an unknown key", {"a": dict(good, cause="x")}, "unknown key 'cause'")]:
        with with_hooks(hooks, start=False) as server:
            done = server.command("serve", "--listen", "127.0.0.1:0")
            ok(done.returncode == 1 and sentence in done.stderr.decode(), "%s is refused" % what, done.stderr.decode())
    with Server(start=False) as server:
        path = os.path.join(server.folder, "secret")
        with open(path, "w") as file:
            file.write(SECRET + "\n")
        hook = dict({k: v for k, v in good.items() if k != "secret"}, **{"secret-file": path})
        server.configure(state=server.state, webhooks=json.dumps({"a": hook}))
        server.start()
        post(server, mail(500, when=now()))
        ok(until(lambda: receiver.requests) and is_signed(*receiver.requests[0][:2]), "a secret in a file of its own")
    receiver.stop()


def test_documents():
    """What doc/webhooks.md shows: its texts fit the schema, its programs tell ours from others'."""
    text = open(os.path.join(ROOT, "doc", "webhooks.md"), encoding="utf-8").read()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    shown = [json.loads(body) for kind, body in blocks if kind == "json"]
    faults = [f for n in shown for f in schema_faults(n)]
    ok(sorted(n["type"] for n in shown) == ["address", "alarm", "digest", "report"] and not faults, "an example of each kind, as the schema has it", *faults)
    receiver = Receiver()
    with with_hooks({"one": receiver.hook("report")}) as server:
        post(server, mail(600, when=now()))
        until(lambda: receiver.requests)
    receiver.stop()
    headers, body = receiver.requests[0][:2]
    old = dict(headers, **{"Webhook-Timestamp": "1700000000"})
    mac = hmac.new(base64.b64decode(SECRET[6:]), ("%s.1700000000." % old["Webhook-Id"]).encode() + body, hashlib.sha256).digest()
    old["Webhook-Signature"] = "v1," + base64.b64encode(mac).decode()
    cases = [(headers, body), (headers, body + b" "), (old, body), (dict(headers, **{"Webhook-Id": "msg_0"}), body), (dict(headers, **{"Webhook-Signature": "v1,x " + headers["Webhook-Signature"]}), body)]
    want = [True, False, False, False, True]
    ok(is_signed(old, body), "the old one is signed well")  # so that it is refused for its age
    lower = [[{k.lower(): v for k, v in h.items()}, b.decode()] for h, b in cases]
    said = {}
    place = {}
    exec(next(b for k, b in blocks if k == "python"), place)
    said["Python"] = [place["verify"](h, b, SECRET) for h, b in cases]
    data = json.dumps([[h, b.decode()] for h, b in cases])
    php = "<?php\n" + next(b for k, b in blocks if k == "php") + "foreach (json_decode(file_get_contents('php://stdin'), true) as $c) echo verify($c[0], $c[1], '%s') ? 1 : 0;" % SECRET
    node = next(b for k, b in blocks if k == "js") + "for (const [h, b] of JSON.parse(require('fs').readFileSync(0))) process.stdout.write(verify(h, Buffer.from(b), '%s') ? '1' : '0');" % SECRET
    with Server(start=False) as place:
        for name, program, source, given in [("PHP", "php", php, data), ("Node", "node", node, json.dumps(lower))]:
            path = os.path.join(place.folder, "verify.cjs")
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            if shutil.which(program):
                out = subprocess.run([program, path], input=given.encode(), capture_output=True)
                said[name] = [c == "1" for c in out.stdout.decode().strip()] or out.stderr
    for name, answers in said.items():
        ok(answers == want, "%s: ours is taken; one that was changed, is old or has another id is not" % name, answers)


if __name__ == "__main__":
    for test in [test_documents, test_signed, test_filters, test_trouble, test_retry_after, test_patience, test_backoff, test_private, test_tls, test_dead, test_killed, test_locked, test_ingest, test_postgres, test_news, test_settings]:
        if len(sys.argv) < 2 or test.__name__ in sys.argv[1:]:
            test()
    done()
