#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every call of the API: what it gives when all is well, and what it says to what is wrong."""
import csv
import io
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contract
from tap import ok
from world import SAMPLE, Server, done, is_problem, json_of, mail, quote, until

N = 137  # mails in the store: no multiple of any page that is asked for


def test_analyse(server):
    plain = json_of(server.ask("POST", "/v1/analyse", SAMPLE))
    ok([r["cause"] for r in plain["reports"]] == ["user-unknown", "message-too-large"] and "stored" not in plain, "a mail: two reports, nothing stored")
    ok("words" not in plain["reports"][0] and "lines" not in plain["reports"][0], "no words unless asked for")
    words = json_of(server.ask("POST", "/v1/analyse?form=words&annotate=true&lang=zh", SAMPLE))["reports"]
    ok(words[0]["words"]["language"] == "zh" and words[0]["lines"], "in words, with lines, in Chinese")
    english = json_of(server.ask("POST", "/v1/analyse?form=words", SAMPLE, headers={"Accept-Language": "fr"}))["reports"][0]
    chinese = json_of(server.ask("POST", "/v1/analyse?form=words", SAMPLE, headers={"Accept-Language": "zh-CN,zh;q=0.9"}))["reports"][0]
    ok((english["words"]["language"], chinese["words"]["language"]) == ("en", "zh"), "Accept-Language chooses")
    reply = json_of(server.ask("POST", "/v1/reply", "552 5.2.2 mailbox full".encode()))
    ok(reply["reports"][0]["cause"] == "mailbox-full", "a reply", reply)
    for path in ["/v1/analyse", "/v1/reply"]:
        ok(is_problem(server.ask("POST", path, b""), 400), "%s without a body: 400" % path)
        ok(is_problem(server.ask("POST", path + "?form=xml", SAMPLE), 400), "%s with a form that there is none of: 400" % path)
    for name, body in [("nothing but a NUL", b"\0"), ("bytes of every value", bytes(range(256)) * 40), ("line ends alone", b"\r\n" * 5000), ("no bounce", b"Subject: x\r\n\r\nhello\r\n")]:
        answer = server.ask("POST", "/v1/analyse?form=words&annotate=true", body)
        ok(answer.status == 200, "a body of %s is answered" % name, answer)


def batch(server, lines, query="", token="all", kind="application/x-ndjson"):
    body = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    return server.ask("POST", "/v1/analyse" + query, body, token=token, headers={"Content-Type": kind}, timeout=120)


def lines_of(answer):
    return [json.loads(line) for line in answer.body.splitlines()]


FULL, UNKNOWN = {"reply": "552 5.2.2 mailbox full"}, {"reply": "550 5.1.1 user unknown"}


def test_batch(server):
    """Lines go in, as many come back in the same order; what is wrong with one is its own matter."""
    one = {"mail": SAMPLE.decode()}
    answer = batch(server, [FULL, one, UNKNOWN], "?form=words&lang=zh&annotate=true")
    out = lines_of(answer)
    ok(answer.status == 200 and answer.headers["Content-Type"] == "application/x-ndjson" and [[r["cause"] for r in line["reports"]] for line in out] == [["mailbox-full"], ["user-unknown", "message-too-large"], ["user-unknown"]],
       "a batch: an answer a line, in the order of the lines", answer)
    ok(all(line["reports"][0]["words"]["language"] == "zh" and line["reports"][0]["lines"] for line in out), "in words, in Chinese, with lines")
    alone = [json_of(server.ask("POST", "/v1/analyse", SAMPLE)), json_of(server.ask("POST", "/v1/reply", FULL["reply"]))]
    ok(lines_of(batch(server, [one, FULL], kind="Application/X-NDJSON; charset=utf-8")) == alone, "each says what it says alone")
    bad = [(b"nope", 400), (b"[1]", 422), (b'"x"', 400), (b"{}", 422), ({"mail": ""}, 422), ({"mail": 5}, 422), ({"mail": "x", "reply": "y"}, 422), ({"reply": "550 x", "more": 1}, 422), (b'{"mail":"a","mail":"b"}', 400),
           (b'{"mail":"\xff"}', 400), (b'{"mail":' + b"[" * 5000 + b"]" * 5000 + b"}", 400), (b'{"mail":"a', 400)]
    out = lines_of(batch(server, [entry for line, _ in bad for entry in (line, b"", FULL, b" \t\r")] + [b'{"mail":"a\\u0000b"}']))
    ok([line.get("status") for line in out[:-1:2]] == [status for _, status in bad] and all(len(line["detail"]) > 7 for line in out[:-1:2]), "a line that is wrong: a problem in its place", out[:-1:2])
    ok(all(line == alone[1] for line in out[1::2]) and out[-1]["reports"], "the lines between are answered; empty ones are left out; a NUL is a byte like others", out[-1])
    ok(is_problem(batch(server, [b"", b" "]), 400), "no lines: 400")
    ok(is_problem(batch(server, [FULL] * 1001), 413) and len(lines_of(batch(server, [FULL] * 1000))) == 1000, "1,000 lines are answered, 1,001 are too many")
    ok(is_problem(batch(server, [FULL], "?form=xml"), 400), "a form that there is none of: 400 for the whole")
    many = "".join("\nFinal-Recipient: rfc822; user%04d@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n" % i for i in range(400))
    large = {"mail": mail(8999).decode().replace("\nFinal-Recipient", many + "\nFinal-Recipient", 1)}
    out = lines_of(batch(server, [large] * 60 + [FULL], "?annotate=true&form=words"))
    cut = [i for i, line in enumerate(out) if line.get("status") == 413]
    ok(len(out) == 61 and 0 < len(cut) and cut == list(range(cut[0], 61)) and len(out[0]["reports"]) > 400, "when the answer gets too long, the rest of the lines are to be handed in again", len(out), cut[:1], out[0].get("status"))
    ok(server.memory() < 500 << 20, "memory stays in bounds: %d MiB" % (server.memory() >> 20))


