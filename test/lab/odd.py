# SPDX-License-Identifier: BSD-2-Clause
"""Where a server's mail says less, or something else, than what happened.

The truth of a mail is what a careful reader can still know from it. Each row of
ODD changes the truth of the table for some servers and cases and says why. The
group numbers are those of the study of odd formats (README.md lists them).
"""

from wordings import cases as worded

UNSAID = {"status": None, "reply_code": None, "stage": None}
EXPIRED = {"causes": ["expired", "no-response"], "permanence": "temporary", **UNSAID}
NO_REASON = {"causes": ["unknown", "expired", "no-response"], "permanence": None, **UNSAID}
REFUSALS = ["policy-rejected", "user-unknown", "recipient-restricted"]     # what a refused recipient may mean
SILENT = "net-* hang-* drop-* garbage-banner"
REFUSED_TO_TALK = "*-banner *-connect-* *-ehlo-* sdns-ehlo system-shutdown"
TLS = "tls-not-offered tls-refused tls-garbage tls-certificate"


# replies in charsets that some servers destroy
MANGLED = " ".join(id for id, _, row in worded() if any(isinstance(value, bytes) for value in row.values()))


def mangled(one):
    """The enhanced code is left; 5.7.1 alone does not say what was wrong."""
    return {"causes": one["causes"] + ["policy-rejected", "unknown"]} if one["status"] == "5.7.1" else None


def queued_for_good(one):
    """OpenSMTPD says only that the message expired when a refusal was temporary."""
    return {**EXPIRED, "status": "4.4.7"} if one["reply_code"] and one["reply_code"] < 500 else None


def unsaid_refusal(one):
    """Haraka quotes no reply when only some recipients were refused for good."""
    refused = (one["reply_code"] or 0) >= 500
    return {"causes": ["unknown", *REFUSALS, *one["causes"]], "permanence": None, **UNSAID} if refused else None


def expired(*also):
    return {**EXPIRED, "causes": EXPIRED["causes"] + list(also)}


def everybody(causes, code, status):
    """nullmailer blames every recipient for the first refusal."""
    def change(one):
        blamed = one["reply_code"] == code
        return {"kind": "bounce", "causes": causes if blamed else ["unknown", *causes], "permanence": one["permanence"] if blamed else None,
                "status": status, "reply_code": code, "stage": None}
    return change


