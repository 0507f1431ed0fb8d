#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce anonymize: a bounce that can be shown to others.
load helper

# What must not change.
verdict() {
    whybounce parse "$@" | json_members kind action cause detail confidence permanence fault \
        responsible recommendation status reply_code evidence.rule dialect
}

@test "names, local parts and subject are gone, verdict and servers are the same" {
    bounce wang.xiaoming@example.org "550 5.1.1 <wang.xiaoming@example.org>: User unknown" "Salaries of March" > bounce.eml
    try whybounce anonymize bounce.eml
    succeeds
    is_quiet
    echo "$output" > shown.eml
    for secret in wang.xiaoming "Wang Xiaoming" "Salaries" "sender@" unique-17; do
        does_not_say "$secret"
    done
    says "mx.example.org"
    says "User unknown"
    [ "$(verdict shown.eml)" = "$(verdict bounce.eml)" ]
}

@test "the same address is masked in the same way everywhere" {
    unknown_user > bounce.eml
    whybounce anonymize bounce.eml > shown.eml
    [ "$(grep -o '[a-z0-9.]*@example\.org' shown.eml | sort -u | wc -l)" -eq 1 ]
    [ "$(grep -o '[a-z0-9.]*@example\.org' shown.eml | wc -l)" -eq \
        "$(grep -o 'lee@example\.org' bounce.eml | wc -l)" ]
}

@test "the same mail gives the same masked mail, and masking twice changes no verdict" {
    mailbox_full > bounce.eml
    whybounce anonymize bounce.eml > once.eml
    whybounce anonymize - < bounce.eml | cmp - once.eml
    whybounce anonymize once.eml > twice.eml
    [ "$(verdict twice.eml)" = "$(verdict bounce.eml)" ]
}

@test "a Chinese mail keeps its verdict and loses its subject" {
    bounce li@example.org "552 5.2.2 邮箱已满" "三月工资表" > bounce.eml
    whybounce anonymize bounce.eml > shown.eml
    grep -q "邮箱已满" shown.eml
    run ! grep -q "三月工资表" shown.eml
    [ "$(verdict shown.eml)" = "$(verdict bounce.eml)" ]
}

@test "an mbox stays an mbox: as many mails, the same verdicts" {
    unknown_user one@example.org > 1.eml
    sed 's/^I.m sorry/From here on it is quoted\n&/' <(mailbox_full two@example.org) > 2.eml
    mbox 1.eml 2.eml 1.eml > box.mbox
    whybounce anonymize box.mbox > shown.mbox
    [ "$(verdict shown.mbox)" = "$(verdict box.mbox)" ]
    [ "$(grep -c '^From ' shown.mbox)" -eq 3 ]
    grep -q '^>From here' shown.mbox
}

@test "packed mails are unpacked" {
    unknown_user > bounce.eml
    gzip -k bounce.eml
    whybounce anonymize bounce.eml.gz | cmp - <(whybounce anonymize bounce.eml)
}

@test "the mails of the corpus keep their verdicts" {
    corpus="$BATS_TEST_DIRNAME/../../../shared/corpus/mail"
    [ -d "$corpus" ] || skip "../shared is not there"
    # its reply code is read out of a link in the text, in which the mask changes an address
    find "$corpus" -type f ! -name lhost-amazonses-09.eml | sort > list
    i=0
    while read -r mail; do
        i=$((i + 1))
        whybounce anonymize "$mail" > "$(printf '%04d' $i)"
        printf '%04d\n' $i
    done < list > shown
    # shellcheck disable=SC2046 # one word for each file, in the order of the list
    { verdict $(cat shown) > after; verdict $(cat list) > before; }
    diff before after
}

@test "what cannot be read is said, the rest is masked" {
    unknown_user > bounce.eml
    : > empty.eml
    mkdir folder
    try whybounce anonymize none.eml empty.eml folder bounce.eml
    ends_with_status 1
    says "User unknown"
    complains "none.eml: No such file or directory"
    complains "empty.eml: the input is empty"
    complains "folder: Is a directory"
}
