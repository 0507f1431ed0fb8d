#!/usr/bin/env python3
"""What "make install" puts where, and whether it works there."""
import glob
import json
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time

from tap import BUILD, ROOT, done, ok

DEST = tempfile.mkdtemp()
MAIL = os.path.join(ROOT, "test/mail/example-two-recipients.eml")


def run(*command, env=None, **options):
    environment = dict(os.environ, LC_ALL="C.UTF-8", **(env or {}))
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120,
                          **options)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def option(name):
    options = json.loads(run("meson", "introspect", "--buildoptions", BUILD).stdout)
    return next(o["value"] for o in options if o["name"] == name)


installed = run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", DEST)
ok(installed.returncode == 0, "it installs into DESTDIR", installed.stdout, installed.stderr)
PREFIX = DEST + option("prefix")
LIBRARY = os.path.join(PREFIX, option("libdir"))
MAN = os.path.join(PREFIX, option("mandir"))
SHARE = os.path.join(PREFIX, option("datadir"))
LIBEXEC = os.path.join(PREFIX, option("libexecdir"), "whybounce")
PROGRAM = os.path.join(PREFIX, option("bindir"), "whybounce")

# ---- files ----

version = run(PROGRAM, "--version").stdout.split()[-1]
listed = run(PROGRAM, "--help", "--lang", "en").stdout.split("\nCommands:\n")[1].split("\n\n")[0]
commands = re.findall(r"^  (\w+)  ", listed, re.M)
ok(len(commands) > 6, "--help lists the commands", listed)
pages = ["whybounce.1"] + ["whybounce-%s.1" % command for command in commands]
wanted = [PROGRAM, LIBEXEC + "/whybounce-knowledge",
          os.path.join(PREFIX, option("includedir"), "whybounce.h"),
          LIBRARY + "/libwhybounce.so." + version, LIBRARY + "/libwhybounce.a",
          LIBRARY + "/pkgconfig/whybounce.pc",
          MAN + "/man3/libwhybounce.3",
          SHARE + "/bash-completion/completions/whybounce",
          SHARE + "/zsh/site-functions/_whybounce",
          SHARE + "/whybounce/knowledge/LICENSE", LIBEXEC + "/whybounce-check", LIBEXEC + "/whybounce-serve",
          PREFIX + "/lib/systemd/system/whybounce.service", PREFIX + "/lib/sysusers.d/whybounce.conf"]
wanted += ["%s/man1/%s" % (MAN, page) for page in pages]
wanted += ["%s/zh_CN/man1/%s" % (MAN, page) for page in pages]
wanted += ["%s/doc/whybounce/%s" % (SHARE, name) for name in
           ("LICENSE", "LICENSE.knowledge", "README.md", "README.zh.md", "ARCHITECTURE.md",
            "CHANGELOG.md", "SECURITY.md", "extending.md", "knowledge.md", "report.schema.json",
            "report.schema.changelog.md", "sample-bounce.eml", "sample-mail.log", "stream.md", "check.md", "config.md", "policy.md", "webhooks.md",
            "deploy.md", "deploy.zh.md", "grafana.json", "examples/explain.c", "examples/explain.py", "examples/explain.php",
            "examples/explain.js")]
wanted += [os.path.join(SHARE, "whybounce", os.path.relpath(path, ROOT))
           for path in glob.glob(ROOT + "/knowledge/**/*.yaml", recursive=True)]
for path in wanted:
    ok(os.path.isfile(path) and os.path.getsize(path), os.path.relpath(path, DEST))
found = [os.path.join(folder, name) for folder, _, names in os.walk(DEST) for name in names]
links = re.compile(r"libwhybounce\.so(\.0)?$")
more = [path for path in found if path not in wanted and not links.search(path)]
ok(not more, "and no other file", *more)
for link in "libwhybounce.so", "libwhybounce.so.0":
    ok(os.path.realpath(os.path.join(LIBRARY, link)) ==
       os.path.realpath(LIBRARY + "/libwhybounce.so." + version), link + " leads to the library")
