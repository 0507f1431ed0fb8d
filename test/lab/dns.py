#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the name server's configuration: dns.py DIRECTORY.

One root zone made from the case table, so that every other name is a real
NXDOMAIN; SERVFAIL is a zone that is configured but has no file.
"""
import sys
from pathlib import Path

from cases import CLIENT, SEVEN, SINK
from world import addresses, domain, numbered

NAMESERVER = "198.51.100.53"
CONF = """server:
  ip-address: {ns}
  port: 53
  username: ""
  database: ""
  zonesdir: "{dir}"
  zonelistfile: "{dir}/zone.list"
  pidfile: "{dir}/nsd.pid"
  xfrdfile: "{dir}/xfrd.state"
  logfile: "{dir}/nsd.log"
  server-count: 1
  do-ip6: no
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
"""


def reverse(address):
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa."


def host(name, address):
    return [f"{name}. A {address}", f"{reverse(address)} PTR {name}."]


def records(row, n):
    name, dns = domain(row), row.get("dns")
    if dns in ("nxdomain", "servfail"):
        return []
    if dns == "nodata":
        return [f'{name}. TXT "v=spf1 -all"']
    if dns == "nullmx":
        return [f"{name}. MX 0 ."]
    if dns == "dangling":
        return [f"{name}. MX 10 mx.gone.{name}."]
    if dns == "loopback":
        return [f"{name}. MX 10 localhost.", "localhost. A 127.0.0.1"]
    if dns == "self":
        return [f"{name}. MX 10 mta.sender.test."]
    out = []
    for i, address in enumerate(addresses(row, n)):
        mx = f"mx{i + 1 if i else ''}.{name}"
        out += [f"{name}. MX {10 * (i + 1)} {mx}."] + host(mx, address)
    return out


def zone():
    out = ["$TTL 60", f". SOA ns.sender.test. admin.sender.test. 1 60 60 60 60", ". NS ns.sender.test."]
    out += host("ns.sender.test", NAMESERVER) + host("mta.sender.test", CLIENT)
    out += host("sink.sender.test", SINK) + host("sink.seven.test", SEVEN)
    out += ["sender.test. MX 10 sink.sender.test.", 'sender.test. TXT "v=spf1 mx -all"', "seven.test. MX 10 sink.seven.test.",
            "local.test. MX 10 mta.sender.test."]
    for row, n in numbered():
        out += records(row, n)
    return "\n".join(out) + "\n"


def main(directory):
    conf = CONF.format(ns=NAMESERVER, dir=directory)
    for row, _ in numbered():
        if row.get("dns") == "servfail":
            conf += f'zone:\n  name: "{domain(row)}"\n  zonefile: "missing-{row["id"]}.zone"\n'
    Path(directory, "nsd.conf").write_text(conf)
    Path(directory, "root.zone").write_text(zone())


if __name__ == "__main__":
    main(sys.argv[1])
