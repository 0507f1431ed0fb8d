# SPDX-License-Identifier: BSD-2-Clause
"""The table of scenarios: one row a case.

A row says what the world does (the peer's replies by SMTP stage, DNS, the
network, the sender's own configuration) and, from that alone, what a reader of
the bounce or of the log must find. Nothing here comes from an analyser.

    case(ID, CAUSES, stage=REPLY, ...)

ID is also the peer's domain (ID.test, with the MX mx.ID.test) and the local
part of the envelope sender (ID@sender.test). CAUSES are the accepted causes of
design.md, best first. A REPLY is a string, a tuple of lines, bytes (other
charsets), or HANG / DROP / GARBAGE; a list means one reply per recipient, in
order; first=N: only the first N attempts for a recipient are refused. {rcpt}, {user}, {mail} are filled in by the peer; None accepts.
"""
import re

import wordings

HANG, DROP, GARBAGE = "HANG", "DROP", "GARBAGE"
CLIENT = "192.0.2.25"          # the mail server under test
SINK = "198.51.100.2"          # MX of sender.test: takes the bounces
WIDER = "198.18.%d.%d"         # peers beyond the first 239: a network for tests (RFC 2544)
SEVEN = "198.51.100.3"         # MX of seven.test: the same without 8BITMIME and SMTPUTF8
SILENT = "203.0.113.%d"        # never answers: connections time out
UNREACHABLE = "192.88.99.%d"   # no route
STAGES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "end_of_data")
CASES = []

# Where design.md leaves open whether the same mail would fail again, a 5xx asserts nothing.
OPEN = {"blocklisted", "reputation", "rate-limited", "sender-dns", "system-error",
        "too-many-recipients", "unknown", "expired", "suppressed", "routing-loop", "system-full"}


def case(id, causes, **row):
    row.update(id=id, causes=causes.split())
    CASES.append(row)


def gbk(text):
    return text.encode("gbk")


# ---- user-unknown -----------------------------------------------------------
case("user-unknown-postfix", "user-unknown",
     rcpt="550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in virtual mailbox table")
case("user-unknown-sendmail", "user-unknown", rcpt="550 5.1.1 <{rcpt}>... User unknown")
case("user-unknown-noesc", "user-unknown", esc=False, rcpt="550 5.1.1 <{rcpt}>... User unknown",
     note="enhanced codes given but not advertised in EHLO")
case("user-unknown-plain", "user-unknown", rcpt="550 No such user here")
case("user-unknown-gmail", "user-unknown", rcpt=(
    "550-5.1.1 The email account that you tried to reach does not exist. Please try",
    "550-5.1.1 double-checking the recipient's email address for typos or",
    "550-5.1.1 unnecessary spaces. For more information, go to",
    "550 5.1.1  https://support.google.com/mail/?p=NoSuchUser d9443c01a7336-1f1f1a2b3c4si56789ad.12 - gsmtp"))
case("user-unknown-exchange", "user-unknown",
     rcpt="550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {rcpt} not found by SMTP address lookup")
case("user-unknown-edge", "user-unknown recipient-restricted",
     rcpt="550 5.4.1 Recipient address rejected: Access denied. [AM7EUR03FT050.eop-EUR03.prod.protection.outlook.com 2026-11-23T09:00:00.000Z 08DE2A00000]")
case("user-unknown-hotmail", "user-unknown mailbox-disabled",
     rcpt="550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).")
case("user-unknown-yahoo", "user-unknown",
     end_of_data="554 delivery error: dd This user doesn't have a yahoo.com account ({rcpt}) [-5] - mta4123.mail.ne1.yahoo.com")
case("user-unknown-qq", "user-unknown",
     rcpt="550 Mailbox not found. https://service.mail.qq.com/detail/122/169")
case("user-unknown-coremail", "user-unknown",
     rcpt="550 User not found: {rcpt}")
case("user-unknown-yandex", "user-unknown", rcpt="550 5.7.1 No such user!",
     note="a policy code over a dead address")
case("user-unknown-exim", "user-unknown host-unknown", rcpt="550 Unrouteable address")
case("user-unknown-utf8", "user-unknown", rcpt="550 5.1.1 <{rcpt}> 该用户不存在，请核对收件人地址")
case("user-unknown-gbk", "user-unknown", rcpt=gbk("550 用户不存在: ") + b"{rcpt}")
case("user-unknown-japanese", "user-unknown",
     rcpt="550 5.1.1 <{rcpt}> 宛先のメールアドレスが見つかりません (User unknown)")
case("user-unknown-koi8r", "user-unknown",
     rcpt="550 5.1.1 <".encode() + b"{rcpt}" + "> нет такого пользователя".encode("koi8-r"))
