#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Providers are known by their servers, addresses and words, and their replies are read as they mean them.

What a reply means is what the provider's page or its known behaviour says; the expectations are
written down here by hand, from there.
"""
import json
import os
import re
import subprocess

from tap import BUILD, PROGRAM, ROOT, done, ok

# id of the provider, one of its mail servers, a domain of its addresses (None: its customers' own),
# a reply of its own, what that means
PROVIDERS = [
    ("gmail", "gmail-smtp-in.l.google.com", "gmail.com",
     "550 5.7.30 Your email has been blocked because DKIM authentication didn't pass for this message.", "auth-failed/dkim"),
    ("outlook", "outlook-com.olc.protection.outlook.com", "hotmail.com",
     "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation. (S775)", "rate-limited/ip"),
    ("exchange", "example-com.mail.protection.outlook.com", None,
     "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient bob@example.com not found by SMTP address lookup", "user-unknown"),
    ("yahoo", "mta5.am0.yahoodns.net", "yahoo.com",
     "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints", "rate-limited"),
    ("yahoo", "mx.aol.com", "aol.com", "554 5.7.1 : (RTR:BL)", "reputation/ip"),
    ("yahoo", "al-ip4-mx-vip1.yahoodns.net", "att.net", "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list", "blocklisted"),
    ("att", "ff-ip4-mx-vip1.prodigy.net", "prodigy.net",
     "553 5.3.0 flph001 DNSBL:RBL 521< 192.0.2.1 >_is_blocked.For assistance forward this error to abuse_rbl@abuse-att.net", "blocklisted"),
    ("icloud", "mx01.mail.icloud.com", "icloud.com", "550 5.7.1 [CS01] Message rejected due to local policy.", "content-rejected"),
    ("qq", "mx3.qq.com", "qq.com", "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726", "spam-content"),
    ("qq", "mxbiz1.qq.com", None, "550 Connection frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022", "rate-limited/ip"),
    ("netease", "163mx01.mxmail.netease.com", "163.com",
     "554 DT:SPM 163 mx11,PcCowECpxkEPg1Ze.12345S2 1582990095,please see http://mail.163.com/help/help_spam_16.htm?ip=192.0.2.1", "spam-content"),
    ("netease", "126mx01.mxmail.netease.com", "126.com", "550 MI:SPF 126 mx12,QcCowECpxkEPg1Ze.1S2 1582990095", "auth-failed/spf"),
    ("netease", "yeahmx01.mxmail.netease.com", "yeah.net", "451 MI:SFQ yeah smtp1,EMCowABHiPhW.1S2 1582990095", "rate-limited/account"),
    ("netease", "qiye163mx01.mxmail.netease.com", None, "550 RP:TRC qiye mx3,EMCowABHiPhW.1S2 1582990095", "rate-limited/account"),
    ("coremail", "mx1.icoremail.net", None, "554 IP is Hangup", "reputation/ip"),
    ("263", "263mx01.263xmail.com", "263.net", "553 maillist null", "host-unknown"),
    ("sina", "freemx1.sinamail.sina.com.cn", "sina.com", "552 too many same size mails", "rate-limited"),
    ("sohu", "sohumx1.sohu.com", "sohu.com", "553 5.7.1 SENDER REJECT", "sender-rejected"),
    ("aliyun", "mxn.mxhichina.com", "aliyun.com",
     "554 Reject by behaviour spam at Rcpt State(Connection IP address:192.0.2.1)ANTISPAM_BAT[01201311R1a4, ay29a]: spf check failed", "auth-failed/spf"),
    ("aliyun-directmail", "smtpdm.aliyun.com", None, "561 Honeypot rcptto", "reputation/spam-trap"),
    ("139", "mx1.mail.139.com", "139.com", "450 Mailrejected", "spam-content"),
    ("189", "mta-189.21cn.com", "189.cn", "554 spam mail rejected", "spam-content"),
    ("189", "mta.21cn.com", "21cn.com", "554 spam mail rejected", "spam-content"),
    ("35", "mx.35.com", None, "554 rejected by antispam system, id=aisp-1A2B3C", "spam-content"),
    ("docomo", "mfsmax.docomo.ne.jp", "docomo.ne.jp", "552 too much mail data", "mailbox-full"),
    ("au", "msmx.au.com", "ezweb.ne.jp", "554 5.7.1 <a@b@au.com>: Relay access denied", "syntax-error/address"),
    ("softbank", "mx.softbank.ne.jp", "softbank.ne.jp", "553 <a@example.org>... Domain does not exist", "sender-dns/domain"),
    ("naver", "mx1.naver.com", "naver.com", "421 4.3.2 Your ip is filtered. Please register your IP at http://realip.naver.com", "reputation/ip"),
    ("daum", "mx1.hanmail.net", "hanmail.net", "554 5.7.1 DAS51 rejected", "spam-content"),
    ("gmx", "mx00.emig.gmx.net", "gmx.de", "554-Transaction failed 554-Reject due to SPF policy. 554 For explanation visit https://postmaster.gmx.net/en/error-messages", "auth-failed/spf"),
    ("gmx", "mx-ha02.web.de", "web.de", "450-Requested mail action not taken: mailbox unavailable 450 Mail send limit exceeded.", "rate-limited"),
    ("gmx", "mx00.kundenserver.de", None, "554-No SMTP service 554 Bad DNS PTR resource record.", "sender-dns/reverse"),
    ("t-online", "mx00.t-online.de", "t-online.de",
     "554 IP=192.0.2.1 - None/bad reputation. (Ask your postmaster for help or to contact tobr@rx.t-online.de for reset.) (NOWL)", "reputation/ip"),
    ("orange", "smtp-in.orange.fr", "orange.fr", "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]", "mailbox-full"),
    ("orange", "smtpz4.laposte.net", "laposte.net", "550 5.5.0 SPF: a@example.org is not allowed to send mail. LPN004_401", "auth-failed/spf"),
    ("free", "mx1.free.fr", "free.fr", "550 spam detected", "spam-content"),
    ("sfr", "smtp-in.sfr.fr", "sfr.fr", "550 5.7.1 Message content rejected", "content-rejected"),
    ("mailru", "mxs.mail.ru", "mail.ru", "550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=Xa1", "spam-content"),
    ("yandex", "mx.yandex.ru", "yandex.ru", "550 5.7.1 Policy rejection on the target address", "mailbox-disabled"),
    ("comcast", "mx1.comcast.net", "comcast.net", "552 5.1.1 <bob@comcast.net> extended quota violation", "mailbox-full"),
    ("cox", "mx.cox.net", "cox.net", "554 cox 192.0.2.1 blocked. Error Code: AUP#IPBL0001", "blocklisted"),
    ("spectrum", "mx0.charter.net", "charter.net", "554 192.0.2.1 flagged. AUP#In-1200", "blocklisted"),
    ("godaddy", "smtp.secureserver.net", None, "550 a@example.org Invalid SPF record. IB508", "auth-failed/spf"),
    ("zoho", "mx.zoho.com", "zohomail.com", "541 5.4.1 Mail rejected by destination domain", "recipient-restricted"),
    ("titan", "mx1.titan.email", None, "550 5.4.6 Mailbox Does Not Exist : Domains Daily Quota Exceeded", "rate-limited"),
    ("proofpoint", "mx0a-00123456.pphosted.com", None, "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1", "reputation/ip"),
    ("mimecast", "eu-smtp-inbound-1.mimecast.com", None, "554 Host network not allowed", "recipient-restricted"),
    ("barracuda", "d1234.a.ess.barracudanetworks.com", None, "550 permanent failure for one or more recipients (bob@example.org:blocked)", "content-rejected"),
    ("cisco", "mx1.hc123-45.iphmx.com", None, "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.", "reputation/ip"),
    ("trendmicro", "in.hes.trendmicro.com", None, "550 5.7.1 BLOCK-RCPT", "recipient-restricted"),
    ("sophos", "mx-01-us-east-2.prod.hydra.sophos.com", None, "550 5.7.1 XGEMAIL_0005 Command rejected", "reputation/domain"),
    ("hornetsecurity", "mx01.hornetsecurity.com", None, "554 5.6.4 Not accepted", "virus-detected"),
    ("messagelabs", "cluster1.us.messagelabs.com", None, "450 Requested action aborted [7.2] 24412", "rate-limited"),
    ("trellix", "primary.us.email.fireeyecloud.com", None, "550 5.5.4 ETP208 Your IP 192.0.2.1 is listed by Invaluement.", "blocklisted"),
    ("interia", "mx.poczta.interia.pl", "interia.pl", "550 5.7.1 Recipient doesn't want your mail", "recipient-restricted"),
    ("seznam", "mx1.seznam.cz", "seznam.cz", "550 5.1.1 szn; User hasn't got the service mapped", "user-unknown"),
    ("rackspace", "mx1.emailsrvr.com", None, "550 Refused (G15)", "auth-failed/dmarc"),
]

# a list, a reply that names it, cause
BLOCKLISTS = [
    ("spamhaus", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "blocklisted"),
    ("spamhaus-dbl", "554 5.7.1 Sender address [a@example.com] blocked using dbl.spamhaus.org", "reputation"),
    ("spamcop", "550 Client host [192.0.2.1] blocked using bl.spamcop.net", "blocklisted"),
    ("barracuda", "550 5.7.1 blocked using b.barracudacentral.org", "blocklisted"),
    ("cloudmark", "550 5.7.1 blocked, see csi.cloudmark.com/reset-request/?ip=192.0.2.1", "blocklisted"),
    ("invaluement", "550 blocked using ivmSIP", "blocklisted"),
    ("uceprotect", "554 Client host rejected: listed in dnsbl-1.uceprotect.net", "blocklisted"),
    ("surriel", "554 listed in psbl.surriel.com", "blocklisted"),
    ("anti-spam-cn", "554 blocked using cblless.anti-spam.org.cn", "blocklisted"),
]

# Who says it decides: host, reply, meaning
PRIVATE = [
    ("mx01.hornetsecurity.com", "550 5.2.2 not accepted", "recipient-restricted"),
    ("mx.example.org", "550 5.2.2 not accepted", "mailbox-full"),
    ("mx01.hornetsecurity.com", "550 5.5.3 not accepted", "policy-rejected/backscatter"),
    ("mx01.hornetsecurity.com", "554 5.5.3 not accepted", "message-too-large"),
    ("mx.example.org", "550 5.5.3 not accepted", "too-many-recipients"),
    ("gmail-smtp-in.l.google.com", "550 5.7.27 xyzzy", "auth-failed/spf"),
    ("mx1.titan.email", "550 5.7.27 xyzzy", "sender-dns/null-mx"),
    ("gmail-smtp-in.l.google.com", "550 5.7.29 xyzzy", "tls-failed"),
    ("mx.example.org", "550 5.7.29 xyzzy", "auth-failed/arc"),
    ("gmail-smtp-in.l.google.com", "550 5.7.30 xyzzy", "auth-failed/dkim"),
    ("mx.example.org", "550 5.7.30 xyzzy", "tls-failed"),
    ("example-com.mail.protection.outlook.com", "550 5.7.12 xyzzy", "recipient-restricted"),
    ("mx.example.org", "550 5.7.12 xyzzy", "auth-required"),
    ("example-com.mail.protection.outlook.com", "550 5.7.13 xyzzy", "recipient-restricted"),
    ("example-com.mail.protection.outlook.com", "550 5.1.10 xyzzy", "user-unknown"),
    ("mx.example.org", "550 5.1.10 xyzzy", "not-accepting"),
    ("mta5.am0.yahoodns.net", "554 5.7.9 xyzzy", "policy-rejected"),
    ("mx.example.org", "554 5.7.9 xyzzy", "auth-required"),
    ("mxn.mxhichina.com", "524 login data is empty", "auth-required"),
    ("smtpdm.aliyun.com", "524 DNS MX not found", "host-unknown"),
    ("mxn.mxhichina.com", "526 Authentication failure", "auth-required"),
    ("smtpdm.aliyun.com", "526 DNS record error", "host-unknown"),
]

# What may mean several things leaves another reading, and never ends an address at once.
AMBIGUOUS = [
    "host mx.poczta.interia.pl[192.0.2.9] said: 550 5.2.1 Mailbox not available (in reply to RCPT TO command)",
    "host mx3.qq.com[192.0.2.9] said: 550 Mailbox unavailable or access denied (in reply to RCPT TO command)",
    "host mfsmax.docomo.ne.jp[192.0.2.9] said: 550 Unknown user bob@docomo.ne.jp",
    "host msmx.au.com[192.0.2.9] said: 550 <bob@au.com>: User unknown",
    "host msmx.au.com[192.0.2.9] said: 550 : User unknown",
    "host outlook-com.olc.protection.outlook.com[192.0.2.9] said: 550 5.5.0 Requested action not taken: mailbox unavailable",
    "host mx00.emig.gmx.net[192.0.2.9] said: 550 Requested action not taken: mailbox unavailable",
    "host mxn.mxhichina.com[192.0.2.9] said: 503 Rcptto account isn't a local account",
    "550 5.4.1 Recipient address rejected: Access denied [DB5EUR03FT012.eop-EUR03.prod.protection.outlook.com]",
    "host mxs.mail.ru[192.0.2.9] said: 550 Message was not accepted -- invalid mailbox.",
]

# A server that signs its reply, or is named by the words around it: provider
NAMED = [
    ("504 5.7.4 xyzzy a1-20020a17 - gsmtp", "gmail"),
    ("550 5.7.1 xyzzy [DB5EUR03FT012.eop-EUR03.prod.protection.outlook.com 2026-01-02T03:04:05Z 08DC]", "exchange"),
    ("554 delivery error: dd xyzzy - mta1234.mail.gq1.yahoo.com", "yahoo"),
    ("421 4.7.0 mx1.mail.icloud.com xyzzy", "icloud"),
    ("Remote Server returned '<mx3.qq.com #5.0.0 smtp;550 xyzzy>'", "qq"),
    ("Remote Server at mx3.qq.com (192.0.2.9) returned '550 xyzzy'", "qq"),
    ("mx3.qq.com gave this error: 550 xyzzy", "qq"),
    ("SMTP error from remote server for RCPT TO command, host: mx3.qq.com (192.0.2.9) reason: 550 xyzzy", "qq"),
    ("550 xyzzy", None),
    ("550 the mail for mx3.qq.com is xyzzy", None),
    ("550 xyzzy - see qq.com/help", None),
]

# Coremail's tokens are NetEase's: who is spoken of depends on who speaks.
TOKENS = [
    ("554 DT:SPM mx1,AQAAfwD3v2Zq1xJm", "coremail"),
    ("554 DT:SPM 163 mx11,PcCowECpxkEPg1Ze 1582990095", "netease"),
    ("host 163mx01.mxmail.netease.com[192.0.2.9] said: 554 DT:SPM", "netease"),
    ("host mx.university.example[192.0.2.9] said: 550 MI:SPB", "coremail"),
    ("553 NULL sender is not allowed", "coremail"),
    ("host 163mx01.mxmail.netease.com[192.0.2.9] said: 553 NULL sender is not allowed", "netease"),
]


def replies(lines):
    out = subprocess.run([PROGRAM, "reply", "--json", "-"], input="\n".join(lines) + "\n",
                         capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def mail(domain, host, reply):
    status = re.match(r"\d{3}[ -]([45]\.\d+\.\d+)", reply)
    return f"""From: MAILER-DAEMON@mail.example.org
