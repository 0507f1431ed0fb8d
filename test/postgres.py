# SPDX-License-Identifier: BSD-2-Clause
"""A PostgreSQL of our own for a test: in a folder of its own, on a socket there, gone afterwards.

As a program: test/postgres.py COMMAND... runs the command with the server's URL as WHYBOUNCE_POSTGRES.
"""
import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time


class Missing(Exception):
    """There is no PostgreSQL here; says why."""


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)
    path = found[0] if found else shutil.which("initdb")
    if not path:
        raise Missing("PostgreSQL (package postgresql) is not installed")
    return os.path.dirname(path)


class Server:
    """with Server() as server: server.url"""

    def __init__(self, settings=()):
        self.bin = programs()
        self.settings = ["fsync=on", "max_connections=20", *settings]
        self.process = None
        # PostgreSQL refuses to run as root
        self.user = "nobody" if os.geteuid() == 0 else None

    def _call(self, *command):
        return subprocess.run(command, user=self.user, cwd=self.folder, check=True,
                              capture_output=True)

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="wb-postgres.")
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.data = os.path.join(self.folder, "data")
        self.url = "postgresql://whybounce@/postgres?host=" + self.folder
        try:
            self._call(os.path.join(self.bin, "initdb"), "-D", self.data, "-A", "trust", "-U",
                       "whybounce", "-E", "UTF8", "--no-locale", "--no-sync")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        options = [part for s in self.settings for part in ("-c", s)]
        log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            [os.path.join(self.bin, "postgres"), "-D", self.data, "-k", self.folder, "-h", "",
             *options], user=self.user, cwd=self.folder, stdout=log, stderr=log)
        log.close()
        ready = [os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder]
        for _ in range(300):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        with open(os.path.join(self.folder, "log"), errors="replace") as text:
            raise RuntimeError("PostgreSQL did not start: " + text.read()[-2000:])

    def stop(self, signal="INT"):
        if self.process and self.process.poll() is None:
            import signal as signals
            self.process.send_signal(getattr(signals, "SIG" + signal))
            self.process.wait(60)
        self.process = None

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    try:
        with Server() as server:
            env = dict(os.environ, WHYBOUNCE_POSTGRES=server.url,
                       WHYBOUNCE_POSTGRES_PID=str(server.process.pid))
            return subprocess.run(sys.argv[1:], env=env, check=False).returncode
    except Missing as missing:
        print("1..0 # SKIP %s" % missing)
        return 0


if __name__ == "__main__":
    sys.exit(main())
