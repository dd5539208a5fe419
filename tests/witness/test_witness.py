# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Local only means local: no packet leaves, whatever a provider's name resolves to."""

import json
import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
STAGE = os.path.join(HERE, "stage.py")
BEYOND = ("liar", "liar6", "numeric", "numeric6", "named", "lan")


def perform(scenario):
    # Root may have its own network as it is; anybody else is root of a namespace first.
    unshare = ["unshare", "--net", "--mount"]
    if os.getuid() != 0:
        unshare += ["--user", "--map-root-user"]
    ran = subprocess.run(
        [*unshare, sys.executable, STAGE, scenario], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("scenario", ["switch-off", "switch-turned-off", "header", "app"])
def test_nothing_leaves(scenario):
    seen = perform(scenario)
    assert seen["packets"] == []
    answers = seen["answers"]
    assert answers["local"] == {"status": 200, "code": None, "provider": "here"}
    for name in BEYOND:
        refused = answers["to-" + name]
        assert refused["status"] == 403, (name, refused)
        assert refused["code"] in ("cloud_disabled", "local_only"), (name, refused)
        # The next target is on this machine, so the caller is served all the same.
        assert answers["via-" + name] == {"status": 200, "code": None, "provider": "here"}


def test_the_witness_sees():
    """The same requests with the switch on: each provider is an attempt, and each is seen."""
    seen = perform("switch-on")
    packets = "\n".join(seen["packets"])
    for target in ("tcp 203.0.113.7 8080", "tcp 203.0.113.7 8081", "tcp 2001:db8:1::7 8080",
                   "tcp 2001:db8:1::7 8081", "tcp 10.99.0.7 8082", "udp 198.51.100.53 53"):
        assert target in packets, (target, packets)
    assert seen["answers"]["to-numeric"]["status"] in (502, 504)
