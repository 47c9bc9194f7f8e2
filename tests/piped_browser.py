"""Chromium, driven over a pipe by its own protocol: no driver, no port, nothing to install."""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
SECONDS = 60


class Browser:
    """One tab; `requests` are the addresses that it asked for, `dialogs` what it was alerted."""

    def __init__(self, sending: int, receiving: int) -> None:
        self._sending = sending
        self._receiving = receiving
        self._rest = b""
        self._numbers = itertools.count(1)
        self._session = ""
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.faults: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")

    def open(self, address: str) -> None:
        self._call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        told = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression holds; in vain it fails by the number of looks, not by time."""
        for _ in range(400):
            if self.evaluate(script):
                return
            select.select([], [], [], 0.02)
        raise AssertionError(f"never true: {script}")

    def press(self, key: str) -> None:
        codes = {"Enter": 13, "Escape": 27}
        text = {"Enter": "\r", "Escape": ""}.get(key, key)
        code = codes.get(key, ord(key.upper()[0]))
        down = {"type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code}
        self._call("Input.dispatchKeyEvent", **down)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text: str) -> None:
        """Put text in the place of what the field with the focus holds."""
        self.evaluate("document.activeElement.select()")
        self._call("Input.insertText", text=text)

    def shot(self, path: Path, width: int = 1200, height: int = 900) -> None:
        """Write a picture of the page to a file."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._sending, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        method, params = told.get("method"), told.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])
        elif method == "Runtime.exceptionThrown":
            self.faults.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["source"] == "security":
            self.faults.append(params["entry"]["text"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._receiving], [], [], SECONDS)
            data = os.read(self._receiving, 65_536) if ready else b""
            if not data:
                raise RuntimeError("the browser does not answer")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start Chromium with an empty profile; it ends with the block."""
    assert BROWSER
    theirs, sending = os.pipe()
    receiving, their_out = os.pipe()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    # The browser reads from descriptor 3 and writes to 4, and no child may be given others.
    shell = f'exec "$0" "$@" 3<&{theirs} 4>&{their_out}'
    command = ["bash", "-c", shell, BROWSER, *flags, *quiet, f"--user-data-dir={profile}"]
    child = subprocess.Popen(
        [*command, "--remote-debugging-pipe", "about:blank"],
        pass_fds=(theirs, their_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(their_out)
    try:
        yield Browser(sending, receiving)
    finally:
        for end in (sending, receiving):
            with suppress(OSError):
                os.close(end)
        child.terminate()
        child.wait(SECONDS)
