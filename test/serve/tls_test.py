#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The service behind TLS of its own."""
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import BUILD, done, ok, skip_all
from world import SAMPLE, Server, mail, until

if not shutil.which("openssl"):
    skip_all("openssl is not here")


def certificate(folder, name):
    pem, key = os.path.join(folder, "tls.pem"), os.path.join(folder, "tls.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", pem], check=True, capture_output=True)
    return pem, key


def ask(server, method, path, body=None, headers=None, context=None):
    c = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=context)
    c.request(method, path, body, headers or {})
    r = c.getresponse()
    out = (r.status, r.headers, r.read(), c.sock and c.sock.version())
    c.close()
    return out


with tempfile.TemporaryDirectory() as folder:
    pem, key = certificate(folder, "first")
    catalogue = shutil.copy(os.path.join(BUILD, "src", "catalogue.wbc"), folder)
    with Server(workers=2, env={"WHYBOUNCE_CATALOGUE": catalogue}, **{"tls-certificate": pem, "tls-key": key}) as server:
        context = ssl.create_default_context(cafile=pem)
        auth = {"Authorization": "Bearer " + server.token()}
        status, _, body, _ = ask(server, "POST", "/v1/analyse?store=true", SAMPLE, auth, context)
        ok(status == 200 and json.loads(body)["stored"]["reports"] == 2, "a mail through TLS is stored", status)
        status, headers, _, _ = ask(server, "POST", "/v1/session", json.dumps({"token": server.link}), {}, context)
        parts = [p.strip().lower() for p in headers["Set-Cookie"].split(";")]
        ok(status == 204 and "secure" in parts and "httponly" in parts, "with TLS the cookie is Secure", headers["Set-Cookie"])
        pair = {"Cookie": headers["Set-Cookie"].split(";")[0], "Origin": "https://127.0.0.1:%d" % server.port}
        status, _, _, _ = ask(server, "POST", "/v1/suppressions", json.dumps({"address": "a@example.org", "reason": "x"}), pair, context)
        ok(status == 200, "the page behind TLS is ours", status)
        warnings.simplefilter("ignore", DeprecationWarning)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        try:
            version = ask(server, "GET", "/healthz", context=old)[3]
        except OSError as error:
            version = None
        ok(version is None, "TLS 1.1 is not spoken", version)
        out = server.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", timeout=5)
        ok(b"HTTP/1.1 200" not in out, "nor plain HTTP", out[:60])
        certificate(folder, "second")
        stop, failures, n = threading.Event(), [], [0]

        def load():
            while not stop.is_set():
                try:
                    n[0] += ask(server, "GET", "/healthz", context=either)[0] == 200
                except OSError as error:
                    failures.append(error)

        either = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        either.check_hostname, either.verify_mode = False, ssl.CERT_NONE
        thread = threading.Thread(target=load)
        thread.start()
        server.process.send_signal(signal.SIGHUP)
        fresh = ssl.create_default_context(cafile=pem)

        def trusted():
            try:
                return ask(server, "GET", "/healthz", context=fresh)[0] == 200
            except ssl.SSLError:
                return False

        ok(until(trusted, 30), "SIGHUP: the new certificate is shown")
        with open(key, "w") as file:
            file.write("nothing")
        server.process.send_signal(signal.SIGHUP)
        ok(until(lambda: "old certificate stays" in server.complaints(), 30), "a key that is broken is complained of", server.complaints())
        ok(until(trusted, 10), "and the old certificate goes on")
        for pid in server.workers():  # others come in their places, started by who asks for them
            os.kill(pid, signal.SIGKILL)
        mails = [threading.Thread(target=lambda n=n: ask(server, "POST", "/v1/analyse", mail(n) * 50, auth, either)) for n in range(8)]
        for one in mails:
            one.start()
        for one in mails:
            one.join()
        before = server.workers()
        with open(catalogue + ".new", "w") as file:
            file.write("nothing")
        os.replace(catalogue + ".new", catalogue)
        certificate(folder, "third")
        server.process.send_signal(signal.SIGHUP)
        fresh = ssl.create_default_context(cafile=pem)
        ok(until(trusted, 30) and until(lambda: "old knowledge stays" in server.complaints(), 10), "a new certificate, and knowledge that is broken", server.complaints())
        time.sleep(7)  # so long the old certificate is served
        answers = [ask(server, "POST", "/v1/analyse", SAMPLE, auth, either)[0] for _ in range(6)]
        ok(before and set(before) <= set(server.workers()) and answers == [200] * 6, "the workers with the old knowledge do not end with who asked for them", before, server.workers(), answers)
        stop.set()
        thread.join()
        ok(n[0] > 5 and not failures, "meanwhile nobody was turned away (%d calls)" % n[0], failures[:3])
        ok(server.stop() == 0, "it ends well", server.complaints())
    for name, settings in [("a certificate that is not there", {"tls-certificate": pem + "x", "tls-key": key}), ("a key that is none", {"tls-certificate": pem, "tls-key": pem})]:
        try:
            with Server(**settings):
                started = True
        except RuntimeError as error:
            started, why = False, str(error)
        ok(not started and len(why) > 60, "%s: it says so and does not start" % name, None if started else why)
done()
