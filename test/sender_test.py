#!/usr/bin/env python3
"""The sender's side of a domain: every finding with the world that has it and the one that has not."""
import base64
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import tap
import world

IP, IP6 = "192.0.2.25", "2001:db8::25"
REVERSE = "2.0.192.in-addr.arpa"
REVERSE6 = "8.b.d.0.1.0.0.2.ip6.arpa"
NIBBLES = "5.2" + ".0" * 22

KEY = "s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
BASE = """@ NS ns
ns A 127.0.0.1
@ MX 10 mail
mail A 192.0.2.25
mail AAAA 2001:db8::25
"""
SPF = '@ TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"\n'
DMARC = '_dmarc TXT "v=DMARC1; p=reject"\n'
GOOD = {"example.com": BASE + SPF + DMARC + KEY, REVERSE: "25 PTR mail.example.com.\n",
        REVERSE6: NIBBLES + " PTR mail.example.com.\n",
        # a list that has none of the addresses, for both families (RFC 5782)
        "zen.spamhaus.org": "2.0.0.127 A 127.0.0.2\n%s A 127.0.0.2\n" % ".".join(reversed("0" * 20 + "ffff7f000002")),
        # and one of domains: its test point, and one that is listed
        "dbl.spamhaus.org": "test A 127.0.1.2\nbad.test A 127.0.1.4\n"}


def check(dns, *more):
    done = subprocess.run([tap.PROGRAM, "check", "--from", "example.com", "--resolver", dns.resolver, "--ns-port",
                           str(dns.port), "--allow-private", "--json", *more], capture_output=True,
                          timeout=30)
    found = json.loads(done.stdout)
    return done.returncode, {(f["state"], f["id"]) for f in found["findings"]}, found


def example(text):
    return dict(GOOD, **{"example.com": text})


def short_key():
    """RFC 8301 3.2: verifiers take no RSA key below 1024 bits."""
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:768"], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-pubout", "-outform", "DER"], input=private, capture_output=True, check=True).stdout
    return 's1._domainkey TXT "v=DKIM1; k=rsa; p=%s"\n' % base64.b64encode(public).decode()


# what is wrong, zones, options, the finding, the one of the healthy world
ROWS = [
    ("no domain", {"com": ""}, [], "dns.no-domain", "zone.soa"),
    ("no mail server", example("www A 192.0.2.1\n" + SPF), [], "mx.none", "mx.server"),
    ("a null MX", example(BASE.replace("@ MX 10 mail", "@ MX 0 .") + SPF), [], "mx.null", "mx.server"),
    ("MX without address", example(BASE.replace("MX 10 mail", "MX 10 gone") + SPF), [],
     "mx.no-address", "mx.server"),
    ("domain on a list", dict(GOOD, **{"dbl.spamhaus.org": "test A 127.0.1.2\nexample.com A 127.0.1.4\n"}), [],
     "blocklist.listed", "blocklist.clean"),
    ("no PTR", dict(GOOD, **{REVERSE: ""}), ["--ip", IP], "ptr.none", "ptr.confirmed"),
    ("no PTR, IPv6", dict(GOOD, **{REVERSE6: ""}), ["--ip", IP6], "ptr.none", "ptr.confirmed"),
    ("PTR not back", dict(GOOD, **{REVERSE: "25 PTR ns.example.com."}), ["--ip", IP],
     "ptr.elsewhere", "ptr.confirmed"),
    ("PTR not back, IPv6", dict(GOOD, **{REVERSE6: NIBBLES + " PTR ns.example.com."}), ["--ip", IP6],
     "ptr.elsewhere", "ptr.confirmed"),
    ("no SPF", example(BASE), ["--ip", IP], "spf.no-record", "spf.pass"),
    ("two SPF", example(BASE + SPF + '@ TXT "v=spf1 -all"\n'), ["--ip", IP], "spf.two-records", "spf.pass"),
    ("SPF syntax", example(BASE + '@ TXT "v=spf1 ipv4:192.0.2.25 -all"\n'), ["--ip", IP], "spf.syntax",
     "spf.pass"),
    ("SPF fail", example(BASE + '@ TXT "v=spf1 ip4:192.0.2.1 -all"\n'), ["--ip", IP], "spf.fail", "spf.pass"),
    ("SPF softfail, IPv6", example(BASE + '@ TXT "v=spf1 ip4:192.0.2.25 ~all"\n'), ["--ip", IP6],
     "spf.softfail", "spf.pass"),
    ("SPF of eleven lookups", example(BASE + '@ TXT "v=spf1%s -all"\n' % (" a:mail.example.com" * 11)),
     [], "spf.lookups", "spf.sound"),
    ("SPF of three voids", example(BASE + '@ TXT "v=spf1 a:x1.example.com a:x2.example.com'
                                   ' a:x3.example.com -all"\n'), [], "spf.voids", "spf.sound"),
    ("SPF of eleven mail servers", example(BASE + "".join("many MX 10 m%d\nm%d A 192.0.2.%d\n" % (i, i, i + 50) for i in range(11))
                                           + '@ TXT "v=spf1 mx:many.example.com -all"\n'), ["--ip", IP], "spf.hosts", "spf.pass"),
    ("SPF includes nothing", example(BASE + '@ TXT "v=spf1 include:mail.example.com -all"\n'), [],
     "spf.no-included", "spf.sound"),
    ("no DMARC", dict(example(BASE + SPF), com=""), [], "dmarc.no-record", "dmarc.policy"),
    ("two DMARC", example(BASE + DMARC + DMARC.replace("reject", "none")), [], "dmarc.two-records",
     "dmarc.policy"),
    ("DMARC syntax", example(BASE + '_dmarc TXT "v=DMARC1; p=maybe"\n'), [], "dmarc.syntax", "dmarc.policy"),
    ("no key", example(BASE), ["--selector", "s1"], "dkim.no-record", "dkim.key"),
    ("a revoked key", example(BASE + 's1._domainkey TXT "v=DKIM1; p="\n'), ["--selector", "s1"],
     "dkim.revoked", "dkim.key"),
    ("a broken key", example(BASE + 's1._domainkey TXT "v=DKIM1; p=AAAA"\n'), ["--selector", "s1"],
     "dkim.syntax", "dkim.key"),
    ("a short key", example(BASE + short_key()), ["--selector", "s1"], "dkim.short", "dkim.key"),
    ("HELO unknown", GOOD, ["--helo", "nobody.example.com"], "helo.unknown", None),
    ("HELO a bare word", GOOD, ["--helo", "localhost"], "helo.unknown", None),
]


