# SPDX-License-Identifier: BSD-2-Clause
"""Signed zones (DNSSEC) with keys made for the occasion, TLSA records, and resolvers that treat them well or badly."""
import hashlib
import os
import shutil
import socket
import ssl
import struct
import subprocess

import world

SERVFAIL, CHECKING_DISABLED = 2, 0x0010


def why_not():
    """Why there can be no signed zones; None when there can."""
    return world.why_not() or next(("%s is not installed (ldnsutils)" % tool for tool in ("ldns-keygen", "ldns-signzone")
                                    if not shutil.which(tool)), None)


def run(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def sign(folder, zones, expired=(), unsigned=()):
    """Signs zones, name to records, each delegated from the one above with DS. Gives what world.Dns takes, and the trust anchor of the first."""
    names, out, delegations = list(zones), {}, {}
    for name in sorted(names, key=lambda one: -one.count(".")):
        text = "@ NS ns.%s.\n%s%s" % (names[0], zones[name] or "", "".join(delegations.get(name, [])))
        parent = max((one for one in names if name.endswith("." + one)), key=len, default=None)
        above = ["%s. NS ns.%s.\n" % (name, names[0])]
        out[name] = None if zones[name] is None else text
        if name not in unsigned and zones[name] is not None:
            key = run(folder, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", name)
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(world.Dns.zone(name, text))
            run(folder, "ldns-signzone", *(["-i", "20200101", "-e", "20200201"] if name in expired else []), "-f", name + ".signed", name, key)
            out[name] = open(os.path.join(folder, name + ".signed"), encoding="ascii").read()
            above.append(open(os.path.join(folder, key + ".ds"), encoding="ascii").read())
        if parent:
            delegations.setdefault(parent, []).extend(above)
        else:
            anchor = os.path.join(folder, key + ".key")
    return out, anchor


# ---- TLSA ----

def certificates(pem):
    """The certificates of a file, as DER."""
    with open(pem, encoding="ascii") as file:
        return [ssl.PEM_cert_to_DER_cert(one + ssl.PEM_FOOTER) for one in file.read().split(ssl.PEM_FOOTER)[:-1]]


def tlsa(usage, selector, matching, pem):
    """What stands behind TLSA for the first certificate of a file."""
    data = certificates(pem)[0]
    if selector == 1:
        key = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-pubkey"], check=True, capture_output=True).stdout
        data = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True, capture_output=True).stdout
    data = {0: lambda raw: raw, 1: lambda raw: hashlib.sha256(raw).digest(), 2: lambda raw: hashlib.sha512(raw).digest()}[matching](data)
    return "TLSA %d %d %d %s" % (usage, selector, matching, data.hex())


# ---- resolvers ----

def relay(nsd, packet):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(3)
        client.sendto(packet, (nsd.address, nsd.port))
        return client.recv(65535)


class Relay(world.FakeDns):
    """Passes questions on to NSD as spoil(packet, name, type) has them, and answers; None: says nothing."""

    def __init__(self, nsd, spoil):
        super().__init__(None)
        self.nsd, self.spoil = nsd, spoil

    def run(self):
        while True:
            try:
                packet, peer = self.socket.recvfrom(4096)
                end = packet.index(b"\0", 12) + 5
                answer = self.spoil(self.nsd, packet, world.name_of(packet), struct.unpack(">H", packet[end - 4:end - 2])[0])
                if answer:
                    self.socket.sendto(answer, peer)
            except OSError:
                if self.socket.fileno() < 0:
                    return


def validating(*bogus):
    """As a resolver that checks signatures: SERVFAIL for what is bogus, unless checking is disabled by the question."""
    def spoil(nsd, packet, name, _):
        flags = struct.unpack(">H", packet[2:4])[0]
        if name.endswith(bogus) and not flags & CHECKING_DISABLED:
            end = packet.index(b"\0", 12) + 5
            return world.head(packet, 0, 0x8180 | SERVFAIL) + packet[12:end]
        return relay(nsd, packet)
    return spoil


def stripping(nsd, packet, name, _):
    """As an old box at home: asks without EDNS, so no signature ever comes."""
    end = packet.index(b"\0", 12) + 5
    return relay(nsd, packet[:10] + b"\0\0" + packet[12:end])


def harmful(harm, *kinds):
    """Spoils what comes back for these types: harm(answer)."""
    def spoil(nsd, packet, _, kind):
        answer = relay(nsd, packet)
        return harm(answer) if kind in kinds else answer
    return spoil


def deaf(*kinds):
    """Says nothing to questions of these types."""
    def spoil(nsd, packet, _, kind):
        return None if kind in kinds else relay(nsd, packet)
    return spoil