# servers, cases, kinds of mail, what changes, why
ODD = [
    ("exim", SILENT, "bounce", EXPIRED, "only 'retry timeout exceeded' (group 2)"),
    ("exim", TLS, "bounce", expired("tls-failed"), "only 'retry timeout exceeded' (group 2)"),
    ("exim", "delay-refused delay-hang", "bounce", EXPIRED, "only 'retry timeout exceeded' (group 2)"),
    ("exim", "dns-servfail delay-servfail", "bounce", expired("host-unknown"), "only 'retry timeout exceeded' (group 2)"),
    ("exim", "delay-refused delay-hang delay-servfail", "delay", {**NO_REASON, "permanence": "temporary"}, "the warning gives no reason"),
    ("exim", "local-pipe-later", "bounce", {"causes": ["system-error", "expired"]}, "local delivery failed: retry timeout exceeded"),
    ("exim", "local-pipe-nouser", "bounce", {"causes": ["user-unknown", "system-error"]}, "the exit status stands only in the command"),
    ("exim", "loop-mx-self dns-loopback", "bounce", {**NO_REASON, "causes": NO_REASON["causes"] + ["routing-loop"]}, "an address and no reason at all (group 4)"),
    ("exim", "local-loop", "bounce", {"causes": ["user-unknown", "host-unknown"]}, "Unrouteable address (group 4)"),
    ("exim", "local-unknown", "bounce", {"causes": ["user-unknown", "host-unknown"]}, "Unrouteable address (group 4)"),
    ("exim", "dns-nxdomain dns-nodata", "bounce", {"causes": ["host-unknown", "user-unknown"]}, "Unrouteable address (group 4)"),

    ("opensmtpd", SILENT + " " + TLS + " dns-dangling dns-nodata dns-servfail null-mx noaccept-banner dnsbl-banner reputation-banner "
     "rate-banner rate-yahoo rate-recipient system-shutdown system-full system-queue system-config sdns-ehlo sdns-domain sdns-client "
     "mailbox-full-gmail mailbox-full-cyrus mailbox-full-comcast mailbox-full-gbk dnsbl-temporary greylist-* delay-* local-pipe-later",
     "bounce", {**EXPIRED, "status": "4.4.7"}, "reported as delayed; only 'Envelope expired' (group 6)"),
    ("opensmtpd", "mixed-fates", "bounce", lambda one: {**EXPIRED, "status": "4.4.7"} if one["permanence"] == "temporary" else None,
     "two mails: refused for good, and 'Envelope expired' reported as delayed (group 6)"),
    ("opensmtpd", "*-connect-* *-ehlo-*", "bounce", {**EXPIRED, "status": "4.4.7"}, "reported as delayed; only 'Envelope expired' (group 6)"),
    ("opensmtpd", "*-mail-* *-rcpt-* *-data-*", "bounce", queued_for_good, "reported as delayed; only 'Envelope expired' (group 6)"),
    ("opensmtpd", "*", "delay", {"permanence": "temporary"}, None),

    ("sendmail", "garbage-banner drop-* hang-* net-timeout net-two-hosts delay-hang", "bounce delay", {"stage": None},
     "'Connection timed out with', 'read error': before or after the greeting"),
    ("sendmail", TLS, "bounce", UNSAID, "a reply of its own making (group 19)"),

    ("sendmail", "tls-certificate", "bounce", {"causes": ["tls-failed", "auth-required"]}, "'454 4.7.0 authentication failed' is said of the certificate"),
    ("courier", "null-mx", "bounce", {"causes": ["host-unknown", "not-accepting"]}, "'No such domain.'"),
    ("courier", TLS, "bounce", UNSAID, "the peer's reply is not quoted"),
    ("courier", "drop-mail drop-rcpt drop-data drop-end hang-*", "bounce", {"stage": None}, "the command is not quoted"),
    ("courier", "rate-limited-mail-3 rate-yahoo", "bounce", lambda one: {"causes": one["causes"] + NO_REASON["causes"] + ["system-error"], **UNSAID},
     "the peer hangs up behind its 421: often only 'RSET: command failed' is told"),
    ("courier", "drop-banner hang-banner drop-ehlo hang-ehlo", "bounce", NO_REASON, "an address and no reason at all"),

    ("dma", "dns-loopback", "bounce", expired("routing-loop", "host-unknown"), "only 'Giving up' (group 16)"),
    ("dma", "dns-dangling", "bounce", expired("host-unknown"), "only 'Giving up' (group 16)"),
    ("dma", "dns-servfail", "bounce", expired("host-unknown"), "only 'Giving up' (group 16)"),
    ("dma", SILENT, "bounce", EXPIRED, "only 'Giving up' (group 16)"),
    ("dma", "*", "bounce", lambda one: EXPIRED if one["reply_code"] and one["reply_code"] < 500 else None, "only 'Giving up' (group 16)"),
    ("dma", "null-mx", "bounce", {"causes": ["host-unknown", "not-accepting"]}, "'host not found'"),
    ("dma", "sdns-ehlo *-ehlo-*", "bounce", NO_REASON, "'unknown bounce reason'"),

    ("nullmailer", "mixed-fates", "bounce", everybody(["user-unknown"], 550, "5.1.1"), "everybody is blamed for the first refusal (group 13)"),
    ("nullmailer", "toomany-permanent", "bounce", {"kind": "bounce", "causes": ["too-many-recipients"], "status": "5.5.3", "reply_code": 550},
     "everybody is blamed for the first refusal (group 13)"),
    ("nullmailer", "hang-* drop-*", "bounce", NO_REASON, "an empty Diagnostic-Code"),
    ("nullmailer", "*", "delay", {"permanence": "temporary"}, "given up in truth, but reported as delayed"),

    ("chasquid", "hang-* mailbox-full-gbk", "bounce", {**NO_REASON, "permanence": "temporary"}, "'failed repeatedly and timed out' with an empty last error"),
    ("chasquid", "*-ehlo-*", "bounce", {"permanence": None}, "what is said to EHLO is transient for it"),
    ("chasquid", "local-pipe-later", "bounce", {"permanence": None}, "exit status 75 is permanent for it"),
    ("chasquid", "null-mx", "bounce", {"causes": ["host-unknown", "not-accepting"], "permanence": None}, "'lookup .: no such host'"),
    ("chasquid", "loop-mx-self dns-loopback", "bounce", {"causes": ["auth-failed", "routing-loop"], "status": "5.7.23", "reply_code": 550},
     "its own SPF check refuses the mail when it comes round"),

    ("haraka", "net-* hang-* drop-*", "bounce", {"causes": ["no-response", "expired"], "permanence": "temporary", **UNSAID}, "only 'Tried all MXs' (group 14)"),
    ("haraka", "mixed-fates toomany-permanent", "bounce", unsaid_refusal, "refused for good: only 'Some recipients failed', without any reply"),
    ("haraka", "size-gbk", "bounce", {"causes": ["message-too-large", "mailbox-full"], "permanence": None},
     "the words are destroyed; 552 is left (group 10)"),
    ("haraka", "user-unknown-gbk", "bounce", {"causes": ["user-unknown", "policy-rejected"]},
     "the words are destroyed; 550 and the address are left (group 10)"),
    ("postfix", REFUSED_TO_TALK, "bounce", lambda one: {"stage": None} if one["reply_code"] else None,
     "'refused to talk to me': in the greeting or after EHLO"),
    ("postfix haraka", MANGLED, "bounce", mangled, "the words are destroyed; the enhanced code is left (group 10)"),
    ("postfix haraka", "mailbox-full-gbk", "bounce", {"causes": ["mailbox-full", "system-full"]}, "the words are destroyed; 452 is left (group 10)"),
    ("haraka", "dns-dangling", "bounce", {"causes": ["no-response", "expired", "host-unknown"], "permanence": None, **UNSAID}, "only 'Tried all MXs' (group 14)"),

    ("postfix opensmtpd courier chasquid", "size-announced", "bounce", UNSAID, "gave up by itself, having read SIZE in the answer to EHLO (group 21)"),
]

