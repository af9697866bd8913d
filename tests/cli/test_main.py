"""The command line: the library's words, errors as sentences, statuses that a script can read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import attacker
import demo
import pytest
from packages_made import package

from observatoire.cli import console
from observatoire.cli import ingest as loading
from observatoire.cli import main as cli
from observatoire.workspace.scaffold import create_workspace


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_workspace(tmp_path_factory.mktemp("cli") / "espace")


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["observatoire", *map(str, words)])
    monkeypatch.setattr(console.out, "width", 200)
    monkeypatch.setattr(console.err, "width", 200)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return int(stop.value.code or 0)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["anex"], 2, ["« anex » n’existe pas", "annex"]),
        (["carte", "population"], 2, ["« carte » n’existe pas", "« map »"]),
        (["vérifier"], 2, ["« check »"]),
        (["map", "part_hlm", "--change", "2012"], 2, ["« --change » demande 2 valeurs"]),
        (["panel"], 1, ["Il manque l’argument « THEME »"]),
        (["panel", "habitat", "--periode", "3"], 2, ["Vouliez-vous dire « --period »"]),
        (["panle"], 2, ["Vouliez-vous dire « panel »"]),
        (
            ["panel", "--foo"],
            2,
            ["« --foo » n’existe pas", "Options de cette commande : --workspace"],
        ),
        (["panel", "--them", "habitat"], 2, ["« THEME » s’écrit sans « --them »"]),
        (["panel", "habitat", "-P", "2016"], 2, ["Vouliez-vous dire « -p »"]),
        (["panel", "habitat", "--dossier", "x"], 2, ["Vouliez-vous dire « --workspace »"]),
        (["panel", "--aide"], 2, ["Vouliez-vous dire « --help »"]),
        (["load", "--rejeter"], 2, ["Vouliez-vous dire « --reject »", "observatoire load --help"]),
        (["load", "--zonage", "x"], 2, ["Vouliez-vous dire « --zoning »"]),
        (["load", "--reject=oui"], 2, ["« --reject » s’écrit seule, sans valeur"]),
        (["trend", "--debut", "2010"], 2, ["observatoire trend INDICATEUR DEBUT FIN"]),
        (["map", "part_hlm", "2016"], 2, ["en trop : 2016", "s’écrit --period 2016"]),
        (["panel", "emploi", "insertion"], 2, ["en trop : insertion", "guillemets"]),
        (["--verison"], 2, ["Vouliez-vous dire « --version »"]),
        (["panel", "--theme", "habitat"], 2, ["« THEME » s’écrit sans « --theme »"]),
        (["-w", "ici", "status"], 2, ["« -w » n’existe pas", "après elle"]),
        (["status", "un", "deux"], 2, ["en trop"]),
        (["status", "-w", "/nulle/part"], 1, ["observatoire.toml", "observatoire init"]),
        (["federate", "ici", "-o", "x.xlsx"], 1, [".csv"]),
    ],
)
def test_a_wrong_call_is_a_french_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    status: int,
    said: list[str],
) -> None:
    assert call(monkeypatch, *words) == status
    shown = capsys.readouterr().err
    assert shown.startswith("Erreur : ")
    assert "Traceback" not in shown
    for text in said:
        assert text in shown


@pytest.mark.parametrize("word", ["--them", "--zz", "--foo", "--nothing", "--format"])
def test_nothing_near_is_no_cry_for_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert call(monkeypatch, "check", word) == 2
    assert "Vouliez-vous dire « --help »" not in capsys.readouterr().err


def test_a_folder_is_no_table_to_preview(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "preview", "data/raw/insee-rp2016", "-w", space) == 1
    shown = capsys.readouterr().err
    assert "C’est un dossier" in shown
    assert "observatoire load" in shown


ENGLISH = r"Usage|Options:|Arguments:|Show this|default|required|<str>|<path>|\[ARGS\]|\.\.\."


COMMANDS = [str(one.name or one.callback.__name__) for one in cli.app.registered_commands]  # type: ignore[union-attr]


@pytest.mark.parametrize("words", [[], ["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_is_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert call(monkeypatch, *words) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Emploi : observatoire")
    assert not re.search(ENGLISH, shown), shown


def test_init_does_not_overwrite(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (space / "observatoire.toml").read_bytes()
    assert call(monkeypatch, "init", space) == 1
    assert "déjà" in capsys.readouterr().err
    assert (space / "observatoire.toml").read_bytes() == before


def test_load_then_status_tell_what_was_read(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "load", "data/raw/insee-rp2016", "-w", space) == 0
    assert "147\u00a0lignes lues, 147\u00a0gardées" in capsys.readouterr().out
    assert call(monkeypatch, "load", "data/raw/insee-rp2016", "-w", space) == 0
    assert "inchangé" in capsys.readouterr().out
    assert call(monkeypatch, "status", "-w", space) == 0
    shown = capsys.readouterr().out
    assert "insee-rp2016" in shown
    assert "schématique" in shown


def test_status_of_an_empty_workspace_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = create_workspace(tmp_path / "vide")
    assert call(monkeypatch, "status", "-w", empty) == 0
    assert "observatoire load" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["panel", "population", "-p", "2016"], "tableau-population.html"),
        (["map", "part_hlm", "-p", "2016"], "carte-part_hlm.html"),
        (["profile", "centre ville"], "fiche-centre-ville.html"),
    ],
)
def test_what_is_shown_is_written_where_it_says(
    space: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    name: str,
) -> None:
    assert call(monkeypatch, *words, "-w", space) == 0
    written = space / "data" / "processed" / name
    assert written.is_file()
    assert name in capsys.readouterr().out


def test_unknown_names_give_the_nearest(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "map", "part_hml", "-w", space) == 1
    assert "« part_hlm »" in capsys.readouterr().err
    assert call(monkeypatch, "profile", "Dilon", "-w", space) == 1
    assert "« Dillon »" in capsys.readouterr().err


def test_watch_says_whether_anything_is_watched(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = (space / "watch.toml").read_text("utf-8")
    for text, said in (
        ("", "déclarez-en dans watch.toml"),
        ('[watch.a]\nlabel = "A"\nindicator = "taux_pauvrete"\nabove = 99\n', "aucun dépassé"),
    ):
        (space / "watch.toml").write_text(text, "utf-8")
        try:
            assert call(monkeypatch, "watch", "-w", space) == 0
        finally:
            (space / "watch.toml").write_text(watched, "utf-8")
        assert said in capsys.readouterr().out


def test_what_was_withdrawn_and_stays_readable_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"iris-2016;{code};2016;aidA;{90 + rank}" for rank, code in enumerate(attacker.IRIS)]
    for given in (rows, rows[1:]):
        attacker.write(tmp_path / "espace", given)
        assert call(monkeypatch, "load", "-w", tmp_path / "espace") == 0
        assert "versions/" not in capsys.readouterr().out
        assert call(monkeypatch, "publish", tmp_path / "paquet", "-w", tmp_path / "espace") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "versions/1.0.0 garde" in said
    assert "Version 1.1.0 : 3 chiffres révisés." in said
    assert "dossier nouveau" in said


def test_publish_then_federate(
    space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package, together = tmp_path / "paquet", tmp_path / "ensemble.csv"
    assert call(monkeypatch, "publish", package, "-w", space) == 0
    assert (package / "datapackage.json").is_file()
    page = tmp_path / "inventaire.html"
    assert call(monkeypatch, "federate", package, "-o", together, "--inventory", page) == 0
    assert "Qui observe quoi" in page.read_text(encoding="utf-8")
    assert call(monkeypatch, "federate", package, "-o", together, "--inventory", "x.txt") == 1
    assert call(monkeypatch, "federate", package, "-o", together, "--map", "carte.svg") == 1
    pages = {"--map": tmp_path / "f.svg", "--panel": tmp_path / "f.xlsx"}
    options = [str(word) for pair in pages.items() for word in pair]
    asked = [package, "-o", together, *options, "--indicator", "part_hlm"]
    assert call(monkeypatch, "federate", *asked) == 0
    assert all(path.stat().st_size for path in pages.values())
    assert together.read_text(encoding="utf-8").startswith("zonage,territoire,nom,indicateur")
    assert "indicateurs communs" in capsys.readouterr().out


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="pas de dossier où l’on ne peut écrire")
def test_what_cannot_be_written_is_a_sentence(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert call(monkeypatch, "publish", "/proc/paquet", "-w", space) == 1
    made = package(tmp_path / "paquet")
    assert call(monkeypatch, "federate", made, "-o", "/proc/f.csv") == 1
    shown = capsys.readouterr().err
    assert shown.count("On ne peut pas écrire ici. Le système dit : ce dossier") == 2
    assert "No such file" not in shown


def test_audit_says_when_nothing_is_hidden(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "audit", "-w", space) == 0
    assert "rien à retrouver" in capsys.readouterr().out


def test_the_catalogue_is_listed_with_what_an_indicator_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], space: Path
) -> None:
    assert call(monkeypatch, "indicators", "emploi", "-w", space) == 0
    lines = capsys.readouterr().out.splitlines()
    by_code = {line.split()[1]: line for line in lines if line.startswith("│")}
    assert "part_hlm" not in by_code
    assert "%" in by_code["taux_chomage_jeunes"]
    assert "aucune : il manque famille base-ic" in by_code["taux_chomage_jeunes"]
    assert call(monkeypatch, "indicators", "emplois", "-w", space) == 1
    assert "Vouliez-vous dire « emploi »" in capsys.readouterr().err


def test_trends_and_inequalities_are_asked_by_the_same_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    space = demo.workspace(tmp_path / "entier")
    demo.keep_open(monkeypatch, space)
    made = [tmp_path / "evolution.html", tmp_path / "inegalites.html"]
    assert call(monkeypatch, "trend", "taux_pauvrete", "2016", "2019", "-w", space) == 1
    assert "Rupture de série en 2019" in capsys.readouterr().err
    # A change of a source that moves by itself is judged; its figures of one date are facts.
    asked = {
        ("trend", "taux_pauvrete", "2014", "2016"): False,
        ("inequality", "taux_pauvrete"): True,
    }
    for words, of_facts in asked.items():
        command = [*words, "-w", space, "-o", made[0], "--precision"]
        assert call(monkeypatch, *words, "-w", space, "-o", made[1]) == 0
        assert call(monkeypatch, *command, "all") == 0
        # Asked for as a draw, a source that does not say its sizes is no fact any more.
        for page, fact in zip(made, (False, of_facts), strict=True):
            assert ("est un fait" in page.read_text("utf-8")) == fact
        capsys.readouterr()
        assert call(monkeypatch, *command, "toutes") == 1
        assert "toutes" in capsys.readouterr().err


def test_check_says_what_is_found_and_fails_on_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = create_workspace(tmp_path / "abime")
    assert call(monkeypatch, "load", spoilt / "data/raw/filosofi-disponible", "-w", spoilt) == 0
    capsys.readouterr()
    assert call(monkeypatch, "check", "-w", spoilt) == 0
    assert "0\u00a0erreur, 0\u00a0alerte" in capsys.readouterr().out
    path = spoilt / "data/raw/filosofi-disponible/filosofi-disponible.csv"
    text = path.read_text("utf-8")
    assert ";31.6" in text
    path.write_text(text.replace(";31.6", ";3160", 1), "utf-8")
    assert call(monkeypatch, "load", spoilt / "data/raw/filosofi-disponible", "-w", spoilt) == 0
    assert "erreur\u00a0: Taux hors de 0 à 100 %" in capsys.readouterr().out
    table = tmp_path / "anomalies.csv"
    assert call(monkeypatch, "check", "-w", spoilt, "-o", table) == 2
    shown = capsys.readouterr().out
    assert "3\u202f160" in shown
    assert "taux-hors-bornes" in table.read_text("utf-8-sig")
    assert call(monkeypatch, "status", "-w", spoilt) == 0
    assert "Taux hors de 0 à 100 %" in capsys.readouterr().out


def test_status_shows_the_agreements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lent = create_workspace(tmp_path / "prete")
    path = lent / "data/raw/sdes-rpls-2022/source.toml"
    path.write_text(
        path.read_text("utf-8")
        + '\n[convention]\npartner = "la Deal"\naudience = "interne"\nuntil = 2020-12-31\n',
        encoding="utf-8",
    )
    assert call(monkeypatch, "load", path.parent, "-w", lent) == 0
    assert "Convention avec la Deal" in capsys.readouterr().out
    assert call(monkeypatch, "status", "-w", lent) == 0
    shown = capsys.readouterr().out
    for text in ("la Deal", "interne", "31/12/2020", "échue"):
        assert text in shown


def test_fetch_lists_the_registry_and_says_what_is_done_by_hand(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "fetch", "--list", "-w", space) == 0
    shown = capsys.readouterr().out
    for text in ("insee-rp2022-population (à télécharger)", "qpv-2015 (à la main", "https://"):
        assert text in shown
    assert call(monkeypatch, "fetch", "contours-iris-972", "-w", space) == 1
    said = capsys.readouterr().err
    assert "à la main" in said
    assert "geo" in said
    assert call(monkeypatch, "fetch", "qpv-2016", "-w", space) == 1
    assert "« qpv-20" in capsys.readouterr().err


def test_load_of_all_goes_on_after_a_bad_one_and_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = create_workspace(tmp_path / "espace")
    for folder in (made / "data/raw").iterdir():
        if folder.name not in {"insee-rp2016", "drees-apl", "valeurs-publiees"}:
            shutil.rmtree(folder)
    path = made / "data/raw/insee-rp2016/population.csv"
    path.write_text(path.read_text("utf-8").replace("972090101", "972099101"), "utf-8")
    assert call(monkeypatch, "load", "-w", made) == 1
    printed = capsys.readouterr()
    assert "insee-rp2016 : population.csv, ligne 2" in printed.err
    assert "--reject" in printed.err
    assert "on_error" not in printed.err
    assert "valeurs-publiees" in printed.out


def test_preview_then_load_without_a_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    space = create_workspace(tmp_path / "espace")
    path = tmp_path / "suivi-2016.csv"
    path.write_text("Quartier;Suivis\nDILLON;12\nFour a chaux;<5\nTotal;15\n", "utf-8")
    assert call(monkeypatch, "preview", path, "-w", space, "--write") == 0
    shown = capsys.readouterr().out
    assert "FDF13" in shown
    assert (space / "data/raw/suivi-2016/source.toml").is_file()
    assert call(monkeypatch, "load", path, "-w", space) == 0
    assert "3\u00a0lignes lues, 2\u00a0gardées, 1\u00a0rejetée" in capsys.readouterr().out


def test_a_command_that_is_stopped_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("observatoire.open", stopped)
    monkeypatch.setattr("sys.argv", ["observatoire", "status"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 130
    assert "Interrompu" in capsys.readouterr().err


def test_no_help_page_shows_a_type_of_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("federate", "maps", "annex", "load"):
        assert call(monkeypatch, command, "--help") == 0
        assert "<" not in capsys.readouterr().out


def test_a_table_never_folds_inside_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    quoted = "« datapackage.json »"
    words = [f"{'x' * n} {quoted} fin" for n in range(40, 80)]
    console.show("Essai", ["Pourquoi"], [[each] for each in words])
    assert capsys.readouterr().out.count(quoted) == len(words)


def test_what_has_come_is_said_in_french() -> None:
    assert loading._transferred(12_340_000, 55_000_000) == "12,3 sur 55,0\u00a0Mo"
    assert loading._transferred(0, None) == "0,0\u00a0Mo"


def test_a_federation_without_outlines_writes_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = package(tmp_path / "paquet")
    pages = {f"--{name}": tmp_path / f"{name}.html" for name in ("inventory", "panel", "annex")}
    words = [str(word) for pair in pages.items() for word in pair]
    asked = ["federate", made, "-o", tmp_path / "f.csv", *words, "--indicator", "pop"]
    assert call(monkeypatch, *asked, "--map", tmp_path / "carte.html") == 1
    assert "pas de carte" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["paquet"]
    assert call(monkeypatch, *asked) == 0
    assert all(path.stat().st_size for path in pages.values())


@pytest.mark.parametrize(
    ("page", "forms"), [("--annex", ".html, .pdf, .docx et .xlsx"), ("--atlas", ".html")]
)
def test_a_refused_form_of_a_federation_names_those_there_are(
    page: str, forms: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "federate", "rien", page, "f.svg") == 1
    assert f"Suffixes possibles : {forms}." in " ".join(capsys.readouterr().err.split())


def test_two_pages_of_one_name_are_refused_before_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--panel", "f.html", "--inventory", "./f.html")
    assert call(monkeypatch, "federate", "rien", *words) == 1
    assert "sont le même" in " ".join(capsys.readouterr().err.split())