for name, words in (("LICENSE", "Redistribution and use"), ("LICENSE.knowledge", "CC0 1.0")):
    ok(words in read("%s/doc/whybounce/%s" % (SHARE, name)), name + " is the licence")
places = [path for path in found if BUILD.encode() in open(path, "rb").read()]
ok(not places, "nothing speaks of the folder it was built in", *places)

# ---- the program, from where it is ----

ok(run(PROGRAM, "reply", "550 5.1.1 User unknown").returncode == 0, "the program runs")
home = {"WHYBOUNCE_LIBEXEC": LIBEXEC, "WHYBOUNCE_KNOWLEDGE": SHARE + "/whybounce/knowledge"}
rules = os.path.join(DEST, "rules")
os.makedirs(rules + "/causes")
entry = run(PROGRAM, "knowledge", "new", "--cause", "spam-content", "550 Quux said no", env=home)
with open(rules + "/causes/spam-content.yaml", "w") as file:
    file.write(entry.stdout)
catalogue = os.path.join(DEST, "own.wbc")
built = run(PROGRAM, "knowledge", "build", "--output", catalogue, rules, env=home)
ok(built.returncode == 0, "knowledge build with the installed knowledge", entry.stderr,
   built.stdout, built.stderr)
for name, environment, cause in (("built-in", {}, False), ("own", {"WHYBOUNCE_CATALOGUE": catalogue},
                                                           True)):
    out = run(PROGRAM, "reply", "--json", "550 Quux said no", env=environment).stdout
    ok((json.loads(out)["cause"] == "spam-content") == cause, "the %s catalogue is used" % name, out)
missing = run(PROGRAM, "knowledge", "lint", env={"WHYBOUNCE_LIBEXEC": DEST})
ok(missing.returncode == 1 and missing.stderr.count("\n") == 1,
   "a program that is not there is told in one sentence", missing.stderr)

# ---- the library ----

header = read(os.path.join(PREFIX, option("includedir"), "whybounce.h"))
code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
declared = sorted(set(re.findall(r"\b(wb_\w+)\(", code)))
symbols = run("nm", "-D", "--defined-only", LIBRARY + "/libwhybounce.so").stdout.split("\n")
exported = sorted(line.split()[-1].split("@")[0] for line in symbols if " T " in line)
ok(declared == exported and len(declared) > 20, "the library exports what the header declares",
   set(declared) ^ set(exported))
others = [line for line in symbols if line and " T " not in line and " A WHYBOUNCE_" not in line]
ok(not others, "and nothing else", *others)
ok(all("@@WHYBOUNCE_0" in line for line in symbols if " T " in line), "every symbol has a version")

environment = {"PKG_CONFIG_PATH": LIBRARY + "/pkgconfig", "PKG_CONFIG_SYSROOT_DIR": DEST}
flags = run("pkg-config", "--cflags", "--libs", "whybounce", env=environment)
ok(flags.returncode == 0 and "-I" + PREFIX in flags.stdout, "pkg-config finds it",
   flags.stdout, flags.stderr)
ok(run("pkg-config", "--modversion", "whybounce", env=environment).stdout.strip() == version,
   "pkg-config knows the version")
example = os.path.join(SHARE, "doc/whybounce/examples/explain.c")
made = run("cc", "-Wall", "-Werror", example, *flags.stdout.split(), "-o", DEST + "/explain")
ok(made.returncode == 0, "the example in C compiles", made.stderr)
out = run(DEST + "/explain", MAIL, env={"LD_LIBRARY_PATH": LIBRARY})
ok("cause: user-unknown" in out.stdout, "and runs with the shared library", out.stdout, out.stderr)
private = run("pkg-config", "--static", "--libs-only-l", "--libs-only-other", "whybounce",
              env={"PKG_CONFIG_PATH": LIBRARY + "/pkgconfig"}).stdout.split()
made = run("cc", example, "-I" + os.path.dirname(wanted[2]), LIBRARY + "/libwhybounce.a",
           *(flag for flag in private if flag != "-lwhybounce"), "-o", DEST + "/static")
