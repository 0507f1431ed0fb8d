# SPDX-License-Identifier: BSD-2-Clause
# nullmailer relays everything to one smarthost: each case is its own
# instance with its own configuration and queue, and the case's peer as smarthost
PACKAGES="nullmailer"
queued() { echo 0; }
start() { :; }
stop() { :; }

configure() { mkdir -p /lab/out/log.d; }

submit() {
	python3 submit.py "$mta" "$1" --list | while read -r id address options; do
		(instance "$id" "$address" "$options" </dev/null &)
		[ "$(pgrep -cx nullmailer-send)" -lt 100 ] || sleep 1
	done
	sleep 28
}

instance() { # instance CASE ADDRESS OPTIONS
	unshare -m bash -c '
		mount -t tmpfs tmpfs /etc/nullmailer && mount -t tmpfs tmpfs /var/spool/nullmailer
		cd /etc/nullmailer
		echo sender.test >defaultdomain
		echo 1 >pausetime
		echo 3 >sendtimeout
		echo 6 >queuelifetime
		echo "$2 smtp $3" >remotes
		chown -R mail:mail .
		mkdir /var/spool/nullmailer/queue /var/spool/nullmailer/tmp /var/spool/nullmailer/failed
		mkfifo /var/spool/nullmailer/trigger
		chown -R mail:mail /var/spool/nullmailer
		python3 /lab/src/submit.py nullmailer --only "$1" --sendmail --command sendmail
		timeout 26 setpriv --reuid mail --regid mail --clear-groups nullmailer-send 2>&1 |
			while read -r line; do
				printf "%(%b %e %T)T mta nullmailer[%s]: %s\n" -1 $$ "$line"
			done >"/lab/out/log.d/$1.log" &
		for i in $(seq 100); do
			[ -z "$(ls /var/spool/nullmailer/failed)" ] || break
			sleep .2
		done
		echo "198.51.100.2 smtp" >/etc/nullmailer/remotes # given up: now the bounce can leave
		sleep 5
	' - "$@"
}
