#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
#
# with-keyring.sh PROGRAM [ARGUMENT...]: runs a program with a session bus, an unlocked GNOME
# Keyring (its password is "test") and a home of its own, so that no test sees or touches the keys
# of whoever runs it. Nobody can answer a question there: there is no display.
set -eu

root=$(mktemp -d "${TMPDIR:-/tmp}/wayfare-keyring-XXXXXX")
trap 'rm -rf "$root"' EXIT
mkdir -m 700 "$root/home" "$root/run"

export HOME="$root/home"
export XDG_RUNTIME_DIR="$root/run"
export XDG_DATA_HOME="$root/home/data"
export XDG_CONFIG_HOME="$root/home/config"
export XDG_CACHE_HOME="$root/home/cache"
unset DISPLAY WAYLAND_DISPLAY GNOME_KEYRING_CONTROL DBUS_SESSION_BUS_ADDRESS

# G_DEBUG of the tests is not for the daemon, which would die of its own warnings.
dbus-run-session -- sh -c '
  printf test | env -u G_DEBUG gnome-keyring-daemon --unlock --components=secrets >/dev/null
  exec "$@"
' sh "$@"
