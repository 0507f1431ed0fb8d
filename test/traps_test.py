#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Traps that readers of bounces have fallen into, and complaints of their users.

Each row says what must be answered, from the point of the complaint or from the provider's
own page, never from what the program says. A reply is read as such; a mail as a whole.
cause: one of these; never: none of these; suppress: whether that may be recommended.
"""
import json
import os
import tempfile

from tap import ROOT, done, ok, whybounce

S = "alice@example.com"     # who sent
R = "wang@example.org"      # who should get it


def report(to=(R,), action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown", subject="Undelivered Mail Returned to Sender",
           text="", original_to=R, extra="", per=None):
    """A delivery status notification as Postfix shapes it."""
    blocks = per or [{"Final-Recipient": "rfc822; " + one, "Action": action, "Status": status,
                      "Diagnostic-Code": "smtp; " + diagnostic} for one in to]
    fields = "\n\n".join("\n".join("%s: %s" % pair for pair in block.items()) for block in blocks)
    return ("From: MAILER-DAEMON@mx.example.com (Mail Delivery System)\nTo: %s\nSubject: %s\n"
            "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n%s\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n%s\n\n"
            "--b\nContent-Type: message/rfc822\n\nFrom: %s\nTo: %s\n%sMessage-ID: <1@example.com>\nSubject: offer\n\nHello\n--b--\n"
            % (S, subject, text, fields, S, original_to, extra))


def ses(kind, diagnostic, status="5.4.4"):
    return json.dumps({"notificationType": "Bounce", "bounce": {
        "bounceType": kind, "bounceSubType": "General", "timestamp": "2026-03-02T09:40:00.000Z",
        "bouncedRecipients": [{"emailAddress": R, "action": "failed", "status": status, "diagnosticCode": diagnostic}]},
        "mail": {"source": S, "messageId": "1", "destination": [R]}})


BAD_SENDER = ["rate-limited", "reputation", "blocklisted", "sender-rejected", "policy-rejected"]

# ---- replies: (name, reply, what must hold) ----
REPLIES = [
    # a server that asked back whether the sender exists quotes what it heard: the recipient is fine
    ("Postfix did not find the sender", "550 5.1.0 <alice@example.com>: Sender address rejected: undeliverable address: host mx.example.com[192.0.2.1] said: "
     "550 5.1.1 <alice@example.com>: Recipient address rejected: User unknown (in reply to RCPT TO command)",
     {"cause": ["sender-rejected"], "suppress": False}),
    ("and yet it may change", "450 4.1.7 <alice@example.com>: Sender address rejected: undeliverable address: host mx.example.com[192.0.2.1] said: "
     "550 5.1.1 <alice@example.com>: Recipient address rejected: User unknown (in reply to RCPT TO command)",
     {"cause": ["sender-rejected"], "permanence": ["temporary"], "suppress": False}),
    ("a callback by Exim's ways", "550 Callback verification of alice@example.com failed: 550 5.1.1 no such user",
     {"cause": ["sender-rejected"], "suppress": False}),
    ("asking on is about the recipient", "550 5.1.1 <wang@example.org>: Recipient address rejected: undeliverable address: host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
     {"cause": ["user-unknown"], "permanence": ["permanent"]}),
    # complaints: "the classification is wrong"
    ("a rate block with an address code is no unknown user", "550 5.1.1 wang@example.org IB607 Connection refused. 192.0.2.1 has been rate limited.",
     {"cause": ["rate-limited"], "suppress": False}),
    ("the same with the recipient quoted", "554 5.1.1 <wang@example.org> The IP 192.0.2.1 has been temporarily blocked. IB607",
     {"never": ["user-unknown"], "suppress": False}),
    ("an AUP block with 5.1.0 is no unknown user", "550 5.1.0 <alice@example.com> sender rejected. Please see https://www.spectrum.net/support/internet/understanding-email-error-codes for more information. AUP#In-1310",
     {"cause": ["rate-limited", "sender-rejected"], "suppress": False}),
    ("Office 365: access denied at the edge is not sure", "550 5.4.1 Recipient address rejected: Access denied. [AM7EUR03FT050.eop-EUR03.prod.protection.outlook.com]",
     {"cause": ["user-unknown", "recipient-restricted"], "suppress": False, "doubt": True}),
    ("Office 365: 5.1.10 is an unknown user", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient wang@example.org not found by SMTP address lookup",
     {"cause": ["user-unknown"], "permanence": ["permanent"]}),
    ("Outlook S3150 blocks our IP", "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
     {"cause": ["reputation", "blocklisted"], "suppress": False}),
    ("a busy server", "451 4.3.2 Server busy, try again later", {"cause": ["system-error", "rate-limited"], "permanence": ["temporary"], "suppress": False}),
    ("a busy server, 421", "421 Server busy", {"permanence": ["temporary"], "suppress": False}),
    ("5xx is not always hard: a full mailbox", "550 5.2.2 mailbox is full", {"cause": ["mailbox-full"], "permanence": ["temporary"], "suppress": False}),
    ("5xx is not always about the address: spam", "554 5.7.1 Message rejected as spam", {"cause": ["spam-content"], "suppress": False}),
    ("4xx is not always soft: the address behind it is gone",
     "450 4.1.1 <wang@example.org>: Recipient address rejected: unverified address: host mx.example.net[192.0.2.9] said: 550 5.1.1 User unknown",
     {"cause": ["user-unknown"]}),
    ("5xx without an enhanced code is hard", "550 Requested action not taken: no such user here", {"cause": ["user-unknown"], "permanence": ["permanent"]}),
    ("no user found", "550 No user found", {"cause": ["user-unknown"], "permanence": ["permanent"], "suppress": True}),
    ("an invalid domain", "550 5.4.4 Invalid domain", {"cause": ["host-unknown"]}),
    ("a spam refusal is no syntax error", "550 5.7.1 Our system detected an illegal attachment on your message", {"never": ["syntax-error"]}),
    ("another spam refusal is no syntax error", "501 5.7.1 This message looks like spam", {"cause": ["spam-content"], "suppress": False}),
    ("a rate is a rate", "452 4.7.0 Too many messages in this session", {"cause": ["rate-limited"]}),
    ("a size is a size", "552 5.3.4 Message too big for system", {"cause": ["message-too-large"], "suppress": False}),

    # 1: 5.7.1 is no cause, and 5.7.1nn is no 5.7.1
    ("5.7.133 is a closed group", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed",
     {"cause": ["recipient-restricted"]}),
    ("5.7.1 is relaying", "550 5.7.1 Unable to relay", {"cause": ["relay-denied"]}),
    ("5.7.1 is an unknown user", "550 5.7.1 No such user!", {"cause": ["user-unknown"]}),
    ("5.7.1 is a missing Message-ID", "550-5.7.1 [192.0.2.1] Our system has detected that this message is not RFC 5322 compliant: 'Message-ID' header is missing. 550 5.7.1 - gsmtp",
     {"cause": ["malformed-message"]}),
    ("5.7.1 is a closed group", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized to send to this distribution list", {"cause": ["recipient-restricted"]}),
    ("5.7.13x are restrictions", "550 5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required", {"cause": ["recipient-restricted"]}),
    # 2
    ("Barracuda blocks content or a domain", "550 permanent failure for one or more recipients (wang@example.org:blocked)", {"never": ["user-unknown", "mailbox-disabled"], "suppress": False}),
    # 3
    ("QQ: too much mail or a restriction", "550 Mailbox unavailable or access denied. https://service.mail.qq.com/detail/122/166",
     {"cause": ["rate-limited", "recipient-restricted"], "suppress": False}),
    # 4
    ("5.7.28 is a flood", "550 5.7.28 [192.0.2.1] Our system has detected an unusual rate of unsolicited mail originating from your IP address. - gsmtp", {"cause": ["rate-limited", "reputation"]}),
    ("the bare 4.7.28 is a flood", "421 4.7.28 try later", {"cause": ["rate-limited"]}),
    ("5.2.3 is a size", "550 5.2.3 refused", {"cause": ["message-too-large"]}),
    ("5.3.4 is a size", "550 5.3.4 refused", {"cause": ["message-too-large"]}),
    ("5.5.3 counts recipients", "550 5.5.3 refused", {"cause": ["too-many-recipients"]}),
    ("5.5.1 is a protocol error", "503 5.5.1 bad sequence of commands", {"cause": ["syntax-error"]}),
    # 5
    ("capitals do not matter", "550 ADMINISTRATIVE PROHIBITION - ENVELOPE BLOCKED - https://community.mimecast.com/docs/DOC-1369#550",
     {"cause": ["recipient-restricted", "policy-rejected", "sender-rejected"], "provider": "mimecast"}),
    ("no provider without a domain", "550 5.1.1 <wang@m> no", {"provider": None}),
    ("no provider by the end of a word", "550 5.1.1 <wang@notqq.com> no", {"provider": None}),
    ("no provider by a top level", "550 5.1.1 <wang@com> no", {"provider": None}),
    # 6
    ("a blocklist is not for retrying", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
     {"cause": ["blocklisted"], "recommendation": ["fix-sender"]}),
    # 8: the longest specific text beats code and shorter text
    ("Titan: a quota behind words about a mailbox", "550 5.4.6 Mailbox Does Not Exist : Domains Daily Quota Exceeded", {"cause": ["rate-limited"], "suppress": False}),
    ("Comcast: a full mailbox with an address code", "452 4.1.1 <wang@example.org> user over quota", {"cause": ["mailbox-full"], "suppress": False}),
    ("Comcast: too much mail to one", "452 4.1.1 <wang@example.org> Too many recent messages", {"cause": ["rate-limited"]}),
    ("Orange: a full mailbox with an address code", "552 5.1.1 <wang@orange.fr> Mailbox overquota. OFR_417", {"cause": ["mailbox-full"], "suppress": False}),
    ("forpsi: two codes in one line", "552 5.1.1 5.2.2 mailbox full", {"cause": ["mailbox-full"], "suppress": False}),
    ("chkuser: a block list with an address code", "550 5.1.1 sender is blacklisted", {"never": ["user-unknown"], "suppress": False}),
    # 9: one character, or the stage, changes the cause
    ("au: user unknown at RCPT", "<wang@au.com>: host msmx.au.com[192.0.2.9] said: 550 <wang@au.com>: User unknown (in reply to RCPT TO command)", {"cause": ["user-unknown"]}),
    ("au: user unknown after the message is the recipient's filter",
     "<wang@au.com>: host msmx.au.com[192.0.2.9] said: 550 <wang@au.com>: User unknown (in reply to end of DATA command)", {"cause": ["recipient-restricted"], "suppress": False}),
    ("docomo: unknown user after the message is the recipient's filter",
     "<wang@docomo.ne.jp>: host mfsmax.docomo.ne.jp[192.0.2.9] said: 550 Unknown user wang@docomo.ne.jp (in reply to end of DATA command)", {"cause": ["recipient-restricted"], "suppress": False}),
    # 10: a reply in a reply
    ("the innermost reply counts", "450 4.1.1 <wang@example.org>: Recipient address rejected: unverified address: host mx.example.net[192.0.2.9] said: 452 4.2.2 mailbox full (in reply to RCPT TO command)",
     {"cause": ["mailbox-full"]}),
    ("a retry time around a reply", "retry time over (last: 452 4.2.2 over quota)", {"cause": ["mailbox-full"], "permanence": ["temporary"]}),
    ("Proofpoint: an undeliverable address", "550 5.1.1 <wang@example.org>: Recipient address rejected: undeliverable address: host mx.example.net[192.0.2.9] said: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net",
     {"cause": ["blocklisted"], "suppress": False}),
    # 13: a blocklist's error is no listing
    ("Spamhaus: asked through an open resolver", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver; https://check.spamhaus.org/returnc/pub/192.0.2.53/",
     {"never": ["blocklisted"], "fault": ["recipient-server"], "suppress": False}),
    ("Spamhaus: too many questions", "550 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: query limit exceeded; https://www.spamhaus.org/returnc/vol/", {"never": ["blocklisted"], "fault": ["recipient-server"]}),
    # 14: the address that the reply names
    ("the refused address stands in the reply", "host mx.example.org[198.51.100.9] said: 554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using b.barracudacentral.org",
     {"cause": ["blocklisted"], "client_ip": "192.0.2.77"}),
    # 15: registered codes with private meanings
    ("Gmail 5.7.27 is SPF", "550 5.7.27 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with SPF. - gsmtp", {"cause": ["auth-failed"], "detail": ["spf"]}),
    ("Gmail 5.7.30 is DKIM", "550 5.7.30 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with DKIM. - gsmtp", {"cause": ["auth-failed"], "detail": ["dkim"]}),
    ("Gmail 5.7.29 is TLS", "550 5.7.29 Your email has been blocked because this message wasn't sent over a TLS connection. - gsmtp", {"cause": ["tls-failed"]}),
    ("Exchange 5.7.12 closes to outsiders", "550 5.7.12 Sender was not authenticated by organization", {"cause": ["recipient-restricted"]}),
    # 16: more than one reading
    ("Interia 5.2.1 has three readings", "host mx.poczta.interia.pl[192.0.2.9] said: 550 5.2.1 Mailbox not available", {"suppress": False, "doubt": True}),
    ("Outlook: mailbox unavailable", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", {"cause": ["user-unknown", "mailbox-disabled"], "suppress": False, "doubt": True}),
    ("docomo 550", "host mfsmax.docomo.ne.jp[192.0.2.9] said: 550 Unknown user wang@docomo.ne.jp", {"suppress": False, "doubt": True}),

    # the stage in the words of servers
    ("stage: a connection", "connect to mx.example.org[192.0.2.9]:25: Connection refused", {"stage": "connect"}),
    ("stage: a greeting", "lost connection with mx.example.org[192.0.2.9] while receiving the initial server greeting", {"stage": "connect"}),
    ("stage: a command over two lines", "host mx.example.org[192.0.2.9] said: 550 5.1.1 no (in reply\n    to RCPT TO command)", {"stage": "rcpt"}),
    ("stage: end of data over two lines", "host mx.example.org[192.0.2.9] said: 550 5.7.1 no (in reply to end\n    of DATA command)", {"stage": "end-of-data"}),
    ("stage: the remote server could not connect to its own", "550 5.7.1 we could not connect to our database", {"stage": None}),
    ("stage: words that only sound like a command", "550 5.7.1 mail from you is unwelcome after data analysis", {"stage": None}),
]

# ---- whole mails: (name, mail, what must hold of each report) ----
MAILS = [
    ("SES calls an invalid domain transient", ses("Transient", "smtp; 550 5.4.4 Invalid domain"), [{"cause": ["host-unknown"], "recommendation": ["pause", "suppress"], "recipient": R}]),
    ("only who failed is blamed, not who stands in Cc", report(to=("cc@example.net",), original_to=R, extra="Cc: cc@example.net\n"), [{"recipient": "cc@example.net", "cause": ["user-unknown"]}]),
    ("11: a delay is no bounce", report(action="delayed", status="4.4.1", diagnostic="connect to mx.example.org[192.0.2.9]:25: Connection timed out", subject="Delayed Mail (still being retried)"),
     [{"kind": "delay", "suppress": False, "recommendation": ["none"]}]),
    ("11: relayed is no bounce", report(action="relayed", status="2.0.0", diagnostic="250 2.0.0 Ok", subject="Successful Mail Delivery Report"), [{"kind": "delivered"}]),
    ("11: expanded is no bounce", report(action="expanded", status="2.0.0", diagnostic="250 2.0.0 Ok", subject="Successful Mail Delivery Report"), [{"kind": "delivered"}]),
    ("11: delivered is no bounce", report(action="delivered", status="2.0.0", diagnostic="250 2.0.0 Ok", subject="Successful Mail Delivery Report"), [{"kind": "delivered"}]),
    ("11: a holiday note is no bounce", "From: wang@example.org\nTo: %s\nSubject: Out of office: offer\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n\nI am out of the office until Monday. In urgent cases mail li@example.org.\n" % S,
     [{"kind": "auto-reply"}]),
    ("11: a challenge is no bounce", "From: wang@example.org\nTo: %s\nSubject: Please confirm your message\nAuto-Submitted: auto-replied\n\nThis address is protected by a spam filter. Your message is being held. "
     "To have it delivered, please click the link below to confirm that you are a real person: https://example.org/confirm?id=1\n" % S, [{"kind": "challenge"}]),
    ("12: behind a forwarding the address that was written to is named",
     report(per=[{"Original-Recipient": "rfc822; " + R, "Final-Recipient": "rfc822; wang.private@example.net", "Action": "failed", "Status": "5.1.1", "Diagnostic-Code": "smtp; 550 5.1.1 User unknown"}]),
     [{"recipient": "wang.private@example.net", "original_recipient": R}]),
    ("two recipients, two reasons", report(per=[
        {"Final-Recipient": "rfc822; a@example.org", "Action": "failed", "Status": "5.1.1", "Diagnostic-Code": "smtp; 550 5.1.1 User unknown"},
        {"Final-Recipient": "rfc822; b@example.org", "Action": "failed", "Status": "5.2.2", "Diagnostic-Code": "smtp; 552 5.2.2 mailbox full"}]),
     [{"recipient": "a@example.org", "cause": ["user-unknown"]}, {"recipient": "b@example.org", "cause": ["mailbox-full"], "suppress": False}]),
    ("15: Hornetsecurity 5.2.2 is a block", report(per=[{"Final-Recipient": "rfc822; " + R, "Action": "failed", "Status": "5.2.2", "Remote-MTA": "dns; mx01.hornetsecurity.com",
                                                   "Diagnostic-Code": "smtp; 550 5.2.2 message refused"}]), [{"never": ["mailbox-full"], "suppress": False}]),
    ("15: Hornetsecurity 5.5.3 is a bounce to many", report(per=[{"Final-Recipient": "rfc822; " + R, "Action": "failed", "Status": "5.5.3", "Remote-MTA": "dns; mx01.hornetsecurity.com",
                                                            "Diagnostic-Code": "smtp; 550 5.5.3 refused"}]), [{"never": ["too-many-recipients"]}]),
    ("15: Yahoo 5.7.9 is authentication", report(per=[{"Final-Recipient": "rfc822; wang@yahoo.com", "Action": "failed", "Status": "5.7.9", "Remote-MTA": "dns; mta5.am0.yahoodns.net",
                                                 "Diagnostic-Code": "smtp; 554 5.7.9 Message not accepted for policy reasons."}]), [{"cause": ["auth-failed", "policy-rejected"], "never": ["auth-required"]}]),
    ("10: the Status field repeats a code of the own server", report(status="4.4.7", diagnostic="452 4.2.2 over quota"), [{"cause": ["mailbox-full"], "permanence": ["temporary"]}]),
]


def faults(r, want):
    """What a report says otherwise than it must."""
    for key in ("cause", "permanence", "recommendation", "fault", "detail"):
        if key in want and r[key] not in want[key]:
            yield "%s is %s, must be %s" % (key, r[key], " or ".join(want[key]))
    for key in ("kind", "recipient", "original_recipient", "stage", "provider"):
        if key in want and r[key] != want[key]:
            yield "%s is %s, must be %s" % (key, r[key], want[key])
    if r["cause"] in want.get("never", ()):
        yield "cause is %s (%s)" % (r["cause"], r["evidence"] and r["evidence"]["rule"])
    if "suppress" in want and (r["recommendation"] == "suppress") != want["suppress"]:
        yield "recommendation is %s" % r["recommendation"]
    if want.get("doubt") and not r["alternatives"]:
        yield "it leaves no other reading than %s" % r["cause"]
    if "client_ip" in want and r["facts"]["client_ip"] != want["client_ip"]:
        yield "client_ip is %s" % r["facts"]["client_ip"]


def reports(out):
    return [json.loads(line) for line in out.splitlines()]


def test_replies():
    for name, reply, want in REPLIES:
        r = reports(whybounce("reply", "--json", reply))[0]
        wrong = list(faults(r, want))
        # every verdict can be acted on, and says what it rests on
        wrong += ["%s is missing" % key for key in ("permanence", "fault", "responsible", "recommendation") if not r[key]]
        if r["cause"] != "unknown" and not (r["evidence"] and r["evidence"]["rule"]):
            wrong.append("it does not say how that was found")
        ok(not wrong, name, *wrong, reply)


def test_mails():
    for name, mail, wants in MAILS:
        got = reports(whybounce("parse", "--json", "-", stdin=mail.encode()))
        wrong = ["%d reports, must be %d" % (len(got), len(wants))] if len(got) != len(wants) else []
        for r, want in zip(got, wants):
            wrong += faults(r, want)
        ok(not wrong, name, *wrong)


def test_same_every_time():
    """The same mail has the same answer in every run, whatever stands before it, on any thread."""
    with tempfile.TemporaryDirectory() as folder:
        for i, (name, mail, wants) in enumerate(MAILS * 8):
            with open(os.path.join(folder, "%03d.eml" % i), "w", encoding="utf-8") as file:
                file.write(mail)
        runs = set()
        for jobs in ("1", "1", "2", "8"):
            runs.add(whybounce("parse", "--json", "--jobs", jobs, folder))
        ok(len(runs) == 1, "the same mails give the same bytes in every run and on any number of threads")
        texts = {}
        for line in runs.pop().splitlines():
            r = json.loads(line)
            texts.setdefault(r["report_id"], set()).add((r["cause"], r["evidence"] and r["evidence"]["rule"]))
        ok(all(len(found) == 1 for found in texts.values()), "and whatever stands before it, a mail has the same cause by the same rule")


def test_own_labels():
    """Labels are subjective: an own folder of rules calls it otherwise, and says what to do."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "causes"))
        with open(os.path.join(folder, "causes/policy-rejected.yaml"), "w") as file:
            file.write("phrases:\n  - id: ours\n    match: 'no user found in our crm'\n    over: [user-unknown]\n    recommendation: none\n"
                       "    permanence: temporary\n    examples: ['550 5.1.1 No user found in our CRM']\n    source: own\n")
        image = os.path.join(folder, "own.wbc")
        whybounce("knowledge", "build", "--output", image, folder, env={"WHYBOUNCE_KNOWLEDGE": os.path.join(ROOT, "knowledge")})
        r = reports(whybounce("reply", "--json", "550 5.1.1 No user found in our CRM", env={"WHYBOUNCE_CATALOGUE": image}))[0]
        ok((r["cause"], r["permanence"], r["recommendation"]) == ("policy-rejected", "temporary", "none"),
           "an own rule changes cause, permanence and action", (r["cause"], r["permanence"], r["recommendation"]))


test_replies()
test_mails()
test_same_every_time()
test_own_labels()
done()
