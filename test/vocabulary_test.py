#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""doc/knowledge.md is complete and true.

Every key and every word that the knowledge compiler takes stands in the section that is about it,
and the examples, put together into one folder, compile on top of the built-in knowledge and pass.
"""
import glob
import json
import os
import re
import subprocess
import tempfile

from tap import BUILD, ROOT, done, ok, whybounce

DOCUMENT = open(os.path.join(ROOT, "doc/knowledge.md")).read()

# Which section explains a table of names: the function it stands in, or the table's own name.
SECTIONS = {
    "cause_keys": "Causes", "check_cause_keys": "Causes", "read_elsewhere": "Causes",
    "suppress": "Causes", "roles": "Causes",
    "wb_read_title": "Causes", "wb_read_provider": "Providers",
    "read_provider_status": "Providers", "wb_read_entry": "Entries", "read_when": "Entries",
    "origins": "Entries", "read_fact": "Facts", "read_unit": "Facts", "read_line": "Advice", "wb_read_advice": "Advice",
    "wb_read_facts": "Facts", "read_blocklist": "Blocklists", "wb_read_blocklists": "Blocklists",
    "wb_read_statuses": "Status codes", "trust_of": "Status codes",
    "wb_read_replies": "Reply codes", "wb_read_field_names": "Fields", "wb_read_kind": "Kinds",
    "wb_read_marks": "Marks", "wb_read_dialect": "Dialects", "add_line_pattern": "Dialects", "read_flags": "Dialects",
    "read_catalogue": "Version", "add_report_examples": "Dialects", "read_shape": "Notifications in JSON",
    "read_scheme": "Classes", "wb_read_schemes": "Classes", "read_class": "Classes",
}
# Tables that say how sections of a file are called in C, or list files; no key of a file.
OTHERS = {"language_keys", "variables"}  # keys of both languages; the environment's
# Lists of names that are macros: where they are, and which section explains them.
MACROS = {
    "WB_SLOTS": ("catalog/advice.h", "Advice"), "WB_CONDITIONS": ("catalog/advice.h", "Advice"),
    "WB_PLACES": ("catalog/advice.h", "Advice"), "WB_ROLES": ("catalog/prose.h", "Dialects"),
    "WB_CAPTURES": ("catalog/prose.h", "Dialects"), "WB_REACHES": ("catalog/prose.h", "Dialects"),
    "WB_FIELDS": ("catalog/fields.h", "Fields"), "WB_KINDS": ("base/vocab.h", "Dialects"),
    "WB_ACTIONS": ("base/vocab.h", "Notifications in JSON"), "WB_STAGES": ("base/vocab.h", "Entries"),
    "WB_PERMANENCES": ("base/vocab.h", "Causes"), "WB_FAULTS": ("base/vocab.h", "Causes"),
    "WB_RESPONSIBLES": ("base/vocab.h", "Causes"), "WB_RECOMMENDATIONS": ("base/vocab.h", "Causes"),
}


def section(title):
    """The text under a heading, as far as the next one of the same or a higher level."""
    start = re.search(r"^(#+) %s$" % re.escape(title), DOCUMENT, re.M)
    if not start:
        return ""
    rest = DOCUMENT[start.end():]
    end = re.search(r"^#{1,%d} " % len(start.group(1)), rest, re.M)
    return rest[:end.start()] if end else rest


def explains(title, name):
    text = re.sub(r"```.*?^```$", "", section(title), flags=re.M | re.S)
    return re.search(r"`\{?%s\}?(?:: true|: false)?`" % re.escape(name), text) is not None


def tables():
    """(file, function, name of the table, names in it) of the compiler's tables of names."""
    begin = re.compile(r"^(?:static )?[a-z].*?\b(\w+)\([^;]*$")
    table = re.compile(r"static const char \*const (\w+)\[[^\]]*\] = \{([^}]*)\}", re.S)
    for path in sorted(glob.glob(os.path.join(ROOT, "src/catalogc/*.c"))):
        if path.endswith("_test.c"):
            continue
        text = open(path).read()
        for found in table.finditer(text):
            names = [n for n in re.findall(r'"([^"]*)"', found.group(2)) if n]
            function = ""
            for line in text[:found.start()].split("\n"):
                match = begin.match(line)
                function = match.group(1) if match else function
            if names:
                yield os.path.basename(path), function, found.group(1), names


def check_tables():
    count = 0
    for file, function, table, names in tables():
        if table in OTHERS:
            continue
        title = SECTIONS.get(table) or SECTIONS.get(function)
        if not ok(title, "%s: it is known which section explains %s of %s" % (file, table, function)):
            continue
        missing = [n for n in names if not explains(title, n)]
        ok(not missing, "%s: section '%s' explains %s of %s" % (file, title, table, function),
           "missing: " + ", ".join(missing))
        count += 1
    ok(count >= 20, "the tables are found in the compiler's source", count)


