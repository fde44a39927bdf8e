"""The native host, registered in a folder of its own and asked in frames as a browser asks it."""

import json
import struct
import subprocess
from pathlib import Path

from servers import run_plnd


def register(home: Path, manifests: Path) -> str:
    """Register the native host in a folder that no browser reads; the path of its launcher."""
    run_plnd(home, "install", "--manifest-dir", str(manifests))
    return str(json.loads((manifests / "org.plnd.host.json").read_bytes())["path"])


class NativeHost:
    """A running native host."""

    def __init__(self, launcher: str) -> None:
        self._process = subprocess.Popen([launcher], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pid = self._process.pid

    def ask(self, method: str, path: str, body: object = None) -> None:
        """Send one frame and wait for its answer, which must be a success."""
        pipe = self._process
        assert pipe.stdin and pipe.stdout
        frame = {"id": 1, "method": method, "path": path, "body": body}
        content = json.dumps(frame).encode()
        pipe.stdin.write(struct.pack("@I", len(content)) + content)
        pipe.stdin.flush()
        (length,) = struct.unpack("@I", pipe.stdout.read(4))
        assert json.loads(pipe.stdout.read(length))["status"] == 200

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
