"""Every figure of the embedded default, worked out again from the files by other means."""

from __future__ import annotations

import math
from typing import Any

import demo
import oracle
import pytest

QUARTIERS = tuple(oracle.quartiers())
SETS = ("perimetre-cucs-2007", "zus-1996", "ensemble-cucs-2007")


def shown(codes: object, zoning: str = "quartier-cucs-2007") -> dict[tuple[str, str], Any]:
    frame = demo.demo().table(list(codes), zoning).df  # type: ignore[call-overload]
    return {(row["indicator"], row["territory"]): row for row in frame.to_dict("records")}


@pytest.fixture(scope="module")
def counts() -> dict[tuple[str, str], Any]:
    return shown(oracle.COUNTS)


@pytest.fixture(scope="module")
def rates() -> dict[tuple[str, str], Any]:
    return shown(oracle.RATES)


@pytest.fixture(scope="module")
def bare_rates() -> dict[tuple[str, str], Any]:
    return shown(oracle.BARE_RATES)


@pytest.fixture(scope="module")
def stand_ins() -> dict[tuple[str, str], Any]:
    return shown(oracle.STAND_INS)


def test_there_are_28_quartiers_and_two_without_link() -> None:
    assert len(QUARTIERS) == 28
    assert {oracle.quartiers()[code] for code in oracle.unlinked()} == {
        "Pont de Chaînes",
        "Bois d’Inde",
    }


@pytest.mark.parametrize("code", oracle.COUNTS)
def test_counts_of_quartiers(code: str, counts: dict[tuple[str, str], Any]) -> None:
    exact = 0
    for quartier in QUARTIERS:
        whole, part = oracle.links()[quartier]
        row = counts[code, quartier]
        if not whole and not part:
            assert row["status"] == "missing"
            assert "rattachement" in row["reason"]
            assert math.isnan(row["value"])
            assert math.isnan(row["passage_low"])
        elif part:
            none = oracle.count(part, oracle.COUNTS[code]) == 0
            assert row["status"] == ("bounded" if none else "estimated")
            assert none or row["precision"] == "prévision"
            assert none or 0 < row["pi95_low"] < row["pi80_low"] < row["value"]
            assert none or row["value"] < row["pi80_high"] < row["pi95_high"] < row["passage_high"]
            assert row["passage_low"] == 0
            assert row["passage_high"] == pytest.approx(
                oracle.count(part, oracle.COUNTS[code]), rel=1e-12
            )
        else:
            exact += 1
            truth = oracle.count(whole, oracle.COUNTS[code])
            assert row["status"] == "aggregated"
            assert row["value"] == pytest.approx(truth, rel=1e-12)
            assert (row["passage_low"], row["passage_high"]) == (row["value"], row["value"])
            assert row["coverage"] == 1
    assert exact == 11


