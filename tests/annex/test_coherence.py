"""What the annex says in one place is what it shows in another."""

from __future__ import annotations

import re
from functools import cache

import demo
import oracle
import pandas as pd
from lxml import html


@cache
def text() -> str:
    """Return all that the page says, every space alike."""
    page = html.fromstring(demo.annex(".html").read_text(encoding="utf-8"))
    for unread in page.xpath("//style | //script"):
        unread.drop_tree()
    return " ".join(" ".join(page.itertext()).split())


def test_a_finding_counts_every_quartier_that_bears_a_verdict_estimates_too() -> None:
    table = demo.annex_sheet().table
    names = {one.short: code for code, one in table.indicators.items()}
    code = names["Bac + 2 ou plus"]
    judged = {
        territory: row
        for (territory, measured), row in table.verdicts.items()
        if measured == code and row["mark"] and territory in oracle.links()
    }
    status = table.main[table.main["indicator"] == code].set_index("territory")["status"]
    worse = sum(int(row["rank"]) < 0 for row in judged.values())
    guessed = sum(status[each] == "estimated" for each in judged)
    said = f"moins favorable que dans leur commune dans {worse} des {len(judged)} quartiers jugés"
    assert guessed > 0
    assert f"{said}, dont {guessed} estimés" in text()


def test_quartiers_with_figures_of_their_own_are_those_made_of_whole_iris() -> None:
    whole = sum(bool(whole) for whole, _ in oracle.links().values())
    assert f"{whole} des 28 quartiers ont des chiffres propres" in text()
    assert "1 autre n’en a qu’un seul" in text()  # Bas-Mission: one count of the agreement of 2007


def test_an_objective_gives_its_figure_at_the_due_date_and_the_size_of_its_change() -> None:
    raw = oracle.ROOT / "data/raw/france-travail-communes/demandeurs-emploi.csv"
    seekers = pd.read_csv(raw, sep=";", dtype={"territoire": str})
    mine = seekers[(seekers["territoire"] == "97213") & (seekers["variable"] == "defm")]
    by_year = mine.set_index("annee")["valeur"]
    change = int(by_year[2023] - by_year[2009])
    assert change == -5  # its producer rounds to 5: no verdict
    assert "Stable (−5 personnes, pas plus que l’arrondi du producteur)." in text()
    at_due = f"{by_year[2013]:,.0f}".replace(",", " ")
    assert f"alors {at_due} personnes en 2013 (dégradation constatée)" in text()


def test_actions_by_theme_add_up_to_all_of_them() -> None:
    raw = pd.read_csv(oracle.ROOT / "data/raw/politique-ville-postes/postes.csv", sep=";")
    rest = raw[raw["thematique"].isna()]
    amount = f"{rest['montant_etat'].sum():,.0f}".replace(",", " ")
    assert f"Sans thématique {len(rest)} {amount}" in text()


def test_chance_is_reckoned_on_the_gaps_that_are_compared() -> None:
    tried = re.search(r"\d+ écarts jugés sur (\d+)", text())
    assert tried
    assert f"Sur {tried[1]} comparaisons à 95 %" in text()


def test_what_a_model_foretold_is_said_before_the_figures_and_in_the_method() -> None:
    assert "sont estimés par un modèle (e), connus entre deux bornes" in text()
    assert re.search(r"\d+ chiffres sont estimés par un modèle \(e\), .* QPV d’Occitanie", text())


def test_no_old_word_code_nor_doubled_stop() -> None:
    for word in ("encadré ", "n.d..", "○ ne se compare pas", "iris-2016", "quartier-cucs-2007 "):
        assert word not in text()
