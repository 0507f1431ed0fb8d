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

# ---- new from mails ----

@test "new drafts an entry for each kind of failure in a mail, with people masked" {
    bounce lee@example.org "550 5.7.1 <lee@example.org>: Zorbled by Frobnicator rule 12345 at mx7.example.org" > a.eml
    bounce kim@example.org "550 5.7.1 <kim@example.org>: Zorbled by Frobnicator rule 9 at mx8.example.net" > b.eml
    mbox a.eml b.eml > box.mbox
    mkdir -p rules/causes
    try whybounce knowledge new --cause spam-content --from box.mbox
    succeeds
    is_quiet
    [ "$(grep -c -- '- id:' <<<"$output")" -eq 1 ] # one family
    does_not_say "lee@example.org"
    says 'zorbled by frobnicator rule \d{1,13} at [0-9a-z_.-]{4,80}'
    echo "$output" > rules/causes/spam-content.yaml
    try whybounce knowledge test rules
    succeeds
    whybounce knowledge build --output own.wbc rules
    export WHYBOUNCE_CATALOGUE=own.wbc
    bounce wu@example.org "550 5.7.1 <wu@example.org>: Zorbled by Frobnicator rule 31 at in.example.com" > c.eml
    [ "$(whybounce parse c.eml | json_members cause)" = spam-content ]
}

@test "new makes an entry of each reply in a file, and takes a reply of several lines for one" {
    printf '%s\n' '550-5.7.1 Zorbled by' '550 5.7.1 Frobnicator' '421 Gribbled, come back' > replies.txt
    try whybounce knowledge new --cause spam-content --from replies.txt
    succeeds
    [ "$(grep -c -- '- id:' <<<"$output")" -eq 2 ]
    says "match: 'zorbled by frobnicator'"
    says "match: 'gribbled, come back'"
}

@test "new proposes what another cause's examples nearly say as look-alikes" {
    try whybounce knowledge new --cause spam-content '550 5.1.1 recipient address rejected: user unknown in local gribble table'
    succeeds
    says "    not: ['"
    says "ser unknown in"
    try whybounce knowledge new --cause spam-content '550 Zorbled by Frobnicator'
    does_not_say "not:"
}

@test "new says when a mail reports no failure" {
    printf 'From: lee@example.org\nTo: kim@example.org\nSubject: Hello\n\nHow are you?\n' > hello.eml
    try whybounce knowledge new --cause spam-content --from hello.eml
    ends_with_status 1
    says_nothing
    complains_once "hello.eml: no failed delivery is reported in it"
}

# ---- lint ----

@test "lint hints at an expression without example, without word, and at an entry in the shadow" {
    rule "phrases:" "  - id: odd" "    match: ['zorbled by frobnicator', 'gribbled by frobnicator', '[a-z]{6} [a-z]{3}']" \
        "    examples: ['550 zorbled by frobnicator']" "    source: own"
    try whybounce knowledge lint rules
    succeeds
    says "no faults, 3 hints"
    complains "spam-content.yaml:3:40: warning: no example has these words"
    complains "spam-content.yaml:3:67: warning: no word must stand in the text"
    try whybounce knowledge lint --strict rules
    ends_with_status 1
    says_nothing
    complains "3 faults"
    rule "phrases:" "  - id: odd" "    match: 'looks like spam, zorbled'" "    examples: ['550 5.7.1 this looks like spam']" "    source: own"
    try whybounce knowledge lint rules
    complains "warning: spam-content/odd wins none of its examples: spam-content/"
}

@test "lint --unneeded tells an entry that nothing needs from one that only its example needs" {
    rule "phrases:" "  - id: vain" "    match: 'the message looks like spam'" "    examples: ['550 5.7.1 the message looks like spam']" "    source: own" \
        "  - id: lonely" "    match: 'zorbled by frobnicator'" "    examples: ['550 zorbled by frobnicator']" "    source: own"
    try whybounce knowledge lint --unneeded rules
    succeeds
    try whybounce knowledge lint --unneeded --strict rules
    ends_with_status 1
    says "2 entries"
    says "nothing needs 1; only their own examples need 1"
    complains "spam-content.yaml:3:13: warning: nothing needs spam-content/vain"
    complains "warning: only its own examples need spam-content/lonely"
    rule "phrases:" "  - id: lonely" "    match: 'zorbled by frobnicator'" "    examples: ['550 zorbled by frobnicator']" "    source: own"
    bounce lee@example.org "550 5.7.1 Zorbled by Frobnicator" > bounce.eml
    try whybounce knowledge lint --unneeded --strict --corpus bounce.eml rules
    succeeds
    is_quiet
    says "nothing needs 0; only their own examples need 0"
    try whybounce knowledge lint --unneeded --corpus none.eml rules
    ends_with_status 1
    complains "none.eml: No such file or directory"
}

