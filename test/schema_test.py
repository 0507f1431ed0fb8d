#!/usr/bin/env python3
"""The report is what doc/report.schema.json says: every output of the program fits it, every
member of it is really used, and what is broken does not fit."""
import copy
import glob
import json
import os
import re
import sys

from tap import ROOT, SHARED, done, ok, skip_all, whybounce

try:
    import jsonschema
except ImportError:  # Debian's package belongs to Debian's Python
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    skip_all("python3-jsonschema is not installed")

SCHEMA = json.load(open(os.path.join(ROOT, "doc/report.schema.json")))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# Members that nothing here can show, and why. "None" as reason: it must be seen.
UNSEEN = {"authenticity.by": "the library proves nothing; the service does"}
if not glob.glob(os.path.join(ROOT, "knowledge/providers/*.yaml")):
    for name in "provider", "facts.provider_code":
        UNSEEN[name] = "the knowledge has no providers"

REPLIES = """\
550 5.1.1 <a@example.org> User unknown
552 5.3.4 Message size 9000000 exceeds fixed maximum message size: 7372800 bytes
452 4.5.3 Too many recipients, should less than 30
451 4.7.1 Greylisted, please try again in 300 seconds
554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query
550-5.7.26 This mail has been blocked because the sender is unauthenticated. gsmtp
421 4.7.0 [TS03] All messages from 192.0.2.1 will be permanently deferred; see https://postmaster.yahooinc.com/error-codes
SMTP error, RCPT TO: 550 no such user
\xff\x80 "\\ \x01 \x1b[31m
250 2.1.5 OK
"""

# RFC 3464 with every field that a report may take something from.
DELAY = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: bounce-17-wang=example.cn@list.example.net
Subject: Delayed mail
Date: Fri, 2 Jan 2026 03:04:10 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Your message could not be delivered yet.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: QQ314159
X-Postfix-Queue-ID: 4F1A2B3C4D
Arrival-Date: Fri, 2 Jan 2026 11:04:05 +0800

Original-Recipient: rfc822;wang@example.cn
Final-Recipient: rfc822;box17@mail.example.cn
Action: delayed
Status: 4.2.2
Remote-MTA: dns; mx.example.cn (192.0.2.25)
Diagnostic-Code: SMTP; 452 4.2.2 <box17@mail.example.cn> mailbox is full (in reply to RCPT TO command)
Last-Attempt-Date: Fri, 2 Jan 2026 11:04:09 +0800
Will-Retry-Until: Wed, 7 Jan 2026 11:04:05 +0800

--b
Content-Type: message/rfc822

Return-Path: <bounce-17-wang=example.cn@list.example.net>
From: News <news@example.net>
To: wang@example.cn
Subject: =?utf-8?B?5LiJ5pyI?=
Date: Fri, 2 Jan 2026 11:04:04 +0800
Message-ID: <1@example.net>
List-Id: <news.example.net>
Feedback-ID: 1:2:3:example
X-Campaign: spring

Hello.
--b--
"""

BLOCKED = re.sub("SMTP; 452.*", "smtp; 554 5.7.1 Client host [192.0.2.1] blocked using "
                 "zen.spamhaus.org", DELAY.replace("delayed", "failed").replace("4.2.2", "5.7.1"))

COMPLAINT = """\
From: fbl@example.com
To: abuse@example.net
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is a complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: auth-failure
Version: 1
User-Agent: Example/1.0
Source-IP: 192.0.2.7
Reported-Domain: example.net
Auth-Failure: dmarc
Original-Rcpt-To: <lee@example.com>

--b
Content-Type: message/rfc822

From: News <news@example.net>
To: lee@example.com
Subject: News
Message-ID: <2@example.net>