case("user-unknown-docomo", "recipient-restricted user-unknown", end_of_data="550 Unknown user {rcpt}",
     note="after the data this provider means: the recipient's own filter")
case("user-unknown-odd-address", "user-unknown", to=["o'brien+news@{d}"], rcpt="550 5.1.1 <{rcpt}> unknown user")
case("user-unknown-decoy", "user-unknown", mime="decoy", rcpt="550 5.1.1 <{rcpt}>: no mailbox here by that name",
     note="the returned mail itself speaks of a full mailbox and another address")

# ---- mailbox-disabled -------------------------------------------------------
case("mailbox-disabled-gmail", "mailbox-disabled", rcpt=(
    "550-5.2.1 The email account that you tried to reach is inactive. For more",
    "550-5.2.1 information, go to",
    "550 5.2.1  https://support.google.com/mail/?p=DisabledUser 98e67ed59e1d1-3f1a2b3c4d5si6789a91.20 - gsmtp"))
case("mailbox-disabled-yahoo", "mailbox-disabled",
     end_of_data="554 30 Sorry, your message to {rcpt} cannot be delivered. This mailbox is disabled (554.30). - mta1234.mail.bf1.yahoo.com")
case("mailbox-disabled-coremail", "mailbox-disabled", rcpt="550 User suspended: {rcpt}")
case("mailbox-disabled-postfix", "mailbox-disabled",
     rcpt="550 5.2.1 <{rcpt}>: Recipient address rejected: this mailbox has been disabled")

# ---- mailbox-full -----------------------------------------------------------
case("mailbox-full-dovecot", "mailbox-full",
     end_of_data="552 5.2.2 <{rcpt}> Quota exceeded (mailbox for user is full)")
case("mailbox-full-noesc", "mailbox-full", esc=False,
     rcpt="552 {rcpt} This person's account is exceeding their quota.")
case("mailbox-full-gmail", "mailbox-full", rcpt=(
    "452-4.2.2 The recipient's inbox is out of storage space. Please direct the",
    "452-4.2.2 recipient to",
    "452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp 5b1f17b1804b1-4779a1b2c3dsi12345e9.5 - gsmtp"))
case("mailbox-full-cyrus", "mailbox-full", end_of_data="452 4.2.2 Over quota SESSIONID=<cyrus-1234-1795471200-1>")
case("mailbox-full-exchange", "mailbox-full",
     end_of_data="554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a permanent exception with message Cannot open mailbox.")
case("mailbox-full-comcast", "mailbox-full", rcpt="452 4.1.1 <{rcpt}> user over quota",
     note="an address code over a full mailbox")
case("mailbox-full-utf8", "mailbox-full", end_of_data="552 5.2.2 收件人邮箱空间不足")
case("mailbox-full-gbk", "mailbox-full", rcpt=gbk("452 邮箱已满 <") + b"{rcpt}>")
case("mailbox-full-latin1", "mailbox-full",
     rcpt="552 5.2.2 La boîte aux lettres du destinataire est pleine, quota dépassé".encode("latin-1"))
case("mailbox-full-jis", "mailbox-full",
     end_of_data="552 5.2.2 ".encode() + "メールボックスの容量が上限に達しています".encode("iso-2022-jp"))

# ---- content, spam, virus ---------------------------------------------------
case("content-postfix", "content-rejected spam-content policy-rejected",
     end_of_data="550 5.7.1 Message content rejected, UBE, id=12345-07")
case("content-attachment", "content-rejected virus-detected", end_of_data=(
    "552-5.7.0 This message was blocked because its content presents a potential",
    "552-5.7.0 security issue. To review our message content and attachment content",
    "552-5.7.0 guidelines, go to",
    "552 5.7.0  https://support.google.com/mail/?p=BlockedMessage af79cd13be357-8b1a2b3c4d5si678901285a.100 - gsmtp"))
case("content-qq", "content-rejected spam-content",
     end_of_data="550 Mail content denied. https://service.mail.qq.com/detail/122/171")
case("content-data", "content-rejected policy-rejected",
     data="550 5.7.1 <DATA>: Data command rejected: attachments of type .exe are not accepted here")
case("content-utf8", "content-rejected spam-content",
     end_of_data="554 5.7.1 邮件内容包含敏感词，已被对方服务器拒收")
case("spam-gmail", "spam-content content-rejected reputation", end_of_data=(
    "550-5.7.1 [192.0.2.25      12] Our system has detected that this message is",
    "550-5.7.1 likely unsolicited mail. To reduce the amount of spam sent to Gmail,",
    "550-5.7.1 this message has been blocked. For more information, go to",
    "550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError 46e09a7af769-7c1a2b3c4d5si1234567a34.88 - gsmtp"))