# Each of them wants a second, different wording as an example, or can go.
@test "the knowledge that is built in has few entries that nothing needs" {
    try whybounce knowledge lint --unneeded "$WHYBOUNCE_KNOWLEDGE"
    succeeds
    [ "$(sed -n 's/.*: nothing needs \([0-9]*\);.*/\1/p' <<<"$output")" -le 40 ]
}

# ---- unknown ----

@test "unknown shows the replies that no phrase decides in families, the most frequent first" {
    printf '%s\n' '550 5.1.1 User unknown' '554 zorbled 17 by mx1.example.org, id A1b2C3d4E5' 'gribbled' \
        '554 zorbled 9999 by mx2.example.net, id F9f8E7e6D5' > replies.txt
    try whybounce knowledge unknown --replies replies.txt
    succeeds
    is_quiet
    [[ ${lines[0]} == "2 × "*"554 zorbled # by host, id *" ]]
    [[ ${lines[1]} == "    replies.txt:1  554 zorbled 17 by mx1.example.org, id A1b2C3d4E5" ]]
    [[ ${lines[2]} == "1 × unknown (none): gribbled" ]]
    says "3 of 4 failures in 4 texts are not sure, 2 families"
    whybounce knowledge unknown --json --replies - < replies.txt > families.jsonl
    [ "$(head -n 1 families.jsonl | json_members count family source index)" = "2 554 zorbled # by host, id * - 1" ]
}

@test "unknown reads mails, mboxes and folders, and leaves sure verdicts alone" {
    unknown_user > known.eml
    bounce lee@example.org "554 zorbled 17" > odd.eml
    mkdir box && mbox known.eml odd.eml odd.eml > box/1.mbox
    gzip -k odd.eml
    try whybounce knowledge unknown box odd.eml.gz
    succeeds
    says "3 × "
    says "3 of 4 failures in 4 texts are not sure, 1 families"
    try whybounce knowledge unknown known.eml
    succeeds
    says "0 of 1 failures"
}

@test "unknown and diff name what cannot be read and show nothing raw" {
    try whybounce knowledge unknown
    ends_with_status 2
    complains_once "which mails?"
    try whybounce knowledge unknown none
    ends_with_status 1
    complains_once "none: No such file or directory"
    mkdir empty
    try whybounce knowledge unknown empty
    ends_with_status 1
    complains_once "empty: there is no file in this folder"
    printf '554 zorbled \033[31m\302\2331m\342\200\256 x\n' > nasty.txt
    whybounce knowledge unknown --replies nasty.txt | nothing_raw
    whybounce knowledge unknown --json --replies nasty.txt | nothing_raw
    own_rule
    whybounce knowledge build --output own.wbc rules
    try whybounce knowledge diff own.wbc
    ends_with_status 2
    complains_once "which two, and which mails?"
    try whybounce knowledge diff own.wbc none nasty.txt
    ends_with_status 2
    complains_once "none: No such file or directory"
    try whybounce knowledge diff nasty.txt own.wbc nasty.txt
    ends_with_status 2
    complains_once "nasty.txt: this is not a compiled catalogue"
    try whybounce knowledge diff own.wbc own.wbc none
    ends_with_status 2
    complains_once "none: No such file or directory"
}

# ---- diff ----

@test "diff says which verdicts change between two catalogues, grouped, and ends with 1" {
    mkdir nothing
    own_rule
    whybounce knowledge build --output old.wbc nothing
    for i in 1 2 3; do bounce "r$i@example.org" "550 5.7.1 Zorbled by Frobnicator rule $i" > "$i.eml"; done
    unknown_user > known.eml
    try whybounce knowledge diff old.wbc rules 1.eml 2.eml 3.eml known.eml
    ends_with_status 1
    is_quiet
    [[ ${lines[0]} == "3 × "*" → spam-content" ]]
    says "rule            "
    says " → spam-content/zorbled-by-frobnicator-rule"
    says "3 of 4 texts are read otherwise, 3 reports in 1 groups"
    whybounce knowledge diff --json old.wbc rules 1.eml 2.eml 3.eml known.eml > changes.jsonl || [ $? -eq 1 ]
    [ "$(json_members count after.cause after.rule source recipient < changes.jsonl)" = \
        "3 spam-content spam-content/zorbled-by-frobnicator-rule 1.eml r1@example.org" ]
    echo '550 5.7.1 Zorbled by Frobnicator rule 4' > replies.txt
    try whybounce knowledge diff --replies old.wbc rules replies.txt
    ends_with_status 1
    says "1 of 1 texts"
}

@test "diff of catalogues that say the same ends with 0, also with a recipient named twice" {
    own_rule
    whybounce knowledge build --output own.wbc rules
    bounce lee@example.org "550 5.7.1 Zorbled by Frobnicator rule 1" > bounce.eml
    sed '/^Diagnostic-Code/a\
\
Final-Recipient: rfc822; lee@example.org\
Action: failed\
Diagnostic-Code: smtp; 552 5.2.2 Mailbox is full' bounce.eml > twice.eml
    try whybounce knowledge diff own.wbc rules bounce.eml twice.eml
    succeeds
    says "0 of 2 texts are read otherwise"
}
