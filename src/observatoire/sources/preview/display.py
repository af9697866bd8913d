"""Lay out a preview: sections of sentences and small tables, as text and as HTML."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.french.typography import (
    NO_BREAK,
    capital,
    enumerate_words,
    number,
    plural,
    spaced,
)
from observatoire.sources.inference.diagnosis import filled, header_like
from observatoire.sources.observations.aliases import alias_notices
from observatoire.sources.observations.notices import (
    _named,
    heading_notices,
    mark_notices,
    reading_notices,
)
from observatoire.sources.observations.reject_messages import elsewhere_message
from observatoire.sources.tables.header import column_letter
from observatoire.sources.tables.rejects import HARMLESS
from observatoire.values import Nature

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.errors import ObservatoireError
    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.inference.table_finder import Found
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.sources.tables.sheets import SheetView


def _joined_notice(spec: FileSpec) -> str:
    """Say that short codes were joined to those of their communes."""
    return (
        f"Codes courts de la colonne « {spec.territory} », joints à la commune de la colonne "
        f"« {spec.prefix_column} »."
    )


def table_notices(found: Found) -> list[str]:
    """Say which sheets of a workbook were not read, and which codes were joined."""
    notices = []
    if found.others:
        single = len(found.others) == 1
        notices.append(
            f"{plural(len(found.others), 'autre feuille', 'autres feuilles')} avec des territoires, "
            f"pas lue{'' if single else 's'} : {_named(found.others)}. Pour {'la' if single else 'les'} "
            "charger aussi : écrivez le source.toml (o.preview(…).write(), ou --write), ôtez-y les « # » devant "
            f"{'sa table [[files]], dites sa' if single else 'leurs tables [[files]], dites leur'} période, puis "
            "chargez le dossier."
        )
    hidden_sheets = [name for name in found.hidden if name != found.table.sheet]
    if hidden_sheets:
        notices.append(f"Masqué dans le classeur, et pas lu : {_named(hidden_sheets)}.")
    if found.hidden_columns:
        notices.append(
            f"Colonnes masquées dans le classeur, et lues : {_named(found.hidden_columns)}."
        )
    return notices + ([_joined_notice(found.spec)] if found.spec.prefix_column else [])


def column_notices(plan: SourceDraft) -> list[str]:
    """Say which numbers are left out, which periods bear a mark, and that indicators are read in rows.

    Parameters
    ----------
    plan : SourceDraft
        What a ``source.toml`` would say.
    """
    called: dict[str, list[str]] = {}
    for column, call in plan.called.items():
        called.setdefault(call, []).append(column)
    numbers = (
        f"Nombres laissés de côté, lus comme des numéros, des rangs ou des codes : {_named(plan.numbered)}. "
        "S’ils comptent quelque chose, dites-le en tête de colonne (« Nombre de … »)."
    )
    marked = [numbers] if plan.numbered else []
    marked += [
        f"Chiffres dits « {call} » par le nom de leur colonne : {_named(names)}."
        for call, names in called.items()
    ]
    return marked + _by_rows(plan)


def _by_rows(plan: SourceDraft) -> list[str]:
    own, name = plan.file.get("periods"), plan.file.get("variable_column")
    if not name or plan.file.get("value_column") or not isinstance(own, dict):
        return []
    periods = enumerate_words(list(own.values()), most=_QUOTED)
    notices = [f"Indicateurs en lignes (colonne « {name} »), périodes en colonnes : {periods}."]
    ignored = plan.file.get("ignored")
    left = [name_left for name_left in ignored if name_left] if isinstance(ignored, list) else []
    left = [
        name_left
        for name_left in left
        if name_left not in (*plan.words, *plan.labels, plan.unit_column)
    ]
    if left:
        notices.append(f"Colonnes d’aucune période, laissées de côté : {_named(left)}.")
    return notices


#: What is shown of a sheet without a table: lines, columns, letters of a cell.
_LINES, _COLUMNS, _WIDEST = 8, 6, 24

#: The most lines of one kind that a preview lists, and writings that a sentence quotes.
_MOST, _QUOTED = 12, 6


@dataclass(frozen=True)
class Section:
    """A title, sentences, and a table whose first row is its header."""

    title: str
    lines: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


def sections(
    found: Found | None,
    plan: SourceDraft | None,
    parsed: Parsed | None,
    refusal: ObservatoireError | None,
) -> list[Section]:
    """Return what is shown of a preview, in reading order."""
    made = []
    if found is not None:
        made.append(_file_section(found, plan, parsed))
    if found is not None and parsed is not None:
        made.append(_territory_section(found, parsed))
    if plan is not None and parsed is not None:
        made += [_column_section(plan, parsed), _skipped_section(parsed)]
    made.append(_verdict(parsed, refusal))
    return made


def seen_section(sheet: SheetView) -> Section:
    """Return what is shown of a sheet in which no table was found: its size, its first lines."""
    rows = sheet.rows
    width = max(map(len, (row for _, row in rows)), default=0)
    lines = [
        f"{plural(len(rows), 'ligne remplie', 'lignes remplies')}, {plural(width, 'colonne')}."
    ]
    at = header_like(rows)
    if at is not None:
        texts = enumerate_words(
            [f"« {_cut(cell)} »" for cell in filled(rows[at][1])], most=_COLUMNS
        )
        lines.append(f"Ce qui ressemble le plus à un en-tête : ligne {rows[at][0]}, {texts}.")
    table = [("Ligne", *(column_letter(rank) for rank in range(min(width, _COLUMNS))))]
    for number_, row in rows[:_LINES]:
        cells = [_cut(row[rank]) if rank < len(row) else "" for rank in range(len(table[0]) - 1)]
        table.append((str(number_), *cells))
    title = f"Ce qui a été vu, feuille « {sheet.name} »" if sheet.name else "Ce qui a été vu"
    return Section(title, tuple(lines), tuple(table))


def _cut(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _file_section(found: Found, plan: SourceDraft | None, parsed: Parsed | None) -> Section:
    family = (
        f"Famille reconnue : {found.family.code} ({found.family.producer})."
        if found.family
        else "Famille : aucune ; lu comme le tableau d’un partenaire."
    )
    lines = [
        f"Forme : {found.table.form}.",
        family,
        f"Territoires : colonne « {found.spec.territory} », zonage {found.zoning}.",
    ]
    lines += table_notices(found) + reading_notices(parsed.table if parsed else found.table)
    if plan is not None and plan.file.get("commune_column"):
        lines.append(
            f"Communes : colonne « {plan.file['commune_column']} » ; chaque nom y est cherché dans la sienne."
        )
    if plan is not None:
        period = plan.file.get("period_column") or plan.file.get("period")
        where = "colonne " if plan.file.get("period_column") else ""
        part = f", avec la colonne {plan.file['part_column']}" if "part_column" in plan.file else ""
        lines.append(f"Période : {where}{period}{part}." if period else "Période : inconnue.")
        own = plan.file.get("periods")
        if isinstance(own, dict) and own:
            columns = [f"{column} → {period}" for column, period in own.items()]
            lines.append(f"Périodes de colonnes : {enumerate_words(columns, most=_MOST)}.")
        lines += column_notices(plan)
    return Section("Le tableau", tuple(lines))


def _territory_section(found: Found, parsed: Parsed) -> Section:
    frame, spec = found.table.frame, found.spec
    kept = parsed.cells.drop_duplicates("line")[["line", "territory"]]
    written = dict(zip(found.table.lines, frame[spec.territory].str.strip(), strict=True))
    pairs = {
        (written[line], str(code)): line for line, code in kept.iloc[::-1].itertuples(index=False)
    }
    mended = dict(zip(parsed.restored["raw"], parsed.restored["code"], strict=True))
    named = sorted((text, code) for text, code in pairs if code not in (text, mended.get(text)))
    coded = len(pairs) - len(named)
    ways = [
        f"{count} par leur {key}" for count, key in ((coded, "code"), (len(named), "nom")) if count
    ]
    lines = [f"Reconnus : {enumerate_words(ways) or 'aucun'}."]
    lines += [capital(notice) for notice in alias_notices(parsed.aliased) + heading_notices(parsed)]
    if mended:
        codes_mended = enumerate_words([f"{raw} → {code}" for raw, code in mended.items()], most=2)
        lines.append(f"Codes changés par un tableur, rétablis : {codes_mended}.")
    away = parsed.rejects[parsed.rejects["kind"] == "elsewhere"]
    unknown = parsed.rejects[parsed.rejects["kind"].isin(["territory", "part", "town", "commune"])]
    aliased = dict(zip(parsed.aliased["raw"], parsed.aliased["name"], strict=True))
    table = [
        (str(pairs[text, code]), text, _as_read(code, aliased.get(text)))
        for text, code in named[:_MOST]
    ]
    if len(named) > _MOST:
        table.append(("", f"… et {len(named) - _MOST} autres", ""))
    table += [
        (str(line), str(raw) or "(vide)", str(reason))
        for line, raw, reason in unknown[["line", "raw", "reason"]]
        .head(_MOST)
        .itertuples(index=False)
    ]
    if len(unknown):
        lines.append(f"{plural(len(unknown), 'inconnu ou ambigu', 'inconnus ou ambigus')}.")
    lines += [elsewhere_message(away)] if len(away) else []
    head = ("Ligne", "Écrit", "Lu")
    return Section("Les territoires", tuple(lines), (head, *table) if table else ())


_COLUMN_TITLES = (
    "Colonne", "Nature", "Unité", "Nombres", "Encadrés", "Secrets", "Absents", "Illisibles", "Remarque",
)  # fmt: skip
_STATUSES_SHOWN = ("observed", "bounded", "secret", "missing")


def _column_section(plan: SourceDraft, parsed: Parsed) -> Section:
    count_of = Counter(zip(parsed.cells["variable"], parsed.cells["status"], strict=True))
    bad = parsed.rejects[parsed.rejects["kind"].isin(["number", "negative"])]
    faults = Counter(bad["column"])
    table: list[tuple[str, ...]] = [_COLUMN_TITLES]
    for name, declared in list(plan.variables.items())[: 4 * _MOST]:
        cells = [str(count_of.get((name, status), 0)) for status in _STATUSES_SHOWN]
        table.append(
            (
                name, Nature(str(declared["nature"])).label, str(declared.get("unit", "")), *cells,
                str(faults.get(name, 0)), plan.doubts.get(name, ""),
            )
        )  # fmt: skip
    lines = []
    if len(plan.variables) > 4 * _MOST:
        lines.append(f"… et {len(plan.variables) - 4 * _MOST} autres colonnes.")
    ignored = plan.file.get("ignored")
    if isinstance(ignored, list) and ignored:
        ignored_names = [f"« {name} »" if name else "(sans nom)" for name in ignored]
        lines.append(f"Laissées de côté : {enumerate_words(ignored_names, most=_MOST)}.")
    lines += _signs(plan, parsed)
    return Section("Les chiffres", tuple(lines), tuple(table))


def _signs(plan: SourceDraft, parsed: Parsed) -> list[str]:
    words = {
        "secret": "secret",
        "missing": "non disponible",
        "not_applicable": "sans objet",
        "zero": "zéro, à vérifier",
    }
    meanings = [
        f"« {sign} » = {word}"
        for kind, word in words.items()
        for sign in _texts(plan.markers.get(kind, []))
    ]
    lines = [f"Signes : {enumerate_words(meanings)}."] if meanings else []
    ranged = parsed.cells[parsed.cells["status"] == "bounded"].drop_duplicates("marker")
    lines += [
        f"« {marker} » = entre {_shown(float(low))} et {_shown(float(high))} ({note})."
        for marker, low, high, note in ranged[["marker", "low", "high", "note"]]
        .head(_MOST)
        .to_numpy(object)
    ]
    return lines + mark_notices(parsed)


def _shown(bound: float) -> str:
    return number(bound, 0 if bound.is_integer() else 1)


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def _skipped_section(parsed: Parsed) -> Section:
    skipped = parsed.rejects[parsed.rejects["kind"].isin(HARMLESS)]
    lines = [
        (
            f"{plural(parsed.rows_read, 'ligne lue', 'lignes lues')} = "
            f"{plural(parsed.rows_kept, 'gardée')} + "
            f"{plural(parsed.rows_rejected, 'mise de côté', 'mises de côté')}."
        )
    ]
    outside = skipped[skipped["kind"] == "outside"]
    if len(outside):
        lines += [
            f"{plural(group['line'].nunique(), 'ligne')} : {str(reason)[:1].lower()}{str(reason)[1:]}"
            for reason, group in outside.groupby("reason")
        ]
    shown = skipped[skipped["kind"] != "outside"].drop_duplicates("line")
    table = [("Ligne", "Texte", "Pourquoi")]
    table += [
        (str(line), str(raw)[:80], str(reason))
        for line, raw, reason in shown[["line", "raw", "reason"]]
        .head(_MOST)
        .itertuples(index=False)
    ]
    return Section("Ce qui est mis de côté", tuple(lines), tuple(table) if len(table) > 1 else ())


def _verdict(parsed: Parsed | None, refusal: ObservatoireError | None) -> Section:
    if refusal is not None:
        return Section("Verdict", (f"Ne se charge pas. {refusal}",))
    faults: pd.DataFrame | None = parsed.faults if parsed is not None else None
    if faults is not None and len(faults):
        away = faults[faults["kind"] == "elsewhere"]
        rest = faults[~faults["line"].isin(away["line"])]
        lines = [
            f"Ligne {line}, colonne {column} : {reason}"
            for line, column, reason in rest[["line", "column", "reason"]]
            .head(_MOST)
            .itertuples(index=False)
        ]
        lines += [elsewhere_message(away)] if len(away) else []
        count = plural(faults["line"].nunique(), "ligne en faute", "lignes en faute")
        do = "corrigez, ou mettez-les" if len(rest) else "mettez-les"
        advice = f'{count} : {do} de côté (on_error="reject", ou --reject en ligne de commande).'
        return Section("Verdict", (advice, *lines))
    return Section("Verdict", ("Se charge en l’état. .write(), ou --write, écrit le source.toml.",))


# --- Two ways of printing --------------------------------------------------------------------------

#: Notebooks set cells to the right, words too.
_LEFT = 'style="text-align: left"'


def text_page(name: str, made: list[Section]) -> str:
    """Print sections as text."""
    lines = [f"Aperçu de {name}"]
    for section in made:
        lines += ["", section.title, *(f"  {spaced(line)}" for line in section.lines)]
        if section.table:
            widths = [
                max(len(row[at]) for row in section.table) for at in range(len(section.table[0]))
            ]
            widths = [min(width, 60) for width in widths]
            lines += [
                "  "
                + "  ".join(
                    cell.ljust(width) for cell, width in zip(row, widths, strict=True)
                ).rstrip()
                for row in section.table
            ]
    return "\n".join(lines)


def html_page(name: str, made: list[Section]) -> str:
    """Print sections as a fragment of HTML."""
    parts = [f"<h3>{html.escape(spaced(f'Aperçu de {name}'))}</h3>"]
    for section in made:
        parts.append(f"<h4>{html.escape(section.title)}</h4>")
        parts += [f"<p>{html.escape(spaced(line))}</p>" for line in section.lines]
        if section.table:
            head, *body = section.table
            cells = "".join(f'<th scope="col" {_LEFT}>{html.escape(cell)}</th>' for cell in head)
            rows = "".join(
                "<tr>"
                + "".join(f"<td {_LEFT}>{html.escape(cell) or NO_BREAK}</td>" for cell in row)
                + "</tr>"
                for row in body
            )
            parts.append(f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>")
    return f'<section class="observatoire-preview" lang="fr">{"".join(parts)}</section>'


def _as_read(code: str, alias_of: str | None) -> str:
    return f"{code}, autre nom de « {alias_of} »" if alias_of else code
