# SPDX-License-Identifier: BSD-2-Clause
# Haraka, from npm
PACKAGES=""
log=/lab/out/haraka.log
queued() { find /srv/haraka/queue -type f | wc -l; }
haraka=/lab/debs/haraka/node_modules
patience=60

configure() {
	node $haraka/Haraka/bin/haraka -i /srv/haraka >/dev/null
	cd /srv/haraka/config || exit 1
	cp $haraka/Haraka/config/outbound.bounce_message* .
	head -n 4 $haraka/Haraka/config/outbound.bounce_message_image >outbound.bounce_message_image # a picture is a picture
	echo mta.sender.test >me
	echo local.test >host_list
	printf '[main]\nlisten=0.0.0.0:25\nnodes=0\n' >smtp.ini
	printf 'temp_fail_intervals=5s,5s\nconnect_timeout=3\nlocal_mx_ok=true\n[main]\ntemp_fail_intervals=5s,5s\n' >outbound.ini
	printf 'lab\n' >plugins
	printf 'info\n' >loglevel
	printf '[main]\nlevel=info\ntimestamps=true\n' >log.ini
	printf '3\n' >outbound_timeout
	cat >../plugins/lab.js <<-'END'
		exports.hook_rcpt = (next, connection) => { connection.relaying = true; next(OK); };
	END
	cd /lab/src || exit 1
}

start() {
	node $haraka/Haraka/bin/haraka -c /srv/haraka >$log 2>&1 &
	pid=$!
	sleep 3
}
stop() { kill "$pid"; }
