#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Debian packages: built, read by lintian, installed in a clean root, used, purged, put back.

The root is Debian 12, made by mmdebstrap with the sources that this machine's apt has. It needs
root, and a mirror that answers; else the test is skipped and says why.
"""
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from tap import ROOT, done, ok, skip_all

TOOLS = ("dpkg-buildpackage", "dh", "lintian", "mmdebstrap")
CORE, LIBRARY = "whybounce", "libwhybounce0"
OURS = (CORE, "whybounce-check", "whybounce-server", LIBRARY, "libwhybounce-dev")
NETWORK = re.compile(r"lib(ssl|c-ares|unbound|idn2|microhttpd|pq|sqlite3)")
STATE = "/var/lib/whybounce"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=900, check=False, **options)


def sources():
    """apt's files of sources for Debian 12 alone: others have nothing that is wanted here."""
    found = []
    for path in ["/etc/apt/sources.list", *sorted(glob.glob("/etc/apt/sources.list.d/*"))]:
        if re.search(r"\.(list|sources)$", path) and os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if re.search(r"^(deb|Suites:).*\bbookworm\b", text, re.M):
                found.append(path)
    return found


def why_not():
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return "%s is not installed (make deb installs it)" % missing[0]
    if os.getuid():
        return "only root can make a clean root"
    if not sources():
        return "apt has no sources for Debian 12 here"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "no mounts of its own can be made here (in a chroot, or without the right to it)"
    return None


if why_not():
    skip_all(why_not())

folder = tempfile.TemporaryDirectory(prefix="whybounce-deb-")
TOP = os.path.join(folder.name, "root")
made = run("mmdebstrap", "--quiet", "--variant=minbase", "--include=gcc,libc6-dev,pkg-config,systemd",
           "bookworm", TOP, *sources())
if made.returncode:
    skip_all("no clean root can be made: " + " ".join(made.stderr.split()[-12:]))

# ---- the packages ----

built = run("nice", os.path.join(ROOT, "build-aux/deb"), folder.name)
ok(built.returncode == 0, "the packages are built", built.stderr)
debs = {os.path.basename(path).split("_")[0]: path for path in glob.glob(folder.name + "/deb/*.deb")}
ok(set(OURS) <= set(debs), "all five", *debs)
if not set(OURS) <= set(debs):
    done()
lint = run("lintian", "--allow-root", "--pedantic", *glob.glob(folder.name + "/deb/*.changes"))
tags = [line for line in lint.stdout.splitlines() if not line.startswith("N:")]
ok(lint.returncode == 0 and not tags, "lintian finds nothing, also nothing pedantic", *tags, lint.stderr)

# ---- in the clean root ----


def inside(*command, user=None, **options):
    as_user = ["runuser", "-u", user, "--"] if user else []
    return run("unshare", "--mount", "--pid", "--fork", "sh", "-c",
               'mount -t proc proc "$1/proc"; top=$1; shift; exec chroot "$top" "$@"', "sh", TOP, *as_user, *command,
               env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root",
                    "DEBIAN_FRONTEND": "noninteractive",
                    **{name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}}, **options)


def install(*names):
    os.makedirs(TOP + "/debs", exist_ok=True)
    for name in names:
        shutil.copy(debs[name], TOP + "/debs/")
    return inside("apt-get", "-qq", "-y", "--no-install-recommends", "install",
                  *("/debs/" + os.path.basename(debs[name]) for name in names))


def there(path):
    return os.path.lexists(TOP + path)


def owner(path):
    return inside("stat", "-c", "%U %a", path).stdout.strip()


for name in "resolv.conf", "hosts":  # mmdebstrap leaves these to who uses the root
    if os.path.exists("/etc/" + name):
        shutil.copy("/etc/" + name, TOP + "/etc/")
with open(TOP + "/usr/sbin/policy-rc.d", "w", encoding="ascii") as file:
    file.write("#!/bin/sh\nexit 101\n")  # nothing is started here
