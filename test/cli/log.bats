#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce log: what a mail server's log says of mail that was not delivered.
load helper

# A message of Postfix that fails: failed RECIPIENT REPLY [ID] [DATE] [SENDER]
failed() {
    local id=${3:-4FD1B2A0A9} date=${4:-Mar  2 09:40:01} sender=${5:-li.na@example.com}
    cat <<END
$date mail postfix/cleanup[7]: $id: message-id=<$id@example.com>
$date mail postfix/qmgr[7]: $id: from=<$sender>, size=963, nrcpt=1 (queue active)
$date mail postfix/smtp[7]: $id: to=<$1>, relay=mx.example.org[192.0.2.25]:25, delay=1, delays=0/0/0/1, dsn=5.0.0, status=bounced (host mx.example.org[192.0.2.25] said: $2 (in reply to RCPT TO command))
$date mail postfix/qmgr[7]: $id: removed
END
}

delayed() {
    echo "Mar  2 0$1:00:00 mail postfix/smtp[7]: 4FD1B2A0A9: to=<kim@example.org>, relay=mx.example.org[192.0.2.25]:25, delay=1, delays=0/0/0/1, dsn=4.2.2, status=deferred (host mx.example.org[192.0.2.25] said: 452 4.2.2 mailbox is full (in reply to RCPT TO command))"
}

UNKNOWN='550 5.1.1 User unknown'
FULL='552 5.2.2 Mailbox is full'

# Waits until the file has that many lines, at most ten seconds.
wait_for_lines() {
    for _ in $(seq 100); do
        [ "$(wc -l <"$2")" -lt "$1" ] || return 0
        sleep 0.1
    done
    explain_failure "there are $(wc -l <"$2") lines in $2, not $1: $(cat "$2")"
}

@test "a failure is explained, with when, from whom and under which id" {
    failed lee@example.org "$UNKNOWN" > mail.log
    try whybounce log --year 2026 --zone +08:00 mail.log
    succeeds
    is_quiet
    says "2026-03-02 09:40:01  li.na@example.com (4FD1B2A0A9)"
    says "lee@example.org"
    says "Send it again?"
    LC_ALL=zh_CN.UTF-8 try whybounce log mail.log
    says "要重发吗"
}

@test "as JSON it is what the returned mail would say, with the same key" {
    failed lee@example.org "$UNKNOWN" > mail.log
    bounce lee@example.org "$UNKNOWN" | sed 's/^Message-ID:.*/Message-ID: <4FD1B2A0A9@example.com>/' > bounce.eml
    try whybounce log --json mail.log
    succeeds
    from_log=$(json_members cause stage recipient failure_key <<<"$output")
    [ "$(json_members cause recipient failure_key < <(whybounce parse bounce.eml))" = \
        "$(json_members cause recipient failure_key <<<"$output")" ]
    [[ $from_log == "user-unknown rcpt lee@example.org "* ]]
}

@test "source and line number say where it stands" {
    failed lee@example.org "$UNKNOWN" > mail.log
    try whybounce log --json mail.log
    [ "$(json_members source index <<<"$output")" = "mail.log 2" ]
    try whybounce log --json - < mail.log
    [ "$(json_members source index <<<"$output")" = "- 2" ]
}

@test "CSV has a head and a line for each failure, the summary counts" {
    { failed lee@example.org "$UNKNOWN"; failed kim@example.org "$FULL" 5FD1B2A0A9; } > mail.log
    try whybounce log --csv mail.log
    succeeds
    [ "$(wc -l <<<"$output")" -eq 3 ]
    [[ $output == source,* ]] || says "recipient"
    try whybounce log --summary mail.log
    says "not delivered: 2 recipients"
    says "user-unknown"
    says "mailbox-full"
    try whybounce log --summary --json mail.log
    [ "$(json_members cause count <<<"$output")" = $'mailbox-full 1\nuser-unknown 1' ]
}