def run_rows(good):
    for name, zones, options, bad_key, good_key in ROWS:
        dns = world.Dns(zones)
        try:
            status, found, all_ = check(dns, *options)
            tap.ok(("trouble", bad_key) in found and status == 1, "%s: %s" % (name, bad_key), status, all_)
        finally:
            dns.stop()
        if good_key:
            status, found, all_ = check(good, *options)
            tap.ok(("ok", good_key) in found and status == 0, "%s: %s where it is well" % (name, good_key),
                   status, all_)
    unlisted = world.Dns({zone: records for zone, records in GOOD.items() if not zone.startswith("dbl.")})
    try:
        status, found, all_ = check(unlisted)
        tap.ok(("note", "blocklist.none-told") in found and status == 0, "no list of domains answers: good to know, and no doubt", all_)
    finally:
        unlisted.stop()
    neutral = world.Dns(example(BASE + '@ TXT "v=spf1 ip4:192.0.2.1 ?all"\n' + DMARC))
    try:
        status, found, all_ = check(neutral, "--ip", IP)
        tap.ok(("ok", "spf.neutral") in found and not {"spf.pass", "spf.fail"} & {one[1] for one in found}, "SPF that says nothing of the address", all_)
    finally:
        neutral.stop()
    status, found, all_ = check(good, "--helo", "mail.example.com")
    tap.ok(("ok", "helo.known") in found and status == 0, "HELO is a name with an address", all_)


def agreement(good):
    """Two name servers: the zone's second one has another serial."""
    found = check(good)[1]
    tap.ok(("ok", "zone.servers-agree") in found, "one version of the zone", found)
    zone = BASE.replace("@ NS ns\n", "@ NS ns\n@ NS ns2\nns2 A 127.0.0.2\n") + SPF + DMARC
    for serial, status, key in ((1, "ok", "zone.servers-agree"), (2, "trouble", "zone.servers-differ")):
        first = world.Dns({"example.com": zone})
        second = world.Dns({"example.com": "@ SOA ns hostmaster %d 3600 600 86400 60\n" % serial + zone},
                           "127.0.0.2", first.port)
        try:
            found = check(first)[1]
            tap.ok((status, key) in found, "serials 1 and %d: %s" % (serial, key), found)
        finally:
            first.stop()
            second.stop()


def refusals():
    """A name server at a private address is not asked unless that is allowed."""
    dns = world.Dns(GOOD)
    try:
        done = subprocess.run([tap.PROGRAM, "check", "--from", "example.com", "--resolver", dns.resolver, "--ns-port",
                               str(dns.port), "--json"], capture_output=True, timeout=30)
        tap.ok(b'"zone.server-silent"' in done.stdout and b"servers-agree" not in done.stdout,
               "a private name server is not asked", done.stdout)
    finally:
        dns.stop()


def main():
    why = world.why_not()
    if why:
        tap.skip_all(why)
    good = world.Dns(GOOD)
    try:
        run_rows(good)
        agreement(good)
    finally:
        good.stop()
    refusals()
    tap.done()


if __name__ == "__main__":
    main()