# Group numbers: the first row that fits. A marker is looked for in the report's own part.
GROUPS = [
    (6, "opensmtpd", "*", rb"envelope expired"),
    (20, "opensmtpd sendmail courier postfix", "loop-mx-self local-loop", None),
    (21, "opensmtpd postfix", "size-announced", None),
    (22, "postfix exim sendmail", "local-alias local-list success-expanded", None),
    (12, "postfix", "seven-*", None),
    (11, "postfix", "template-gbk-*", None),
    (3, "exim", "*", rb"(\\[0-7]{3}){2}"),
    (10, "postfix haraka sendmail opensmtpd dma nullmailer courier chasquid",
     "user-unknown-gbk mailbox-full-gbk size-gbk user-unknown-koi8r mailbox-full-latin1", None),
    (19, "postfix sendmail courier", TLS + " tls-peer-wants", None),
    (4, "exim", "loop-mx-self local-loop local-unknown dns-nxdomain dns-nodata dns-dangling null-mx", None),
    (2, "exim", "*", rb"retry timeout exceeded"),
    (1, "exim", "*", rb"status: [45]\.0\.0"),
    (7, "sendmail", "*-noesc size-fixed", None),
    (8, "sendmail", "*", rb"transcript of session follows"),
    (9, "postfix dovecot", "*", rb"action: failed\nstatus: 4|diagnostic-code: x-|\d{3}-\d\.\d\.\d"),
    (18, "dovecot", "local-quota sieve-reject lmtp-reject vacation", None),
    (5, "opensmtpd", "*", None),
    (13, "nullmailer", "*", None),
    (14, "haraka", "*", None),
    (15, "courier", "*", None),
    (16, "dma", "*", None),
    (17, "chasquid", "*", None),
]

# the stages of a refusal that a server's mail lets one see
ALL = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "end-of-data")
STAGE_SHOWN = {
    "postfix": ALL, "exim": ALL, "dma": ALL, "dovecot": ALL,
    "sendmail": ("connect", "mail"),            # pipelining: all other replies stand under >>> DATA
    "courier": ("connect", "mail", "rcpt"),     # >>> DATA for both
    "chasquid": ("data", "end-of-data"),        # MAIL+RCPT for both
}

# cases a server gives no mail for, or that make no sense with it
REFUSED = {
    # nullmailer-dsn takes the 2.0.2 of an IP address for a status code and gives up; a killed smtp never expires
    "nullmailer": ("spam-netease", "restricted-qq", "sender-netease", "dnsbl-banner", "dnsbl-temporary", "reputation-banner",
                   "sdns-ehlo", "noaccept-banner", "hang-banner", "hang-rcpt", "hang-end", "toomany-later"),
    # one session a recipient; no server of its own on port 25, no local domain
    "dma": ("toomany-later", "loop-mx-self"),
    # one session a recipient; its queue is aged by hand, so it never tries again
    "chasquid": ("toomany-later", "greylist-pass"),
}



def blames(change):
    return lambda one, log: change(one)


def deferred(one, log):
    """chasquid's log ends with 'all done', whatever became of the recipient."""
    given_up = b"to=%s failed (permanent)" % one["address"].encode() in log
    return None if given_up or one["kind"] == "delivered" else {"kind": "delay"}


