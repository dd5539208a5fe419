# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A key goes from standard input to the keyring to one header of one request, and nowhere else."""

import contextlib
import http.client
import json
import os
import pathlib
import secrets
import subprocess

import pytest

from keyring import Keyring
from mock_cloud import MockCloud
from wayfare import Wayfare, chat_body, provider, route, wait_for


@pytest.fixture(name="keyring", scope="module")
def fixture_keyring():
    with Keyring() as keyring:
        yield keyring


@pytest.fixture(name="cloud")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


def start(cloud, environment):
    config = {
        "providers": [provider("cloud", cloud.url, locality="cloud"), provider("other", cloud.url)],
        "routes": [
            *(route(name, ("cloud", name)) for name in ("ok", "bad-key", "reset", "error-event", "stall-head")),
            route("other", ("other", "ok")),
        ],
    }
    return Wayfare(config, environment)


def authorization(cloud):
    return cloud.chats()[-1].header("authorization")


def files_with(folder, needle):
    found = []
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file() and needle in path.read_bytes():
            found.append(str(path))
    return found


def test_key_is_used_and_found_nowhere(keyring, cloud):
    key = "sk-canary-" + secrets.token_hex(16)
    needle = key.encode()
    with start(cloud, keyring.environment) as wayfare:
        stored = wayfare.run("key", "set", "cloud", input=key + "\n")
        assert stored.returncode == 0, stored.stderr
        wait_for(
            lambda: wayfare.chat("ok").status == 200 and authorization(cloud) == "Bearer " + key,
            "the key reaching the provider",
        )
        wayfare.chat("ok", stream=True)
        wayfare.chat("other")
        assert authorization(cloud) is None, "a key is its provider's only"
        # Errors, so that there is something to log.
        wayfare.chat("bad-key")
        wayfare.chat("reset")
        wayfare.chat("error-event", stream=True)

        said = [stored.stdout, stored.stderr]
        for verb in (["key", "list"], ["key", "test", "cloud"], ["status", "--json"], ["spend", "--json"]):
            ran = wayfare.run(*verb)
            said += [ran.stdout, ran.stderr]
        assert key not in "".join(said)
        assert key not in str(wayfare.control("GET", "/requests?limit=1000").body)

        process = pathlib.Path("/proc") / str(wayfare.process.pid)
        assert needle not in (process / "cmdline").read_bytes()
        assert needle not in (process / "environ").read_bytes()
        assert files_with(wayfare.home, needle) == []
        with waiting_request(wayfare, cloud):
            assert needle not in core_dump(wayfare)
        wayfare.stop()
        assert files_with(wayfare.home, needle) == []


@contextlib.contextmanager
def waiting_request(wayfare, cloud):
    """The key has been sent, and its request is not answered yet."""
    connection = http.client.HTTPConnection("127.0.0.1", wayfare.port, timeout=20)
    body = json.dumps(chat_body("stall-head")).encode()
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    wait_for(lambda: cloud.chats()[-1].json()["model"] == "stall-head", "the request being sent")
    yield
    connection.close()


def core_dump(wayfare):
    """What a crash would leave on disk: only mappings that the kernel would dump."""
    stem = wayfare.home / "core"
    subprocess.run(
        ["gdb", "-p", str(wayfare.process.pid), "-batch", "-nx", "-ex", f"gcore {stem}"],
        capture_output=True, timeout=120, check=True,
    )
    data = stem.read_bytes()
    os.unlink(stem)
    # The dump is of this process: it has the path of its config in it.
    assert str(wayfare.config_path).encode() in data
    return data


def test_key_is_replaced_and_deleted(keyring, cloud):
    with start(cloud, keyring.environment) as wayfare:
        for key in ("sk-first-0001", "sk-second-0002"):
            assert wayfare.run("key", "set", "cloud", input=key).returncode == 0
            wait_for(
                lambda: wayfare.chat("ok").status == 200 and authorization(cloud) == "Bearer " + key,
                "the new key being used",
            )
        listed = wayfare.run("key", "list").stdout
        assert "cloud" in listed and "0002" in listed and "second" not in listed
        assert wayfare.run("key", "delete", "cloud").returncode == 0
        cloud.requests.clear()
        wait_for(lambda: wayfare.chat("ok").status != 200, "calls without the key being refused")
        assert all("sk-" in (r.header("authorization") or "sk-") for r in cloud.chats())
        assert "key" in wayfare.chat("ok").json()["error"]["message"]


def test_key_from_the_environment(cloud):
    with MockCloud() as far:
        config = {
            "providers": [provider("far", far.url, key={"env": "FAR_KEY"})],
            "routes": [route("m", ("far", "ok"))],
        }
        with Wayfare(config, {"FAR_KEY": "sk-from-env"}) as wayfare:
            assert wayfare.chat("m").status == 200
            assert far.chats()[0].header("authorization") == "Bearer sk-from-env"
            assert files_with(wayfare.home, b"sk-from-env") == []


def test_no_key_is_said_so(cloud):
    """No secret service, no key: the caller is told, and the provider is not asked."""
    config = {
        "providers": [provider("far", cloud.url, key={"keyring": "far"})],
        "routes": [route("m", ("far", "ok"))],
    }
    with Wayfare(config, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}) as wayfare:
        answer = wayfare.chat("m")
        assert answer.status >= 400 and "key" in answer.json()["error"]["message"]
        assert cloud.chats() == []


@pytest.mark.parametrize("arguments", [["key", "set", "cloud", "sk-on-the-command-line"], ["key", "set"]])
def test_key_is_never_an_argument(cloud, keyring, arguments):
    with start(cloud, keyring.environment) as wayfare:
        ran = wayfare.run(*arguments, input="")
        assert ran.returncode == 2 and "sk-on" not in ran.stdout