ok(made.returncode == 0, "the example links with the static library", made.stderr)
ok("cause: user-unknown" in run(DEST + "/static", MAIL).stdout, "and runs by itself")

# ---- manual pages ----

bash = SHARE + "/bash-completion/completions/whybounce"
script = read(bash)
options = {name: re.findall(r"--([\w-]+)", words) for name, words in
           re.findall(r"^    (\w+)\)\n\s+options='([^']*)'", script, re.M)}
for page in [path for path in wanted if re.search(r"\.[13]$", path)]:
    name = os.path.relpath(page, MAN)
    if shutil.which("mandoc"):
        lint = run("mandoc", "-T", "lint", "-W", "warning", page).stdout.splitlines()
        # a machine's clock may be behind the release's date
        lint = [line for line in lint if "date in the future" not in line]
        ok(not lint, "mandoc has nothing against " + name, *lint)
    else:
        ok(True, name + " # SKIP mandoc is not installed")
    text = read(page)
    command = re.search(r"whybounce-(\w+)\.1$", page)
    if command:
        listed = re.findall(r"^\.It Fl -([\w-]+)", text.replace("\\-", "-"), re.M)
        ok(listed == options[command.group(1)], name + " has all options", listed)
    ok(bool(re.search("[\u4e00-\u9fff]", text)) == ("zh_CN" in name) or "lib" in name,
       name + " is in its language")
book = read(MAN + "/man3/libwhybounce.3")
ok(all(".Fn %s" % name in book for name in declared), "libwhybounce(3) has every function")

# ---- completion ----


def complete(*words):
    """What bash would offer for the last word."""
    array = " ".join("'%s'" % word for word in words)
    script = ("compopt() { :; }; . '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _whybounce; "
              "printf '%%s\\n' \"${COMPREPLY[@]}\"" % (bash, array, len(words) - 1))
    return sorted(run("bash", "--norc", "-c", script, cwd=rules, env={
        "PATH": os.path.dirname(PROGRAM) + ":" + os.environ["PATH"]}).stdout.split("\n")[:-1])


def type_keys(keys, until):
    """What an interactive bash shows when these keys are typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"],
                   dict(os.environ, PS1="$ ", TERM="dumb", INPUTRC="/dev/null"))
    shown = b""
    end = time.monotonic() + 20
    os.write(terminal, keys)
    while until not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
    os.close(terminal)
    os.waitpid(pid, 0)
    return shown.decode(errors="replace")


ok(run("bash", "-n", bash).returncode == 0, "bash can read the completion")
os.makedirs(rules + "/my mails")
ok(complete("whybounce", "pa") == ["parse"], "pa", complete("whybounce", "pa"))
ok(complete("whybounce", "") == sorted(commands + ["causes", "my mails"]), "commands, and files",
   complete("whybounce", ""))
ok(complete("whybounce", "--an") == ["--annotate"], "--an of the command that needs no name")
ok(complete("whybounce", "parse", "--s") == ["--stream", "--summary"], "parse --s")
ok(complete("whybounce", "parse", "--fo") == ["--format="], "parse --fo")
ok(complete("whybounce", "parse", "my") == ["my mails"], "a folder with a blank in its name")
ok(complete("whybounce", "causes", "mailbox-") == ["mailbox-disabled", "mailbox-full"], "causes")
ok(complete("whybounce", "help", "an") == ["anonymize"], "help")
ok(complete("whybounce", "knowledge", "") == ["build", "diff", "lint", "new", "test", "unknown"], "knowledge")
keys = ". '%s'\nwhybounce pa\t--summ\t\n" % bash
shown = type_keys(keys.encode(), b"parse --summary")
ok("parse --summary" in shown, "and with the Tab key", shown)
if shutil.which("zsh"):
    zsh = run("zsh", "-n", SHARE + "/zsh/site-functions/_whybounce")
    ok(zsh.returncode == 0, "zsh can read the completion", zsh.stderr)
else:
    ok(True, "zsh can read the completion # SKIP zsh is not installed")
shutil.rmtree(DEST)
done()
