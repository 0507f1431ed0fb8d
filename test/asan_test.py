#!/usr/bin/env python3
"""The quick tests, and all commands over all fixtures, with gcc's sanitizers in the program.

The program is built anew into build-asan for it. What the tests find wrong is not judged here, only
what the address, leak and undefined behaviour sanitizers report.
"""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from tap import BUILD, ROOT, SHARED, done, ok, skip_all

ASAN = os.path.join(ROOT, "build-asan")
PROGRAM = os.path.join(ASAN, "whybounce")
KNOWLEDGE = os.path.join(ROOT, "knowledge")
AT_ONCE = os.cpu_count() + 1  # some only wait for answers that never come
TOO_LONG = 600  # seconds, against a test that hangs


def build():
    """With little optimization: building is half of the time that all this takes otherwise."""
    if not os.path.exists(os.path.join(ASAN, "build.ninja")):
        shutil.rmtree(ASAN, ignore_errors=True)
        subprocess.run(["meson", "setup", ASAN, ROOT, "-Db_sanitize=address,undefined",
                        "-Dwerror=false", "--buildtype=debug", "-Doptimization=1",
                        # as shared libraries they do not agree on where to write their reports
                        "-Dc_link_args=-static-libasan -static-libubsan", "-Db_lundef=false"],
                       check=True, stdout=subprocess.DEVNULL)
    made = subprocess.run(["ninja", "-C", ASAN], text=True, capture_output=True)
    ok(made.returncode == 0, "it builds with sanitizers", made.stdout[-2000:])
    return made.returncode == 0


class Watch:
    """Runs commands, several at once; each is good when no sanitizer writes a report."""

    def __init__(self, folder):
        self.folder = folder
        self.pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        self.begun = []

    def begin(self, what, command, workdir=None, env=None, data=None, statuses=(0, 1)):
        log = os.path.join(self.folder, "report-%d" % len(self.begun))
        environment = dict(os.environ, **(env or {}))
        environment.update(WHYBOUNCE_BUILD=ASAN,
                           ASAN_OPTIONS="log_path=%s:detect_stack_use_after_return=1" % log,
                           UBSAN_OPTIONS="log_path=%s:halt_on_error=1:print_stacktrace=1" % log)
        self.begun.append((what, statuses, self.pool.submit(self.run, command, workdir, environment, data, log)))

    @staticmethod
    def run(command, workdir, environment, data, log):
        begin = time.monotonic()
        try:
            status = subprocess.run(command, env=environment, cwd=workdir, input=data, timeout=TOO_LONG,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        except subprocess.TimeoutExpired:
            status = "none: it took too long"
        reports = [open(path, errors="replace").read() for path in sorted(glob.glob(log + ".*"))]
        return status, time.monotonic() - begin, reports

    def judge(self):
        for what, statuses, future in self.begun:
            status, seconds, reports = future.result()
            ok(not reports and status in statuses, "sanitizers are silent: " + what, "status %s" % status,
               *[line for report in reports[:2] for line in report.splitlines()[:16]])
            print("# it took %.0f s" % seconds)


def quick_tests():
    out = subprocess.run(["meson", "introspect", "--tests", ASAN], check=True, capture_output=True)
    for test in json.loads(out.stdout):
        # live checks read what strangers say, too
        if test["name"] in ("check", "dane", "hostile_dns", "live", "mta_sts") or any(
                suite.endswith("quick") for suite in test["suite"]):
            yield test


def mails():
    for folder in os.path.join(ROOT, "test/mail"), os.path.join(SHARED, "corpus/mail"):
        if os.path.exists(folder):
            yield folder


def replies():
    text = b"550 5.1.1 user unknown\n\n421\n" + b"5" * 9000 + b"\n"
    samples = os.path.join(SHARED, "seed/samples.tsv")
    if os.path.exists(samples):
        text += b"\n".join(re.findall(rb"(?m)^\d+\t[^\t]*\t([^\t\n]*)", open(samples, "rb").read()))
    return text


def stream_of(paths):
    for path in paths:
        mail = open(path, "rb").read()
        yield b"%d\n" % len(mail) + mail


def main():
    if not shutil.which("meson") or not shutil.which("ninja"):
        skip_all("meson and ninja are needed")
    if os.path.realpath(BUILD) == ASAN:
        skip_all("this build is that of the sanitizers")
    if not build():
        done()
    files = sorted(glob.glob(os.path.join(ROOT, "test/mail/**/*.eml"), recursive=True))
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(folder)
        for test in quick_tests():
            watch.begin(test["name"], test["cmd"], test["workdir"], test["env"])
        for options in ["--json"], ["--csv"], ["--summary"], ["--json", "--jobs", "3"]:
            watch.begin("parse " + " ".join(options), [PROGRAM, "parse", *options, *mails()])
        for options in (["--lang", "zh", "--annotate", "--details"], ["--lang", "en", "--annotate"],
                        ["--lang", "zh", "--html"]):
            watch.begin("explain " + " ".join(options), [PROGRAM, "explain", *options, *files])
        for path in files[::12]:
            watch.begin("anonymize " + os.path.basename(path), [PROGRAM, "anonymize", path])
        for options in ["--json"], ["--lang", "zh", "--details"]:
            watch.begin("reply " + " ".join(options), [PROGRAM, "reply", *options, "-"],
                    data=replies())
        watch.begin("parse --stream", [PROGRAM, "parse", "--stream", "--json"],
                data=b"".join(stream_of(files)))
        watch.begin("causes", [PROGRAM, "causes"])
        watch.begin("knowledge lint", [PROGRAM, "knowledge", "lint", "--base", KNOWLEDGE, KNOWLEDGE], statuses=(0,))
        watch.judge()
    done()


sys.exit(main())