# the same for logs: servers, cases, what changes, why
LOG_ODD = [
    ("exim", "local-loop local-unknown", {"causes": ["user-unknown", "host-unknown"]}, "Unrouteable address"),
    ("exim", "dns-nxdomain dns-nodata", {"causes": ["host-unknown", "user-unknown"]}, "Unrouteable address"),
    ("postfix haraka", "mailbox-full-gbk", {"causes": ["mailbox-full", "system-full"]}, "the words are destroyed; 452 is left"),
    ("exim sendmail", "local-pipe-nouser", {"causes": ["user-unknown", "system-error"]}, "an exit status"),
    ("exim sendmail", "local-pipe-full", {"causes": ["mailbox-full", "system-error"]}, "an exit status"),
    ("opensmtpd", SILENT + " tls-* delay-refused delay-hang", {"causes": ["no-response", "expired", "tls-failed"], **UNSAID},
     "'Network error on destination MXs'; the reason stands in a line of the session, without the message's id"),
    ("postfix", REFUSED_TO_TALK, lambda one, log: {"stage": None} if one["reply_code"] else None, "'refused to talk to me': in the greeting or after EHLO"),
    ("postfix haraka", MANGLED, lambda one, log: mangled(one), "the words are destroyed; the enhanced code is left"),
    ("opensmtpd", "noaccept-banner dnsbl-banner reputation-banner rate-banner system-shutdown sdns-ehlo *-connect-* *-ehlo-*",
     lambda one, log: {"causes": one["causes"] + ["no-response", "expired"], **UNSAID}, "the same: the peer's reply stands in a line of the session"),
    ("opensmtpd courier dma", "null-mx", {"causes": ["host-unknown", "not-accepting"]}, "'No MX found', 'No such domain'"),
    ("sendmail dma", "spam-gmail reputation-gmail",
     {"causes": ["unknown", "reputation", "spam-content", "content-rejected", "policy-rejected"], "permanence": None}, "only the first line of the reply"),
    ("sendmail", "dns-servfail delay-servfail", {"causes": ["host-unknown", "no-response", "expired", "unknown"]}, "only dsn=4.4.3"),
    ("sendmail postfix opensmtpd courier chasquid", TLS + " size-announced", UNSAID, "the reply is of its own making"),
    ("courier", "drop-banner hang-banner drop-ehlo hang-ehlo", NO_REASON, "no reason at all"),
    ("courier", "local-pipe-nouser local-pipe local-pipe-later local-pipe-full", lambda one, log: {"causes": one["causes"] + ["unknown"]}, "only the program's words"),
    ("exim", "tls-refused", {"status": None, "reply_code": None}, "'an attempt to start TLS failed', without the reply"),
    ("sendmail", "net-timeout net-two-hosts", {"stage": None}, "'Connection timed out with': before or after the greeting"),
    ("nullmailer", "drop-*", {"causes": ["no-response", "system-error", "unknown", "expired"], **UNSAID}, "'Protocol error'"),
    ("nullmailer", "mixed-fates", blames(everybody(["user-unknown"], 550, "5.1.1")), "everybody is blamed for the first refusal"),
    ("nullmailer", "toomany-permanent", {"kind": "bounce", "causes": ["too-many-recipients"], "status": "5.5.3", "reply_code": 550},
     "everybody is blamed for the first refusal"),
    ("chasquid", "null-mx", {"causes": ["host-unknown", "not-accepting"], "permanence": None}, "'lookup .: no such host'"),
    ("chasquid", "loop-mx-self", {"causes": ["auth-failed", "routing-loop"], "status": "5.7.23", "reply_code": 550}, "its own SPF check"),
    ("chasquid", "*", deferred, None),
    ("haraka", "dns-dangling", {"causes": ["no-response", "host-unknown", "expired"], "permanence": None}, "'Tried all MXs'"),
]
# logs that say nothing about the outcome
LOG_SILENT = {"chasquid": ("hang-banner", "hang-rcpt", "hang-end")}
LOG_STAGE_SHOWN = {
    "postfix": ALL, "exim": ALL, "dma": ALL, "dovecot": ALL,
    "chasquid": ("data", "end-of-data"),
}
# the message's id in the log's own words; two servers give every recipient an id
QUEUE_ID = {
    "postfix": rb"\]: ([0-9A-F]{6,}): ",
    "dovecot": rb"\]: ([0-9A-F]{6,}): ",
    "exim": rb" (\w{6}-\w{6}-\w{2}) ",
    "sendmail": rb"\]: (\w{14}): ",
    "opensmtpd": rb"evpid=([0-9a-f]{16}) from=<[^>]*> to=<%s>",
    "courier": rb"\bid=([0-9A-F.]{40,})",
    "dma": rb"mail to=<%s> queued as (\S+)",
    "chasquid": rb" ([\w-]{11}) from=",
    "nullmailer": rb"file: ([0-9.]+)",
    "haraka": rb"\[([0-9A-F]{8}-[0-9A-F-]{27}\.\d+)",
}
# servers that call a message delayed even when they have given it up
NEVER_FINAL = ("nullmailer",)
