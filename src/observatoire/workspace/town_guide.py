"""The page that lies in a new workspace: what it holds, what to do next, what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import of_name
from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GUIDE_FILE = "LISEZMOI.md"


def write_guide(
    root: Path, title: str, zoning: str, kept: Sequence[str], lacking: Sequence[str]
) -> Path:
    """Write the guide of a new workspace.

    Parameters
    ----------
    kept, lacking : sequence of str
        What it holds, what is not there.
    """
    path = root / GUIDE_FILE
    model = embedded_root() / "modeles/espace" / GUIDE_FILE
    text = model.read_text(encoding="utf-8").format(
        of_title=of_name(title), zoning=zoning, kept=_listed(kept), lacking=_listed(lacking)
    )
    path.write_text(text, encoding="utf-8")
    return path


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}." for line in lines)
