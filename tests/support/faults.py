"""Faults for the tests in tests/chaos: processes to kill, disks to fill, concurrent senders."""

import contextlib
import errno
import http.client
import json
import os
import random
import resource
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plnd.core.plnd import Plnd, now_ms
from plnd.system.files import Home
from support import oracle
from support.builders import NETWORKS, SECOND, act, batch, visit

BATCH = 4


class Sender:
    """A browser that keeps its events, and sends them again, until they are acknowledged."""

    def __init__(self, number: int, start: int) -> None:
        self._events = endless_events(number, start)
        self._number = number
        self.waiting: list[dict[str, Any]] = []
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.answers = 0

    def next_batch(self) -> dict[str, Any]:
        """The events that were not acknowledged, else new ones."""
        self.waiting = self.waiting or [next(self._events) for _ in range(BATCH)]
        return batch(*self.waiting, profile=f"p{self._number}")

    def acknowledge(self, answer: dict[str, Any]) -> None:
        """Check that the daemon has stored all events that wait, and note them as acknowledged."""
        assert len(answer["stored"]) == len(self.waiting), answer
        for event in self.waiting:
            known = self.acknowledged.get(event["id"], event)
            if event["kind"] == "visit":
                event = {**event, "end": max(event["end"], known["end"])}
            self.acknowledged[event["id"]] = event
        self.waiting = []
        self.answers += 1

    def session(self, port: int, token: str, first: threading.Event) -> threading.Thread:
        """Send over HTTP until the daemon dies; `first` is set at the first acknowledgement."""
        thread = threading.Thread(target=self._send, args=(port, token, first), daemon=True)
        thread.start()
        return thread

    def _send(self, port: int, token: str, first: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            while True:
                connection.request("POST", "/api/v1/events", json.dumps(self.next_batch()), headers)
                response = connection.getresponse()
                answer = json.loads(response.read())
                assert response.status == 200, answer
                self.acknowledge(answer)
                first.set()
        except (OSError, http.client.HTTPException, ValueError):
            return  # the daemon was killed: the next one gets the events that wait
        finally:
            connection.close()


def endless_events(number: int, start: int) -> Iterator[dict[str, Any]]:
    """Visits that grow and end, and some interactions; without end."""
    chance = random.Random(number)
    at = start + number * 7 * SECOND
    while True:
        network = chance.choice(NETWORKS)
        one = visit(at, 15, network=network)
        yield one
        for beats in range(2, chance.randint(2, 5)):
            yield {**one, "end": at + beats * 15 * SECOND}
        if chance.random() < 0.5:
            yield act(at + SECOND, network=network)
        at += 20 * SECOND


class HostProcess:
    """A native host, started as a browser does, and its frames."""

    def __init__(self, launcher: str) -> None:
        self.process = subprocess.Popen(
            [launcher, "chrome-extension://fake/"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0

    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a batch.

        Raises:
            OSError: the host is gone.
        """
        self._number += 1
        frame = {"id": self._number, "method": "POST", "path": "/api/v1/events", "body": body}
        content = json.dumps(frame).encode()
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(struct.pack("@I", len(content)) + content)
        self.process.stdin.flush()
        head = self.process.stdout.read(4)
        if len(head) < 4:
            raise BrokenPipeError(errno.EPIPE, "the host is gone")
        (length,) = struct.unpack("@I", head)
        content = self.process.stdout.read(length)
        if len(content) < length:
            raise BrokenPipeError(errno.EPIPE, "the host is gone")
        answer: dict[str, Any] = json.loads(content)
        assert answer["id"] == self._number
        return answer

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                assert stream
                stream.close()
        self.process.wait(20)


def start_daemon(log: Path, **given: Any) -> subprocess.Popen[bytes]:
    """Start a daemon; it answers when this returns."""
    reading, writing = os.pipe()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "plnd", "run", "--ready-fd", str(writing)],
            pass_fds=[writing],
            stderr=output,
            **given,
        )
    os.close(writing)
    url = os.read(reading, 100)
    os.close(reading)
    assert url, log.read_text()[-2000:]
    return process


def install_host(folder: Path) -> str:
    """Install the native host for a browser that reads `folder`; the path of its launcher."""
    subprocess.run(
        [sys.executable, "-m", "plnd", "install", "--manifest-dir", folder],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return str(json.loads((folder / "org.plnd.host.json").read_bytes())["path"])


def assert_all_stored(home: Home, senders: list[Sender]) -> None:
    """Check that each acknowledged event is stored once, and that the sums fit the events."""
    plnd = Plnd(home)
    assert plnd.damaged == []
    sums = plnd._log.queries.quarter_sums(0, now_ms())
    plnd.close_stores()
    db = sqlite3.connect(home.data / "events.db")
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    visits = {
        row[0].hex(): dict(zip(("network", "page", "start", "end"), row[1:], strict=True))
        for row in db.execute("SELECT id, network, page, start, end FROM visit")
    }
    acts = {
        row[0].hex(): dict(zip(("network", "action", "at"), row[1:], strict=True))
        for row in db.execute("SELECT id, network, action, at FROM interaction")
    }
    db.close()
    for event in [event for one in senders for event in one.acknowledged.values()]:
        stored = (visits if event["kind"] == "visit" else acts)[event["id"].replace("-", "")]
        assert stored["network"] == event["network"]
        if event["kind"] == "visit":
            # A longer visit that was sent and not acknowledged may be stored as well.
            assert (stored["start"], stored["end"] >= event["end"]) == (event["start"], True)
        else:
            assert stored["at"] == event["at"]
    rows = [{"id": key, "kind": "visit", **row} for key, row in visits.items()]
    rows += [{"id": key, "kind": "interaction", **row} for key, row in acts.items()]
    wanted = oracle.quarters(rows)
    assert wanted.spent == {
        (begin, *key): spent for begin, one in sums.items() for key, (spent, _) in one.times.items()
    }
    assert wanted.acts == {
        (begin, *key): count for begin, one in sums.items() for key, count in one.acts.items()
    }


class SmallDisk:
    """A disk of some megabytes that a test fills, frees and makes read-only.

    For root it is a tmpfs. For other users it is a limit on the size of the files that a process
    writes (RLIMIT_FSIZE), and folders without write permission: the same system calls fail.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._real = os.geteuid() == 0
        self._bytes = megabytes * 1024 * 1024
        self._processes: list[int] = []
        folder.mkdir(parents=True, exist_ok=True)
        if self._real:
            self._mount("-t", "tmpfs", "-o", f"size={self._bytes},mode=0700", "tmpfs")

    def _mount(self, *words: str) -> None:
        subprocess.run(["mount", *words, str(self.folder)], check=True)

    def add_process(self, pid: int) -> None:
        """Apply the limits to a process that works on this disk."""
        self._processes.append(pid)

    def fill(self) -> None:
        if not self._real:
            self._limit(0)
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for size in (65536, 4096, 512, 1):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    def free(self) -> None:
        if self._real:
            (self.folder / "ballast").unlink()
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, most: int) -> None:
        for pid in self._processes:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def read_only(self, yes: bool) -> None:
        if self._real:
            self._mount("-o", f"remount,{'ro' if yes else 'rw'}")
            return
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod((0o500 if path.is_dir() else 0o400) if yes else 0o700)

    def close(self) -> None:
        if self._real:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class ReadOnlyHome:
    """A home that a test makes read-only, and writable again, while a daemon uses it.

    For root it is an ext4 image on which all files are made immutable, so that writes to open
    files fail too. Where no image can be mounted, the home is bind-mounted read-only; other
    users remove the write permission. In both cases files that are open stay writable.
    """

    def __init__(self, folder: Path, image: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._root = os.geteuid() == 0
        self._own_disk = self._root and self._mounted(image)

    def _mounted(self, image: Path) -> bool:
        image.touch()
        os.truncate(image, 64 * 1024 * 1024)
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        done = subprocess.run(["mount", "-o", "loop", image, self.folder], check=False)
        if done.returncode == 0:
            (self.folder / "lost+found").rmdir()
            self.folder.chmod(0o700)
        return done.returncode == 0

    def read_only(self, yes: bool) -> None:
        if self._own_disk:
            # Not the index of the journal: it is mapped into memory, and a write would be a SIGBUS.
            paths = [
                path
                for path in self._paths()
                if not path.name.endswith("-shm") and not path.is_socket()
            ]
            subprocess.run(["chattr", "+i" if yes else "-i", *paths], check=True)
        elif not self._root:
            for path in self._paths():
                path.chmod((0o500 if path.is_dir() else 0o400) if yes else 0o700)
        elif yes:
            subprocess.run(["mount", "--bind", self.folder, self.folder], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", self.folder], check=True)
        else:
            subprocess.run(["umount", self.folder], check=True)

    def _paths(self) -> list[Path]:
        return [self.folder, *self.folder.rglob("*")]

    def close(self) -> None:
        if self._own_disk:
            subprocess.run(["umount", "--lazy", self.folder], check=True)
