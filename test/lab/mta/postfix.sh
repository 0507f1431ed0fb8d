# SPDX-License-Identifier: BSD-2-Clause
# Postfix
PACKAGES="postfix postfix-pcre"
log=/lab/out/log
queued() { postqueue -j 2>/dev/null | wc -l; }
stop() { postfix stop 2>/dev/null; }

configure() {
	cat >/etc/postfix/main.cf <<-END
		compatibility_level = 3.6
		myhostname = mta.sender.test
		mydestination = local.test
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		maillog_file = $log
		maillog_file_prefixes = /lab
		smtputf8_enable = yes
		default_process_limit = 200
		maximal_queue_lifetime = 6s
		bounce_queue_lifetime = 60s
		minimal_backoff_time = 2s
		maximal_backoff_time = 3s
		queue_run_delay = 2s
		smtp_connect_timeout = 3s
		smtp_helo_timeout = 3s
		smtp_mail_timeout = 3s
		smtp_rcpt_timeout = 3s
		smtp_data_init_timeout = 3s
		smtp_data_done_timeout = 3s
		smtp_tls_security_level = may
		smtp_tls_policy_maps = inline:{tls-not-offered.test=encrypt tls-refused.test=encrypt tls-garbage.test=encrypt {tls-certificate.test = verify match=hostname}}
		smtp_sasl_auth_enable = yes
		smtp_sasl_security_options = noanonymous
		smtp_sasl_password_maps = inline:{auth-refused.test=us:secret}
		alias_maps = hash:/etc/postfix/aliases
		alias_database =
		local_recipient_maps =
		virtual_alias_maps = texthash:/etc/postfix/virtual
		relocated_maps = inline:{{moved@local.test = wang@new-address.test}}
		transport_maps = inline:{{local-error.test = error:5.7.1 this address is on our suppression list}}
		header_checks = pcre:/etc/postfix/header_checks
		mailbox_size_limit = 51200
		message_size_limit = 51200
		home_mailbox =
	END
	cat >/etc/postfix/aliases <<-END
		loop-a: loop-b@local.test
		loop-b: loop-a@local.test
		pipe: "|echo database is locked; exit 1"
		pipe-nouser: "|echo no such customer; exit 67"
		pipe-full: "|cat >/dev/null; echo maildir over quota; exit 73"
		pipe-later: "|echo try again later; exit 75"
	END
	cat >/etc/postfix/virtual <<-END
		team@local.test wang@user-unknown-sendmail.test
		staff@local.test wang@ok.test, wang@mailbox-full-dovecot.test, wang@dns-nxdomain.test
	END
	echo '/^Subject: forbidden/ REJECT 主题含有禁止内容，邮件未发出' >/etc/postfix/header_checks
	useradd -m user
	useradd -m fulluser
	head -c 51000 /dev/zero | tr '\0' x >/var/mail/fulluser
	chown fulluser:mail /var/mail/fulluser
	postconf -F '*/*/chroot=n'
}

start() { postalias /etc/postfix/aliases && postfix check && postfix start 2>/dev/null; }

phase_delay() {
	postconf maximal_queue_lifetime=14s delay_warning_time=3s
	postfix reload 2>/dev/null
}

template() { # template CHARSET ICONV_NAME
	iconv -f utf-8 -t "$2" >/etc/postfix/bounce.cf <<-END
		failure_template = <<EOF
		Charset: $1
		From: =?utf-8?B?6YKu5Lu257O757uf?= <MAILER-DAEMON@sender.test>
		Subject: =?utf-8?B?6YCA5L+h6YCa55+l?=: Undelivered Mail
		Postmaster-Subject: Postmaster Copy: Undelivered Mail

		这是 \$myhostname 上的邮件系统。

		很抱歉，您的邮件未能投递给下面的一个或多个收件人，原信附在后面。
		如需帮助，请把这封信转给邮件管理员。

		EOF
	END
	postconf bounce_template_file=/etc/postfix/bounce.cf maximal_queue_lifetime=6s delay_warning_time=0h
	postfix reload 2>/dev/null
}
phase_template_utf8() { template utf-8 utf-8; }
phase_template_gbk() { template gbk gbk; }
