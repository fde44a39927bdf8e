"""Hostile input for whatever reads: frames, events, imports, paths, bombs."""

import gzip
import http.client
import importlib.util
import json
import os
import resource
import struct
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st
from support.builders import NETWORKS, NOON, batch, visit
from support.harness import TOKEN, Api, Daemon, RunPlnd
from support.line_coverage import LineCoverage

from plnd.measures.event_validation import validate

ROOT = Path(__file__).parents[2]
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MIB = 1024 * 1024
MANY = 5 * settings.default.max_examples


# -- frames ---------------------------------------------------------------------------


def load_host() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "plnd_host_fuzzed", ROOT / "native-host" / "plnd_host.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


host = load_host()
GOOD = json.dumps({"id": 1, "method": "GET", "path": "/api/v1/today"}).encode()
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
PATHS = [
    *("/api/v1/today", "/api/v1/../open", "/open", "//x/api/v1/", "/api/v1/\r\nX: y"),
    *("/api/v1/%2e%2e/open", "/api/v1/\\..\\open", "/api/v1/today#x", "http://x/api/v1/"),
]
frames = st.fixed_dictionaries(
    {},
    optional={
        "id": values,
        "method": st.sampled_from(["GET", "POST", "PUT", "get", "TRACE"]) | values,
        "path": st.sampled_from(PATHS) | st.text(max_size=40).map("/api/v1/{}".format) | values,
        "body": values,
        "extra": values,
    },
)


def framed(content: bytes) -> bytes:
    return struct.pack("@I", len(content)) + content


contents = (
    frames.map(json.dumps).map(str.encode)
    | values.map(json.dumps).map(str.encode)
    | st.binary(max_size=60)
    | st.builds(
        lambda at, more: GOOD[:at] + more + GOOD[at:],
        st.integers(0, len(GOOD)),
        st.binary(min_size=1, max_size=3),
    )
)
streams = st.lists(
    contents.map(framed)
    | st.binary(max_size=10)
    | st.integers(0, 2**32 - 1).map(lambda n: struct.pack("@I", n)),
    max_size=5,
).map(b"".join)


