# SPDX-License-Identifier: BSD-2-Clause
# Courier
PACKAGES="courier-mta"
queued() { find /var/lib/courier/msgs /var/lib/courier/msgq -type f 2>/dev/null | wc -l; }
submit() { python3 submit.py "$mta" "$1" --sendmail --command sendmail; }
set_to() { echo "$2" >/etc/courier/"$1"; } # most settings are one value in one file
stop() { courier stop; courierfilter stop; authdaemond stop; }

configure() {
	set_to me mta.sender.test
	set_to locals local.test
	set_to queuetime 6s
	set_to warntime 1h
	set_to retryalpha 1s
	set_to retrybeta 1s
	set_to retrygamma 2s
	set_to retrymaxdelta 1
	for name in esmtptimeout esmtptimeoutconnect esmtptimeouthelo esmtptimeoutdata esmtptimeoutquit esmtpdelay; do
		set_to $name 3
	done
	for name in tls-not-offered.test tls-refused.test tls-garbage.test; do
		echo "$name: /SECURITY=REQUIRED"
	done >/etc/courier/esmtproutes
	cat >/etc/courier/aliases/system <<-END
		postmaster: root
		team: wang@user-unknown-sendmail.test
		staff: wang@ok.test, wang@mailbox-full-dovecot.test, wang@dns-nxdomain.test
		loop-a: loop-b
		loop-b: loop-a
	END
	useradd -m user
	dot_courier pipe 'echo database is locked; exit 1'
	dot_courier pipe-nouser 'echo no such customer; exit 67'
	dot_courier pipe-full 'cat >/dev/null; echo maildir over quota; exit 73'
	dot_courier pipe-later 'echo try again later; exit 75'
}

dot_courier() {
	useradd -m "$1"
	echo "| $2" >/home/"$1"/.courier
	chown "$1" /home/"$1"/.courier
	chmod 600 /home/"$1"/.courier
}

start() {
	mkdir -p /run/courier
	chown courier:courier /run/courier
	install -d -o courier -g courier /run/courier/authdaemon
	authdaemond start
	makealiases
	makeacceptmailfor
	courierfilter start
	courier start
}

phase_delay() {
	set_to warntime 3s
	set_to queuetime 14s
	stop
	sleep 1
	start
}
