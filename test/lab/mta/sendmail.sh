# SPDX-License-Identifier: BSD-2-Clause
# Sendmail
PACKAGES="sendmail-bin sendmail-base sendmail-cf sensible-mda procmail m4"
queued() { find /var/spool/mqueue -name '[qQ]f*' | wc -l; }
start() { sendmail-mta -bd -q2s -OPidFile=/run/sendmail.pid "$@"; }
stop() { kill "$(head -n 1 /run/sendmail.pid)"; }
submit() { python3 submit.py "$mta" "$1" --command "sendmail-mta -Am -oi"; }

configure() {
	useradd -m user
	cat >/etc/mail/lab.mc <<-'END'
		include(`/usr/share/sendmail/cf/m4/cf.m4')
		OSTYPE(`debian')
		DOMAIN(`generic')
		define(`confDOMAIN_NAME', `mta.sender.test')
		define(`ALIAS_FILE', `/etc/lab-aliases')
		define(`confPRIVACY_FLAGS', `')
		undefine(`confHOST_STATUS_DIRECTORY')
		define(`confTO_QUEUERETURN', `6s')
		define(`confTO_QUEUEWARN', `1h')
		define(`confTO_INITIAL', `3s')
		define(`confTO_CONNECT', `3s')
		define(`confTO_ICONNECT', `3s')
		define(`confTO_ACONNECT', `3s')
		define(`confTO_HELO', `3s')
		define(`confTO_MAIL', `3s')
		define(`confTO_RCPT', `3s')
		define(`confTO_DATAINIT', `3s')
		define(`confTO_DATAFINAL', `3s')
		define(`confTO_STARTTLS', `3s')
		define(`confTO_QUIT', `3s')
		define(`confTO_IDENT', `0')
		define(`confMIN_QUEUE_AGE', `0')
		define(`confQUEUE_LA', `500')
		define(`confREFUSE_LA', `500')
		define(`confMAX_QUEUE_CHILDREN', `60')
		FEATURE(`promiscuous_relay')
		FEATURE(`accept_unresolvable_domains')
		FEATURE(`accept_unqualified_senders')
		FEATURE(`redirect')
		FEATURE(`mailertable', `hash -o /etc/lab-mailertable')
		FEATURE(`access_db', `hash -T<TMPF> -o /etc/lab-access')
		LOCAL_DOMAIN(`local.test')
		DAEMON_OPTIONS(`Name=MTA, Addr=0.0.0.0')
		MAILER(`local')
		MAILER(`smtp')
	END
	m4 /etc/mail/lab.mc >/etc/mail/sendmail.cf
	cat >/etc/lab-aliases <<-END
		team: wang@user-unknown-sendmail.test
		staff: wang@ok.test, wang@mailbox-full-dovecot.test, wang@dns-nxdomain.test
		loop-a: loop-b@local.test
		loop-b: loop-a@local.test
		pipe: "|echo database is locked; exit 1"
		pipe-nouser: "|echo no such customer; exit 67"
		pipe-full: "|cat >/dev/null; echo maildir over quota; exit 73"
		pipe-later: "|echo try again later; exit 75"
		moved: wang@new-address.test.REDIRECT
		postmaster: root
		MAILER-DAEMON: root
	END
	echo 'local-error.test error:5.7.1:550 this address is on our suppression list' >/etc/lab-mailertable
	for host in tls-not-offered.test tls-refused.test tls-garbage.test; do
		echo "TLS_Srv:mx.$host ENCR:112"
	done >/etc/lab-access
	echo "TLS_Srv:mx.tls-certificate.test VERIFY" >>/etc/lab-access
	for map in access mailertable; do
		makemap hash /etc/lab-$map </etc/lab-$map
	done
	newaliases 2>&1
	chown root:root /var/spool/mqueue # else it refuses to write there as root
	chmod 644 /etc/lab-* /etc/mail/sendmail.cf
}

phase_delay() {
	stop
	sleep 1
	start -OTimeout.queuewarn=3s -OTimeout.queuereturn=12s
}
