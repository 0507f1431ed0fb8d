#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce explain: the answer for a person.
load helper

# ---- what is read ----

@test "a file is explained" {
    unknown_user lee@example.org > bounce.eml
    try whybounce explain bounce.eml
    succeeds
    is_quiet
    says "lee@example.org"
    says "Quarterly figures"
    says "Send it again?"
    says "550 5.1.1 <lee@example.org>: User unknown"
}

@test "explain is the command when none is named" {
    unknown_user > bounce.eml
    try whybounce bounce.eml
    succeeds
    [ "$output" = "$(whybounce explain bounce.eml)" ]
}

@test "a dash is standard input, and so is nothing" {
    unknown_user > bounce.eml
    for arguments in "explain -" "-" "explain" ""; do
        # shellcheck disable=SC2086 # each word an argument
        [ "$(whybounce $arguments < bounce.eml)" = "$(whybounce bounce.eml)" ]
    done
}

@test "several files are explained in the order given" {
    unknown_user one@example.org > 1.eml
    mailbox_full two@example.org > 2.eml
    try whybounce 2.eml 1.eml
    succeeds
    [[ $output == *"two@example.org"*"one@example.org"* ]]
}

@test "a folder and an mbox are explained mail by mail" {
    mkdir box
    unknown_user one@example.org > box/1.eml
    mailbox_full two@example.org > box/2.eml
    mbox box/1.eml box/2.eml > box.mbox
    [ "$(whybounce box)" = "$(whybounce box.mbox)" ]
    [[ $(whybounce box) == *"one@example.org"*"two@example.org"* ]]
}

@test "packed files are unpacked" {
    unknown_user > bounce.eml
    gzip -k bounce.eml
    xz -k bounce.eml
    for packed in bounce.eml.gz bounce.eml.xz; do
        [ "$(whybounce $packed)" = "$(whybounce bounce.eml)" ]
    done
}

# ---- the order of the answer (design.md, "The answer for a person") ----

@test "the answer says which mail, why, again, who, what, and the proof, in this order" {
    unknown_user > bounce.eml
    try whybounce bounce.eml
    [[ $output == *"Quarterly figures"*"✗ lee@example.org"*"Why"*"Send it again?"*"Who must act"*"What to do"*"To pass on"*"Proof"* ]]
    try whybounce --lang zh bounce.eml
    [[ $output == *"Quarterly figures"*"✗ lee@example.org"*"原因"*"要重发吗"*"谁来处理"*"怎么办"*"转告的话"*"依据"* ]]
}

@test "the deciding words are underlined where there are no colours" {
    unknown_user > bounce.eml
    try whybounce bounce.eml
    mark=$(grep -A1 "^ *550 5.1.1 <lee@example.org>: User unknown" <<<"$output" | tail -1)
    [ "${mark// /}" = "‾‾‾‾‾‾‾‾‾‾‾‾" ] # as long as "User unknown"
}

@test "details are shown when asked for" {
    unknown_user > bounce.eml
    try whybounce bounce.eml
    does_not_say "Servers"
    try whybounce --details bounce.eml
    says "Codes"
    says "Servers"
    says "Administrator"
}

@test "annotate shows the report line by line, each with its meaning" {
    unknown_user > bounce.eml
    try whybounce --annotate bounce.eml
    succeeds
    says "Send it again?"
    for line in "Diagnostic-Code: smtp; 550 5.1.1 <lee@example.org>: User unknown" \
        "Final-Recipient: rfc822; lee@example.org" "Subject: Quarterly figures"; do
        says "$line"
    done
    says "the deciding words"
    try whybounce --annotate --lang zh bounce.eml
    says "说明原因的话"
}

@test "JSON carries the answer in words" {
    unknown_user > bounce.eml
    whybounce explain --json bounce.eml > answer.json
    [ "$(json_members cause recipient < answer.json)" = "user-unknown lee@example.org" ]
    grep -q "Send it again\|would come back again" answer.json
}

@test "HTML is a piece of a page" {
    unknown_user > bounce.eml
    try whybounce explain --html bounce.eml
    succeeds
    says "lee@example.org"
    [[ $output == "<"* ]]
}

@test "an empty pasted text is no input; a text without a header is read" {
    try whybounce - <<<'550 5.1.1 <lee@example.org>: User unknown'
    succeeds
    says "lee@example.org"
}

