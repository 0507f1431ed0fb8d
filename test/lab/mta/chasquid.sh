# SPDX-License-Identifier: BSD-2-Clause
# chasquid
PACKAGES="chasquid"
queued() { find /var/lib/chasquid/queue -type f | wc -l; }
stop() { kill "$(pgrep -x chasquid)"; sleep 1; }
start() { setpriv --reuid chasquid --regid chasquid --clear-groups chasquid >>/lab/out/chasquid.err 2>&1 & sleep 2; }
log=/lab/out/log
patience=15

configure() {
	sysctl -qw net.ipv4.ip_unprivileged_port_start=25
	mkdir -p /etc/chasquid/certs/mta.sender.test /etc/chasquid/domains/local.test /etc/chasquid/domains/sender.test /var/log/chasquid
	cp /run/key.pem /etc/chasquid/certs/mta.sender.test/privkey.pem
	cp /run/cert.pem /etc/chasquid/certs/mta.sender.test/fullchain.pem
	touch $log
	cat >/etc/chasquid/chasquid.conf <<-END
		hostname: "mta.sender.test"
		smtp_address: "0.0.0.0:25"
		submission_address: "127.0.0.1:587"
		data_dir: "/var/lib/chasquid"
		mail_log_path: "$log"
		mail_delivery_agent_bin: "/usr/local/bin/deliver"
		mail_delivery_agent_args: "%to%"
	END
	cat >/usr/local/bin/deliver <<-'END'
		#!/usr/bin/python3
		# sender.test is a domain of its own here: keep what comes for it, as the sink does
		import json, pathlib, sys, time
		out, rcpt = pathlib.Path("/lab/out"), sys.argv[1]
		case, _, domain = rcpt.partition("@")
		if domain == "sender.test":
		    file = f"{case}.{len(list((out / 'mail').glob(case + '.*'))) + 1}.eml"
		    (out / "mail" / file).write_bytes(sys.stdin.buffer.read().replace(b"\r\n", b"\n"))
		    with (out / "mail.jsonl").open("a") as f:
		        f.write(json.dumps({"case": case, "file": file, "time": time.time(), "mail": "", "rcpt": rcpt}) + "\n")
	END
	chmod +x /usr/local/bin/deliver
	touch /lab/out/mail.jsonl
	chown -R chasquid /lab/out/mail /lab/out/mail.jsonl
	cat >/etc/chasquid/domains/local.test/aliases <<-END
		team: wang@user-unknown-sendmail.test
		staff: wang@ok.test, wang@mailbox-full-dovecot.test, wang@dns-nxdomain.test
		loop-a: loop-b@local.test
		loop-b: loop-a@local.test
		pipe: | /usr/local/bin/pipe 1
		pipe-later: | /usr/local/bin/pipe 75
	END
	cat >/usr/local/bin/pipe <<-'END'
		#!/bin/sh
		echo database is locked
		exit $1
	END
	chmod +x /usr/local/bin/pipe
	chasquid-util user-create lab@sender.test --password=secret >/dev/null 2>&1 ||
		chasquid-util user-add lab@sender.test --password=secret
	chown -R chasquid:chasquid /etc/chasquid /var/lib/chasquid /run/key.pem $log
}

submit() {
	python3 submit.py "$mta" "$1" --port 587 --login lab@sender.test:secret
	sleep 10
	# it gives up after 20 hours, counted from the time in the queue's file
	say "aging $(queued) messages"
	stop
	python3 - <<-'END'
		import pathlib, re
		for path in pathlib.Path("/var/lib/chasquid/queue").iterdir():
		    text = path.read_text()
		    path.write_text(re.sub(r"(created_at_ts:\s*[<{]\s*seconds:\s*)(\d+)", lambda m: m[1] + str(int(m[2]) - 21 * 3600), text))
	END
	start
}
