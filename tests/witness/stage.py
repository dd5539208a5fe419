#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The stage of the packet witness: a network of its own whose only way out is watched.

usage: unshare --net --mount stage.py SCENARIO

In the namespace are loopback and one interface with a default route that leads nowhere, so every
attempt to reach beyond loopback becomes a packet on it, seen by a raw socket. Names resolve by a
hosts file of the stage's own; any other name is asked of a server beyond loopback, which is an
attempt too. Runs SCENARIO and prints what was answered and which packets were seen, as JSON.
The namespace ends with the process; nothing is left to clean up.
"""

import hashlib
import json
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from mock_cloud import MockCloud  # noqa: E402
from wayfare import Wayfare, provider, route, wait_for  # noqa: E402

PUBLIC = "203.0.113.7"
PUBLIC_6 = "2001:db8:1::7"
LAN = "10.99.0.7"
RESOLVER = "198.51.100.53"
TOKEN = "way_witness_token"
# How long a stray packet may take to show up after the answer.
SETTLE_S = 1.5


def run(*command):
    subprocess.run(command, check=True)


def lay_network():
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "out", "type", "veth", "peer", "name", "void")
    for link in ("out", "void"):
        run("ip", "link", "set", link, "up")
    # The next hop's address is known for good, so that what is sent is the packet itself, not a
    # search for a neighbour.
    hop = "02:00:00:00:00:01"
    run("ip", "addr", "add", "192.0.2.1/24", "dev", "out")
    run("ip", "route", "add", "default", "via", "192.0.2.254", "dev", "out")
    run("ip", "neigh", "replace", "192.0.2.254", "lladdr", hop, "dev", "out", "nud", "permanent")
    run("ip", "-6", "addr", "add", "2001:db8::1/64", "dev", "out", "nodad")
    run("ip", "-6", "neigh", "replace", "2001:db8::fe", "lladdr", hop, "dev", "out", "nud", "permanent")
    run("ip", "-6", "route", "add", "default", "via", "2001:db8::fe", "dev", "out")


def lay_names(folder):
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{PUBLIC} liar.test\n{PUBLIC_6} liar6.test\n")
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n")
    run("mount", "--bind", str(hosts), "/etc/hosts")
    run("mount", "--bind", str(resolver), os.path.realpath("/etc/resolv.conf"))


class Witness:
    """Sees every packet that leaves by the watched interface."""

    def __init__(self):
        every_protocol = 3
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(every_protocol))
        self._socket.bind(("out", every_protocol))

    def packets(self):
        """Those seen since the last time: "protocol address port from-port". The kernel's own
        multicast chatter is none of anybody's doing and is left out."""
        seen = []
        while select.select([self._socket], [], [], 0)[0]:
            frame, address = self._socket.recvfrom(65536)
            if address[2] == socket.PACKET_OUTGOING:
                seen += self._describe(frame)
        return seen

    @staticmethod
    def _describe(frame):
        kind = struct.unpack("!H", frame[12:14])[0]
        packet = frame[14:]
        if kind == 0x0800:
            start = (packet[0] & 15) * 4
            protocol, target = packet[9], socket.inet_ntop(socket.AF_INET, packet[16:20])
        elif kind == 0x86DD:
            start, protocol = 40, packet[6]
            target = socket.inet_ntop(socket.AF_INET6, packet[24:40])
            if target.startswith("ff"):
                return []
        else:
            return [f"ethertype {kind:#06x}"]
        if protocol not in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
            return [f"protocol {protocol} {target}"]
        source, port = struct.unpack("!HH", packet[start:start + 4])
        name = "tcp" if protocol == socket.IPPROTO_TCP else "udp"
        return [f"{name} {target} {port} from {source}"]


PROVIDERS = {
    # Says it is local, and its name leads to a public address.
    "liar": {"kind": "openai", "base_url": "http://liar.test:8080/v1", "locality": "local"},
    "liar6": {"kind": "openai", "base_url": "http://liar6.test:8080/v1", "locality": "local"},
    "numeric": {"kind": "openai", "base_url": f"http://{PUBLIC}:8081/v1"},
    "numeric6": {"kind": "openai", "base_url": f"http://[{PUBLIC_6}]:8081/v1"},
    # Its name is asked of a server beyond loopback: an attempt in itself.
    "named": {"kind": "openai", "base_url": "https://api.provider.test/v1"},
    "lan": {"kind": "openai", "base_url": f"http://{LAN}:8082/v1"},
}