# ---- the language ----

@test "the language asked for is the language of the answer" {
    unknown_user > bounce.eml
    for tag in zh zh-CN zh_CN.UTF-8 zh-Hans ZH; do
        try whybounce --lang "$tag" bounce.eml
        succeeds
        says "要重发吗"
    done
    for tag in en en-GB fr de_DE.UTF-8 zhx; do
        try whybounce --lang "$tag" bounce.eml
        succeeds
        says "Send it again?"
    done
}

@test "without it the locale decides: LC_ALL before LC_MESSAGES before LANG" {
    unknown_user > bounce.eml
    unset LC_ALL
    LANG=zh_CN.UTF-8 try whybounce bounce.eml
    says "要重发吗"
    LANG=en_GB.UTF-8 LC_MESSAGES=zh_CN.UTF-8 try whybounce bounce.eml
    says "要重发吗"
    LANG=zh_CN.UTF-8 LC_ALL=C try whybounce bounce.eml
    says "Send it again?"
    LANG=zh_CN.UTF-8 LC_ALL="" try whybounce bounce.eml
    says "要重发吗"
    LANG=zh_CN.UTF-8 try whybounce --lang en bounce.eml
    says "Send it again?"
    try whybounce bounce.eml
    says "Send it again?"
}

@test "the language may stand in front of the command, behind it, and behind the file" {
    unknown_user > bounce.eml
    for words in "--lang zh explain bounce.eml" "explain --lang=zh bounce.eml" "bounce.eml --lang zh"; do
        # shellcheck disable=SC2086
        try whybounce $words
        succeeds
        says "要重发吗"
    done
}

# ---- colours ----

@test "colours are used on a terminal only" {
    unknown_user > bounce.eml
    try whybounce bounce.eml
    does_not_say $'\033'
    on_terminal 80 whybounce bounce.eml
    succeeds
    says $'\033['
}

@test "NO_COLOR, a dumb terminal and --color=never switch colours off" {
    unknown_user > bounce.eml
    NO_COLOR=1 on_terminal 80 whybounce bounce.eml
    does_not_say $'\033'
    TERM=dumb on_terminal 80 whybounce bounce.eml
    does_not_say $'\033'
    on_terminal 80 whybounce --color=never bounce.eml
    does_not_say $'\033'
    NO_COLOR='' on_terminal 80 whybounce bounce.eml # https://no-color.org: not empty
    says $'\033['
}

@test "--color=always colours a pipe too, even with NO_COLOR" {
    unknown_user > bounce.eml
    NO_COLOR=1 try whybounce --color=always bounce.eml
    succeeds
    says $'\033['
}

# ---- width ----

@test "the answer is as wide as the terminal, and as COLUMNS says in a pipe" {
    mailbox_full > bounce.eml
    widest() { wc -L; }
    on_terminal 60 whybounce --color=never bounce.eml
    [ "$(widest <<<"$output")" -le 60 ] && [ "$(widest <<<"$output")" -gt 50 ]
    on_terminal 95 whybounce --color=never bounce.eml
    [ "$(widest <<<"$output")" -le 95 ] && [ "$(widest <<<"$output")" -gt 80 ]
    [ "$(COLUMNS=60 whybounce bounce.eml | widest)" -le 60 ]
    [ "$(COLUMNS=95 whybounce bounce.eml | widest)" -gt 80 ]
    [ "$(whybounce bounce.eml | widest)" -le 80 ]
    [ "$(COLUMNS=nonsense whybounce bounce.eml)" = "$(whybounce bounce.eml)" ]
}

@test "nothing is wider than 40 columns there, Chinese counted as two" {
    unknown_user > short.eml
    bounce a-very-long-local-part-of-an-address-indeed@a-long-domain-name.example.org \
        "550 5.7.1 https://example.org/a/very/long/link/without/any/blank/in/it?and=parameters&more=of&them=1" \
        "一封主题很长的邮件：关于下半年各部门预算调整和人员安排的通知（第三次修订稿）" > long.eml
    for lang in en zh; do
        for option in "" --details --annotate; do
            for file in short.eml long.eml; do
                # shellcheck disable=SC2086
                COLUMNS=40 whybounce --lang $lang $option $file | fits 40
            done
        done
    done
}