def test_batch_store(server):
    ok(is_problem(batch(server, [FULL], "?store=true", token="analyse"), 403), "storing a batch needs the scope write")
    before = json_of(server.ask("GET", "/v1/events?limit=500&address=batch1@example.org"))["events"]
    lines = [{"mail": mail(8000 + i, "batch%d@example.org" % (i % 50)).decode()} for i in range(100)]
    out = lines_of(batch(server, lines[:50] + [b"nope"] + lines[50:] + [lines[0]], "?store=true"))
    ok([line.get("stored") for line in out] == [{"reports": 1, "duplicates": 0}] * 50 + [None] + [{"reports": 1, "duplicates": 0}] * 50 + [{"reports": 0, "duplicates": 1}],
       "a stored batch: each new mail once, the one that is there twice is known", out[-1], out[50])
    found = json_of(server.ask("GET", "/v1/events?limit=500&address=batch1@example.org"))["events"]
    raw = server.ask("GET", "/v1/events/%s/raw" % found[0]["report_id"])
    ok(not before and len(found) == 2 and raw.body in (mail(8001, "batch1@example.org"), mail(8051, "batch1@example.org")), "they are there, with their mails", found)
    reply = lines_of(batch(server, [{"reply": "550 5.1.1 <reply@example.org>: user unknown"}], "?store=true"))[0]
    one = json_of(server.ask("GET", "/v1/events/" + reply["reports"][0]["report_id"]))
    ok(reply["stored"]["reports"] == 1 and one["raw_kept"] is False, "a reply is stored; it is no mail to be kept", one)
    began = time.monotonic()
    out = lines_of(batch(server, [{"mail": mail(20000 + i).decode()} for i in range(1000)], "?store=true"))
    ok(all(line["stored"]["reports"] == 1 for line in out), "1,000 mails stored in %.2f s" % (time.monotonic() - began))


def test_reply_json(server):
    out = json_of(server.ask("POST", "/v1/reply", FULL))
    ok(out == json_of(server.ask("POST", "/v1/reply", FULL["reply"])) and out["reports"][0]["cause"] == "mailbox-full", "a reply as JSON", out)
    for body, status in [({}, 422), ({"reply": ""}, 422), ({"reply": 5}, 422), (b"[1]", 400), (b"550 no", 400), (b"", 400), (b'{"reply":"\xff"}', 400)]:
        ok(is_problem(server.ask("POST", "/v1/reply", body, headers={"Content-Type": "application/json; charset=utf-8"}), status), "a reply of %s as JSON: %d" % (str(body)[:20], status))


