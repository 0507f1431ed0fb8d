#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the documents show is what the program says.

In a block marked ```console a line with "$ " in front is run, in the project's folder; the lines
behind it must be its output. A line with only "…" stands for any lines. With --write the outputs
that hold no such line are put into the documents anew; read the difference before you keep it.
"""
import os
import re
import subprocess
import sys
import tempfile

from documents import exchanges, matches
from tap import BUILD, ROOT, done, ok

DOCUMENTS = ["README.md", "README.zh.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md",
             "CHANGELOG.md", "doc/dependencies.md", "doc/deploy.md", "doc/deploy.zh.md", "doc/knowledge.md", "doc/stream.md", "doc/webhooks.md",
             "doc/report.schema.changelog.md", "web/README.md"]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def blocks(text):
    """Start line and lines of each console block."""
    lines, start = text.split("\n"), None
    for i, line in enumerate(lines):
        if start is None and line == "```console":
            start = i + 1
        elif start is not None and line == "```":
            yield start, lines[start:i]
            start = None


def run(command):
    environment = dict(os.environ, LC_ALL="C.UTF-8", WHYBOUNCE_KNOWLEDGE=os.path.join(ROOT, "knowledge"),
                       PATH=BUILD + ":" + os.environ["PATH"])
    result = subprocess.run(["sh", "-c", command], cwd=ROOT, env=environment, capture_output=True)
    return (result.stdout + result.stderr).decode().rstrip("\n").split("\n")


def check(document):
    text = open(os.path.join(ROOT, document)).read()
    for start, lines in blocks(text):
        for command, shown in exchanges(lines):
            said = run(command)
            ok(matches(shown, said), "%s: %s" % (document, command), "it says:", *said)
    for target in LINK.findall(text):
        path = os.path.join(ROOT, os.path.dirname(document), target)
        ok(os.path.exists(path), "%s: %s is there" % (document, target))


def check_packages():
    """Every Debian package of the Makefile has its line in doc/dependencies.md, and no other."""
    makefile = open(os.path.join(ROOT, "Makefile")).read().replace("\\\n", " ")
    lists = re.findall(r"^(?!INSTALL)\w+_PACKAGES = (.*)$", makefile, re.M)
    needed = {package for line in lists for package in line.split()}
    text = open(os.path.join(ROOT, "doc/dependencies.md")).read()
    rows = [line.split("|") for line in text.split("\n") if line.startswith("| ")]
    named = {name for row in rows for name in re.findall("`([^`]+)`", row[2 if "`make" in row[1] else 1])}
    ok(needed == named, "doc/dependencies.md names the packages of the Makefile",
       "missing: %s" % sorted(needed - named), "too many: %s" % sorted(named - needed))


def check_program(document):
    """The example of the library compiles and says what the program says."""
    text = open(os.path.join(ROOT, document)).read()
    lines = re.search(r"^```c\n(.*?)^```$", text, re.M | re.S).group(1).split("\n")
    head = "\n".join(line for line in lines if line.startswith("#"))
    body = "\n".join(line for line in lines if not line.startswith("#"))
    program = ("#include <stdio.h>\n" + head + "\nint main(void)\n{\nstatic char bytes[1 << 20];\n"
               "size_t length = fread(bytes, 1, sizeof bytes, stdin);\n" + body + "return 0;\n}\n")
    with tempfile.TemporaryDirectory() as folder:
        source, out = os.path.join(folder, "example.c"), os.path.join(folder, "example")
        open(source, "w").write(program)
        library = os.path.join(BUILD, "src")
        made = subprocess.run(["cc", "-Wall", "-Werror", "-I", os.path.join(ROOT, "include"), source, "-L",
                               library, "-Wl,-rpath," + library, "-lwhybounce", "-o", out],
                              capture_output=True, text=True)
        if ok(made.returncode == 0, document + ": the example of the library compiles", made.stderr):
            mail = os.path.join(ROOT, "doc/sample-bounce.eml")
            said = subprocess.run([out], stdin=open(mail), capture_output=True, text=True).stdout
            causes = re.findall('"cause":"([^"]*)"', said)
            ok(causes == ["user-unknown", "message-too-large"],
               document + ": the example of the library answers", said)


def check_directions():
    """ARCHITECTURE.md says of each folder what src/meson.build lets it see."""
    build = open(os.path.join(ROOT, "src/meson.build")).read()
    sees = {}
    for name, value in re.findall(r"^(\w+)_inc = (\[.*?\]|include_directories\([^)]*\))$", build, re.M | re.S):
        seen = set()
        for other in re.findall(r"(\w+)_inc\b", value):
            seen |= sees[other] | {other}
        if re.search(r"\bpublic\b", value):
            seen.add("public header")
        sees[name] = seen | (set(re.findall(r"'([^']+)'", value)) - {name})
    text = open(os.path.join(ROOT, "ARCHITECTURE.md")).read()
    before = set()
    for folder, cell in re.findall(r"^\| `src/(\w+)` \|[^|]*\|([^|]*)\|", text, re.M):
        names = {n for n in re.split(r",| and |\bthe\b", cell.replace("as before", "")) if n.strip()}
        names = {n.strip() for n in names} | (before if "as before" in cell else set())
        real = sees.pop(folder, None)
        ok(names == real, "ARCHITECTURE.md: what %s may see" % folder, sorted(names), sorted(real or []))
        before = names
    ok(not sees, "ARCHITECTURE.md: all folders of src/meson.build", sorted(sees))


def write(document):
    path = os.path.join(ROOT, document)
    lines = open(path).read().split("\n")
    for start, block in reversed(list(blocks("\n".join(lines)))):
        new = []
        for command, shown in exchanges(block):
            new += ["$ " + command] + (shown if "…" in shown else run(command))
        lines[start:start + len(block)] = new
    open(path, "w").write("\n".join(lines))


for name in DOCUMENTS:
    write(name) if "--write" in sys.argv else check(name)
if "--write" not in sys.argv:
    check_packages()
    check_directions()
    check_program("README.md")
    check_program("README.zh.md")
    done()
