#!/bin/bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
# po/POTFILES names every source with words for a person, and nothing else.
#   check-potfiles.sh TOP
set -euo pipefail
cd "$1"

wanted=$(
  {
    grep -rlE --include=*.c --include=*.h '(\b_|\bN_|\bC_|\bngettext) ?\("' app
    grep -rl --include=*.ui 'translatable=' app
    ls data/*.desktop.in data/*.gschema.xml data/*.metainfo.xml.in
  } | LC_ALL=C sort
)
if ! diff <(LC_ALL=C sort po/POTFILES) <(echo "$wanted"); then
  echo 'po/POTFILES: "<" is there and has no words, ">" has words and is not there'
  exit 1
fi