@pytest.mark.parametrize("code", oracle.RATES)
def test_rates_of_quartiers(code: str, rates: dict[tuple[str, str], Any]) -> None:
    top, base = oracle.RATES[code]
    for quartier in QUARTIERS:
        whole, part = oracle.links()[quartier]
        row = rates[code, quartier]
        if not whole and not part:
            assert row["status"] == "missing"
            continue
        truth = oracle.rate(whole or part, top, base)
        assert math.isnan(row["passage_low"]) == bool(part)
        if row["status"] == "estimated":
            assert part
            assert 0 <= row["pi95_low"] <= row["pi80_low"] <= row["value"] <= row["pi80_high"] < 100
            continue
        assert row["status"] == ("context" if part else "aggregated")
        assert row["value"] == pytest.approx(truth, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("code", oracle.BARE_RATES)
def test_rates_without_counts(code: str, bare_rates: dict[tuple[str, str], Any]) -> None:
    file, column, factor = oracle.BARE_RATES[code]
    for quartier in QUARTIERS:
        whole, part = oracle.links()[quartier]
        row = bare_rates[code, quartier]
        texts = [oracle.given(file, iris, column) for iris in whole or part]
        if not texts:
            assert row["status"] == "missing"
        elif not all(texts):
            listed = [iris for iris in whole or part if iris in oracle.bare(file)]
            hidden = file in oracle.BLANK_IS_SECRET and len(listed) == len(texts)
            expected = "secret" if hidden and not any(texts) else "missing"
            assert row["status"] == expected, (quartier, row)
            assert math.isnan(row["value"])
            assert math.isnan(row["passage_low"])
            assert row["reason"]
        elif len(texts) > 1:
            values = [factor * float(text) for text in texts]
            assert row["status"] == ("estimated" if file == "rp2010" else "bounded")
            assert math.isnan(row["value"]) == (file != "rp2010")
            if file == "rp2010":
                assert (
                    min(values) <= row["pi95_low"] < row["value"] < row["pi95_high"] <= max(values)
                )
            assert (row["passage_low"], row["passage_high"]) == pytest.approx(
                (min(values), max(values))
            )
        elif row["status"] == "estimated":
            assert part
            assert (
                row["pi95_low"]
                < row["pi80_low"]
                < row["value"]
                < row["pi80_high"]
                < row["pi95_high"]
            )
        else:
            assert row["status"] == ("context" if part else "observed")
            assert row["value"] == pytest.approx(factor * float(texts[0]), rel=1e-12)


INDICES = ("indice_jeunesse", "gini_declare")
#: Levels that QPV and IRIS both publish: those of a part of an IRIS are foretold.
FORETOLD = (
    "indice_jeunesse",
    "personnes_par_logement",
    "niveau_vie_median",
    "loyer_moyen_parc_social",
    "loyer_median_parc_social",
)


@pytest.mark.parametrize("code", oracle.STAND_INS)
def test_a_median_of_a_union_has_no_value_and_lies_between_those_of_its_parts(
    code: str, stand_ins: dict[tuple[str, str], Any]
) -> None:
    file, column = oracle.STAND_INS[code]
    unions = 0
    for quartier in QUARTIERS:
        whole, part = oracle.links()[quartier]
        row = stand_ins[code, quartier]
        if len(whole) > 1:
            unions += 1
            known = [oracle.given(file, each, column) for each in whole]
            if code == "personnes_par_logement":  # a mean, weighed by the dwellings of 2016
                weights = [oracle.count([each], oracle.DWELLINGS) for each in whole]
                mean = sum(w * float(v) for w, v in zip(weights, known, strict=True)) / sum(weights)
                assert (row["status"], row["value"]) == ("estimated", pytest.approx(mean))
                assert (
                    row["pi95_low"] < row["pi80_low"] < mean < row["pi80_high"] < row["pi95_high"]
                )
                bounds = min(map(float, known)), max(map(float, known))
                assert (row["passage_low"], row["passage_high"]) == pytest.approx(bounds)
                continue
            assert math.isnan(row["value"])
            assert row["reason"]
            # An index of the whole may be above, or below, all of those of its parts.
            ends = sorted(map(float, known)) if all(known) and code not in INDICES else [math.nan]
            assert (row["status"] == "bounded") == (len(ends) > 1)
            bounds = row["passage_low"], row["passage_high"]
            assert bounds == pytest.approx((ends[0], ends[-1]), rel=1e-12, nan_ok=True)
        elif whole or part:
            text = oracle.given(file, (whole or part)[0], column)
            if text and row["status"] == "estimated":
                assert part
                assert code in FORETOLD
                assert row["pi80_low"] < row["value"] < row["pi80_high"]
            elif text:
                assert row["status"] == ("context" if part else "observed")
                assert row["value"] == pytest.approx(float(text), rel=1e-12)
            else:
                assert row["status"] in ("missing", "secret")
                assert math.isnan(row["value"])
    assert unions == 3


@pytest.mark.parametrize("zoning", SETS)
def test_sets_of_quartiers_have_sharp_bounds(zoning: str) -> None:
    counts, rates = shown(oracle.COUNTS, zoning), shown(oracle.RATES, zoning)
    for code, quartiers in oracle.members(zoning).items():
        whole, part = oracle.union(quartiers)
        if set(quartiers) & oracle.unlinked():
            for row in (
                *(counts[n, code] for n in oracle.COUNTS),
                *(rates[n, code] for n in oracle.RATES),
            ):
                assert row["status"] == "missing"
                assert math.isnan(row["passage_low"])
                assert "aucun IRIS connu" in row["reason"]
            continue
        for name, variables in oracle.COUNTS.items():
            row = counts[name, code]
            low = oracle.count(whole, variables)
            high = low + oracle.count(part, variables)
            if part:
                assert row["status"] == "bounded"
                assert math.isnan(row["value"])
                assert (row["passage_low"], row["passage_high"]) == pytest.approx(
                    (low, high), rel=1e-12
                )
            else:
                assert row["status"] == "aggregated"
                assert row["value"] == pytest.approx(low, rel=1e-12)
        for name, (top, base) in oracle.RATES.items():
            row = rates[name, code]
            n_low, n_all = oracle.count(whole, top), oracle.count(whole | part, top)
            c_low = oracle.count(whole, base) - n_low
            c_all = oracle.count(whole | part, base) - n_all
            if not part:
                assert row["status"] == "aggregated"
                assert row["value"] == pytest.approx(100 * n_low / (n_low + c_low), rel=1e-12)
            elif whole:
                low = 100 * n_low / (n_low + c_all)
                high = 100 * n_all / (n_all + c_low)
                assert row["status"] == "bounded"
                assert (row["passage_low"], row["passage_high"]) == pytest.approx(
                    (low, high), rel=1e-9
                )
            else:
                assert row["status"] in ("missing", "context")


@pytest.mark.parametrize(
    ("commune", "population", "hlm"),
    [("97209", "81017", "8725.390965"), ("97213", "40175", "3628.276486")],
)
def test_communes_to_the_printed_digit(commune: str, population: str, hlm: str) -> None:
    rows = shown(["population", "locataires_hlm"], "commune-2016")
    assert f"{rows['population', commune]['value']:.0f}" == population
    assert f"{rows['locataires_hlm', commune]['value']:.6f}" == hlm
    assert rows["population", commune]["status"] == "aggregated"


def test_rates_of_communes() -> None:
    rows = shown(oracle.RATES, "commune-2016")
    for commune in ("97209", "97213"):
        iris = [code for code, row in oracle.census().items() if row["COM"] == commune]
        for code, (top, base) in oracle.RATES.items():
            assert rows[code, commune]["value"] == pytest.approx(oracle.rate(iris, top, base))


def test_published_values_are_kept_digit_by_digit() -> None:
    rows = oracle.read(oracle.RAW / "valeurs-publiees" / "valeurs-publiees.csv")
    kept = demo.demo().warehouse.rows(
        "SELECT zoning, territory, variable, period, value FROM current_observation "
        "WHERE source = 'valeurs-publiees'"
    )
    found = {(z, t, v, p): value for z, t, v, p, value in kept}
    assert len(found) == len(rows) == 52
    for row in rows:
        key = (row["zonage"], row["territoire"], row["variable"], row["annee"])
        assert found[key] == float(row["valeur"])


@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ("beneficiaires_cmu", "conv_cmu"),
        ("allocataires_rmi", "conv_rmi"),
        ("taux_couverture_caf", "conv_taux_caf"),
        ("taux_chomage_convention", "conv_taux_chomage"),
        ("part_monoparentaux_convention", "conv_part_monoparentaux"),
        ("logements_insalubres", "conv_logements_insalubres"),
        ("logements_a_demolir", "conv_logements_a_demolir"),
        ("logements_opah", "conv_logements_opah"),
        ("logements_sociaux_convention", "conv_logements_sociaux"),
        ("associations_porteuses", "conv_associations_projets"),
        ("beneficiaires_plie", "conv_plie"),
        ("eleves_rep", "conv_eleves_rep"),
    ],
)
def test_figures_of_the_convention_stay_what_it_says(code: str, variable: str) -> None:
    rows = oracle.read(oracle.RAW / "convention-lamentin-2007" / "chiffres-convention.csv")
    mine = [row for row in rows if row["variable"] == variable]
    assert mine
    for row in mine:
        frame = demo.demo().table(code, row["zonage"], row["annee"]).df.set_index("territory")
        cell = frame.loc[row["territoire"]]
        assert (cell["status"], cell["value"]) == ("observed", float(row["valeur"]))
        assert cell["method"] == row["note"].replace("'", "’")