def check_macros():
    for macro, (file, title) in MACROS.items():
        text = open(os.path.join(ROOT, "src", file)).read()
        body = re.search(r"#define %s\(X\)(.*?)\n\n" % macro, text, re.S).group(1)
        names = re.findall(r'X\(\w+, "([^"]+)"\)', body)
        missing = [n for n in names if not explains(title, n)]
        ok(names and not missing, "section '%s' explains %s" % (title, macro),
           "missing: " + ", ".join(missing))


def example_files():
    pattern = r"^`([a-z0-9/.-]+\.yaml)`:\n\n```yaml\n(.*?)^```$"
    return re.findall(pattern, DOCUMENT, re.M | re.S)


def check_examples():
    files = example_files()
    shapes = {path.split("/")[0] for path, _ in files}
    wanted = {"causes", "providers", "dialects", "kinds", "words.yaml", "facts.yaml",
              "blocklists.yaml", "status-codes.yaml", "reply-codes.yaml", "fields.yaml",
              "interface.yaml", "schemes.yaml", "marks.yaml"}
    ok(shapes == wanted, "there is an example of each shape of file", sorted(wanted ^ shapes))
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files:
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w") as out:
                out.write(text)
        command = [os.path.join(BUILD, "whybounce-knowledge"), "test", "--base",
                   os.path.join(ROOT, "knowledge"), folder]
        result = subprocess.run(command, capture_output=True, text=True)
        ok(result.returncode == 0, "the examples compile and pass", result.stdout, result.stderr)
        check_verdicts(folder)
        for path, text in files:
            if path.split("/")[0] in wanted and path != "words.yaml" and path != "interface.yaml":
                check_refusal(folder, path, text, command)


# What the made-up rules make of replies: cause, detail, confidence, rule.
VERDICTS = [
    ("550 5.7.91 qwerty", "quarantined", "filter", "fair", "status/X.7.91"),
    ("559 qwerty (in reply to end of DATA command)", "quarantined", None, "weak", "reply/559"),
    ("450 4.7.1 Message held in quarantine", "quarantined", None, "strong", "quarantined/held"),
    ("554 5.7.1 Rejected by ACME filter (in reply to end of DATA command)", "spam-content", "phishing",
     "strong", "spam-content/acme-filter"),
    ("550 ACME says no", "spam-content", None, "weak", "spam-content/acme-vague"),
    ("550 5.2.2 ACME says no", "mailbox-full", None, "fair", "status/X.2.2"),
    ("550 ACME is not amused", "spam-content", None, "weak", "spam-content/acme-vaguer"),
    ("ACME is not amused", "unknown", None, "none", None),
    ("421 4.7.0 <wang@acme.example> AC-1042 try later", "rate-limited", "ip", "certain", "acme/AC-1042"),
    ("421 ACME: slow down please", "rate-limited", None, "strong", "acme/slow-down"),
    ("550 5.7.620 <a@acme.example> qwerty", "reputation", "ip", "certain", "acme/5.7.606-649"),
]


def check_verdicts(folder):
    """The examples mean what the document says of their keys."""
    catalogue = os.path.join(folder, "made-up.wbc")
    subprocess.run([os.path.join(BUILD, "whybounce-knowledge"), "build", "--output", catalogue, "--base",
                    os.path.join(ROOT, "knowledge"), folder], check=True, capture_output=True)
    out = whybounce("reply", "--json", "-", stdin="".join(v[0] + "\n" for v in VERDICTS).encode(),
                    env={"WHYBOUNCE_CATALOGUE": catalogue})
    for (reply, *wanted), line in zip(VERDICTS, out.splitlines()):
        report = json.loads(line)
        rule = (report["evidence"] or {}).get("rule")
        found = [report["cause"], report["detail"], report["confidence"], rule]
        ok(found == wanted, "the made-up rules read '%s'" % reply, found)
    for reply, wanted in (("450 4.7.1 Message held in quarantine", "HELD"),
                          ("550 5.7.1 Message held in quarantine", "HELD BACK"),
                          ("550 5.1.1 User unknown", "LATER")):
        found = json.loads(whybounce("reply", "--json", "--classes", "acme-mailer", reply,
                                     env={"WHYBOUNCE_CATALOGUE": catalogue}))["class"]
        ok(found == wanted, "the made-up scheme calls '%s' %s" % (reply, wanted), found)
    large = whybounce("reply", "--json", "552 5.3.4 message too large: acme takes 20 mb only",
                      env={"WHYBOUNCE_CATALOGUE": catalogue})
    ok(json.loads(large)["facts"]["size_limit"] == 20 << 20, "the made-up fact is taken", large)


