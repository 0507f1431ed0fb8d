# SPDX-License-Identifier: BSD-2-Clause
"""A server of our own for a test: its state in a folder that goes with it, its port a free one.

Its store is SQLite; with WHYBOUNCE_POSTGRES in the environment (test/postgres.py sets it) each server has a database of
its own there.

Every answer that is asked for through it is held against doc/openapi.json; world.done() says
whether one did not fit.
"""
import collections
import contextlib
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import contract
import tap
from tap import PROGRAM, ROOT

SCOPES = ["analyse", "read", "write", "admin"]
SAMPLE = open(os.path.join(ROOT, "doc", "sample-bounce.eml"), "rb").read()
POSTGRES = os.environ.get("WHYBOUNCE_POSTGRES")
SLOW = 8 if os.environ.get("WHYBOUNCE_SLOW") else 1  # sanitizers, a machine that is busy

Answer = collections.namedtuple("Answer", "status headers body")


def json_of(answer):
    return json.loads(answer.body)


def mail(n, recipient=None, text="550 5.1.1 User unknown in virtual mailbox table", when="Mon, 02 Mar 2026 01:40:31 +0000"):
    """A bounce like that of Postfix, another one for each n."""
    recipient = recipient or "user%d@d%d.example.org" % (n, n % 7)
    return ("""Return-Path: <>
Date: {when}
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: li.na@example.com
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b{n}"
Message-Id: <{n}.bounce@mail.example.com>

--b{n}
Content-Type: text/plain; charset=us-ascii

<{recipient}>: host mx.example.org[192.0.2.25] said: {text}

--b{n}
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Arrival-Date: {when}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; {text}

--b{n}
Content-Type: message/rfc822

Message-ID: <{n}@example.com>
Date: {when}
From: li.na@example.com
To: {recipient}
Subject: Number {n}

Hello
--b{n}--
""".format(n=n, recipient=recipient, text=text, when=when, status=text.split()[1] if text[4:5].isdigit() else "5.0.0")).encode()


def psql(url, sql):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], capture_output=True, check=True, text=True)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


databases = itertools.count(1)


def make_database():
    """A new one in the server of the test: its URL."""
    name = "serve_%d_%d" % (os.getpid(), next(databases))
    psql(POSTGRES, "CREATE DATABASE " + name)
    return POSTGRES.replace("/postgres?", "/%s?" % name)


