#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Real bounces: what real mail servers wrote when a scripted world made them fail.

test/mail/lab/SERVER/expected.jsonl says, from the scenario alone, what a reader must find
in each mail; test/lab makes both (make lab). causes: any of them, the best first; null:
nothing is asserted. known.tsv lists where the program is still wrong, with the reason:
that is skipped, and what has become right must leave the list.

usage: lab_test.py [--logs] [FOLDER]

FOLDER: another corpus, such as test/lab/collect.py --all writes; then nothing is known to be
wrong. With --logs: the same of the servers' log lines (expected-logs.jsonl), for `whybounce log`.
What counts is the last word on each recipient.
"""
import collections
import fnmatch
import glob
import json
import os
import sys

from tap import ROOT, done, ok, whybounce

OWN = os.path.join(ROOT, "test/mail/lab")
LAB = next((word for word in sys.argv[1:] if not word.startswith("-")), OWN)
LOGS = "postfix", "exim", "sendmail", "opensmtpd" # the formats that whybounce log reads
FIELDS = "permanence", "status", "reply_code", "stage"


class Known:
    """known.tsv: in which files (patterns), which field is still wrong, and why."""

    def __init__(self):
        rows = []
        if LAB == OWN:
            with open(os.path.join(LAB, "known.tsv")) as lines:
                rows = [line.rstrip("\n").split("\t") for line in lines if line.strip() and line[0] != "#"]
        self.why = {(pattern, field): why for patterns, field, why in rows for pattern in patterns.split()}
        self.used = set()

    def reason(self, file, field):
        for key, why in self.why.items():
            if key[1] == field and fnmatch.fnmatch(file, key[0]):
                self.used.add(key)
                return why
        return None

    def needless(self):
        return sorted(set(self.why) - self.used)


def expected(name):
    """{server: its records}"""
    found = {}
    for path in sorted(glob.glob(os.path.join(LAB, "*", name))):
        with open(path) as lines:
            found[os.path.basename(os.path.dirname(path))] = [json.loads(line) for line in lines]
    return found


def names(report, one):
    """Is the report on this recipient, by any of the addresses it is known under?"""
    said = {(report["recipient"] or "").lower(), (report["original_recipient"] or report["recipient"] or "").lower()}
    return bool(said & {(address or "").lower() for address in [one["address"], *one["also"]]})


def faults_of(one, report):
    """[(field, what the report says otherwise than the scenario)]"""
    faults = []
    if report["kind"] != one["kind"]:
        faults.append(("kind", "%s, must be %s" % (report["kind"], one["kind"])))
    if one["causes"] and report["cause"] not in one["causes"]:
        faults.append(("cause", "%s, must be %s" % (report["cause"], " or ".join(one["causes"]))))
    for field in FIELDS:
        if one[field] is not None and report[field] != one[field]:
            faults.append((field, "%s, must be %s" % (report[field], one[field])))
    return faults


def compare(record, reports, file):
    """A line of TAP for each recipient, and one for the rest. True if all is right."""
    right, left = True, list(reports)
    for one in record["recipients"]:
        # an alias may stand for two recipients: the report that fits best is this one's
        mine = sorted((r for r in left if names(r, one)), key=lambda r: len(faults_of(one, r)))[:1]
        left = [r for r in left if r not in mine]
        faults = faults_of(one, mine[0]) if mine else [("recipient", "it is missing")]
        right &= judge(file, one["address"] or "-", faults)
    return judge(file, "and nobody else", [("others", "a report on %s" % r["recipient"]) for r in left]) and right


def judge(file, address, faults):
    unknown = ["%s is %s" % fault for fault in faults if not known.reason(file, fault[0])]
    if unknown or not faults:
        return ok(not unknown, "%s %s" % (file, address), *unknown)
    ok(True, "%s %s # SKIP %s" % (file, address, known.reason(file, faults[0][0])))
    return False


def read(command, files):
    """{file: the reports on it}"""
    reports = collections.defaultdict(list)
    for line in whybounce(*command, *files).splitlines():
        report = json.loads(line)
        reports[report["source"]].append(report)
    return reports


def check(server, records, command, noun):
    files = {os.path.join(LAB, server, record["file"]): record for record in records}
    reports = read(command, files)
    right = sum(compare(record, reports[path], "%s/%s" % (server, record["file"])) for path, record in files.items())
    print("# %-10s %3d of %3d %s as the scenario says" % (server, right, len(files), noun))


def log_faults(record, one, reports):
    """What the log's last report on this recipient says otherwise than the scenario."""
    others = [other["address"] for other in record["recipients"] if other is not one]
    mine = ([r for r in reports if r["recipient"] == one["address"]]
            or [r for r in reports if names(r, one) and r["recipient"] not in others])
    if one["kind"] in ("delivered", "auto-reply"):
        return [("kind", "bounce, though it was delivered")] * any(r["kind"] == "bounce" for r in mine)
    if not mine:
        return [("recipient", "missing")]
    last = mine[-1]
    told = {"queue_id": last["queue_id"], "relay_ip": last["remote_ip"],
            "message_id": last["original"]["message_id"], "sender": last["original"]["envelope_from"]}
    wanted = {**one, **{key: record[key] for key in ("message_id", "sender")}}
    return faults_of(one, last) + [(key, "%s, must be %s" % (value, wanted[key])) for key, value in told.items()
                                   if wanted[key] and value != wanted[key]]


def check_logs(server, records):
    right = 0
    for record in records:
        path = os.path.join(LAB, server, record["file"])
        reports = [json.loads(line) for line in whybounce("log", "--json", path, check=False).splitlines()]
        what = "%s/%s" % (server, record["file"])
        right += all([judge(what, one["address"] or "-", log_faults(record, one, reports)) for one in record["recipients"]])
    print("# %-10s %3d of %3d logs as the scenario says" % (server, right, len(records)))


def check_keys(server):
    """A failure has one key, whether the mail or the log tells it. OpenSMTPD logs no Message-ID."""
    cases = [path[:-4] for path in glob.glob(os.path.join(LAB, server, "*.eml")) if os.path.exists(path[:-4] + ".log")]
    compared = 0
    for case in sorted(cases):
        keys = {"parse": {}, "log": {}}
        for command, path in ("parse", case + ".eml"), ("log", case + ".log"):
            for report in map(json.loads, whybounce(command, "--json", path).splitlines()):
                if report["kind"] == "bounce" and report["failure_key"]:
                    keys[command][report["recipient"]] = report["failure_key"]
        for recipient in keys["parse"].keys() & keys["log"].keys():
            one, other = keys["parse"][recipient], keys["log"][recipient]
            compared += 1
            if one != other:
                ok(False, "%s %s: one failure_key in mail and log" % (case, recipient), one, other)
    ok(compared >= 50, "%s: %d failures have one failure_key in mail and log" % (server, compared))


known = Known()
if "--logs" in sys.argv:
    for server, records in expected("expected-logs.jsonl").items():
        if server in LOGS:
            check_logs(server, records)
    for server in "postfix", "exim", "sendmail":
        check_keys(server)
    done()
mails = expected("expected.jsonl")
ok(len(mails) >= 10, "mails of %d servers" % len(mails))
for server, records in mails.items():
    check(server, records, ["parse", "--json"], "mails")
groups = {record.get("group") for records in mails.values() for record in records}
ok(groups >= set(range(1, 23)), "each group of odd formats has its mails", "missing: %s" % sorted(set(range(1, 23)) - groups))
for row in known.needless():
    ok(False, "known.tsv: %s %s is right now, take it out" % row)
done()
