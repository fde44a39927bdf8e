"""A small HTTP client whose own cost is low enough to measure servers with."""

import asyncio
import json
import socket
import time


def request(method: str, path: str, body: object, port: int, token: str = "") -> bytes:
    """The bytes of a request with a JSON body; `body` None sends none."""
    content = json.dumps(body).encode() if body is not None else b""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode() + content


def exchange(port: int, one: bytes) -> bytes:
    """The body of the answer to a request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return answer(connection, one)


def answer(connection: socket.socket, one: bytes) -> bytes:
    """Send a request on an open connection; the body of its answer."""
    connection.sendall(one)
    got = connection.recv(65536)
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, rest = got.partition(b"\r\n\r\n")
    length = _content_length(head)
    while len(rest) < length:
        rest += connection.recv(65536)
    return rest


def _content_length(head: bytes) -> int:
    assert head.startswith(b"HTTP/1.1 200"), head
    return int(head.lower().partition(b"content-length:")[2].split(None, 1)[0])


def latencies(port: int, requests: list[bytes]) -> list[float]:
    """The milliseconds of each request, one after the other on one connection."""
    taken = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for one in requests:
            begin = time.perf_counter()
            answer(connection, one)
            taken.append((time.perf_counter() - begin) * 1000)
    return taken


def rate(port: int, requests: list[bytes], connections: int) -> float:
    """Requests a second over that many connections at once."""

    async def one(part: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for each in part:
            writer.write(each)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_content_length(head))
        writer.close()

    async def every() -> float:
        begin = time.perf_counter()
        await asyncio.gather(*(one(requests[n::connections]) for n in range(connections)))
        return len(requests) / (time.perf_counter() - begin)

    return asyncio.run(every())
