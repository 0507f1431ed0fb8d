# SPDX-License-Identifier: BSD-2-Clause
"""Within a throw-away machine: starts Postfix and Exim on addresses of loopback, and checks them.

/lab/out has the programs, certificates and jobs.json (a name to the arguments of a check); results.json gets a name to
status and output. Each server stands on three addresses: with a good certificate, with one of another name, and without TLS.
"""
import concurrent.futures
import json
import os
import pwd
import socket
import subprocess
import time

import world

OUT = "/lab/out/"
POSTFIX, EXIM = (2, 3, 4), (5, 6, 7)
KINDS = "", "-wrong", "-plain"
LIMIT = 51200


def run(*command):
    subprocess.run(command, check=True)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def names(server):
    return ["%s%s.test" % (server, kind) for kind in KINDS]


def add_user(name, group):
    run("groupadd", "-f", "-r", group)
    try:
        pwd.getpwnam(name)
    except KeyError:
        run("useradd", "-r", "-g", group, "-d", "/nonexistent", "-s", "/usr/sbin/nologin", name)


def postfix():
    """Nobody is trusted, wang is known; no mail is ever taken, so the parts that deliver are left out."""
    add_user("postfix", "postfix")
    run("groupadd", "-f", "-r", "postdrop")
    write("/etc/postfix/main.cf", """compatibility_level = 3.6
myhostname = mx.postfix.test
mydestination = %s
local_recipient_maps = inline:{wang=here}
alias_maps =
mynetworks = 192.0.2.1/32
inet_interfaces = loopback-only
inet_protocols = ipv4
message_size_limit = %d
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_chain_files = %sgood.all
maillog_file = /var/log/postfix.log
""" % (", ".join(names("postfix")), LIMIT, OUT))
    smtpd = ["127.0.0.%d:25 inet n - n - - smtpd" % last for last in POSTFIX]
    smtpd[1] += " -o smtpd_tls_chain_files=%swrong.all" % OUT
    smtpd[2] += " -o smtpd_tls_security_level=none"
    parts = ["%s unix %s - n %s %d %s" % part for part in [
        ("cleanup", "n", "-", 0, "cleanup"), ("rewrite", "-", "-", 0, "trivial-rewrite"), ("anvil", "-", "-", 1, "anvil"),
        ("tlsmgr", "-", "1000?", 1, "tlsmgr"), ("proxymap", "-", "-", 0, "proxymap"), ("bounce", "-", "-", 0, "bounce")]]
    write("/etc/postfix/master.cf", "\n".join(smtpd + parts + ["postlog unix-dgram n - n - 1 postlogd"]) + "\n")
    os.makedirs("/var/lib/postfix", exist_ok=True)
    run("chown", "postfix:postfix", "/var/lib/postfix")
    run("postfix", "start")


def exim():
    add_user("Debian-exim", "Debian-exim")
    write("/etc/exim4/exim4.conf", """primary_hostname = mx.exim.test
domainlist local_domains = %s
acl_smtp_rcpt = check
message_size_limit = %d
local_interfaces = <; %s
tls_advertise_hosts = ${if eq{$received_ip_address}{127.0.0.%d}{}{*}}
tls_certificate = %s${if eq{$received_ip_address}{127.0.0.%d}{wrong}{good}}.pem
tls_privatekey = %s${if eq{$received_ip_address}{127.0.0.%d}{wrong}{good}}.key
log_file_path = /var/log/exim-%%slog
rfc1413_query_timeout = 0s
begin acl
check:
  deny domains = ! +local_domains
       message = relay not permitted
  accept verify = recipient
begin routers
here:
  driver = accept
  local_parts = wang
  transport = nowhere
begin transports
nowhere:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
""" % (" : ".join(names("exim")), LIMIT, " ; ".join("127.0.0.%d" % last for last in EXIM), EXIM[2], OUT, EXIM[1], OUT, EXIM[1]))
    os.makedirs("/var/spool/exim4", exist_ok=True)
    run("chown", "-R", "Debian-exim:Debian-exim", "/var/spool/exim4", "/var/log")
    run("chmod", "644", OUT + "good.key", OUT + "wrong.key")
    run("exim4", "-bd", "-oP", "/run/exim.pid")


def zone():
    text = "ns A 127.0.0.1\n"
    for server, addresses in ("postfix", POSTFIX), ("exim", EXIM):
        for kind, last in zip(KINDS, addresses):
            text += "%s%s MX 10 mx.%s%s\nmx.%s%s A 127.0.0.%d\n" % (*(server, kind) * 3, last)
        text += "not-%s MX 10 mx.%s\n" % (server, server)
    return text


def wait_for(last):
    for _ in range(100):
        try:
            with socket.create_connection((world.HOST % last, 25), 5) as client:
                if client.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.1)
    print("127.0.0.%d does not greet" % last)


def check(arguments):
    done = subprocess.run([OUT + "bin/whybounce", "check", "--resolver", "127.0.0.1", "--allow-private", "--helo", "client.test", *arguments],
                          capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ, SSL_CERT_FILE=OUT + "ca.pem"))
    return {"status": done.returncode, "out": done.stdout, "error": done.stderr}


def main():
    write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
    write("/etc/hosts", "127.0.0.1 localhost\n")
    nsd = world.Dns({"test": zone()}, port=53)
    postfix()
    exim()
    for last in POSTFIX + EXIM:
        wait_for(last)
    with open(OUT + "jobs.json", encoding="utf-8") as file:
        jobs = json.load(file)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = dict(zip(jobs, pool.map(check, jobs.values())))
    with open(OUT + "results.json", "w", encoding="utf-8") as file:
        json.dump(results, file)
    nsd.stop()  # the others end with the machine


main()
