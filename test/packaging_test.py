#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What debian/ and system/ say is what the rest of the source says; nothing is built here.

test/deb_test.py builds the packages and runs them.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from tap import BUILD, PROGRAM, ROOT, done, ok

NETWORK = ("libssl", "libcrypto", "libcares", "libunbound", "libidn2", "libmicrohttpd", "libpq",
           "libsqlite3", "libgnutls")
WORST = 1.2  # of 10; systemd 252 says 1.1


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


# ---- one version, one list of symbols, one list of packages ----

version = re.search(r"version: '([^']+)'", read("meson.build"))[1]
packaged = re.match(r"whybounce \(([^)]+)-\d+\) ", read("debian/changelog"))
ok(packaged and packaged[1] == version, "debian/changelog has the version of meson.build")

exported = set(re.findall(r"\b(wb_\w+);", read("src/whybounce.map")))
listed = set(re.findall(r"^ (wb_\w+)@WHYBOUNCE_0 ", read("debian/libwhybounce0.symbols"), re.M))
ok(exported == listed and len(listed) > 20, "debian/libwhybounce0.symbols has those of whybounce.map",
   *exported ^ listed)

control = read("debian/control")
makefile = read("Makefile").replace("\\\n", " ")
needed = re.search(r"^BUILD_PACKAGES = (.*)$", makefile, re.M)[1].split()
build = re.search(r"^Build-Depends:(.*(?:\n .*)*)", control, re.M)[1]
named = {word.split()[0].split(":")[0] for word in build.split(",")}
missing = set(needed) - named - {"gcc"}  # which is build-essential
ok(not missing, "debian/control needs what the build needs", *missing)
always = {word.split()[0].split(":")[0] for word in build.split(",") if "<!nocheck>" not in word}
more = always - set(needed) - {"debhelper-compat", "dh-sequence-installsysusers"}
ok(not more, "and without the tests no more than that", *more)

# ---- each file in one package ----

places = {}
for path in glob.glob(os.path.join(ROOT, "debian", "*.install")):
    for line in read(path).splitlines():
        places.setdefault(line.split()[0], []).append(os.path.basename(path))
twice = {place: files for place, files in places.items() if len(files) > 1}
ok(not twice, "no file is in two packages", twice)
for command in re.search(r"command_names = \[(.*?)\]", read("src/meson.build"), re.S)[1].split(","):
    page = "man1/whybounce-%s.1" % command.strip(" '\n")
    for folder in "usr/share/man", "usr/share/man/zh_CN":
        ok("%s/%s" % (folder, page) in places, "a package has %s/%s" % (folder, page))

# ---- the settings ----

declared = dict(re.findall(r'X\(\w+, "([\w-]+)", ("[^"]*"|\w+)', read("src/config/config.h")))
settings = read("system/config.yaml")
shown = dict(re.findall(r"^#([\w-]+): (.*)$", settings, re.M))
ok(set(shown) == set(declared), "system/config.yaml has every setting", *set(shown) ^ set(declared))
ok(all(not line or line[0] == "#" for line in settings.splitlines()), "all of it is commented out")
wrong = [key for key, default in declared.items()
         if default != '""' and shown.get(key) != default.strip('"')]
ok(not wrong, "and what has a default shows it", *wrong)
explained = set(re.findall(r"^([\w-]+):", read("doc/config.md"), re.M))
ok(explained == set(declared) | {"webhooks"}, "doc/config.md explains every one", *explained ^ set(declared))
with tempfile.TemporaryDirectory() as state:
    environment = dict(os.environ, STATE_DIRECTORY=state, LC_ALL="C.UTF-8")
    for name, text in (("as it is", settings), ("with all of it in force", re.sub(
            r"^#(?=(?!store|policy|state)[\w-]+:( |$)|  )", "", settings, flags=re.M))):
        path = os.path.join(state, "config.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        out = run(PROGRAM, "suppress", "list", "--config", path, env=environment)
        ok(out.returncode == 0, "the program reads it " + name, out.stderr)

# ---- what needs a network or a database is not in the core ----

for program in "whybounce", "whybounce-knowledge", "src/libwhybounce.so":
    libraries = re.findall(r"NEEDED.*\[(.*)\]|NEEDED +(\S+)", run("objdump", "-p", os.path.join(BUILD, program)).stdout)
    names = ["".join(pair) for pair in libraries]
    found = [name for name in names if name.startswith(NETWORK)]
    ok(names and not found, program + " needs no library for network or database", *found)

# ---- the unit ----

unit = os.path.join(BUILD, "system", "whybounce.service")
text = read(unit)
ok(not re.search(r"@\w+@", text), "the unit is complete")
ok(re.search(r"^(StateDirectory=whybounce|ReadWritePaths=/.*/lib/whybounce)$", text, re.M), "it may write to its folder")
for line in ("Type=notify", "User=whybounce", "ProtectSystem=strict", "ProtectHome=yes",
             "PrivateTmp=yes", "PrivateDevices=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
             "LockPersonality=yes", "RestrictNamespaces=yes", "UMask=0077", "Restart=on-failure",
             "ExecReload=/bin/kill -HUP $MAINPID"):
    ok("\n%s\n" % line in text, "the unit has " + line)
if shutil.which("systemd-analyze"):
    out = run("systemd-analyze", "security", "--offline=true", "--threshold=%d" % (WORST * 10), unit)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", out.stdout)
    ok(out.returncode == 0, "systemd calls it well shut: " + (exposure[1] if exposure else "?"), out.stdout, out.stderr)
else:
    ok(True, "systemd calls it well shut # SKIP systemd-analyze is not installed")
done()
