# SPDX-License-Identifier: BSD-2-Clause
"""A small world of mail for checks: NSD with zones, a DNS server that misbehaves, SMTP servers that do as told.

Everything listens on addresses 127.0.0.x of this machine, and is stopped at the end.
"""
import os
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time

NSD = shutil.which("nsd") or "/usr/sbin/nsd"
HOST = "127.0.0.%d"


def free_port():
    """A port that is free on all addresses of loopback, for TCP and for UDP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("0.0.0.0", 0))
            try:
                udp.bind(("0.0.0.0", tcp.getsockname()[1]))
                return tcp.getsockname()[1]
            except OSError:
                continue


# ---- DNS ----

def why_not():
    """Why the world cannot be started; None when it can."""
    return None if os.path.exists(NSD) else "nsd is not installed"


class Dns:
    """NSD serving zones, name to records. A zone whose records are None cannot be read: SERVFAIL."""

    def __init__(self, zones, address="127.0.0.1", port=None):
        self.folder = tempfile.mkdtemp(prefix="whybounce-nsd-")
        self.address = address
        self.zones = zones
        for attempt in range(5):  # others on this machine may take a port that was free just now
            self.port = port or free_port()
            if self.start() or port:
                break
        else:
            raise SystemExit("nsd does not start: " + self.said())

    def start(self):
        self.resolver = "%s:%d" % (self.address, self.port)
        config = ["server:", "  ip-address: %s@%d" % (self.address, self.port), '  username: ""', '  chroot: ""', '  database: ""',
                  "  server-count: 1", "remote-control:", "  control-enable: no"]
        config[2:2] = ["  %s: %s/%s" % (key, self.folder, name) for key, name in (
            ("zonesdir", ""), ("pidfile", "pid"), ("xfrdfile", "xfrd"), ("zonelistfile", "zones"), ("xfrdir", ""), ("logfile", "log"))]
        for i, (name, records) in enumerate(self.zones.items()):
            config += ["zone:", "  name: %s" % name, "  zonefile: zone%d" % i]
            if records is not None:
                self.write("zone%d" % i, self.zone(name, records))
        self.write("nsd.conf", "\n".join(config) + "\n")
        self.process = subprocess.Popen([NSD, "-d", "-c", self.folder + "/nsd.conf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.wait()

    def said(self):
        with open(self.folder + "/log", encoding="utf-8") as log:
            return log.read()

    @staticmethod
    def zone(name, records):
        soa = "" if "SOA" in records else "@ SOA ns.%s. hostmaster.%s. 1 3600 600 86400 60\n" % (name, name)
        return "$ORIGIN %s.\n$TTL 60\n%s%s\n" % (name, soa, records.strip())

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def wait(self):
        """Until it answers a question for the root's SOA; False when it has ended."""
        question = struct.pack(">6HB2H", 1, 0, 1, 0, 0, 0, 0, 6, 1)
        for _ in range(100):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(0.1)
                try:
                    client.sendto(question, (self.address, self.port))
                    client.recv(512)
                    return self.process.poll() is None
                except OSError:
                    if self.process.poll() is not None:
                        return False
                    time.sleep(0.05)
        raise SystemExit("nsd does not answer: " + self.said())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


class FakeDns:
    """Answers with make(question, name, type, how many questions so far); None: says nothing."""

    def __init__(self, make):
        self.make = make
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.resolver = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                packet, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            end = packet.index(b"\0", 12) + 5
            kind = struct.unpack(">H", packet[end - 4:end - 2])[0]
            answer = self.make(packet[:end], name_of(packet), kind, self.asked)
            if answer is not None:
                try:
                    self.socket.sendto(answer, peer)
                except OSError:
                    pass

    def stop(self):
        self.socket.close()


def name_of(packet):
    """The name in a question."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace").lower())
        at += packet[at] + 1
    return ".".join(labels)


def head(question, answers, flags=0x8180):
    """The front of an answer, as far as its counts; the question's name and type come behind it."""
    return question[:2] + struct.pack(">5H", flags, 1, answers, 0, 0)


