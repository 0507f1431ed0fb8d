# SPDX-License-Identifier: BSD-2-Clause
# Exim
PACKAGES="exim4-daemon-heavy exim4-base exim4-config"
log=/lab/out/mainlog
queued() { exim4 -bpc; }
start() { exim4 -bd -q2s -oP /run/exim.pid; }
stop() { kill "$(cat /run/exim.pid)"; }

configure() {
	chown Debian-exim /lab/out
	useradd -m user
	useradd -m fulluser
	head -c 51000 /dev/zero | tr '\0' x >/var/mail/fulluser
	chown fulluser:mail /var/mail/fulluser
	chmod 660 /var/mail/fulluser
	cat >/etc/exim4/aliases <<-END
		team: wang@user-unknown-sendmail.test
		staff: wang@ok.test, wang@mailbox-full-dovecot.test, wang@dns-nxdomain.test
		loop-a: loop-b@local.test
		loop-b: loop-a@local.test
		pipe: "|/bin/sh -c 'echo database is locked; exit 1'"
		pipe-nouser: "|/bin/sh -c 'echo no such customer; exit 67'"
		pipe-full: "|/bin/sh -c 'cat >/dev/null; echo maildir over quota; exit 73'"
		pipe-later: "|/bin/sh -c 'echo try again later; exit 75'"
		moved: :fail: User has moved to wang@new-address.test
	END
	cat >/etc/exim4/exim4.conf <<-'END'
		.ifndef LIFE
		LIFE = 6s
		.endif
		primary_hostname = mta.sender.test
		log_file_path = /lab/out/%slog
		domainlist local_domains = local.test
		acl_smtp_rcpt = accept
		acl_smtp_data = accept
		dsn_advertise_hosts = *
		smtputf8_advertise_hosts = *
		smtp_accept_max = 0
		smtp_accept_queue_per_connection = 0
		queue_run_max = 50
		ignore_bounce_errors_after = 2s
		delay_warning = 3s
		.ifdef WARN
		delay_warning_condition = yes
		.else
		delay_warning_condition = no
		.endif
		tls_advertise_hosts =
		smtp_receive_timeout = 60s

		begin routers
		suppressed:
		  driver = redirect
		  domains = local-error.test
		  data = :fail: this address is on our suppression list
		  allow_fail
		remote:
		  driver = dnslookup
		  domains = ! +local_domains
		  transport = remote_smtp
		  self = send
		  no_more
		aliases:
		  driver = redirect
		  data = ${lookup{$local_part}lsearch{/etc/exim4/aliases}}
		  allow_fail
		  pipe_transport = pipe
		  user = user
		vacation:
		  driver = accept
		  local_parts = holiday
		  transport = vacation
		local:
		  driver = accept
		  check_local_user
		  transport = mailbox

		begin transports
		remote_smtp:
		  driver = smtp
		  connect_timeout = 3s
		  command_timeout = 3s
		  data_timeout = 3s
		  final_timeout = 3s
		  hosts_require_tls = mx.tls-not-offered.test : mx.tls-refused.test : mx.tls-garbage.test : mx.tls-certificate.test
		  tls_verify_hosts = mx.tls-certificate.test
		  hosts_try_auth = mx.auth-refused.test
		pipe:
		  driver = pipe
		  return_fail_output
		vacation:
		  driver = autoreply
		  to = $sender_address
		  from = holiday@local.test
		  subject = Out of office
		  text = I am on holiday until 31 March and will answer then.
		  user = user
		mailbox:
		  driver = appendfile
		  file = /var/mail/$local_part_data
		  quota = 50K
		  group = mail
		  mode = 0660

		begin retry
		* * F,LIFE,2s

		begin authenticators
		plain:
		  driver = plaintext
		  public_name = PLAIN
		  client_send = ^us^secret
	END
	chmod 644 /etc/exim4/exim4.conf
}

phase_delay() {
	stop
	sleep 1
	sed -i '1i LIFE = 12s\nWARN = yes' /etc/exim4/exim4.conf
	start
}
