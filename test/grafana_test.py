#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Grafana board asks for what GET /metrics says: every name and every label of it is there."""
import json
import os
import re
import subprocess
import tempfile
import urllib.request

from tap import PROGRAM, ROOT, done, ok

state = tempfile.TemporaryDirectory()
CONFIG = os.path.join(state.name, "config.yaml")
ENV = dict(os.environ, STATE_DIRECTORY=state.name, WHYBOUNCE_CONFIG=CONFIG, LC_ALL="C.UTF-8")
with open(CONFIG, "w") as settings:  # nobody listens there
    settings.write("webhooks: {one: {url: 'http://127.0.0.1:9/', secret: whsec_%s, kinds: [report]}}\n" % ("QUJD" * 8))
OWN = {"instance"}  # Prometheus adds it


def command(*arguments):
    return subprocess.run([PROGRAM, *arguments], env=ENV, capture_output=True, text=True, timeout=60)


def metrics():
    """What a server says that has stored the sample."""
    made = command("token", "create", "--scopes", "analyse,read,write", "test")
    token = re.search(r"wb_[\w-]+", made.stdout).group()
    server = subprocess.Popen([PROGRAM, "serve", "--listen", "127.0.0.1:0"], env=ENV,
                              stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://[^/]+", server.stdout.readline()).group()
        with open(os.path.join(ROOT, "doc/sample-bounce.eml"), "rb") as mail:
            request = urllib.request.Request(url + "/v1/analyse?store=true", data=mail.read(), headers={
                "Authorization": "Bearer " + token, "Content-Type": "message/rfc822"})
        urllib.request.urlopen(request, timeout=30).read()
        request = urllib.request.Request(url + "/metrics", headers={"Authorization": "Bearer " + token})
        return urllib.request.urlopen(request, timeout=30).read().decode()
    finally:
        server.terminate()
        server.wait(30)


def strings(node):
    """Every query of the board."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            else:
                yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


labels = {}
for line in metrics().splitlines():
    found = re.match(r"(whybounce_\w+)(?:\{(.*)\})? \S+$", line)
    if found:
        labels.setdefault(found[1], set()).update(re.findall(r'(\w+)="', found[2] or ""))
ok(len(labels) > 6, "the server has metrics", labels)
ok({"cause", "provider"} <= labels.get("whybounce_reports_total", set()), "reports by cause and provider")

with open(os.path.join(ROOT, "doc/grafana.json"), encoding="utf-8") as file:
    board = json.load(file)
queries = sorted(set(strings(board)))
ok(len(queries) > 10, "the board has queries")
asked = set()
for query in queries:
    names = re.findall(r"\bwhybounce_\w+", query)
    asked.update(names)
    missing = [name for name in names if name not in labels]
    of = set().union(*(labels.get(name, set()) for name in names)) | OWN
    used = set(re.findall(r"(\w+)=~?\"", query))
    for listed in re.findall(r"\bby \(([^)]*)\)", query):
        used.update(word.strip() for word in listed.split(","))
    used.update(re.findall(r"label_values\(\w+, (\w+)\)", query))
    ok(names and not missing, "it is there: " + query, *missing)
    ok(used <= of, "and has these labels: " + " ".join(sorted(used)), *(used - of))
left = {name for name in labels if not name.endswith("_bucket")} - asked
ok(not left, "every metric is on the board", *left)
places = [panel["gridPos"] for panel in board["panels"]]
clash = [(a, b) for i, a in enumerate(places) for b in places[:i]
         if a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and
         a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]]
ok(not clash and all(p["x"] + p["w"] <= 24 for p in places), "no panel lies on another", *clash)
done()
