#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`whybounce check --rcpt` before real mail servers: Postfix and Exim of Debian, on a throw-away machine as in the laboratory.

Their packages are fetched by `test/check/get-mta BUILD/mta`, which `make test` does.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "check"))
import world
from tap import BUILD, ROOT, done, ok, skip_all

PACKAGES = os.path.join(BUILD, "mta")
SERVERS = "postfix", "exim"


def why_not():
    if os.getuid():
        return "only root can set up a machine for them"
    if not all(os.path.exists(os.path.join(PACKAGES, name, "complete")) for name in SERVERS):
        return "the packages of the mail servers are not here (test/check/get-mta)"
    if subprocess.run(["unshare", "-n", "-m", "-p", "-f", "true"], capture_output=True, check=False).returncode:
        return "there are no name spaces"
    return world.why_not()


if why_not():
    skip_all(why_not())


def jobs():
    all_ = {}
    for server in SERVERS:
        for kind in "", "-wrong", "-plain":
            all_[server + kind] = ["--json", "--rcpt", "wang@%s%s.test" % (server, kind)]
        all_[server + " unknown"] = ["--json", "--rcpt", "li@%s.test" % server]
        all_[server + " relay"] = ["--json", "--rcpt", "wang@not-%s.test" % server]
        all_[server + " talk"] = ["-v", "--lang", "en", "--rcpt", "wang@%s.test" % server]
    return all_


def prepare(folder):
    authority = world.Authority(folder)
    good = ["mx.%s.test" % name for name in SERVERS]
    authority.server(good[0], others=good[1:])
    authority.server("mx.elsewhere.test")
    for name, base in ("good", authority.base(good[0])), ("wrong", authority.base("mx.elsewhere.test")):
        for ending in "pem", "key":
            shutil.copy("%s.%s" % (base, ending), os.path.join(folder, "%s.%s" % (name, ending)))
        with open(os.path.join(folder, name + ".all"), "w", encoding="ascii") as out:
            out.write("".join(open("%s.%s" % (base, ending), encoding="ascii").read() for ending in ("key", "pem")))
    os.mkdir(os.path.join(folder, "bin"))
    for program in "whybounce", "whybounce-check":
        shutil.copy(os.path.join(BUILD, program), os.path.join(folder, "bin"))
    with open(os.path.join(folder, "jobs.json"), "w", encoding="utf-8") as out:
        json.dump(jobs(), out)
    os.chmod(folder, 0o755)


def judge(results, name, status, **wanted):
    """The findings are there, each with what its last value begins with, and the exit status."""
    got = results[name]
    answer = json.loads(got["out"])
    ids = {one["id"]: one for one in answer["findings"]}
    for finding, value in wanted.items():
        finding = finding.replace("__", ".").replace("_", "-")
        one = ids.get(finding)
        ok(one and (not value or one["values"][-1].startswith(value)), "%s: %s %s" % (name, finding, value), json.dumps(answer, indent=1))
    return ok(got["status"] == status, "%s: exit %d" % (name, status), got, sorted(ids))


def test(results):
    unknown = {"postfix": "550 5.1.1", "exim": "550 "}
    relay = {"postfix": "554 5.7.1", "exim": "550 relay not permitted"}
    for server in SERVERS:
        judge(results, server, 0, rcpt__taken="mx." + server, smtp__size="51200", tls__well="1", smtp__answers="220 mx.")
        judge(results, server + "-wrong", 0, rcpt__taken="", tls__wrong_name="")
        judge(results, server + "-plain", 0, rcpt__taken="", tls__none="")
        judge(results, server + " unknown", 1, rcpt__refused=unknown[server], tls__well="")
        judge(results, server + " relay", 1, rcpt__refused=relay[server])
        talk = results[server + " talk"]["out"]
        lines = [line.strip() for line in talk.splitlines()]
        said = [line[2:].split(" ")[0] for line in lines if line.startswith("> ")]
        ok(said == ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "QUIT"], server + ": what was said, and no more", talk)
        ok("> RCPT TO:<wang@%s.test>" % server in lines, server + ": the talk is shown", talk)


with tempfile.TemporaryDirectory(prefix="whybounce-mta-") as folder:
    prepare(folder)
    begun = time.monotonic()
    run = subprocess.run(["bash", os.path.join(ROOT, "test/lab/isolate.sh"), "check", PACKAGES, folder], capture_output=True, text=True,
                         check=False, env=dict(os.environ, LAB_SOURCE=os.path.join(ROOT, "test/check"), LIMIT="60"))
    path = os.path.join(folder, "results.json")
    if ok(os.path.exists(path), "the servers run", run.stdout, run.stderr, *(open(os.path.join(folder, name), errors="replace").read()
                                                                         for name in ("log",) if os.path.exists(os.path.join(folder, name)))):
        print("# %.1f s" % (time.monotonic() - begun))
        with open(path, encoding="utf-8") as file:
            test(json.load(file))
done()
