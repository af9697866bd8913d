"""All that a saved file holds as text."""

import subprocess
import zipfile
from pathlib import Path


def text_of(path: Path) -> str:
    """Return all that a file holds as text, whatever its form."""
    if path.suffix == ".pdf":
        run = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
        return run.stdout.decode()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "\n".join(
                archive.read(name).decode()
                for name in archive.namelist()
                if name.endswith((".xml", ".rels", ".vml"))
            )
    return path.read_text(encoding="utf-8")