def record(kind, data, owner=b"\xc0\x0c"):
    return owner + struct.pack(">2HIH", kind, 1, 60, len(data)) + data


# ---- mail servers ----

class Peer:
    """A server on one address, 127.0.0.N or another one; `talk` has the connection and does what it likes."""

    def __init__(self, address, port, talk, tls=None):
        self.talk, self.tls = talk, tls
        address = HOST % address if isinstance(address, int) else address
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(50)
        self.heard = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            self.talk(self, connection)
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def stop(self):
        self.socket.close()


def lines_of(connection):
    buffer = b""
    while True:
        while b"\n" not in buffer:
            piece = connection.recv(4096)
            if not piece:
                return
            buffer += piece
        line, buffer = buffer.split(b"\n", 1)
        yield line.strip().decode("ascii", "replace")


def mail_server(greeting=b"220 mx ESMTP\r\n", extensions=("SIZE 1000000", "8BITMIME", "SMTPUTF8"), rcpt=b"250 ok\r\n",
                mail=b"250 ok\r\n", ehlo=b"", helo=b"500 what\r\n", after_ehlo=None, starttls=None, within_tls=None):
    """A server that speaks SMTP, with these answers of its own; starttls and within_tls take over from there."""
    def talk(peer, connection):
        connection.sendall(greeting)
        serve_lines(peer, connection, True)

    def serve_lines(peer, connection, plain):
        for line in lines_of(connection):
            peer.heard.append(line)
            word = line.upper().split(" ")[0]
            if word == "EHLO":
                offered = list(extensions) + (["STARTTLS"] if peer.tls and plain else [])
                reply = ehlo or b"".join(b"250%c%s\r\n" % (45 if i < len(offered) else 32, text.encode())
                                         for i, text in enumerate(["mx.test"] + offered))
                connection.sendall(reply)
                if after_ehlo:
                    after_ehlo(connection)
                    return
            elif word == "STARTTLS":
                connection.sendall(b"220 go\r\n")
                if starttls:
                    starttls(connection)
                    return
                inner = peer.tls.wrap_socket(connection, server_side=True)
                if not within_tls or within_tls(inner):
                    serve_lines(peer, inner, False)
                inner.close()
                return
            elif word == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall({"MAIL": mail, "RCPT": rcpt, "HELO": helo}.get(word, b"500 what\r\n"))
    return talk


def slowly(connection):
    """Thinks for a while, and goes on."""
    time.sleep(2)
    return True


def silence(peer, connection):
    """Takes the connection and says nothing."""
    time.sleep(30)


class BlackHole:
    """An address where nothing ever comes back: a full queue of connections drops what comes."""

    def __init__(self, last, port):
        self.port = port
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((HOST % last, port))
        self.socket.listen(0)
        self.fill = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((HOST % last, port))
            self.fill.append(client)

    def stop(self):
        for one in [self.socket, *self.fill]:
            one.close()


# ---- certificates ----

def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.pem = os.path.join(folder, "ca.pem")
        self.key = os.path.join(folder, "ca.key")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.pem,
                "-subj", "/CN=Authority of the tests", "-days", "30")

    def base(self, name, days=20):
        """Where the files of a certificate stand, without their endings."""
        return os.path.join(self.folder, "%s%d" % (name, days))

    def server(self, name, days=20, others=(), whole=0):
        """What a server needs that shows a certificate for this name and others; `whole`: so many times with the authority's own."""
        base = self.base(name, days)
        with open(base + ".ext", "w", encoding="ascii") as out:
            out.write("subjectAltName=%s\n" % ",".join("DNS:" + one for one in [name, *others]))
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", base + ".key", "-out", base + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", base + ".csr", "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial",
                "-days", str(days), "-extfile", base + ".ext", "-out", base + ".pem")
        if whole:
            with open(base + ".pem", "a", encoding="ascii") as out, open(self.pem, encoding="ascii") as own:
                out.write(own.read() * whole)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(base + ".pem", base + ".key")
        return context
