"""No figure goes further, later or sooner than its agreement allows, by any door."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from built_workspace import SOURCE_TOML, says
from demo import demo
from evaluation_workspace import PROGRAMME_TOML
from hypothesis import given
from hypothesis import strategies as st
from made_once import loaded
from secrecy_workspace import SHOWN, loaded_workspace

import observatoire as obs
from observatoire.annex import annex_page
from observatoire.errors import SecrecyError, UnknownNameError
from observatoire.exchange.publication.descriptor import Publication
from observatoire.exchange.publication.package import write_package
from observatoire.indicators.query import answer
from observatoire.secrecy.release.agreements import Gate, refusal, withhold
from observatoire.sources.descriptors.agreement import AUDIENCES, Agreement
from observatoire.workspace.model import PublicationTerms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from built_workspace import Place

    from observatoire.observatory.observatory import Observatory

STARTS, ENDS = dt.date(2025, 1, 1), dt.date(2026, 12, 31)
INSIDE = dt.date(2026, 6, 1)
AGREED = """
[convention]
partner = "la Caf"
from = 2025-01-01
until = 2026-12-31
audience = "{audience}"
"""

#: A figure of the source under agreement that nothing else hides: 139 people seen in a quartier.
FIGURE = "139"


def agreed(folder: Path, audience: str) -> Observatory:
    def write(place: Path) -> None:
        path = loaded_workspace(place) / "data" / "raw" / "essai-cas" / "source.toml"
        path.write_text(path.read_text("utf-8") + AGREED.format(audience=audience), "utf-8")

    o = obs.open(loaded(f"convention-{audience}", write, folder, decide="cas_suivis"))
    o.today = lambda: INSIDE
    return o


@pytest.fixture(scope="module", params=AUDIENCES)
def each(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    o = agreed(tmp_path_factory.mktemp("convention") / "e", request.param)
    yield o, request.param
    o.close()


@pytest.fixture(scope="module")
def internal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    o = agreed(tmp_path_factory.mktemp("convention") / "i", "interne")
    yield o
    o.close()


def cases(o: Observatory, audience: str = "interne") -> pd.DataFrame:
    table = o.table("cas_suivis", period=2016, audience=audience)  # type: ignore[arg-type]
    return table.df.set_index("territory")


def test_each_circle_sees_what_its_agreement_allows(each: tuple[Observatory, str]) -> None:
    o, allowed = each
    for audience in AUDIENCES:
        seen = AUDIENCES.index(audience) <= AUDIENCES.index(allowed)
        row = cases(o, audience).loc["FDF02"]
        assert (row["status"] == "observed") is seen
        if seen:
            assert row["value"] == 29
        else:
            assert pd.isna(row[["value", "low", "high"]]).all()
            assert row["status"] == "missing"
            assert "Convention avec la Caf" in row["reason"]
            assert row["method"] == ""


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        (STARTS - dt.timedelta(1), False),
        (STARTS, True),
        (ENDS, True),
        (ENDS + dt.timedelta(1), False),
    ],
)
def test_the_first_and_last_days_are_in(internal: Observatory, day: dt.date, seen: bool) -> None:  # noqa: FBT001
    internal.today = lambda: day
    try:
        frame = cases(internal)
        assert (frame.loc["FDF02", "status"] == "observed") is seen
        if not seen:
            said = "échue le 31" if day > ENDS else "à partir du 1er"
            assert set(frame["value"].dropna()) == set()
            assert frame["reason"].str.contains(said).all()
    finally:
        internal.today = lambda: INSIDE


def test_nothing_is_shown_before_the_agreement_is_signed() -> None:
    early = Agreement("la Caf", "public", dt.date(2026, 6, 2), STARTS, ENDS)
    assert "à partir du 2\u00a0juin\u00a02026" in refusal(early, INSIDE, "interne")
    assert refusal(early, dt.date(2026, 6, 2), "public") == ""


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ([("Ville", "Deal"), ("Deal",)], "usage des partenaires (Deal)."),
        ([("Ville",), ("Deal",)], "dont aucun n’est destinataire de tous ces chiffres."),
        ([("Ville",), ()], "usage des partenaires (Ville)."),
        ([(), ()], "usage des partenaires. "),
    ],
)
def test_a_table_for_partners_names_those_who_may_have_it(
    each: tuple[Observatory, str], named: list[tuple[str, ...]], said: str
) -> None:
    table = answer(
        each[0]._context, ["cas_suivis", "menages_aides"], "quartier-cucs-2007", period="2016"
    )
    drawn = [("essai-cas", "cas_suivis"), ("essai-aides", "menages_aides")]
    lent = {
        source: Agreement("la Caf", "partenaires", recipients=names)
        for (source, _), names in zip(drawn, named, strict=True)
    }
    given = frozenset(
        (source, variable, "2016")
        for source, code in drawn
        for variable in table.indicators[code].variables("2016")
    )
    gate = Gate(lent, given, INSIDE, "partenaires")
    assert any(said in text for text in withhold(table, gate).warnings)


def test_the_message_says_what_to_do(internal: Observatory) -> None:
    internal.today = lambda: ENDS + dt.timedelta(400)
    try:
        table = internal.table("cas_suivis", period=2016)
        assert any("à renouveler" in text and "retenues" in text for text in table.warnings)
        assert table.audience == "public"
        assert internal.conventions()["state"].tolist() == ["échue"]
    finally:
        internal.today = lambda: INSIDE
    assert internal.conventions()["state"].tolist() == ["en vigueur"]


def test_a_rate_that_rests_on_it_is_kept_back_too(internal: Observatory) -> None:
    frame = internal.table("part_cas", period=2016, audience="public").df
    assert set(frame["status"]) == {"missing"}


def test_other_sources_are_untouched(internal: Observatory) -> None:
    kept = internal.table("population", period=2016, audience="public").df
    pd.testing.assert_frame_equal(kept, demo().table("population", period=2016).df)


def test_a_table_of_internal_figures_says_so(internal: Observatory) -> None:
    table = internal.table("cas_suivis", period=2016)
    assert table.audience == "interne"
    assert any("usage interne" in text for text in table.warnings)
    assert "usage interne" in internal.map("cas_suivis", period=2016).html
    assert internal.table("population", period=2016).audience == "public"


def test_saved_panels_and_maps_obey_the_dates(internal: Observatory, tmp_path: Path) -> None:
    internal.today = lambda: ENDS + dt.timedelta(1)
    try:
        sheets = [
            internal.panel(indicators=["cas_suivis"], period=2016),
            internal.profile("FDF02"),
        ]
        for rank, sheet in enumerate(sheets):
            text = sheet.save(tmp_path / f"{rank}.html").read_text("utf-8")
            assert rank or "échue le" in text  # a profile keeps to what it has
            assert not re.search(r">\s*29\s*<", text)
    finally:
        internal.today = lambda: INSIDE


def test_a_page_made_the_day_before_an_agreement_ends_does_not_leave_the_day_after(
    internal: Observatory, tmp_path: Path
) -> None:
    sheet = internal.panel(indicators=["cas_suivis"], period=2016)
    page = tmp_path / "veille.html"
    assert "29" in sheet.save(page).read_text("utf-8")
    internal.today = lambda: ENDS + dt.timedelta(1)
    try:
        with pytest.raises(SecrecyError, match="échue le"):
            sheet.save(page)
    finally:
        internal.today = lambda: INSIDE


@pytest.mark.parametrize("audience", ["public", "partenaires"])
def test_an_internal_figure_never_reaches_a_package(
    internal: Observatory, tmp_path: Path, audience: str
) -> None:
    folder = internal.publish(tmp_path / "paquet", audience=audience)  # type: ignore[arg-type]
    values = pd.read_csv(folder / "valeurs.csv", dtype=str)
    mine = values[values["indicateur"].isin(["cas_suivis", "part_cas"])]
    assert len(mine)
    assert mine[["valeur", "borne_basse", "borne_haute"]].isna().all().all()
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))["avertissements"]
    assert any("usage interne" in text for text in descriptor)


def test_an_internal_figure_never_reaches_an_annex(internal: Observatory, tmp_path: Path) -> None:
    forms: Any = internal.annex([tmp_path / "annexe.html", tmp_path / "annexe.xlsx"])
    with zipfile.ZipFile(forms[1]) as book:
        workbook = "".join(book.read(name).decode() for name in book.namelist())
    for text in (forms[0].read_text("utf-8"), workbook):
        assert "relevé de mars" not in text  # the producer's note beside the figure
        assert "Convention avec la Caf" in text


def test_partners_get_what_is_theirs_and_the_public_does_not(
    tmp_path: Path,
) -> None:
    with agreed(tmp_path / "p", "partenaires") as o:
        for audience, seen in (("partenaires", True), ("public", False)):
            folder = o.publish(tmp_path / audience, audience=audience)  # type: ignore[arg-type]
            values = pd.read_csv(folder / "valeurs.csv", dtype=str)
            mine = values[
                (values["indicateur"] == "cas_suivis") & (values["territoire"] == "FDF02")
            ]
            assert mine["valeur"].notna().all() == seen


def test_the_doors_refuse_a_table_for_a_narrower_circle(
    internal: Observatory, tmp_path: Path
) -> None:
    table = internal.table("cas_suivis", period=2016)
    about = Publication("x", "x", PublicationTerms(), sources=[], date="2026-01-01")
    with pytest.raises(SecrecyError) as refusal:
        write_package(table, tmp_path / "p", about)
    says(refusal.value, "usage interne", "audience")
    assert not (tmp_path / "p").exists()
    with pytest.raises(SecrecyError):
        annex_page(SimpleNamespace(table=table, audience="public"))  # type: ignore[arg-type]


@pytest.mark.parametrize("door", ["annex", "publish"])
def test_nothing_that_circulates_is_made_for_internal_use(
    internal: Observatory, tmp_path: Path, door: str
) -> None:
    with pytest.raises(SecrecyError) as refusal:
        getattr(internal, door)(tmp_path / "x.html", audience="interne")
    says(refusal.value, "interne", "o.panel")


def test_an_unknown_audience_is_refused(internal: Observatory, tmp_path: Path) -> None:
    for call in (
        lambda: internal.table("population", audience="tous"),  # type: ignore[arg-type]
        lambda: internal.annex(tmp_path / "x.html", audience="publique"),  # type: ignore[arg-type]
    ):
        with pytest.raises(UnknownNameError) as refusal:
            call()
        says(refusal.value, "public")


def test_loading_an_amended_agreement_takes_it_into_account(tmp_path: Path) -> None:
    with agreed(tmp_path / "a", "interne") as o:
        path = tmp_path / "a" / "data" / "raw" / "essai-cas" / "source.toml"
        path.write_text(path.read_text("utf-8").split("\n[convention]")[0], "utf-8")
        o.load("data/raw/essai-cas")
        assert o.conventions().empty
        assert cases(o, "public").loc["FDF02", "value"] == 29


CHECK = """
[checks.gros]
title = "Gros"
level = "erreur"
message = "{name} vaut {value}"
sql = "SELECT source, load, line, zoning, territory, name, variable, period, value FROM figure WHERE value = 139"
"""


def test_what_the_checks_find_obeys_the_dates(tmp_path: Path) -> None:
    with agreed(tmp_path / "c", "public") as o:
        (tmp_path / "c" / "checks.toml").write_text(CHECK, "utf-8")
        mine = o.checks().errors
        assert mine["value"].tolist() == [139]
        o.today = lambda: ENDS + dt.timedelta(1)
        report = o.checks()
        assert report.errors["value"].isna().all()
        saved = report.save(tmp_path / "anomalies.csv").read_text("utf-8-sig")
        for text in (str(report), saved, str(o.load("data/raw/essai-cas"))):
            assert "139" not in re.sub(r"[0-9a-f]{12,}", "", text)
            assert "échue le" in text


REGISTERS = (
    PROGRAMME_TOML.replace('"actions"', '"actions"\nfunders = { montant_caf = "Caf" }')
    + '\n[secrecy]\nthreshold = 0\nunit = "personnes"\nrule = "Aucune."\n'
)


def test_registers_listed_obey_the_dates(tmp_path: Path) -> None:
    folder = tmp_path / "r" / "data" / "raw" / "suivi"
    with agreed(tmp_path / "r", "public") as o:
        folder.mkdir()
        (folder / "source.toml").write_text(REGISTERS + AGREED.format(audience="interne"), "utf-8")
        where = "zonage;perimetre\n", "quartier-cucs-2007;FDF13\n"
        for file, heads, cells in (
            ("objectifs", "code;orientation;objectif;echeance;", "X1;O;Former;2020-01-01;"),
            (
                "actions",
                "annee;intitule;type;etape;montant_caf;",
                "2012;Atelier;Action;versé;4321;",
            ),
            ("notes", "date;source;force;texte;lecteurs;", "2012-03-01;Caf;forte;4321;public;"),
        ):
            (folder / f"{file}.csv").write_text(heads + where[0] + cells + where[1], "utf-8")
        o.load("data/raw/suivi")
        for listed in (o.objectives, o.actions, o.notes):
            o.today = lambda: INSIDE
            assert "suivi" in set(listed()["source"])
            o.today = lambda: ENDS + dt.timedelta(1)
            assert "suivi" not in set(listed()["source"])


PARTS = """
[themes.t]
label = "Cas"

