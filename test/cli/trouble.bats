#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Bad input: one clear sentence that names file and reason, the rest goes on, the status says so.
# shellcheck disable=SC2154 # stderr and build come from the helper
load helper

@test "a missing file is named, the others are answered" {
    unknown_user one@example.org > 1.eml
    unknown_user two@example.org > 2.eml
    for command in "explain" "parse"; do
        try whybounce $command 1.eml none.eml 2.eml
        ends_with_status 1
        complains_once "whybounce: none.eml: No such file or directory"
        says "one@example.org"
        says "two@example.org"
    done
}

@test "in Chinese the reason is Chinese, too" {
    try whybounce --lang zh none.eml
    ends_with_status 1
    complains_once "none.eml：没有这个文件或文件夹"
    try whybounce --lang zh parse none.eml
    complains_once "none.eml：没有这个文件或文件夹"
    unknown_user > bounce.eml
    try bash -c 'whybounce --lang zh bounce.eml > /dev/full'
    complains_once "磁盘满了"
}

@test "a folder without mails is named" {
    mkdir -p empty Maildir/{cur,new,tmp}
    for command in explain parse; do
        for folder in empty Maildir; do
            try whybounce $command $folder
            ends_with_status 1
            says_nothing
            complains_once "$folder: there is no file in this folder"
        done
    done
}

@test "an empty file is named, on its own and in a folder" {
    mkdir box
    : > box/1.eml
    unknown_user > box/2.eml
    for command in explain parse; do
        try whybounce $command box/1.eml
        ends_with_status 1
        says_nothing
        complains_once "box/1.eml: the"
        complains_once "is empty"
        try whybounce $command box
        ends_with_status 1
        says "lee@example.org"
        complains_once "box/1.eml: the"
    done
    try whybounce parse - < /dev/null
    ends_with_status 1
    complains_once "standard input: the input is empty"
}

@test "a file that is no mail is named, with what to do; the others go on" {
    unknown_user lee@example.org > good.eml
    python3 -c 'import random, sys; random.seed(7); sys.stdout.buffer.write(bytes(random.randrange(256) for _ in range(50000)))' > random
    head -c 100000 /dev/zero > zeros
    for file in random zeros; do
        for command in parse explain anonymize; do
            try whybounce $command $file
            ends_with_status 1
            complains_once "$file: this is binary data, not a mail"
            [ -z "$output" ]
            try whybounce $command - < $file
            ends_with_status 1
            complains_once "standard input: this is binary data"
        done
    done
    tar cf mails.tar good.eml
    gzip -k mails.tar
    printf 'PK\3\4\24\0\0\0\10\0good.eml' > mails.zip
    printf '\211PNG\r\n\032\n\0\0\0\rIHDR' > shot.png
    printf '%%PDF-1.4\nsome text\n' > print.pdf
    try whybounce parse mails.tar mails.tar.gz mails.zip good.eml shot.png print.pdf
    ends_with_status 1
    says "lee@example.org"
    [ "$(grep -c . <<<"$stderr")" -eq 5 ]
    complains "mails.tar: this is a packed archive"
    complains "mails.tar.gz: this is a packed archive"
    complains "mails.zip: this is a ZIP archive"
    complains "shot.png: this is a picture"
    complains "print.pdf: this is a document"
    mkdir box
    mv mails.zip good.eml shot.png box # in a folder they are read several at a time
    try whybounce parse box
    ends_with_status 1
    says "lee@example.org"
    [ "$(wc -l <<<"$output")" -eq 1 ]
    complains "box/mails.zip: this is a ZIP archive"
    complains "box/shot.png: this is a picture"
    try whybounce --lang zh box/shot.png
    ends_with_status 1
    complains_once "box/shot.png：这是图片，不是邮件"
}

@test "damaged and cut off packed files are named, what was whole is answered" {
    unknown_user one@example.org > 1.eml
    for i in $(seq 400); do mbox 1.eml; done > box.mbox
    python3 -c 'import random
random.seed(3)
import sys
for i, line in enumerate(open("box.mbox")):
    sys.stdout.write(line.replace("unique-17", "unique-%d" % random.getrandbits(64)))' > large.mbox
    gzip -k large.mbox
    xz -k large.mbox
    for file in large.mbox.gz large.mbox.xz; do
        head -c $(($(stat -c %s $file) / 2)) $file > cut.$file
        try whybounce parse cut.$file
        ends_with_status 1
        complains_once "cut.$file: the compressed data ends too early"
        [ "$(wc -l <<<"$output")" -gt 100 ]
        (head -c 300 $file; echo 'this is no compressed data at all, whatever it may claim to be') > bad.$file
        try whybounce parse bad.$file
        ends_with_status 1
        complains_once "bad.$file: the compressed data"
    done
}

@test "links to nothing and links that go round are named" {
    mkdir box
    unknown_user > box/1.eml
    ln -s nowhere box/2.eml
    ln -s round box/round
    for command in explain parse; do
        try whybounce $command box
        ends_with_status 1
        says "lee@example.org"
        complains "box/2.eml: No such file or directory"
        complains "box/round: Too many levels of symbolic links"
    done
}