os.chmod(TOP + "/usr/sbin/policy-rc.d", 0o755)
inside("apt-get", "-qq", "update")

before = set(inside("dpkg-query", "-W", "-f", "${Package}\n").stdout.split())
out = install(CORE)
ok(out.returncode == 0, "whybounce is installed", out.stderr)
new = set(inside("dpkg-query", "-W", "-f", "${Package}\n").stdout.split()) - before
ok(CORE in new and not any(NETWORK.match(name) for name in new),
   "and brings no library for network or database", *new)
out = inside("whybounce", "--lang", "zh", "/usr/share/doc/whybounce/sample-bounce.eml")
ok(out.returncode == 0 and re.search("[\u4e00-\u9fff]", out.stdout), "it explains a bounce in Chinese", out.stderr)
out = inside("whybounce", "serve")
ok(out.returncode and out.stderr.count("\n") == 1, "without the server it says so in one sentence", out.stderr)
os.makedirs(TOP + "/etc/whybounce/knowledge.d/causes", exist_ok=True)
out = inside("sh", "-c", "whybounce knowledge new --cause spam-content '550 Quux said no' "
                         "> /etc/whybounce/knowledge.d/causes/spam-content.yaml && whybounce knowledge build")
ok(out.returncode == 0, "a rule of one's own is built", out.stderr)
out = inside("whybounce", "reply", "--json", "550 Quux said no")
ok('"cause":"spam-content"' in out.stdout.replace(" ", ""), "and used", out.stdout)

out = install(LIBRARY, "libwhybounce-dev")
ok(out.returncode == 0, "the library is installed", out.stderr)
out = inside("sh", "-c", "cc -Wall -Werror /usr/share/doc/whybounce/examples/explain.c "
                         "$(pkg-config --cflags --libs whybounce) -o /tmp/explain && "
                         "/tmp/explain /usr/share/doc/whybounce/sample-bounce.eml")
ok("cause: user-unknown" in out.stdout, "a program in C uses it by pkg-config", out.stdout, out.stderr)

out = install("whybounce-check", "whybounce-server")
ok(out.returncode == 0, "the service is installed", out.stderr)
ok(inside("whybounce", "check", "--help").returncode == 0, "live checks are there")
ok(owner(STATE) == "whybounce 700", "the user has its folder", owner(STATE))
account = inside("getent", "passwd", "whybounce").stdout
ok(account.strip().endswith("nologin"), "and no shell", account)
out = inside("systemd-analyze", "verify", "--man=no", "/lib/systemd/system/whybounce.service")
own = [line for line in out.stderr.splitlines() if "whybounce" in line]
ok(out.returncode == 0 and not own, "systemd understands the unit", *own)
ok(there("/etc/systemd/system/multi-user.target.wants/whybounce.service"), "it is started with the system")

# ---- the service ----

out = inside("whybounce", "token", "create", "--scopes", "analyse,read,write", "test")  # root comes first
token = re.search(r"wb_[\w-]+", out.stdout)
ok(token, "root makes a token", out.stderr)
ok(owner(STATE + "/store.db").startswith("whybounce "), "in a file of the service's user", owner(STATE + "/store.db"))
notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notices.bind(TOP + "/tmp/notify")
os.chmod(TOP + "/tmp/notify", 0o666)
notices.settimeout(60)
server = subprocess.Popen(
    ["unshare", "--mount", "--pid", "--fork", "--kill-child=TERM", "sh", "-c",
     'mount -t proc proc "$1/proc"; exec chroot "$1" runuser -u whybounce -- env NOTIFY_SOCKET=/tmp/notify '
     'whybounce serve --listen 127.0.0.1:0', "sh", TOP],
    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}, stdout=subprocess.PIPE,
    stderr=subprocess.PIPE, text=True)
