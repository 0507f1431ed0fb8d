# SPDX-License-Identifier: BSD-2-Clause
"""Refusals in words of many servers: each cause at each stage of SMTP where it can happen.

A row is (stage, causes, reply, more): what the peer refuses, and why it does, as its
administrator would put it. None of these sentences was written with a rule in view, and
none was taken from knowledge/. They become cases CAUSE-STAGE-N. A peer whose reply has no
enhanced code does not announce ENHANCEDSTATUSCODES; of the others every second one does not.
"""
import re


def coded(code, text, charset):
    """A reply whose words are in another charset; {rcpt} and the like are filled in as usual."""
    return f"{code} ".encode() + text.encode(charset)


ROWS = [
    # ---- in the greeting ----
    ("connect", "blocklisted", "554 5.7.1 mx.{d} ESMTP not available: 192.0.2.25 found in dnsbl.dronebl.org, delist there first"),
    ("connect", "blocklisted", "554-mx.{d}\n554 Go to https://psbl.org/listing?ip=192.0.2.25 and remove yourself"),
    ("connect", "reputation", "554 5.7.1 Hosts in 192.0.2.0/24 have a sender score of 12; we talk to nobody below 40"),
    ("connect", "reputation", "421 4.7.0 Your address range sends us nothing but junk, come back when its record has improved"),
    ("connect", "rate-limited", "421 4.7.0 mx.{d} You already hold 20 sessions open, hang up some of them"),
    ("connect", "rate-limited", "421 Slow down! 61 connects from 192.0.2.25 in the last minute"),
    ("connect", "sender-dns", "554 5.7.1 I will not speak to machines whose address has no name (192.0.2.25)"),
    ("connect", "sender-dns reputation policy-rejected", "554 mta25.dyn.sender.test looks like a home line; use the smarthost of your provider"),
    ("connect", "sender-rejected reputation", "554 5.7.1 192.0.2.25 was put on our own ban list by the operator on 2026-02-11"),
    ("connect", "system-error", "421 4.3.2 mx.{d} is being upgraded, back in half an hour"),
    ("connect", "system-error rate-limited", "421 mx.{d} load average too high, bye"),
    ("connect", "system-full", "421 4.3.1 mx.{d} spool partition 99% used, closing"),
    ("connect", "not-accepting", "521 5.3.2 mx.{d} This machine only sends"),
    ("connect", "not-accepting", "554 mx.{d} No mail is received here, ask your resolver for the right MX"),
    ("connect", "policy-rejected reputation", "554 5.7.1 Rule 17 of our charter: no traffic from your network after 18:00"),

    # ---- EHLO ----
    ("ehlo", "sender-dns", "550 5.7.1 You call yourself mta.sender.test but that is not who 192.0.2.25 is"),
    ("ehlo", "sender-dns", "501 5.5.4 A greeting needs a name with at least two dots"),
    ("ehlo", "sender-rejected policy-rejected", "554 5.7.1 Nobody who says hello as mta.sender.test gets in"),
    ("ehlo", "system-error", "451 4.3.0 Could not load my configuration, sorry"),

    # ---- MAIL FROM ----
    ("mail", "sender-rejected", "550 5.7.1 Letters by {mail} are returned unread"),
    ("mail", "sender-rejected", "554 {mail}: this writer has been barred by the postmaster"),
    ("mail", "sender-rejected", "553 5.1.8 Could not confirm with sink.sender.test that {mail} is a mailbox of yours"),
    ("mail", "sender-dns", "550 5.1.8 sender.test cannot be looked up, so nobody could answer you"),
    ("mail", "sender-dns", "451 4.1.8 No way to write back: the zone sender.test gives neither A nor MX"),
    ("mail", "auth-failed", "550 5.7.23 192.0.2.25 is no designated mailer of sender.test (v=spf1 ... -all)"),
    ("mail", "auth-failed", "550 The SPF record of sender.test does not name your host"),
    ("mail", "auth-required", "530 5.7.0 Log in first, then write"),
    ("mail", "auth-required", "550 Please tick 'my outgoing server requires authentication' in your mailer"),
    ("mail", "blocklisted", "550 5.7.1 DNSBL hit for your address: ix.dnsbl.manitu.net"),
    ("mail", "reputation", "450 4.7.1 The neighbourhood of 192.0.2.25 has a bad name with us"),
    ("mail", "rate-limited", "452 4.7.1 You have used up the 500 messages we grant a stranger each day"),
    ("mail", "rate-limited", "451 Too hasty. One mail every ten seconds, please"),
    ("mail", "message-too-large", "552 5.3.4 Announced 20480 octets, I take 9000 at most"),
    ("mail", "message-too-large", "552 Sorry, what you declare with SIZE is more than I can swallow"),
    ("mail", "system-full", "452 4.3.1 Out of room on the queue disk"),
    ("mail", "system-error", "451 4.3.0 The sender map gave an error, somebody has been paged"),
    ("mail", "tls-failed", "530 5.7.10 I only talk in private: encrypt the session first"),
    ("mail", "tls-failed", "554 5.7.0 Session not encrypted, mail from sender.test is not taken in the clear"),
    ("mail", "greylisted", "451 4.7.1 Never met you before. Ring again in five minutes"),
    ("mail", "syntax-error malformed-message", "501 5.5.4 What is BODY=8BITMIME supposed to mean?"),
    ("mail", "policy-rejected", "550 5.7.1 House rules forbid this transaction"),

    # ---- RCPT TO ----
    ("rcpt", "user-unknown", "550 5.1.1 There has never been a {user} in this house"),
    ("rcpt", "user-unknown", "550 Who is {user}? Not somebody we know"),
    ("rcpt", "user-unknown", "553 5.1.1 The directory has no entry {rcpt}"),
    ("rcpt", "user-unknown", "550 5.1.1 <{rcpt}>: misspelt? we could not match the part before the @"),
    ("rcpt", "user-unknown mailbox-disabled", "554 5.1.1 You are writing to a person who has left and whose address was deleted"),
    ("rcpt", "mailbox-disabled", "550 5.2.1 {rcpt} has been switched off by the administrator"),
    ("rcpt", "mailbox-disabled", "550 The contract for this mailbox ended on 31 January; it was put to sleep"),
    ("rcpt", "mailbox-disabled", "550 5.2.1 {user} has not logged in for 400 days, the account was frozen"),
    ("rcpt", "mailbox-full", "452 4.2.2 {user} has 0 bytes left"),
    ("rcpt", "mailbox-full", "552 No space remains in the box of {rcpt}"),
    ("rcpt", "mailbox-full", "552 5.2.2 {user} must tidy up before anything more goes in: 1024 of 1024 MB used"),
    ("rcpt", "recipient-restricted", "550 5.7.1 Only colleagues may write to {user}"),
    ("rcpt", "recipient-restricted", "550 {rcpt} is an in-house address, the internet cannot use it"),
    ("rcpt", "recipient-restricted", "550 5.7.1 {user} has put you on a personal block list"),
    ("rcpt", "recipient-restricted", "550 5.7.2 You would have to join the list before you can post to it"),
    ("rcpt", "host-unknown", "550 5.1.2 I cannot find out where mail for {d} should go"),
    ("rcpt", "relay-denied", "550 5.7.1 {d} is none of my domains and you are none of my customers"),
    ("rcpt", "relay-denied", "554 I do not carry mail to other people's domains for you"),
    ("rcpt", "relay-denied", "553 5.7.1 Open relaying was switched off here in 1998"),
    ("rcpt", "auth-required", "550 5.7.1 Customers have to authenticate before they send outside"),
    ("rcpt", "auth-required relay-denied", "554 Check your mail before you send it (POP before SMTP)"),
    ("rcpt", "sender-rejected", "550 5.7.1 We have had enough of {mail}"),
    ("rcpt", "too-many-recipients", "452 4.5.3 No more than 10 addressees at a time"),
    ("rcpt", "too-many-recipients", "550 5.5.3 That makes one addressee too many"),
    ("rcpt", "blocklisted", "550 5.7.1 192.0.2.25: see https://www.spamhaus.org/sbl/query/SBL999999"),
    ("rcpt", "blocklisted", "554 You are in the list at bl.mailspike.net, that is why"),
    ("rcpt", "sender-dns", "450 4.7.25 No PTR for 192.0.2.25, try again when there is one"),
    ("rcpt", "sender-dns", "550 The name in your HELO leads nowhere"),
    ("rcpt", "auth-failed", "550 5.7.23 sender.test says with SPF that you must not send for it"),
    ("rcpt", "reputation", "550 5.7.1 Too many of our users press the junk button on what 192.0.2.25 sends"),
    ("rcpt", "rate-limited", "451 4.7.1 {user} gets more post than he may at the moment, wait a bit"),
    ("rcpt", "rate-limited", "450 That was the 101st message within this hour; 100 are allowed"),
    ("rcpt", "greylisted", "450 4.2.0 Unknown triplet, please knock again later"),
    ("rcpt", "greylisted", "451 First attempt noted. Try once more after 300 s"),
    ("rcpt", "tls-failed", "550 5.7.10 {user} wants nothing that travelled unencrypted"),
    ("rcpt", "routing-loop", "554 5.4.6 <{rcpt}> forwards to itself"),
    ("rcpt", "not-accepting", "556 5.1.10 {d} has declared that it receives no mail at all"),
    ("rcpt", "recipient-moved", "551 5.1.6 {user} works for another company now, write to wang@new-address.test"),
    ("rcpt", "recipient-moved", "550 The address has changed: it is wang@new-address.test today"),
    ("rcpt", "message-too-large", "552 5.3.4 {user} does not take letters above 2 MB"),
    ("rcpt", "system-error", "451 4.3.0 The LDAP server did not answer in time"),
    ("rcpt", "system-error", "451 4.3.5 My tables are broken, the operator knows"),
    ("rcpt", "system-full", "452 4.3.1 The disk that holds all mailboxes is full"),
    ("rcpt", "policy-rejected", "550 5.7.1 Against the acceptable use terms of this service"),
    ("rcpt", "suppressed", "550 5.1.1 You asked us not to mail {rcpt} again after it had bounced"),
    ("rcpt", "syntax-error", "501 5.1.3 An @ or something behind it is wrong in this address"),
    ("rcpt", "unknown policy-rejected user-unknown", "550 Nope, not today"),

    # ---- DATA ----
    ("data", "policy-rejected", "554 5.7.1 The text may not be sent under our terms, ask the help desk"),
    ("data", "system-error", "451 4.3.0 Cannot open a spool file right now"),
    ("data", "rate-limited", "451 4.7.0 Enough letters for this minute"),
    ("data", "greylisted", "451 4.7.1 Delayed on purpose: first contact, return in ten minutes"),
    ("data", "blocklisted", "554 5.7.1 192.0.2.25 appears in b.barracudacentral.org"),

    # ---- after the message ----
    ("end_of_data", "content-rejected", "550 5.7.1 Attachments that end in .scr or .js never pass this gate"),
    ("end_of_data", "content-rejected", "554 The archive you attached needs a password, so nobody could look inside"),
    ("end_of_data", "content-rejected spam-content", "550 5.7.1 Paragraph two holds a phrase that our compliance list forbids"),
    ("end_of_data", "spam-content", "554 5.7.1 We think nobody asked for this advertisement"),
    ("end_of_data", "spam-content", "550 Rspamd gave it 21.3 of 15 points"),
    ("end_of_data", "spam-content", "550 5.7.1 Smells like spam, 98 % sure"),
    ("end_of_data", "spam-content blocklisted", "554 5.7.1 A web address in the text is listed at multi.surbl.org"),
    ("end_of_data", "virus-detected", "554 5.7.1 A worm was found in invoice.zip, nothing was delivered"),
    ("end_of_data", "virus-detected", "550 Sophos says Troj/DocDl-ABC, thrown away"),
    ("end_of_data", "message-too-large", "552 5.3.4 20480000 bytes came in, 10240000 are permitted"),
    ("end_of_data", "message-too-large", "552 Your letter is heavier than this mailbox allows"),
    ("end_of_data", "auth-failed", "550 5.7.26 Signature and SPF are both off, and sender.test asks to have such mail turned down (p=reject)"),
    ("end_of_data", "auth-failed", "550 5.7.20 The DKIM signature does not fit the text"),
    ("end_of_data", "auth-failed", "554 Author domain sender.test published p=reject and nothing aligned"),
    ("end_of_data", "mailbox-full", "552 5.2.2 After this letter the store would hold more than it may"),
    ("end_of_data", "mailbox-full", "452 The user's allowance is used up"),
    ("end_of_data", "user-unknown", "550 5.1.1 The store at the back knows no {user}"),
    ("end_of_data", "mailbox-disabled", "554 5.2.1 Mailbox locked by order of the account owner"),
    ("end_of_data", "recipient-restricted", "550 5.7.1 {user}'s own filter turned it down"),
    ("end_of_data", "malformed-message", "554 5.6.0 It has two From lines"),
    ("end_of_data", "malformed-message", "550 5.6.1 No Date in the header, RFC 5322 wants one"),
    ("end_of_data", "malformed-message", "554 A line of 2000 characters is not mail"),
    ("end_of_data", "routing-loop", "554 5.4.6 I can see 31 Received lines, it is going in circles"),
    ("end_of_data", "system-full", "452 4.3.1 Could not store it: no blocks left on the device"),
    ("end_of_data", "system-error", "451 4.3.0 The content scanner crashed, we keep it at your side for now"),
    ("end_of_data", "system-error", "554 5.3.0 Something inside us went wrong"),
    ("end_of_data", "rate-limited", "450 4.7.0 sender.test has reached its hourly allowance of 200"),
    ("end_of_data", "reputation", "550 5.7.1 Newcomer with a poor history at 192.0.2.25"),
    ("end_of_data", "greylisted", "451 4.7.1 Put aside for now; a real server comes back"),
    ("end_of_data", "sender-rejected", "550 5.7.1 The From: address belongs to somebody we do not want to hear from"),
    ("end_of_data", "too-many-recipients", "554 5.5.3 Fifty names in Cc is more than this server forwards"),
    ("end_of_data", "policy-rejected", "550 5.7.1 The rules of this site did not let it through"),
    ("end_of_data", "unknown policy-rejected content-rejected", "554 5.0.0 Did not work out"),

    # ---- in Chinese, as servers there put it ----
    ("rcpt", "user-unknown", "550 5.1.1 您要找的人不在我们单位，请确认地址"),
    ("rcpt", "mailbox-full", "452 4.2.2 对方信箱已经装不下了"),
    ("rcpt", "mailbox-disabled", "550 该账户长期不登录，已经冻结"),
    ("rcpt", "recipient-restricted", "550 5.7.1 本地址只给内部同事使用，外面发不进来"),
    ("mail", "sender-rejected", "553 发信地址 {mail} 已被管理员禁止"),
    ("mail", "rate-limited", "421 4.7.0 发得太快了，请半小时后再试"),
    ("end_of_data", "spam-content", "550 5.7.1 系统判定为垃圾信，没有收下"),
    ("end_of_data", "message-too-large", "552 5.3.4 附件超过了 20M 的上限"),
    ("connect", "blocklisted reputation sender-rejected", "554 您的 IP 192.0.2.25 在黑名单里，请先申请移除"),
    ("rcpt", "greylisted", "451 4.7.1 首次来信，请过几分钟再投"),

    # ---- other charsets ----
    ("rcpt", "user-unknown", coded("550 5.1.1", "查无此人，请检查收件地址", "gbk")),
    ("end_of_data", "spam-content", coded("554 5.7.1", "疑似垃圾邮件，已被网关拦截", "gbk")),
    ("rcpt", "mailbox-full", coded("552 5.2.2", "邮箱容量已用完", "gb18030")),
    ("rcpt", "user-unknown", coded("550 5.1.1", "查無此收件人，請確認電子郵件地址", "big5")),
    ("rcpt", "mailbox-full", coded("552 5.2.2", "收件人信箱空間已滿", "big5")),
    ("end_of_data", "content-rejected spam-content", coded("554 5.7.1", "信件內容含有不允許的字詞，拒絕接收", "big5")),
    ("rcpt", "user-unknown", coded("550 5.1.1", "そのようなユーザーはいません", "iso-2022-jp")),
    ("end_of_data", "message-too-large", coded("552 5.3.4", "メールのサイズが大きすぎます", "iso-2022-jp")),
    ("rcpt", "mailbox-full", coded("552 5.2.2", "受信箱がいっぱいです", "shift_jis")),
    ("rcpt", "user-unknown", coded("550 5.1.1", "宛先のユーザは存在しません", "euc-jp")),
    ("rcpt", "user-unknown", coded("550 5.1.1", "Пользователь с таким адресом не найден", "koi8-r")),
    ("rcpt", "mailbox-full", coded("552 5.2.2", "Почтовый ящик переполнен", "koi8-r")),
    ("end_of_data", "spam-content", coded("554 5.7.1", "Письмо похоже на спам и отклонено", "windows-1251")),
    ("rcpt", "mailbox-disabled", coded("550 5.2.1", "Ящик заблокирован", "windows-1251")),
    ("rcpt", "user-unknown", coded("550 5.1.1", "존재하지 않는 사용자입니다", "euc-kr")),
    ("rcpt", "user-unknown", coded("550 5.1.1", "Der Empfänger ist hier nicht bekannt", "latin-1")),
    ("rcpt", "mailbox-full", coded("552 5.2.2", "Das Postfach des Empfängers ist voll", "latin-1")),
    ("end_of_data", "message-too-large", coded("552 5.3.4", "Le message dépasse la taille autorisée", "latin-1")),
]


def for_nullmailer(reply):
    """It takes the 2.0.2 of an IP address for a status code, and needs a while for each case."""
    return isinstance(reply, bytes) and b"192.0.2" not in reply


def cases():
    """(id, causes, what the row of a case holds)"""
    count = {}
    for i, (stage, causes, reply, *more) in enumerate(ROWS):
        name = f"{causes.split()[0]}-{stage.replace('_', '-')}"
        count[name] = count.get(name, 0) + 1
        start = reply if isinstance(reply, bytes) else reply.encode()
        skip = [] if for_nullmailer(reply) else ["nullmailer"]
        if isinstance(reply, str) and "\n" in reply:
            reply = tuple(reply.split("\n"))
        esc = i % 2 == 0 and re.match(rb"\d{3}[ -]\d\.", start) is not None
        yield f"{name}-{count[name]}", causes, {stage: reply, "esc": esc, "skip": skip, **(more[0] if more else {})}