class Server:
    """`whybounce serve`. settings: lines of its configuration."""

    def __init__(self, folder=None, program=PROGRAM, env=None, wrap=(), start=True, **settings):
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="whybounce-serve-")
        self.program, self.env, self.wrap = program, env or {}, list(wrap)
        self.state = settings.setdefault("state", os.path.join(self.folder, "state"))
        self.config = os.path.join(self.folder, "config.yaml")
        if POSTGRES and "store" not in settings:
            settings["store"] = "'%s'" % make_database()
        self.is_postgres, self.settings = "postgresql:" in str(settings.get("store", "")), settings
        self.process = None
        self.tokens = {}
        self.port = 0
        self.configure(**settings)
        if start:
            self.start()

    def configure(self, **settings):
        if self.is_postgres:  # it stays with its database
            settings.setdefault("store", self.settings["store"])
        self.settings = settings
        with open(self.config, "w") as file:
            for key, value in settings.items():
                file.write("%s: %s\n" % (key, str(value).lower() if isinstance(value, bool) else value))

    def start(self, wait=20 * SLOW):
        """The program starts `whybounce-serve` in its own place: the pid is that of the server."""
        self.log = open(os.path.join(self.folder, "log"), "ab")
        env = dict(os.environ, LC_ALL="C.UTF-8", **self.env)
        self.process = subprocess.Popen([*self.wrap, self.program, "serve", "--config", self.config, "--listen", "127.0.0.1:%d" % self.port],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, env=env)
        line = self.process.stdout.readline().decode()
        found = re.search(r"(https?)://127\.0\.0\.1:(\d+)/login#(\S+)", line)
        if not found:
            self.process.wait(wait)
            raise RuntimeError("the server did not start: %r %s" % (line, self.complaints()[-500:]))
        self.port, self.link = int(found.group(2)), found.group(3)
        return self

    @property
    def pid(self):
        return self.process.pid

    def complaints(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()

    def workers(self):
        """The pids of its workers: its children of that name."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    stat = open("/proc/%s/stat" % name).read()
                    argv = open("/proc/%s/cmdline" % name).read().split("\0")
                    if int(stat.rsplit(")", 1)[1].split()[1]) == self.pid and argv[0] == "whybounce-worker":
                        found.append(int(name))
        return sorted(found)

    def token(self, scopes="analyse,read,write,admin", name=None):
        """A token of these scopes, made by the command once."""
        if scopes not in self.tokens:
            done = subprocess.run([self.program, "token", "create", name or "test " + scopes, "--config", self.config, "--scopes", scopes],
                                  capture_output=True, check=True, env=dict(os.environ, **self.env))
            self.tokens[scopes] = done.stdout.decode().strip()
        return self.tokens[scopes]

    def command(self, *arguments, stdin=None):
        return subprocess.run([self.program, *arguments, "--config", self.config], input=stdin, capture_output=True, env=dict(os.environ, LC_ALL="C.UTF-8", **self.env))

    def connection(self, timeout=30 * SLOW):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, token="all", headers=None, connection=None, check=True, timeout=30 * SLOW):
        """One call. token: scopes, None for nobody, or ("text", TOKEN). A body that is no bytes goes as JSON."""
        headers = dict(headers or {})
        if isinstance(token, tuple):
            headers.setdefault("Authorization", "Bearer " + token[1])
        elif token:
            headers.setdefault("Authorization", "Bearer " + self.token(",".join(SCOPES) if token == "all" else token))
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        own = connection or self.connection(timeout)
        own.request(method, path, body, headers)
        response = own.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if not connection:
            own.close()
        if check:
            contract.hold(method, path, answer)
        return answer

    def raw(self, data, timeout=10 * SLOW, close_after=True):
        """Bytes to a connection of its own, and all that comes back until it is closed."""
        out = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            with contextlib.suppress(OSError):
                s.sendall(data)
                if close_after:
                    s.shutdown(socket.SHUT_WR)
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        break
                    out += piece
        return out

    def memory(self):
        """Bytes in memory that are its own, workers left out."""
        for line in open("/proc/%d/status" % self.pid):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        return 0

    def store(self):
        """The database, read beside the server."""
        return sqlite3.connect("file:%s?mode=ro" % os.path.join(self.state, "store.db"), uri=True)

    def rows(self, sql):
        """What the database says, whichever it is; all values as texts."""
        if self.is_postgres:
            return psql(self.settings["store"].strip("'"), sql)
        with contextlib.closing(self.store()) as db:
            return [tuple(str(value) for value in row) for row in db.execute(sql)]

    def change(self, sql):
        """Does something to the database behind the server's back."""
        if self.is_postgres:
            psql(self.settings["store"].strip("'"), sql)
            return
        with contextlib.closing(sqlite3.connect(os.path.join(self.state, "store.db"))) as db:
            db.execute(sql)
            db.commit()

    def number(self, sql):
        return int(self.rows(sql)[0][0])

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self, wait=30 * SLOW):
        """SIGTERM; gives the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(wait)
        except subprocess.TimeoutExpired:
            self.kill()
            return -1
        finally:
            self.process.stdout.close()
            self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.stop()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)


def quote(text):
    return urllib.parse.quote(text, safe="")


def until(true, seconds=10):
    """Waits for it to become true."""
    end = time.monotonic() + seconds * SLOW
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


def is_problem(answer, status):
    """Is it an answer of this status with a sentence?"""
    if answer.status != status or answer.headers.get("Content-Type") != "application/problem+json":
        return False
    problem = json_of(answer)
    return problem["status"] == status and len(problem["detail"]) > 7 and problem["type"] == "about:blank"


def done():
    tap.ok(not contract.faults, "all %d answers are as doc/openapi.json says" % contract.held, *contract.faults[:20])
    tap.done()
