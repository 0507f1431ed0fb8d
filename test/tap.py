"""TAP for tests in Python: say what is true, and finish."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("WHYBOUNCE_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "whybounce")
SHARED = os.path.join(os.path.dirname(ROOT), "shared")

count = 0
failures = 0


def ok(good, what, *why):
    """One test; `why` is shown when it is not good."""
    global count, failures
    count += 1
    if good:
        print("ok %d - %s" % (count, what))
    else:
        failures += 1
        print("not ok %d - %s" % (count, what))
        for line in why:
            for part in str(line).splitlines():
                print("# " + part)
    return good


def skip_all(why):
    print("1..0 # SKIP " + why)
    sys.exit(0)


def done():
    print("1..%d" % count)
    sys.exit(1 if failures else 0)


def need_shared(*names):
    """A path under shared/; the whole test is skipped where that is not there."""
    path = os.path.join(SHARED, *names)
    if not os.path.exists(path):
        skip_all(os.path.join("shared", *names) + " is not here")
    return path


def whybounce(*arguments, stdin=None, lang="en", check=True, env=None):
    """Runs the program; returns its standard output."""
    environment = dict(os.environ, LC_ALL="zh_CN.UTF-8" if lang == "zh" else "C.UTF-8", **(env or {}))
    done_ = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, env=environment)
    if check and done_.returncode:
        sys.stderr.write(done_.stderr.decode(errors="replace"))
        raise SystemExit("whybounce %s: status %d" % (" ".join(arguments), done_.returncode))
    return done_.stdout.decode()
