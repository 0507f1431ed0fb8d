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
import threading
import time

NSD = shutil.which("nsd") or "/usr/sbin/nsd"
HOST = "127.0.0.%d"


def free_port(kind=socket.SOCK_STREAM):
    """A port that is free on all addresses of loopback."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


# ---- DNS ----

class Nsd:
    """An authoritative server for these zones: name to records; one is "test"."""

    def __init__(self, folder, zones):
        self.port = free_port(socket.SOCK_DGRAM)
        for name, records in zones.items():
            with open(os.path.join(folder, name + ".zone"), "w", encoding="ascii") as out:
                out.write("$ORIGIN %s.\n$TTL 60\n@ SOA ns.test. admin.test. 1 3600 600 86400 60\n@ NS ns.test.\n" % name)
                out.write(records)
        config = os.path.join(folder, "nsd.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(f"""server:
  ip-address: 127.0.0.1@{self.port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/zone.list"
  xfrdir: "{folder}"
  logfile: "{folder}/nsd.log"
remote-control:
  control-enable: no
""")
            for name in zones:
                out.write("zone:\n  name: %s\n  zonefile: %s.zone\n" % (name, name))
        self.process = subprocess.Popen([NSD, "-d", "-c", config], stderr=subprocess.DEVNULL)
        self.resolver = "127.0.0.1:%d" % self.port
        wait_for_dns(self.port)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def name_bytes(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def question(name, kind):
    return struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name_bytes(name) + struct.pack(">2H", kind, 1)


def wait_for_dns(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        for _ in range(50):
            try:
                client.sendto(question("test", 6), ("127.0.0.1", port))
                client.recv(512)
                return
            except OSError:
                time.sleep(0.1)
    raise RuntimeError("the DNS server does not answer")


def asked(packet):
    """The name in a question, its type, and its bytes."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace").lower())
        at += packet[at] + 1
    return ".".join(labels), struct.unpack(">H", packet[at + 1:at + 3])[0], packet[12:at + 5]


class WrongDns:
    """Answers each name as the table says: a function of the question's bytes, or None for silence."""

    def __init__(self, table):
        self.table = table
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
            name, kind, text = asked(packet)
            answer = self.table.get(name)
            if answer:
                self.socket.sendto(packet[:2] + answer(kind, text), peer)

    def stop(self):
        self.socket.close()


def code(number):
    return lambda kind, text: struct.pack(">5H", 0x8180 | number, 1, 0, 0, 0) + text


def answer(kind, data):
    """An MX question gets this record; others nothing."""
    def make(asked_kind, text):
        if asked_kind != kind:
            return struct.pack(">5H", 0x8180, 1, 0, 0, 0) + text
        record = b"\xc0\x0c" + struct.pack(">2HIH", kind, 1, 60, len(data)) + data
        return struct.pack(">5H", 0x8180, 1, 1, 0, 0) + text + record
    return make


def by_type(answers):
    """Each type of question has its own answer; the others have no data."""
    return lambda kind, text: answers.get(kind, code(0))(kind, text)


# ---- mail servers ----

class Peer:
    """A server on one address; `talk` has the connection and does what it likes."""

    def __init__(self, last, port, talk, tls=None):
        self.talk, self.tls = talk, tls
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((HOST % last, port))
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
                mail=b"250 ok\r\n", ehlo=b"", after_ehlo=None, starttls=None, within_tls=None):
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
                connection.sendall({"MAIL": mail, "RCPT": rcpt}.get(word, b"500 what\r\n"))
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

    def server(self, name, days=20):
        """What a server needs that shows a certificate for this name."""
        base = os.path.join(self.folder, "%s%d" % (name, days))
        with open(base + ".ext", "w", encoding="ascii") as out:
            out.write("subjectAltName=DNS:%s\n" % name)
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", base + ".key", "-out", base + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", base + ".csr", "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial",
                "-days", str(days), "-extfile", base + ".ext", "-out", base + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(base + ".pem", base + ".key")
        return context
