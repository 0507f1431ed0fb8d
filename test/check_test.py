#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Live checks against real servers on this machine: each case with its healthy and its broken side."""
import contextlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import world
from tap import BUILD, PROGRAM, ROOT, done, ok, skip_all

if world.why_not():
    skip_all(world.why_not())

GOOD, REFUSES, SLOW, UNWELCOME, DROPS, SILENT, EXPIRED, WRONG_NAME, HTTP, ENDLESS, LONG_LINE, CONTROL, NO_RCPT, LATER, HOLE, HOLE2, UNTRUSTED, BUSY, NO_SHAKE, ABRUPT, PATIENT, TLS_GONE, OLD, HUGE_LINE, HUGE_EHLO = range(2, 27)

RECORDS = "ns A 127.0.0.1\n" + "".join("%s MX 10 mx.%s\nmx.%s A 127.0.0.%d\n" % (name, name, name, last) for name, last in [
    ("good", GOOD), ("refuses", REFUSES), ("slow", SLOW), ("unwelcome", UNWELCOME), ("drops", DROPS), ("silent", SILENT),
    ("expired", EXPIRED), ("wrong-name", WRONG_NAME), ("http", HTTP), ("endless", ENDLESS), ("long", LONG_LINE),
    ("control", CONTROL), ("no-rcpt", NO_RCPT), ("later", LATER), ("hole", HOLE), ("untrusted", UNTRUSTED), ("busy", BUSY),
    ("no-shake", NO_SHAKE), ("patient", PATIENT), ("tls-gone", TLS_GONE), ("old", OLD), ("huge-line", HUGE_LINE), ("huge-ehlo", HUGE_EHLO)]) + """
xn--fsqu00a MX 10 mx.good
null MX 0 .
mixed MX 0 .
mixed MX 10 mx.good
none TXT "nothing here"
bare A 127.0.0.2
literal MX 10 127.0.0.2.
alias MX 10 other.alias
other.alias CNAME mx.good
gone MX 10 nowhere.gone
order MX 30 mx.good
order MX 10 mx.refuses
order MX 20 mx.unwelcome
patient MX 20 mx.abrupt
mx.abrupt A 127.0.0.%d
silence MX 10 a.silence
silence MX 20 b.silence
silence MX 30 c.silence
silence MX 40 d.silence
silence MX 50 e.silence
a.silence A 127.0.0.16
b.silence A 127.0.0.16
c.silence A 127.0.0.17
d.silence A 127.0.0.17
e.silence A 127.0.0.16
""" % ABRUPT


V6 = "2001:db8::25"
V6_NAME = ".".join(reversed("20010db8" + "0" * 22 + "25"))
V6_LISTED = ".".join(reversed("0" * 20 + "ffff7f000002"))
POINT = "2.0.0.127 A 127.0.0.2\n"
ZONES = {
    "test": RECORDS + """
named A 198.51.100.1
six AAAA %s
elsewhere A 198.51.100.99
""" % V6,
    "100.51.198.in-addr.arpa": "1 PTR named.test.\n2 PTR elsewhere.test.\n4 PTR named.test.\n4 PTR nowhere.test.\n",
    "ip6.arpa": V6_NAME + " PTR six.test.\n",
    # one list that works, for both families, and one for each way in which a list can fail
    "zen.spamhaus.org": POINT + V6_LISTED + " A 127.0.0.2\n9.100.51.198 A 127.0.0.4\n" + V6_NAME + " A 127.0.0.3\n",
    "bl.spamcop.net": POINT,
    "b.barracudacentral.org": "* A 127.255.255.254\n",
    "dnsbl-1.uceprotect.net": "",
    "bl.mailspike.net": "* A 127.0.0.2\n",
    "psbl.surriel.com": POINT + "* A 203.0.113.80\n",
    "dnsbl.dronebl.org": POINT + "* A 127.0.0.1\n",
}


