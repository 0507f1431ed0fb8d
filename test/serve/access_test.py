#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who may call what: scopes, tokens, the login link, cookies, other pages, other names."""
import hashlib
import json
import os
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import POSTGRES, SAMPLE, SCOPES, Server, is_problem, json_of, until
from world import done
from tap import ROOT, ok

BODIES = {
    ("POST", "/v1/analyse"): SAMPLE,
    ("POST", "/v1/reply"): b"550 5.1.1 User unknown",
    ("POST", "/v1/log"): b"Mar  2 01:40:31 mail postfix/smtp[1]: 4FD1: to=<a@example.org>, relay=none, dsn=5.1.1, status=bounced (550 5.1.1 User unknown)\n",
    ("POST", "/v1/check"): {"subject": "bad name"},
    ("POST", "/v1/policy/dry-run"): {"yaml": "rules: []"},
    ("POST", "/v1/suppressions"): {"address": "x@example.org", "reason": "test"},
    ("POST", "/v1/suppressions/lookup"): {"addresses": ["x@example.org"]},
    ("POST", "/v1/suppressions/import"): b"y@example.org\n",
    ("DELETE", "/v1/suppressions/{}"): {"reason": "test"},
    ("POST", "/v1/session"): {"token": "wb_wrong"},
    ("POST", "/v1/tokens"): {"name": "x", "scopes": "analyse"},
}


def routes():
    """The table of the server, as it is written."""
    text = open(os.path.join(ROOT, "src", "serve", "routes.c")).read()
    for method, path, scopes in re.findall(r'\{"(\w+)",\s*"([^"]+)",\s*([A-Z |]+),', text):
        yield method, path, set() if scopes == "ANYBODY" else {word.strip().lower() for word in scopes.split("|")}


def filled(path):
    return path.replace("/v1/suppressions/{}", "/v1/suppressions/x@example.org").replace("/v1/tokens/{}", "/v1/tokens/999999") \
        .replace("{}", "nothing-there")


def test_scopes(server):
    """Every route with every scope alone: let in exactly where the table says so; and the table is what we mean."""
    wrong, n = [], 0
    for method, path, scopes in routes():
        for scope in [None, *SCOPES]:
            answer = server.ask(method, filled(path), BODIES.get((method, path)), token=scope)
            refused = answer.status in (401, 403)
            right = (not refused if scope in scopes else is_problem(answer, 403 if scope else 401)) if scopes else True
            if path == "/v1/session" and method == "POST":
                right = is_problem(answer, 401)  # the token in the body is wrong
            n += 1
            if not right:
                wrong.append("%s %s with %s: %d" % (method, path, scope, answer.status))
    ok(n >= 5 * 30 and not wrong, "%d pairs of route and scope: let in where it is meant, else 401 or 403 with a sentence" % n, *wrong)
    table = {(m, p): s for m, p, s in routes()}
    ok(all(s == {"admin"} for (m, p), s in table.items() if p.startswith("/v1/tokens")), "tokens are for admin alone")
    changing = [(m, p) for (m, p), s in table.items() if m != "GET" and s & {"read", "analyse"}]
    ok(sorted(p for m, p in changing) == ["/v1/analyse", "/v1/check", "/v1/policy/dry-run", "/v1/reply", "/v1/suppressions/lookup"],
       "what is POST without the scope write changes nothing", changing)
    ok(sorted(p for (m, p), s in table.items() if not s) == sorted(["/", "/login", "/assets/{}", "/openapi.json", "/report.schema.json", "/healthz", "/readyz",
       "/v1/me", "/v1/session", "/v1/session"]), "these are open to everybody and no others")
    answer = server.ask("POST", "/v1/analyse?store=true", SAMPLE, token="analyse")
    ok(is_problem(answer, 403) and server.number("SELECT count(*) FROM reports") == 0,
       "store=true with the scope analyse alone is refused, and nothing is stored", answer.body)


