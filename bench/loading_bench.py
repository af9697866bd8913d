"""Loading against bare DuckDB and bare calamine: time ratios, memory, growth, the real files."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parents[1]
ROWS, COLUMNS, KEYS = 49_000, 80, ("IRIS", "COM", "TYP_IRIS", "LAB_IRIS")
MEMBERS = "code;nom;commune\n"


def codes() -> list[str]:
    return [f"{10_000 + at // 30:05d}{at % 30:04d}" for at in range(ROWS)]


def make_base(path: Path, vintage: int) -> None:
    """Write a made base-ic: 49 000 IRIS, 76 variables with every decimal, as Insee does.

    A vintage resembles the others, by two per cent or so: what jumps every year is no census.
    """
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    lasting, chance, told = np.random.default_rng(0), np.random.default_rng(vintage), codes()
    columns: dict[str, object] = {
        "IRIS": told,
        "COM": [c[:5] for c in told],
        "TYP_IRIS": ["H"] * ROWS,
        "LAB_IRIS": ["1"] * ROWS,
    }
    for at in range(COLUMNS - len(KEYS)):
        columns[f"P{vintage:02d}_LOG{at:02d}"] = lasting.gamma(2, 200, ROWS) * chance.normal(
            1 + vintage / 100, 0.02, ROWS
        )
    options = arrow_csv.WriteOptions(delimiter=";", quoting_style="none")
    arrow_csv.write_csv(pa.table(columns), path, options)


def make_workspace(root: Path) -> None:
    (root / "geo").mkdir(parents=True)
    told = codes()
    (root / "geo/iris.csv").write_text(
        "code;nom;commune\n" + "".join(f"{c};IRIS {c};{c[:5]}\n" for c in told), "utf-8"
    )
    (root / "observatoire.toml").write_text(
        '[workspace]\nname = "Banc"\nmain_zoning = "iris-2020"\ncrs = "EPSG:5490"\n\n'
        '[zonings."iris-2020"]\nlabel = "IRIS"\nsingular = "IRIS"\nmembers = "geo/iris.csv"\n',
        "utf-8",
    )


def bare_duckdb(path: Path) -> float:
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with duckdb.connect(f"{folder}/bare.duckdb") as base:
            told = (
                f"read_csv('{path}', delim = ';', types = {{'IRIS': 'VARCHAR', 'COM': 'VARCHAR'}})"
            )
            base.execute(
                f"CREATE TABLE o AS FROM (UNPIVOT (FROM {told}) ON COLUMNS('^P[0-9]') "
                "INTO NAME variable VALUE value)"
            )
        return time.perf_counter() - start


def ours(root: Path, paths: list[Path]) -> list[float]:
    """Load files one after the other by ``o.load``, checks included, in a workspace just opened."""
    import observatoire as obs

    times = []
    with obs.open(root) as o:
        for path in paths:
            start = time.perf_counter()
            report = o.load(path)
            times.append(time.perf_counter() - start)
            assert not isinstance(report, list)  # noqa: S101
            assert report.rows_kept == report.rows_read  # noqa: S101
    (root / "data/processed/observatoire.duckdb").unlink()
    return times


def in_a_process(*words: str) -> tuple[list[float], float]:
    run = subprocess.run(
        [sys.executable, __file__, *words], capture_output=True, text=True, check=True
    )
    *times, memory = map(float, run.stdout.split())
    return times, memory


def base_ic(folder: Path) -> None:
    make_workspace(folder / "w")
    path = folder / "base-ic-20.csv"
    make_base(path, 20)
    ratios, tops = [], []
    for _ in range(3):
        (bare,), _ = in_a_process("--bare", str(path))
        (mine,), memory = in_a_process("--ours", str(folder / "w"), str(path))
        ratios.append(mine / bare)
        tops.append(memory)
        print(
            f"base-ic 49 000 × 80 : DuckDB {bare:.2f} s, observatoire {mine:.2f} s, rapport {mine / bare:.2f}"
        )
    print(f"rapport médian {statistics.median(ratios):.2f} ; mémoire {max(tops):.0f} Mo")


def vintages(folder: Path, count: int) -> None:
    paths = []
    for at in range(count):
        paths.append(folder / f"base-ic-{10 + at}.csv")
        make_base(paths[-1], 10 + at)
    times, memory = in_a_process("--ours", str(folder / "w"), *map(str, paths))
    print(
        f"{count} millésimes : "
        + " ".join(f"{one:.1f}" for one in times)
        + f" s ; mémoire {memory:.0f} Mo"
    )


def bare_workbook(path: Path) -> tuple[float, float]:
    """Read a sheet by bare calamine, then write it as a long table by bare DuckDB."""
    import duckdb
    import pandas as pd
    import python_calamine

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        read = time.perf_counter() - start
        sheet = pd.DataFrame(rows[1:], columns=rows[0])
        with duckdb.connect(f"{folder}/bare.duckdb") as base:
            base.register("sheet", sheet)
            base.execute(
                "CREATE TABLE o AS FROM (UNPIVOT sheet ON COLUMNS('^P[0-9]') "
                "INTO NAME variable VALUE value)"
            )
        return read, time.perf_counter() - start


def workbook(folder: Path) -> None:
    import xlsxwriter

    from observatoire.sources import FileSpec, read_table

    # In a folder of its own: its source.toml must not describe the vintages.
    place = folder / "classeur"
    place.mkdir()
    path, chance = place / "classeur-2020.xlsx", np.random.default_rng(1)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("IRIS")
        page.write_row(0, 0, ["IRIS", *(f"P20_LOG{at}" for at in range(11))])
        for at, code in enumerate(codes()[:20_000]):
            page.write_row(at + 1, 0, [code, *chance.gamma(2, 200, 11)])
    toml = f'title = "x"\nproducer = "x"\nlicence = "x"\nzoning = "iris-2020"\n[[files]]\nname = "{path.name}"\n'
    toml += 'territory = "IRIS"\nperiod = "2020"\n'
    toml += "".join(f'[variables.P20_LOG{at}]\nlabel = "x"\nnature = "count"\n' for at in range(11))
    (place / "source.toml").write_text(toml, "utf-8")
    spec = FileSpec(path.name, "wide", "IRIS")
    for _ in range(5):
        bare, written = bare_workbook(path)
        read = _seconds(lambda: read_table(path, spec))
        (mine,) = ours(folder / "w", [path])
        print(
            f"xlsx 20 000 × 12 : calamine {bare:.2f} s ; lu {read:.2f} s, rapport {read / bare:.2f} ; "
            f"chargé {mine:.2f} s, rapport {mine / bare:.2f}, "
            f"{mine / written:.2f} à calamine puis DuckDB ({written:.2f} s)"
        )


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def real_files(folder: Path) -> None:
    """Print the table of the real files: what each gives, or the fault that refuses it."""
    import observatoire as obs
    from observatoire.errors import ObservatoireError
    from observatoire.workspace.scaffold import create_workspace

    data = next(
        parent / "shared/data" for parent in HERE.parents if (parent / "shared/data").is_dir()
    )
    print("| fichier | lues | gardées | mises de côté | ce qui en est dit |\n|---|---|---|---|---|")
    with obs.open(create_workspace(folder / "réels")) as o:
        for path in sorted(one for one in data.rglob("*") if one.is_file()):
            print(real_line(o, path, data, ObservatoireError), flush=True)


def real_line(o: object, path: Path, data: Path, refusal: type[Exception]) -> str:
    name = path.relative_to(data)
    for period in (None, "2016"):
        try:
            report = o.load(path, period=period)  # type: ignore[attr-defined]
        except refusal as error:
            if period is None and "quelle période" in str(error):
                continue
            said = f"{type(error).__name__} : {getattr(error, 'what', error)}"
            return f"| `{name}` | | | | {said.splitlines()[0]} |"
        said = report.notices[0].split(" Chargé")[0] if report.notices else ""
        told = " (période dite)" if period else ""
        return f"| `{name}` | {report.rows_read} | {report.rows_kept} | {report.rows_rejected} | {said}{told} |"
    return ""


def main(words: list[str]) -> None:
    if words[:1] == ["--bare"]:
        print(bare_duckdb(Path(words[1])), 0)
    elif words[:1] == ["--ours"]:
        times = ours(Path(words[1]), [Path(one) for one in words[2:]])
        print(*times, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
    else:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            if words != ["réels"]:
                base_ic(folder)
                workbook(folder)
                vintages(folder, 10)
            if words != ["vitesse"]:
                real_files(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
