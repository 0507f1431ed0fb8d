#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# isolate.sh MTA DEBS OUT: a throw-away machine for one mail server.
#
# Own mount, network, process and host name spaces on an overlay of this machine's
# root; whatever is installed or written inside is gone with the first process.
# Inside, /lab holds the scripts (src), the packages (debs) and the results (out).
# $LAB_SOURCE names another folder of scripts than this one; its inside.sh is run.
set -eu
if [ "${1:-}" != --inside ]; then
	exec timeout -k 5 "${LIMIT:-300}" unshare -n -m -p -u --fork --kill-child bash "$0" --inside "$@"
fi
mta=$2 debs=$3 out=$4 src=${LAB_SOURCE:-$(dirname "$(readlink -f "$0")")}

mount --make-rprivate /
hostname mta.sender.test
top=/mnt
mount -t tmpfs tmpfs $top
mkdir $top/upper $top/work $top/root
mount -t overlay overlay -o lowerdir=/,upperdir=$top/upper,workdir=$top/work $top/root
root=$top/root
mount -t proc proc $root/proc
mount -t tmpfs tmpfs $root/dev
mkdir $root/dev/pts $root/dev/shm
while read -r name major minor; do
	mknod -m 666 $root/dev/"$name" c "$major" "$minor"
done <<-END
	null 1 3
	zero 1 5
	full 1 7
	random 1 8
	urandom 1 9
	tty 5 0
END
ln -s /proc/self/fd $root/dev/fd
ln -s /proc/self/fd/0 $root/dev/stdin
ln -s /proc/self/fd/1 $root/dev/stdout
ln -s /proc/self/fd/2 $root/dev/stderr
mount -t tmpfs tmpfs $root/run
mount -t tmpfs tmpfs $root/tmp
chmod 1777 $root/tmp
mkdir $root/lab $root/lab/src $root/lab/debs $root/lab/out
mount --bind "$src" $root/lab/src
mount --bind "$debs" $root/lab/debs
mount --bind "$out" $root/lab/out

# no exec: some servers behave otherwise as children of process 1
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 SLOW="${SLOW:-}" CASES="${CASES:-}" \
	PYTHONPATH=/lab/src PYTHONDONTWRITEBYTECODE=1 DEBIAN_FRONTEND=noninteractive \
	chroot $root bash /lab/src/inside.sh "$mta"
exit $?
