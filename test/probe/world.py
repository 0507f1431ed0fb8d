"""A small internet on loopback: NSD with zones, and mail servers that follow a script."""
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

NSD = shutil.which("nsd") or "/usr/sbin/nsd"


def can_run():
    """Why it cannot be started; None when it can."""
    if not os.path.exists(NSD):
        return "nsd is not installed"
    if not os.path.exists("/proc/sys/net/ipv4"):
        return "there is no loopback network"
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Dns:
    """NSD serving zones: {name: records}. A zone without records has no file: SERVFAIL."""

    def __init__(self, zones, address="127.0.0.1", port=None):
        self.folder = tempfile.mkdtemp(prefix="whybounce-nsd-")
        self.port = port or free_port()
        self.address = address
        self.resolver = "%s:%d" % (address, self.port)
        config = ["server:", "  ip-address: %s@%d" % (address, self.port), "  username: \"\"",
                  "  chroot: \"\"", "  zonesdir: %s" % self.folder, "  database: \"\"",
                  "  pidfile: %s/pid" % self.folder, "  xfrdfile: %s/xfrd" % self.folder,
                  "  zonelistfile: %s/zones" % self.folder, "  xfrdir: %s" % self.folder,
                  "  hide-version: yes", "  server-count: 1", "  logfile: %s/log" % self.folder,
                  "remote-control:", "  control-enable: no"]
        for i, (name, records) in enumerate(zones.items()):
            config += ["zone:", "  name: %s" % name, "  zonefile: zone%d" % i]
            if records is not None:
                self.write("zone%d" % i, self.zone(name, records))
        self.write("nsd.conf", "\n".join(config) + "\n")
        self.process = subprocess.Popen([NSD, "-d", "-c", self.folder + "/nsd.conf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    @staticmethod
    def zone(name, records):
        head = "$ORIGIN %s.\n$TTL 60\n" % name
        if "SOA" not in records:
            head += "@ SOA ns.%s. hostmaster.%s. 1 3600 600 86400 60\n" % (name, name)
        return head + records.strip() + "\n"

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def wait(self):
        """Until it answers: a question for the root's SOA."""
        question = bytes.fromhex("00010000000100000000000000000600" + "01")
        for _ in range(100):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(0.1)
                try:
                    s.sendto(question, (self.address, self.port))
                    s.recv(512)
                    return
                except OSError:
                    time.sleep(0.05)
        raise SystemExit("nsd does not start: " + open(self.folder + "/log").read())

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Peer:
    """A mail server on ADDRESS:port whose greeting is given; None: it never says anything."""

    def __init__(self, address, port, greeting):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(8)
        self.greeting = greeting
        self.heard = b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        held = []
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            held.append(connection)
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        if self.greeting is None:
            return
        try:
            if callable(self.greeting):
                self.greeting(connection)
                return
            connection.sendall(self.greeting)
            connection.settimeout(5)
            self.heard += connection.recv(512)
        except OSError:
            pass
        connection.close()

    def close(self):
        self.socket.close()
