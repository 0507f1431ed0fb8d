#!/usr/bin/env python3
"""A processor without AVX-512, without AVX2, or without SSE2, gives the same answers byte for byte.

The engine is built once more for each, with nothing but its plain loops where they have any. What
it says of every mail and reply of the tests is held against what the program says here; its unit
tests must pass, too.
"""
import glob
import json
import os
import shutil
import subprocess
import tempfile

from tap import PROGRAM, ROOT, done, ok, skip_all

KINDS = {"without AVX-512": "-DWB_NO_AVX512", "without AVX2": "-DWB_NO_AVX2", "without AVX2 and SSE2": "-DWB_NO_AVX2 -U__SSE2__"}
UNITS = ("base/", "match/", "mail/", "extract/", "classify/", "render/")


def answers(program):
    mails = subprocess.run([program, "parse", "--json", os.path.join(ROOT, "test/mail")], capture_output=True)
    rows = [line.rstrip(b"\n").split(b"\t")[-1] for path in sorted(glob.glob(os.path.join(ROOT, "test/replies/*.tsv")))
            for line in open(path, "rb") if not line.startswith(b"#")]
    replies = subprocess.run([program, "reply", "--json", "-"], input=b"\n".join(rows) + b"\n", capture_output=True)
    return mails.stdout.splitlines(), replies.stdout.splitlines()


def build(folder, flags):
    subprocess.run(["meson", "setup", folder, ROOT, "--buildtype=debug", "-Doptimization=1", "-Dwerror=false",
                    "-Dc_args=" + flags], check=True, stdout=subprocess.DEVNULL)
    tests = json.loads(subprocess.run(["meson", "introspect", "--tests", folder], check=True, capture_output=True).stdout)
    units = [test for test in tests if test["name"].startswith(UNITS)]
    made = subprocess.run(["ninja", "-C", folder, "whybounce"] + [os.path.relpath(test["cmd"][0], folder) for test in units],
                          capture_output=True, text=True)
    return units, made


def main():
    if not shutil.which("meson") or not shutil.which("ninja"):
        skip_all("meson and ninja are needed")
    wanted = answers(PROGRAM)
    for name, flags in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            units, made = build(folder, flags)
            if not ok(made.returncode == 0, "it builds " + name, made.stdout[-2000:]):
                continue
            failed = [test["name"] for test in units
                      if subprocess.run(test["cmd"], env=dict(os.environ, **test["env"]), capture_output=True).returncode]
            ok(len(units) > 20 and not failed, "%d unit tests pass %s" % (len(units), name), *failed)
            for what, got, want in zip(("mails", "replies"), answers(os.path.join(folder, "whybounce")), wanted):
                other = [a + b"\n  not " + b for a, b in zip(got, want) if a != b]
                ok(len(got) == len(want) > 1000 and not other, "%d answers on %s are the same %s" % (len(got), what, name),
                   *[line.decode(errors="replace")[:2000] for line in other[:3]])
    done()


main()