@test "a delay is told once, in JSON with every attempt; when time is over it has failed" {
    { delayed 1; delayed 2; delayed 3; } > mail.log
    try whybounce log mail.log
    [ "$(grep -c 'kim@example.org   ' <<<"$output")" -eq 1 ]
    try whybounce log --json mail.log
    [ "$(json_members kind <<<"$output")" = $'delay\ndelay\ndelay' ]
    echo "Mar  7 01:00:00 mail postfix/qmgr[7]: 4FD1B2A0A9: from=<a@example.com>, status=expired, returned to sender" >> mail.log
    try whybounce log --json mail.log
    [ "$(json_members kind cause status <<<"$output" | tail -n 1)" = "bounce mailbox-full 4.2.2" ]
}

@test "deliveries are only told when they are asked for" {
    failed lee@example.org "250 ok" | sed 's/status=bounced/status=sent/' > mail.log
    try whybounce log --json mail.log
    succeeds
    says_nothing
    try whybounce log --json --deliveries mail.log
    [ "$(json_members kind recipient <<<"$output")" = "delivered lee@example.org" ]
    try whybounce log mail.log
    says "Nothing failed in this log."
}

@test "only one recipient, one sender, a domain of them" {
    { failed lee@example.org "$UNKNOWN"; failed kim@example.net "$FULL" 5FD1B2A0A9 "Mar  2 09:40:01" news@example.com; } > mail.log
    for wish in "--recipient lee@example.org" "--recipient @EXAMPLE.org" "--recipient example.org" "--sender li.na@example.com"; do
        # shellcheck disable=SC2086
        try whybounce log --json $wish mail.log
        succeeds
        [ "$(json_members recipient <<<"$output")" = "lee@example.org" ] || explain_failure "$wish"
    done
    try whybounce log --json --sender @example.com --recipient nobody@example.org mail.log
    succeeds
    says_nothing
}

@test "since leaves out what is older, but remembers it" {
    { failed lee@example.org "$UNKNOWN" 4FD1B2A0A8 "Mar  1 09:40:01"; delayed 1; } > mail.log
    echo "Mar  7 01:00:00 mail postfix/qmgr[7]: 4FD1B2A0A9: from=<a@example.com>, status=expired, returned to sender" >> mail.log
    try whybounce log --json --year 2026 --zone UTC --since "2026-03-03" mail.log
    succeeds
    [ "$(json_members kind cause recipient <<<"$output")" = "bounce mailbox-full kim@example.org" ]
    try whybounce log --json --year 2026 --zone UTC --since "2026-03-02 01:00:00+00:00" mail.log
    [ "$(wc -l <<<"$output")" -eq 2 ]
    touch mail.log
    failed lee@example.org "$UNKNOWN" 6FD1B2A0A8 "$(LC_ALL=C date '+%b %e %H:%M:%S')" >> mail.log
    try whybounce log --json --since 2h mail.log
    [ "$(json_members queue_id <<<"$output")" = "6FD1B2A0A8" ]
}

@test "since that nobody understands is refused" {
    try whybounce log --since soon mail.log
    ends_with_status 2
    complains_once "--since does not understand 'soon'"
    try whybounce log --zone Nowhere/Land mail.log
    ends_with_status 2
    complains_once "there is no time zone 'Nowhere/Land'"
}

@test "December is last year's in a file that was changed in January" {
    { failed lee@example.org "$UNKNOWN" 4FD1B2A0A8 "Dec 31 23:59:59"; failed lee@example.org "$UNKNOWN" 4FD1B2A0A9 "Jan  1 00:00:01"; } > mail.log
    touch -d '2026-01-03 12:00:00 UTC' mail.log
    try whybounce log --json --zone UTC mail.log
    [ "$(json_members last_attempt_date <<<"$output")" = $'2025-12-31T23:59:59Z\n2026-01-01T00:00:01Z' ]
    try whybounce log --json --zone UTC --year 2019 mail.log
    [ "$(json_members last_attempt_date <<<"$output")" = $'2019-12-31T23:59:59Z\n2020-01-01T00:00:01Z' ]
}

@test "the day that only leap years have is of the last leap year" {
    failed lee@example.org "$UNKNOWN" 4FD1B2A0A8 "Feb 29 12:00:00" > mail.log
    touch -d '2026-01-03 12:00:00 UTC' mail.log
    try whybounce log --json --zone UTC mail.log
    [ "$(json_members last_attempt_date <<<"$output")" = "2024-02-29T12:00:00Z" ]
}