case("spam-exchange", "spam-content content-rejected", end_of_data="554 5.7.1 Message rejected as spam by Content Filtering.")
case("spam-netease", "spam-content content-rejected",
     end_of_data="554 DT:SPM 163 mx12,QMCowECp1a2b3c4d5e6f--.7S2 1795471200,please see http://mail.163.com/help/help_spam_16.htm?ip=192.0.2.25&hostid=mx12&time=1795471200")
case("spam-yandex", "spam-content content-rejected",
     end_of_data="554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1795471200-abcdef")
case("spam-score", "spam-content", end_of_data="550 5.7.1 This message scored 14.2 spam points.")
case("virus-clamav", "virus-detected", end_of_data="554 5.7.1 virus Win.Test.EICAR_HDB-1 detected by ClamAV - http://www.clamav.net")
case("virus-noesc", "virus-detected", end_of_data="550 This message contains a virus (Eicar-Test-Signature)")

# ---- recipient-restricted ---------------------------------------------------
case("restricted-group", "recipient-restricted", rcpt=(
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; "
    "Delivery restriction check failed because the sender was not authenticated when sending to this group"))
case("restricted-list", "recipient-restricted", rcpt="550 5.7.2 <{rcpt}>: only subscribers may post to this list")
case("restricted-qq", "recipient-restricted content-rejected",
     rcpt="550 Mail is rejected by recipients [dGVzdA== IP: 192.0.2.25]. https://service.mail.qq.com/detail/122/92")

# ---- host-unknown -----------------------------------------------------------
case("dns-nxdomain", "host-unknown", dns="nxdomain")
case("dns-nodata", "host-unknown", dns="nodata", note="the domain exists but has neither MX nor A")
case("dns-dangling", "host-unknown", dns="dangling", permanence=None, note="the MX names a host that does not exist")
case("dns-servfail", "host-unknown", dns="servfail", permanence="temporary")
case("dns-reply", "host-unknown", rcpt="550 5.1.2 <{rcpt}>: Recipient address rejected: Domain not found")

# ---- syntax-error -----------------------------------------------------------
case("syntax-rcpt", "syntax-error", rcpt="501 5.1.3 Bad recipient address syntax")
case("syntax-mail", "syntax-error sender-rejected", mail="501 5.1.7 Bad sender address syntax")
case("syntax-command", "syntax-error", rcpt="500 error in command")
case("syntax-data", "syntax-error", data="503 5.5.1 Error: bad sequence of commands")

# ---- message-too-large ------------------------------------------------------
case("size-announced", "message-too-large", mime="big", caps=["SIZE 1000"],
     mail="552 5.3.4 Message size exceeds fixed limit", truth_stage=None, skip=["dma", "nullmailer", "haraka", "chasquid"],
     note="SIZE in EHLO: some clients give up by themselves, others hear 552 at MAIL")
case("size-postfix", "message-too-large", end_of_data="552 5.3.4 Error: message file too big")
case("size-gmail", "message-too-large", end_of_data=(
    "552-5.3.4 Your message exceeded Google's message size limits. To view our",
    "552-5.3.4 message size guidelines, go to",
    "552 5.3.4  https://support.google.com/mail/?p=MaxSizeError 41be03b00d2f7-b9c1a2b3c4d5si123456a12.34 - gsmtp"))
case("size-fixed", "message-too-large", esc=False, mail="552 Message size exceeds fixed maximum message size: 7372800 bytes")
case("size-gbk", "message-too-large", end_of_data=gbk("552 邮件大小超过限制"))

# ---- relay-denied -----------------------------------------------------------
case("relay-sendmail", "relay-denied", rcpt="550 5.7.1 <{rcpt}>... Relaying denied")
case("relay-postfix", "relay-denied", rcpt="554 5.7.1 <{rcpt}>: Relay access denied")
case("relay-qmail", "relay-denied", rcpt="553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)")
case("relay-exchange", "relay-denied", rcpt="550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain")
case("relay-noesc", "relay-denied auth-required", esc=False, rcpt="550 5.7.1 Relaying denied. Proper authentication required.")

# ---- auth-required ----------------------------------------------------------
case("auth-mail", "auth-required", mail="530 5.7.0 Authentication required")
case("auth-rcpt", "auth-required relay-denied", rcpt="553 authentication is required,smtp6,wKgBpV1a2b3c4d==")
case("auth-refused", "auth-required", caps=["AUTH PLAIN LOGIN"],
     auth="535 5.7.8 Error: authentication failed: authentication failure", permanence=None,
     only=["postfix", "nullmailer"], note="the next hop wants a login and refuses ours")

