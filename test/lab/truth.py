# SPDX-License-Identifier: BSD-2-Clause
"""What a reader must find in each server's mails and logs.

First what really happened, derived from the case's row alone (fates); then, for
mails that hide or change it, the exceptions of odd.py.
"""
import fnmatch
import os
import re

from cases import CASES, DROP, GARBAGE, HANG, OPEN, STAGES
from odd import GROUPS, LOG_ODD, LOG_STAGE_SHOWN, ODD, QUEUE_ID, REFUSED, STAGE_SHOWN
from world import NAMES, addresses, domain, lines, numbered, recipients, reply_for, sender, wire

BY_ID = {row["id"]: row for row in CASES}
IDS = {name: id for id, name in NAMES.items()}
HOSTS = {row["id"]: addresses(row, n) for row, n in numbered()}
WARNS = ("postfix", "exim", "sendmail", "opensmtpd", "courier")


def wanted(row, mta):
    """Does this server run this case?"""
    if not fnmatch.fnmatch(row["id"], os.environ.get("CASES") or "*"):
        return False
    if row["id"] == "ok" or mta in row.get("skip", ()):
        return False
    if mta == "nullmailer" and (row.get("dns") or row.get("see") or row.get("local")):
        return False        # it relays to one smarthost and asks no DNS about recipients
    if mta == "opensmtpd" and HANG in row.values() and not os.environ.get("SLOW"):
        return False        # its time-outs are built in: 300 s
    if mta == "dma" and (HANG in row.values() or DROP in row.values()):
        return False        # it waits five minutes for a reply, even on a closed connection
    if row.get("phase") == "delay" and mta not in WARNS:
        return False
    if mta == "dovecot":
        return mta in row.get("only", ())
    return mta in row.get("only", [mta]) and row["id"] not in REFUSED.get(mta, ())


def status_of(reply):
    found = re.match(rb"\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b", reply)
    return found and found.group(1).decode()


def refusal(row, user, ordinal):
    """(stage, reply) of the first thing that went wrong at the peer, or (None, None)."""
    if row.get("net"):
        return "connect", None
    for stage in STAGES:
        reply = reply_for(row, stage, user, ordinal)
        if reply is not None:
            return stage, reply
    return None, None


def permanence_of(row, causes, stage, reply):
    if "permanence" in row:
        return row["permanence"]
    if not causes:
        return None
    if isinstance(reply, list):
        if reply[0].startswith(b"4") or causes[0] == "mailbox-full":
            return "temporary"
        return None if causes[0] in OPEN or stage == "connect" else "permanent"
    return "temporary" if causes[0] in ("no-response", "mailbox-full") else "permanent"


def fate(row, address, ordinal=0):
    """What happened to one recipient of a case."""
    user = address.rpartition("@")[0]
    stage, reply = refusal(row, user, ordinal)
    causes = row["causes"]
    if row.get("people"):
        causes = row["people"][user][0].split() if row["people"][user] else []
    if isinstance(row.get("rcpt"), list) and reply is None or not causes or row.get("kind") == "delivered":
        causes = []
    spoken = isinstance(reply, list) and causes
    kind = row.get("kind", "bounce") if causes else "delivered"
    if row.get("kind") == "auto-reply":
        kind = "auto-reply"
    return {
        "address": address, "also": [], "kind": kind,
        "causes": causes or None,
        "permanence": permanence_of(row, causes, stage, reply),
        "status": status_of(reply[0]) if spoken else None,
        "reply_code": int(reply[0][:3]) if spoken else None,
        "stage": row.get("truth_stage", stage and stage.replace("_", "-")) if causes else None,
    }


def fates(row, refused=None):
    """What happened to every recipient of a case (after aliases). Where only the order of
    the RCPT commands decided, refused holds those whom the peer turned away."""
    written = recipients(row)
    final = [wire(address) for address in row.get("expands", written)]
    rows = [BY_ID[id] for id in row["see"]] if "see" in row else [row] * len(final)
    order = range(len(final))
    if isinstance(row.get("rcpt"), list):
        order = [len(final) - 1 if address in refused else 0 for address in final] if refused else order
    out = [fate(r, address, i) for r, address, i in zip(rows, final, order)]
    if "expands" in row:
        for one in out:
            one["also"] = list(written)
    return out


def in_mail(row, mta, kind, refused):
    """The truth for this server's mail of the given kind: (list of fates, group, note)."""
    out, note = fates(row, refused), row.get("note")
    for one in out:
        one["kind"] = kind if kind != "delivered" and one["causes"] else one["kind"]
        if not row.get("net") and one["stage"] not in STAGE_SHOWN.get(mta, ()):
            one["stage"] = None
        for servers, cases, kinds, change, why in ODD:
            if mta in servers.split() and kind in kinds.split() and any(fnmatch.fnmatch(row["id"], c) for c in cases.split()):
                change = change(one) if callable(change) else change
                if change is not None:
                    one.update(change)
                    note = why or note
    return out, note


def group(row, mta, head):
    """Which of the 22 groups of odd formats this mail shows, if any: the first that fits."""
    for number, servers, cases, marker in GROUPS:
        if mta in servers.split() and any(fnmatch.fnmatch(row["id"], c) for c in cases.split()):
            if marker is None or re.search(marker, head):
                return number
    return None


def queue_id(mta, row, log, address):
    """The id a log has for the message, or with some servers for the recipient."""
    pattern = QUEUE_ID[mta]
    if row.get("dns") == "self":
        return None                         # a loop: one message with many ids
    found = re.search(pattern.replace(b"%s", re.escape(address.encode())), log)
    return found and found.group(1).decode()


def in_log(row, mta, log, refused):
    """The truth for this server's log of one message: what became of each recipient in the end."""
    out, notes = fates(row, refused), [row.get("note")]
    for one in out:
        if one["kind"] == "delay":
            one["kind"] = "bounce"          # the log goes on until it was given up
        if not row.get("net") and one["stage"] not in LOG_STAGE_SHOWN.get(mta, ()):
            one["stage"] = None
        for servers, cases, change, why in LOG_ODD:
            if mta in servers.split() and any(fnmatch.fnmatch(row["id"], c) for c in cases.split()):
                change = change(one, log) if callable(change) else change
                one.update(change or {})
                notes += [why] if change and why else []
        where = one["address"].rpartition("@")[2].removesuffix(".test")
        relay = {"relay_host": f"mx.{where}.test", "relay_ip": HOSTS.get(IDS.get(where), [None])[0]}
        if len(HOSTS.get(IDS.get(where), [])) > 1:
            relay["relay_ip"] = None        # whichever of them was asked last
        one.update({key: value if value and value.encode() in log else None for key, value in relay.items()})
        one["queue_id"] = queue_id(mta, row, log, one["address"])
        if one["address"].encode() not in log:
            one["address"] = next((a for a in one["also"] if a.encode() in log), None)
    message_id, address = f"{NAMES[row['id']]}.20260302@sender.test", sender(row)
    return {
        "message_id": message_id if message_id.encode() in log else None,
        "sender": address if address.encode() in log else None,
        "recipients": out, "note": notes[-1],
    }
