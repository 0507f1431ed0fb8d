#!/usr/bin/env python3
"""The programs of doc/examples say what is in a bounce: compiled, run, and read."""
import json
import os
import shutil
import subprocess
import tempfile

from tap import BUILD, ROOT, done, ok, whybounce

EXAMPLES = os.path.join(ROOT, "doc/examples")
MAIL = os.path.join(ROOT, "test/mail/example-two-recipients.eml")
LIBRARY = os.path.join(BUILD, "src")

# What the first step for each recipient is about, as "whybounce causes" has it.
ADVICE = [json.loads(whybounce("causes", "--json", cause))["steps"][0].split(",")[0].split(":")[0]
          for cause in ("user-unknown", "mailbox-full")]

environment = dict(os.environ, PATH=BUILD + ":" + os.environ["PATH"], LC_ALL="C.UTF-8",
                   LD_LIBRARY_PATH=LIBRARY,
                   PKG_CONFIG_PATH=os.path.join(BUILD, "meson-uninstalled"))


def run(*command, **options):
    done_ = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60,
                           **options)
    return done_.returncode, done_.stdout, done_.stderr


def check(name, *command):
    if not shutil.which(command[0], path=environment["PATH"]):
        ok(True, "%s # SKIP %s is not installed" % (name, command[0]))
        return
    code, out, err = run(*command)
    said = ok(code == 0 and err == "", "%s runs" % name, code, err)
    places = [out.find(text) for text in ("recipient: wang@example.cn", "cause: user-unknown",
                                          "recipient: zhao@example.org", "cause: mailbox-full")]
    ok(said and -1 not in places and places == sorted(places),
       "%s names each recipient and cause" % name, out)
    ok("hat to do" in out and all(word in " ".join(out.split()) for word in ADVICE),
       "%s says what to do" % name, out)
    ok(len(open(os.path.join(EXAMPLES, name)).readlines()) <= 60, "%s is short" % name)


with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "explain")
    code, flags, err = run("pkg-config", "--cflags", "--libs", "whybounce")
    ok(code == 0, "pkg-config knows the library", err)
    # as the comment at its top says; warnings are errors here
    code, out, err = run("cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic",
                         EXAMPLES + "/explain.c", *flags.split(), "-o", program)
    ok(code == 0, "explain.c compiles", err)
    check("explain.c", program, MAIL)
check("explain.py", "python3", EXAMPLES + "/explain.py", MAIL)
check("explain.php", "php", EXAMPLES + "/explain.php", MAIL)
check("explain.js", "node", EXAMPLES + "/explain.js", MAIL)
done()