# ---- sender-rejected --------------------------------------------------------
case("sender-postfix", "sender-rejected", mail="554 5.7.1 <{mail}>: Sender address rejected: Access denied")
case("sender-callout", "sender-rejected sender-dns", rcpt=(
    "550-Verification failed for <{mail}>",
    "550-The mail server could not deliver mail to {mail}.  The account or domain may not exist",
    "550 Sender verify failed"))
case("sender-banned", "sender-rejected", rcpt="571 {rcpt}... from <{mail}> You are banned, contact your local admin.")
case("sender-netease", "sender-rejected", mail="554 MI:SPB 163 mx7,PMCowAD3f0a1b2c3d4e5f--.1S2 1795471200,please see http://mail.163.com/help/help_spam_16.htm?ip=192.0.2.25&hostid=mx7&time=1795471200")
case("sender-client", "sender-rejected policy-rejected", rcpt="554 5.7.1 <unknown[192.0.2.25]>: Client host rejected: Access denied")

# ---- no-response ------------------------------------------------------------
case("net-refused", "no-response", net="refused")
case("net-timeout", "no-response", net="silent")
case("net-unreachable", "no-response", net="unreachable")
case("net-two-hosts", "no-response", net="refused+silent", note="two MX hosts, one refuses, one is silent")
case("hang-banner", "no-response", connect=HANG)
case("hang-rcpt", "no-response", rcpt=HANG)
case("hang-end", "no-response", end_of_data=HANG)
case("drop-banner", "no-response", connect=DROP)
case("drop-rcpt", "no-response", rcpt=DROP)
case("drop-data", "no-response", data=DROP)
case("drop-end", "no-response", end_of_data=DROP)
case("garbage-banner", "no-response system-error unknown expired", connect=GARBAGE,
     note="a greeting that is no SMTP reply", permanence=None)

# ---- too-many-recipients ----------------------------------------------------
case("toomany-permanent", "too-many-recipients", to=["r1@{d}", "r2@{d}", "r3@{d}"], skip=["dma", "chasquid"],
     rcpt=[None, None, "550 5.5.3 Too many recipients"])
case("toomany-text", "too-many-recipients",
     rcpt="553 Too many recipients in the mail, should less than 30")
case("toomany-noesc", "too-many-recipients", esc=False, rcpt="550 5.5.3 <{rcpt}>: Too many recipients")
case("toomany-mail", "too-many-recipients", to=["r1@{d}", "r2@{d}"], end_of_data="554 5.5.3 Too many recipients for this sender")
case("toomany-later", "too-many-recipients", to=["r1@{d}", "r2@{d}", "r3@{d}"], kind="delivered",
     rcpt=[None, None, "452 4.5.3 Too many recipients"], mails=0,
     note="the rest goes in a second session: no bounce at all")

# ---- blocklisted ------------------------------------------------------------
case("dnsbl-rcpt", "blocklisted",
     rcpt="554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.25")
case("dnsbl-banner", "blocklisted",
     connect="554 mx.{d} Your access to this mail system has been rejected: 192.0.2.25 is listed at bl.spamcop.net")
case("dnsbl-exchange", "blocklisted",
     rcpt="550 5.7.1 Service unavailable, Client host [192.0.2.25] blocked using Spamhaus. To request removal from this list see https://www.spamhaus.org/query/ip/192.0.2.25 (AS16012609)")
case("dnsbl-temporary", "blocklisted", rcpt="451 Mail from 192.0.2.25 refused, see http://www.barracudacentral.org/rbl/removal-request/192.0.2.25")
case("dnsbl-yahoo", "blocklisted", mail="553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.25, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html")

# ---- sender-dns -------------------------------------------------------------
case("sdns-domain", "sender-dns", mail="450 4.1.8 <{mail}>: Sender address rejected: Domain not found")
case("sdns-nomx", "sender-dns", mail="554 refused 'mail from' because return MX does not exist")
case("sdns-ptr", "sender-dns", end_of_data=(
    "550-5.7.25 [192.0.2.25] The IP address sending this message does not have a PTR",
    "550-5.7.25 record setup, or the corresponding forward DNS entry does not point to",
    "550-5.7.25 the sending IP. As a policy, Gmail does not accept messages from IPs",
    "550-5.7.25 with missing PTR records. For more information, go to",
    "550 5.7.25  https://support.google.com/mail/answer/81126#ip-practices a640c23a62f3a-b7f1a2b3c4d5si123456b.78 - gsmtp"))
case("sdns-client", "sender-dns", rcpt="450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.25]")
case("sdns-helo", "sender-dns", rcpt="504 5.5.2 <mta>: Helo command rejected: need fully-qualified hostname")
case("sdns-ehlo", "sender-dns", ehlo="550 5.7.1 HELO/EHLO name does not resolve in DNS", truth_stage="ehlo",
     note="EHLO and HELO both refused")

