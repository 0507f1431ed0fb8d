#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce parse: many mails in, one line a recipient out.
load helper

# Folder box: mails 000.eml to 299.eml, each to a recipient of its own.
many() {
    mkdir -p box
    for i in $(seq -w 0 299); do
        if [ $((10#$i % 2)) = 0 ]; then unknown_user "r$i@example.org"; else mailbox_full "r$i@example.org"; fi > "box/$i.eml"
    done
}

# ---- JSON ----

@test "one JSON object a recipient, with what design.md promises" {
    unknown_user > bounce.eml
    try whybounce parse --json bounce.eml
    succeeds
    is_quiet
    echo "$output" > report.json
    [ "$(wc -l < report.json)" -eq 1 ]
    [ "$(json_members schema source index kind recipient cause permanence recommendation status reply_code < report.json)" = \
        "1 bounce.eml 0 bounce lee@example.org user-unknown permanent suppress 5.1.1 550" ]
    [ "$(json_members evidence.text original.message_id original.subject remote_mta < report.json)" = \
        "User unknown unique-17@mail.example.com Quarterly figures mx.example.org" ]
}

@test "JSON is what comes without any option" {
    unknown_user > bounce.eml
    [ "$(whybounce parse bounce.eml)" = "$(whybounce parse --json bounce.eml)" ]
    [ "$(whybounce parse bounce.eml)" = "$(whybounce parse --format json bounce.eml)" ]
}

@test "the proof stands where the offset says" {
    unknown_user > bounce.eml
    offset=$(whybounce parse bounce.eml | json_members evidence.offset)
    [ "$(tail -c +$((offset + 1)) bounce.eml | head -c 12)" = "User unknown" ]
}

@test "--keep-header gives header fields of the returned mail, absent ones as null" {
    unknown_user > bounce.eml
    whybounce parse --keep-header X-Campaign,X-None bounce.eml > report.json
    [ "$(json_members original.headers.X-Campaign original.headers.X-None < report.json)" = "spring-7 null" ]
    whybounce parse --csv --keep-header X-Campaign,X-None bounce.eml > report.csv
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column X-Campaign < report.csv)" = "spring-7" ]
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column X-None < report.csv)" = "" ]
}

# ---- CSV ----

@test "CSV has a line of names and a line a recipient, each with as many cells" {
    unknown_user one@example.org > 1.eml
    mailbox_full two@example.org > 2.eml
    whybounce parse --csv 1.eml 2.eml > reports.csv
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column recipient < reports.csv)" = $'one@example.org\ntwo@example.org' ]
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column cause < reports.csv)" = $'user-unknown\nmailbox-full' ]
    [ "$(python3 -c 'import csv,sys; print(len({len(r) for r in csv.reader(sys.stdin)}))' < reports.csv)" = 1 ]
}

@test "no cell of the CSV can be taken for a formula" {
    for start in '=1+1' '+1' '-1' '@SUM(1)' $'\t=1' ' =1' '=HYPERLINK("http://x.example","y")'; do
        bounce "=cmd@example.org" "550 5.1.1 $start User unknown" "$start" > bounce.eml
        sed -i "s/X-Campaign:.*/X-Campaign: $(sed 's/[&/]/\\&/g' <<<"$start")/" bounce.eml
        whybounce parse --csv --keep-header X-Campaign bounce.eml > reports.csv
        python3 "$BATS_TEST_DIRNAME/raw.py" formulas < reports.csv
    done
    bounce lee@example.org "550 5.1.1 User unknown" '=1+1' > ./=evil.eml # a file's name is a cell, too
    whybounce parse --csv =evil.eml | python3 "$BATS_TEST_DIRNAME/raw.py" formulas
}

# ---- a summary ----

@test "the summary counts messages, reports and causes" {
    many
    try whybounce parse --summary box
    succeeds
    says "300 messages, 300 reports"
    grep -Eq '^user-unknown +150 ' <<<"$output"
    grep -Eq '^mailbox-full +150 ' <<<"$output"
    try whybounce parse --summary --lang zh box
    says "300 封邮件，300 条报告"
}

@test "the columns of the summary stay apart however long a name is" {
    many
    try whybounce parse --summary --lang zh box
    for line in "${lines[@]:1}"; do
        [ "$(wc -w <<<"$line")" -eq "$(wc -w <<<"${lines[1]}")" ]
    done
}

