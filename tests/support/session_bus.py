"""A D-Bus session bus for a test, with or without a notification server."""

import ast
import asyncio
import os
import re
import subprocess
import textwrap
from pathlib import Path
from types import TracebackType

from support.harness import PATIENCE_SECONDS, wait_until

# The distribution's Python, which has dbus and GObject.
PYTHON = "/usr/bin/python3"

# A server with one method, whose body the test provides.
SERVER = """
import sys, dbus, dbus.service, dbus.mainloop.glib
from gi.repository import GLib

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)


class Server(dbus.service.Object):
    @dbus.service.method("org.freedesktop.Notifications", in_signature="susssasa{sv}i",
                         out_signature="u")
    def Notify(self, app, replaces, icon, title, body, actions, hints, timeout):
        print(repr((str(title), str(body))), flush=True)
        %s
        return 1

    @dbus.service.method("org.freedesktop.Notifications", out_signature="ssss")
    def GetServerInformation(self):
        return "test", "test", "1", "1.2"

    @dbus.service.method("org.freedesktop.Notifications", out_signature="as")
    def GetCapabilities(self):
        return ["body"]


name = dbus.service.BusName("org.freedesktop.Notifications", dbus.SessionBus())
Server(name, "/org/freedesktop/Notifications")
print("ready", flush=True)
GLib.MainLoop().run()
"""

# No service directories: the bus starts no notification server by itself.
CONFIG = """
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A session bus: `with Bus(folder) as bus`; `bus.address` is where it listens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "notifications.log"
        self._started: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def __enter__(self) -> "Bus":
        config = self._folder / "bus.conf"
        config.write_text(CONFIG.strip() % self._folder)
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
        daemon = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._started.append(daemon)
        assert daemon.stdout
        self.address = daemon.stdout.readline().decode().strip()
        daemon.stdout.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in reversed(self._started):
            process.kill()
            process.wait()

    def serve_notifications(self, says: str | None = None) -> None:
        """Start a notification server: dbusmock's, or one that runs the code `says`."""
        command = [PYTHON, "-m", "dbusmock", "--session", "--template", "notification_daemon"]
        if says:
            command = [PYTHON, "-u", "-c", SERVER % textwrap.indent(says, " " * 8).strip()]
        env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address}
        with self._log.open("wb") as log:
            self._started.append(
                subprocess.Popen(command, stdout=log, stderr=subprocess.DEVNULL, env=env)
            )
        wait_until(self._owned, "the notification server")

    def _owned(self) -> bool:
        answer = subprocess.run(
            [
                *("dbus-send", f"--bus={self.address}", "--print-reply", "--type=method_call"),
                *("--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"),
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.Notifications",
            ],
            capture_output=True,
            check=False,
        )
        return b"boolean true" in answer.stdout

    def notifications(self) -> list[tuple[str, str]]:
        """Title and body of each notification that arrived."""
        found = []
        for line in self._log.read_text().splitlines():
            if match := re.search(r" Notify (.*)", line):
                words = [ast.literal_eval(word) for word in re.findall(_WORD, match[1])]
                found.append((words[2], words[3]))
            elif line.startswith("("):
                found.append(ast.literal_eval(line))
        return found

    async def asked(self) -> None:
        """Wait until a notification has arrived."""
        for _ in range(int(PATIENCE_SECONDS * 100)):
            if self.notifications():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("no notification came")


_WORD = r'"(?:[^"\\]|\\.)*"'