# ---- auth-failed ------------------------------------------------------------
case("dmarc-gmail", "auth-failed", end_of_data=(
    "550-5.7.26 Unauthenticated email from sender.test is not accepted due to domain's",
    "550-5.7.26 DMARC policy. Please contact the administrator of sender.test domain if",
    "550-5.7.26 this was a legitimate mail. To learn about the DMARC initiative, go to",
    "550 5.7.26  https://support.google.com/mail/?p=DmarcRejection 38308e7fff4ca-37a1b2c3d4esi12345fa.67 - gsmtp"))
case("dmarc-noesc", "auth-failed", esc=False,
     end_of_data="550 5.7.1 Email rejected per DMARC policy for sender.test")
case("dmarc-outlook", "auth-failed",
     end_of_data="550 5.7.515 Access denied, sending domain SENDER.TEST does not meet the required authentication level. The sender's domain in the 5322.From address does not meet the authentication requirements defined for the sender. To learn how to fix this see: https://go.microsoft.com/fwlink/p/?linkid=2319303 Spf= Fail , Dkim= None , DMARC= Fail")
case("spf-mail", "auth-failed", mail="550 5.7.23 <{mail}>: Sender address rejected: Message rejected due to: SPF fail - not authorized")
case("spf-qq", "auth-failed", end_of_data="550 SPF check failed. https://service.mail.qq.com/detail/122/72")
case("dkim-none", "auth-failed", end_of_data="550 5.7.20 No passing DKIM signature found")

# ---- reputation -------------------------------------------------------------
case("reputation-gmail", "reputation", end_of_data=(
    "550-5.7.1 [192.0.2.25      18] Our system has detected that this message is",
    "550-5.7.1 likely suspicious due to the very low reputation of the sending IP",
    "550-5.7.1 address. To best protect our users from spam, the message has been",
    "550-5.7.1 blocked. For more information, go to",
    "550 5.7.1  https://support.google.com/mail/answer/188131 d75a77b69052e-4ed1a2b3c4d5si1234561cf.90 - gsmtp"))
case("reputation-outlook", "reputation blocklisted",
     mail="550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.")
case("reputation-banner", "reputation",
     connect="554 IP=192.0.2.25 - None/bad reputation. Ask your postmaster for help or to contact tobr@rx.t-online.de for reset. (NOWL)")

# ---- rate-limited -----------------------------------------------------------
case("rate-yahoo", "rate-limited reputation",
     mail="421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes")
case("rate-recipient", "rate-limited", rcpt=(
    "450-4.2.1 The user you are trying to contact is receiving mail at a rate that",
    "450-4.2.1 prevents additional messages from being delivered. Please resend your",
    "450-4.2.1 message at a later time. For more information, go to",
    "450 4.2.1  https://support.google.com/mail/?p=ReceivingRate 00721157ae682-78a1b2c3d4e5si12345677b3.21 - gsmtp"))
case("rate-banner", "rate-limited", connect="421 4.7.0 mx.{d} Error: too many connections from 192.0.2.25")
case("rate-account", "rate-limited", end_of_data=(
    "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail",
    "550-5.4.5 sending limits go to",
    "550 5.4.5  https://support.google.com/a/answer/166852 6a1803df08f44-8825a1b2c3dsi12345d6.43 - gsmtp"))
case("rate-qq", "rate-limited", mail="550 Ip frequency limited. https://service.mail.qq.com/detail/122/172")

# ---- greylisted -------------------------------------------------------------
case("greylist-postgrey", "greylisted", rcpt="450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{d}.html")
case("greylist-milter", "greylisted", rcpt="451 4.7.1 Greylisting in action, please come back in 00:05:00")
case("greylist-pass", "greylisted", kind="delivered", mails=0, first=1,
     rcpt="450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted",
     note="deferred once, then delivered: only the log shows it")

# ---- tls-failed -------------------------------------------------------------
case("tls-peer-wants", "tls-failed", mail="530 5.7.0 Must issue a STARTTLS command first")
case("tls-not-offered", "tls-failed", permanence=None, skip=["dma", "nullmailer", "haraka", "chasquid"],
     note="our side insists on TLS, the peer does not offer it")
case("tls-refused", "tls-failed", caps=["STARTTLS"], starttls="454 4.7.0 TLS not available due to local problem",
     permanence=None, skip=["dma", "nullmailer", "haraka"], note="and our side insists")
case("tls-garbage", "tls-failed no-response", caps=["STARTTLS"], starttls=GARBAGE, permanence=None,
     skip=["dma", "nullmailer", "haraka", "opensmtpd"], note="STARTTLS is accepted, then comes no TLS; our side insists")