@test "the summary as JSON is the same with any number of threads" {
    many
    [ "$(whybounce parse --summary --json --jobs 1 box)" = "$(whybounce parse --summary --json --jobs 2 box)" ]
    [ "$(whybounce parse --summary --json box | json_members cause count | sort)" = $'mailbox-full 150\nuser-unknown 150' ]
}

# ---- order, and threads ----

@test "the output is the same to the byte with one thread and with several" {
    many
    mbox box/*.eml > box.mbox
    for what in box box.mbox; do
        for form in --json --csv; do
            whybounce parse $form --jobs 1 $what > one
            whybounce parse $form --jobs 2 $what > two
            whybounce parse $form --jobs 7 $what > seven
            cmp one two
            cmp one seven
        done
    done
}

@test "the output is in the order of the input" {
    many
    seq -f 'r%03.0f@example.org' 0 299 > expected
    whybounce parse --jobs 2 box | json_members recipient | diff - expected
    mbox box/*.eml > box.mbox
    whybounce parse --jobs 2 box.mbox | json_members recipient | diff - expected
    whybounce parse --jobs 2 box.mbox | json_members index | diff - <(seq 0 299)
    [ "$(whybounce parse box/005.eml box/001.eml box/003.eml | json_members recipient)" = \
        $'r005@example.org\nr001@example.org\nr003@example.org' ]
}

# ---- what is read ----

@test "an mbox is cut at its From lines, and quoted ones are unquoted" {
    unknown_user one@example.org > 1.eml
    sed 's/^I.m sorry/From here on it is quoted\n&/' <(mailbox_full two@example.org) > 2.eml
    mbox 1.eml 2.eml > box.mbox
    grep -q '^>From here' box.mbox
    [ "$(whybounce parse box.mbox | json_members recipient)" = $'one@example.org\ntwo@example.org' ]
}

@test "packed mboxes and mails are unpacked: gzip, xz, zstd" {
    unknown_user one@example.org > 1.eml
    mailbox_full two@example.org > 2.eml
    mbox 1.eml 2.eml > box.mbox
    whybounce parse box.mbox | sed 's/"source":"[^"]*"//' > plain
    gzip -k box.mbox
    xz -k box.mbox
    packed="box.mbox.gz box.mbox.xz"
    if command -v zstd > /dev/null; then
        zstd -q box.mbox
        packed="$packed box.mbox.zst"
    fi
    for file in $packed; do
        whybounce parse $file | sed 's/"source":"[^"]*"//' | cmp - plain
        whybounce parse - < $file | sed 's/"source":"[^"]*"//' | cmp - plain
    done
    for file in $packed; do # all three allow it
        cat $file $file > "twice.$file"
        [ "$(whybounce parse "twice.$file" | wc -l)" -eq 4 ]
    done
    # a member that ends where a read of 64 KB ends: its name fills it up
    python3 - > edge.gz <<'END'
import gzip, io, sys
mails = open("box.mbox", "rb").read()
def member(name):
    out = io.BytesIO()
    gzip.GzipFile(name, "wb", fileobj=out).write(mails)
    return out.getvalue()
first = member("x" * (65536 - len(member("x")) + 1))
assert len(first) == 65536
sys.stdout.buffer.write(first + member("x"))
END
    [ "$(timeout 10 whybounce parse edge.gz | wc -l)" -eq 4 ]
}

@test "of a Maildir new and cur are read, tmp and what lies beside are not" {
    mkdir -p Maildir/{new,cur,tmp}
    unknown_user new@example.org > Maildir/new/1
    unknown_user cur@example.org > "Maildir/cur/2:2,S"
    unknown_user tmp@example.org > Maildir/tmp/3
    echo uidlist > Maildir/dovecot-uidlist
    try whybounce parse Maildir
    succeeds
    [ "$(json_members recipient <<<"$output" | sort)" = $'cur@example.org\nnew@example.org' ]
}

@test "a folder is read however deep, hidden files are not" {
    mkdir -p box/deep/deeper
    unknown_user one@example.org > box/deep/deeper/1.eml
    unknown_user two@example.org > box/2.eml
    unknown_user hidden@example.org > box/.hidden
    ln -s .. box/deep/round # a link that goes round
    try whybounce parse box
    succeeds
    [ "$(json_members recipient <<<"$output" | sort)" = $'one@example.org\ntwo@example.org' ]
}

@test "a FIFO is read like a file" {
    unknown_user > bounce.eml
    mkfifo pipe
    cat bounce.eml > pipe &
    try whybounce parse pipe
    succeeds
    [ "$(json_members recipient <<<"$output")" = "lee@example.org" ]
    [ "$(whybounce parse <(cat bounce.eml) | json_members recipient)" = "lee@example.org" ]
}

@test "standard input and files may be mixed" {
    unknown_user one@example.org > 1.eml
    unknown_user two@example.org > 2.eml
    [ "$(whybounce parse 1.eml - < 2.eml | json_members recipient source)" = $'one@example.org 1.eml\ntwo@example.org -' ]
}

# ---- --stream ----

@test "--stream answers each mail with one line, an array of its reports" {
    unknown_user one@example.org > 1.eml
    mailbox_full two@example.org > 2.eml
    python3 "$BATS_TEST_DIRNAME/raw.py" framed 1.eml 2.eml | whybounce parse --stream > answers
    [ "$(python3 -c 'import json,sys
for line in sys.stdin: print(*[r["recipient"] + " " + r["cause"] for r in json.loads(line)])' < answers)" = \
        $'one@example.org user-unknown\ntwo@example.org mailbox-full' ]
}

@test "--stream answers a mail before the next one comes" {
    unknown_user > 1.eml
    mkfifo to from
    whybounce parse --stream < to > from &
    exec 8> to 9< from
    for _ in 1 2 3; do
        python3 "$BATS_TEST_DIRNAME/raw.py" framed 1.eml >&8
        read -r -t 20 line <&9
        [[ $line == '[{"schema":1'*'}]' ]]
    done
    exec 8>&- 9<&-
    wait
}

@test "--stream: an empty mail is a mail" {
    try whybounce parse --stream <<<"0"
    succeeds
    [[ $output == "["*"]" ]]
}

@test "--stream says when the input is not what was agreed" {
    for input in "hello" "-5" "12x" "99999999999999999999999999999999999999"; do
        try whybounce parse --stream <<<"$input"
        ends_with_status 1
        complains_once "--stream: a length in bytes and a line feed must stand before mail 0"
    done
    unknown_user > 1.eml
    try bash -c 'python3 "$0" framed 1.eml | head -c -5 | whybounce parse --stream' "$BATS_TEST_DIRNAME/raw.py"
    ends_with_status 1
    complains_once "--stream: the input ends within mail 0"
}

# ---- progress ----

@test "progress is shown on a terminal only, and wiped in the end" {
    many
    mbox box/*.eml > part
    for _ in 1 2 3 4 5; do cat part; done > large.mbox
    mkfifo slow
    slowly() { (for _ in 1 2 3; do cat part part part; sleep 0.3; done) > slow & }
    slowly
    try whybounce parse slow large.mbox
    is_quiet
    slowly
    on_terminal 80 bash -c 'whybounce parse slow large.mbox > /dev/null'
    succeeds
    says " mails, "
    says "/s"
    says "%"
    says " left"
    [[ $output == *$'\033[K' ]] # nothing is left standing
    slowly
    on_terminal 80 bash -c 'whybounce parse --lang zh slow large.mbox > /dev/null'
    says "每秒"
    wait
}

# ---- wrong command lines ----

@test "numbers and formats are checked" {
    unknown_user > bounce.eml
    for jobs in 0 -1 two 65 1.5 "" 99999999999999999999; do
        try whybounce parse --jobs "$jobs" bounce.eml
        ends_with_status 2
        complains_once "--jobs takes a number from 1 to 64"
    done
    try whybounce parse --format xml bounce.eml
    ends_with_status 2
    complains_once "there is no format 'xml'"
}

@test "options that contradict each other are refused" {
    unknown_user > bounce.eml
    try whybounce parse --json --csv bounce.eml
    ends_with_status 2
    complains_once "--json and --csv"
    try whybounce parse --csv --summary bounce.eml
    ends_with_status 2
    complains_once "--csv and --summary"
    try whybounce parse --stream bounce.eml
    ends_with_status 2
    complains_once "--stream"
}

@test "on a terminal it asks for files instead of waiting" {
    on_terminal 80 whybounce parse
    ends_with_status 2
    says "which files?"
}

# ---- names of other programs ----

@test "--classes gives the class of another program beside the cause, in JSON and CSV" {
    unknown_user > 1.eml
    mailbox_full > 2.eml
    [ "$(whybounce parse --classes powermta 1.eml 2.eml | json_members cause class)" = \
        $'user-unknown bad-mailbox\nmailbox-full quota-issues' ]
    [ "$(whybounce parse --classes ses 2.eml | json_members class)" = "Transient/MailboxFull" ]
    whybounce parse --csv --classes sparkpost --keep-header X-Campaign 1.eml 2.eml > reports.csv
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column class < reports.csv)" = $'10 Invalid Recipient\n22 Mailbox Full' ]
    [ "$(python3 "$BATS_TEST_DIRNAME/raw.py" column X-Campaign < reports.csv)" = $'spring-7\nspring-7' ]
    whybounce parse 1.eml | grep -q '"class"' && return 1
    { wc -c < 1.eml && cat 1.eml; } > framed
    [ "$(whybounce parse --stream --classes sisimai < framed | grep -o '"class":"[a-z]*"')" = '"class":"userunknown"' ]
}

@test "a class may depend on detail and permanence" {
    bounce lee@example.org "552 5.7.0 This attachment type is not allowed" > attachment.eml
    [ "$(whybounce parse --classes sparkpost attachment.eml | json_members detail class)" = \
        "attachment 53 Prohibited Attachment" ]
    bounce lee@example.org "550 5.7.1 Access denied by policy" > hard.eml
    bounce lee@example.org "450 4.7.1 Access denied by policy" > soft.eml
    [ "$(whybounce parse --classes ses hard.eml soft.eml | json_members class)" = \
        $'Permanent/General\nTransient/General' ]
}

@test "--summary --classes counts by class" {
    unknown_user > 1.eml
    mailbox_full > 2.eml
    try whybounce parse --summary --classes powermta 1.eml 2.eml 2.eml
    succeeds
    [[ ${lines[2]} == "class "* || ${lines[1]} == "class "* ]]
    says "quota-issues                    2"
    [ "$(whybounce parse --summary --json --classes powermta 1.eml 2.eml 2.eml | json_members class count)" = \
        $'quota-issues 2\nbad-mailbox 1' ]
}

@test "every scheme has a class for every failure in test/mail" {
    for scheme in kumomta powermta sparkpost ses sisimai; do
        whybounce parse --classes "$scheme" "$BATS_TEST_DIRNAME/../mail" > reports.jsonl
        [ "$(grep -c '"kind":"bounce"' reports.jsonl)" -gt 50 ]
        grep '"kind":"bounce"' reports.jsonl | grep -q '"class":null' && return 1
    done
    true
}

@test "a scheme that is not there is status 2 and named" {
    unknown_user > 1.eml
    for command in "parse --classes acme 1.eml" "reply --json --classes acme 550"; do
        # shellcheck disable=SC2086
        try whybounce $command
        ends_with_status 2
        says_nothing
        complains_once "there are no classes of 'acme'; use one of: kumomta powermta sparkpost ses sisimai"
    done
}

@test "--format sisimai has the members of Sisimai's dump" {
    unknown_user > 1.eml
    mailbox_full > 2.eml
    whybounce parse --format sisimai 1.eml 2.eml > dump.jsonl
    [ "$(json_members recipient destination reason hardbounce softbounce deliverystatus replycode diagnostictype < dump.jsonl)" = \
        $'lee@example.org example.org userunknown True 0 5.1.1 550 SMTP\nkim@example.org example.org mailboxfull False 1 5.2.2 552 SMTP' ]
    [ "$(json_members addresser senderdomain messageid subject lhost rhost timestamp timezoneoffset < dump.jsonl | head -n 1)" = \
        "sender@example.com example.com unique-17@mail.example.com Quarterly figures mail.example.com mx.example.org 1772415600 +0800" ]
    python3 - dump.jsonl <<'END'
import json, sys
# Sisimai 4.25, lib/Sisimai/Data.pm, and version 5
names = set("""catch token lhost rhost alias listid reason action origin subject timestamp addresser recipient messageid
replycode smtpagent softbounce smtpcommand destination senderdomain feedbacktype diagnosticcode diagnostictype
deliverystatus timezoneoffset hardbounce command decodedby feedbackid""".split())
for line in open(sys.argv[1]):
    assert set(json.loads(line)) == names, names ^ set(json.loads(line))
END
    printf 'From: lee@example.org\nTo: kim@example.org\nSubject: Hello\n\nHow are you?\n' > hello.eml
    try whybounce parse --format sisimai hello.eml
    succeeds
    says_nothing
}
