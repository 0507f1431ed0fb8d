#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Nothing from a mail, or from a file's name, reaches the terminal raw: no C0, C1, bidi or escape.
load helper

# What a terminal would act on: CSI, OSC 8 (a link), OSC 52 (the clipboard), C1 in UTF-8, bidi
# overrides and isolates, line separators, backspaces, NUL is not possible in an argument.
ESCAPES=$'\033[31mred\033[2J \033]8;;http://evil.example/\033\\click\033]8;;\033\\ \033]52;c;aGk=\007 \xc2\x9b31m \xc2\x90q \xe2\x80\xae\xe2\x81\xa6gnp.exe\xe2\x81\xa9 \xe2\x80\xa8x\xe2\x80\xa9 a\b\b\bb \x7f \xe2\x80\x8f'

# The same in every place that a mail has.
hostile_mail() {
    bounce "le${ESCAPES// /}e@example.org" "550 5.1.1 User unknown $ESCAPES" "Subject $ESCAPES end" |
        sed "s/mx.example.org/mx$(printf '\033[7m')evil.example.org/; s/Wang Xiaoming/$(printf 'W\033]0;title\007\302\233')/"
}

setup_mails() {
    hostile_mail > plain.eml
    # the same bytes where only decoding brings them to light
    encoded=$(printf '%s' "$ESCAPES" | base64 -w0)
    sed "s|^Subject: Subject.*|Subject: =?utf-8?B?$encoded?=|" plain.eml > encoded.eml
    python3 - <<'END' > quoted.eml
import quopri
text = open("plain.eml", "rb").read()
head, body = text.split(b"\n\nI'm", 1)
body, rest = (b"I'm" + body).split(b"\n--b1\n", 1)
head = head.replace(b"charset=utf-8", b"charset=utf-8\nContent-Transfer-Encoding: quoted-printable")
import sys
sys.stdout.buffer.write(head + b"\n\n" + quopri.encodestring(body) + b"\n--b1\n" + rest)
END
    # C1 as single bytes of ISO-8859-1, and an escape of ISO 2022
    bounce lee@example.org $'550 5.1.1 User unknown \x9b31m \x1b$B' $'\x9b31m \x90' |
        sed 's/charset=utf-8/charset=iso-8859-1/' > latin.eml
    bounce lee@example.org "550 5.1.1 User unknown <script>alert(1)</script> <a href='javascript:x'>y</a>" \
        '"><img src=x onerror=alert(1)>' > markup.eml
}

@test "explain: nothing raw, in both languages, with details and annotated" {
    setup_mails
    for mail in *.eml; do
        for lang in en zh; do
            for option in "" --details --annotate; do
                # shellcheck disable=SC2086
                whybounce --lang $lang $option $mail | nothing_raw
            done
        done
    done
}

@test "explain on a terminal: no escape but our own colours" {
    setup_mails
    for mail in *.eml; do
        on_terminal 80 whybounce --annotate --details $mail
        succeeds
        # our own: ESC [ digits ; digits m
        sed 's/\x1b\[[0-9;]*m//g' <<<"$output" | nothing_raw
        does_not_say $'\033[31m'
        does_not_say $'\033[7m'
    done
}

@test "explain --html and --json: nothing raw, and no markup of the mail's" {
    setup_mails
    for mail in *.eml; do
        whybounce explain --html $mail | nothing_raw
        whybounce explain --json $mail | nothing_raw
    done
    try whybounce explain --html markup.eml
    does_not_say "<script"
    does_not_say "<img"
    does_not_say "<a href='javascript"
    says "&lt;script&gt;"
}

@test "parse: nothing raw in JSON, CSV, text, HTML and the summary" {
    setup_mails
    for mail in *.eml; do
        whybounce parse --json $mail | nothing_raw
        whybounce parse --json $mail | json_members recipient > /dev/null
        whybounce parse --csv --keep-header Subject,From $mail | nothing_raw crlf
        for form in words text html; do
            whybounce parse --format $form $mail | nothing_raw
        done
        whybounce parse --summary $mail | nothing_raw
    done
}

@test "reply and causes: nothing raw" {
    for reply in "550 5.1.1 User unknown $ESCAPES" $'550 \x9b31m\xff\xfe over quota' "$ESCAPES"; do
        whybounce reply "$reply" | nothing_raw
        whybounce reply --details "$reply" | nothing_raw
        whybounce reply --json "$reply" | nothing_raw
        printf '%s\n' "$reply" | tr -d '\n' | whybounce reply - | nothing_raw
    done
    try whybounce causes "$ESCAPES xyzzy"
    [ -n "$stderr" ]
    nothing_raw <<<"$stderr"
}

@test "complaints: nothing raw from a file's name, an option or a word" {
    name=$'x\033[31m\xc2\x9b\xe2\x80\xae\xff\n\x7f.eml'
    for command in explain parse anonymize; do
        try whybounce $command "$name"
        ends_with_status 1
        complains_once "No such file or directory"
        nothing_raw <<<"$stderr"
    done
    for arguments in "--$name" "help $name" "$name"; do
        try whybounce $arguments
        [ -n "$stderr" ]
        nothing_raw <<<"$stderr"
    done
    mkdir box
    : > "box/$name"
    try whybounce parse box
    nothing_raw <<<"$stderr"
    try whybounce --lang zh parse --jobs "$name" box
    nothing_raw <<<"$stderr"
}

@test "the source in JSON, CSV and text comes from the file's name, made harmless" {
    name=$'x\033[31m\xc2\x9b\xe2\x80\xae\xff"\x7f.eml'
    unknown_user > "$name"
    whybounce parse "$name" | nothing_raw
    whybounce parse "$name" | json_members source > /dev/null
    whybounce parse --csv "$name" | nothing_raw crlf
    whybounce "$name" | nothing_raw
}

@test "knowledge: nothing raw in its complaints" {
    mkdir -p rules/causes
    printf 'phrases:\n  - id: "a\\e[31m"\n    match: "x\xc2\x9b\xe2\x80\xae y z w \\e[2J"\n' > rules/causes/spam-content.yaml
    printf 'x: "\033[31m"\n' > $'rules/causes/evil\033[31m.yaml'
    for action in lint test; do
        try whybounce knowledge $action rules
        ends_with_status 1
        nothing_raw <<<"$stderr"
    done
    try whybounce knowledge lint $'none\033[31m'
    nothing_raw <<<"$stderr"
    try whybounce knowledge $'fro\033[31mb'
    nothing_raw <<<"$stderr"
}
