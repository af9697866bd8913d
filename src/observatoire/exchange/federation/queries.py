"""The questions of a federation, as SQL: the files of ``questions/``, and the view they are put to."""

from __future__ import annotations

from importlib import resources

from observatoire.exchange.publication.figures import VALUE_FIELDS

#: The columns of a federation's figures: whose they are, then those of the packages.
FIGURE_COLUMNS = ("observatoire", *(french for french, _, _ in VALUE_FIELDS.values()))

_EMPTIED = ("valeur", "borne_basse", "borne_haute", "plausible_bas", "plausible_haut")

#: What agreements keep back, beside the figures of members.
_KEPT_BACK = """
LEFT JOIN retenus AS r
  ON r.observatoire = m.observatoire AND r.indicateur = v.indicateur AND r.periode = v.periode
"""


def question_text(name: str) -> str:
    """Return the SQL of a question."""
    folder = resources.files("observatoire.exchange.federation") / "questions"
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


def known_view(files: str) -> str:
    """Return the SQL of all that members ever showed; ``passe`` says what is no longer: it cannot be unread."""
    columns = ", ".join(f"v.{name}" for name in FIGURE_COLUMNS[1:])
    return f"""
SELECT m.observatoire, {columns}, p.fichier IS NULL OR r.retenu IS NOT NULL AS passe
FROM {files} AS v
JOIN connus AS m ON m.fichier = v.fichier
LEFT JOIN membres AS p ON p.fichier = v.fichier
{_KEPT_BACK}"""  # noqa: S608 - names of ours


def figures_view(files: str) -> str:
    """Return the SQL of the figures: those of the files, with whose they are, less what is kept back."""
    columns = ",\n       ".join(_column(name) for name in FIGURE_COLUMNS[1:])
    return f"""
SELECT m.observatoire, {columns}
FROM {files} AS v
JOIN membres AS m ON m.fichier = v.fichier
{_KEPT_BACK}"""  # noqa: S608 - names of ours


def _column(name: str) -> str:
    emptied = dict.fromkeys(_EMPTIED, "NULL") | {
        "statut": "'non disponible'",
        "methode": "''",
        "motif": "r.retenu",
        "OBS_STATUS": "'O'",
    }
    if name in emptied:
        return f"CASE WHEN r.retenu IS NULL THEN v.{name} ELSE {emptied[name]} END AS {name}"
    return f"v.{name}"
