# SPDX-License-Identifier: BSD-2-Clause
"""Holds answers against doc/openapi.json: known path, method and status, media type, body, headers."""
import json
import os
import re
import threading
import urllib.parse

from tap import ROOT

try:
    import jsonschema
except ImportError:  # the tests go on without
    jsonschema = None

DOC = os.path.join(ROOT, "doc")
API = json.load(open(os.path.join(DOC, "openapi.json"), encoding="utf-8"))
REPORT = json.load(open(os.path.join(DOC, "report.schema.json"), encoding="utf-8"))
# What every answer carries, whatever it is.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                               "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
}

lock = threading.Lock()
faults = []
held = 0
seen = {}  # (path of the description, method, status): how often
validators = {}


def pattern(path):
    if path == "/assets/{file}":
        return re.compile("/assets/.+")
    return re.compile("[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", path)))


# What is written out goes before what has a hole.
PATHS = sorted(((pattern(path), path) for path in API["paths"]), key=lambda pair: pair[1].count("{"))


def find(path):
    for expression, name in PATHS:
        if expression.fullmatch(path):
            return name
    return None


def follow(node):
    while "$ref" in node and node["$ref"].startswith("#/"):
        name = node["$ref"]
        node = API
        for part in name[2:].split("/"):
            node = node[part]
    return node


def validator(schema):
    key = json.dumps(schema, sort_keys=True)
    if key not in validators:
        base = "https://whybounce.invalid/"
        resolver = jsonschema.RefResolver(base + "openapi.json", API, store={base + "openapi.json": API, base + "report.schema.json": REPORT})
        validators[key] = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return validators[key]


def faults_of_body(answer, content):
    kind = answer.headers.get("Content-Type")
    media = content.get(kind) or content.get("*/*")
    if not media:
        return ["Content-Type %s is none of %s" % (kind, ", ".join(content))]
    if "json" not in (kind or "") or not jsonschema:
        return []
    try:  # a line of a batch is held against the same description as the next one
        bodies = [json.loads(text) for text in (answer.body.splitlines() if kind == "application/x-ndjson" else [answer.body])]
    except ValueError as error:
        return ["no JSON: %s" % error]
    return ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200]) for body in bodies for e in validator(media["schema"]).iter_errors(body)]


def faults_of(method, path, answer):
    found = ["%s: %s" % (name, answer.headers.get(name)) for name, value in ALWAYS.items() if answer.headers.get_all(name) != [value]]
    found += ["%s" % name for name in answer.headers if name.lower().startswith("access-control-")]
    kept = "immutable" in answer.headers.get("Cache-Control", "")
    if answer.headers.get("Cache-Control") != "no-store" and not (kept and path.startswith("/assets/")):
        found.append("Cache-Control: %s" % answer.headers.get("Cache-Control"))
    name = find(path)
    operation = API["paths"].get(name, {}).get({"HEAD": "get"}.get(method, method.lower())) if name else None
    if method == "HEAD":
        return found + (["a body"] if answer.body else [])
    if not operation:  # nothing is described: only a problem may come
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        found += [] if answer.status in (404, 405, 413, 421, 503) else ["status %d" % answer.status]
        return found + faults_of_body(answer, problem)
    seen[name, method.lower(), answer.status] = seen.get((name, method.lower(), answer.status), 0) + 1
    described = operation["responses"].get(str(answer.status))
    if not described:
        return found + ["status %d is not described" % answer.status]
    described = follow(described)
    if "content" in described:
        found += faults_of_body(answer, described["content"])
    elif answer.body:
        found.append("a body")
    return found


def hold(method, target, answer):
    """Notes what is wrong with an answer."""
    global held
    held += 1
    path = urllib.parse.urlsplit(target).path
    with lock:  # the validator is for one thread
        for fault in faults_of(method, path, answer):
            faults.append("%s %s: %d: %s" % (method, target[:100], answer.status, fault))
