#!/usr/bin/env python3
"""What the answers say, one fact a line: of replies, of small reports, of the command line."""
import json
import os
import re
import subprocess
import tempfile

from tap import PROGRAM, ROOT, done, ok, whybounce


def report_of_reply(text):
    return json.loads(whybounce("reply", "--json", text))


# ---- whom a bare reply is about ----
for reply, recipient in [
    # RFC 5321 3.3: in reply to MAIL FROM no recipient has been named yet
    ("SMTP error, MAIL FROM: 553 5.7.1 Sender address rejected: not owned by user bob@example.com", None),
    ("450 4.1.8 <a@x.org>: Sender address rejected: Domain not found", None),
    ("553 5.7.1 <a@x.org>: Sender address rejected: not owned by user bob@example.com", None),
    ("553 5.1.8 <a@x.org>... Domain of sender address a@x.org does not exist", None),
    ("550 5.7.1 Mail from a@x.org is not accepted here", None),
    ("550 5.1.1 <b@y.org>: Recipient address rejected: User unknown", "b@y.org"),
    ("SMTP error, RCPT TO:<b@y.org> 553 sender a@x.org is refused", "b@y.org"),
    ("550 sender a@x.org may not write to b@y.org", "b@y.org"),
    ("550 5.1.1 b@y.org User unknown", "b@y.org"),
    ("550 5.1.1 No such user b@y.org", "b@y.org"),
    # RFC 5321 4.2.3: the address in a 551 is the new one, it is not to be suppressed
    ("551 5.1.6 User not local; please try <b@y.org>", None),
    ("550 5.1.1 Mailbox moved. New address: b@y.org", None),
    ("550 5.1.6 a@x.org has moved to b@y.org", "a@x.org"),
    ("550 5.2.1 the mailbox has been closed, use b@y.org", None),
    ("550 5.1.1 user unknown, for help write to help@y.org", None),
    ("550 5.2.1 邮箱已停用，新邮箱：b@y.org", None),
    # but what the message was to be sent to stays the recipient
    ("550 5.1.1 because b@y.org is unknown", "b@y.org"),
    ("550 5.7.1 you may not send a message to b@y.org", "b@y.org"),
]:
    said = report_of_reply(reply)["recipient"]
    ok(said == recipient, "recipient of: " + reply, "it says %r" % said)


# ---- titles follow the case ----
OWN = "SMTP error, RCPT TO:<b@y.org> 550 5.1.1 User unknown"
FAR = "550 5.1.1 <b@y.org>: User unknown"
for reply, language, title in [
    (OWN, "en", "No such mailbox"), (OWN, "zh", "没有这个邮箱"),
    (FAR, "en", "No such mailbox"), (FAR, "zh", "对方没有这个邮箱"),
    ("SMTP error, DATA: 550 5.7.1 rejected by local policy", "zh", "被您自己邮件服务器的策略拒收"),
    ("550 5.7.1 rejected by local policy", "zh", "被对方的策略拒收"),
]:
    first = whybounce("reply", "--lang", language, reply).splitlines()[0]
    ok(first.endswith("   " + title) or first[2:] == title, "title in %s: %s" % (language, reply), first)


# ---- what the answer for a mail says ----
def mail(recipient, fields, prose="", sender="anna@firm.example", reporter="mail.firm.example"):
    """A small report about a message of the sender."""
    return """From: Mail System <MAILER-DAEMON@%s>
To: %s
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 09:41:00 +0800
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.

%s

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; %s

Final-Recipient: rfc822; %s
Action: failed
%s

--b
Content-Type: text/rfc822-headers

From: %s
To: %s
Subject: March offer
Date: Mon, 2 Mar 2026 09:40:00 +0800
Message-ID: <offer-1@firm.example>

--b--
""" % (reporter, sender, prose, reporter, recipient, fields, sender, recipient)


def told(source, language, *options):
    """The answer without its line breaks."""
    if "\n" in source:
        text = whybounce("explain", "--lang", language, *options, "-", stdin=source.encode())
    else:
        text = whybounce("explain", "--lang", language, *options,
                         os.path.join(ROOT, "test/mail", source + ".eml"))
    return re.sub(r"\s+", "" if language == "zh" else " ", text)