class Noting:
    """Stands where the daemon is asked; keeps what would have gone to it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def ask(self, request: Any) -> tuple[int, bytes]:
        self.asked.append(request)
        return 200, b'{"ok": true}'


def through(stream: bytes) -> tuple[list[Any], bool, list[Any]]:
    """Frames out, whether the stream was given up as broken, and what the daemon would get."""
    source, entry = os.pipe()
    outlet, sink = os.pipe()
    answers: list[Any] = []

    def feed() -> None:
        with os.fdopen(entry, "wb") as writing:
            writing.write(stream)

    def collect() -> None:
        with os.fdopen(outlet, "rb") as reading:
            while head := reading.read(4):
                answers.append(json.loads(reading.read(struct.unpack("@I", head)[0])))

    threads = [threading.Thread(target=feed), threading.Thread(target=collect)]
    for thread in threads:
        thread.start()
    noting, broken = Noting(), False
    try:
        host.serve(host.Frames(source, sink), noting)
    except host.BrokenStream:
        broken = True
    os.close(source)
    os.close(sink)
    for thread in threads:
        thread.join(20)
    return answers, broken, noting.asked


def fuzz_frames(stream: bytes) -> None:
    """What holds for any stream whatever."""
    with LineCoverage(host.__file__) as reached:
        answers, broken, asked = through(stream)
    target(float(len(reached.lines)))
    whole, rest = 0, stream
    while len(rest) >= 4 and len(rest) - 4 >= struct.unpack("@I", rest[:4])[0]:
        whole, rest = whole + 1, rest[4 + struct.unpack("@I", rest[:4])[0] :]
    assert len(answers) == whole
    assert broken == bool(rest)
    for one in answers:
        assert set(one) == {"id", "status", "body"}
        assert one["status"] in (200, 400)
        assert (one["status"] == 400) == ("error" in one["body"])
    for one in asked:
        wire = one.to_http("127.0.0.1:1", "token").partition(b"\r\n\r\n")[0].decode("latin-1")
        first, *headers = wire.split("\r\n")
        method, path, version = first.split(" ")
        assert method in host.METHODS
        assert path.startswith("/api/v1/") and ".." not in path
        assert version == "HTTP/1.1"
        assert len(headers) in (3, 5)


@settings(max_examples=MANY)
@given(streams)
def test_any_stream_of_frames_is_answered_frame_by_frame(stream: bytes) -> None:
    fuzz_frames(stream)


# -- events ----------------------------------------------------------------------------

EVENT = {
    "id": "0198c0de-0000-7000-8000-000000000001",
    "kind": "visit",
    "network": "x",
    "page": "feed",
    "start": NOON,
    "end": NOON + 1,
}
events = st.builds(
    lambda changes, gone: {k: v for k, v in {**EVENT, **changes}.items() if k not in gone},
    st.dictionaries(st.sampled_from([*EVENT, "handle", "tag", "at", "title"]), values, max_size=4),
    st.sets(st.sampled_from([*EVENT]), max_size=2),
)


@settings(max_examples=MANY)
@given(st.lists((events | values).map(json.dumps).map(str.encode), max_size=6))
def test_any_event_is_taken_or_refused_by_name_and_costs_itself_only(raws: list[bytes]) -> None:
    good = json.dumps({**EVENT, "id": EVENT["id"][:-1] + "9"}).encode()
    mixed = [good, *raws, good]
    taken, rejected = validate(
        [msgspec.Raw(one) for one in mixed], now=NOON, networks=NETWORKS, visits_from=5
    )
    assert len(taken) + len(rejected) == len(mixed)
    assert {0, len(mixed) - 1} <= {one.index for one in taken}
    for one in rejected:
        assert one.code == "invalid"
        assert one.message


# -- bombs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"[" * (MIB // 2),
        b'{"source":' * 50_000,
        b'{"source": {}, "events": [' + b"[" * 500_000,
        b"1" * (MIB // 2),
        b'"' + b"\\ud800" * 100_000 + b'"',
        b"\xff" * MIB,
    ],
)
async def test_a_bomb_in_a_body_is_refused(api: Api, content: bytes) -> None:
    answer = await api("POST", "events", data=content, status=400)
    assert answer["error"]["code"] == "invalid"
    assert len(answer["error"]["message"]) < 1000


async def test_a_bomb_inside_an_event_is_refused_and_the_next_batch_is_taken(api: Api) -> None:
    one = visit(NOON - 1000, 1)
    bomb = "[" * 100_000 + "]" * 100_000
    content = json.dumps(batch(one)).replace('"events": [', f'"events": [{bomb},')
    await api("POST", "events", data=content.encode(), status=400)
    assert (await api("POST", "events", batch(one)))["stored"] == [one["id"]]


@pytest.mark.parametrize("path", ["events", "import", "forget"])
async def test_a_packed_bomb_is_stopped_while_it_unpacks(api: Api, path: str) -> None:
    packed = gzip.compress(b" " * (200 * MIB))
    assert len(packed) < MIB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    headers = {**BEARER, "Content-Encoding": "gzip"}
    answer = await api("POST", path, data=packed, headers=headers, status=413)
    assert answer["error"]["code"] == "too_large"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 64 * MIB


def test_an_import_bomb_is_read_in_bites(run_plnd: RunPlnd, tmp_path: Path) -> None:
    """A file of one endless line, and one of a million empty ones: refused, in little memory."""
    head = '{"type":"plnd","format":1,"version":"0.1.0","made_at":1}\n'
    one, many = tmp_path / "one", tmp_path / "many"
    one.write_text(head + '{"type":"visit","id":"' + "x" * (40 * MIB))
    many.write_text(head + "\n" * 20_000)
    run_plnd("start")
    for file in (one, many):
        done = subprocess.run(
            [sys.executable, "-m", "plnd", "import", str(file)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (400 * MIB, 400 * MIB)),
        )
        assert done.returncode == 1, done.stderr[-500:]
        assert "Traceback" not in done.stderr
        assert "the file ends early" in done.stderr
        assert max(map(len, done.stderr.splitlines())) < 500
    assert run_plnd("receipt", "--json").json["entries"] == []
    run_plnd("stop")


# -- paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/page/../../../plnd/errors.py",
        "/page/..%2f..%2ferrors.py",
        "/page/%2e%2e/%2e%2e/web/access.py",
        "/page/....//page.css",
        "/page//etc/passwd",
        "/page/%00page.css",
        "/page/page.css%00.html",
        "/page/..",
        "/..%5c..%5cetc",
        "/api/v1/budgets/..%2f..%2fstate",
        "/api/v1/../../etc/passwd",
        "//etc/passwd",
    ],
)
@pytest.mark.parametrize("keyed", [True, False])
def test_no_path_leads_out(daemon: Daemon, path: str, keyed: bool) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    headers = {"Authorization": f"Bearer {daemon.about['token']}"} if keyed else {}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status in (400, 401, 404, 405)
    assert b"root:" not in said and b"import " not in said
    connection.close()
