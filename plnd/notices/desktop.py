"""Showing a notice on the desktop: plyer, in a child process that can be killed.

plyer's back ends can hang for 25 s, take a title for an option, and swallow errors. The
child gets the text on standard input, has five seconds, and is then killed with all that
it started; what it says on standard error is the reason why nothing was shown.
"""

import asyncio
import html
import json
import sys

from plnd.system import processes
from plnd.words.printable import harmless

PATIENCE_SECONDS = 5.0
LONGEST_TITLE = 63  # UTF-16 units, Windows' limits
LONGEST_BODY = 255


async def notify(title: str, body: str, patience_seconds: float = PATIENCE_SECONDS) -> str | None:
    """Show a notice. None when the desktop took it, else why it did not."""
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
        _, said = await asyncio.wait_for(child.communicate(text.encode()), patience_seconds)
    except TimeoutError:
        return f"the desktop did not answer within {patience_seconds:g} seconds"
    finally:
        processes.kill_group(child.pid)  # and what the notifier has started
        await child.wait()
    if child.returncode == 0:
        return None
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"the notifier ended with {child.returncode}"


def _fit(text: str, most: int) -> str:
    """The text as notification servers take it: escaped, never an option, not too long."""
    text = harmless(text)
    text = text if not text.startswith("-") else "\u200b" + text
    while len(html.escape(text, quote=False).encode("utf-16-le")) // 2 > most:
        text = text[:-2] + "…"
    return html.escape(text, quote=False)