def compare(text, what, language, words, never):
    """Each of the words stands in the answer, and none of the others; Chinese has no blanks."""
    for word in words:
        word = word.replace(" ", "") if language == "zh" else word
        ok(word in text, "%s in %s says: %s" % (what, language, word), text)
    for word in never:
        word = word.replace(" ", "") if language == "zh" else word
        ok(word not in text, "%s in %s does not say: %s" % (what, language, word), text)


def says(what, source, language, *words, never=()):
    compare(told(source, language), what, language, words, never)


# Behind a forwarding the sender wrote to the right address.
says("broken SPF", "answer-forwarded-spf", "en", "to wang@school.example was not delivered",
     "the administrator of the recipient's mail server")
says("broken SPF", "answer-forwarded-spf", "zh", "发给 wang@school.example 的邮件", "对方的邮件管理员")
says("a forwarding to nobody", "answer-forwarded-gone", "en", "until the forwarding is changed")

# A report without any words has nothing to prove.
says("no words at all", "From: MAILER-DAEMON@mx.example.com\nTo: li.na@firm.example\nSubject: Undelivered mail\n\n"
     "Your message could not be delivered to <wang@example.org>.\n", "en", "the report does not say why", never=["Proof"])

# RFC 3464 2.3.5, 2.3.6: no Remote-MTA and a type other than smtp: the reporting server's own finding.
says("an own limit", "answer-own-limit", "en", "Your own mail server mail.firm.example reported",
     "Hello, our mail server did not take", never=["your server", "your mail server answered"])
says("an own limit", "answer-own-limit", "zh", "您自己的邮件服务器 mail.firm.example", never=["贵方"])
SILENT = "Status: 4.4.1\nDiagnostic-Code: x-postfix; connect to mx.client.example[192.0.2.1]:25: Connection timed out"
says("a silent server", mail("wang@client.example", SILENT), "en", "The other mail server does not answer",
     never=["Your own mail server does not answer"])
FAR_LIMIT = "Status: 5.3.4\nDiagnostic-Code: x-postfix; message size 18876259 exceeds size limit " \
    "10485760 of server mx.client.example[192.0.2.1]"
says("a limit over there", mail("wang@client.example", FAR_LIMIT), "en", "The other side accepts",
     never=["our mail server", "Your own mail server"])
FULL = "Status: 5.2.2\nDiagnostic-Code: x-unix; Quota exceeded"
says("a full mailbox", mail("wang@client.example", FULL, reporter="mx.client.example"), "en",
     "the mail server mx.client.example answered", never=["Your own mail server"])

# Whoever answered is named as others know it.
GONE = "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
for remote, words, never in [
    ("mx.client.example.", "the mail server mx.client.example answered", "client.example. answered"),
    ("[127.0.0.1]", "the mail server of client.example answered", "127.0.0.1"),
    ("localhost", "the mail server of client.example answered", "localhost"),
    ("::1", "the mail server of client.example answered", "::1"),
    ("", "the mail server of client.example answered", "the mail server client.example"),
]:
    fields = GONE + ("Remote-MTA: dns; " + remote if remote else "X-Note: none")
    says("the server " + remote, mail("wang@client.example", fields), "en", words, never=[never])

# The page is given the same sentence as the terminal shows: it makes none of its own.
FOUND = "Status: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.client.example[192.0.2.7]:25: Connection timed out\n"
for fields, sentence in [
    (GONE, "The mail server of client.example said (how sure: very likely)"),
    (GONE + "Remote-MTA: dns; localhost", "The mail server of client.example said (how sure: very likely)"),
    (GONE + "Remote-MTA: dns; mx.client.example", "mx.client.example said (how sure: very likely)"),
    (FOUND, "mail.firm.example reported (how sure: very likely)"),
]:
    source = mail("wang@client.example", fields)
    words = json.loads(whybounce("parse", "--format", "words", "--lang", "en", "-", stdin=source.encode()))["words"]
    ok(words["proof"] == sentence, "the form words says: " + sentence, words["proof"])
    says("the proof", source, "en", sentence)

for fields, why in [("Status: 5.1.1\n", "a code quotes nobody"), (None, "a success has no proof")]:
    source = mail("wang@client.example", fields) if fields else mail("wang@client.example", GONE).replace("Action: failed", "Action: delivered")
    words = json.loads(whybounce("parse", "--format", "words", "--lang", "en", "-", stdin=source.encode()))["words"]
    ok(words["proof"] is None, why, words["proof"])

# A person is told stage and address even where the fields alone decide.
POSTFIX = """<wang@client.example>: host mx.client.example[192.0.2.7] said: 550 5.1.1
    User unknown (in reply to RCPT TO command)"""
