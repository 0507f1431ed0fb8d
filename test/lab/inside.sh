#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# inside.sh MTA: runs one mail server through all its cases; started by isolate.sh.
#
# mta/MTA.sh gives the functions that differ: configure, start, stop, queued (how
# many mails wait), phase_NAME (reconfigure for a further run), and may replace submit.
mta=$1
cd /lab/src || exit 1
log=/lab/out/syslog # of those that have no other
say() { printf '%s %s\n' "$(date +%T)" "$*"; }

phases() { python3 submit.py "$mta" --phases; }
submit() { python3 submit.py "$mta" "$1"; }
wait_empty() { # wait_empty SECONDS: until the queue is empty twice in a row
	local end=$((SECONDS + $1)) calm=0
	while [ $calm -lt 2 ] && [ $SECONDS -lt $end ]; do
		sleep 1
		if [ "$(queued)" = 0 ]; then calm=$((calm + 1)); else calm=0; fi
	done
	[ $calm -ge 2 ] || say "still queued after $1 s: $(queued)"
}
patience=45
. <(python3 world.py <"mta/${mta%%-*}.sh")
[ "$mta" = "${mta%%-*}" ] || . <(python3 world.py <"mta/$mta.sh")

network() {
	ip link set lo up
	ip link add v0 type veth peer name v1
	unshare -n sleep 3600 & # the world is a second network name space
	local pid=$!
	world="nsenter -t $pid -n"
	sleep .2
	ip link set v1 netns $pid
	sysctl -qw net.ipv4.tcp_syn_retries=1 # connections time out after 3 s, not 127 s
	ip addr add 192.0.2.25/24 dev v0
	ip link set v0 up
	$world ip link set lo up
	$world ip addr add 192.0.2.1/24 dev v1
	$world ip link set v1 up
	$world ip route add local 198.51.100.0/24 dev lo # every address there can be bound
	ip route add 198.51.100.0/24 via 192.0.2.1
	$world ip route add local 198.18.0.0/16 dev lo
	ip route add 198.18.0.0/16 via 192.0.2.1
	ip route add 203.0.113.0/24 via 192.0.2.1 # nobody forwards these: silence
	ip route add unreachable 192.88.99.0/24
	printf 'nameserver 198.51.100.53\noptions timeout:2 attempts:1\n' >/etc/resolv.conf
	printf '127.0.0.1 localhost\n192.0.2.25 mta.sender.test mta\n' >/etc/hosts
	echo mta.sender.test | tee /etc/mailname >/etc/hostname
}

world_up() {
	mkdir -p /run/nsd
	python3 dns.py /run/nsd
	$world nsd -c /run/nsd/nsd.conf
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx.test -keyout /run/key.pem -out /run/cert.pem 2>/dev/null
	cat /run/key.pem /run/cert.pem >/run/peer.pem
	(ulimit -n 4096; $world python3 peer.py /lab/out /run/peer.pem 2>/lab/out/peer.err) &
	python3 syslog.py /lab/out/syslog &
	while [ ! -e /lab/out/peer.ready ] || [ ! -e /dev/log ]; do sleep .1; done
}

install_packages() {
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod +x /usr/sbin/policy-rc.d
	dpkg --no-triggers -i /lab/debs/nsd/*.deb >/lab/out/dpkg.log 2>&1
	[ -z "$PACKAGES" ] || dpkg --no-triggers -i /lab/debs/"${mta%%-*}"/*.deb >>/lab/out/dpkg.log 2>&1
}

network
say "$mta: installing"
install_packages
world_up
configure
say "$mta: starting"
start
for phase in $(phases); do
	[ "$phase" = main ] || "phase_${phase//-/_}"
	say "$mta: $phase"
	submit "$phase"
	wait_empty "$patience"
done
stop
sleep .5
[ "$log" = /lab/out/log ] || cp "$log" /lab/out/log
say "$mta: done, $(ls /lab/out/mail | wc -l) mails"