To: a@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B

It could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; bob@{domain}
Action: failed
Status: {status.group(1) if status else reply[0] + ".0.0"}
{"Remote-MTA: dns; " + host if host else "X-None: x"}
Diagnostic-Code: smtp; {reply}

--B--
"""


def parsed(text):
    out = subprocess.run([PROGRAM, "parse", "--json", "-"], input=text, capture_output=True,
                         text=True, check=True).stdout
    return json.loads(out.splitlines()[0])


def means(report, meaning):
    cause, _, detail = meaning.partition("/")
    return report["cause"] == cause and (not detail or report["detail"] == detail)


def wrapped(host, reply):
    """The same reply as Postfix, Exim and Exchange hand it on, and in several lines."""
    code, words = reply[:3], reply[4:].split(" ")
    yield "Postfix", f"host {host}[192.0.2.9] said: {reply}"
    yield "Exim", f"SMTP error from remote mail server after RCPT TO:<bob@example.org>: host {host} [192.0.2.9]: {reply}"
    yield "Exchange", f"Remote Server returned '<{host} #5.0.0 smtp;{reply}>'"
    if reply[3] == " " and len(words) > 3:
        half = len(words) // 2
        yield "lines", f"host {host}[192.0.2.9] said: {code}-{' '.join(words[:half])} {code} {' '.join(words[half:])}"


def number_of_entries(provider):
    path = os.path.join(ROOT, "knowledge/providers", provider + ".yaml")
    text = open(path, encoding="utf-8").read()
    return len(re.findall(r"^  - (?:id|\{code|code)\b", text, re.M))


for provider in sorted({row[0] for row in PROVIDERS}):
    ok(number_of_entries(provider) > 0, provider + " has entries")

rows = [(provider, meaning, how, text) for provider, host, _, reply, meaning in PROVIDERS
        for how, text in wrapped(host, reply)]
for (provider, meaning, how, text), got in zip(rows, replies([row[3] for row in rows])):
    ok(means(got, meaning) and got["provider"] in (provider, "outlook" if provider == "exchange" else provider),
       f"{provider}, handed on by {how}: {meaning}", text, got["cause"], got["detail"], got["provider"])

for provider, host, domain, reply, meaning in PROVIDERS:
    got = parsed(mail(domain or "company.example", host, reply))
    ok(means(got, meaning) and got["provider"] == provider, f"{provider}, by its server: {meaning}",
       reply, got["cause"], got["detail"], got["provider"])
    if domain:
        got = parsed(mail(domain, "", "550 5.7.1 xyzzy"))
        ok(got["provider"] == provider, f"{provider}, by the recipient's domain {domain}", got["provider"])

for (name, text, cause), got in zip(BLOCKLISTS, replies([row[1] for row in BLOCKLISTS])):
    ok(got["cause"] == cause and got["facts"]["blocklist"] == name, "blocklist " + name, text,
       got["cause"], got["facts"]["blocklist"])

lines = [f"host {host}[192.0.2.9] said: {reply}" for host, reply, _ in PRIVATE]
for (host, reply, meaning), got in zip(PRIVATE, replies(lines)):
    ok(means(got, meaning), f"{reply} from {host}: {meaning}", got["cause"], got["detail"])

for text, got in zip(AMBIGUOUS, replies(AMBIGUOUS)):
    ok(got["alternatives"] and got["recommendation"] != "suppress" and got["confidence"] != "certain",
       "ambiguous: " + text, got["cause"], got["alternatives"], got["recommendation"], got["confidence"])

for (text, provider), got in zip(NAMED, replies([row[0] for row in NAMED])):
    ok(got["provider"] == provider, f"{provider} is told by: {text}", got["provider"])

for (text, provider), got in zip(TOKENS, replies([row[0] for row in TOKENS])):
    ok(got["provider"] == provider, f"{provider} speaks: {text}", got["provider"])

done()
