"""Rings, rests, neighbours and trends in a small town of real perimeters, with planted figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from made_once import loaded
from town import SIDE, SOURCE, WORKSPACE, X, Y, write_town

import observatoire as obs
from observatoire.errors import DescriptorError, SeriesError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Observatory]]:
    """Give what opens a town of nine IRIS, a sector being the middle one."""
    opened = []

    def build(source: str = SOURCE, workspace: str = WORKSPACE, **more: Any) -> Observatory:
        if (source, workspace, more) == (SOURCE, WORKSPACE, {}):
            place = loaded("ville", write_town, tmp_path, decide="part")
        else:
            place = write_town(tmp_path, source, workspace, **more)
        opened.append(obs.open(place))
        return opened[-1]

    yield build
    for each in opened:
        each.close()


def gaps(o: Observatory, comparator: str, period: int = 2016) -> dict[str, object]:
    differences = o.table("part", period=period, compare=[comparator]).differences
    assert differences is not None
    return differences.to_dict("records")[0]


def test_the_ring_is_what_lies_300_m_around(make: Callable[..., Observatory]) -> None:
    o = make()
    row = gaps(o, "autour")
    assert row["against_name"] == "Autour (Le Milieu)"
    assert row["difference"] == pytest.approx(10, abs=0.1)
    cells = o.table("actifs", period=2016, compare=["autour"]).compared.iloc[0]
    ring = shapely.box(0, 0, SIDE, SIDE).buffer(300).area - SIDE**2
    assert cells["value"] == pytest.approx(1000 * ring / SIDE**2, rel=1e-6)
    assert cells["status"] == "estimated"
    assert "anneau de 300 m, hors mer et hors territoires non chargés" in cells["method"]


def test_what_rounding_leaves_around_a_territory_is_no_ground(tmp_path: Path) -> None:
    town = shapely.box(X, Y + 1e-9, X + 3 * SIDE, Y + 3 * SIDE)
    layer = gpd.GeoDataFrame({"code": ["M"]}, geometry=[town], crs=5490)
    layer.to_file(write_town(tmp_path) / "geo" / "secteurs.gpkg")
    with obs.open(tmp_path) as o:
        cells = o.table("actifs", period=2016, compare=["autour"]).compared.iloc[0]
    assert (cells["status"], cells["reason"]) == (
        "missing",
        "Rien de chargé à moins de 300 m de ce territoire.",
    )


def test_a_sign_that_only_the_shared_iris_hide_is_no_likeness(
    make: Callable[..., Observatory],
) -> None:
    row = gaps(make(), "autour")
    assert row["low"] < 0 < row["sampling_low"] < row["difference"] < row["sampling_high"]
    assert (row["verdict"], row["mark"], row["rank"]) == ("indéterminé", "", 0)
    assert "Des territoires sont coupés" in row["reason"]
    assert str(row["reason"]).endswith("Selon la méthode de passage : nettement moins favorable.")
    whole = gaps(make(), "ville")
    assert (whole["low"], whole["high"]) == (whole["sampling_low"], whole["sampling_high"])


def test_the_sea_is_not_a_source_that_lacks(make: Callable[..., Observatory]) -> None:
    """A sector in the corner: three quarters of its ring are on no IRIS."""
    o = make(middle="00")
    row = gaps(o, "autour")
    assert row["difference"] == pytest.approx(10, abs=0.1)
    cells = o.table("actifs", period=2016, compare=["autour"]).compared.iloc[0]
    around = (
        shapely.box(0, 0, SIDE, SIDE)
        .buffer(300)
        .intersection(shapely.box(0, 0, 3 * SIDE, 3 * SIDE))
    )
    assert cells["value"] == pytest.approx(1000 * (around.area - SIDE**2) / SIDE**2, rel=1e-6)
    assert cells["coverage"] == pytest.approx(1)


def test_the_rest_of_the_town_is_exact_when_perimeters_are(
    make: Callable[..., Observatory],
) -> None:
    o = make()
    rest = o.table(["actifs", "part"], period=2016, compare=["reste"]).compared
    values = dict(zip(rest["indicator"], rest["value"], strict=True))
    assert values == {"actifs": pytest.approx(8000), "part": pytest.approx(10)}
    assert set(rest["name"]) == {"La Ville, hors secteurs"}


def test_the_verdict_with_the_whole_is_that_with_the_rest(make: Callable[..., Observatory]) -> None:
    o = make()
    whole, rest = gaps(o, "ville"), gaps(o, "reste")
    assert whole["difference"] == pytest.approx(8 / 9 * 10)
    assert rest["difference"] == pytest.approx(10)
    assert whole["verdict"] == rest["verdict"] == "nettement moins favorable"
    spread = [float(str(row["high"])) - float(str(row["low"])) for row in (whole, rest)]
    assert spread[0] == pytest.approx(8 / 9 * spread[1], rel=0.05)


def test_planted_changes_have_their_signs(make: Callable[..., Observatory]) -> None:
    o = make()
    trend = o.trend(["part", "actifs"], 2011, 2016, compare=["ville"])
    changes = trend.df.set_index(["territory", "indicator"])
    middle = changes.loc[("M", "part")]
    assert middle["change"] == pytest.approx(-10)
    assert middle["low"] < -10 < middle["high"] < 0
    assert (middle["verdict"], middle["mark"]) == ("nette amélioration", "▼▼")
    assert changes.loc[("M", "actifs"), "verdict"] == "pas de changement net"
    assert changes.loc[("V", "part"), "change"] == pytest.approx(-10 / 9)
    said = trend.html
    for part in ("nette amélioration", "Verdict", "de 2011 à 2016", "À lire avec soin"):
        assert part in said.replace("\u00a0", " ")
    worse = o.trend("part", 2018, 2023, zoning="iris-2016").df.set_index("territory")
    assert worse.at["00", "verdict"] == "nette dégradation"
    assert worse.at["11", "verdict"] == "pas de changement net"


def test_planted_breaks_are_refused(make: Callable[..., Observatory]) -> None:
    o = make()
    with pytest.raises(SeriesError, match=r"2018.*questionnaire.*note de 2018"):
        o.trend("part", 2016, 2023)
    with pytest.raises(SeriesError, match=r"2018.*questionnaire"):
        o.inequality("part", 2023, since=2016)
    with pytest.raises(UnknownNameError, match="« 2019 »"):
        o.inequality("part", 2023, since=2019)  # without a figure: no break is to blame
    with pytest.raises(SeriesError, match="recouvrent"):
        o.trend("part", 2019, 2023)
    with pytest.raises(UnknownNameError, match="précéder"):
        o.trend("part", 2016, 2011)


def test_inequality_over_the_town_and_its_change(make: Callable[..., Observatory]) -> None:
    found = make().inequality("part", 2016, since=2011, zoning="iris-2016")
    assert found.df.iloc[-1]["territory"] == "11"
    assert found.df.iloc[-1]["place"] == "moins bien placé"
    said = found.html.replace("\u00a0", " ")
    assert "Évolution de la dissimilarité depuis 2011" in said
    before = make().inequality("part", 2011, zoning="iris-2016")
    assert before.changes == {}
    for name in ("spread", "dissimilarity"):
        moved = found.changes[name]
        was, now = getattr(before.measures, name).value, getattr(found.measures, name).value
        assert moved.low < moved.value < moved.high
        assert moved.value == pytest.approx(now - was)
    assert "Par le seul hasard" in said


def test_a_guarded_source_keeps_the_sizes_of_its_rates(make: Callable[..., Observatory]) -> None:
    o = make(SOURCE.replace("threshold = 0", "threshold = 11"))
    shown = o.table(["part", "actifs"], period=2016, compare=["ville"])
    rate = shown.df[shown.df["indicator"] == "part"]
    assert rate[["sampling_low", "sampling_high"]].isna().all(axis=None)
    assert set(rate["precision"]) == {"inconnue"}
    assert set(shown.cells.loc[shown.cells["indicator"] == "part", "precision"]) == {"withheld"}
    # No width at all rather than none that would claim certainty.
    assert (rate["low"].isna() | (rate["low"] < rate["high"])).all()
    assert shown.cells["base"].isna().all()
    count = shown.df[shown.df["indicator"] == "actifs"]
    assert count["sampling_low"].notna().all()
    assert shown.differences is not None
    assert shown.differences[["low", "high"]].isna().all(axis=None)
    # A verdict would bound the size: so many at least for a difference to be clear.
    differences = shown.differences[shown.differences["indicator"] == "part"]
    assert set(differences["verdict"]) == {"non jugé"}
    assert set(differences["mark"]) == {""}
    assert differences["reason"].str.contains("gardée par le secret").all()


def test_a_hidden_figure_has_no_interval_no_caution_no_difference(
    make: Callable[..., Observatory],
) -> None:
    o = make(
        SOURCE.replace("threshold = 0", "threshold = 250").replace(
            "fraction = 0.4", "fraction = 0.4\ncareful_below = 5000"
        )
    )
    shown = o.table("part", zoning="iris-2016", period=2016, compare=["ville"])
    hidden = shown.cells[shown.cells["status"] == "secret"]
    assert len(hidden) == 9
    numbers = ["value", "low", "high", "base"]
    numbers += [
        f"{kind}_{side}" for kind in ("passage", "sampling", "wide") for side in ("low", "high")
    ]
    assert hidden[numbers].isna().all(axis=None)
    assert set(hidden["flag"]) == {""}
    assert shown.differences is not None
    assert shown.differences[["difference", "low", "high"]].isna().all(axis=None)
    assert set(shown.differences["verdict"]) == {""}
    assert all("secret" in reason for reason in shown.differences["reason"])


def test_an_interval_is_no_bound_that_secrecy_looks_at(make: Callable[..., Observatory]) -> None:
    """1 000 ± 80 is above a threshold of 950: only the count itself may be under it."""
    o = make(SOURCE.replace("threshold = 0", "threshold = 950"))
    row = o.table("actifs", period=2016).df.iloc[0]
    assert row["low"] < 950 < row["value"]
    assert row["status"] == "aggregated"


@pytest.mark.parametrize(("below", "flag"), [(1001, "à utiliser avec précaution"), (1000, "")])
def test_a_rate_whose_denominator_is_small_is_read_with_care(
    make: Callable[..., Observatory], below: int, flag: str
) -> None:
    """The producer's caution looks at how many a rate is about; its own 20 % are no count."""
    o = make(SOURCE.replace("fraction = 0.4", f"fraction = 0.4\ncareful_below = {below}"))
    shown = o.table(["part", "actifs"], period=2016).df
    assert list(shown["flag"]) == [flag, flag]
    page = o.panel(indicators=["part"], period=2016).html
    assert ("†" in page) == bool(flag)
    assert ("dénominateur d’un taux, au-dessous du seuil" in page) == bool(flag)