[indicators.part]
label = "Part des cas"
theme = "t"
nature = "rate"
unit = "%"
definition = "Cas parmi les ménages."
universe = "Ménages"
sources = ["{first}", "{second}"]
numerator = ["{part}"]
denominator = ["POP"]
"""


@pytest.mark.parametrize("lent", ["part", "whole"])
def test_a_part_above_its_whole_tells_nothing_of_what_has_expired(place: Place, lent: str) -> None:
    toml = SOURCE_TOML.replace("[variables.POP]", "[variables.CAS]").split("[variables.TAUX]")[0]
    place.write("data/raw/caf/source.toml", toml.replace("population.csv", "caf.csv"))
    place.write("data/raw/caf/caf.csv", "IRIS;CAS\n972090102;2345\n")
    place.write("indicators.toml", PARTS.format(first="caf", second="src", part="CAS"))
    path = place.root / "data/raw" / {"part": "caf", "whole": "src"}[lent] / "source.toml"
    path.write_text(path.read_text("utf-8") + AGREED.format(audience="public"), "utf-8")
    with obs.open(place.root) as o:
        o.today = lambda: INSIDE
        o.load()
        (row,) = o.checks().errors.to_dict("records")
        said = row["message"].replace("\u202f", "")
        assert ("2345" in said, "2000 (src)" in said) == (True, True)
        o.today = lambda: ENDS + dt.timedelta(1)
        printed = str(o.checks()) + o.checks().df.to_string()
        assert not [
            figure for figure in ("2345", "2\u202f345", "2000", "2\u202f000") if figure in printed
        ]
        assert "échue le" in printed


def test_loading_under_an_agreement_that_has_expired_says_so(tmp_path: Path) -> None:
    with agreed(tmp_path / "d", "public") as o:
        assert "échue" not in str(o.load("data/raw/essai-cas"))
        for day, said in (
            (ENDS + dt.timedelta(1), "échue le 31\u00a0décembre\u00a02026"),
            (STARTS - dt.timedelta(1), "applicable à partir du 1er\u00a0janvier\u00a02025"),
        ):
            o.today = lambda day=day: day
            assert said in str(o.load("data/raw/essai-cas"))


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@given(
    starts=st.none() | DAYS,
    ends=st.none() | DAYS,
    today=DAYS,
    allowed=st.sampled_from(AUDIENCES),
    audience=st.sampled_from(AUDIENCES),
)
def test_a_figure_passes_only_inside_its_dates_and_its_circle(
    starts: dt.date | None, ends: dt.date | None, today: dt.date, allowed: str, audience: str
) -> None:
    convention = Agreement("x", allowed, starts=starts, ends=ends)
    inside = (starts is None or starts <= today) and (ends is None or today <= ends)
    order = {"interne": 0, "partenaires": 1, "public": 2}
    assert (refusal(convention, today, audience) == "") == (
        inside and order[audience] <= order[allowed]
    )


def test_a_gate_without_agreement_changes_nothing() -> None:
    o = demo()
    computed = answer(o._context, ["population"], "quartier-cucs-2007")
    gate = Gate({}, frozenset(), INSIDE, "public")
    assert withhold(computed, gate) is computed


def test_the_made_up_indicators_are_those_of_the_workspace() -> None:
    assert {"cas_suivis", "part_cas"} < set(SHOWN)


@pytest.mark.parametrize(
    ("recipients", "audience", "reader", "passes"),
    [
        (("ville du Lamentin", "préfecture"), "partenaires", "Le Lamentin", True),
        (("ville de Fort-de-France",), "partenaires", "Le Lamentin", False),
        (("ville de Fort-de-France",), "partenaires", "", True),  # the circle as a whole
        ((), "partenaires", "Le Lamentin", True),  # names nobody: every partner
        (("ville de Fort-de-France",), "interne", "Le Lamentin", True),
        (("ville de Fort-de-France",), "public", "Le Lamentin", False),
    ],
)
def test_an_agreement_that_names_its_partners_is_for_those_who_read(
    recipients: tuple[str, ...], audience: str, reader: str, *, passes: bool
) -> None:
    convention = Agreement("la Caf", "partenaires", recipients=recipients)
    reason = refusal(convention, INSIDE, audience, reader)
    assert passes == (not reason)
    if not passes:
        assert recipients[0] in reason
    assert bool(refusal(convention, INSIDE, audience)) == (audience == "public")
