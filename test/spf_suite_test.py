#!/usr/bin/env python3
"""SPF held against the test-suite of RFC 7208 (openspf.org, as Debian's pyspf carries it).

The suite is not part of this repository. WHYBOUNCE_SPF_SUITE names the file; else it is sought
where `make spf-suite` puts it. Where it is not, the test says so and is skipped.
"""
import os
import pathlib
import subprocess
import tempfile

import tap

BUILD = pathlib.Path(tap.BUILD)
PROGRAM = BUILD / "test" / "spf-suite"


def find_suite():
    named = os.environ.get("WHYBOUNCE_SPF_SUITE")
    path = pathlib.Path(named) if named else BUILD / "rfc7208-tests.yml"
    return path if path.is_file() else None


def escaped(data):
    """Bytes as the table of records takes them."""
    return "".join(chr(b) if 33 <= b < 127 and b != 92 and b != 33 else "\\%03d" % b for b in data)


def name_of(name):
    """A name as questions write it: RFC 1035 5.1."""
    return "".join("\\%03d" % ord(c) if c in ' \\"();@$' else c for c in str(name))


def text_of(value):
    parts = [value] if isinstance(value, str) else value
    return escaped("".join(parts).encode("utf-8"))


def lines_of(name, records):
    """SPF stands for TXT where there is no TXT, as the suite's own drivers do."""
    pairs = [p for r in records if isinstance(r, dict) for p in r.items()]
    own = any(kind == "TXT" for kind, value in pairs)
    for kind, value in pairs:
        if kind == "SPF" and own or value == "NONE":
            continue
        kind = "TXT" if kind == "SPF" else kind
        if value == "TIMEOUT":
            yield "%s %s !timeout" % (name, kind)
        elif kind == "TXT":
            yield "%s TXT %s" % (name, text_of(value))
        elif kind == "MX":
            yield "%s MX %d %s" % (name, value[0], value[1] or ".")
        else:
            yield "%s %s %s" % (name, kind, value)
    if "TIMEOUT" in records:
        yield "%s * !timeout" % name


def zone_of(scenario):
    for name, records in scenario["zonedata"].items():
        yield from lines_of(name_of(name), records)


def case_of(name, test):
    fields = [name, test["host"], test["helo"], test.get("mailfrom") or "", test.get("receiver") or ""]
    return "\t".join(str(f) for f in fields)


def run(scenario):
    with tempfile.NamedTemporaryFile("w", suffix=".zone") as zone:
        zone.write("\n".join(zone_of(scenario)) + "\n")
        zone.flush()
        cases = "\n".join(case_of(n, t) for n, t in scenario["tests"].items()) + "\n"
        done = subprocess.run([PROGRAM, zone.name], input=cases.encode(), capture_output=True,
                              check=True, timeout=60)
    answers = {}
    for line in done.stdout.split(b"\n"):
        if line:
            name, result, explanation, problem = line.split(b"\t")
            answers[name.decode()] = (result.decode(), explanation.decode("utf-8", "replace"),
                                      problem.decode())
    return answers


def main():
    try:
        import yaml
    except ImportError:
        tap.skip_all("python3-yaml is not installed")
    path = find_suite()
    if not path:
        tap.skip_all("rfc7208-tests.yml is not there; `make spf-suite` gets it")
    with open(path, encoding="utf-8") as file:
        scenarios = [s for s in yaml.safe_load_all(file) if s]
    for scenario in scenarios:
        answers = run(scenario)
        default = "DEFAULT"
        for name, test in scenario["tests"].items():
            want = test["result"] if isinstance(test["result"], list) else [test["result"]]
            got, explanation, problem = answers.get(name, ("no answer", "", ""))
            good = got in want
            if good and test.get("explanation", default) != default:
                good = explanation == test["explanation"]
            elif good and test.get("explanation") == default:
                good = explanation == ""
            tap.ok(good, "%s: %s" % (scenario["description"], name),
                 "got %s %r (%s), want %s %r" % (got, explanation, problem, want,
                                                test.get("explanation")))
    tap.ok(tap.count > 180, "the suite is whole: %d cases" % tap.count)
    tap.done()


if __name__ == "__main__":
    main()
