"""Convert a workspace to families of files: ``python bench/to_families.py [FOLDER]``; safe to run again.

``source.toml`` of the sources that are of a known family get ``family = "…"``, and their variables lose
the year that ends their name; in ``indicators.toml`` the indicators that only name such sources name
families (« base-ic:POP0014 ») instead. Other sources and indicators are left as they are.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from observatoire.sources.families.family import Family, read_families

#: Sources of the embedded workspace that are cut from files of a known family.
FAMILIES = {
    "insee-rp2010-taux": "iris-demographie",
    "insee-rp2016": "base-ic-extrait",
    "insee-rp-communes": "rp-communes",
    "filosofi-declare-2019": "filosofi",
    "filosofi-disponible": "filosofi-panel",
    "filosofi-qpv": "filosofi-qpv",
    "sdes-rpls-2022": "rpls-iris",
}


def convert_source(text: str, family: Family) -> str:
    """Return a ``source.toml`` that names its family, its variables without the year in their name."""
    declared = tomllib.loads(text)
    if "family" in declared:
        return text
    text = re.sub(r"(?m)^(zoning = .*)$", rf'\1\nfamily = "{family.code}"', text, count=1)
    renamed = {code: family.dateless(code) for code in declared["variables"]}
    renamed = {code: name for code, name in renamed.items() if code != name}
    for code, name in renamed.items():
        text = text.replace(f"[variables.{code}]", f"[variables.{name}]")
    if not renamed or declared["files"][0].get("layout") == "long":
        return text
    lines = [f'{code} = "{name}"' for code, name in renamed.items()]
    head, mark, tail = text.partition("\n[[files]]\n")
    end = re.search(r"\n\n", tail)
    at = end.start() if end else len(tail)
    return head + mark + tail[:at] + "\n\n[files.columns]\n" + "\n".join(lines) + tail[at:]


#: What the head of the catalogue says of names of families.
_HEAD = """\
# « famille:variable » nomme une famille de fichiers, non un dossier : tout fichier chargé de la famille, de
# n’importe quel millésime, la nourrit (base-ic:POP0014 est P16_POP0014 en 2016). sources = […] nomme des
# dossiers de data/raw, pour ce qui n’est d’aucune famille.
#
"""


class Names:
    """What the variables of a workspace's sources are called, by family."""

    def __init__(self, root: Path) -> None:
        self.known = read_families(root)
        self.given: dict[str, tuple[str, set[str]]] = {}
        self.families: dict[str, Family] = {}
        for path in (root / "data/raw").glob("*/source.toml"):
            declared = tomllib.loads(path.read_text(encoding="utf-8"))
            family = self.known.get(declared.get("family", ""))
            if family is not None:
                called = family.collection or family.code
                self.families[path.parent.name] = family
                self.given[path.parent.name] = (called, set(declared["variables"]))

    def written(self, name: str, sources: list[str]) -> str | None:
        """Return « family:variable », or None when no source of a family gives it."""
        for source in sources:
            called, variables = self.given.get(source, ("", set()))
            family = self.families.get(source)
            plain = name if re.search("[PC]YY_", name) else re.sub("_?YY$", "", name)
            plain = family.columns.get(plain, plain) if family else plain
            pattern = re.escape(plain).replace("YY", "[0-9]{2}")
            kin = [one for one in self.known.values() if one.is_named(called)] if family else []
            given = any(re.fullmatch(pattern, one) for one in variables)
            if family and (given or any(one.could_give(plain.replace("YY", "22")) for one in kin)):
                stem = family.stem
                return f"{called}:{plain.removeprefix(stem) if stem else plain}"
        return None


def convert_block(block: str, names: Names) -> str:
    """Return the table of an indicator, with families in the place of sources where it only names some."""
    if not re.match(r"\[indicators\.", block):
        return block
    table = next(iter(tomllib.loads(block)["indicators"].values()))
    sources = table.get("sources", [])
    sources = [sources] if isinstance(sources, str) else sources
    size = table.get("size", {})
    if size.get("source") in names.given:
        new = {name: names.written(name, [size["source"]]) for name in size["variables"]}
        line = re.search(r"(?m)^size = .*$", block)
        if line and all(new.values()):
            changed = _renamed(line[0].replace(f'source = "{size["source"]}", ', ""), new)
            block = block.replace(line[0], changed)
    if not sources or not set(sources) <= set(names.given):
        return block
    if "series" in table:
        called = ", ".join(dict.fromkeys(f'"{names.given[one][0]}"' for one in sources))
        return re.sub(r"(?m)^sources = .*$", f"families = [{called}]", block)
    wanted = [
        *table.get("numerator", []),
        *table.get("denominator", []),
        *filter(None, [table.get("variable")]),
    ]
    new = {name: names.written(name, sources) for name in wanted}
    if not all(new.values()):
        return block
    lines = [
        _renamed(line, new) if re.match("numerator|denominator|variable| ", line) else line
        for line in block.split("\n")
        if not line.startswith("sources = ")
    ]
    return "\n".join(lines)


def _renamed(line: str, new: dict[str, str | None]) -> str:
    return re.sub(r'"([^"]+)"', lambda found: f'"{new.get(found[1]) or found[1]}"', line)


def main(root: Path) -> None:
    """Convert the workspace of a folder in place, and say how many indicators name families."""
    known = read_families(root)
    for source, family in FAMILIES.items():
        path = root / "data/raw" / source / "source.toml"
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.write_text(convert_source(text, known[family]), encoding="utf-8")
    path = root / "indicators.toml"
    names = Names(root)
    text = path.read_text(encoding="utf-8")
    if "famille:variable" not in text:
        text = text.replace("#   nature  ", f"{_HEAD}#   nature  ", 1)
    blocks = re.split(r"(?m)^(?=\[)", text)
    made = [convert_block(block, names) for block in blocks]
    path.write_text("".join(made), encoding="utf-8")
    table = tomllib.loads("".join(made))["indicators"]
    left = {code: one["sources"] for code, one in table.items() if one.get("sources")}
    print(f"{len(table) - len(left)} indicators name families; left as they were: {len(left)}.")
    for code, sources in left.items():
        print(f"  {code}: {', '.join(sources)}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
