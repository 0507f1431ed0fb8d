#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""DNSSEC and DANE of `whybounce check`: zones that are really signed, mail servers with their certificates, resolvers good and bad."""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import signed
import world
from tap import PROGRAM, done, ok, skip_all

if signed.why_not():
    skip_all(signed.why_not())

GOOD, OLD, TA, TA_OTHER, PLAIN, GONE, DOWN, FAT, LATE = range(32, 41)
MANY = 600  # TLSA records of one name: more than are looked at
DS, TLSA, DNSKEY = 43, 52, 48


def zones():
    ee, late = (signed.tlsa(3, 1, 1, authority.base(name) + ".pem") for name in ("mx.ee.test", "mx.late.test"))
    old = signed.tlsa(3, 1, 1, other.base("mx.elsewhere.test", -1) + ".pem")
    ta = signed.tlsa(2, 0, 1, other.pem)
    wrong = "TLSA 3 1 1 " + "00" * 32
    servers = [  # name, address, records of TLSA
        ("ee", GOOD, [ee]), ("sha512", GOOD, [signed.tlsa(3, 1, 2, authority.base("mx.ee.test") + ".pem")]),
        ("whole", GOOD, [signed.tlsa(3, 0, 0, authority.base("mx.ee.test") + ".pem")]), ("one-of-two", GOOD, [wrong, ee]),
        ("old", OLD, [old]), ("ta", TA, [ta]), ("ta-key", TA, [signed.tlsa(2, 1, 1, other.pem)]), ("ta-other", TA_OTHER, [ta]),
        ("wrong", GOOD, [wrong]), ("absent", GOOD, []), ("pkix", GOOD, [signed.tlsa(1, 1, 1, authority.base("mx.ee.test") + ".pem")]),
        ("odd", GOOD, ["TLSA 3 1 1 00", "TLSA 3 1 1 " + "11" * 4000, "TLSA 3 9 1 " + "00" * 32, "TLSA 3 1 7 " + "00" * 32, "TLSA 3 0 0 00ff"]),
        ("plain", PLAIN, [ee]), ("gone", GONE, [ee]), ("down", DOWN, [ee]), ("fat", FAT, [ee]), ("late", LATE, [late]), ("ta-domain", TA, [ta]),
        ("many", GOOD, ["TLSA 3 1 1 %064x" % i for i in range(MANY)]), ("some", GOOD, ["TLSA 3 1 1 %064x" % i for i in range(200)] + [ee]),
        ("flood", GOOD, ["TLSA 3 1 1 %064x" % i for i in range(1000)]), ("half", GOOD, [])]
    text = "ns A 127.0.0.1\n"
    for name, last, records in servers:
        text += "%s MX 10 mx.%s\nmx.%s A 127.0.0.%d\n" % (name, name, name, last)
        text += "".join("_%d._tcp.mx.%s %s\n" % (PORT, name, one) for one in records)
    text += "alias MX 10 a.alias\na.alias CNAME mx.ee\n"
    text += "wrong-alias MX 10 a.wrong-alias\na.wrong-alias CNAME mx.wrong\n"
    text += "own-alias MX 10 a.own-alias\na.own-alias CNAME mx.absent\n_%d._tcp.a.own-alias %s\n" % (PORT, ee)
    text += "far MX 10 mx.bogus\nnear MX 10 mx.unsigned\nbare A 127.0.0.%d\n_%d._tcp.bare %s\n" % (GOOD, PORT, ee)
    inside = "@ MX 10 mx\nmx A 127.0.0.%d\n_%d._tcp.mx %s\n" % (GOOD, PORT, wrong)
    return signed.sign(folder, {"test": text, "bogus.test": inside, "unsigned.test": inside, "broken.test": None,
                                "_tcp.mx.half.test": "_%d %s\n" % (PORT, ee)},
                       expired=("bogus.test", "_tcp.mx.half.test"), unsigned=("unsigned.test", "broken.test"))