def check_refusal(folder, path, text, command):
    """A key that is not there is refused: so what is explained is what is looked at."""
    with open(os.path.join(folder, path), "a") as out:
        out.write("no-such-key: 1\n")
    result = subprocess.run(command, capture_output=True, text=True)
    ok(result.returncode == 1 and "no-such-key" in result.stderr and path in result.stderr,
       "%s with a key that is not there is refused" % path, result.stderr)
    with open(os.path.join(folder, path), "w") as out:
        out.write(text)


# A file with one fault, and what must be said of it beside the file's name.
FAULTS = [
    ("providers/a.yaml", "hosts: [a.example]\n", "the key 'name' is missing"),
    ("providers/a.yaml", "name: {en: A, zh: A}\nstatuses: [{code: 5.7.1, source: own}]\n",
     "the key 'cause' is missing"),
    ("providers/a.yaml", "name: {en: A, zh: A}\nstatuses: [{code: '5', cause: expired, source: own}]\n",
     "a code like 5.7.1"),
    ("blocklists.yaml", "lists: []\n", "the key 'cause' is missing"),
    ("status-codes.yaml", "codes: [{code: X.7.91, title: {en: a, zh: b}}]\n", "the key 'trust' is missing"),
    ("reply-codes.yaml", "codes: [{code: 559}]\n", "the key 'title' is missing"),
    ("fields.yaml", "fields: [{name: x-a, title: {en: a, zh: b}}]\n", "the key 'means' is missing"),
    ("marks.yaml", "marks: [{means: forwarded, words: [' '], source: own}]\n", "words are expected here"),
    ("causes/expired.yaml", "phrases: [{id: a, match: acme says no, fact: colour, examples: [acme says no], "
     "source: own}]\n", "there is no fact 'colour'"),
    ("causes/expired.yaml", "phrases: [{id: a, match: acme says no, when: {reply: 550}, "
     "examples: [550 acme says no], source: own}]\n", "first digit of a reply"),
    ("causes/expired.yaml", "phrases: [{id: a, match: 'acme.*no', examples: [acme says no], source: own}]\n",
     "without bound"),
    ("causes/expired.yaml", "phrases: [{id: a, match: 'acme says no', source: own}]\n", "at least one example"),
    ("causes/expired.yaml", "phrases: [{id: a, match: 'acme says no', examples: [acme says no]}]\n",
     "the key 'source' is missing"),
    ("causes/expired.yaml", "phrases: [{id: a, match: 'acme {says} no', examples: [acme says no], "
     "source: own}]\n", "there is no word list 'says'"),
    ("schemes.yaml", "schemes: [{id: acme, name: A, source: own}]\n", "has no class in the scheme 'acme' of schemes.yaml"),
    ("schemes.yaml", "schemes: [{id: acme, name: A, otherwise: 'a<b', source: own}]\n", "a class is letters"),
    ("schemes.yaml", "schemes: [{id: ses, name: A, source: own}]\n", "there is a scheme 'ses' already"),
    ("causes/expired.yaml", "classes: {acme: gone}\n", "there is no scheme 'acme'"),
    ("causes/expired.yaml", "disable: [nothing]\n", "there is no entry 'expired/nothing' to disable"),
]


# A whole report that is read as its dialect, and yet held for a discussion of one.
NO_FAILURE = """
name: ACME Gate
source: own
detect: [{text: acme gate could not hand over your mail}]
lines: {recipient: ['^[*] (?<recipient>[^ ]+@[^ ]+) -- (?<diagnostic>.*)$']}
examples:
  - report: |
      From: Li Na <li.na@example.com>
      To: li.na@example.com
      Subject: what is this?

      ACME Gate could not hand over your mail.
      * li.na@example.com -- 550 5.1.1 User unknown
    cause: user-unknown
"""


def check_report_example():
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "dialects"))
        with open(os.path.join(folder, "dialects/acme.yaml"), "w") as out:
            out.write(NO_FAILURE)
        result = subprocess.run([os.path.join(BUILD, "whybounce-knowledge"), "test", "--base",
                                 os.path.join(ROOT, "knowledge"), folder],
                                capture_output=True, text=True)
        ok(result.returncode == 1 and "is no failure: it is read as 'not-a-report'" in result.stderr,
           "an example that is no failure has no cause", result.stdout, result.stderr)


def check_faults():
    """Each fault is refused, and what is said names the file and the reason."""
    for path, text, reason in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w") as out:
                out.write(text)
            result = subprocess.run([os.path.join(BUILD, "whybounce-knowledge"), "lint", "--base",
                                     os.path.join(ROOT, "knowledge"), folder],
                                    capture_output=True, text=True)
            ok(result.returncode == 1 and path in result.stderr and reason in result.stderr,
               "%s: %s" % (path, reason), result.stdout, result.stderr)


check_tables()
check_macros()
check_faults()
check_report_example()
check_examples()
done()