line = server.stdout.readline()
url = re.search(r"http://[^/]+", line)
ok(url, "it starts as its user", line)
if not url:
    server.terminate()
    print("# " + server.stderr.read())
    done()
ok(notices.recv(200) == b"READY=1", "and tells systemd")
ok(urllib.request.urlopen(url[0] + "/healthz", timeout=30).status == 200, "/healthz answers")
ok(urllib.request.urlopen(url[0] + "/readyz", timeout=30).status == 200, "/readyz answers")
page = urllib.request.urlopen(url[0] + "/", timeout=30).read().decode()
script = re.search(r'/assets/\w+/', page)
ok(script, "the page is there", page[:300])
charts = urllib.request.urlopen(url[0] + script[0] + "uplot.js", timeout=30).read()
ok((len(charts) > 10000) == os.path.isdir(ROOT + "/web/node_modules/uplot"), "with charts where uPlot was there")
with open(os.path.join(ROOT, "doc/sample-bounce.eml"), "rb") as mail:
    request = urllib.request.Request(url[0] + "/v1/analyse?store=true", data=mail.read(), headers={
        "Authorization": "Bearer " + token[0], "Content-Type": "message/rfc822"})
stored = urllib.request.urlopen(request, timeout=30).read().decode()
ok('"reports":2' in stored.replace(" ", ""), "it keeps a bounce, read by a worker", stored[-200:])


def of_server(name):
    """The process below ours that bears the name."""
    children = {}
    for pid in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % pid, encoding="utf-8") as stat:
                children.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(pid))
        except (OSError, ValueError):
            pass
    found, left = [], [server.pid]
    while left:
        pid = left.pop()
        left += children.get(pid, [])
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            if file.read().split(b"\0")[0] == name:
                found.append(pid)
    return found


main = of_server(b"serve")
ok(len(main) == 1 and len(of_server(b"whybounce-worker")) == 2, "one process and its workers", main)
os.kill(main[0], signal.SIGHUP)
told = [notices.recv(200), notices.recv(200)]
ok(told[0].startswith(b"RELOADING=1") and told[1] == b"READY=1", "SIGHUP reloads, and systemd is told", *told)
os.kill(main[0], signal.SIGTERM)
ok(notices.recv(200) == b"STOPPING=1" and server.wait(60) == 0, "SIGTERM ends it well", server.stderr.read())
out = inside("whybounce", "report", user="whybounce")
ok(out.returncode == 0, "its user may look into what is kept", out.stderr)

# ---- a new version, away, and back ----

out = inside("dpkg-reconfigure", "whybounce")
ok(out.returncode == 0 and there("/var/cache/whybounce/catalogue.wbc"),
   "a new version compiles the rules anew", out.stdout, out.stderr)
with open(TOP + "/etc/whybounce/knowledge.d/causes/spam-content.yaml", "a", encoding="utf-8") as file:
    file.write("nonsense: [\n")
out = inside("dpkg-reconfigure", "whybounce")
ok(out.returncode == 0 and not there("/var/cache/whybounce/catalogue.wbc"),
   "with a broken rule it goes back to the built-in ones", out.stderr)
os.remove(TOP + "/etc/whybounce/knowledge.d/causes/spam-content.yaml")
with open(TOP + "/etc/whybounce/config.yaml", "a", encoding="utf-8") as file:
    file.write("workers: 3\n")
out = inside("apt-get", "-qq", "-y", "remove", "whybounce-server")
ok(out.returncode == 0 and there(STATE + "/store.db") and there("/etc/whybounce/config.yaml"),
   "removed, it leaves what was kept and the settings", out.stderr)
out = install("whybounce-server")
with open(TOP + "/etc/whybounce/config.yaml", encoding="utf-8") as file:
    ok(out.returncode == 0 and "\nworkers: 3\n" in file.read(), "put back, it has the settings of before", out.stderr)