def test_store(server):
    ok(json_of(server.ask("GET", "/v1/events")) == {"events": [], "next": None}, "an empty store has no events")
    ok(json_of(server.ask("GET", "/v1/overview"))["reports"] == 0, "and an overview of nothing")
    first = json_of(server.ask("POST", "/v1/analyse?store=true", SAMPLE))["stored"]
    again = json_of(server.ask("POST", "/v1/analyse?store=1", SAMPLE))["stored"]
    ok(first == {"reports": 2, "duplicates": 0} and again == {"reports": 0, "duplicates": 2}, "store=true twice: the second changes nothing", first, again)
    ok(server.number("SELECT count(*) FROM mails") == 1, "the mail is kept once")
    connection = server.connection()
    for i in range(N):
        # several of the same second: a cursor must not lose those
        server.ask("POST", "/v1/analyse?store=true", mail(i, when="Mon, 02 Mar 2026 01:%02d:%02d +0000" % (i // 40, i // 9 % 60)), connection=connection)
    connection.close()
    return N + 2


def pages(server, path, member, limit, **more):
    """All rows by following the cursors, and the sizes of the pages."""
    rows, sizes, cursor = [], [], ""
    while True:
        query = "&".join("%s=%s" % (k, quote(str(v))) for k, v in {**more, "limit": limit, "cursor": cursor}.items())
        page = json_of(server.ask("GET", "%s?%s" % (path, query)))
        rows += page[member]
        sizes.append(len(page[member]))
        if not page["next"] or len(sizes) > 1000:
            return rows, sizes
        cursor = page["next"]


def test_events(server, total):
    all_rows, _ = pages(server, "/v1/events", "events", 500)
    ok(len(all_rows) == total and len({r["report_id"] for r in all_rows}) == total, "all events in one page", len(all_rows))
    ok([r["at"] for r in all_rows] == sorted((r["at"] for r in all_rows), reverse=True), "the newest first")
    for limit in [1, 7, 50, total - 1, total, total + 1]:
        rows, sizes = pages(server, "/v1/events", "events", limit)
        ok(rows == all_rows and all(n == limit for n in sizes[:-1]), "pages of %d: the same rows, none twice, none lost" % limit, sizes)
    # new ones come in between two pages: what was there is still complete
    first = json_of(server.ask("GET", "/v1/events?limit=20"))
    server.ask("POST", "/v1/analyse?store=true", mail(9000, when="Tue, 03 Mar 2026 00:00:00 +0000"))
    rest, cursor = first["events"], first["next"]
    while cursor:
        page = json_of(server.ask("GET", "/v1/events?limit=20&cursor=" + quote(cursor)))
        rest, cursor = rest + page["events"], page["next"]
    ok(rest == all_rows, "rows that come while somebody turns pages move nothing")
    one = all_rows[5]
    for name, value in [("cause", one["cause"]), ("domain", one["recipient"].split("@")[1]), ("address", one["recipient"]), ("kind", "bounce"), ("remote_mta", "mx.example.org")]:
        rows, _ = pages(server, "/v1/events", "events", 11, **{name: value})
        keys = {"domain": lambda r: (r["recipient"] or "").split("@")[-1], "address": lambda r: r["recipient"]}
        right = [r for r in pages(server, "/v1/events", "events", 500)[0] if keys.get(name, lambda r: r[name])(r) == value]
        ok(rows == right and rows, "filter %s=%s: %d rows, exactly those" % (name, value, len(rows)), len(right))
    ok(json_of(server.ask("GET", "/v1/events?from=%d&to=%d" % (one["at"], one["at"] + 1)))["events"] == [r for r in all_rows if r["at"] == one["at"]], "from is included, to is not")
    ok(json_of(server.ask("GET", "/v1/events?q=virtual&limit=3"))["events"] and not json_of(server.ask("GET", "/v1/events?q=nowhere-in-it"))["events"], "words in the diagnostic")
    for value in ["nothing", "' OR 1=1 --", "%", "_", "\\", "\"", "a" * 5000, "🙂"]:
        for name in ["cause", "domain", "provider", "address", "kind", "remote_mta", "q"]:
            answer = server.ask("GET", "/v1/events?%s=%s" % (name, quote(value)))
            if answer.status != 200 or (json_of(answer)["events"] and name != "q"):
                ok(False, "events?%s=%r finds nothing" % (name, value[:20]), answer)
    ok(True, "filters take any text as what it is")
    for query in ["limit=0", "limit=501", "limit=-1", "limit=x", "limit=1e3", "limit=9999999999999999999999", "from=x", "from=-5", "to=99999999999999", "cursor=x", "cursor=1", "cursor=1.", "cursor=.1",
                  "cursor=1.2.3", "cursor=1.2x", "cursor=%00", "cursor=1%2e2%20"]:
        answer = server.ask("GET", "/v1/events?" + query)
        ok(is_problem(answer, 400) or (query == "cursor=%00" and answer.status == 200), "events?%s: 400 with a sentence" % query, answer)
    return all_rows


def test_event(server, rows):
    row = [r for r in rows if r["recipient"] == "chen.wei@example.org"][0]
    one = json_of(server.ask("GET", "/v1/events/" + row["report_id"]))
    ok(one["report"]["report_id"] == row["report_id"] and one["raw_kept"] and [h["report_id"] for h in one["history"]] == [row["report_id"]] and one["address"]["address"] == row["recipient"],
       "one event: its document, history and address", one)
    raw = server.ask("GET", "/v1/events/%s/raw" % row["report_id"])
    ok(raw.body == SAMPLE, "its mail, byte for byte")
    ok(raw.headers["Content-Type"] == "text/plain; charset=utf-8" and raw.headers["Content-Disposition"].startswith("attachment;") and raw.headers["X-Content-Type-Options"] == "nosniff"
       and raw.headers["Cache-Control"] == "no-store", "as an attachment that no browser acts on", raw.headers)
    evil = mail(9001) + b"\r\n<script>alert(1)</script>\x1b]0;x\x07\0"
    ident = json_of(server.ask("POST", "/v1/analyse?store=true", evil))["stored"]
    found = json_of(server.ask("GET", "/v1/events?address=user9001@d%d.example.org" % (9001 % 7)))["events"]
    ok(ident["reports"] == 1 and server.ask("GET", "/v1/events/%s/raw" % found[0]["report_id"]).body == evil, "also one with scripts, escape sequences and NUL")
    for name in ["0" * 32, "x", "0" * 31, row["report_id"].upper() + "0", quote("' OR 1=1"), "%ff", "%00", "%2e%2e", row["report_id"] + "%00x" * 0 + "/x", "a" * 1023]:
        for tail in ["", "/raw"]:
            answer = server.ask("GET", "/v1/events/%s%s" % (name, tail), check=False)
            ok(answer.status in (400, 404) and is_problem(answer, answer.status), "events/%s%s is not there" % (name[:20], tail), answer)


def test_dates(server):
    """When it happened: what the report says, else the mail, as far as that can be true."""
    written = 1772415631  # Mon, 02 Mar 2026 01:40:31 +0000
    now = time.time()
    for n, attempt, when, at in [(9010, "Sun, 01 Mar 2026 01:40:31 +0000", None, written - 86400), (9011, "Sun, 01 Mar 2099 01:40:31 +0000", None, written),
                                 (9012, "Sun, 01 Mar 1970 01:40:31 +0000", None, written), (9013, None, None, written), (9014, None, "Sun, 01 Mar 2099 01:40:31 +0000", now),
                                 (9015, None, "Sat, 01 Mar 1980 01:40:31 +0000", now)]:
        data = mail(n, "dates%d@example.org" % n, **({"when": when} if when else {}))
        if attempt:
            data = data.replace(b"\nAction: failed", b"\nLast-Attempt-Date: " + attempt.encode() + b"\nAction: failed")
        server.ask("POST", "/v1/analyse?store=true", data)
        found = json_of(server.ask("GET", "/v1/events?address=dates%d@example.org" % n))["events"]
        ok(len(found) == 1 and abs(found[0]["at"] - at) < 60, "attempt %s, mail %s: the time of the event" % (attempt, when), found)


def test_statistics(server):
    day = 1772409600  # 2026-03-02
    out = json_of(server.ask("GET", "/v1/statistics?by=cause&step=day&from=%d&to=%d" % (day, day + 86400)))
    ok(out["times"] == [day] and sum(s["total"] for s in out["series"]) == N + 2 + 1, "a day of statistics counts every report", out)
    for by, top, n in [("cause", 1, 2), ("domain", 2, 2)]:  # domains have no end: those beyond the largest are not counted
        out = json_of(server.ask("GET", "/v1/statistics?by=%s&top=%d&from=%d&to=%d" % (by, top, day, day + 3 * 86400)))
        ok(len(out["series"]) == n and (out["series"][-1]["name"] is None) == (by == "cause") and len(out["times"]) == 3 and all(len(s["counts"]) == 3 and sum(s["counts"]) == s["total"] for s in out["series"]),
           "by=%s&top=%d: the largest by name%s, a count for each step" % (by, top, ", the others together" if by == "cause" else ""), out)
    for by in ["cause", "provider", "domain", "remote_mta", "kind", "proven"]:
        for step in ["hour", "day", "week"]:
            answer = server.ask("GET", "/v1/statistics?by=%s&step=%s&from=%d&to=%d" % (by, step, day, day + 86400))
            ok(answer.status == 200 and json_of(answer)["step"] == step, "statistics by %s and %s" % (by, step), answer.body[:300])
    ok(json_of(server.ask("GET", "/v1/statistics?by=&step=&top="))["step"] == "day", "empty parameters are as absent ones")
    for query in ["by=x", "step=minute", "from=5&to=5", "from=9&to=3", "top=0", "top=100000", "from=0&to=253402300799&step=hour", "to=0", "from=abc"]:
        ok(is_problem(server.ask("GET", "/v1/statistics?" + query), 400), "statistics?%s: 400" % query)
    overview = json_of(server.ask("GET", "/v1/overview"))
    ok(set(overview) >= {"totals", "worse", "alarms", "unproven", "reports"}, "the overview")
    unknown = mail(9100, text="ACME Gate zxqv: blorb frobnicated 48213")
    server.ask("POST", "/v1/analyse?store=true", unknown)
    found = json_of(server.ask("GET", "/v1/unknown"))
    ok(any("ACME" in t["template"] for t in found["templates"]), "an answer that no rule knows stands under unknown", found)


def test_addresses(server):
    rows, _ = pages(server, "/v1/addresses", "addresses", 500)
    some, sizes = pages(server, "/v1/addresses", "addresses", 9)
    ok(len(rows) > N and [r["address"] for r in rows] == [r["address"] for r in some] and len({r["address"] for r in rows}) == len(rows), "addresses by pages: all, none twice", sizes)
    ok({r["address"] for r in pages(server, "/v1/addresses", "addresses", 500, q="chen.w")[0]} == {"chen.wei@example.org"}, "a piece of an address finds it")
    ok(is_problem(server.ask("GET", "/v1/addresses?state=gone"), 400), "a state that there is none of: 400")
    one = json_of(server.ask("GET", "/v1/addresses/chen.wei%40example.org"))
    ok(one["state"] == "ok" and len(one["events"]) == 1 and one["audit"] == [] and one["more"] is False, "one address with its history", one)
    ok(json_of(server.ask("GET", "/v1/addresses/Chen.Wei@EXAMPLE.org"))["address"] == "chen.wei@example.org", "in any case")
    ok(is_problem(server.ask("GET", "/v1/addresses/nobody@example.org"), 404), "an unknown one: 404")
    many = ["bulk%04d@many.example.org" % i for i in range(10000)]
    answer = server.ask("POST", "/v1/suppressions", {"address": "chen.wei@example.org", "reason": "asked\nby phone"})
    ok(answer.status == 200 and json_of(answer)["state"] == "suppressed", "suppressed by hand", answer)
    totals = json_of(server.ask("GET", "/v1/overview"))["totals"]
    ok((totals["suppressed"], totals["paused"]) == (1, 0), "the overview counts it", totals)
    one = json_of(server.ask("GET", "/v1/addresses/chen.wei@example.org"))
    ok(one["audit"][0]["after"] == "suppressed" and one["audit"][0]["who"].startswith("test") and "asked" in one["audit"][0]["why"], "the audit says who and why", one["audit"])
    ok([r["address"] for r in json_of(server.ask("GET", "/v1/suppressions"))["suppressions"]] == ["chen.wei@example.org"], "it stands among the suppressed")
    found = json_of(server.ask("POST", "/v1/suppressions/lookup", {"addresses": ["CHEN.WEI@example.org", "nobody@example.org"]}))["addresses"]
    ok([r["state"] for r in found] == ["suppressed"], "a lookup finds it in any case", found)
    for body, status in [({"reason": "x"}, 422), ({"reason": ""}, 422), ({}, 422), ({"reason": "x" * 501}, 422), (b"", 400)]:
        answer = server.ask("DELETE", "/v1/suppressions/%s" % quote("chen.wei@example.org" if body != {"reason": "x"} else "no-address"), body)
        ok(is_problem(answer, status), "release with %s: %d" % (str(body)[:30], status), answer)
    answer = server.ask("DELETE", "/v1/suppressions/chen.wei@example.org", {"reason": "came back"})
    ok(answer.status == 200 and json_of(answer)["state"] == "probation", "released: on probation", answer)
    good = json_of(server.ask("GET", "/v1/addresses?state=ok&limit=1"))["addresses"][0]["address"]
    for address, state in [("never-seen@example.org", None), ("chen.wei@example.org", "probation"), (good, "ok")]:
        answer = server.ask("DELETE", "/v1/suppressions/" + address, {"reason": "x"})
        ok(is_problem(answer, 404), "releasing %s, which is not suppressed: 404" % address, answer)
        found = json_of(server.ask("POST", "/v1/suppressions/lookup", {"addresses": [address]}))["addresses"]
        ok([r["state"] for r in found] == ([state] if state else []), "and nothing is changed: else its first strike would suppress it", found)
    began = time.monotonic()
    answer = json_of(server.ask("POST", "/v1/suppressions/import", "address,reason\n" + "".join('%s,"list of 2025"\n' % a for a in many) + "no address\n\n# remark\n@x\n"))
    ok(answer == {"added": 10000, "refused": 2}, "10,000 imported in %.1f s" % (time.monotonic() - began), answer)
    began = time.monotonic()
    found = json_of(server.ask("POST", "/v1/suppressions/lookup", {"addresses": many}))["addresses"]
    ok(len(found) == 10000 and {r["address"] for r in found} == set(many), "10,000 looked up at once, in %.2f s" % (time.monotonic() - began))
    ok(is_problem(server.ask("POST", "/v1/suppressions/lookup", {"addresses": many + ["x@y.z"]}), 422), "10,001 are too many: 422")
    for body in [{}, {"addresses": []}, {"addresses": "x@y.z"}, {"addresses": [1]}, {"addresses": ["x@y.z", None]}, {"addresses": {"0": "x"}}, {"addresses": [["x"]]}]:
        ok(is_problem(server.ask("POST", "/v1/suppressions/lookup", body), 422), "lookup of %s: 422" % body)
    for address in ["", "x", "@", "@x", "x@", "a\nb@x.org", "x" * 330 + "@x.org", 5, None, ["x@y.z"], "a\0b@x.org"]:
        answer = server.ask("POST", "/v1/suppressions", {"address": address, "reason": "x"})
        ok(answer.status in (400, 422) and is_problem(answer, answer.status), "suppressing %r: refused" % str(address)[:20], answer)
    ok(server.ask("POST", "/v1/suppressions/import", b"\xff\xfe@example.org\nf\xc3\xbcr@example.org\n").body == b'{"added":1,"refused":1}', "an address that is no UTF-8 is not taken; one that is, is")


EVIL = ["=cmd|' /C calc'!A0@example.org", "+1@example.org", "-1@example.org", "@x@example.org", "\"a,b\"@example.org", "a b@example.org", "x@example.org REJECT", "y:z@example.org",
        "*@example.org", "^.*@example.org", "!ok@example.org", "/etc/passwd@example.org", "a#b@example.org", "${run{x}}@example.org", "<script>@example.org", "tab\tx@example.org", "a\rb@example.org",
        "\x1b=1@example.org", "red\x1b[31m@example.org", "c1\x9b31m@example.org", "bidi\u202ex@example.org"]


def test_exports(server):
    for address in EVIL:
        server.ask("POST", "/v1/suppressions", {"address": address, "reason": "=HYPERLINK(\"http://x\")"})
    forms = {}
    for form in ["csv", "postfix", "exim", "sendmail"]:
        answer = server.ask("GET", "/v1/suppressions/export?format=" + form)
        forms[form] = answer.body.decode()
        ok(answer.status == 200 and answer.headers["Content-Disposition"].startswith("attachment; filename=\"suppressions"), "export %s is a file to be saved" % form, answer.headers)
    rows = list(csv.DictReader(io.StringIO(forms["csv"], newline="")))
    cells = [v for r in rows for v in r.values()]
    ok(len(rows) > 10000 and not [c for c in cells if c[:1] in "=+-@\t\r" and c], "csv: %d rows, no cell that a spreadsheet takes for a formula" % len(rows))
    ok(forms["csv"].count("\r\n") == len(rows) + 1 and "\n" not in forms["csv"].replace("\r\n", ""), "csv: a line each")
    ok("'=HYPERLINK" in forms["csv"], "csv: the reason as well")
    ok(not [c for c in "\x1b\x9b\u202e" if any(c in text for text in forms.values())] and "red [31m@" in forms["csv"], "no form has anything that acts on a terminal")
    bad = []
    for form, line_of in [("postfix", lambda a: a + " REJECT 5.1.1 suppressed after bounces"), ("exim", lambda a: a + ": suppressed after bounces"),
                          ("sendmail", lambda a: "To:" + a + "\tERROR:5.1.1:550 suppressed after bounces")]:
        lines = [l for l in forms[form].split("\n") if l and not l.startswith("# written")]
        ok(len(lines) > 10000 and line_of("bulk0001@many.example.org") in lines, "%s: %d lines" % (form, len(lines)))
        keys = [l[len("To:"):].split("\t")[0] if form == "sendmail" else l.split(": ")[0] if form == "exim" else l.split(" ")[0] for l in lines]
        bad += ["%s: %s" % (form, l) for l, k in zip(lines, keys) if line_of(k) != l or k[:1] in "*!^/@" or any(c in k for c in " \t\r\"#:;<>$|\\") or k.count("@") != 1]
    ok(not bad, "no address in a map can be read as more than an address", *bad[:5])
    ok(is_problem(server.ask("GET", "/v1/suppressions/export?format=xml"), 400), "a form that there is none of: 400")


def test_policy(server):
    policy = json_of(server.ask("GET", "/v1/policy"))
    ok(policy["builtin"] and "rules:" in policy["yaml"], "the policy")
    run = server.ask("POST", "/v1/policy/dry-run", {"yaml": policy["yaml"]})
    ok(run.status == 200 and json_of(run)["changes"] == [], "the same policy changes nothing", run)
    for text in ["x", "rules: 5", "a: [", "&a [*a]", "unknown-key: 1", "!!python/object:os.system x", "\t", "rules: [" * 2000]:
        answer = server.ask("POST", "/v1/policy/dry-run", {"yaml": text})
        ok(is_problem(answer, 422), "a policy of %r: 422 with the reason" % text[:20], answer)
    for body in [{}, {"yaml": ""}, {"yaml": 5}, {"yaml": "x" * 300000}]:
        ok(is_problem(server.ask("POST", "/v1/policy/dry-run", body), 422), "dry-run of %s: 422" % str(body)[:20])


def test_catalogue(server):
    for lang, title in [("en", "The mailbox is full"), ("zh", None)]:
        causes = json_of(server.ask("GET", "/v1/causes?q=mailbox-full&lang=" + lang))["causes"]
        ok(causes and (title is None or causes[0]["title"] == title), "a cause in %s" % lang)
    ok(len(json_of(server.ask("GET", "/v1/causes"))["causes"]) > 30, "all causes")
    ok(json_of(server.ask("GET", "/v1/causes?q=zzzznothing"))["causes"] == [], "none that fits")
    ok(server.ask("GET", "/v1/causes?q=" + "x" * 8000).status == 200, "words of 8,000 bytes")
    ok(any(p["provider"] == "gmail" for p in json_of(server.ask("GET", "/v1/providers"))["providers"]), "providers")


def test_log(server):
    line = "2026-03-0%d 01:40:31 1s-%d <= li@example.com H=x\n"
    line = "Mar  2 01:40:31 mail postfix/smtp[1]: 4FD1B%d: to=<log%d@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, dsn=%s, status=%s (%s)\n"
    body = line % (1, 1, "5.1.1", "bounced", "host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)") + line % (2, 2, "2.0.0", "sent", "250 2.0.0 Ok")
    answer = server.ask("POST", "/v1/log", body)
    ok(answer.status == 200 and json_of(answer)["reports"] == 1 and json_of(answer)["delivered"] == 1, "lines of a log: a failure and a delivery", answer)
    ok(json_of(server.ask("POST", "/v1/log", body))["reports"] == 0, "the same lines again add nothing")
    found = json_of(server.ask("GET", "/v1/events?address=log1@example.org"))["events"]
    ok([e["proven"] for e in found] == ["log"], "it is proven by the log", found)
    late = "Mar  2 0%d:40:31 mail postfix/smtp[1]: 4FD1C: to=<late@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, dsn=4.2.2, status=deferred (host mx.example.org[192.0.2.1] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command))\n"
    answer = json_of(server.ask("POST", "/v1/log", "".join(late % hour for hour in (1, 2, 3))))
    ok((answer["reports"], answer["duplicates"]) == (1, 0), "what still waits for the same reason is told of once", answer)
    ok(is_problem(server.ask("POST", "/v1/log", b""), 400) and is_problem(server.ask("POST", "/v1/log?format=nothing", body), 400), "no lines, no such format: 400")


def test_check(server):
    answer = server.ask("POST", "/v1/check", {"subject": "not a name at all"})
    ok(answer.status in (200, 422), "a check of what cannot be one", answer)
    for body, status in [({}, 422), ({"subject": ""}, 422), ({"subject": 5}, 422), ({"subject": "x" * 321}, 422), ({"subject": "a.test\nb.test"}, 422),
                         ({"subject": "a.test\rb.test"}, 422), (b"[1]", 400), (b"nope", 400)]:
        answer = server.ask("POST", "/v1/check", body)
        ok(is_problem(answer, status), "check of %s: %d" % (str(body)[:20], status), answer)
    for subject in ["--help", "-x", "127.0.0.1", "a b", "[127.0.0.1]"]:
        answer = server.ask("POST", "/v1/check", {"subject": subject})
        ok(answer.status in (200, 422), "check of %r is answered, not run as an option" % subject, answer)


def test_json(server):
    deep = b'{"address":' + b"[" * 100000 + b"]" * 100000 + b"}"
    for name, body in [("nothing", b""), ("no JSON", b"hello"), ("a list", b"[]"), ("a text", b'"x"'), ("null", b"null"), ("a number", b"1"), ("cut", b'{"address":"a@b'), ("a member twice", b'{"address":"a@b.c","address":"d@e.f","reason":"x"}'),
                       ("no UTF-8", b'{"address":"\xff@x.org","reason":"x"}'), ("too deep", deep), ("more behind it", b'{"address":"a@b.c","reason":"x"} {}'), ("a huge number", b'{"address":1e99999,"reason":"x"}'),
                       ("a NUL", b'{"address":"a\\u0000@b.c","reason":"x"}'), ("half a surrogate", b'{"address":"\\ud800@b.c","reason":"x"}'), ("UTF-16", '{"address":"a@b.c","reason":"x"}'.encode("utf-16"))]:
        answer = server.ask("POST", "/v1/suppressions", body, headers={"Content-Type": "application/json"})
        ok(is_problem(answer, 400), "a body of %s: 400" % name, answer)
    for path in ["/v1/events?q=%ff", "/v1/addresses?q=%c3%28", "/v1/addresses/%ff@x.org", "/v1/events/%ff", "/v1/statistics?name=%fe"]:
        answer = server.ask("GET", path)
        ok(answer.status in (400, 404) and is_problem(answer, answer.status), "%s is no UTF-8: refused" % path, answer)


def test_service(server):
    ok(server.ask("GET", "/healthz", token=None).status == 200 and server.ask("GET", "/readyz", token=None).status == 200, "well and ready")
    server.change("ALTER TABLE counters RENAME TO elsewhere")
    answer = server.ask("GET", "/readyz", token=None)
    ok(is_problem(answer, 503) and b"counters" not in answer.body and until(lambda: "counters" in server.complaints(), 10), "its store is no more: not ready; the log says why, not the answer", answer, server.complaints()[-300:])
    server.change("ALTER TABLE elsewhere RENAME TO counters")
    ok(server.ask("GET", "/readyz", token=None).status == 200, "ready again")
    counted = lambda: sum(int(n) for n in re.findall(r"(?m)^whybounce_reports_total\{.*\} (\d+)$", server.ask("GET", "/metrics").body.decode()))
    server.ask("POST", "/v1/analyse?store=true", mail(4000))
    before = counted()
    server.ask("POST", "/v1/analyse?store=true", mail(4000))
    ok(counted() == before > 0, "a report that is there already is not counted again", before, counted())
    metrics = server.ask("GET", "/metrics").body.decode()
    ok('whybounce_reports_total{cause="user-unknown"' in metrics and "whybounce_requests_total" in metrics and "whybounce_worker_restarts_total 0" in metrics, "metrics count", metrics[-500:])


with Server(**{"check-per-minute": 1000, "resolver": "127.0.0.1:9"}) as server:
    test_analyse(server)
    test_batch(server)
    test_reply_json(server)
    total = test_store(server)
    rows = test_events(server, total)
    test_event(server, rows)
    test_statistics(server)
    test_addresses(server)
    test_exports(server)
    test_dates(server)
    test_policy(server)
    test_catalogue(server)
    test_log(server)
    test_check(server)
    test_json(server)
    test_batch_store(server)
    test_service(server)
    ok("500" not in {str(status) for _, _, status in contract.seen}, "nothing was answered by 500")
    well = {(p, m) for p, m, s in contract.seen if s < 300}
    missing = [(p, m) for p, item in contract.API["paths"].items() for m in item if (p, m) not in well and not p.startswith(("/v1/session", "/v1/tokens", "/v1/me", "/v1/webhooks", "/assets", "/login", "/openapi", "/report")) and p != "/"]
    ok(not missing, "each call of data was seen to do well (those of who and where are in access_test.py, of webhooks in webhooks_test.py)", missing)
    ok(server.stop() == 0, "it ends with status 0", server.complaints()[-300:])
done()