@pytest.mark.parametrize(
    ("inhabitants", "below", "hushed"),
    [("ACT", 1000, False), ("ACT", 1001, True), ("NUL", 1, True)],
)
def test_what_may_not_be_commented_is_not_where_nobody_tells_the_inhabitants(
    make: Callable[..., Observatory], inhabitants: str, below: int, *, hushed: bool
) -> None:
    rule = f'fraction = 0.4\ncomplementary_below = {below}\ninhabitants = ["{inhabitants}"]'
    source = SOURCE.replace("fraction = 0.4", rule)
    o = make(source.rstrip() + '\nexploitation = "complémentaire"\n')
    table = o.table("part", period=2016, compare=["reste"])
    assert (table.df["flag"].iloc[0] == "à ne pas commenter") == hushed
    assert (table.differences["verdict"].iloc[0] == "") == hushed


def test_intervals_are_asked_or_refused(make: Callable[..., Observatory]) -> None:
    o = make(SOURCE.replace('method = "census"\nfraction = 0.4', 'method = "exhaustive"'))
    plain = o.table("part", period=2016).df.iloc[0]
    assert math.isnan(plain["sampling_low"])
    assert plain["precision"] == "exact"
    asked = o.table("part", period=2016, precision="all").df.iloc[0]
    low, high = (float(bound) for bound in obs.indicators.wilson(200, 1000))
    assert (asked["low"], asked["high"]) == pytest.approx((100 * low, 100 * high))
    with pytest.raises(UnknownNameError, match="declared"):
        o.table("part", precision="toutes")  # type: ignore[arg-type]
    for precision, verdict, widths in (
        ("declared", "amélioration constatée", {0}),  # everyone is counted: a rank is a fact
        ("all", "nette amélioration", {0, 7}),  # eight IRIS have the same rate
    ):
        assert o.trend("part", 2011, 2016, precision=precision).df["verdict"][0] == verdict
        ranks = o.inequality("part", 2016, zoning="iris-2016", precision=precision).df
        assert len(ranks) == 9
        assert set(ranks["rank_high"] - ranks["rank_low"]) == widths


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('method = "census"', 'method = "sondage"', "sondage"),
        ("fraction = 0.4", "fraction = 40", "taux de sondage"),
        ("fraction = 0.4", "fraction = 0.4\neffect = 0", "effet de grappe"),
        ("fraction = 0.4", "fraction = 0.4\n[precision.wholes.CHOM]\ndispersion = 1", "parmi quoi"),
        (
            "fraction = 0.4",
            'fraction = 0.4\n[precision.wholes.CHOM]\namong = ["ACT"]\ndispersion = -1',
            "négatif",
        ),
        ("fraction = 0.4", "fraction = 0.4\ncareful_below = -1", "négatif"),
        ("fraction = 0.4", "fraction = 0.4\ncomplementary_below = 2000", "inhabitants"),
        ("fraction = 0.4", "fracton = 0.4", "fraction"),
    ],
)
def test_a_precision_that_cannot_be_is_refused(
    make: Callable[..., Observatory], old: str, new: str, said: str
) -> None:
    with pytest.raises(DescriptorError, match=said):
        make(SOURCE.replace(old, new)).load()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ring = 300", "ring = -5", "distance"),
        ("ring = 300", 'ring = 300\nzoning = "ville-2020"', "anneau"),
        ('minus = "secteur-2020"', 'minus = "secteurs"', "secteurs"),
        ('label = "Ville"', 'label = "Ville"\nterritories = ["V"]\nagainst = "W"', "against"),
    ],
)
def test_a_comparator_that_cannot_be_is_refused(
    make: Callable[..., Observatory], old: str, new: str, said: str
) -> None:
    with pytest.raises((DescriptorError, UnknownNameError), match=said):
        make(workspace=WORKSPACE.replace(old, new))
