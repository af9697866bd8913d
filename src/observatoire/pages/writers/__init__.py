"""One writer a form: ``html``, ``typst`` (PDF, SVG, PNG), ``word``, ``excel``."""