case("tls-certificate", "tls-failed", caps=["STARTTLS"], tls=True, permanence=None, only=["postfix", "exim", "sendmail", "opensmtpd"],
     note="the peer's certificate is self-signed; our side insists on a valid one")

# ---- routing-loop -----------------------------------------------------------
case("loop-mx-self", "routing-loop", dns="self", permanence=None)
case("loop-hops", "routing-loop", end_of_data="554 5.4.6 Too many hops")
case("loop-exchange", "routing-loop",
     end_of_data="554 5.4.14 Hop count exceeded - possible mail loop ATTR34 [DB5EUR01FT013.eop-EUR01.prod.protection.outlook.com]")

# ---- not-accepting ----------------------------------------------------------
case("null-mx", "not-accepting host-unknown", dns="nullmx")
case("null-mx-reply", "not-accepting host-unknown", rcpt="556 5.1.10 <{rcpt}>: Recipient address rejected: Domain {d} does not accept mail (nullMX)")
case("noaccept-banner", "not-accepting", connect="521 5.3.2 mx.{d} does not accept mail")

# ---- recipient-moved --------------------------------------------------------
case("moved-user", "recipient-moved", rcpt="551 5.1.6 User not local; please try <wang@new-address.test>")
case("moved-noesc", "recipient-moved", esc=False, rcpt="551 {rcpt} has moved to wang@new-address.test")
case("moved-postfix", "recipient-moved", rcpt="550 5.1.6 <{rcpt}>: Recipient address rejected: User has moved to wang@new-address.test")

# ---- malformed-message ------------------------------------------------------
case("malformed-from", "malformed-message", end_of_data=(
    "550-5.7.1 [192.0.2.25] Messages missing a valid address in From:",
    "550 5.7.1 header, or having no From: header, are not accepted. b-gsmtp"))
case("malformed-duplicate", "malformed-message", end_of_data="554 5.6.0 Message contains multiple Subject headers (RFC 5322 section 3.6)")
case("malformed-line", "malformed-message", end_of_data="500 Line too long")
case("eai-unsupported", "malformed-message", to=["用户@{d}"], utf8=True, truth_stage=None,
     only=["postfix", "courier", "chasquid"], note="the peer does not know SMTPUTF8")

# ---- system-full, system-error ----------------------------------------------
case("system-full", "system-full", mail="452 4.3.1 Insufficient system storage")
case("system-full-permanent", "system-full", end_of_data="552 5.3.1 Error: mail system storage exceeded")
case("system-queue", "system-error", end_of_data="451 4.3.0 Error: queue file write error")
case("system-config", "system-error", rcpt="451 4.3.5 <{rcpt}>: Recipient address rejected: Server configuration error")
case("system-failed", "system-error unknown", end_of_data="554 5.3.0 Transaction failed")
case("system-shutdown", "system-error", connect="421 4.3.2 mx.{d} system is shutting down, try again later")

# ---- policy-rejected, suppressed, unknown -----------------------------------
case("policy-local", "policy-rejected", end_of_data="550 5.7.1 Message rejected due to local policy")
case("policy-mimecast", "policy-rejected sender-rejected content-rejected recipient-restricted", rcpt="550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550 [Zx1a2B3c4D5e6F7g8H9i0J.uk120]")
case("suppressed-ses", "suppressed", end_of_data="550 5.1.1 Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.")
case("unknown-terse", "unknown policy-rejected", rcpt="550 Denied")

# ---- several recipients -----------------------------------------------------
case("mixed-fates", "", people={
    "anna": None,
    "boris": ("user-unknown", "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown"),
    "chen": ("mailbox-full", "452 4.2.2 <{rcpt}> mailbox is full"),
    "dora": ("greylisted", "450 4.7.1 <{rcpt}>: Recipient address rejected: Greylisted for 300 seconds"),
    "emil": ("recipient-restricted", "550 5.7.1 <{rcpt}>: Recipient address rejected: sender not on the list of permitted senders")})
case("mixed-domains", "", to=["wang@user-unknown-sendmail.test", "wang@dns-nxdomain.test",
     "wang@mailbox-full-dovecot.test", "wang@ok.test"], see=["user-unknown-sendmail", "dns-nxdomain", "mailbox-full-dovecot", "ok"])

# ---- internationalised addresses (RFC 6531, 6533) ---------------------------
EAI = ["postfix", "exim", "courier", "chasquid"]
SEVEN_EAI = ["postfix", "exim"]     # the others cannot bring such a bounce through
case("eai-unknown", "user-unknown", to=["用户@{d}"], utf8=True, caps=["SMTPUTF8"], only=EAI,
     rcpt="550 5.1.1 <{rcpt}> 用户不存在 (user unknown)")
