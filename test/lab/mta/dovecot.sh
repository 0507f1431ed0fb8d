# SPDX-License-Identifier: BSD-2-Clause
# Dovecot at the recipient's side: dovecot-lda called directly, and LMTP behind a Postfix
PACKAGES="dovecot-lmtpd dovecot-sieve postfix"
log=/lab/out/log
queued() { postqueue -j 2>/dev/null | wc -l; }
start() { dovecot && postfix start 2>/dev/null; }
stop() { postfix stop 2>/dev/null; dovecot stop; }
sieve_for() {
	install -d -o mail -g mail /srv/mail/"$1"
	install -o mail -g mail /dev/stdin /srv/mail/"$1"/.dovecot.sieve
}

configure() {
	install -d -o mail -g mail /srv/mail
	cat >/etc/dovecot/dovecot.conf <<-END
		protocols = lmtp
		listen = 127.0.0.1
		log_path = $log
		hostname = mta.sender.test
		postmaster_address = postmaster@local.test
		submission_host = 198.51.100.2:25
		mail_location = maildir:/srv/mail/%n/Maildir
		mail_uid = mail
		mail_gid = mail
		first_valid_uid = 1
		first_valid_gid = 1
		ssl = no
		auth_username_format = %n
		passdb {
		  driver = passwd-file
		  args = /etc/dovecot/users
		}
		userdb {
		  driver = passwd-file
		  args = /etc/dovecot/users
		  default_fields = uid=mail gid=mail home=/srv/mail/%n
		}
		quota_full_tempfail = no
		plugin {
		  quota = maildir:User quota
		  quota_rule = *:storage=10M
		  sieve = /srv/mail/%n/.dovecot.sieve
		}
		protocol lda {
		  mail_plugins = quota sieve
		}
		protocol lmtp {
		  mail_plugins = quota sieve
		}
		service lmtp {
		  unix_listener lmtp {
		    mode = 0666
		  }
		}
	END
	for name in user rejecter holiday secretary chair; do echo "$name:::::::"; done >/etc/dovecot/users
	echo 'fulluser:::::::userdb_quota_rule=*:bytes=10' >>/etc/dovecot/users
	sieve_for rejecter <<-'END'
		require "reject";
		reject "I do not accept mail from you. Please use the telephone.";
	END
	sieve_for secretary <<-'END'
		require "reject";
		reject "本信箱只收本单位同事的来信，其他事情请打电话。";
	END
	sieve_for chair <<-'END'
		require "reject";
		reject "Please write to my secretary instead.";
	END
	sieve_for holiday <<-'END'
		require "vacation";
		vacation :subject "Out of office" "I am on holiday until 31 March.";
	END
	cat >/usr/local/bin/lda <<-'END'
		#!/bin/sh
		# lda -f SENDER -- RECIPIENT
		exec /usr/lib/dovecot/dovecot-lda -d "${4%@*}" -f "$2" -a "$4"
	END
	chmod +x /usr/local/bin/lda
	cat >/etc/postfix/main.cf <<-END
		compatibility_level = 3.6
		myhostname = mta.sender.test
		mydestination = local.test
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		maillog_file = $log
		maillog_file_prefixes = /lab
		local_recipient_maps =
		maximal_queue_lifetime = 6s
		minimal_backoff_time = 2s
		maximal_backoff_time = 3s
		queue_run_delay = 2s
		mailbox_transport = lmtp:unix:/run/dovecot/lmtp
		local_transport = lmtp:unix:/run/dovecot/lmtp
	END
	postconf -F '*/*/chroot=n'
}

submit() {
	if [ "$1" = lmtp ]; then
		python3 submit.py "$mta" "$1"
	else
		python3 submit.py "$mta" "$1" --sendmail --command /usr/local/bin/lda
	fi
}
phase_lmtp() { :; }
