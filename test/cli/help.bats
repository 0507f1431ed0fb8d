#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Help, versions, mistyped words, completion.
load helper

commands="explain parse reply causes anonymize knowledge help"

@test "--help names every command and shows an example" {
    for words in --help -h help "--lang en --help" "--color never --help"; do
        # shellcheck disable=SC2086
        try whybounce $words
        succeeds
        is_quiet
        says "Usage:"
        says "Examples:"
        for command in $commands; do
            grep -Eq "^  $command +[a-z]" <<<"$output"
        done
        says "Exit status: 0 all is well"
    done
}

@test "help is in the language asked for" {
    for words in "--lang zh --help" "--lang=zh --help" "help --lang zh"; do
        # shellcheck disable=SC2086
        try whybounce $words
        succeeds
        says "用法："
        says "退出码："
    done
    LC_ALL=zh_CN.UTF-8 try whybounce --help
    says "用法："
}

@test "every command explains itself: options, examples, exit status, in both languages" {
    for command in $commands; do
        for lang in en zh; do
            try whybounce $command --help --lang $lang
            succeeds
            is_quiet
            [ "$output" = "$(whybounce help $command --lang $lang)" ]
            [ "$output" = "$(whybounce $command -h --lang $lang)" ]
            says "whybounce $command"
            says "--lang"
            says "--color"
        done
    done
}

@test "help is at most 80 columns wide" {
    for lang in en zh; do
        whybounce --help --lang $lang | fits 80
        for command in $commands; do
            whybounce help $command --lang $lang | fits 100 # a command line of an example is not broken
            whybounce help $command --lang $lang | grep -v '^ *whybounce\|^Usage\|^用法' | fits 80
        done
    done
}

@test "the examples of the help are right command lines" {
    unknown_user > bounce.eml
    mkdir -p Maildir/{cur,new,tmp}
    cp bounce.eml Maildir/new/1
    mbox bounce.eml > box.mbox
    mbox bounce.eml | gzip > archive.mbox.gz
    echo '550 5.1.1 User unknown' > replies.txt
    mkdir -p home/.local/share/bash-completion/completions
    count=0
    for command in explain parse reply causes anonymize help; do
        while read -r line; do
            case $line in pbpaste*) line="cat bounce.eml ${line#pbpaste}" ;; esac
            HOME=$PWD/home try bash -c "$line" < bounce.eml
            succeeds || { echo "$line"; false; }
            count=$((count + 1))
        done < <(whybounce help $command | sed -n '/^Examples:/,/^Options:/p' | grep -E '^  [^ ]')
    done
    [ $count -gt 10 ]
    [ "$(wc -l < bounces.jsonl)" -eq 1 ]
}

@test "--version says name and number" {
    try whybounce --version
    succeeds
    [[ $output =~ ^whybounce\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "without any word it reads standard input, and on a terminal it helps" {
    unknown_user > bounce.eml
    [ "$(whybounce < bounce.eml)" = "$(whybounce bounce.eml)" ]
    on_terminal 80 whybounce
    succeeds
    says "Usage:"
    on_terminal 80 whybounce --lang zh
    says "用法："
}

@test "a mistyped command is recognised" {
    for words in explian:explain prase:parse repl:reply cause:causes anonymise:anonymize knowlege:knowledge; do
        try whybounce ${words%:*}
        ends_with_status 2
        says_nothing
        complains_once "did you mean 'whybounce ${words#*:}'?"
        try whybounce help ${words%:*}
        ends_with_status 2
        complains_once "did you mean '${words#*:}'?"
    done
    try whybounce --lang zh explian
    complains_once "您是不是想用 whybounce explain？"
    try whybounce help frobnicate
    ends_with_status 2
    complains_once "'whybounce --help' lists all"
}

@test "a file of that name is a file" {
    unknown_user > explian
    try whybounce explian
    succeeds
    says "lee@example.org"
}

@test "a reply given as a file leads to the reply command" {
    try whybounce '550 5.1.1 User unknown'
    ends_with_status 2
    complains_once "whybounce reply '550 5.1.1 User unknown'"
}

@test "a mistyped option is recognised, whatever its command" {
    unknown_user > bounce.eml
    for words in "explain --anotate:--annotate" "parse --sumary:--summary" "parse --job=2:--jobs" \
        "reply --jason:--json" "causes --jsn:--json" "explain --colour=never:--color" "anonymize --lagn zh:--lang"; do
        # shellcheck disable=SC2086
        try whybounce ${words%%:*} bounce.eml
        [ "$status" -eq 2 ] || [ "$words" = "parse --job=2:--jobs" ] # a clear abbreviation is understood
        [ "$status" -ne 2 ] || complains_once "did you mean '${words#*:}'?"
    done
    try whybounce --bogus-thing bounce.eml
    ends_with_status 2
    complains_once "explain has no option '--bogus-thing'; 'whybounce explain --help' shows all"
    try whybounce parse -xyz bounce.eml
    ends_with_status 2
    complains_once "parse has no option '-x'"
}

@test "an option without its value, or with one too many, is named" {
    try whybounce parse --jobs
    ends_with_status 2
    complains_once "the option '--jobs' needs a value"
    try whybounce explain --annotate=yes
    ends_with_status 2
    complains_once "the option '--annotate=yes' takes no value"
    try whybounce explain --color=sometimes
    ends_with_status 2
    complains_once "--color takes auto, always or never, not 'sometimes'"
}

@test "behind -- a file may begin with a dash" {
    unknown_user > --annotate
    try whybounce -- --annotate
    succeeds
    says "lee@example.org"
}

# ---- completion ----

# What bash offers for the words given; the last one is being typed.
complete_in_bash() {
    whybounce help --as bash > completion
    bash -c 'source ./completion
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }
        _whybounce; printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}

@test "bash completes commands, options, files and ids" {
    [ "$(complete_in_bash whybounce exp)" = explain ]
    complete_in_bash whybounce parse --s | grep -qx -- --summary
    complete_in_bash whybounce --vers | grep -qx -- --version
    complete_in_bash whybounce --anno | grep -qx -- --annotate
    complete_in_bash whybounce parse --j | grep -qx -- --json
    touch bounce.eml
    [ "$(complete_in_bash whybounce explain boun)" = bounce.eml ]
    [ "$(complete_in_bash whybounce boun)" = bounce.eml ]
    [ "$(complete_in_bash whybounce causes mailbox-f)" = mailbox-full ]
    touch 'two words.eml'
    [ "$(complete_in_bash whybounce explain two)" = 'two words.eml' ]
    complete_in_bash whybounce knowledge li | grep -qx lint
    complete_in_bash whybounce help par | grep -qx parse
}

@test "the completion scripts are right to their shells" {
    whybounce help --as bash | bash -n
    command -v zsh > /dev/null || skip "zsh is not here"
    whybounce help --as zsh | zsh -n
}

@test "manual pages are right mdoc" {
    command -v mandoc > /dev/null || skip "mandoc is not here"
    for command in "" $commands; do
        for lang in en zh; do
            # shellcheck disable=SC2086
            whybounce help --as man --lang $lang $command > page.1
            mandoc -Tlint -Werror page.1
            mandoc -Tutf8 page.1 | grep -q whybounce
        done
    done
}

@test "a form of help that is not there is status 2" {
    try whybounce help --as fish
    ends_with_status 2
    complains_once "--as takes man, bash or zsh, not 'fish'"
}
