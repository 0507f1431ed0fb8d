# SPDX-License-Identifier: BSD-2-Clause
# Postfix once more: one large log of many cases at once
submit() {
	postconf maximal_queue_lifetime=12s default_process_limit=60
	postfix reload 2>/dev/null
	python3 mixed.py 2500
}
patience=90
phases() { echo main; }
