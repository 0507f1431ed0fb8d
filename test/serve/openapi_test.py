#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""doc/openapi.json beside src/serve/routes.c: the same calls for the same scopes; and it is served."""
import email.message
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contract
from tap import ROOT, ok, skip_all
from world import Server, done, json_of

if not contract.jsonschema:
    skip_all("python3-jsonschema is not here")


def shape(path):
    return re.sub(r"\{\w*\}", "{}", path)


def routes():
    text = open(os.path.join(ROOT, "src", "serve", "routes.c")).read()
    for method, path, scopes in re.findall(r'\{"(\w+)",\s*"([^"]+)",\s*([A-Z |]+),', text):
        yield method.lower(), path, set() if scopes == "ANYBODY" else {word.strip().lower() for word in scopes.split("|")}


def scopes_of(operation):
    return {name for scheme in ("token", "cookie") for entry in operation["security"] for name in entry.get(scheme, [])}


def refs(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


API = contract.API
calls = {(method, shape(path)): operation for path, item in API["paths"].items() for method, operation in item.items()}
table = {(method, path): scopes for method, path, scopes in routes()}
ok(len(table) > 30, "%d routes in the server" % len(table))
for key in sorted(set(table) | set(calls)):
    ok(key in table and key in calls, "%s %s is in both" % key)
    if key in table and key in calls:
        ok(scopes_of(calls[key]) == table[key], "%s %s: the same scopes" % key, scopes_of(calls[key]), table[key])
for (method, path), operation in calls.items():
    holes = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
    ok(len(holes) == path.count("{}") and all(p["required"] for p in operation.get("parameters", []) if p["in"] == "path"), "%s %s names what stands in its path" % (method, path))
names = [operation["operationId"] for operation in calls.values()]
ok(len(set(names)) == len(names), "each call has a name of its own")
broken = []
for ref in refs(API):
    try:
        if ref.startswith("#"):
            contract.follow({"$ref": ref})
        elif ref != "report.schema.json":
            broken.append(ref)
    except KeyError:
        broken.append(ref)
ok(not broken, "every reference leads somewhere", broken)
for name, schema in API["components"]["schemas"].items():
    try:
        contract.jsonschema.Draft202012Validator.check_schema(schema)
        fault = None
    except contract.jsonschema.SchemaError as error:
        fault = error
    ok(fault is None, "%s is a schema" % name, fault)
for key in ["openapi", "info", "paths", "components", "servers"]:
    ok(key in API, "it has %s" % key)
ok(re.fullmatch(r"3\.1\.\d+", API["openapi"]), "OpenAPI 3.1")

# doc/security.md names files and pieces of the sentences of tests; a line that names several files has no such pieces
missing, pieces = [], 0
for line in open(os.path.join(ROOT, "doc", "security.md"), encoding="utf-8"):
    if not line.startswith("| ") or "`" not in line:
        continue
    names = [n for n in re.findall(r"`([\w/.-]+\.(?:py|c))`", line) if "/" in n]
    texts = [open(os.path.join(ROOT, n), encoding="utf-8").read() if os.path.exists(os.path.join(ROOT, n)) else missing.append(n) or "" for n in names]
    for piece in re.findall(r'"([^"]+)"', line):
        pieces += 1
        if not any(piece in text for text in texts):
            missing.append("%s: %s" % (", ".join(names), piece))
ok(pieces > 40 and not missing, "doc/security.md names %d tests, which are there" % pieces, *missing)

with Server() as server:
    for name in ["openapi.json", "report.schema.json"]:
        answer = server.ask("GET", "/" + name, token=None)
        ok(answer.status == 200 and json_of(answer) == json.load(open(os.path.join(ROOT, "doc", name), encoding="utf-8")), "/%s is the file" % name)
    # the holder itself can find faults: else it would prove nothing
    answer = server.ask("GET", "/v1/me")
    spoilt = [answer._replace(body=b"{}"), answer._replace(body=b"x"), answer._replace(status=202), answer._replace(headers=email.message.Message()),
              answer._replace(body=answer.body.replace(b'"limit"', b'"limits"'))]
    ok(all(contract.faults_of("GET", "/v1/me", s) for s in spoilt) and not contract.faults_of("GET", "/v1/me", answer), "what holds the answers sees what is wrong")
done()
