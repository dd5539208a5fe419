# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The words of requests: nowhere on the disk unless the user asked for them, and then what was asked."""

import pytest

from mock_cloud import WORDS, MockCloud
from wayfare import Wayfare, chat_body, provider, wait_for

QUESTION = "the quick brown fox asks"
SECRET = "sk-proj-abcdefghijklmnopqrstuvwx"
ANSWER = "".join(WORDS)


@pytest.fixture(name="cloud", scope="module")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


def capturing(cloud, bodies, **members):
    return {"providers": [provider("m", cloud.url)], "capture": {"bodies": bodies, **members}}


def ask(wayfare, model="m/ok", text=QUESTION, **members):
    body = chat_body(model, **members)
    body["messages"] = [{"role": "user", "content": text}]
    answer = wayfare.request("POST", "/v1/chat/completions", body)
    return answer, answer.headers["x-wayfare-request-id"]


def kept(wayfare, request_id):
    return wayfare.control("GET", "/capture/" + request_id)


def files_with(wayfare, words):
    files = [path for path in wayfare.home.rglob("*") if path.is_file()]
    return [path.name for path in files if words.encode() in path.read_bytes()]


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_off_leaves_no_trace(cloud, streamed):
    with Wayfare({"providers": [provider("m", cloud.url)]}) as wayfare:
        _, request_id = ask(wayfare, stream=streamed)
        ask(wayfare, "m/error-html", stream=streamed)
        wayfare.wait_for_rows(2)
        answer = kept(wayfare, request_id)
        assert answer.status == 404
        assert '"capture"' in answer.json()["error"]["message"]
        assert wayfare.control("GET", "/capture").json()["requests"] == 0
        wayfare.stop()
        assert files_with(wayfare, QUESTION) == files_with(wayfare, ANSWER) == []
        assert not list(wayfare.home.rglob("capture*"))


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_all(cloud, streamed):
    with Wayfare(capturing(cloud, "all")) as wayfare:
        answer, request_id = ask(wayfare, stream=streamed)
        wayfare.wait_for_rows(1)
        said = kept(wayfare, request_id).json()
        assert QUESTION in said["request"]
        assert said["answer"] == answer.body.decode()
        assert said["answer_bytes"] == len(answer.body)
        assert said["masked"] is True


def test_errors_only(cloud):
    with Wayfare(capturing(cloud, "errors")) as wayfare:
        _, good = ask(wayfare)
        answer, bad = ask(wayfare, "m/bad-request")
        _, cut = ask(wayfare, "m/truncate", stream=True)
        wayfare.wait_for_rows(3)
        assert kept(wayfare, good).status == 404
        assert kept(wayfare, bad).json()["answer"] == answer.body.decode()
        said = kept(wayfare, cut).json()["answer"]
        assert WORDS[0] in said and "error" in said


@pytest.mark.parametrize("mask", [True, False])
def test_secrets(cloud, mask):
    with Wayfare(capturing(cloud, "all", mask=mask)) as wayfare:
        _, request_id = ask(wayfare, text=f"my key is {SECRET}, is it safe?")
        wayfare.wait_for_rows(1)
        said = kept(wayfare, request_id).json()
        assert said["masked"] is mask
        assert (SECRET in said["request"]) is not mask
        assert "is it safe?" in said["request"]
        wayfare.stop()
        assert files_with(wayfare, SECRET) == ([] if mask else ["capture.sqlite"])


def test_long_bodies_are_cut(cloud):
    text = "word " * 400_000
    with Wayfare(capturing(cloud, "all")) as wayfare:
        _, request_id = ask(wayfare, text=text)
        wayfare.wait_for_rows(1)
        said = kept(wayfare, request_id).json()
        assert len(said["request"]) == 1024 * 1024
        assert said["request_bytes"] > len(text)


def test_size_and_clearing(cloud):
    text = "word " * 150_000
    with Wayfare(capturing(cloud, "all", max_mib=1)) as wayfare:
        ids = [ask(wayfare, text=text)[1] for _ in range(4)]
        wayfare.wait_for_rows(4)
        assert [kept(wayfare, i).status for i in ids] == [404, 404, 404, 200]
        told = wayfare.run("capture")
        assert told.returncode == 0 and "in at most 1 MiB" in told.stdout, told.stdout + told.stderr
        assert "requests kept: 1, " in told.stdout
        shown = wayfare.run("capture", "show", ids[-1])
        assert ANSWER in shown.stdout
        assert wayfare.run("capture", "clear").returncode == 0
        assert kept(wayfare, ids[-1]).status == 404
        assert files_with(wayfare, "word word word") == []


def test_changes_apply_at_once(cloud):
    with Wayfare(capturing(cloud, "off")) as wayfare:
        wayfare.write_config(capturing(cloud, "all", keep_days=3))

        wait_for(lambda: kept(wayfare, ask(wayfare)[1]).status == 200, "bodies kept")
        assert wayfare.control("GET", "/capture").json()["keep_days"] == 3
