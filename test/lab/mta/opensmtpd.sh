# SPDX-License-Identifier: BSD-2-Clause
# OpenSMTPD
PACKAGES="opensmtpd"
queued() { smtpctl show queue 2>/dev/null | wc -l; }
stop() { kill "$(pgrep -o -x smtpd)"; }
# greeting and reply time-outs are built in: 300 s
if [ "$SLOW" ]; then patience=330; else patience=40; fi

configure() {
	useradd -m user
	cat >/etc/lab-aliases <<-END
		team: wang@user-unknown-sendmail.test
		staff: wang@ok.test, wang@mailbox-full-dovecot.test, wang@dns-nxdomain.test
		loop-a: loop-b@local.test
		loop-b: loop-a@local.test
		pipe: "|echo database is locked; exit 1"
		pipe-later: "|echo try again later; exit 75"
	END
	conf 8s 1h
}

conf() { # conf LIFE WARN
	cat >/etc/smtpd.conf <<-END
		queue ttl $1
		bounce warn-interval $2
		mta limit max-conn-per-source 1000
		mta limit session-keepalive 1
		table aliases file:/etc/lab-aliases
		listen on 0.0.0.0 hostname mta.sender.test
		listen on socket
		action "local" mbox alias <aliases>
		action "out" relay helo mta.sender.test
		action "outtls" relay tls helo mta.sender.test
		match from any for domain "local.test" action "local"
		match from any for domain { "tls-not-offered.test" "tls-refused.test" "tls-garbage.test" "tls-certificate.test" } action "outtls"
		match from any for any action "out"
	END
}

start() {
	install -d -m 711 /var/spool/smtpd
	smtpd
	(while sleep 3; do smtpctl schedule all; done >/dev/null 2>&1) &
}

phase_delay() {
	stop
	sleep 2
	conf 14s 3s
	smtpd
}