def config(mock, cloud_enabled, providers=PROVIDERS):
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    short = {"connect": 400, "first_token": 400, "idle": 400, "total": 1000}
    return {
        "cloud": {"enabled": cloud_enabled},
        "providers": [provider("here", mock.url), *({"id": n, **p} for n, p in providers.items())],
        "routes": [
            route("local", ("here", "ok")),
            *(route("to-" + n, (n, "ok"), deadline_ms=short) for n in providers),
            *(route("via-" + n, (n, "ok"), ("here", "ok"), deadline_ms=short) for n in providers),
        ],
        "apps": [{"id": "homebody", "token_sha256": digest, "models": ["*"], "locality": "local"}],
    }


def ask(wayfare, models, headers=None):
    answers = {}
    for model in models:
        answer = wayfare.chat(model, headers, timeout=15)
        code = answer.error_code() if answer.status >= 400 else None
        answers[model] = {
            "status": answer.status, "code": code, "provider": answer.headers.get("x-wayfare-provider")
        }
    return answers


def every_model(providers=PROVIDERS):
    return ["local"] + [kind + name for name in providers for kind in ("to-", "via-")]


def switch_off(witness, mock):
    """The cloud switch is off from the start: providers are looked for, models asked, all watched."""
    with Wayfare(config(mock, False)) as wayfare:
        answers = ask(wayfare, every_model())
        time.sleep(SETTLE_S)
        return answers, witness.packets()


def switch_turned_off(witness, mock):
    """On at first and used, then off while running: silence from then on."""
    settings = config(mock, True)
    with Wayfare(settings) as wayfare:
        ask(wayfare, ["local"])
        wayfare.write_config({**settings, "cloud": {"enabled": False}})
        wayfare.process.send_signal(1)  # SIGHUP: read it again
        wait_for(
            lambda: not wayfare.control("GET", "/status").json()["cloud_enabled"], "the switch being off"
        )
        # What was sent before may be sent again by the kernel; a new attempt has a port of its own.
        time.sleep(SETTLE_S)
        before = {packet.split(" from ")[-1] for packet in witness.packets()}
        answers = ask(wayfare, every_model())
        time.sleep(SETTLE_S)
        return answers, [p for p in witness.packets() if p.split(" from ")[-1] not in before]


def local_only(headers):
    def scenario(witness, mock):
        """The switch is on, but this caller or this request stays here."""
        with Wayfare(config(mock, True)) as wayfare:
            time.sleep(SETTLE_S)  # looking for models is allowed, and over by then
            before = {packet.split(" from ")[-1] for packet in witness.packets()}
            answers = ask(wayfare, every_model(), headers)
            return answers, [p for p in witness.packets() if p.split(" from ")[-1] not in before]

    return scenario


def switch_on(witness, mock):
    """The proof that the witness sees: with the switch on, and nobody lying, each is an attempt."""
    honest = {n: {k: v for k, v in p.items() if k != "locality"} for n, p in PROVIDERS.items()}
    with Wayfare(config(mock, True, honest)) as wayfare:
        answers = ask(wayfare, every_model())
        return answers, witness.packets()


SCENARIOS = {
    "switch-off": switch_off,
    "switch-turned-off": switch_turned_off,
    "header": local_only({"x-wayfare-local-only": "1"}),
    "app": local_only({"Authorization": "Bearer " + TOKEN}),
    "switch-on": switch_on,
}


def main(scenario):
    lay_network()
    with tempfile.TemporaryDirectory(prefix="wayfare-stage-") as folder:
        lay_names(pathlib.Path(folder))
        witness = Witness()
        with MockCloud() as mock:
            answers, packets = SCENARIOS[scenario](witness, mock)
        print(json.dumps({"answers": answers, "packets": packets}))
        run("umount", "/etc/hosts", os.path.realpath("/etc/resolv.conf"))


if __name__ == "__main__":
    main(sys.argv[1])