case("seven-eai", "user-unknown", to=["用户@{d}", "李@{d}"], utf8=True, hidden=True, caps=["SMTPUTF8"], only=SEVEN_EAI, sender="seven-eai@seven.test",
     rcpt="550 5.1.1 <{rcpt}> 用户不存在 (user unknown)", note="the next hop of the bounce has neither 8BITMIME nor SMTPUTF8")
case("seven-eai-undeclared", "user-unknown", to=["用户@{d}"], utf8="undeclared", only=SEVEN_EAI, sender="seven-eai-undeclared@seven.test",
     rcpt="550 5.1.1 <{rcpt}> 用户不存在 (user unknown)", note="the same, and sent without the parameter SMTPUTF8")
case("seven-utf8", "user-unknown", sender="seven-utf8@seven.test", rcpt="550 5.1.1 <{rcpt}> 该用户不存在",
     note="the next hop of the bounce has no 8BITMIME")

# ---- the sender's own server ------------------------------------------------
LOCAL = ["postfix", "exim", "sendmail", "opensmtpd", "courier", "chasquid"]
case("local-unknown", "user-unknown", to=["nosuchuser@local.test"], local=True, by="sendmail",
     only=["postfix", "exim", "sendmail", "courier"])
case("local-alias", "user-unknown", to=["team@local.test"], local=True, only=LOCAL, see=["user-unknown-sendmail"],
     expands=["wang@user-unknown-sendmail.test"], note="an alias whose target is gone")
case("local-list", "", to=["staff@local.test"], local=True, only=["postfix", "exim", "sendmail", "opensmtpd", "chasquid"],
     expands=["wang@ok.test", "wang@mailbox-full-dovecot.test", "wang@dns-nxdomain.test"],
     see=["ok", "mailbox-full-dovecot", "dns-nxdomain"], note="an alias with three targets, two fail")
case("local-loop", "routing-loop", to=["loop-a@local.test"], local=True, only=["postfix", "exim", "sendmail"], permanence=None,
     note="two aliases point at each other")
case("local-pipe", "system-error", to=["pipe@local.test"], local=True, only=LOCAL, permanence=None,
     note="a program says 'database is locked' and ends with status 1")
case("local-pipe-nouser", "user-unknown", to=["pipe-nouser@local.test"], local=True, only=["postfix", "sendmail", "exim", "courier"],
     note="a program ends with status 67 (EX_NOUSER)")
case("local-pipe-later", "system-error", to=["pipe-later@local.test"], local=True, only=LOCAL, permanence="temporary",
     note="a program ends with status 75 (EX_TEMPFAIL) until expiry")
case("local-quota", "mailbox-full", to=["fulluser@local.test"], local=True, only=["postfix", "exim", "dovecot"], permanence=None)
case("local-moved", "recipient-moved", to=["moved@local.test"], local=True, only=["postfix", "exim", "sendmail"], by="sendmail")
case("local-error", "suppressed policy-rejected", to=["wang@local-error.test"], local=True, only=["postfix", "exim", "sendmail"], by="sendmail",
     permanence=None, note="the own server refuses the domain: 'this address is on our suppression list'")
case("local-header", "content-rejected policy-rejected", local=True, only=["postfix"], by="sendmail",
     mime="forbidden", note="a header check of the own server, with a Chinese text")

# ---- delay warnings, then expiry (a second run with a warning time) ---------
case("delay-greylist", "greylisted", phase="delay", kind="delay", rcpt="450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted")
case("delay-full", "mailbox-full", phase="delay", kind="delay", rcpt="452 4.2.2 <{rcpt}> mailbox is over quota")
case("delay-refused", "no-response", phase="delay", kind="delay", net="refused")
case("delay-servfail", "host-unknown", phase="delay", kind="delay", dns="servfail", permanence="temporary")

# ---- success notices (NOTIFY=SUCCESS,FAILURE) -------------------------------
DSN = ["postfix", "exim", "sendmail", "opensmtpd", "courier"]
case("success-relayed", "", kind="delivered", notify="SUCCESS,FAILURE", only=DSN)
case("success-delivered", "", kind="delivered", notify="SUCCESS,FAILURE", to=["user@local.test"], local=True, only=DSN)
case("success-expanded", "", notify="SUCCESS,FAILURE", to=["team@local.test"], local=True, only=DSN,
     see=["user-unknown-sendmail"], expands=["wang@user-unknown-sendmail.test"], expanded=True,
     note="one message gives a success report 'expanded' and a failure")
case("success-passed-on", "", kind="delivered", notify="SUCCESS,FAILURE", caps=["DSN"], only=DSN, mails=0,
     note="the peer knows DSN and takes over the duty: no mail from us")