def test_tokens(server):
    made = server.ask("POST", "/v1/tokens", {"name": "zwei", "scopes": "read"})
    token = json_of(made)["token"]
    ok(made.status == 201 and re.fullmatch(r"wb_[A-Za-z0-9_-]{43}", token), "a token is made: wb_ and 256 bits")
    ok(server.ask("GET", "/v1/me", token=("is", token)).status == 200, "it is known at once")
    me = json_of(server.ask("GET", "/v1/me", token=("is", token)))
    ok(me["name"] == "zwei" and me["scopes"] == ["read"], "/v1/me says who it is", me)
    rows = json_of(server.ask("GET", "/v1/tokens"))["tokens"]
    row = [r for r in rows if r["name"] == "zwei"][0]
    ok(row["scopes"] == ["read"] and not row["revoked"] and abs(row["created"] - time.time()) < 60, "it stands in the list", row)
    ok(token not in str(rows), "the list has no token's text")
    everything = b""
    folders = [server.state] + ([urllib.parse.parse_qs(urllib.parse.urlsplit(POSTGRES).query)["host"][0]] if POSTGRES else [])
    for folder, _, names in (entry for path in folders for entry in os.walk(path)):
        for name in names:
            if os.path.isfile(os.path.join(folder, name)):
                everything += open(os.path.join(folder, name), "rb").read()
    ok(token.encode() not in everything and token[3:].encode() not in everything and hashlib.sha256(token.encode()).digest() in everything,
       "on the disk is its SHA-256, and itself nowhere (%d bytes searched)" % len(everything))
    ok(token not in server.complaints(), "nor in the log")
    gone = server.ask("DELETE", "/v1/tokens/%d" % row["id"])
    ok(gone.status == 204 and is_problem(server.ask("GET", "/v1/me", token=("is", token)), 401), "revoked by the API: refused at once")
    ok([r["revoked"] for r in json_of(server.ask("GET", "/v1/tokens"))["tokens"] if r["name"] == "zwei"] == [True], "and shown as revoked")
    ok(is_problem(server.ask("DELETE", "/v1/tokens/999999"), 404) and is_problem(server.ask("DELETE", "/v1/tokens/x"), 404), "one that is not there: 404")
    other = json_of(server.ask("POST", "/v1/tokens", {"name": "drei", "scopes": "read"}))
    server.ask("GET", "/v1/me", token=("is", other["token"]))
    server.command("token", "revoke", str(other["id"]))
    began = time.monotonic()
    ok(until(lambda: server.ask("GET", "/v1/events", token=("is", other["token"])).status == 401, 7) and time.monotonic() - began < 6,
       "revoked by the command, in another process: refused within 5 s")
    boss = json_of(server.ask("POST", "/v1/tokens", {"name": "nur admin", "scopes": "admin"}))["token"]
    answer = server.ask("POST", "/v1/tokens", {"name": "mehr", "scopes": "admin,write"}, token=("is", boss))
    ok(is_problem(answer, 422), "nobody hands on a scope that he has not", answer.body)
    for body in [{}, {"name": "x"}, {"name": "", "scopes": "read"}, {"name": "x" * 61, "scopes": "read"}, {"name": "x", "scopes": "root"},
                 {"name": "x", "scopes": "read,"}, {"name": 5, "scopes": "read"}, {"name": "x", "scopes": ["read"]}]:
        answer = server.ask("POST", "/v1/tokens", body)
        # a final comma is no scope too many
        ok(is_problem(answer, 422) or (body.get("scopes") == "read," and answer.status == 201), "not a token: %s" % body, answer.status, answer.body)
    for value in ["Bearer", "Bearer ", "Bearer wb_", "Bearer " + "x" * 5000, "Basic d2I6d2I=", "wb_x", "Bearer wb_x, Bearer " + token, "bearer\twb_x", ""]:
        answer = server.ask("GET", "/v1/me", token=None, headers={"Authorization": value})
        ok(is_problem(answer, 401) and answer.headers["WWW-Authenticate"] == "Bearer", "Authorization: %r is refused" % value[:30], answer)
    ok(server.ask("GET", "/v1/me", token=None, headers={"Authorization": "bearer " + server.token("read")}).status == 200, "the word Bearer in any case")
    ok(is_problem(server.ask("GET", "/healthz", token=("is", "wb_wrong")), 401), "a wrong token is said even where none is needed")


def cookie_of(answer):
    return answer.headers["Set-Cookie"].split(";")[0]


