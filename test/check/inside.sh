#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Started by test/lab/isolate.sh within a throw-away machine: the checks of test/mta_test.py.
ip link set lo up
for deb in /lab/debs/*/*.deb; do # both side by side, which dpkg would not allow
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C / --keep-directory-symlink
done
python3 /lab/src/mta_inside.py >/lab/out/log 2>&1
