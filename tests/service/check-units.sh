#!/bin/bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
# systemd's own opinion of the unit files. What they start need not be installed for that.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for unit in "$@"; do
  copy=$scratch/$(basename "$unit")
  sed -e 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' -e '/^Documentation=/d' "$unit" >"$copy"
  said=$(XDG_RUNTIME_DIR=$scratch systemd-analyze --user verify "$copy" 2>&1) || {
    echo "$unit: $said"
    exit 1
  }
  # A directive it does not know is only a warning to systemd; here it is a typing error.
  if [[ $said == *"$(basename "$unit")"* ]]; then
    echo "$said"
    exit 1
  fi
done
