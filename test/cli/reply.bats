#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce reply: what a mail server answered.
load helper

@test "a reply is explained" {
    try whybounce reply '550 5.1.1 User unknown'
    succeeds
    is_quiet
    says "Send it again?"
    says "550 5.1.1 User unknown"
    does_not_say "Never sent it?" # there is no report that could be forged
}

@test "the answer is in the language asked for" {
    try whybounce reply --lang zh '550 5.1.1 User unknown'
    succeeds
    says "要重发吗"
    LC_ALL=zh_CN.UTF-8 try whybounce reply '550 5.1.1 User unknown'
    says "要重发吗"
}

@test "as JSON it is one object" {
    try whybounce reply --json '552 5.2.2 mailbox full'
    succeeds
    [ "$(json_members cause status reply_code permanence recommendation <<<"$output")" = \
        "mailbox-full 5.2.2 552 temporary pause" ]
}

@test "a reply that refuses nothing is no bounce" {
    try whybounce reply '250 2.0.0 Ok: queued as 4Zq12'
    succeeds
    says "Passed on"
    does_not_say "not taken"
    try whybounce reply '354 End data with <CR><LF>.<CR><LF>'
    succeeds
    says "Not a delivery report"
}

@test "a reply of several lines is one reply" {
    try whybounce reply --json $'550-5.1.1 The email account that you tried to reach\r\n550 5.1.1 does not exist'
    succeeds
    [ "$(wc -l <<<"$output")" -eq 1 ]
    [ "$(json_members cause status reply_code <<<"$output")" = "user-unknown 5.1.1 550" ]
}

@test "several replies are answered in order" {
    try whybounce reply --json '552 5.2.2 mailbox full' '550 5.1.1 User unknown'
    [ "$(json_members cause <<<"$output")" = $'mailbox-full\nuser-unknown' ]
    try whybounce reply '552 5.2.2 mailbox full' '550 5.1.1 User unknown'
    [[ $output == *"mailbox full"*$'\n\n'*"User unknown"* ]]
}

@test "a table for spreadsheets" {
    try whybounce reply --csv '552 5.2.2 mailbox full' '550 5.1.1 User unknown'
    succeeds
    [ "$(cut -d, -f5 <<<"$output")" = $'cause\n"mailbox-full"\n"user-unknown"' ]
    [ "$(whybounce reply --format csv '552 5.2.2 mailbox full' '550 5.1.1 User unknown')" = "$output" ]
    try whybounce reply --csv --format html '552 5.2.2 mailbox full'
    ends_with_status 2
    complains_once "--csv and --format cannot be used together"
}

@test "a dash reads one reply a line, and says from which line" {
    printf '552 5.2.2 mailbox full\r\n\n \n550 5.1.1 User unknown' > replies.txt # no line feed at the end
    try whybounce reply --json - < replies.txt
    succeeds
    [ "$(json_members index cause source <<<"$output")" = $'0 mailbox-full -\n3 user-unknown -' ]
}

@test "what a mail program showed of its own server is laid at the own server's door" {
    try whybounce reply --json 'SMTP error, RCPT TO: 550 relaying denied'
    succeeds
    [[ $(json_members fault <<<"$output") != recipient* ]]
    [ "$(json_members cause <<<"$output")" = relay-denied ]
}

@test "details add codes and advice for administrators" {
    try whybounce reply '552 5.2.2 mailbox full'
    does_not_say "Codes"
    try whybounce reply --details '552 5.2.2 mailbox full'
    says "Codes"
    says "Administrator"
}

@test "a reply that begins with a dash goes behind --" {
    try whybounce reply --json -- '-ERR 550 5.1.1 User unknown'
    succeeds
    [ "$(json_members cause <<<"$output")" = user-unknown ]
}

@test "no reply, an empty one, and empty input are asked about" {
    try whybounce reply
    ends_with_status 2
    complains_once "which reply?"
    for empty in "" " " $'\n'; do
        try whybounce reply "$empty"
        ends_with_status 2
        says_nothing
        complains_once "a reply is empty"
    done
    try whybounce reply - < /dev/null
    ends_with_status 1
    complains_once "there is no reply in it"
}

@test "a program that keeps it open on a terminal is answered at once" {
    mkfifo to
    (printf '550 5.1.1 User unknown\n' ; sleep 2) > to &
    run timeout 1 script --quiet --return --command 'whybounce reply - < to' /dev/null < /dev/null
    [[ $output == *"User unknown"* ]]
}

@test "a reply in another form, and with the class of another program" {
    [ "$(whybounce reply --json --classes kumomta '552 5.2.2 Mailbox is full' | json_members class)" = QuotaIssues ]
    whybounce reply --format csv --classes kumomta '552 5.2.2 Mailbox is full' '550 5.1.1 User unknown' > replies.csv
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column class < replies.csv)" = $'QuotaIssues\nInvalidRecipient' ]
    [ "$(whybounce reply --format sisimai '550 5.1.1 <lee@example.org> User unknown' | json_members recipient reason)" = \
        "lee@example.org userunknown" ]
    try whybounce reply --format nothing '550 5.1.1 User unknown'
    ends_with_status 2
    complains_once "there is no format 'nothing'; use one of: json"
    try whybounce reply --json --format csv '550 5.1.1 User unknown'
    ends_with_status 2
    complains_once "--json and --format cannot be used together"
}
