"""Configuration of Sphinx: a French site that is read from a folder, without a network."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "src"))

from made_pages import write_pages  # noqa: E402 - the folder above is where it stands

import observatoire  # noqa: E402

project, author = "observatoire", "Les contributeurs d’observatoire"
version = release = observatoire.__version__
language = "fr"
html_title = f"observatoire {version}"
html_theme = "furo"
html_show_copyright = html_show_sourcelink = html_copy_source = False
smartquotes = False  # typography is written as it should be read

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
exclude_patterns = ["_*/**"]

write_pages(HERE)
