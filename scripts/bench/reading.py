"""What reading costs: a profile's page of a megabyte, and fifty feeds while today is asked for."""

import json
import select
import statistics
import subprocess
from pathlib import Path

import table
from events import now_ms
from http_client import latencies, request
from servers import PYTHON, plnd_server, port_of

FEEDS = Path(__file__).resolve().parents[2] / "tests" / "support" / "feeds.py"
# In the shape that X has.
POST = (
    '<article data-testid="tweet" role="article" class="css-175oi2r r-18u37iz r-1udh08x">'
    '<a href="/me"><img alt=""></a><div data-testid="User-Name"><a href="/me">Name</a>'
    '<a href="/me/status/{id}" dir="ltr"><time datetime="2026-01-01T10:00:00.000Z">Jan 1</time></a>'
    '</div><div lang="en" data-testid="tweetText" class="css-146c3p1 r-8akbws">'
    '<span class="css-1jxf684">A few words of a post, which are of no interest here but have to be'
    ' passed over.</span></div><div role="group">'
    '<button data-testid="reply" aria-label="3 Replies. Reply"></button>'
    '<button data-testid="retweet" aria-label="1 repost. Repost"></button></div></article>'
)


def measure(folder: Path) -> None:
    _large_pages(folder / "reading")
    _feeds(folder / "feeds")


def _large_pages(home: Path) -> None:
    with plnd_server(home) as found:
        port = port_of(found)
        pages = [_page(100 + number, port, found["token"]) for number in range(12)]
        first = latencies(port, pages[:1])[0]
        figures = f"{first:.0f} ms", "1000 ms"
        table.at_most("1 MB profile page read, the first", *figures, first / 1000, 1)
        taken = statistics.median(latencies(port, pages[1:]))
        table.at_most("1 MB profile page read", f"{taken:.0f} ms", "350 ms", taken / 350, 1)


def _page(number: int, port: int, token: str) -> bytes:
    """A request that reports a page of a megabyte."""
    posts = "".join(POST.format(id=number * 10**15 + n) for n in range(1_000_000 // len(POST)))
    body = {
        "network": "x",
        "handle": "me",
        "url": "https://x.com/me",
        "html": f"<main>{posts}</main>",
        "taken_at": now_ms(),
    }
    return request("POST", "/api/v1/readings", body, port, token)


def _feeds(home: Path) -> None:
    """How long today takes while fifty feeds are fetched and parsed."""
    command = [PYTHON, str(FEEDS), str(home)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin and child.stdout
    about = json.loads(child.stdout.readline())
    today = request("GET", "/api/v1/today", None, about["port"], about["token"])
    latencies(about["port"], [today] * 200)
    child.stdin.write("\n")
    child.stdin.flush()
    taken: list[float] = []
    while not select.select([child.stdout], [], [], 0)[0]:
        taken += latencies(about["port"], [today] * 50)
    assert child.stdout.readline() == "50\n"
    child.stdin.close()
    child.wait()
    worst = table.quantile(taken, 0.99)
    figures = f"{worst:.1f} ms", "20 ms"
    table.at_most("GET today while 50 feeds are read, p99", *figures, worst / 20, 1)