Hello.
--b--
"""

# Too many levels of parts.
DEEP = "Content-Type: multipart/mixed; boundary=b0\n\n" + "".join(
    "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1) for i in range(60))


def reports(text):
    return [json.loads(line) for line in text.splitlines()]


def faults(report):
    return ["%s: %s" % (".".join(map(str, e.absolute_path)), e.message[:200])
            for e in VALIDATOR.iter_errors(report)]


def all_fit(what, found):
    wrong = ["%s, report %s: %s" % (r.get("source"), r.get("report_id"), fault)
             for r in found for fault in faults(r)]
    ok(found and not wrong, "%s: %d reports fit the schema" % (what, len(found)), *wrong[:20])
    return found


# ---- everything the program writes ----

seen = all_fit("parse of test/mail", reports(whybounce("parse", "--json", ROOT + "/test/mail")))
seen += all_fit("parse of own mails", reports(
    whybounce("parse", "--json", "--keep-header", "X-Campaign,X-None", stdin=DELAY.encode())
    + whybounce("parse", "--format", "words", stdin=BLOCKED.encode())
    + whybounce("parse", "--json", stdin=COMPLAINT.encode())
    + whybounce("parse", "--json", "--classes", "sisimai", stdin=DEEP.encode())
    + whybounce("parse", "--json", "--classes", "sisimai", stdin=DELAY.encode())))
diagnostics = sorted({" ".join(r["diagnostic"].split()) for r in seen if r["diagnostic"]})
lines = REPLIES.encode("latin-1") + "\n".join(diagnostics).encode() + b"\n"
seen += all_fit("replies", reports(whybounce("reply", "--json", "-", stdin=lines)))
logs = [path for place in ("log", "mail/lab/postfix", "mail/lab/exim", "mail/lab/sendmail", "mail/lab/opensmtpd")
        for path in sorted(glob.glob(os.path.join(ROOT, "test", place, "*.log")))]
seen += all_fit("logs", reports(whybounce("log", "--json", "--deliveries", *logs)))
one = reports(whybounce("reply", "--json", "550 5.1.1 User unknown"))
seen += all_fit("a reply on the command line", one)
for language in "zh", "en":
    seen += all_fit("explain in " + language, reports(
        whybounce("explain", "--json", "--annotate", "--lang", language, stdin=DELAY.encode())
        + whybounce("explain", "--json", "--lang", language, stdin=COMPLAINT.encode())))
words = whybounce("parse", "--format", "words", ROOT + "/test/mail")
seen += all_fit("words of test/mail", reports(words))
corpus = os.path.join(SHARED, "corpus/mail")
if os.path.exists(corpus):
    all_fit("parse of the corpus", reports(whybounce("parse", "--json", corpus)))
else:
    ok(True, "parse of the corpus # SKIP shared/corpus is not here")

# ---- what it writes is known, and in its order ----


def members(schema):
    """Paths of all members, with "[]" for the items of a list."""
    schema = SCHEMA["$defs"][schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    for name, member in schema.get("properties", {}).items():
        yield name, member
        for below, deeper in members(member):
            yield "%s.%s" % (name, below), deeper
    for below, deeper in members(schema["items"]) if "items" in schema else ():
        yield "[].%s" % below, deeper


def values(value, path):
    """All values under a path."""
    if not path:
        return [value]
    name, _, rest = path.partition(".")
    if name == "[]":
        return [v for item in value or [] for v in values(item, rest)]
    return values(value[name], rest) if isinstance(value, dict) and name in value else []


paths = dict(members(SCHEMA))
for path in paths:
    known = any(v not in (None, [], {}) for r in seen for v in values(r, path))
    if path in UNSEEN:
        ok(True, "%s is seen # SKIP %s" % (path, UNSEEN[path]))
    else:
        ok(known, "%s is seen" % path)
    ok(path.split(".")[-1] in SCHEMA["properties"] or "description" in paths[path],
       "%s is described" % path)

order = list(SCHEMA["properties"])
ok(all(list(r) == [name for name in order if name in r] for r in seen),
   "members stand in the order of the schema")
asked_for = ["class", "words", "lines"]
ok(SCHEMA["required"] == [name for name in order if name not in asked_for] and set(asked_for) <= set(order),
   "all members but those that are asked for are required")


def names_of(header, macro):
    """The names in a list of X(ID, "name", ...)."""
    text = open(os.path.join(ROOT, header)).read()
    body = re.search(r"#define %s\(X\)(.*?[^\\])\n\n" % macro, text, re.S).group(1)
    return re.findall(r'X\(\w+,\s*"([^"]+)"', body)


for word, macro in (("kind", "KINDS"), ("action", "ACTIONS"), ("stage", "STAGES"),
                    ("permanence", "PERMANENCES"), ("fault", "FAULTS"),
                    ("responsible", "RESPONSIBLES"), ("recommendation", "RECOMMENDATIONS"),
                    ("confidence", "CONFIDENCES")):
    allowed = [name for name in SCHEMA["properties"][word]["enum"] if name is not None]
    ok(sorted(allowed) == sorted(names_of("src/base/vocab.h", "WB_" + macro)),
       "%s has the values that the program has" % word)
ok(SCHEMA["properties"]["limits_hit"]["items"]["enum"] == names_of("src/base/limit.h", "WB_LIMITS"),
   "limits_hit has the limits that the program has")
for macro in "WB_STRING_FIELDS", "WB_NUMBER_FIELDS":
    unknown = [name for name in names_of("include/whybounce.h", macro) if name not in paths]
    ok(not unknown, "%s of the public header are members of the schema" % macro, *unknown)

# ---- what is broken does not fit ----

whole = next(r for r in seen if r["evidence"] and "lines" in r and r["alternatives"] == [])
whole = dict(whole, **{"class": "expired"}, alternatives=[{"cause": "unknown", "weight": 0.3}])
ok(not faults(whole), "the report that is broken below is whole", *faults(whole))
for path in paths:
    *above, name = path.split(".")
    places = values(whole, ".".join(above)) if above else [whole]
    if not places or not isinstance(places[0], dict):
        continue  # inside what this report does not have
    broken = copy.deepcopy(whole)
    place = (values(broken, ".".join(above)) if above else [broken])[0]
    value = place.pop(name)
    if name not in asked_for:
        ok(faults(broken), "a report without %s does not fit" % path)
    for wrong in ([], "") if isinstance(value, dict) else ({}, True, "", "A B\u0000"):
        if wrong == "A B\u0000" and (isinstance(value, str) or value is None):
            continue  # text may hold anything
        if wrong == "" and path == "lines.[].line":
            continue  # an empty line
        place[name] = wrong
        ok(faults(broken), "%s as %r does not fit" % (path, wrong))
    place[name] = value
    if path != "original.headers" and above != ["original", "headers"]:
        place["more"] = None
        ok(faults(broken), "a member beside %s does not fit" % path)

for change in ({"kind": "rumour"}, {"cause": None}, {"cause": "Mailbox Full"}, {"schema": 2},
               {"recommendation": None}, {"status": "9.1.1"}, {"reply_code": 42},
               {"reply_code": "550"}, {"arrival_date": "2 Jan 2026"}, {"remote_ip": "somewhere"},
               {"kind": "receipt"}, {"report_id": "12"}, {"index": -1},
               {"limits_hit": ["patience"]}, {"feedback": {}},
               {"facts": dict(whole["facts"], size_limit=0)},
               {"facts": dict(whole["facts"], urls=["javascript:alert(1)"])}):
    ok(faults(dict(whole, **change)), "%s does not fit" % json.dumps(change)[:60])
done()
