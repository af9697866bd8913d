"""A real browser, driven by its own protocol over two pipes: no port, no driver, no dependency."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where Debian, and others, put it.
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)

WHY_NOT = "no Chromium on this machine: apt-get install chromium"

_KEYS = {
    "Enter": (13, "\r"), "Tab": (9, ""), " ": (32, " "), "ArrowDown": (40, ""), "ArrowUp": (38, ""),
    "ArrowRight": (39, ""), "Home": (36, ""), "End": (35, ""),
}  # fmt: skip


class Page:
    """One page of the browser."""

    def __init__(self, out: int, back: int, folder: Path) -> None:
        self._out, self._back, self.folder = out, back, folder
        self._kept, self._ids, self._session = b"", itertools.count(1), ""
        made = self.send("Target.createTarget", url="about:blank")
        attached = self.send("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = attached["sessionId"]
        self.send("Page.enable")

    def send(self, method: str, **given: Any) -> Any:
        """Ask, and return the answer; what the browser tells meanwhile is left aside."""
        asked: dict[str, Any] = {"id": next(self._ids), "method": method, "params": given}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == asked["id"]:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _read(self) -> Any:
        while b"\0" not in self._kept:
            part = os.read(self._back, 1 << 20)
            if not part:
                raise RuntimeError("the browser has gone")
            self._kept += part
        one, self._kept = self._kept.split(b"\0", 1)
        return json.loads(one)

    def open(
        self, path: Path, *, width: int = 1280, height: int = 900, script: bool = True
    ) -> None:
        """Open a file at a size."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self.send("Page.navigate", url=path.as_uri() if isinstance(path, Path) else path)
        while (
            self.send("Runtime.evaluate", expression="document.readyState")["result"].get("value")
            != "complete"
        ):
            pass

    def run(self, expression: str) -> Any:
        """Return what an expression is worth on the page."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"].get("exception", answer)))
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, as a hand does."""
        for key in keys:
            code, text = _KEYS[key]
            common = {
                "key": key,
                "code": "Space" if key == " " else key,
                "windowsVirtualKeyCode": code,
            }
            self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
            self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def picture(self, path: Path) -> Path:
        """Write what is seen, the whole page high."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
        return path

    def pdf(self, path: Path) -> Path:
        """Print on paper."""
        made = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        path.write_bytes(base64.b64decode(made["data"]))
        return path

    def dark(self, *, dark: bool = True) -> None:
        """Ask for a dark page, or a light one."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def downloads(self, folder: Path) -> None:
        """Say where what is saved goes."""
        self.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))


@contextmanager
def browser() -> Iterator[Page]:
    """Start the browser and give a page of it."""
    read_there, write_here = os.pipe()
    read_here, write_there = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = (
            "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --remote-debugging-pipe "
            f"--no-first-run --hide-scrollbars --user-data-dir={folder}/profile about:blank"
        )
        process = subprocess.Popen(
            ["bash", "-c", f'exec "{BROWSER}" {options} 3<&{read_there} 4>&{write_there}'],
            pass_fds=(read_there, write_there),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_there)
        os.close(write_there)
        try:
            yield Page(write_here, read_here, Path(folder))
        finally:
            os.close(write_here)
            os.close(read_here)
            process.terminate()
            process.wait(10)
