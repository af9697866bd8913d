"""A logo is a picture in a file: what is none is refused with a sentence, and never waited for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from observatoire.annex.logo import logo_figure
from observatoire.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NO_LOGOS: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": os.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "nothing": lambda _: None,
    "an empty file": lambda path: path.write_bytes(b""),
    "six million octets": lambda path: path.write_bytes(b"\x89PNG" + bytes(6_000_000)),
    "a text": lambda path: path.write_text("<script>"),
    "a drawing that runs": lambda path: path.write_text("<svg><script>1</script></svg>"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("make", NO_LOGOS.values(), ids=NO_LOGOS)
def test_what_is_no_picture_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A pipe would have been waited for, and a device read, for ever."""
    make(tmp_path / "logo.png")
    with pytest.raises(FileError) as refused:
        logo_figure(tmp_path / "logo.png")
    assert "logo.png" in str(refused.value)