def check(*arguments, resolver=None, trust=None, lang="en", stdin=None, config=None):
    argv = [PROGRAM, "check", "--lang", lang, "--resolver", resolver or nsd.resolver, "--allow-private", "--port", str(PORT),
            "--https-port", str(world.free_port()), *(["--config", config] if config else ["--trust-anchor", trust or anchor]), *arguments]
    return subprocess.run(argv, input=stdin, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


def found(domain, **how):
    """The findings about DNSSEC and DANE, id to host, the exit status and the whole answer."""
    run = check("--json", domain, **how)
    answer = json.loads(run.stdout)
    return {one["id"]: one for one in answer["findings"] if one["id"].startswith(("dane.", "dns."))}, run.returncode, answer


def says(domain, want, status, subject=None, **how):
    """This one finding and no other, about this subject, and the exit status."""
    ids, got, answer = found(domain, **how)
    ok(list(ids) == [want] and got == status and (not subject or ids[want]["subject"] == subject),
       "%s: %s, exit %d" % (domain, want, status), sorted(ids), got, json.dumps(answer, indent=1, ensure_ascii=False))


def test_matches():
    for name in "ee", "sha512", "whole", "one-of-two", "ta", "ta-key", "some":
        says(name + ".test", "dane.matches", 0, "mx.%s.test" % name)
    ids, _, answer = found("old.test")
    ok("dane.matches" in ids and any(one["id"] == "tls.expired" for one in answer["findings"]),
       "of usage 3 neither name nor date count (RFC 7672 3.1.1)", answer)
    says("ta-domain.test", "dane.matches", 0, "mx.ta-domain.test")  # the certificate may also be made for the domain (3.2.2)
    says("late.test", "dane.matches", 0, "mx.late.test")  # it greets when the time for DNS is long over
    says("alias.test", "dane.matches", 0, "a.alias.test")
    says("own-alias.test", "dane.matches", 0, "a.own-alias.test")
    says("bare.test", "dane.matches", 0, "bare.test")


def test_mismatches():
    says("wrong.test", "dane.mismatch", 1, "mx.wrong.test")
    says("ta-other.test", "dane.mismatch", 1, "mx.ta-other.test")  # the right authority, a certificate for another name
    says("wrong-alias.test", "dane.mismatch", 1, "a.wrong-alias.test")
    says("plain.test", "dane.no-tls", 1, "mx.plain.test")
    says("gone.test", "dane.no-tls", 1, "mx.gone.test")
    says("pkix.test", "dane.unusable", 0, "mx.pkix.test")
    says("odd.test", "dane.unusable", 0, "mx.odd.test")
    says("many.test", "dane.untested", 0, "mx.many.test")  # perhaps one of the others fits
    ids, _, answer = found("flood.test")  # more than libunbound validates: those that use it get nothing, as we do
    ok(list(ids) in (["dane.bogus"], ["dane.untested"]), "a thousand records", answer)
    says("down.test", "dane.untested", 1, "mx.down.test")
    says("fat.test", "dane.untested", 0, "mx.fat.test")  # shows more certificates than are kept


def test_configuration():
    for keys, want in (anchor, "dane.matches"), (foreign, "dane.unknown"):
        path = os.path.join(folder, "config.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("trust-anchor: %s\n" % keys)
        says("ee.test", want, 0, config=path)


def test_absence():
    says("absent.test", "dane.absent", 0, "mx.absent.test")
    says("unsigned.test", "dane.unsigned", 0, "unsigned.test")  # its TLSA is wrong, and does not count
    says("near.test", "dane.unsigned", 0, "mx.unsigned.test")
    for domain, words in ("absent.test", "no TLSA record"), ("unsigned.test", "not signed"):
        ok(words not in check(domain).stdout and words in check("-v", domain).stdout, "%s: what is not there is told only with -v" % domain)


def test_bogus():
    says("bogus.test", "dns.bogus", 1, "bogus.test")
    says("far.test", "dns.bogus", 1, "mx.bogus.test")
    says("half.test", "dane.bogus", 1, "mx.half.test")
    says("broken.test", "dns.broken", 1, "broken.test")
    english, chinese = check("bogus.test").stdout, check("bogus.test", lang="zh").stdout
    ok("do not verify (signature expired" in english and "签名验证不通过" in chinese, "both languages say why", english, chinese)
    resolver = signed.Relay(nsd, signed.validating("bogus.test"))
    says("bogus.test", "dns.bogus", 1, "bogus.test", resolver=resolver.resolver)  # such a resolver says only SERVFAIL
    says("ee.test", "dane.matches", 0, "mx.ee.test", resolver=resolver.resolver)
    resolver.stop()


def test_cannot_tell():
    resolver = signed.Relay(nsd, signed.stripping)
    for domain in "ee.test", "wrong.test", "bogus.test", "unsigned.test":
        says(domain, "dane.unknown", 0, domain, resolver=resolver.resolver)
    resolver.stop()
    for trust, what in (foreign, "another key"), (nothing, "no key"):
        for domain in "ee.test", "bogus.test":
            says(domain, "dane.unknown", 0, domain, trust=trust)
    ok("bogus" not in check("bogus.test", trust=nothing).stdout.replace("bogus.test", ""), "nothing is told of it without -v")
    ok(check("ee.test", trust="/nowhere").returncode == 2, "a file of keys that is not there is exit 2")
    for kinds in (DNSKEY,), (DS, DNSKEY), (TLSA,):
        resolver = signed.Relay(nsd, signed.deaf(*kinds))
        begun = time.monotonic()
        ids, status, answer = found("wrong.test", resolver=resolver.resolver)
        ok(list(ids) == ["dane.unknown"] and status == 0, "silence about types %s is held against nobody" % (kinds,), ids, answer)
        ok(time.monotonic() - begun < 7, "and ends in time", time.monotonic() - begun)
        resolver.stop()


def test_many():
    """A hundred at once, each with validation of its own: memory, descriptors and time are bounded."""
    wanted = {"ee.test": "dane.matches", "wrong.test": "dane.mismatch", "bogus.test": "dns.bogus", "unsigned.test": "dane.unsigned"}
    names = list(wanted) * 25
    begun = time.monotonic()
    run = check("--json", "-", stdin="\n".join(names))
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    ok([one["subject"] for one in answers] == names, "a hundred at once: in order", len(answers), run.stderr)
    bad = [one for one in answers if wanted[one["subject"]] not in [finding["id"] for finding in one["findings"]]]
    ok(not bad, "a hundred at once: each is told what it is told alone", len(bad), bad[:2])
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    ok(time.monotonic() - begun < 20 and most < 400 << 10, "a hundred at once: in time, below 400 MiB", time.monotonic() - begun, most)


def test_hostile():
    """Answers that are cut, lie about themselves or are noise: nothing is held against the domain but what signatures prove."""
    noise = random.Random(7)
    harms = {
        "cut": lambda answer: answer[:-7], "nothing behind the head": lambda answer: answer[:12], "counts": lambda answer: answer[:4] + b"\xff" * 8 + answer[12:],
        "noise": lambda answer: answer[:12] + noise.randbytes(400), "flipped": lambda answer: answer[:40] + bytes(c ^ 0x55 for c in answer[40:]),
        "endless pointers": lambda answer: answer[:12] + b"\xc0\x0c" * 200,
    }
    for what, harm in harms.items():
        resolver = signed.Relay(nsd, signed.harmful(harm, TLSA))
        begun = time.monotonic()
        run = check("--json", "ee.test", resolver=resolver.resolver)
        ids = {one["id"] for one in json.loads(run.stdout)["findings"] if one["id"].startswith("dane.")}
        ok(ids <= {"dane.unknown", "dane.bogus"} and len(ids) == 1 and not run.stderr and time.monotonic() - begun < 7, "TLSA, %s: a sound end" % what, run)
        resolver.stop()
    for what in "noise", "counts":
        resolver = signed.Relay(nsd, signed.harmful(harms[what], DNSKEY))
        says("wrong.test", "dane.unknown", 0, "wrong.test", resolver=resolver.resolver)
        resolver.stop()


with tempfile.TemporaryDirectory() as folder:
    PORT = world.free_port()
    authority, other = (world.Authority(tempfile.mkdtemp(dir=folder)) for _ in range(2))
    server = world.mail_server
    foreign, nothing = os.path.join(folder, "foreign.key"), os.path.join(folder, "nothing.key")
    ENVIRONMENT = dict(os.environ, SSL_CERT_FILE=authority.pem, LC_ALL="C.UTF-8")
    peers = [
        world.Peer(GOOD, PORT, server(), authority.server("mx.ee.test")),
        world.Peer(OLD, PORT, server(), other.server("mx.elsewhere.test", -1)),
        world.Peer(TA, PORT, server(), other.server("mx.ta.test", others=["mx.ta-key.test", "ta-domain.test"], whole=1)),
        world.Peer(TA_OTHER, PORT, server(), other.server("mx.another.test", whole=1)),
        world.Peer(PLAIN, PORT, server()),
        world.Peer(LATE, PORT, lambda peer, connection: time.sleep(6) or server()(peer, connection), authority.server("mx.late.test")),
        world.Peer(FAT, PORT, server(), authority.server("mx.fat.test", whole=20)),
        world.Peer(GONE, PORT, server(extensions=["STARTTLS"], starttls=lambda connection: connection.close())),
    ]
    texts, anchor = zones()
    elsewhere = tempfile.mkdtemp(dir=folder)
    os.rename(os.path.join(elsewhere, signed.run(elsewhere, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "test") + ".key"), foreign)
    open(nothing, "w", encoding="ascii").close()
    nsd = world.Dns(texts)
    try:
        for test in test_matches, test_mismatches, test_configuration, test_absence, test_bogus, test_cannot_tell, test_many, test_hostile:
            test()
    finally:
        nsd.stop()
        for peer in peers:
            peer.stop()
done()
