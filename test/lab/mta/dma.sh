# SPDX-License-Identifier: BSD-2-Clause
# dma, the DragonFly Mail Agent: no daemon, it delivers when it is called
PACKAGES="dma"
queued() { find /var/spool/dma -name 'Q*' | wc -l; }
start() { :; }
stop() { :; }
patience=10

configure() {
	printf 'MAILNAME mta.sender.test\n' >/etc/dma/dma.conf
	: >/etc/dma/auth.conf
}

submit() {
	python3 submit.py "$mta" "$1" --sendmail --command "dma"
	sleep 5
	# it gives up after five days, counted from the time of the queue file
	say "aging the queue"
	kill $(pgrep -x dma) 2>/dev/null
	sleep 1
	find /var/spool/dma -type f -exec touch -d '6 days ago' {} +
	dma -q
}
