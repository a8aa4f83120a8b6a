"""Chromium without a screen, driven as a person would: keys, focus, light and dark, paper.

It speaks the DevTools protocol over two pipes (``--remote-debugging-pipe``), which needs no library.
"""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

SECONDS = 60.0
"""Time after which a browser that does not answer is given up."""

KEYS = {
    "Tab": (9, None),
    "Enter": (13, "\r"),
    "Space": (32, " "),
    "Escape": (27, None),
    "ArrowDown": (40, None),
    "ArrowUp": (38, None),
    "ArrowRight": (39, None),
    "Backspace": (8, None),
}
"""Code of each key, and what it types."""

_SHIFT = 8


class Browser:
    """A browser with one page open.

    Attributes
    ----------
    told : list of str
        What the page wrote to its console, and what was refused or thrown.
    asked_for : list of str
        Addresses that the page asked for.
    """

    def __init__(self, profile: Path) -> None:
        to_browser, self._to = os.pipe()
        self._from, from_browser = os.pipe()
        flags = (
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--hide-scrollbars", f"--user-data-dir={profile}", "--remote-debugging-pipe",
        )  # fmt: skip
        # The browser reads from 3 and writes to 4; out of their way first.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_browser, from_browser)]
        actions: list[Any] = [(os.POSIX_SPAWN_OPEN, at, os.devnull, os.O_RDWR, 0) for at in range(3)]
        actions += [(os.POSIX_SPAWN_DUP2, end, at) for at, end in enumerate(ends, start=3)]
        self._pid = os.posix_spawn(
            str(CHROMIUM), [str(CHROMIUM), *flags], os.environ, file_actions=actions, setsid=True
        )
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session: str | None = None
        self.told: list[str] = []
        self.asked_for: list[str] = []
        self._loaded = False

    def __enter__(self) -> Self:
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._to)
        os.close(self._from)

    def open(self, file: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.told, self.asked_for, self._loaded = [], [], False
        self._ask("Page.navigate", url=file.as_uri())
        until = time.monotonic() + SECONDS
        while not self._loaded:
            self._hear(until)

    def run(self, script: str) -> Any:
        """Return the value of an expression on the page."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys one after another; "Shift+Tab" goes back."""
        for name in keys:
            shifted, _, plain = name.rpartition("+")
            code, text = KEYS[plain]
            key = " " if plain == "Space" else plain
            how: dict[str, Any] = {
                "key": key, "code": plain, "windowsVirtualKeyCode": code,
                "modifiers": _SHIFT if shifted else 0,
            }  # fmt: skip
            self._ask("Input.dispatchKeyEvent", type="keyDown", **how, **({"text": text} if text else {}))
            self._ask("Input.dispatchKeyEvent", type="keyUp", **how)
        # What the page puts off until later is done too.
        self.run("new Promise((done) => setTimeout(done, 0))")

    def type(self, text: str) -> None:
        """Type text where the focus is, letter by letter."""
        for letter in text:
            self._ask("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
            self._ask("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def show(self, *, dark: bool = False, paper: bool = False, width: int = 1280, height: int = 900) -> None:
        """Set the colours preferred, screen or paper, and the size of the window."""
        self._ask(
            "Emulation.setEmulatedMedia",
            media="print" if paper else "",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False,
        )  # fmt: skip

    def picture(self, file: Path, selector: str | None = None) -> None:
        """Write what is shown, or one element, as a PNG file."""
        how: dict[str, Any] = {}
        if selector is not None:
            place = self.run(
                f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                " return [b.x + scrollX, b.y + scrollY, b.width, b.height]; })()"
            )
            clip = dict(zip(("x", "y", "width", "height"), place, strict=True)) | {"scale": 1}
            how = {"clip": clip, "captureBeyondViewport": True}
        file.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot", **how)["data"]))

    def print(self, file: Path, **how: Any) -> None:
        """Print the page into a PDF file, on A4."""
        size = {"paperWidth": 8.27, "paperHeight": 11.69} | how
        data = self._ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True, **size)["data"]
        file.write_bytes(base64.b64decode(data))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + SECONDS
        while (answer := self._hear(until)).get("id") != number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _hear(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            part = os.read(self._from, 1 << 20) if ready else b""
            if not part:
                raise RuntimeError("the browser does not answer")
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, said: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.consoleAPICalled":
            self.told.append(" ".join(str(part.get("value")) for part in said["args"]))
        elif method == "Runtime.exceptionThrown":
            self.told.append(str(said["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.told.append(f"{said['entry']['level']}: {said['entry']['text']}")
        elif method == "Page.javascriptDialogOpening":
            self.told.append(f"dialog: {said['message']}")
        elif method == "Network.requestWillBeSent":
            self.asked_for.append(said["request"]["url"])
