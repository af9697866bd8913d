"""The demo with one made-up source whose small counts must show nowhere."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

import oracle
from made_once import loaded, write_files

if TYPE_CHECKING:
    from pathlib import Path

THRESHOLD = 11

#: Aided households by IRIS and all households. Lone IRIS make quartiers FDF01, FDF02, FDF07,
#: FDF08, FDF09 and LAM02; two make FDF03; one holds FDF04, one FDF06. The digits of a secret are
#: found nowhere else.
AIDED = {
    "972090101": (7.3191, 90.0),  # FDF01: the count and both ratios tell it
    "972090102": (83.0, 88.4173),  # FDF02: 5.4173 are not aided, the share tells it
    "972090203": (0.0, 97.0),  # FDF07: zero is not hidden
    "972090201": (53.0, 97.0),  # FDF08: may be shown
    "972090106": (5.2377, 5.2377),  # FDF09: all of a small group
    "972090701": (3.4177, 61.0),  # FDF03: with 59 more it may be shown
    "972090702": (59.0, 67.0),
    "972090801": (7.6421, 71.0),  # FDF04, a part of it: bounds and context tell it
    "972090105": (41.0, 73.0),  # FDF06, a part of it: may be shown
    "972131301": (7.9817, 79.0),  # LAM02, and the least that the ZUS may hold
    "972131302": (47.0, 89.0),  # LAM01, LAM03, LAM04, LAM05: parts
    "972131303": (43.0, 83.0),  # LAM07 to LAM10 and LAM12: a set of parts only
    "972131304": (61.0, 101.0),
    "972131305": (67.0, 103.0),
    "972131306": (71.0, 107.0),
}

#: Other numbers under the threshold for the same places: nothing shown may depend on them.
OTHERWISE = {
    "972090101": (2.7713, 90.0),
    "972090106": (8.8881, 8.8881),
    "972090801": (10.1119, 71.0),
    "972131301": (1.3337, 79.0),
}

#: The cells that must be hidden: quartiers, or ZUS, by indicator.
HIDDEN = {
    "menages_aides": {"FDF01", "FDF04", "FDF09", "LAM02"},
    "part_aides": {"FDF01", "FDF02", "FDF04", "FDF09", "LAM02"},
    # FDF02: the inverse of its share, which would tell the 5.4173 who are not aided.
    "menages_par_aide": {"FDF01", "FDF02", "FDF04", "FDF09", "LAM02"},
    "cas_suivis": {"FDF01", "FDF03", "FDF05"},
    "part_cas": {"FDF01", "FDF03", "FDF05"},
}

#: Digits of the secrets and of the rates that tell them, as a file or a page would write them.
SECRETS = [
    7.3191, 5.4173, 5.2377, 7.6421, 7.9817, 6.1543, 6.2719,
    100 * 7.3191 / 90, 90 / 7.3191, 100 * 83 / 88.4173,
    100 * 7.6421 / 71, 71 / 7.6421, 100 * 7.9817 / 79, 79 / 7.9817,
    100 * 6.1543 / 137, 100 * 6.2719 / 149,
]  # fmt: skip

SOURCE = f"""
title = "Ménages aidés"
producer = "Essai"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"

[[files]]
name = "aides.csv"
layout = "wide"
separator = ";"
territory = "IRIS"
period = "2016"

[markers]
blank = "missing"
secret = ["s"]

[secrecy]
threshold = {THRESHOLD}
unit = "ménages"
rule = "Rien au-dessous de {THRESHOLD} ménages."

[variables.aides]
label = "Ménages aidés"
nature = "count"
unit = "ménages"
universe = "Ménages"

[variables.menages]
label = "Ménages"
nature = "count"
unit = "ménages"
universe = "Ménages"
"""

LONG_SOURCE = f"""
title = "Cas suivis"
producer = "Essai"
licence = "Licence Ouverte 2.0"
zoning = "quartier-cucs-2007"

[[files]]
name = "cas.csv"
layout = "long"
separator = ";"
zoning_column = "zonage"
territory = "territoire"
variable_column = "variable"
period_column = "annee"
value_column = "valeur"
low_column = "bas"
high_column = "haut"
note_column = "note"

[markers]
blank = "missing"
secret = ["s"]

[secrecy]
threshold = {THRESHOLD}
unit = "personnes"
rule = "Rien au-dessous de {THRESHOLD} personnes."

[variables.cas]
label = "Cas suivis"
nature = "count"
unit = "personnes"
universe = "Habitants"