def test_a_range_given_by_the_convention_stays_a_range() -> None:
    frame = demo.demo().table("enfants_vvv", "commune-2016").df.set_index("territory")
    cell = frame.loc["97213"]
    assert cell["status"] == "bounded"
    assert math.isnan(cell["value"])
    assert (cell["low"], cell["high"]) == (150, 200)


def test_zero_stays_zero() -> None:
    """Berge de Briand has no HLM tenant: a figure, not a hole."""
    assert oracle.count(["972090801"], ["P16_RP_LOCHLMV"]) == 0
    rows = shown(["part_hlm", "locataires_hlm"], "iris-2016")
    assert rows["part_hlm", "972090801"]["value"] == 0
    assert rows["locataires_hlm", "972090801"]["status"] == "observed"


def test_social_dwellings_hidden_or_absent_are_not_zero() -> None:
    rows = shown(["logements_sociaux"], "iris-2016")
    blank = {iris for iris, row in oracle.bare("rpls").items() if not row["nbLsPls"]}
    assert len(blank) == 18
    for iris in blank:
        assert rows["logements_sociaux", iris]["status"] == "missing"
        assert "secret ou absence" in rows["logements_sociaux", iris]["reason"].casefold()


@pytest.mark.parametrize("year", [2014, 2015, 2017, 2020, 2021])
def test_poverty_rate_of_each_year(year: int) -> None:
    rows = oracle.read(oracle.RAW / "filosofi-disponible" / "filosofi-disponible.csv")
    frame = demo.demo().table("taux_pauvrete", "iris-2016", year).df.set_index("territory")
    mine = {row["IRIS"]: row["DISP_TP60"] for row in rows if row["ANNEE"] == str(year)}
    assert mine
    for iris in frame.index:
        if iris not in mine:
            assert frame.loc[iris, "status"] == "missing"
        elif mine[iris] not in ("", "s", "ns"):
            assert frame.loc[iris, "value"] == float(mine[iris])
        else:
            assert frame.loc[iris, "status"] == "secret"
            assert math.isnan(frame.loc[iris, "value"])
