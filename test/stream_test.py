#!/usr/bin/env python3
"""parse --stream is what doc/stream.md says, byte for byte."""
import json
import os
import subprocess

from tap import PROGRAM, ROOT, done, ok, whybounce

MAIL = open(os.path.join(ROOT, "test/mail/example-two-recipients.eml"), "rb").read()


def stream(given, *options):
    run = subprocess.run([PROGRAM, "parse", "--stream", *options], input=given,
                         env=dict(os.environ, LC_ALL="C.UTF-8"), capture_output=True, timeout=60)
    return run.returncode, run.stdout, run.stderr.decode()


def framed(mail):
    return b"%d\n" % len(mail) + mail


# ---- answers ----

code, out, err = stream(framed(MAIL) + framed(b"") + framed(b"\0\xff\r\n7\n") + framed(MAIL))
ok(code == 0 and err == "", "four mails, no complaint", err)
ok(out.endswith(b"\n") and out.count(b"\n") == 4, "one line for each mail")
answers = [json.loads(line) for line in out.decode().splitlines()]
ok([r["cause"] for r in answers[0]] == ["user-unknown", "mailbox-full"],
   "an array with a report for each recipient")
ok([[r["kind"] for r in a] for a in answers[1:3]] == [["not-a-report"]] * 2,
   "an empty mail and a binary one are answered")
ok([{r["index"] for r in a} for a in answers] == [{0}, {1}, {2}, {3}], "index counts the mails")
ok({r["source"] for a in answers for r in a} == {"-"}, "source is -")
alone = [json.loads(line) for line in whybounce("parse", "--json", stdin=MAIL).splitlines()]
ok(answers[0] == alone, "the answer is that of parse --json")
ok(stream(b"%d\r\n" % len(MAIL) + MAIL)[1] == stream(framed(MAIL))[1], "CR LF behind the length")
ok(stream(b"000%d\n" % len(MAIL) + MAIL)[0] == 0, "zeros in front of the length")
ok(stream(b"") == (0, b"", ""), "no mail, no answer")

code, out, err = stream(framed(MAIL), "--format", "words", "--lang", "zh")
ok([r["words"]["language"] for r in json.loads(out)] == ["zh", "zh"], "--format words --lang zh")
code, out, err = stream(framed(MAIL), "--keep-header", "Date")
ok([r["original"]["headers"] for r in json.loads(out)] ==
   [{"Date": "Mon, 2 Mar 2026 09:40:10 +0800"}] * 2, "--keep-header")

# ---- one at a time: each answer comes before the next mail is written ----

process = subprocess.Popen([PROGRAM, "parse", "--stream"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE)
for turn in range(3):
    process.stdin.write(framed(MAIL))
    process.stdin.flush()
    ok(json.loads(process.stdout.readline())[0]["index"] == turn, "answer %d is not held back" % turn)
process.stdin.close()
ok(process.wait() == 0 and process.stdout.read() == b"", "it ends with its input")
process.stdout.close()

# ---- limits ----

large = MAIL.replace(b"Hello.", b"x" * 99 + b"\n" + (b"y" * 99 + b"\n") * 90000)
code, out, err = stream(framed(large) + framed(MAIL))
first, second = [json.loads(line) for line in out.decode().splitlines()]
ok(first[0]["limits_hit"] == ["message-bytes"] and first[0]["cause"] == "user-unknown",
   "beyond 8 MiB a mail is read and left out", first[0]["limits_hit"])
ok(second[0]["index"] == 1 and second[0]["limits_hit"] == [], "and the next one is in step")

# ---- errors ----

for given, why in ((b"x\n", "no number"), (b"-5\nabcde", "a sign"), (b"+5\nabcde", "a plus"),
                   (b" 5\nabcde", "a blank in front"), (b"5 \nabcde", "a blank behind"),
                   (b"5\rabcde\n", "no line feed"), (b"5", "the end in place of the line feed"),
                   (b"9" * 19 + b"\n", "19 digits"), (b"\nabc", "an empty line"),
                   (b"1" * 80, "a long line"), (b"5\0\nabcde", "a NUL"),
                   (b"0x5\nabcde", "hexadecimal")):
    code, out, err = stream(framed(MAIL) + given)
    ok(code == 1 and out.count(b"\n") == 1 and err.count("\n") == 1 and "mail 1" in err,
       "%s is no length; the answer before stands" % why, code, out[:80], err)
code, out, err = stream(framed(MAIL) + b"100\nshort")
ok(code == 1 and out.count(b"\n") == 1 and "ends within mail 1" in err, "a mail cut short", err)
code, out, err = stream(framed(MAIL), "--format", "csv")
ok(code == 2 and out == b"" and err.count("\n") == 1, "no other form", err)
with open("/dev/full", "wb") as full:
    run = subprocess.run([PROGRAM, "parse", "--stream"], input=framed(MAIL), stdout=full,
                         stderr=subprocess.PIPE)
ok(run.returncode == 1 and run.stderr.count(b"\n") == 1, "a full disk", run.stderr)
done()
