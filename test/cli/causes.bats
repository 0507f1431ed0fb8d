#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# whybounce causes: the catalogue in the terminal.
# shellcheck disable=SC2154 # stderr and build come from the helper
load helper

@test "without words all causes are listed, one a line, with its title" {
    try whybounce causes
    succeeds
    is_quiet
    [ "${#lines[@]}" -eq "$(find "$WHYBOUNCE_KNOWLEDGE/causes" -name '*.yaml' | wc -l)" ]
    for file in "$WHYBOUNCE_KNOWLEDGE"/causes/*.yaml; do
        grep -Eq "^$(basename "$file" .yaml) +[^ ]" <<<"$output"
    done
}

@test "the words to pass on, which the steps speak of, are shown" {
    try whybounce causes blocklisted
    succeeds
    says "Send the text below"
    says "To pass on"
    says "taken off the list?"
    try whybounce causes --lang zh blocklisted
    says "转告的话"
}

@test "every cause is shown by its id, in both languages" {
    for file in "$WHYBOUNCE_KNOWLEDGE"/causes/*.yaml; do
        cause=$(basename "$file" .yaml)
        try whybounce causes "$cause"
        succeeds
        [[ ${lines[0]} == "$cause "* ]]
        says "Why"
        try whybounce causes --lang zh "$cause"
        succeeds
        [[ ${lines[0]} == "$cause "* ]]
        says "原因"
    done
}

@test "an id in capitals is an id" {
    [ "$(whybounce causes Mailbox-Full)" = "$(whybounce causes mailbox-full)" ]
}

@test "words lead to their cause, in any case, in one argument or several" {
    for words in "over quota" "OVER QUOTA" "邮箱已满"; do
        try whybounce causes "$words"
        succeeds
        [[ ${lines[0]} == "mailbox-full "* ]]
    done
    [ "$(whybounce causes over quota)" = "$(whybounce causes 'over quota')" ]
}

@test "every keyword that a cause's own page shows leads to that cause" {
    whybounce causes --json | python3 -c '
import json, sys
for line in sys.stdin:
    cause = json.loads(line)
    for keyword in cause["keywords"]:
        print(cause["cause"] + "\t" + keyword)' > keywords
    [ "$(wc -l < keywords)" -gt 50 ]
    while IFS=$'\t' read -r cause keyword; do
        whybounce causes --json "$keyword" | grep -q "^{\"cause\":\"$cause\"" ||
            { echo "'$keyword' does not lead to $cause"; false; }
    done < keywords
}

@test "a whole reply leads to its cause" {
    try whybounce causes "550 5.1.1 <lee@example.org>: Recipient address rejected: User unknown"
    succeeds
    [[ ${lines[0]} == "user-unknown "* ]]
}

@test "as JSON each cause is an object with its advice" {
    whybounce causes --json mailbox-full > cause.json
    [ "$(wc -l < cause.json)" -eq 1 ]
    [ "$(json_members cause section permanence responsible recommendation < cause.json)" = \
        "mailbox-full 3 temporary recipient pause" ]
    [ "$(whybounce causes --json | wc -l)" -eq "$(whybounce causes | wc -l)" ]
}

@test "words that lead nowhere are said to" {
    for words in xyzzy '%s%n' $'a\nb\033[2Jc'; do
        try whybounce causes "$words"
        ends_with_status 1
        says_nothing
        complains_once "no cause has to do with"
        nothing_raw <<<"$stderr"
    done
    try whybounce causes --lang zh xyzzy
    complains_once "没有找到"
}

@test "a mistyped id is understood" {
    try whybounce causes mailbox-fulll
    ends_with_status 1
    complains_once "did you mean 'mailbox-full'"
}

@test "nothing is wider than 40 columns there" {
    for cause in "" user-unknown mailbox-full; do
        for lang in en zh; do
            # shellcheck disable=SC2086
            COLUMNS=40 whybounce causes --lang $lang $cause | fits 40
        done
    done
}