@test "a file without permission is named" {
    [ "$(id -u)" -ne 0 ] || skip "root may read everything"
    unknown_user > bounce.eml
    chmod 0 bounce.eml
    try whybounce parse bounce.eml
    ends_with_status 1
    complains_once "bounce.eml: Permission denied"
}

@test "a folder in the place of a mail file of anonymize is named" {
    mkdir folder
    try whybounce anonymize folder
    ends_with_status 1
    complains_once "folder: Is a directory"
}

@test "a full disk is told once, and in the status" {
    unknown_user > bounce.eml
    for command in "explain bounce.eml" "explain --html bounce.eml" "parse bounce.eml" "parse --csv bounce.eml" \
        "parse --summary bounce.eml" "reply 550" "causes" "anonymize bounce.eml" "help" "--help" \
        "parse --help" "--version" "help --as man" "help --as bash"; do
        # shellcheck disable=SC2016
        try bash -c 'whybounce $1 > /dev/full' - "$command"
        ends_with_status 1
        complains_once "standard output cannot be written: No space left on device"
    done
    try bash -c 'printf "0\n0\n" | whybounce parse --stream > /dev/full'
    ends_with_status 1
    complains_once "No space left on device"
}

@test "a closed pipe ends the run with one sentence" {
    mkdir box
    for i in $(seq 300); do unknown_user "r$i@example.org" > box/$i.eml; done
    for command in "parse box" "explain box"; do
        # shellcheck disable=SC2016
        try bash -c 'set -o pipefail; whybounce $1 | head -1' - "$command"
        ends_with_status 1
        [ -n "$output" ]
        complains_once "standard output cannot be written: Broken pipe"
    done
}

@test "a closed standard output or input is no place for a file of ours" {
    unknown_user > bounce.eml
    cp bounce.eml before.eml
    try bash -c 'whybounce parse bounce.eml >&-'
    ends_with_status 1
    complains_once "standard output cannot be written"
    cmp bounce.eml before.eml
    try bash -c 'whybounce parse - <&-'
    ends_with_status 1
    complains_once "standard input: the input is empty"
    try bash -c 'whybounce parse bounce.eml <&-'
    succeeds
    try bash -c 'whybounce parse bounce.eml 2>&-'
    succeeds
}

@test "a broken catalogue is named" {
    unknown_user > bounce.eml
    WHYBOUNCE_CATALOGUE=none.wbc try whybounce bounce.eml
    ends_with_status 1
    complains_once "none.wbc: No such file or directory"
    WHYBOUNCE_CATALOGUE=bounce.eml try whybounce parse bounce.eml
    ends_with_status 1
    complains_once "bounce.eml: this is not a compiled catalogue"
    head -c 3000 "$build/src/catalogue.wbc" > cut.wbc
    WHYBOUNCE_CATALOGUE=cut.wbc try whybounce causes
    ends_with_status 1
    complains_once "cut.wbc: the catalogue is damaged"
    cp "$build/src/catalogue.wbc" byte.wbc
    WHYBOUNCE_CATALOGUE=byte.wbc whybounce causes
    printf '\001' | dd of=byte.wbc bs=1 seek=300000 conv=notrunc status=none
    cmp -s byte.wbc "$build/src/catalogue.wbc" && printf '\002' | dd of=byte.wbc bs=1 seek=300000 conv=notrunc status=none
    WHYBOUNCE_CATALOGUE=byte.wbc try whybounce causes
    ends_with_status 1
    complains_once "byte.wbc: the catalogue is damaged"
}

# ---- being stopped ----

stopped() {
    python3 "$BATS_TEST_DIRNAME/raw.py" stopped "$@"
}

@test "a signal in the middle of parse: what was read is written, and the status is the signal's" {
    unknown_user one@example.org > 1.eml
    for i in $(seq 300); do mbox 1.eml; done > box
    for signal in INT:130 TERM:143; do
        rm -f pipe && mkfifo pipe
        (cat box; sleep 5) > pipe &
        try stopped ${signal%:*} 2 whybounce parse pipe
        ends_with_status ${signal#*:}
        complains_once "stopped by a signal; what had been read until then is written"
        [ "$(wc -l <<<"$output")" -gt 100 ]
        json_members recipient <<<"$output" | uniq | grep -qx one@example.org
        kill %% || true
    done
}

@test "a signal in the middle of a summary: what was counted is told" {
    unknown_user one@example.org > 1.eml
    mkfifo pipe
    for i in $(seq 300); do mbox 1.eml; done > box
    (cat box; sleep 5) > pipe &
    try stopped INT 2 whybounce parse --summary pipe
    ends_with_status 130
    says "user-unknown"
    kill %% || true
}

@test "a signal while reply waits for lines: the answers so far are written" {
    mkfifo pipe
    (echo '550 5.1.1 User unknown'; sleep 5) > pipe &
    try stopped TERM 1 bash -c 'exec whybounce reply --json - < pipe'
    ends_with_status 143
    [ "$(json_members cause <<<"$output")" = user-unknown ]
    kill %% || true
}

@test "a signal stops explain" {
    unknown_user > bounce.eml
    mkfifo pipe
    sleep 5 > pipe &
    try stopped INT 1 whybounce bounce.eml pipe
    ends_with_status 130
    says "lee@example.org"
    kill %% || true
}
