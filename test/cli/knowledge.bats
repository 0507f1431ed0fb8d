#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce knowledge: rules of one's own.
# shellcheck disable=SC2154 # stderr and build come from the helper
load helper

# An entry for a reply that nobody else knows.
own_rule() {
    mkdir -p rules/causes
    whybounce knowledge new --cause spam-content '550 5.7.1 Zorbled by Frobnicator rule 12345' > rules/causes/spam-content.yaml
}

# A rule file as given: rule TEXT
rule() {
    mkdir -p rules/causes
    printf '%s\n' "$@" > rules/causes/spam-content.yaml
}

@test "new writes an entry that lint and test accept" {
    own_rule
    grep -q "12345" rules/causes/spam-content.yaml # the example
    try whybounce knowledge lint rules
    succeeds
    is_quiet
    says "no faults"
    try whybounce knowledge test rules
    succeeds
    says ", 0 failed"
}

@test "a built catalogue knows the own rule, with other numbers in it, too" {
    [ "$(whybounce reply --json '550 Zorbled by Frobnicator rule 777' | json_members cause)" != spam-content ]
    own_rule
    try whybounce knowledge build --output own.wbc rules
    succeeds
    says "WHYBOUNCE_CATALOGUE=own.wbc"
    export WHYBOUNCE_CATALOGUE=own.wbc
    [ "$(whybounce reply --json '550 Zorbled by Frobnicator rule 777' | json_members cause)" = spam-content ]
    [ "$(whybounce reply --json '550 5.1.1 User unknown' | json_members cause)" = user-unknown ]
}

@test "new takes the reply from a file or standard input, and an id" {
    echo "550 5.7.1 Zorbled by Frobnicator" > reply.txt
    whybounce knowledge new --cause spam-content --from reply.txt > a.yaml
    whybounce knowledge new --cause spam-content --from - < reply.txt | cmp - a.yaml
    try whybounce knowledge new --cause spam-content --id my-own --from reply.txt
    says "id: my-own"
}

@test "quotes, brackets and colons in a reply come out as right YAML and a right expression" {
    mkdir -p rules/causes
    whybounce knowledge new --cause spam-content "550 it's (Zorbled): [x] {y} \"z\" #1 100% a.b*c?" > rules/causes/spam-content.yaml
    try whybounce knowledge test rules
    succeeds
}

@test "a fault is shown with file, line, column and reason" {
    rule "phrases:" "  - id: odd" "    match: 'zorbled by ('" "    examples: ['550 zorbled by ']" "    source: own"
    try whybounce knowledge lint rules
    ends_with_status 1
    says_nothing
    complains "rules/causes/spam-content.yaml:3:"
    complains "missing closing parenthesis"
    complains "1 fault"
}

@test "every kind of fault is refused: unknown key, no example, no source, too wide, not YAML" {
    rule "phrasez:" "  - id: odd"
    try whybounce knowledge lint rules
    complains "spam-content.yaml:1:1: error: unknown key 'phrasez'"
    rule "phrases:" "  - id: odd" "    match: 'zorbled by frobnicator'" "    source: own"
    try whybounce knowledge lint rules
    complains "spam-content.yaml:2:"
    complains "an entry needs at least one example"
    rule "phrases:" "  - id: odd" "    match: 'zorbled by frobnicator'" "    examples: ['550 zorbled by frobnicator']"
    try whybounce knowledge lint rules
    complains "the key 'source' is missing"
    rule "phrases:" "  - id: odd" "    match: '.*'" "    examples: ['550 zorbled']" "    source: own"
    try whybounce knowledge lint rules
    ends_with_status 1
    complains "spam-content.yaml:3:"
    rule "phrases: ["
    try whybounce knowledge lint rules
    ends_with_status 1
    complains "spam-content.yaml:2:1: error: "
    rm rules/causes/spam-content.yaml
    echo 'title: {en: X, zh: 某}' > rules/causes/no-such-cause.yaml # a cause without advice
    try whybounce knowledge lint rules
    ends_with_status 1
    complains "no-such-cause.yaml"
}

@test "a rule that takes another's example is found by test" {
    rule "phrases:" "  - id: odd" "    match: 'user unknown'" "    examples: ['550 5.1.1 user unknown']" "    source: own"
    try whybounce knowledge test rules
    ends_with_status 1
    [[ "$output$stderr" == *"user unknown"* ]]
}

@test "a broken folder builds nothing and leaves what was built before" {
    own_rule
    whybounce knowledge build --output own.wbc rules
    cp own.wbc before.wbc
    rule "phrases: ["
    try whybounce knowledge build --output own.wbc rules
    ends_with_status 1
    cmp own.wbc before.wbc
    [ ! -e own.wbc.new ]
}

@test "what cannot be written or read is named" {
    own_rule
    try whybounce knowledge build --output none/own.wbc rules
    ends_with_status 1
    complains_once "none/own.wbc: No such file or directory"
    try whybounce knowledge lint none
    ends_with_status 1
    complains_once "none: there is no such folder"
    try whybounce knowledge new --cause spam-content --from none.txt
    ends_with_status 1
    complains_once "none.txt: No such file or directory"
    ln -s nowhere rules/causes/relay-denied.yaml
    try whybounce knowledge lint rules
    ends_with_status 1
    complains "rules/causes/relay-denied.yaml: No such file or directory"
    for action in "lint rules" "--help"; do
        rm -f rules/causes/relay-denied.yaml
        # shellcheck disable=SC2016
        try bash -c 'whybounce knowledge $1 > /dev/full' - "$action"
        ends_with_status 1
        complains_once "No space left on device"
    done
}

@test "a wrong command line is status 2" {
    try whybounce knowledge
    ends_with_status 2
    try whybounce knowledge frobnicate
    ends_with_status 2
    complains_once "frobnicate: there is no such action"
    try whybounce knowledge --frobnicate
    ends_with_status 2
    complains_once "--frobnicate: there is no such option"
    try whybounce knowledge new 'a reply'
    ends_with_status 2
    complains_once "which cause?"
    try whybounce knowledge new --cause spam-content
    ends_with_status 2
    complains_once "which reply?"
    : > empty
    try whybounce knowledge new --cause spam-content --from empty
    ends_with_status 2
    complains_once "which reply?"
}

@test "help and sentences are in the language asked for" {
    try whybounce knowledge --help
    succeeds
    says "Usage: whybounce knowledge"
    try whybounce knowledge --lang zh --help
    succeeds
    says "用法："
    try whybounce --lang zh knowledge --help
    says "用法："
    LC_ALL=zh_CN.UTF-8 try whybounce knowledge lint none
    complains_once "none：没有这个文件夹"
}
