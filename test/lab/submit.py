#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends the mails of one phase: submit.py MTA PHASE [--sendmail COMMAND] [--port N ...]

submit.py MTA --phases prints the phases this server has cases for. What was sent
when, and what the server refused at once, goes to submit.jsonl.
"""
import argparse
import json
import smtplib
import subprocess
import time

from cases import CASES
from originals import message
from truth import HOSTS, wanted
from world import recipients, sender

RESULT = "/lab/out/submit.jsonl"


def by_smtp(row, options):
    """Send over SMTP with the DSN and SMTPUTF8 parameters of the row; the refused recipients."""
    with smtplib.SMTP(options.host, options.port, local_hostname="client.sender.test", timeout=60) as smtp:
        if options.login:
            smtp.starttls()
            smtp.ehlo()
            smtp.login(*options.login.split(":"))
        smtp.ehlo_or_helo_if_needed()
        params = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        if row.get("utf8"):
            smtp.command_encoding = "utf-8"
            params += ["SMTPUTF8"] * (row["utf8"] != "undeclared")
        smtp.mail(sender(row), params)
        notify = ["NOTIFY=" + row["notify"]] if "notify" in row else []
        refused = {}
        for rcpt in recipients(row):
            code, text = smtp.rcpt(rcpt, notify)
            if code >= 300:
                refused[rcpt] = f"{code} {text.decode('utf-8', 'replace')}"
        if len(refused) < len(recipients(row)):
            code, text = smtp.data(message(row).replace(b"\n", b"\r\n"))
            if code >= 300:
                refused["data"] = f"{code} {text.decode('utf-8', 'replace')}"
        return refused


def by_command(row, command):
    """Send with the server's sendmail command."""
    notify = ["-N", row["notify"].lower()] if "notify" in row else []
    done = subprocess.run([*command.split(), *notify, "-f", sender(row), "--", *recipients(row)],
                          input=message(row), capture_output=True, timeout=60)
    return {"status": done.returncode, "text": (done.stdout + done.stderr).decode("utf-8", "replace")} if done.returncode else {}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("mta")
    args.add_argument("phase", nargs="?", default="main")
    args.add_argument("--phases", action="store_true")
    args.add_argument("--list", action="store_true", help="print the phase's cases: id, address, login options")
    args.add_argument("--only", help="send this case alone")
    args.add_argument("--host", default="127.0.0.1")
    args.add_argument("--port", type=int, default=25)
    args.add_argument("--login", help="USER:PASSWORD, over STARTTLS")
    args.add_argument("--command", default="/usr/sbin/sendmail -oi", help="for rows that are sent by command")
    args.add_argument("--sendmail", action="store_true", help="send all rows by command")
    options = args.parse_args()
    rows = [row for row in CASES if wanted(row, options.mta)]
    if options.phases:
        print(*dict.fromkeys(row.get("phase", "main") for row in rows), sep="\n")
        return
    rows = [row for row in rows if row.get("phase", "main") == options.phase and options.only in (None, row["id"])]
    if options.list:
        for row in rows:
            print(row["id"], HOSTS[row["id"]][0], "--user=us --pass=secret" if "auth" in row else "")
        return
    for row in rows:
        began = time.time()
        try:
            if options.sendmail or row.get("by") == "sendmail":
                refused = by_command(row, options.command)
            else:
                refused = by_smtp(row, options)
        except (smtplib.SMTPException, OSError, subprocess.SubprocessError) as error:
            refused = {"error": repr(error)}
        with open(RESULT, "a") as out:
            out.write(json.dumps({"case": row["id"], "phase": options.phase, "time": began, "refused": refused}, ensure_ascii=False) + "\n")


main()
