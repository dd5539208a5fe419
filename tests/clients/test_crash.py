# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""kill -9 under load, again and again: the ledger opens, and has each finished request once."""

import collections
import http.client
import random
import sqlite3
import threading
import time

from mock_cloud import MockCloud
from wayfare import Wayfare, call, chat_body, provider, route

KILLS = 25
CLIENTS = 4
LIFE_S = (0.05, 1.2)


class Load(threading.Thread):
    """One client that chats until its connection breaks, and knows what it was told."""

    def __init__(self, port, streamed):
        super().__init__(daemon=True)
        self._port = port
        self._streamed = streamed
        self.finished = []  # ids of requests

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            while True:
                body = chat_body("m", stream=self._streamed)
                answer = call(connection, "POST", "/v1/chat/completions", body)
                if answer.is_cut:
                    return
                self.finished.append(answer.headers["x-wayfare-request-id"])
        except (OSError, http.client.HTTPException):
            connection.close()


def all_rows(wayfare):
    rows, before = [], ""
    while True:
        page = wayfare.control("GET", "/requests?limit=1000" + before).json()["requests"]
        rows += page
        if len(page) < 1000:
            return rows
        before = "&before=" + page[-1]["id"]


def test_kill_under_load():
    chance = random.Random(20261123)
    with MockCloud() as cloud:
        config = {"providers": [provider("mock", cloud.url)], "routes": [route("m", ("mock", "ok"))]}
        finished = set()
        with Wayfare(config) as wayfare:
            for _ in range(KILLS):
                loads = [Load(wayfare.port, n % 2 == 1) for n in range(CLIENTS)]
                for load in loads:
                    load.start()
                time.sleep(chance.uniform(*LIFE_S))
                wayfare.kill()
                for load in loads:
                    load.join(10)
                    finished |= set(load.finished)
                wayfare.start()
            check(wayfare, finished)


def check(wayfare, finished):
    rows = all_rows(wayfare)
    counts = collections.Counter(row["id"] for row in rows)
    assert [i for i, n in counts.items() if n > 1] == [], "counted twice"
    assert sorted(finished - set(counts)) == [], "lost"
    assert len(finished) > 500, "too little load to prove anything"

    spend = wayfare.control("GET", "/spend?by=day").json()["rows"]
    assert sum(row["requests"] for row in spend) == len(rows)
    assert sum(row["output_tokens"] for row in spend) == sum(r["usage"]["output_tokens"] or 0 for r in rows)

    path = wayfare.data_dir / "ledger.sqlite"
    assert path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
