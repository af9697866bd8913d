"""What was withdrawn of a package stays in its former version, and that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attacker
import pandas as pd

import observatoire as obs
from observatoire.exchange.publication.versions import still_readable

if TYPE_CHECKING:
    from pathlib import Path

WITHDRAWN = ("quartier-2007", "q1", "aidA", "2016")


def shown(folder: Path) -> set[tuple[str, ...]]:
    frame = pd.read_csv(folder / "valeurs.csv", dtype=str)
    return set(
        frame.loc[
            frame["valeur"].notna(), ["zonage", "territoire", "indicateur", "periode"]
        ].itertuples(index=False, name=None)
    )


def test_a_withdrawn_figure_is_counted_where_it_can_still_be_read(tmp_path: Path) -> None:
    rows = [f"iris-2016;{code};2016;aidA;{90 + rank}" for rank, code in enumerate(attacker.IRIS)]
    space, package = tmp_path / "espace", tmp_path / "paquet"
    for given in (rows, rows[1:]):
        attacker.write(space, given)
        with obs.open(space) as o:
            o.load()
            o.publish(package)
        if given is rows:
            assert still_readable(package) == {}
            assert WITHDRAWN in shown(package)
    former = package / "versions/1.0.0"
    gone = shown(former) - shown(package)
    assert WITHDRAWN in gone
    assert still_readable(package) == {"1.0.0": len(gone)}
    with obs.open(space) as o:
        anew = o.publish(tmp_path / "paquet-bis")
    assert not (anew / "versions").exists()
    assert still_readable(anew) == {}