[variables.vus]
label = "Personnes vues"
nature = "count"
unit = "personnes"
universe = "Habitants"
"""

#: Quartier, count, bounds and note: the notes tell what they should not.
CASES = [
    ("FDF01", "cas", "6.1543", "", "", "six cas, soit 6,1543 sur 137"),
    ("FDF02", "cas", "29", "", "", "relevé de mars"),
    ("FDF03", "cas", "s", "", "", "4,8765 cas masqués"),
    ("FDF04", "cas", "0", "", "", ""),
    ("FDF05", "cas", "", "6.2719", "43", "entre 6,2719 et 43"),
    ("FDF06", "cas", "30", "20", "43", "sondage"),
    ("FDF01", "vus", "137", "", "", ""),
    ("FDF02", "vus", "139", "", "", ""),
    ("FDF04", "vus", "0", "", "", ""),
    ("FDF05", "vus", "149", "", "", ""),
    ("FDF06", "vus", "100", "90", "120", ""),
]

#: By code: label, short label, nature, unit, definition, universe, source, numerator and denominator.
_DEFINED = {
    "menages_aides": (
        *("Ménages aidés", "Ménages aidés", "count", "ménages"),
        *("Ménages qui reçoivent une aide.", "Ménages", "essai-aides", "aides", ""),
    ),
    "part_aides": (
        *("Part des ménages aidés", "Aidés", "rate", "%"),
        *("Ménages aidés sur ménages.", "Ménages", "essai-aides", "aides", "menages"),
    ),
    "menages_par_aide": (
        *("Ménages par ménage aidé", "Par aidé", "rate", "ménages"),
        *("Ménages sur ménages aidés.", "Ménages", "essai-aides", "menages", "aides"),
    ),
    "cas_suivis": (
        *("Cas suivis", "Cas suivis", "count", "personnes"),
        *("Personnes suivies.", "Habitants", "essai-cas", "cas", ""),
    ),
    "part_cas": (
        *("Part des cas suivis", "Part des cas", "rate", "%"),
        *("Cas suivis sur personnes vues.", "Habitants", "essai-cas", "cas", "vus"),
    ),
}
INDICATORS = "".join(
    f"""
[indicators.{code}]
label = "{label}"
short = "{short}"
theme = "sante"
nature = "{nature}"
unit = "{unit}"
decimals = 4
definition = "{definition}"
universe = "{universe}"
sources = ["{source}"]
numerator = ["{top}"]
"""
    + f'denominator = ["{bottom}"]\n' * bool(bottom)
    for code, (label, short, nature, unit, definition, universe, source, top, bottom) in (
        _DEFINED.items()
    )
)

SHOWN = tuple(_DEFINED)


def write_workspace(folder: Path, *, otherwise: bool = False) -> Path:
    """Write the workspace in a folder: the demo's census and the made-up sources."""
    aided = AIDED | OTHERWISE if otherwise else AIDED
    swap = {"6.1543": "9.5179", "6.2719": "3.1117"} if otherwise else {}
    shutil.copytree(oracle.GEO, folder / "geo")
    shutil.copytree(oracle.RAW / "insee-rp2016", folder / "data" / "raw" / "insee-rp2016")
    shutil.copy(oracle.ROOT / "observatoire.toml", folder)
    catalogue = (oracle.ROOT / "indicators.toml").read_text(encoding="utf-8")
    catalogue = catalogue.replace("maps = []", f"maps = {list(SHOWN)}", 1)
    catalogue = catalogue.replace('  "beneficiaires_cmu",', "".join(f'  "{c}",\n' for c in SHOWN))
    rows = [f"{iris};{few};{all_}\n" for iris, (few, all_) in aided.items()]
    lines = [
        f"quartier-cucs-2007;{quartier};{variable};2016;"
        f"{swap.get(value, value)};{swap.get(low, low)};{high};{note}\n"
        for quartier, variable, value, low, high, note in CASES
    ]
    head = "zonage;territoire;variable;annee;valeur;bas;haut;note\n"
    files = {
        "indicators.toml": catalogue + INDICATORS,
        "data/raw/essai-aides/source.toml": SOURCE,
        "data/raw/essai-aides/aides.csv": "".join(["IRIS;aides;menages\n", *rows]),
        "data/raw/essai-cas/source.toml": LONG_SOURCE,
        "data/raw/essai-cas/cas.csv": "".join([head, *lines]),
    }
    write_files(folder, files)
    return folder


def loaded_workspace(folder: Path, *, otherwise: bool = False) -> Path:
    """Return the workspace in a folder, loaded, what it may show decided."""
    write = partial(write_workspace, otherwise=otherwise)
    return loaded(f"secret-{otherwise}", write, folder, decide="menages_aides")


def secret_texts() -> list[str]:
    """Return what no output may hold: digits of the secrets, with a dot or a comma."""
    found = []
    for number in SECRETS:
        cut = f"{number:.6f}"[:-2]
        found += [cut, cut.replace(".", ","), f"{number:.4f}".replace(".", ",")]
    return [*found, "six cas", "4,8765"]