@test "the zone is the line's, else the one asked for, else the machine's" {
    [ -e /usr/share/zoneinfo/Asia/Shanghai ] || skip "there are no time zones here"
    failed lee@example.org "$UNKNOWN" 4FD1B2A0A8 "2026-07-02T09:40:01.123456+02:00" > zoned.log
    failed lee@example.org "$UNKNOWN" 4FD1B2A0A8 "Jul  2 09:40:01" > plain.log
    try whybounce log --json --zone Asia/Shanghai zoned.log
    [ "$(json_members last_attempt_date <<<"$output")" = "2026-07-02T07:40:01Z" ]
    try whybounce log --json --year 2026 --zone Asia/Shanghai plain.log
    [ "$(json_members last_attempt_date <<<"$output")" = "2026-07-02T01:40:01Z" ]
    TZ=Europe/Berlin try whybounce log --json --year 2026 plain.log
    [ "$(json_members last_attempt_date <<<"$output")" = "2026-07-02T07:40:01Z" ]
    TZ=Europe/Berlin try whybounce log --json --year 2026 - < <(sed 's/^Jul/Jan/' plain.log)
    [ "$(json_members last_attempt_date <<<"$output")" = "2026-01-02T08:40:01Z" ]
}

@test "several files are read from the oldest on, so that messages are whole" {
    failed lee@example.org "$UNKNOWN" | head -n 2 > mail.log.1
    failed lee@example.org "$UNKNOWN" | tail -n 2 > mail.log
    gzip mail.log.1
    touch -d '2026-03-02 10:00:00' mail.log.1.gz
    try whybounce log --json mail.log mail.log.1.gz
    succeeds
    [ "$(json_members original.message_id <<<"$output")" = "4FD1B2A0A9@example.com" ]
}

@test "a missing file is named, the others are read" {
    failed lee@example.org "$UNKNOWN" > mail.log
    try whybounce log --json missing.log mail.log
    ends_with_status 1
    complains_once "missing.log: No such file or directory"
    [ "$(json_members recipient <<<"$output")" = "lee@example.org" ]
    try whybounce log .
    ends_with_status 1
    complains_once ".: Is a directory"
}

@test "what is no log is said to be none" {
    head -c 300000 /bin/sh > binary
    try whybounce log binary
    ends_with_status 1
    complains_once "binary: no line is of a mail server's log"
    says_nothing
    : > empty
    try whybounce log --json empty
    succeeds
    says_nothing
    echo "Dear Sir" | { try whybounce log -; complains "standard input: no line is of a mail server's log"; }
}

@test "a format that does not exist is named, with those that do" {
    try whybounce log --format exchange mail.log
    ends_with_status 2
    complains_once "there is no log format 'exchange'; use one of: postfix exim"
    try whybounce log
    ends_with_status 2
    complains_once "which log?"
    try whybounce log --follow --summary mail.log
    ends_with_status 2
}