seen = mail("wang@client.example", GONE + "Remote-MTA: dns; mx.client.example",
            prose="This is the mail system at host mail.firm.example.\n\n" + POSTFIX)
says("the human part", seen, "en", "mx.client.example [192.0.2.7] said at the recipient's address (RCPT TO)",
     "my message of 2 March 09:40 to wang@client.example was not delivered; the mail server mx.client.example [192.0.2.7]")
says("the human part", seen, "zh", "mx.client.example [192.0.2.7] 在收到收件人地址（RCPT TO）时答复", "我 3 月 2 日 09:40 发到")
ok('"remote_ip":null' in whybounce("parse", "--json", "-", stdin=seen.encode()),
   "parse reads the human part only where the fields do not decide")

# The end of a sentence in front of a status code is no server, as Exchange writes it.
says("a sentence, then the reply", mail("wang@client.example", "Status: 5.2.2\nDiagnostic-Code: smtp;554 5.2.2 mailbox full", prose="""\
wang@client.example
Wenden Sie sich an den Empfänger.

Diagnoseinformationen für Administratoren:

Generierender Server: ex1.client.example

wang@client.example
#554 5.2.2 mailbox full ##rfc822;wang@client.example"""), "en", "mailbox full", never=["server nger", "Proof nger"])

# The innermost reply alone is passed on, without the codes of its further lines (RFC 5321 4.2.1).
for diagnostic, words in [
    ("550-5.1.1 The account does not exist. 550-5.1.1 Check it. 550 5.1.1 Ask - gsmtp",
     "answered: “550 5.1.1 The account does not exist. Check it. Ask - gsmtp”."),
    ("host mx.client.example[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO command)",
     "answered: “550 5.1.1 No such user”."),
    ("421 4.4.2 Connection dropped>", "“421 4.4.2 Connection dropped”."),
    ("550 5.1.1 No such user <wang@client.example>", "“550 5.1.1 No such user <wang@client.example>”."),
    ("550-No such user 550 here", "answered: “550 No such user here”."),
]:
    fields = "Status: 5.1.1\nDiagnostic-Code: smtp; " + diagnostic
    says("a reply", mail("wang@client.example", fields), "en", words)
says("a code without words", mail("wang@client.example", "Status: 5.1.1"), "en",
     "“5.1.1 = Bad destination mailbox address”", never=["no words"])
says("words of the human part", mail("wang@client.example", "Status: 5.0.0", "The mailbox of the recipient is full."),
     "en", "answered: “mailbox of the recipient is full”", never=["no words"])
says("a first line only", mail("wang@client.example", "Status: 5.2.1\nDiagnostic-Code: smtp; 550-5.2.1 The account "
     "that you tried to reach is disabled. For more"), "en", "is disabled. For more …”")
says("the recipient's own server", mail("wang@client.example", GONE, reporter="mx.client.example"), "en",
     "the mail server mx.client.example answered")
LONG = "550 5.1.1 User unknown, " + "see our long and winding explanation " * 30
text = told(mail("wang@client.example", "Status: 5.1.1\nDiagnostic-Code: smtp; " + LONG), "en")
passed_on = text[text.index("answered: “"):text.index("”. Is this")]
ok(len(passed_on) < 300 and passed_on.endswith("…"), "a long reply is cut with an ellipsis", passed_on)

# ---- what mail programs show ----
TASK = "任务'anna@firm.example - 发送'报告了错误(0x800CCC78)：'服务器响应: 530 5.7.1 Client was not authenticated'"
REJECTED = "The rejected e-mail address was 'b@y.org'. Server: 'smtp.firm.example', Server Response: " \
    "'550 5.1.1 User unknown', Port: 25, Server Error: 550, Error Number: 0x800CCC79"
THUNDERBIRD = "An error occurred while sending mail. The mail server responded: 5.7.1 <b@y.org>: Relay access " \
    "denied. Please check the message recipient and try again."
for reply, recipient, quoted, responsible in [
    (TASK, None, "“530 5.7.1 Client was not authenticated”", "you"),
    (REJECTED, "b@y.org", "“550 5.1.1 User unknown”", "you"),
    (THUNDERBIRD, "b@y.org", "“5.7.1 <b@y.org>: Relay access denied”", "you"),
    ("0x800CCC0E", None, "my mail program cannot reach our mail server", "you"),
]:
    ok(report_of_reply(reply)["recipient"] == recipient, "whom it is about: " + reply)
    text = re.sub(r"\s+", " ", whybounce("reply", reply))
    ok(quoted in text and "Who must act " + responsible in text and "our own mail server" in text,
       "the own server refused: " + reply, text)

