"""What the engine says of its file, and the true cause in French: a disk, a journal, a version."""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb

from observatoire.errors import WorkspaceError
from observatoire.errors.translations import reader_words

#: What the engine raises of its file, or of itself, rather than of what it was asked.
_OF_ITS_FILE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)

#: What the engine, or Windows in its language, says of a disk that is full or of a share of it.
_FULL = re.compile(
    r"no space left|disk quota|file too large|not enough space|disk is full|espace insuffisant"
    r"|max_temp_directory_size",
    re.IGNORECASE,
)

_OTHER_VERSION = "Cet entrepôt a été fait par une version plus {age} de DuckDB."
_INSTALLED = "La version installée, {version}, ne sait pas le lire ; il est sain."

#: Causes that the engine's own words give, in the order in which they are looked for: what is wrong, why, and
#: what to do, with {journal} and {version}.
_CAUSES: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (
        _FULL,
        "Il n’y a plus de place sur le disque.",
        "L’entrepôt n’a pas pu être écrit ; ce qu’il contenait est intact.",
        "Faites de la place, puis recommencez.",
    ),
    (
        re.compile(r"replaying WAL|corrupt WAL|WAL file", re.IGNORECASE),
        "Le journal de l’entrepôt, « {journal} », est abîmé : sa fin n’a pas été écrite.",
        "L’ordinateur s’est arrêté ou le disque était plein ; l’entrepôt lui-même est sain.",
        (
            "Faites de la place s’il en manque, déplacez « {journal} » dans un autre dossier, puis rouvrez : "
            "seul est à recharger ce qui l’a été juste avant l’arrêt."
        ),
    ),
    (
        re.compile(r"older version", re.IGNORECASE),
        _OTHER_VERSION.format(age="ancienne"),
        _INSTALLED,
        "Ouvrez-le avec la version qui l’a fait, ou demandez-la à qui l’a fait.",
    ),
    (
        re.compile(r"version number (\d+)|newer version", re.IGNORECASE),
        _OTHER_VERSION.format(age="récente"),
        _INSTALLED,
        "Mettez DuckDB à jour (pip install --upgrade duckdb), puis rouvrez.",
    ),
    (
        # Another program holds the file.
        re.compile(r"\block\b|already open|(?:another|autre) process", re.IGNORECASE),
        "L’entrepôt est déjà ouvert par un autre programme.",
        "",
        "Fermez l’autre carnet ou l’autre fenêtre, puis recommencez.",
    ),
)


def is_of_the_file(error: duckdb.Error) -> bool:
    """Say whether the engine complains of its file, its disk or itself, not of a statement."""
    words = str(error)
    return (
        isinstance(error, (*_OF_ITS_FILE, duckdb.OutOfMemoryException))
        or type(error) is duckdb.Error
        or (isinstance(error, duckdb.TransactionException) and bool(_FULL.search(words)))
    )


def failure(error: duckdb.Error, path: Path | str, ledger: Path | None = None) -> WorkspaceError:
    """Return our error for what the engine says of a warehouse.

    Parameters
    ----------
    error : duckdb.Error
        What it raised, of which :func:`is_of_the_file` is true.
    ledger : Path, optional
        The text that keeps the ledger beside it, when there is one.

    Examples
    --------
    >>> full = duckdb.IOException("Could not write file: No space left on device")
    >>> print(failure(full, "o.duckdb").what)
    Il n’y a plus de place sur le disque.
    """
    words = str(error)
    named = {"journal": f"{Path(path).name}.wal", "version": duckdb.__version__}
    for known, *sentences in _CAUSES:
        if known.search(words):
            what, why, remedy = (sentence.format(**named) for sentence in sentences)
            return WorkspaceError(what, where=str(path), why=why, remedy=remedy)
    if isinstance(error, duckdb.OutOfMemoryException):
        return WorkspaceError(
            "La mémoire de l’ordinateur ne suffit pas à cette opération.",
            where=str(path),
            why="L’entrepôt est inchangé.",
            remedy="Fermez d’autres programmes, ou chargez les fichiers un par un.",
        )
    file = Path(path)
    if isinstance(path, Path) and not os.access(file if file.exists() else file.parent, os.W_OK):
        return WorkspaceError(
            "L’entrepôt est dans un dossier ou un fichier en lecture seule.",
            where=str(path),
            why="L’ouvrir demande le droit d’y écrire.",
            remedy="Demandez ce droit, ou copiez l’espace de travail dans un dossier à vous.",
        )
    return WorkspaceError(
        "L’entrepôt ne se laisse plus lire ou écrire : ce n’est pas un fichier DuckDB, ou il est abîmé.",
        where=str(path),
        why=reader_words(error),
        remedy=healthy_copy(ledger),
    )


def healthy_copy(ledger: Path | None) -> str:
    """Say what to do with a damaged warehouse: what was published must not be forgotten with it."""
    if ledger is not None and ledger.is_file():
        return (
            "Remettez-en une copie saine. À défaut, fermez tout et renommez-le : il sera reconstruit à "
            f"partir de data/raw, et le registre de ce qui a été publié à partir de « {ledger.name} », "
            "qu’il faut garder."
        )
    return (
        "Remettez-en une copie saine, et gardez ce fichier : ce qui a été publié n’est connu que de "
        "lui, et il faut le connaître pour protéger ce qui le sera."
    )


def refuse_path(path: Path) -> None:
    """Refuse a path that the engine reads otherwise than the system does.

    Raises
    ------
    WorkspaceError
        When a folder or the file has a question mark in its name.
    """
    if "?" in str(path):
        raise WorkspaceError(
            "Le chemin de l’entrepôt porte un point d’interrogation.",
            where=str(path),
            why="Le moteur DuckDB prend pour des réglages ce qui suit un « ? ».",
            remedy="Renommez le dossier ou le fichier sans « ? ».",
        )