@test "help names every format, in both languages" {
    try whybounce log --format none mail.log
    # shellcheck disable=SC2154 # try sets it
    for format in ${stderr##*: }; do
        whybounce log --help --lang en | grep -q "[ ,]${format}[,;]" || explain_failure "$format"
        whybounce log --help --lang zh | grep -q "$format" || explain_failure "$format"
    done
    try whybounce log --summary --deliveries mail.log
    ends_with_status 2
    complains_once "--deliveries and --summary cannot be used together"
}

@test "broken lines do no harm" {
    {
        printf 'Mar  2 09:40:01 mail postfix/smtp[7]: \0\0\0\377\n\nMar\nMar  2 09:40:01 mail postfix/smtp[7]: 4FD1B2A0A9: to=<\n'
        printf 'Mar  2 09:40:01 mail postfix/smtp[7]: 4FD1B2A0A9: to=<a@b>, status=bounced (\n'
        printf 'Mar 99 99:99:99 mail postfix/smtp[7]: 4FD1B2A0A9: to=<c@d>, status=bounced (\033[2J\0 550 no)\n'
        printf 'Mar  2 09:40:01 mail postfix/smtp[7]: %s: to=<a@b>, status=bounced (550 5.1.1 x)\n' "$(head -c 100000 /dev/zero | tr '\0' A)"
        failed lee@example.org "$UNKNOWN"
    } > mail.log
    try whybounce log --json mail.log
    succeeds
    [ "$(json_members recipient <<<"$output" | tail -n 1)" = "lee@example.org" ]
    whybounce log mail.log | nothing_raw
}

@test "a line of a megabyte is cut, and the report says so" {
    {
        printf 'Mar  2 09:40:01 mail postfix/smtp[7]: 4FD1B2A0A8: to=<kim@example.org>, relay=none, dsn=5.2.2, status=bounced (552 mailbox full '
        head -c 1000000 /dev/zero | tr '\0' x
        echo ')'
        failed lee@example.org "$UNKNOWN"
    } > mail.log
    try whybounce log --json mail.log
    succeeds
    [ "$(json_members recipient cause <<<"$output")" = $'kim@example.org mailbox-full\nlee@example.org user-unknown' ]
    [[ $(head -n 1 <<<"$output") == *'"log-line-bytes"'* ]]
    [ "$(json_members index <<<"$output" | tail -n 1)" = 3 ]
}

@test "endless queue ids take no more memory" {
    [ -z "${ASAN_OPTIONS:-}" ] || skip "a sanitizer takes its own"
    python3 - > mail.log <<'END'
for i in range(400000):
    print("Mar  2 09:40:01 mail postfix/qmgr[7]: %012X: from=<%s@example.com>, size=9, nrcpt=1 (queue active)" % (i, "x" * 200))
END
    failed lee@example.org "$UNKNOWN" >> mail.log
    run bash -c "ulimit -v 400000; whybounce log --json mail.log"
    succeeds
    [ "$(json_members recipient <<<"$output")" = "lee@example.org" ]
}

@test "following tells each failure when it happens" {
    failed lee@example.org "$UNKNOWN" > mail.log
    whybounce log --json --follow mail.log > out 2> err &
    pid=$!
    wait_for_lines 1 out
    failed kim@example.org "$FULL" 5FD1B2A0A9 | head -n 3 | head -c -20 >> mail.log
    sleep 0.5
    [ "$(wc -l < out)" -eq 1 ] # half a line is no line
    printf 'RCPT TO command))\n' >> mail.log
    wait_for_lines 2 out
    kill -TERM "$pid"
    wait "$pid" || true
    [ "$(json_members recipient < out)" = $'lee@example.org\nkim@example.org' ]
}

@test "following goes on when the log is renamed and made anew" {
    failed lee@example.org "$UNKNOWN" | head -n 2 > mail.log
    whybounce log --json --follow mail.log > out 2> err &
    pid=$!
    sleep 0.5
    mv mail.log mail.log.1
    : > mail.log
    sleep 0.5
    failed lee@example.org "$UNKNOWN" | tail -n 2 >> mail.log.1 # the server has not noticed yet
    wait_for_lines 1 out
    failed kim@example.org "$FULL" 5FD1B2A0A9 >> mail.log
    wait_for_lines 2 out
    kill -TERM "$pid"
    wait "$pid" || true
    [ "$(json_members recipient original.message_id < out)" = \
        $'lee@example.org 4FD1B2A0A9@example.com\nkim@example.org 5FD1B2A0A9@example.com' ]
}

@test "following goes on when the log is copied and emptied" {
    { failed lee@example.org "$UNKNOWN"; failed lee@example.org "$UNKNOWN" 4FD1B2A0A8; } > mail.log
    whybounce log --json --follow mail.log > out 2> err &
    pid=$!
    wait_for_lines 2 out
    cp mail.log mail.log.1
    : > mail.log
    sleep 0.5
    failed kim@example.org "$FULL" 5FD1B2A0A9 >> mail.log
    wait_for_lines 3 out
    kill -TERM "$pid"
    wait "$pid" || true
    [ "$(json_members recipient < out | tail -n 1)" = "kim@example.org" ]
}

@test "a pipe is answered line by line" {
    mkfifo pipe
    whybounce log --json - < pipe > out &
    pid=$!
    exec 7> pipe
    failed lee@example.org "$UNKNOWN" >&7
    wait_for_lines 1 out
    exec 7>&-
    wait "$pid"
}
