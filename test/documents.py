# SPDX-License-Identifier: BSD-2-Clause
"""Commands in documents, and what they show."""
import re


def exchanges(lines):
    """Each command and what is shown behind it."""
    command, shown = None, []
    for line in lines:
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        else:
            shown.append(line)
    if command:
        yield command, shown


def matches(shown, said):
    pattern = "".join("(?:.*\n)*" if line == "…" else re.escape(line + "\n") for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in said)) is not None