def test_cookies(server):
    answer = server.ask("POST", "/v1/session", {"token": server.link}, token=None)
    cookie = answer.headers["Set-Cookie"]
    parts = {p.strip().split("=")[0].lower(): p.strip() for p in cookie.split(";")[1:]}
    ok(answer.status == 204 and set(parts) == {"path", "max-age", "httponly", "samesite"} and parts["samesite"] == "SameSite=Strict" and parts["path"] == "Path=/",
       "the login link gives a cookie: HttpOnly, SameSite=Strict, for the whole path, no Domain", cookie)
    ok(0 < int(parts["max-age"].split("=")[1]) <= 24 * 3600, "that ends within a day")
    ok(server.link not in cookie, "it is not the link's own text")
    pair = {"Cookie": cookie_of(answer)}
    me = server.ask("GET", "/v1/me", token=None, headers=pair)
    ok(me.status == 200 and json_of(me)["scopes"] == SCOPES, "who shows it may do everything", me.body)
    ok(is_problem(server.ask("GET", "/v1/me", token=("is", pair["Cookie"].split("=")[1])), 401), "a cookie is no token")
    known = server.ask("GET", "/v1/me", token="read").status
    ok(known == 200 and is_problem(server.ask("GET", "/v1/me", token=None, headers={"Cookie": "whybounce=" + server.token("read")}), 401), "and a token no cookie, also one that was used just now")
    origin = "http://127.0.0.1:%d" % server.port
    body = {"address": "c@example.org", "reason": "by hand"}
    for name, headers, status in [
            ("Sec-Fetch-Site: same-origin", {"Sec-Fetch-Site": "same-origin", "Origin": origin}, 200),
            ("the own Origin", {"Origin": origin}, 200),
            ("a foreign Origin", {"Origin": "https://evil.example"}, 403),
            ("a foreign Origin with our name in it", {"Origin": origin + ".evil.example"}, 403),
            ("a foreign Origin, our name as its user", {"Origin": "http://127.0.0.1:%d@evil.example" % server.port}, 403),
            ("another port of this machine", {"Origin": "http://127.0.0.1:1"}, 403),
            ("Origin: null", {"Origin": "null"}, 403),
            ("an empty Origin", {"Origin": ""}, 403),
            ("Sec-Fetch-Site: cross-site", {"Sec-Fetch-Site": "cross-site", "Origin": origin}, 403),
            ("Sec-Fetch-Site: same-site", {"Sec-Fetch-Site": "same-site", "Origin": origin}, 403),
            ("Sec-Fetch-Site: none", {"Sec-Fetch-Site": "none"}, 403),
            ("neither", {}, 403)]:
        answer = server.ask("POST", "/v1/suppressions", body, token=None, headers={**pair, **headers})
        ok(answer.status == status and (status == 200 or is_problem(answer, status)), "cookie, POST, %s: %d" % (name, status), answer)
    ok(server.ask("POST", "/v1/suppressions", body, headers={"Origin": "https://evil.example"}).status == 200,
       "a token needs no page: no browser sends it by itself")
    for method, path in [("DELETE", "/v1/suppressions/c@example.org"), ("POST", "/v1/analyse"), ("POST", "/v1/check"), ("DELETE", "/v1/session"), ("POST", "/v1/tokens")]:
        answer = server.ask(method, path, {"reason": "x"}, token=None, headers={**pair, "Origin": "https://evil.example"})
        ok(is_problem(answer, 403), "cookie, foreign page: %s %s is refused" % (method, path), answer)
    answer = server.ask("OPTIONS", "/v1/suppressions", token=None, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    ok(answer.status == 405 and not any(n.lower().startswith("access-control") for n in answer.headers), "a preflight is given nothing", answer)
    for headers in [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Origin": origin, "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]:
        answer = server.ask("POST", "/v1/session", json.dumps({"token": server.link}), token=None, headers={**headers, "Content-Type": "text/plain"})
        ok(is_problem(answer, 403) and "Set-Cookie" not in answer.headers, "another page logs nobody in with a token of its own: %s" % headers, answer)
    answer = server.ask("POST", "/v1/session", {"token": server.link}, token=None, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    ok(answer.status == 204, "our page does", answer)
    second = cookie_of(server.ask("POST", "/v1/session", {"token": server.link}, token=None))
    ok(second != pair["Cookie"], "each login has a cookie of its own")
    ended = server.ask("DELETE", "/v1/session", token=None, headers={**pair, "Origin": origin})
    ok(ended.status == 204 and "Max-Age=0" in ended.headers["Set-Cookie"] and is_problem(server.ask("GET", "/v1/me", token=None, headers=pair), 401),
       "after logging out the cookie is worth nothing, also to who has copied it")
    ok(server.ask("GET", "/v1/me", token=None, headers={"Cookie": second}).status == 200, "the other login goes on")
    for value in ["whybounce=", "whybounce=wb_x", "whybounce=" + server.link, "whybounce=" + server.token("read"), "whybounce=" + "a" * 4000, "a;b;;whybounce", "\"whybounce=x"]:
        answer = server.ask("GET", "/v1/me", token=None, headers={"Cookie": value})
        ok(is_problem(answer, 401), "Cookie: %s is nobody" % value[:24], answer)
    for body, status in [({"token": "wb_wrong"}, 401), ({"token": ""}, 422), ({"token": 5}, 422), ({"token": None}, 422), ({}, 422), ({"token": "x" * 200}, 422), (b"[]", 400), (b"{", 400), (b"", 400)]:
        answer = server.ask("POST", "/v1/session", body, token=None)
        ok(is_problem(answer, status) and "Set-Cookie" not in answer.headers, "login with %r: %d" % (body, status), answer)


def test_cookie_of_token(server):
    """A person who logged in with a token is out when that token is revoked."""
    made = json_of(server.ask("POST", "/v1/tokens", {"name": "mensch", "scopes": "read"}))
    pair = {"Cookie": cookie_of(server.ask("POST", "/v1/session", {"token": made["token"]}, token=None))}
    me = json_of(server.ask("GET", "/v1/me", token=None, headers=pair))
    ok(me["scopes"] == ["read"], "a cookie has the scopes of its token", me)
    answer = server.ask("POST", "/v1/suppressions", {"address": "c@example.org", "reason": "x"}, token=None,
                        headers={**pair, "Sec-Fetch-Site": "same-origin"})
    ok(is_problem(answer, 403), "and no more", answer)
    by_link = {"Cookie": cookie_of(server.ask("POST", "/v1/session", {"token": server.link}, token=None))}
    ok(is_problem(server.ask("DELETE", "/v1/tokens/0"), 404) and server.ask("GET", "/v1/me", token=None, headers=by_link).status == 200,
       "token 0 is not there, and nobody is out because of it")
    server.ask("DELETE", "/v1/tokens/%d" % made["id"])
    ok(is_problem(server.ask("GET", "/v1/me", token=None, headers=pair), 401), "its token revoked by the API: the cookie is refused at once")
    made = json_of(server.ask("POST", "/v1/tokens", {"name": "mensch", "scopes": "read"}))
    pair = {"Cookie": cookie_of(server.ask("POST", "/v1/session", {"token": made["token"]}, token=None))}
    server.command("token", "revoke", str(made["id"]))
    ok(until(lambda: server.ask("GET", "/v1/me", token=None, headers=pair).status == 401, 7), "by the command: within 5 s")


def test_hosts(server):
    for host, status in [("127.0.0.1:%d" % server.port, 200), ("localhost", 200), ("LOCALHOST:%d" % server.port, 200), ("[::1]:80", 200), ("192.0.2.1", 200),
                         ("bounce.example.org", 200), ("BOUNCE.example.org:%d" % server.port, 200), ("other.example.org", 200), ("evil.example", 421),
                         ("127.0.0.1.evil.example", 421), ("localhost.evil.example", 421), ("bounce.example.org.evil.example", 421), ("xbounce.example.org", 421),
                         ("evil.example:80@localhost", 421), ("", 421), (":80", 421), ("localhost:80:80", 421), ("[::1", 421), ("localhost,evil.example", 421),
                         ("127.1", 421), ("0x7f000001", 421)]:
        answer = server.ask("GET", "/v1/me", headers={"Host": host})
        ok(answer.status == status and (status == 200 or is_problem(answer, status)), "Host: %s gives %d" % (host, status), answer)
    ok(is_problem(server.ask("GET", "/", token=None, headers={"Host": "evil.example"}), 421), "not even the page is given to another name")


def test_headers(server):
    """The headers of every answer are held by contract.py; here that it has seen all kinds."""
    for method, path in [("GET", "/"), ("GET", "/login"), ("GET", "/openapi.json"), ("GET", "/report.schema.json"), ("GET", "/healthz"), ("GET", "/readyz"), ("HEAD", "/"), ("GET", "/nowhere"),
                         ("PUT", "/v1/me"), ("PATCH", "/"), ("DELETE", "/"), ("TRACE", "/"), ("BREW", "/v1/events"), ("GET", "/v1"), ("GET", "/v1/"), ("GET", "//v1/me"),
                         ("GET", "/v1/events/"), ("GET", "/v1/me/"), ("GET", "/V1/ME"), ("GET", "/assets/"), ("GET", "/assets/../../../etc/passwd"), ("GET", "/assets/%2e%2e/config")]:
        answer = server.ask(method, path, token=None)
        ok(answer.status < 500, "%s %s: %d" % (method, path, answer.status), answer)
    answer = server.ask("PUT", "/v1/suppressions", b"{}")
    ok(is_problem(answer, 405) and sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "POST"], "405 says what is allowed", answer.headers)
    page = server.ask("GET", "/", token=None).body.decode()
    ok(not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|style=", page), "the page has no inline script or style")
    names = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    ok(names and all(server.ask("GET", n, token=None).status == 200 for n in names), "what it names is there (%d)" % len(names))
    ok("Server" not in server.ask("GET", "/").headers, "no answer names the program and its version")


with Server(hosts="bounce.example.org, other.example.org", **{"check-per-minute": 100}) as server:
    test_scopes(server)
    test_tokens(server)
    test_cookies(server)
    test_cookie_of_token(server)
    test_hosts(server)
    test_headers(server)
    ok(server.stop() == 0, "SIGTERM ends it with status 0", server.complaints())
done()
