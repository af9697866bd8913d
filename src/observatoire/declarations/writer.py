"""TOML as the library writes it: keys, values, tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def key(text: str) -> str:
    """Write a key, between quotes when it needs them.

    Examples
    --------
    >>> key("POP"), key("Nb d’allocataires")
    ('POP', '"Nb d’allocataires"')
    """
    return text if _BARE.fullmatch(text) else value(text)


def value(content: object) -> str:
    r"""Write a value as TOML does.

    Examples
    --------
    >>> value("a\tb"), value(["s", "<5"]), value(True), value(5.0)
    ('"a\\tb"', '["s", "<5"]', 'true', '5.0')
    """
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, list | tuple):
        return f"[{', '.join(value(item) for item in content)}]"
    if isinstance(content, str):
        return json.dumps(content, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(content)


def _nested(name: str, table: Mapping[str, object]) -> list[str]:
    r"""Write a table, and those it holds after its own keys.

    Examples
    --------
    >>> _nested("precision", {"fraction": 0.4, "effects": {"P??_RP*": 2.0}})
    ['[precision]\nfraction = 0.4', '[precision.effects]\n"P??_RP*" = 2.0']
    """
    inner = {
        key(inside): content for inside, content in table.items() if isinstance(content, Mapping)
    }
    own = {inside: content for inside, content in table.items() if not isinstance(content, Mapping)}
    parts = [f"[{name}]\n{lines(own)}"] if own else []
    for inside, content in inner.items():
        parts += _nested(f"{name}.{inside}", content)
    return parts


def lines(table: Mapping[str, object]) -> str:
    r"""Write keys and values, a line each, but those that are empty.

    Examples
    --------
    >>> lines({"kind": "rate", "names": [], "places": 12})
    'kind = "rate"\nplaces = 12'
    """
    return "\n".join(
        f"{key(name)} = {value(content)}"
        for name, content in table.items()
        if content not in ("", [], {})
    )
