"""Learn what a part of an IRIS holds of it, from territories whose figures are published.

Reads the folder of open test data (never copied here) that OBSERVATOIRE_SHARED names, and writes the
calibrations that the library carries: ``python bench/part_calibration.py``.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from observatoire.passage.conformal import Learnt, ends_of, learn, logit
from observatoire.passage.prediction import mean_between

INSIDE = 0.8  # share of a QPV's ground in one IRIS
AGES = ("0014", "1529", "3044", "4559", "6074", "75P")
LIVING = ("MENSFAM", "MENHSEUL", "MENFSEUL", "MENCOUPSENF", "MENCOUPAENF", "MENFAMMONO")
LEARNT = 2019  # year of the medians that teach: the other six judge
SERVED = ("97209", "97213")  # their IRIS hold the quartiers that are foretold: they teach nothing
OVERSEAS, FEW = "97", 30  # from as many places overseas, what the others say of them is looked at
ASKED = (0.75, 0.92)  # of them, the intervals hold as much, or are those of their own errors
SIZES = (2, 3)  # IRIS of a grand quartier whose poorest stands for a priority neighbourhood
DATA = Path(os.environ["OBSERVATOIRE_SHARED"]) / "data"
TO = Path(__file__).parents[1] / "src" / "observatoire" / "passage" / "calibration.toml"
COUNTED = {
    "people": tuple(f"*POP{age}" for age in AGES),
    "households": ("*RPMAISON", "*RPAPPART"),
    "social_dwellings": ("*RP_LOCHLMV|nbLsPls",),
}
HEAD = """# Ce qu’ont appris des territoires dont les chiffres sont publiés ; se refait par la commande dite.
#   kind        part : quelle part d’un IRIS tient un quartier qui y est tout entier ; rate : son taux ;
#               level : sa médiane, sa moyenne ou son indice
#   center, means, slopes   logit attendu (logarithme, d’un level), selon les variables d’appui (names) ;
#               whole : celui du taux, ou du niveau, de l’IRIS
#   ends        écarts à ce logit : bas et haut à 80 %, bas et haut à 95 %
#   held        part des territoires, laissés de côté un à un, que ces intervalles contenaient
"""


def table(name: str, key: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, dtype={key: str}, low_memory=False).set_index(key)


def figures(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.astype(str).str.replace(",", "."), errors="coerce")


class Published:
    """What is published of IRIS and of QPV."""

    def __init__(self) -> None:
        ages = table("iris/IRIS_population_IR_Hab.csv", "IRIS")
        homes = table("iris/IRIS_housing_IR_Hab.csv", "IRIS")
        living = table("iris/IRIS_household_IR_Hab.csv", "IRIS")
        self.census = ages.join(homes.filter(like="16_")).join(living.filter(like="16_"))
        self.rates = table("iris/demographie_2010_iris.csv", "iris")
        self.income = table("iris/panel_iris_2016_2019.csv", "iris").query("annee == 2016")
        self.people = self.census[[f"P16_POP{age}" for age in AGES]].sum(axis=1)
        self.homes = self.census[["P16_RPMAISON", "P16_RPAPPART"]].sum(axis=1)
        self.social = self.census["P16_RP_LOCHLMV"] / self.homes
        self.park = {
            "iris": table("iris/rpls_iris.csv", "CodGeo"),
            "qpv": table("qpv/rpls_qpv.csv", "CodGeo"),
        }
        years = table("qpv/qpv_evolution_population.csv", "code")
        self.quarters = years["pop_2013"] + (years["pop_2018"] - years["pop_2013"]) * 3 / 5
        book = DATA / "classeurs_insee" / "demographie_2010_qpv.xls"
        sheet = pd.read_excel(book, sheet_name="Quartiers", header=None, engine="calamine")
        head = next(k for k in range(12) if "tx_f" in set(sheet.iloc[k].astype(str)))
        self.known = (
            sheet.iloc[head + 2 :].set_axis(sheet.iloc[head].astype(str), axis=1).set_index("qp")
        )
        self.inside = self._inside()
        self.near = poorest(self)

    def _inside(self) -> pd.DataFrame:
        """Return the QPV that lie in one IRIS: which, and what share of their ground."""
        quarters = (
            gpd.read_file(DATA / "occitanie" / "qp.geojson").set_index("code_qp").to_crs(2154)
        )
        quarters["geometry"] = quarters.make_valid()
        files = sorted((DATA / "occitanie").glob("iris_*.geojson"))
        iris = pd.concat([gpd.read_file(path) for path in files]).to_crs(2154)
        iris = iris[["code_iris", "geometry"]].rename(columns={"code_iris": "iris"})
        iris["geometry"] = iris.make_valid()
        pieces = gpd.overlay(quarters[["geometry"]].reset_index(), iris, keep_geom_type=True)
        pieces["share"] = pieces.area / quarters.area.reindex(pieces["code_qp"]).to_numpy()
        largest = pieces.sort_values("share").groupby("code_qp")[["iris", "share"]].last()
        return largest[largest["share"] > INSIDE]

    def supports(self, iris: pd.Index) -> pd.DataFrame:
        return pd.DataFrame(
            {"social": self.social.reindex(iris), "log_people": np.log(self.people.reindex(iris))}
        )


def parts(data: Published) -> list[dict[str, object]]:
    """Learn what share of its IRIS a QPV holds, of each thing that is counted."""
    iris = pd.Index(data.inside["iris"])
    share, code = data.inside["share"].clip(upper=1.0).to_numpy(), data.inside.index
    people = data.quarters.reindex(code).to_numpy() * share
    stock = {zone: figures(each["nbLsPls"]) for zone, each in data.park.items()}
    shares = {
        "people": people / data.people.reindex(iris).to_numpy(),
        "social_dwellings": stock["qpv"].reindex(code).to_numpy()
        * share
        / stock["iris"].reindex(iris).to_numpy(),
    }
    made = []
    on = "QPV d’Occitanie dont quatre cinquièmes du sol sont dans un IRIS"
    for kind, found in shares.items():
        given = data.supports(iris).reset_index(drop=True)
        kept = np.isfinite(found) & given.notna().all(axis=1).to_numpy() & (found < 1.05)
        for alone in (False, True):
            chosen = given.loc[kept, []] if alone else given.loc[kept]
            entry = {
                "code": f"part-{kind}{'-alone' if alone else ''}",
                "kind": "part",
                "numerator": COUNTED[kind],
                "on": on,
            }
            made.append(entry | learn(found[kept], chosen))
            if kind == "people":
                made.append(households(data, made[-1]))
    return made


def households(data: Published, people: dict[str, object]) -> dict[str, object]:
    """Learn what share of the households goes with a share of the people: those of a poor part are larger."""
    near = data.near.assign(people=data.people, homes=data.homes)
    whole = near.groupby("grand")[["people", "homes"]].sum()
    one = (
        near.dropna(subset=["poor"]).sort_values("poor").groupby("grand").tail(1).set_index("grand")
    )
    share = one[["people", "homes"]] / whole.reindex(one.index)
    share = share[share["people"].between(0.25, 0.9) & (one["poor"] > 30)]
    shift = logit(share["homes"].to_numpy()) - logit(share["people"].to_numpy())
    wider = float(np.hypot(people["ends"][1] / 1.2816, shift.std()) / (people["ends"][1] / 1.2816))
    said = f"couverture de la population ; ménages par habitant d’après {len(share)} IRIS"
    return {
        **people,
        "code": str(people["code"]).replace("people", "households"),
        "numerator": COUNTED["households"],
        "center": people["center"] + float(shift.mean()),
        "ends": tuple(round(end * wider, 4) for end in people["ends"]),
        "judged": said,
    }


def poorest(data: Published) -> pd.DataFrame:
    """Return the poorest IRIS of each grand quartier of a few, and the weights of its neighbours."""
    grand = pd.read_csv(
        DATA / "zonages" / "iris_grd_quartier.csv", sep=";", dtype=str, encoding="utf-8-sig"
    )
    grand = grand.assign(IRIS=grand["IRIS"].str.zfill(9)).set_index("IRIS")["GRD_QUART"]
    frame = pd.DataFrame({"grand": grand, "poor": data.income["taux_pauvrete"]})
    frame = frame[frame.index.isin(data.census.index) & frame["grand"].notna()]
    frame = frame[~frame.index.str[:5].isin(SERVED)]
    return frame[frame.groupby("grand")["grand"].transform("size").isin(SIZES)]


def pairs(data: Published, top: pd.Series, base: pd.Series) -> pd.DataFrame:
    """Return, by grand quartier, a rate of its poorest IRIS and that of the whole."""
    near = data.near
    known = near.assign(
        top=top.reindex(near.index),
        base=base.reindex(near.index),
        people=data.people.reindex(near.index),
    )
    whole = known.groupby("grand")[["top", "base", "people"]].sum(min_count=1)
    holes = known[["top", "base"]].isna().any(axis=1).groupby(known["grand"]).any()
    one = (
        known.dropna(subset=["poor"])
        .sort_values("poor")
        .groupby("grand")
        .tail(1)
        .set_index("grand")
    )
    share = one["people"] / whole["people"].reindex(one.index)
    chosen = one.index[
        (one["poor"] > 30) & share.between(0.25, 0.9) & ~holes.reindex(one.index).astype(bool)
    ]
    found = pd.DataFrame({"part": one["top"] / one["base"], "whole": whole["top"] / whole["base"]})
    return found.reindex(chosen).dropna()


def rates(data: Published) -> list[dict[str, object]]:
    """Learn how the rate of a poor part goes with that of the whole that holds it."""
    census, made, judged = data.census, [], []
    classes = tuple(f"C16_POP15P_CS{k}" for k in range(1, 9))
    counted = {
        **{(f"P16_POP{age}",): tuple(f"P16_POP{each}" for each in AGES) for age in AGES},
        **{(name,): classes for name in classes[1:]},  # no farmer in most of them
        ("P16_RP_LOCHLMV",): ("P16_RPMAISON", "P16_RPAPPART"),
        ("P16_RPMAISON",): ("P16_RPMAISON", "P16_RPAPPART"),
    }
    for names in LIVING_SHARES:
        counted[tuple(f"C16_PMEN_{each}" for each in names)] = tuple(
            f"C16_PMEN_{each}" for each in LIVING
        )
    for top, base in counted.items():
        found = pairs(data, census[list(top)].sum(axis=1), census[list(base)].sum(axis=1))
        made.append(rate_entry(found, top, base))
    for name in (each for each in data.rates if each.startswith("tx_")):
        found = pairs(
            data, data.rates[name] * data.people, data.people.where(data.rates[name].notna())
        )
        made.append(rate_entry(found, (name,), ()))
        judged.append(judge(data, name, made[-1]))
    inside = pd.concat(judged)
    held = [round(100 * float(inside[k].mean())) for k in (0, 1)]
    where = f"{inside.groupby(level=0).size().size} QPV d’Occitanie et {len(judged)} taux du RP2010"
    said = f"jugé sur {where}, dont les intervalles contiennent {held[0]} et {held[1]} %"
    return [each | {"judged": f"{said} ; {each['judged']}".rstrip(" ;")} for each in made]


LIVING_SHARES = (("MENHSEUL", "MENFSEUL"), ("MENCOUPSENF",), ("MENCOUPAENF",), ("MENFAMMONO",))


def rate_entry(
    found: pd.DataFrame, top: tuple[str, ...], base: tuple[str, ...]
) -> dict[str, object]:
    top, base = (
        [f"*{name.split('_', 1)[1]}" if name[1:3] == "16" else name for name in each]
        for each in (top, base)
    )
    learnt = learnt_of(found)
    said, ends = overseas(found, learnt)
    return {
        "code": f"rate-{'-'.join(top)}".replace("*", ""),
        "kind": "rate",
        "numerator": tuple(top),
        "denominator": tuple(base),
        "on": "IRIS, le plus pauvre de chaque grand quartier de deux ou trois IRIS",
        **learnt,
        "ends": ends,
        "judged": said,
    }


def learnt_of(found: pd.DataFrame) -> Learnt:
    """Learn how the rate of a part goes with that of the whole."""
    whole = pd.DataFrame({"whole": logit(found["whole"].to_numpy())}, index=found.index)
    return learn(found["part"].to_numpy(), whole)


def missed_by(learnt: Learnt, found: pd.DataFrame) -> np.ndarray:
    """Return by how much rates are missed, on the logit."""
    moved = logit(found["whole"].to_numpy()) - learnt["means"][0]
    return logit(found["part"].to_numpy()) - learnt["center"] - learnt["slopes"][0] * moved


def share_within(missed: np.ndarray, ends: tuple[float, ...]) -> list[float]:
    """Return the shares of errors within the ends at 80 and at 95 %."""
    return [
        float(np.mean((missed >= low) & (missed <= high))) for low, high in (ends[:2], ends[2:])
    ]


def overseas(found: pd.DataFrame, learnt: Learnt) -> tuple[str, tuple[float, float, float, float]]:
    """Say what intervals learnt without overseas hold there, and return ends that hold enough."""
    there = found.index.astype(str).str.zfill(7).str.startswith(OVERSEAS)
    if there.sum() < FEW:
        return "", learnt["ends"]
    without = learnt_of(found[~there])
    missed = missed_by(without, found[there])
    held = share_within(missed, without["ends"])
    tight, wide = (round(100 * share) for share in held)
    said = f"outre-mer laissé de côté ({there.sum()}) : {tight} et {wide} % contenus"
    if held[0] >= ASKED[0] and held[1] >= ASKED[1]:
        return said, learnt["ends"]
    apart = missed_by(learnt, found[there])
    ends = ends_of(np.concatenate([apart, -apart]), 1)  # as far as they fall, on both sides
    wider = [
        pick(one, other)
        for pick, one, other in zip((min, max, min, max), ends, learnt["ends"], strict=True)
    ]
    return f"{said}, bornes élargies à celles de ses écarts", tuple(wider)


def judge(data: Published, name: str, entry: dict[str, object]) -> pd.DataFrame:
    """Say which published QPV the intervals learnt on IRIS hold."""
    truth = figures(data.known[name]).reindex(data.inside.index).to_numpy() / 100
    whole = logit(data.rates[name].reindex(data.inside["iris"]).to_numpy())
    missed = logit(truth) - entry["center"] - entry["slopes"][0] * (whole - entry["means"][0])
    kept = ~np.isnan(missed) & ~np.isnan(truth)
    ends = entry["ends"]
    held = {k: (missed >= ends[2 * k]) & (missed <= ends[2 * k + 1]) for k in (0, 1)}
    return pd.DataFrame(held, index=data.inside.index)[kept]


def published(data: Published) -> list[dict[str, object]]:
    """Learn the rates that are published of QPV and of IRIS alike."""
    poor = table("qpv/panel_qpv_2016_2019.csv", "code").query("annee == 2016")["taux_pauvrete"]
    pairs_of = {
        "taux_pauvrete": (poor, data.income["taux_pauvrete"], ("*TP60*|taux_pauvrete",)),
        **{
            name: (figures(data.park["qpv"][name]), figures(data.park["iris"][name]), (f"*{name}",))
            for name in ("txVac",)
        },
    }
    made = []
    for name, (quarter, iris, patterns) in pairs_of.items():
        found = pd.DataFrame(
            {
                "part": quarter.reindex(data.inside.index).to_numpy() / 100,
                "whole": iris.reindex(data.inside["iris"]).to_numpy() / 100,
            }
        ).dropna()
        if len(found) < 10:
            sys.stdout.write(f"{name} : {len(found)} QPV, trop peu\n")
            continue
        learnt = learnt_of(found)
        on = "QPV d’Occitanie dont quatre cinquièmes du sol sont dans un IRIS"
        made.append(
            {
                "code": f"rate-{name}",
                "kind": "rate",
                "numerator": patterns,
                "denominator": (),
                "on": on,
                **learnt,
            }
        )
    return made


def levels(data: Published) -> list[dict[str, object]]:
    """Learn the medians, means and indices that are published of QPV and of IRIS alike."""
    income = {
        zone: pd.concat(
            table(f"{zone}/panel_{zone}_{years}.csv", key) for years in ("2012_2014", "2016_2019")
        ).set_index("annee", append=True)["revenu_median"]
        for zone, key in (("qpv", "code"), ("iris", "iris"))
    }
    medians = {
        year: [income[zone].xs(year, level="annee") for zone in ("qpv", "iris")]
        for year in (2012, 2013, 2014, 2016, 2017, 2018, 2019)
    }
    qpv, iris = data.park["qpv"], data.park["iris"]
    on = "QPV d’Occitanie dont quatre cinquièmes du sol sont dans un IRIS"
    made = {
        "niveau_vie_median": (inside(data, *medians[LEARNT]), on, ("*DISP_MED*|revenu_median",)),
        "moyLoy": (inside(data, figures(qpv["moyLoy"]), figures(iris["moyLoy"])), on, ("*moyLoy",)),
        "medLoy": (inside(data, figures(qpv["medLoy"]), figures(iris["medLoy"])), on, ("*medLoy",)),
        **{
            name: (inside(data, figures(data.known[name]), data.rates[name]), on, (f"*{name}",))
            for name in ("ind_jeune", "l_nbpers")
        },
    }
    entries = [level_entry(name, *each) for name, each in made.items()]
    others = [inside(data, *medians[year]) for year in medians if year != LEARNT]
    entries[0]["judged"] = judged_level(entries[0], pd.concat(others))
    return entries


def parks(data: Published) -> list[dict[str, object]]:
    """Learn what QPV inside one IRIS are too few, or too alike, to teach of social dwellings."""
    qpv, iris = data.park["qpv"], data.park["iris"]
    stock, made = figures(iris["nbLsPls"]), []
    for name in ("txRot", "moyLoy", "medLoy"):
        rate = name.startswith("tx")
        by, kind = (100, "rate") if rate else (1, "level")
        known = figures(iris[name]) / by
        found = pairs(data, known * stock, stock.where(known.notna()))
        found = found[(found > 0).all(axis=1)]
        seen = inside(data, figures(qpv[name]) / by, known)
        at = logit if rate else np.log
        learnt = learn(
            found["part"].to_numpy(),
            pd.DataFrame({"whole": at(found["whole"].to_numpy())}, index=found.index),
            level=not rate,
        )
        missed = at(seen["part"].to_numpy()) - learnt["center"]
        missed -= learnt["slopes"][0] * (at(seen["whole"].to_numpy()) - learnt["means"][0])
        ends = learnt["ends"]
        held = [
            round(100 * float(np.mean((missed >= low) & (missed <= high))))
            for low, high in (ends[:2], ends[2:])
        ]
        made.append(
            {
                "code": f"{kind}-{name}" if rate else f"{kind}-{name}-near",
                "kind": kind,
                "numerator": (f"*{name}",),
                "on": "IRIS, le plus pauvre de chaque grand quartier de deux ou trois IRIS",
                **learnt,
                "judged": f"jugé sur {len(seen)} QPV d’Occitanie, dont les intervalles contiennent "
                f"{held[0]} et {held[1]} %",
            }
        )
    return made


def inside(data: Published, quarters: pd.Series, iris: pd.Series) -> pd.DataFrame:
    """Return what is published of the QPV that lie in one IRIS, and of that IRIS."""
    part = quarters.reindex(data.inside.index).to_numpy(dtype=float)
    whole = iris.reindex(data.inside["iris"]).to_numpy(dtype=float)
    found = pd.DataFrame({"part": part, "whole": whole})
    return found[(found > 0).all(axis=1)]


def level_entry(
    name: str, found: pd.DataFrame, on: str, patterns: tuple[str, ...]
) -> dict[str, object]:
    learnt = learn(
        found["part"].to_numpy(), pd.DataFrame({"whole": np.log(found["whole"])}), level=True
    )
    return {"code": f"level-{name}", "kind": "level", "numerator": patterns, "on": on, **learnt}


def judged_level(entry: dict[str, object], known: pd.DataFrame) -> str:
    """Say how many medians of other years the intervals of one year hold."""
    middle = np.clip(np.log(known["whole"]), entry["lows"][0], entry["highs"][0])
    missed = np.log(known["part"]) - entry["center"]
    missed -= entry["slopes"][0] * (middle - entry["means"][0])
    ends = entry["ends"]
    held = [
        round(100 * float(missed.between(low, high).mean())) for low, high in (ends[:2], ends[2:])
    ]
    return (
        f"jugé sur les mêmes en six autres années, dont les intervalles contiennent {held[0]} "
        f"et {held[1]} %"
    )


def sizes(data: Published) -> list[dict[str, object]]:
    """Say how often a commune's rate lies where sizes of another date put it, free within some factors."""
    years = table("iris/iris_evolution_population.csv", "IRIS")
    known = data.rates.join(years[["pop_2013", "pop_2018"]], how="inner")
    known = known[(known["pop_2013"] > 50) & (known["pop_2018"] > 50)]
    held: dict[tuple[float, float], list[bool]] = {(0.9, 1.1): [], (0.8, 1.25): []}
    for _, commune in known.groupby("com"):
        for name in (each for each in data.rates if each.startswith("tx_")):
            rows = commune[[name, "pop_2013", "pop_2018"]].dropna().to_numpy()
            if len(rows) < 3:
                continue
            truth = rows[:, 0] @ rows[:, 1] / rows[:, 1].sum()
            for factors, told in held.items():
                low, high = mean_between(rows[:, 0], rows[:, 2], factors)
                told.append(bool(low - 1e-12 <= truth <= high + 1e-12))
    return [
        {
            "code": "size-iris",
            "kind": "size",
            "on": "taux de communes de trois IRIS ou plus : 11 taux du RP2010, pesés par les populations "
            "de 2013 et de 2018",
            "places": len(held[0.8, 1.25]),
            "center": 0.0,
            "ends": (0.9, 1.1, 0.8, 1.25),
            "held": tuple(round(float(np.mean(told)), 3) for told in held.values()),
        }
    ]


def write(entries: list[dict[str, object]]) -> None:
    day, lines = dt.datetime.now(tz=dt.UTC).date().isoformat(), [HEAD]
    for entry in entries:
        lines.append(f"[calibrations.{entry['code']}]")
        stated = {**entry, "date": day, "command": "python bench/part_calibration.py"}
        lines += [
            f"{key} = {toml(value)}"
            for key, value in stated.items()
            if key != "code" and value != ()
        ]
        lines.append("")
        sys.stdout.write(f"{entry['code']} {entry['places']} {entry['held']} {entry['ends']}\n")
    TO.write_text("\n".join(lines), encoding="utf-8")


def toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml, value))}]"
    return (
        f'"{value}"'
        if isinstance(value, str)
        else str(round(value, 4) if isinstance(value, float) else value)
    )


if __name__ == "__main__":
    everything = Published()
    write(
        [
            *parts(everything),
            *rates(everything),
            *published(everything),
            *levels(everything),
            *parks(everything),
            *sizes(everything),
        ]
    )