# ---- Postfix with bounce templates in Chinese (further runs) ----------------
for charset in ("utf8", "gbk"):
    case(f"template-{charset}-unknown", "user-unknown", phase=f"template-{charset}", only=["postfix"],
         rcpt="550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in local recipient table")
    case(f"template-{charset}-full", "mailbox-full", phase=f"template-{charset}", only=["postfix"],
         rcpt="452 4.2.2 <{rcpt}> 邮箱空间不足")
    case(f"template-{charset}-nxdomain", "host-unknown", phase=f"template-{charset}", only=["postfix"], dns="nxdomain")

# ---- Dovecot: the recipient's side, by dovecot-lda and by LMTP from Postfix ---
case("sieve-reject", "recipient-restricted content-rejected policy-rejected", to=["rejecter@local.test"], local=True, only=["dovecot"],
     note="Sieve reject: a message disposition notification with the reason in its text")
case("lmtp-unknown", "user-unknown", phase="lmtp", rcpt="550 5.1.1 <{rcpt}> User doesn't exist: {rcpt}", to=["nosuchuser@local.test"], local=True, only=["dovecot"])
case("lmtp-quota", "mailbox-full", phase="lmtp", end_of_data="552 5.2.2 <{rcpt}> Quota exceeded (mailbox for user is full)", to=["fulluser@local.test"], local=True, only=["dovecot"])
case("lmtp-reject", "recipient-restricted content-rejected policy-rejected", phase="lmtp", to=["rejecter@local.test"], local=True, only=["dovecot"])
case("lmtp-mixed", "", phase="lmtp", to=["user@local.test", "fulluser@local.test", "nosuchuser@local.test"],
     see=["ok", "lmtp-quota", "lmtp-unknown"], local=True, only=["dovecot"])
case("vacation", "", kind="auto-reply", to=["holiday@local.test"], local=True, only=["dovecot", "exim"])

case("ok", "", kind="delivered", mails=0, note="a peer that takes everything")

# ---- what the table above does not have yet (added behind it: the order gives the wire's names) ----
NOT_ASKED = ["dma", "nullmailer"]   # they wait five minutes, or are killed
case("hang-ehlo", "no-response", ehlo=HANG, skip=NOT_ASKED)
case("hang-mail", "no-response", mail=HANG, skip=NOT_ASKED)
case("hang-data", "no-response", data=HANG, skip=NOT_ASKED)
case("drop-ehlo", "no-response", ehlo=DROP, skip=NOT_ASKED)
case("drop-mail", "no-response", mail=DROP, skip=NOT_ASKED)
case("dns-loopback", "routing-loop host-unknown no-response", dns="loopback", permanence=None, skip=["opensmtpd"],
     note="the MX of the domain is 127.0.0.1")
case("delay-rate", "rate-limited", phase="delay", kind="delay", rcpt="451 4.7.1 <{rcpt}> gets too much mail this hour, come back later")
case("delay-gbk", "mailbox-full system-full", phase="delay", kind="delay", rcpt=gbk("452 4.2.2 邮箱已满，请稍后再发"))
case("delay-hang", "no-response", phase="delay", kind="delay", net="silent")
case("template-gbk-reply", "mailbox-full", phase="template-gbk", only=["postfix"], rcpt=gbk("552 5.2.2 收件人邮箱空间已满"),
     note="the template and the reply are GBK; Postfix destroys the reply's words")
case("template-gbk-mixed", "", phase="template-gbk", only=["postfix"],
     to=["wang@user-unknown-sendmail.test", "wang@dns-nxdomain.test"], see=["user-unknown-sendmail", "dns-nxdomain"])
case("template-utf8-refused", "no-response", phase="template-utf8", only=["postfix"], net="refused")
case("local-pipe-full", "mailbox-full", to=["pipe-full@local.test"], local=True, only=["postfix", "exim", "sendmail", "courier"],
     permanence=None, note="a program says 'maildir over quota' and ends with status 73 (EX_CANTCREAT)")
case("eai-full", "mailbox-full", to=["王@{d}"], utf8=True, caps=["SMTPUTF8"], only=EAI,
     rcpt="552 5.2.2 <{rcpt}> 收件人的信箱装满了")
case("sieve-reject-zh", "recipient-restricted content-rejected policy-rejected", to=["secretary@local.test"], local=True, only=["dovecot"],
     note="Sieve reject with a Chinese text")
case("lmtp-reject-polite", "recipient-restricted content-rejected policy-rejected", phase="lmtp", to=["chair@local.test"], local=True, only=["dovecot"],
     note="Sieve reject in words that sound like no refusal")
case("success-local-alias", "", kind="delivered", notify="SUCCESS,FAILURE", to=["user@local.test", "wang@ok.test"], local=True, only=["postfix", "sendmail"],
     note="a success report on two recipients: delivered and relayed")

for id, causes, row in wordings.cases():
    case(id, causes, **row)