# ---- an answer that knows the very reason leaves out what the cause says in general ----
def reply_says(what, reply, language, *words, never=()):
    text = re.sub(r"\s+", "" if language == "zh" else " ", whybounce("reply", "--details", "--lang", language, reply))
    compare(text, what, language, words, never)


LOGIN = "553 5.7.1 <a@x.org>: Sender address rejected: not owned by user bob"
reply_says("another login", LOGIN, "en", "Who must act you", "may not use the sender address",
           never=["change the password", "I have changed my password", "released"])
reply_says("another login", LOGIN, "zh", "谁来处理 您自己", never=["被人盗用", "我已经改了密码", "解除限制"])
TABLE = "550 5.7.1 <a@x.org>: Sender address rejected: Access denied"  # Postfix access(5), nothing is asked back
reply_says("an access table", TABLE, "en", never=["asked back", "could not confirm"])
CLOSED = "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.sorbs.net"
reply_says("a closed blocklist", CLOSED, "en", "the administrator of the recipient's mail server",
           never=["taken off the list", "Look up 192.0.2.1", "(closed in"])
reply_says("a closed blocklist", CLOSED, "zh", never=["申请从黑名单上去掉", "怎样解除", "closed in"])
NETWORK = "554 5.7.1 Client host [192.0.2.1] blocked using dnsbl-3.uceprotect.net"
reply_says("a whole network", NETWORK, "en", never=["have it taken off the list", "how the listing ends"])
PROGRAM_FILE = "552 5.7.0 The file attachment .exe is not allowed"
reply_says("an attachment", PROGRAM_FILE, "en", "How may I send you the file?",
           never=["Find out what the filter dislikes", "Write a plain subject"])
COUNTRY = "550 5.7.1 Messages from your country are refused by this office"
reply_says("a country", COUNTRY, "zh", "放行", never=["有没有拼错", "SPF", "公司 IT"])
PGP = "550 Messages to this address must be OpenPGP-signed."
reply_says("encrypted mail", PGP, "en", "public key", never=["SPF", "short message of plain text"])
TENANT = "550 5.7.705 Access denied, tenant has exceeded threshold"
reply_says("a tenant", TENANT, "en", "your organisation", never=["I have changed my password", "rules of your mailbox"])
UTF8 = "550 5.6.7 non-ASCII addresses not permitted for that sender/recipient, SMTPUTF8 required"
reply_says("an address outside ASCII", UTF8, "en", "an address in plain letters", never=["not of what you wrote"])
LOCKED = "邮件发送失败，SMTP服务器返回：535 Error: 用户被锁定"  # RFC 4954 6: 535 speaks of whoever logs in
reply_says("a locked login", LOCKED, "zh", "谁来处理 您自己", "您的账号", never=["对方邮箱", "这个邮箱还在用吗"])
OWN_LIMIT = "550 5.4.5 Daily user sending limit exceeded. gsmtp"
reply_says("an account's limit", OWN_LIMIT, "en", "from my address or account", never=["slow it down"])
TB_SILENT = "The message could not be sent because connecting to Outgoing server (SMTP) smtp.firm.example failed. The " \
    "server may be unavailable or is refusing SMTP connections. Please verify that your Outgoing server (SMTP) settings " \
    "are correct and try again."
reply_says("Thunderbird", TB_SILENT, "en", "Your own mail server does not answer", "Your mail program reported",
           never=["The recipient's mail server"])

SLOW = "450 4.2.0 <b@y.org>: Recipient address rejected: Greylisted, try again in 300 seconds"
reply_says("greylisting", SLOW, "en", "wait at least 5 minutes")

# ---- while delivery goes on nothing has come back ----
LATER = "Status: 4.7.1\nDiagnostic-Code: smtp; 451 4.7.1 Client host [192.0.2.25] blocked using zen.spamhaus.org"
waiting = mail("wang@client.example", LATER).replace("Action: failed", "Action: delayed")
says("a delay", waiting, "en", "with this notice attached", "is not accepted at present because",
     never=["the returned mail", "was refused"])
