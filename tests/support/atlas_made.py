"""The atlas of the embedded default, written once; its parts read back; its script run by itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import demo
from made_once import made_once

if TYPE_CHECKING:
    from pathlib import Path

NODE = shutil.which("node") or ""

WHY_NOT = "no JavaScript engine on this machine: apt-get install nodejs"


@cache
def atlas() -> Path:
    return made_once("atlas.html", lambda place: demo.demo().atlas(place))


def data_of(path: Path) -> Any:
    """Return the figures that a page holds."""
    page = path.read_text("utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def ran(expression: str, given: Any) -> Any:
    """Return what an expression of the script is worth; it reads ``given`` and the names of ``atlas``."""
    script = files("observatoire.panels.atlas").joinpath("atlas.js")
    program = (
        f"const atlas = require({json.dumps(str(script))});"
        "const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        f"process.stdout.write(JSON.stringify({expression}));"
    )
    run = subprocess.run(
        [NODE, "-e", program], input=json.dumps(given).encode(), capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    return json.loads(run.stdout)
