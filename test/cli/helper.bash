# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # bats gives status, output, stderr, lines
# What the tests of the command line share: the program, mails to read, and sentences to say.

bats_require_minimum_version 1.5.0

setup() {
    build="$(cd "${WHYBOUNCE_BUILD:-build}" && pwd)"
    PATH="$build:$PATH"
    cd "$BATS_TEST_TMPDIR" || return
    unset LC_ALL LC_MESSAGES LANG NO_COLOR COLUMNS WHYBOUNCE_CATALOGUE
    export WHYBOUNCE_KNOWLEDGE="$BATS_TEST_DIRNAME/../../knowledge"
    export TERM=xterm
    # a Chinese locale for tests of Chinese must not need one to be installed
    export LC_ALL=C.UTF-8
}

# ---- mails ----

# A report by RFC 3464: bounce RECIPIENT DIAGNOSTIC [SUBJECT of the returned mail]
bounce() {
    cat <<END
Return-Path: <>
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
To: sender@example.com
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 09:41:00 +0800
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

<$1>: host mx.example.org[192.0.2.1] said: $2

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Arrival-Date: Mon, 2 Mar 2026 09:40:00 +0800

Final-Recipient: rfc822; $1
Action: failed
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; $2

--b1
Content-Type: text/rfc822-headers

From: Wang Xiaoming <sender@example.com>
To: $1
Subject: ${3:-Quarterly figures}
Date: Mon, 2 Mar 2026 09:40:00 +0800
Message-ID: <unique-17@mail.example.com>
X-Campaign: spring-7

--b1--
END
}

unknown_user() {
    bounce "${1:-lee@example.org}" "550 5.1.1 <${1:-lee@example.org}>: User unknown"
}

mailbox_full() {
    bounce "${1:-kim@example.org}" "552 5.2.2 <${1:-kim@example.org}>: Mailbox is full"
}

# An mbox of mails given as files.
mbox() {
    local mail
    for mail; do
        echo "From MAILER-DAEMON Mon Mar  2 09:41:00 2026"
        sed 's/^\(>*From \)/>\1/' "$mail"
        echo
    done
}

# ---- running ----

# Like `run`, with standard output and standard error apart.
try() {
    run --separate-stderr "$@"
}

# The same with a terminal as standard output and error: on_terminal COLUMNS COMMAND...
on_terminal() {
    local columns=$1
    shift
    run --separate-stderr script --quiet --return --command \
        "stty columns $columns rows 50; $(printf '%q ' "$@")" /dev/null </dev/null
    output=${output//$'\r'/}
}

# ---- sentences ----

succeeds() {
    [ "$status" -eq 0 ] || explain_failure "it ended with status $status"
}

ends_with_status() {
    [ "$status" -eq "$1" ] || explain_failure "it ended with status $status, not $1"
}

says() {
    [[ $output == *"$1"* ]] || explain_failure "it does not say: $1"
}

does_not_say() {
    [[ $output != *"$1"* ]] || explain_failure "it says: $1"
}

says_nothing() {
    [ -z "$output" ] || explain_failure "it says something"
}

complains() {
    [[ $stderr == *"$1"* ]] || explain_failure "it does not complain: $1"
}

# One sentence, so that a person reads it.
complains_once() {
    complains "$1"
    [ "$(grep -c . <<<"$stderr")" -eq 1 ] || explain_failure "it does not complain just once"
}

is_quiet() {
    [ -z "$stderr" ] || explain_failure "it complains"
}

explain_failure() {
    printf '%s\n--- standard output:\n%s\n--- standard error:\n%s\n' \
        "$1" "${output:0:2000}" "${stderr:0:2000}"
    return 1
}

# No control character but the line feed, no C1, no bidi control, and all of it UTF-8.
nothing_raw() {
    python3 "$BATS_TEST_DIRNAME/raw.py" raw "$@"
}

# No line of standard input is wider than that many columns.
fits() {
    python3 "$BATS_TEST_DIRNAME/raw.py" fits "$1"
}

# Members of each JSON line: json_members cause recipient < FILE
json_members() {
    python3 "$BATS_TEST_DIRNAME/raw.py" members "$@"
}