says("a delay", waiting, "zh", "连同这封通知一起", "暂时没有被收下", never=["退信", "被拒收"])
# what the reporting server passes on was said by another one; what it found itself it reports
says("a reply passed on", mail("wang@client.example", GONE), "en",
     "Proof The mail server of client.example said", never=["mail.firm.example said"])
says("an own finding", mail("wang@client.example", "Status: 5.4.7\nDiagnostic-Code: smtp; could not be delivered for 5 "
     "days, giving up"), "en", "mail.firm.example reported", never=["mail.firm.example said"])

# ---- a report of somebody else's message ----
STRANGE = mail("zzz@other.example", GONE).replace("From: anna@firm.example", "From: sales@pills.example")
says("a stranger's message", STRANGE, "en", "from sales@pills.example to zzz@other.example was not delivered",
     "nothing of yours was lost")
says("a stranger's message", STRANGE, "zh", "sales@pills.example 发给 zzz@other.example 的邮件")
says("an own message", mail("zzz@other.example", GONE), "en", "Your message", "Look in “sent items”")

# ---- the layout: every text stands beside its label, or, when it is narrow, every one below ----
def labels_with_text(columns, language):
    source = os.path.join(ROOT, "test/mail/answer-forwarded-spf.eml")
    text = whybounce("explain", "--details", "--lang", language, source, env={"COLUMNS": str(columns)})
    lines = [line for line in text.splitlines() if re.match(r"  [^ ]", line) and "DKIM, DMARC)" not in line]
    return [bool(re.search(r"[^ ]  +[^ ]", line)) for line in lines], text


for columns, beside in (80, True), (50, False):
    for language in "en", "zh":
        stands, text = labels_with_text(columns, language)
        ok(len(stands) > 8 and all(s == beside for s in stands),
           "labels at %d columns in %s" % (columns, language), text)

# ---- the command line ----
ONE = mail("wang@client.example", GONE).encode()
ok(whybounce("parse", "--summary", "-", stdin=ONE).startswith("1 message, 1 report\n"), "one message is no messages")
ok(whybounce("parse", "--summary", "--lang", "zh", "-", stdin=ONE).startswith("1 封邮件，1 条报告\n"), "the same in zh")
REPLY = "550 5.1.1 User unknown"
behind = whybounce("reply", "--lang", "zh", REPLY)
for before in ["--lang", "zh"], ["--lang=zh"], ["--lang", "zh", "--color=never"]:
    ok(whybounce(*before, "reply", REPLY) == behind, "%s before the command" % " ".join(before))
ok(whybounce("--lang", "zh", "--help").startswith("whybounce 告诉您"), "--lang zh --help is the help of all")
ok(whybounce("--lang", "zh", "--version") == whybounce("--version"), "--lang zh --version")
for command in "explain", "parse", "reply", "causes", "knowledge", "anonymize", "help":
    text = whybounce("--lang", "zh", command, "--help")
    ok(text.startswith("用法：whybounce " + command), "%s --help in zh" % command, text)
    ok(not re.search(r"^ *[、，。；：）”？]", text, re.M), "no line of it begins with a mark", text)
ok(whybounce("knowledge", "--help").startswith("Usage: "), "knowledge --help in en")
made = whybounce("knowledge", "new", "--cause", "spam-content", "550 5.7.1 Rejected (policy), by ACME filter.")
ok("- id: rejected-policy-by-acme\n" in made, "knowledge new keeps words with punctuation in the id", made)
with tempfile.TemporaryDirectory() as folder:
    os.mkdir(os.path.join(folder, "causes"))
    with open(os.path.join(folder, "causes", "user-unknown.yaml"), "w") as file:
        file.write("phrases:\n  - {id: a-new-one, match: 'nobody of that name lives here', source: own}\n")
    done_ = subprocess.run([PROGRAM, "knowledge", "lint", folder], capture_output=True, text=True,
                           env=dict(os.environ, WHYBOUNCE_KNOWLEDGE=os.path.join(ROOT, "knowledge")))
    ok("1 fault\n" in done_.stderr, "one fault is no faults", done_.stderr)

# ---- the annotated view explains each line by itself ----
lines = whybounce("explain", "--annotate", "-", stdin=mail(
    "wang@client.example", "Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 User unknown").encode())
status = [line for line in lines.splitlines() if line.startswith("Status: 5.0.0")]
# RFC 3463 3.1: X.0.0 is "Other undefined Status"
ok(len(status) == 1 and "ndefined" in status[0], "Status: 5.0.0 is explained as 5.0.0", *status)

done()