out = inside("apt-get", "-qq", "-y", "purge", *OURS)
ok(out.returncode == 0, "they are purged", out.stderr)
left = [path for path in (STATE, "/var/cache/whybounce", "/etc/whybounce/config.yaml", "/usr/libexec/whybounce",
                          "/usr/share/whybounce", "/lib/systemd/system/whybounce.service",
                          "/etc/systemd/system/multi-user.target.wants/whybounce.service") if there(path)]
ok(not left, "nothing of them is left", *left)
ok(inside("getent", "passwd", "whybounce").stdout == account, "but the user, as with Debian's other services")
out = install(CORE, "whybounce-server")
ok(out.returncode == 0 and owner(STATE) == "whybounce 700", "and they can be installed once more", out.stderr)

# ---- under systemd, as on a machine ----


def of(machine, *command, spaces=("-m", "-p", "-u", "-i", "-n"), **options):
    return run("nsenter", "-t", str(machine), *spaces, *command, **options)


def boot(nspawn):
    """The number of the machine's systemd when it is up, or None."""
    end = time.monotonic() + 90
    while time.monotonic() < end and nspawn.poll() is None:
        with open("/proc/%d/task/%d/children" % (nspawn.pid, nspawn.pid), encoding="ascii") as file:
            children = file.read().split()
        if children and "running" in of(children[0], "systemctl", "is-system-running").stdout:
            return int(children[0])
        time.sleep(1)
    return None


def under_systemd(machine):
    ok(of(machine, "systemctl", "is-active", "whybounce").stdout == "active\n", "the unit is active",
       of(machine, "journalctl", "-n", "20", "-u", "whybounce").stdout)
    main_pid = of(machine, "systemctl", "show", "-P", "MainPID", "whybounce").stdout.strip()
    status = of(machine, "cat", "/proc/%s/status" % main_pid).stdout
    ok(re.search(r"^CapBnd:\t0+$", status, re.M) and "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status and
       not re.search(r"^Uid:\t0\t", status, re.M), "it has no rights", status)
    token = re.search(r"wb_[\w-]+", of(machine, "whybounce", "token", "create", "--scopes", "analyse,write", "t").stdout)
    asked = of(machine, sys.executable, "-c", "import sys, urllib.request as u;"
               "print(u.urlopen(u.Request('http://127.0.0.1:3464/v1/analyse?store=true', sys.stdin.buffer.read(),"
               "{'Authorization': 'Bearer ' + sys.argv[1], 'Content-Type': 'message/rfc822'})).read().decode())",
               token[0], spaces=("-n",), stdin=open(os.path.join(ROOT, "doc/sample-bounce.eml"), "rb"))
    ok('"reports":2' in asked.stdout.replace(" ", ""), "a worker reads a bounce there, and it is kept", asked.stderr)
    out = of(machine, "systemctl", "reload", "whybounce")
    ok(out.returncode == 0 and of(machine, "systemctl", "is-active", "whybounce").stdout == "active\n",
       "it is reloaded", out.stderr)
    of(machine, "kill", "-9", main_pid)
    end = time.monotonic() + 30
    while of(machine, "systemctl", "is-active", "whybounce").stdout != "active\n" and time.monotonic() < end:
        time.sleep(1)
    again = of(machine, "systemctl", "show", "-P", "MainPID", "whybounce").stdout.strip()
    ok(again not in ("0", main_pid), "killed, it is started again")
    of(machine, "systemctl", "stop", "whybounce")
    result = of(machine, "systemctl", "show", "-P", "Result", "whybounce").stdout
    ok(result == "success\n", "and stopped well", result)


nspawn = shutil.which("systemd-nspawn") and subprocess.Popen(
    ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "-D", TOP, "-b",
     "--console=pipe"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    machine = boot(nspawn) if nspawn else None
    if machine:
        under_systemd(machine)
    else:
        ok(True, "the unit under systemd # SKIP no systemd can be started here")
finally:
    if nspawn:
        nspawn.terminate()
        try:
            nspawn.wait(60)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.wait()
done()
