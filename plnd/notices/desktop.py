"""Showing a notice on the desktop with plyer, in a child process.

plyer's back ends can hang for 25 s, read a title as an option, and hide errors. The child reads
the text from standard input and is killed after five seconds with every process it started; it
writes to standard error why nothing was shown.
"""

import asyncio
import html
import json
import sys

from plnd.system import processes
from plnd.words.printable import harmless

TIMEOUT_SECONDS = 5.0
LONGEST_TITLE = 63  # limits of Windows, in UTF-16 units
LONGEST_BODY = 255


async def notify(title: str, body: str, timeout_seconds: float = TIMEOUT_SECONDS) -> str | None:
    """Show a notice; gives None if the desktop accepted it, else why not."""
    text = json.dumps({"title": _fit(title, LONGEST_TITLE), "body": _fit(body, LONGEST_BODY)})
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "plnd.notices.plyer_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            **processes.OWN_GROUP,
        )
    except OSError as error:
        return f"the notifier cannot be started: {error.strerror}"
    try:
        _, errors = await asyncio.wait_for(child.communicate(text.encode()), timeout_seconds)
    except TimeoutError:
        return f"the desktop did not answer within {timeout_seconds:g} seconds"
    finally:
        processes.kill_group(child.pid)  # and what the notifier has started
        await child.wait()
    if child.returncode == 0:
        return None
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"the notifier ended with {child.returncode}"


def _fit(text: str, most: int) -> str:
    """Make a text safe for notification servers: escaped, not an option, and not too long."""
    text = harmless(text)
    text = text if not text.startswith("-") else "\u200b" + text
    while len(html.escape(text, quote=False).encode("utf-16-le")) // 2 > most:
        text = text[:-2] + "…"
    return html.escape(text, quote=False)