def check(*arguments, resolver=None, input=None, lang="en", private=True, port=True, program=PROGRAM):
    argv = [program, "check", "--lang", lang, "--resolver", resolver or nsd.resolver, *(["--allow-private"] if private else []),
            *(["--port", str(PORT)] if port else []), *arguments]
    return subprocess.run(argv, input=input, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


def found(*arguments, **how):
    """Findings by id, the exit status, and the whole answer."""
    run = check("--json", *arguments, **how)
    answer = json.loads(run.stdout.splitlines()[0])
    return {one["id"]: one for one in answer["findings"]}, run.returncode, answer


def says(subject, want, status, *arguments, **how):
    """The finding is there, and the exit status is this."""
    ids, got, answer = found(*arguments, subject, **how)
    return ok(want in ids and got == status, "%r: %s, exit %d" % (subject[:40], want, status), sorted(ids), got, answer)


def without(subject, unwanted, *arguments, **how):
    ids, _, answer = found(*arguments, subject, **how)
    ok(unwanted not in ids, "%s: no %s" % (subject, unwanted), answer)


# ---- DNS ----

def test_dns():
    says("good.test", "smtp.answers", 0)
    says("nowhere.test", "dns.no-domain", 1)
    says("null.test", "mx.null", 1)
    without("good.test", "mx.null")
    says("mixed.test", "mx.null-among-others", 1)
    says("none.test", "mx.none", 1)
    says("bare.test", "mx.none-but-address", 0)
    says("literal.test", "mx.address", 1)
    says("alias.test", "mx.alias", 0)
    without("good.test", "mx.alias")
    says("gone.test", "mx.no-address", 1)
    ids, status, answer = found("order.test")
    servers = [one["subject"] for one in answer["findings"] if one["id"] == "mx.server"]
    ok(servers == ["mx.refuses.test", "mx.unwelcome.test", "mx.good.test"], "servers stand in the order of their preference", answer)
    ok(status == 1 and "smtp.answers" in ids, "one of three answers: there is trouble all the same", answer)


MX, A, AAAA = 15, 1, 28
NO_ERROR, SERVFAIL, REFUSED = 0, 2, 5
# what a resolver says of these names: by type an error or the bytes of a record; others of the name have no data
WRONG = {
    "servfail.test": {MX: SERVFAIL}, "refused.test": {MX: REFUSED}, "half.test": {A: SERVFAIL, AAAA: SERVFAIL},
    "mx.half.test": {MX: b"\0\x0a\x01h\xc0\x0c"}, "h.mx.half.test": {AAAA: SERVFAIL},
    "inside.test": {MX: b"\0\x0a\xc0\x10"},        # a pointer into the middle of another name
    "forward.test": {MX: b"\0\x0a\xc0\xff"}, "short.test": {MX: b"\0"},
    "control.test": {MX: b"\0\x0a\x09a\x1b[31m\x07.\n\0"},
    "unsure.test": {A: b"\x7f\0\0\2"}, "_mta-sts.unsure.test": {16: SERVFAIL},
}


def wrong_answer(question, name, kind, _):
    if name not in WRONG:
        return None
    said = WRONG[name].get(kind, NO_ERROR)
    if isinstance(said, int):
        return world.head(question, 0, 0x8180 | said) + question[12:]
    return world.head(question, 1) + question[12:] + world.record(kind, said)


def test_wrong_dns():
    wrong = world.FakeDns(wrong_answer)
    try:
        how = {"resolver": wrong.resolver}
        says("servfail.test", "dns.broken", 1, **how)
        says("refused.test", "dns.refused", 2, **how)
        says("inside.test", "dns.unreadable", 1, **how)
        says("forward.test", "dns.unreadable", 1, **how)
        says("short.test", "dns.unreadable", 1, **how)
        says("half.test", "mx.address-unknown", 2, **how)
        ids, _, answer = found("mx.half.test", **how)
        ok(ids.get("mx.address-unknown", {}).get("values") == ["servfail"], "the family that could not be looked up is the one that is named", answer)
        says("unsure.test", "sts.unknown", 0, **how)
        without("good.test", "sts.unknown")
        begun = time.monotonic()
        says("silent.test", "dns.timeout", 2, **how)
        ok(time.monotonic() - begun < 5, "a resolver that is silent holds a check up for some seconds only")
        run = check("control.test", **how)
        ok("\033" not in run.stdout and "\007" not in run.stdout and "\\027" in run.stdout,
           "control characters in a name of DNS are shown by number", repr(run.stdout))
    finally:
        wrong.stop()


def test_address():
    ids, _, answer = found("wang@gmial.com", "--dns-only")
    ok("address.spelling" in ids and ids["address.spelling"]["values"] == ["gmail.com"], "gmial.com looks like gmail.com", answer)
    for wrong, meant in ("163.con", "163.com"), ("qq.cm", "qq.com"), ("hotnail.com", "hotmail.com"), ("outlok.com", "outlook.com"):
        ids, _, answer = found(wrong, "--dns-only")
        ok(ids.get("address.spelling", {}).get("values") == [meant], "%s looks like %s" % (wrong, meant), answer)
    for right in ("gmail.com", "163.com", "qq.com", "mail.com", "good.test", "line.com", "cloud.com", "soho.com", "126.net",
                  "hotmail.de", "mail.ee", "gmail.de", "yahoo.co.kr"):
        without(right, "address.spelling", "--dns-only")
    for other in "wang@例子.test", "王@例子。test", "wang@good。test":
        says(other, "smtp.answers", 0)
    peers[GOOD].heard.clear()
    says("wang@例子.test", "rcpt.taken", 0, "--rcpt")
    ok("RCPT TO:<wang@xn--fsqu00a.test>" in peers[GOOD].heard, "a Chinese domain is asked for in its ASCII form", peers[GOOD].heard)
    for bad in "a b@good.test", "@good.test", "a@", "a@b@", "x<y>@good.test", "a@good..test", "a@\r\nDATA", "x" * 300:
        says(bad, "address.syntax", 1)
    run = check("a\033[31m\007\u202e@good.test")
    ok(not set("\033\007\u202e") & set(run.stdout + run.stderr), "what is typed does not steer the terminal either", repr(run.stdout))
    ok(check("--lang", "zh").returncode == 2 and check("--port", "0", "good.test").returncode == 2, "wrong command lines are exit 2")


# ---- mail servers ----

def test_servers():
    says("refuses.test", "smtp.refused", 1)
    says("unwelcome.test", "smtp.unwelcome", 1)
    says("busy.test", "smtp.unwelcome", 1)
    says("drops.test", "smtp.dropped", 1)
    says("silent.test", "smtp.silent", 1)
    says("http.test", "smtp.not-smtp", 1)
    says("endless.test", "smtp.not-smtp", 1)
    says("long.test", "smtp.answers", 0)
    for name, finding in ("huge-line", "smtp.not-smtp"), ("huge-ehlo", "smtp.silent"):  # no greeting; greeted, and no proper answer
        says(name + ".test", finding, 1)
        run = check("-v", name + ".test")
        ok(len(run.stdout) < 40000, "%s.test: a line of 1 MB is not shown whole" % name, len(run.stdout))
    says("wang@old.test", "rcpt.taken", 0, "--rcpt") # it knows only HELO
    ids, _, answer = found("good.test")
    ok(ids["smtp.size"]["values"] == ["1000000"] and "smtp.no-smtputf8" not in ids, "SIZE is told, SMTPUTF8 is there", answer)
    says("refuses.test", "smtp.private", 2, private=False)
    says("silent.test", "smtp.private", 2, private=False)
    begun = time.monotonic()
    says("slow.test", "smtp.no-greeting", 2)
    ok(time.monotonic() - begun < 11, "a server that does not greet: the check ends by its time")
    run = check("control.test")
    ok("\033" not in run.stdout and "evil" in run.stdout, "an escape sequence in a greeting does not reach the terminal", repr(run.stdout))


def test_tls():
    ids, _, answer = found("good.test")
    ok("tls.well" in ids and 18 <= int(ids["tls.well"]["values"][0]) <= 20, "a good certificate, and for how long", answer)
    says("expired.test", "tls.expired", 1)
    says("wrong-name.test", "tls.wrong-name", 0)
    says("untrusted.test", "tls.untrusted", 0)
    says("later.test", "tls.none", 0)
    says("no-shake.test", "tls.silent", 2)
    says("tls-gone.test", "tls.failed", 1)
    # another server that breaks off within TLS while this one is still thinking
    says("wang@patient.test", "rcpt.taken", 0, "--rcpt")


def test_recipient():
    peers[GOOD].heard.clear()
    says("wang@good.test", "rcpt.taken", 0, "--rcpt")
    heard = peers[GOOD].heard
    ok("MAIL FROM:<>" in heard and "RCPT TO:<wang@good.test>" in heard and not any(line.startswith("DATA") for line in heard),
       "it asks with an empty sender, and never sends", heard)
    peers[GOOD].heard.clear()
    without("wang@good.test", "rcpt.taken")
    ok(not any(line.startswith(("MAIL", "RCPT")) for line in peers[GOOD].heard), "without --rcpt it does not ask", heard)
    says("wang@no-rcpt.test", "rcpt.refused", 1, "--rcpt")
    says("wang@later.test", "rcpt.later", 2, "--rcpt")
    run = check("-v", "--rcpt", "wang@no-rcpt.test")
    ok("> RCPT TO:<wang@no-rcpt.test>" in run.stdout and "< 550 5.1.1 no such user" in run.stdout, "-v shows the talk", run.stdout)


def test_whose_network():
    says("hole.test", "net.port-blocked", 1)
    says("hole.test", "net.theirs", 1, "--control", "mx.good.test")
    says("hole.test", "net.blocked-here", 1, "--control", world.HOST % HOLE2)
    without("good.test", "net.theirs", "--control", "mx.good.test")
    # a control server that is not there says nothing about one's own network
    for absent in "nowhere.test", "none.test":
        says("hole.test", "net.no-control", 1, "--control", absent)
        without("hole.test", "net.blocked-here", "--control", absent)
    begun = time.monotonic()
    ids, status, answer = found("silence.test")
    ok(time.monotonic() - begun < 10 and status != 0, "five servers that do not answer: over within 10 s", time.monotonic() - begun, answer)


# ---- the address of a sending server ----

def test_sender_ip():
    says("198.51.100.1", "ptr.confirmed", 0)
    says("198.51.100.2", "ptr.elsewhere", 1)
    says("198.51.100.3", "ptr.none", 1)
    says(V6, "ptr.confirmed", 1)
    says("203.0.113.1", "ptr.unknown", 2)
    says("198.51.100.1", "ip.private", 2, private=False)
    for private in "127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.1.1", "100.64.0.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1":
        ids, _, answer = found(private, private=False)
        ok("ip.private" in ids, private + " is not public", answer)
    ids, _, answer = found("8.8.8.8", "--dns-only", private=False)
    ok("ip.private" not in ids, "8.8.8.8 is public", answer)


def lists(answer, finding):
    return {one["values"][0] for one in answer["findings"] if one["id"] == finding}


def test_blocklists():
    ids, _, clean = found("198.51.100.1")
    ok(ids.get("blocklist.clean", {}).get("values") == ["2"], "two lists answered, and do not have it", clean)
    for finding, name in (("blocklist.refuses", "Barracuda Reputation Block List"), ("blocklist.dead", "UCEPROTECT"),
                          ("blocklist.lists-all", "Mailspike")):
        ok(any(name.lower() in one.lower() for one in lists(clean, finding)), "%s: %s" % (name, finding), clean)
    ok(len(lists(clean, "blocklist.made-up")) == 2, "answers outside of 127/8, and 127.0.0.1, are made up", clean)
    ok(not lists(clean, "blocklist.listed"), "none of these counts as listed", clean)
    silent = [one["values"][0] for one in clean["findings"] if one["id"] == "blocklist.no-answer"]
    ok(len(silent) == 1 and "NordSpam" in silent[0] and "Spamhaus" not in silent[0], "those that are silent are told in one line", clean)
    for address in "198.51.100.9", V6:
        ids, status, answer = found(address)
        ok(lists(answer, "blocklist.listed") == {"Spamhaus"} and status == 1 and "blocklist.clean" not in ids, address + " is listed by one", answer)
        ok(address in ids["blocklist.page"]["values"][0] and "blocklist.reason" in ids, "with its page and its reason", answer)
    ids, _, answer = found("198.51.100.1", resolver="127.0.0.1:9")
    ok("blocklist.none-told" in ids, "no DNS: no list could be asked", answer)


# ---- many, and for people ----

def test_many():
    names = ["good.test", "nowhere.test", "null.test", "hole.test", "none.test", "unwelcome.test", "bare.test"] * 15
    begun = time.monotonic()
    run = check("--json", "-", input="\n".join(names) + "\n\n")
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    ok([one["subject"] for one in answers] == names, "answers come in the order of the questions", len(answers))
    ok(run.returncode == 1, "the exit status is the worst of all")
    # A check ends within 10 seconds; 105 of them end within 20 only if they run side by side.
    ok(time.monotonic() - begun < 20, "105 domains, some of them silent: all within their deadlines", time.monotonic() - begun)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    ok(most < 400 << 10, "105 domains at once take less than 400 MiB", most)
    run = check("--json", "--dns-only", "-", input="  none.test\n" + "x" * 5000000 + "\nnull.test")
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    ok([one["subject"][:9] for one in answers] == ["none.test", "x" * 9, "null.test"] and len(answers[1]["subject"]) < 2000
       and answers[1]["findings"][0]["id"] == "address.syntax", "a line without end is cut, and the next one is read", run.stdout[:500])
    ok(check("-", input="").returncode == 2, "an empty input is exit 2")


def test_settings():
    settings = os.path.join(other, "config.yaml")
    def run_with(text, *arguments, **more):
        with open(settings, "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([PROGRAM, "check", "--lang", "en", "--dns-only", *arguments], capture_output=True, text=True,
                              env=dict(ENVIRONMENT, WHYBOUNCE_CONFIG=settings, **more), timeout=60)
    run = run_with("# who is asked\nresolver: %s\n" % nsd.resolver, "null.test")
    ok(run.returncode == 1 and "takes no mail" in run.stdout, "the configuration names the resolver", run)
    run = run_with("resolver: 127.0.0.1:1\n", "--resolver", nsd.resolver, "null.test")
    ok("takes no mail" in run.stdout, "the command line goes before it", run)
    run = run_with("resolver: 127.0.0.1:1\n", "null.test", WHYBOUNCE_RESOLVER=nsd.resolver)
    ok("takes no mail" in run.stdout, "and so does the environment", run)
    run = run_with("# nothing is set\n\n", "--resolver", nsd.resolver, "null.test")
    ok("takes no mail" in run.stdout, "a file of comments sets nothing", run)
    run = run_with("resolvr: 127.0.0.1\n", "null.test")
    ok(run.returncode == 2 and "config.yaml:1:1" in run.stderr and "unknown key 'resolvr'" in run.stderr, "a wrong key is named with its place", run)
    for wrong, said in (("workers: 0", "a number from 1 to 64"), ("workers: 65", "a number from 1 to 64"), ("days: soon", "a number is expected"),
                        ("public-analyse: perhaps", "true or false"), ("resolver: [127.0.0.1]", "a text is expected"), ("- resolver", "a mapping is expected"),
                        ("resolver: 'a\\", "error")):
        run = run_with(wrong, "--resolver", nsd.resolver, "null.test")
        ok(run.returncode == 2 and "config.yaml" in run.stderr and said in run.stderr and not run.stdout, "%r is refused" % wrong, run)
    run = run_with("workers: 64\nraw-days: 0\npublic-analyse: true\n", "--resolver", nsd.resolver, "null.test")
    ok(run.returncode == 1 and "takes no mail" in run.stdout, "settings of the service are no business of a check", run)
    run = run_with("", "--config", settings + ".none", "null.test")
    ok(run.returncode == 2 and "No such file" in run.stderr and not run.stdout, "a file that is named must be there", run)
    for wrong in "1.2.3", "localhost", "[::1", "::1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1,127.0.0.2", "[127.0.0.1]:53", "":
        run = run_with("", "--resolver", wrong, "null.test")
        ok(run.returncode == 2 and "no address of a resolver" in run.stderr, "%r is no resolver" % wrong, run)


def test_second_resolver():
    """Two resolvers of the system, of which the first refuses: like a stub resolver, the second one is asked."""
    run = in_a_network("two_resolvers.py")
    if run:
        ok("takes no mail" in run.stdout, "a resolver that refuses: the next one is asked", run)
        ok("refuses to look up" in run.stdout.split("----")[1], "all of them refuse: that is told", run)


def in_a_network(script, *arguments):
    """Runs a script of test/check in a network and with mounts of its own; None, and says so, where that is not possible."""
    command = "mount --bind %s/resolv.conf /etc/resolv.conf && ip link set lo up && exec python3 %s \"$@\"" % (
        other, os.path.join(ROOT, "test/check", script))
    with open(other + "/resolv.conf", "w", encoding="utf-8") as file:
        file.write("nameserver 127.0.0.61\nnameserver 127.0.0.62\n")
    environment = {key: value for key, value in ENVIRONMENT.items() if key != "WHYBOUNCE_RESOLVER"}
    run = subprocess.run(["unshare", "--net", "--mount", "sh", "-c", command, "sh", PROGRAM, *arguments], capture_output=True,
                         text=True, env=environment, timeout=90)
    if "unshare" in run.stderr or "mount:" in run.stderr:
        print("# skipped: no network of its own can be made here: %s" % run.stderr.strip())
        return None
    return run


def test_networks():
    """Both families, and the ways in which a network can fail; each with its healthy side."""
    names = ["both.test", "half.test", "six.test", "closed.test", "nowhere.test", "unreachable.test", "swallows.test"]
    run = in_a_network("networks.py", *names)
    if not run:
        return
    answers = {one["subject"]: one for one in map(json.loads, run.stdout.splitlines())}
    of = {name: {one["id"] for one in answer["findings"]} for name, answer in answers.items()}
    ok(list(answers) == names, "every name has its answer", run)
    answering = [one["values"][0] for one in answers["both.test"]["findings"] if one["id"] == "smtp.answers"]
    ok(sorted(answering) == ["127.0.0.2", "::1"], "a server is talked to by IPv4 and by IPv6", answers["both.test"])
    ok({"smtp.no-8bitmime", "smtp.no-smtputf8", "tls.none"} <= of["both.test"] and "smtp.size" not in of["both.test"],
       "what a server does not offer is told", of["both.test"])
    ok(answers["both.test"]["result"] == "healthy" and "smtp.no-route" not in of["both.test"], "and is no trouble", answers["both.test"])
    ok({"smtp.answers", "smtp.no-route"} <= of["half.test"] and answers["half.test"]["result"] == "healthy",
       "no IPv6 on the way here: a note, since IPv4 answers", answers["half.test"])
    ok({"mx.none-but-address", "smtp.answers"} <= of["six.test"], "no MX, and an address of IPv6 only: that one is taken (RFC 5321 5.1)", of["six.test"])
    ok("smtp.refused" in of["closed.test"] and answers["closed.test"]["result"] == "trouble", "refused by IPv6", answers["closed.test"])
    ok({"smtp.no-route", "net.no-way"} <= of["nowhere.test"] and "net.no-way" not in of["half.test"] and answers["nowhere.test"]["result"] == "unknown", "only IPv6, and no way: it cannot be told", answers["nowhere.test"])
    ok("smtp.unreachable" in of["unreachable.test"] and answers["unreachable.test"]["result"] == "trouble", "unreachable", answers["unreachable.test"])
    ok({"smtp.timeout", "net.silent"} <= of["swallows.test"] and answers["swallows.test"]["result"] == "unknown",
       "no port answers: neither theirs nor ours can be told", answers["swallows.test"])


def test_silent_dns():
    """Nothing answers at all: an address on all lists, and the whole of a sender's side."""
    silent = world.FakeDns(lambda *question: None)
    try:
        for what, arguments in (("an address on all lists", ["198.51.100.1"]), ("a sender", ["--from", "good.test", "--ip", "198.51.100.1", "--selector", "s1"]),
                                ("an address with a domain", ["wang@good.test", "--rcpt"])):
            begun = time.monotonic()
            answer = json.loads(check("--json", *arguments, resolver=silent.resolver).stdout)
            ok(time.monotonic() - begun < 10 and answer["result"] == "unknown", "%s, and DNS is silent: over within 10 s" % what, time.monotonic() - begun, answer)
        ok(silent.asked > 20, "it was asked", silent.asked)
    finally:
        silent.stop()


def all_of(leader):
    """What a program has put on a terminal, which gives it 4 KiB at a time."""
    shown = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while piece := os.read(leader, 65536):
            shown += piece
    os.close(leader)
    return shown.decode()


def test_progress():
    """On a terminal standard error shows what is being asked, and is wiped before the answer."""
    leader, follower = os.openpty()
    run = subprocess.Popen([PROGRAM, "check", "--lang", "en", "--resolver", nsd.resolver, "--port", str(PORT), "--allow-private", "good.test"],
                           stdout=subprocess.PIPE, stderr=follower, env=ENVIRONMENT)
    os.close(follower)
    run.communicate(timeout=30)
    shown = all_of(leader)
    ok("asking MX good.test" in shown and "asking SMTP mx.good.test" in shown, "the progress line says what is asked", shown)
    ok(shown.endswith("\r\033[K"), "and is gone at the end", shown[-20:])
    leader, follower = os.openpty()
    report = {"cause": "sender-dns", "recipient": "a@good.test", "original": {"envelope_from": "x@\033[31mred\a.test"}}
    subprocess.run([os.path.join(BUILD, "whybounce-check"), "--lang", "en", "--resolver", nsd.resolver, "--live"], input=json.dumps(report).encode() + b"\n",
                   stdout=subprocess.DEVNULL, stderr=follower, env=ENVIRONMENT)
    os.close(follower)
    shown = all_of(leader)
    ok("asking MX ?[31mred?.test" in shown and "\033[31m" not in shown and "\a" not in shown, "what a bounce has put into a name does nothing to the terminal", shown)


def test_for_people():
    english, chinese = check("null.test").stdout, check("null.test", lang="zh").stdout
    ok("takes no mail" in english and "不收任何邮件" in chinese, "both languages", english, chinese)
    ok("\033[" not in english and "\033[31m" in check("--color", "always", "null.test").stdout, "colours only where they are wanted")
    with open(os.path.join(ROOT, "knowledge/checks.yaml"), encoding="utf-8") as file:
        text = file.read()
    known = re.findall(r"^  ([a-z0-9]+\.[a-z0-9-]+):", text, re.M)
    causes = re.findall(r"^  ([a-z-]+): \{checks:", text, re.M)
    used = {"live.%s-%s" % (cause, end) for cause in causes for end in ("mended", "stands", "unsure")}
    for folder in "src/probe", "src/checker":
        for name in os.listdir(os.path.join(ROOT, folder)):
            if name.endswith("_test.c"):
                continue
            with open(os.path.join(ROOT, folder, name), encoding="utf-8") as source:
                used |= {one for one in re.findall(r'"([a-z]+\.[a-z0-9-]+)"', re.sub(r"/\*.*?\*/", "", source.read(), flags=re.S)) if not one.endswith(".h")}
    ok(len(causes) > 5 and used == set(known) and len(known) == len(used), "every finding has its words, and every sentence a finding", used ^ set(known))


with tempfile.TemporaryDirectory() as folder:
    PORT = world.free_port()
    authority = world.Authority(folder)
    ENVIRONMENT = dict(os.environ, SSL_CERT_FILE=authority.pem, LC_ALL="C.UTF-8", WHYBOUNCE_CONFIG=os.devnull)
    nsd = world.Dns(ZONES)
    other = tempfile.mkdtemp(dir=folder)
    server = world.mail_server
    peers = {
        GOOD: world.Peer(GOOD, PORT, server(), authority.server("mx.good.test")),
        SLOW: world.Peer(SLOW, PORT, world.silence),
        UNWELCOME: world.Peer(UNWELCOME, PORT, server(b"554 5.7.1 no service for you\r\n")),
        BUSY: world.Peer(BUSY, PORT, server(b"421 too busy\r\n")),
        DROPS: world.Peer(DROPS, PORT, lambda peer, connection: None),
        SILENT: world.Peer(SILENT, PORT, server(ehlo=b"250-half of\r\n", after_ehlo=lambda connection: None)),
        EXPIRED: world.Peer(EXPIRED, PORT, server(), authority.server("mx.expired.test", -1)),
        WRONG_NAME: world.Peer(WRONG_NAME, PORT, server(), authority.server("mx.else.test")),
        HTTP: world.Peer(HTTP, PORT, lambda peer, connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
        ENDLESS: world.Peer(ENDLESS, PORT, lambda peer, connection: [connection.sendall(b"220-hello\r\n" * 1000) for _ in range(10000)]),
        LONG_LINE: world.Peer(LONG_LINE, PORT, server(b"220 " + b"x" * 30000 + b"\r\n")),
        HUGE_LINE: world.Peer(HUGE_LINE, PORT, server(b"220 " + b"x" * (1 << 20) + b"\r\n")),
        HUGE_EHLO: world.Peer(HUGE_EHLO, PORT, server(ehlo=b"250-mx.test\r\n250 SIZE " + b"9" * (1 << 20) + b"\r\n")),
        CONTROL: world.Peer(CONTROL, PORT, server(b"554 \033[31mevil\033]0;title\007\r\n")),
        NO_RCPT: world.Peer(NO_RCPT, PORT, server(rcpt=b"550 5.1.1 no such user\r\n")),
        LATER: world.Peer(LATER, PORT, server(rcpt=b"451 4.7.1 greylisted\r\n")),
        HOLE: world.BlackHole(HOLE, PORT),
        HOLE2: world.BlackHole(HOLE2, PORT),
        NO_SHAKE: world.Peer(NO_SHAKE, PORT, server(extensions=["STARTTLS"], starttls=lambda connection: time.sleep(30))),
        OLD: world.Peer(OLD, PORT, server(ehlo=b"502 what?\r\n", helo=b"250 mx.old.test\r\n")),
        TLS_GONE: world.Peer(TLS_GONE, PORT, server(extensions=["STARTTLS"], starttls=lambda connection: connection.close())),
        ABRUPT: world.Peer(ABRUPT, PORT, server(within_tls=lambda connection: connection.recv(100) and time.sleep(1)), authority.server("mx.abrupt.test")),
        PATIENT: world.Peer(PATIENT, PORT, server(within_tls=world.slowly), authority.server("mx.patient.test")),
        UNTRUSTED: world.Peer(UNTRUSTED, PORT, server(), world.Authority(other).server("mx.untrusted.test")),
    }
    try:
        for test in (test_dns, test_wrong_dns, test_address, test_servers, test_tls, test_recipient, test_whose_network, test_sender_ip, test_blocklists,
                     test_many, test_settings, test_second_resolver, test_networks, test_silent_dns, test_progress, test_for_people):
            test()
    finally:
        nsd.stop()
        for peer in peers.values():
            peer.stop()
done()
