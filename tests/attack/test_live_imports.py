"""Generated imports against a daemon that runs: it answers everything, and does not grow."""

import http.client
import re
import time
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.bad_documents import BOOK, GET_ROUTES, NAMES, document_lines, documents, sum_lines
from support.builders import DAY, MINUTE, act, batch, visit
from support.harness import Daemon

from plnd.core.plnd import now_ms

MOST_GROWTH_BYTES = 64 * 1024 * 1024
QUESTIONS = [
    re.sub(r"{\w+}", quote(name, safe=""), route.path.removeprefix("/api/v1/"))
    for route in GET_ROUTES
    for name in (NAMES if "{" in route.path else NAMES[:1])
]
LONGEST_SECONDS = 600


def status_of(daemon: Daemon, question: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    keys = {"Authorization": f"Bearer {daemon.about['token']}"}
    connection.request("GET", f"/api/v1/{question}", headers=keys)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_a_daemon_takes_whatever_an_import_holds(
    daemon: Daemon, pytestconfig: pytest.Config
) -> None:
    process = psutil.Process(daemon.pid)
    end = time.monotonic() + LONGEST_SECONDS
    sizes: list[int] = []
    asked = taken = 0

    @settings(suppress_health_check=list(HealthCheck))
    @given(
        st.lists(documents(BOOK), max_size=8),
        st.lists(sum_lines, max_size=3),
        st.lists(st.sampled_from(QUESTIONS), min_size=12, max_size=12),
    )
    def take(found: list[tuple[str, Any]], more: list[str], questions: list[str]) -> None:
        nonlocal asked, taken
        if time.monotonic() > end:
            return
        answer = daemon.ask("POST", "import", {"lines": [*document_lines(found), *more]})
        taken += answer["taken"]
        for question in questions:
            assert status_of(daemon, question) < 500, question
        at = now_ms() - DAY // 2 - len(sizes) * MINUTE  # a quarter of an hour has bounds
        sent = daemon.ask("POST", "events", batch(visit(at - MINUTE, 30), act(at)))
        assert sent["rejected"] == []
        asked += len(questions) + 2
        sizes.append(process.memory_info().rss)

    take()
    print(f"{len(sizes)} imports, {taken} lines taken, {asked} requests, {max(sizes) >> 20} MiB")
    assert taken
    assert max(sizes) - max(sizes[: len(sizes) // 4 + 1]) < MOST_GROWTH_BYTES
    assert daemon.ask("GET", "health")["pid"] == daemon.pid
