"""Known families: each recognised by its columns, its period found, its file loaded as it comes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, says

import observatoire as obs
from observatoire.errors import DescriptorError, UnknownTerritoryError
from observatoire.sources.descriptors.sampling_design import SamplingDesign, Whole
from observatoire.sources.families.family import read_families, read_family, recognise
from observatoire.values import Nature
from observatoire.warehouse.loading.files import load_file, preview_file

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse

#: Headers as producers write them (FORMATS): the family, then one file's columns.
HEADERS = [
    ("base-ic-population", "IRIS,REG,DEP,UU2010,COM,LIBCOM,TRIRIS,GRD_QUART,LIBIRIS,TYP_IRIS,MODIF_IRIS,LAB_IRIS,P06_POP,P06_POP0002,P06_POP75P"),  # noqa: E501
    ("base-ic-population", "IRIS,COM,TYP_IRIS,LAB_IRIS,P20_POP,P20_POP0002,P20_POP80P,C20_POP15P"),
    ("base-ic-logement", "IRIS,COM,TYP_IRIS,LAB_IRIS,P20_LOG,P20_RP,P20_RSECOCC"),
    ("base-ic-activite", "IRIS,COM,TYP_IRIS,LAB_IRIS,P13_POP1564,P13_ACT1564,C13_ACT1564_CS1"),
    ("base-ic-formation", "IRIS,COM,LAB_IRIS,P10_POP0205,P10_SCOL0205,P10_NSCOL15P,P10_NSCOL15P_DIPL0"),
    ("base-ic-formation", "IRIS,COM,LAB_IRIS,P15_POP0205,P15_SCOL0205,P15_NSCOL15P,P15_NSCOL15P_DIPLMIN"),
    ("base-ic-menages", "IRIS,COM,LAB_IRIS,C15_MEN,C15_MENPSEUL,C15_FAM,C15_FAMMONO"),
    ("base-ic-extrait", "IRIS,LIBCOM,TYP_IRIS,P16_POP0014,C16_POP15P_CS1"),
    ("rp-communes", "CODGEO,REG,DEP,LIBGEO,P16_POP,P16_POP0014,C16_POP15P"),
    ("rp-communes", "id,comp1,comp2,comp3,p16_log,p16_rp"),
    ("filosofi", "IRIS,DEC_PIMP21,DEC_TP6021,DEC_INCERT21,DEC_Q121,DEC_MED21"),
    ("filosofi", "IRIS,DISP_TP6019"),
    ("filosofi-panel", "iris,com,libcom,taux_pauvrete,revenu_median,annee"),
    ("filosofi-panel-qpv", "code,revenu_median,taux_pauvrete,gini,s80s20,annee"),
    ("filosofi-qpv", "CODGEO,LIBGEO,REG,DISP_MED_A21,DISP_TP60_A21,DISP_NOTE_A21"),
    ("filosofi-qpv", "qp,nom_qp,disp_q1_a14,disp_q2_a14,tp60_a14"),
    ("carreaux", "idcar_200m,idcar_1km,idcar_nat,i_est_200,lcog_geo,ind,men,men_pauv,ind_snv,log_soc"),
    ("carreaux", "idcar_1km,i_est_1km,ind,men,ind_snv"),
    ("rpls-iris", "CodGeo,LibGeo,DepCom,Note,nbLsPls,nbLsMes,txVac,medLoy"),
    ("ssmsi", "CODGEO_2024,annee,classe,unité.de.compte,valeur.publiée,faits,tauxpourmille,complementinfoval"),
    ("ssmsi", "CODGEO_2025,annee,indicateur,unite_de_compte,nombre,taux_pour_mille,est_diffuse"),
    ("ips", "rentree_scolaire,academie,code_du_departement,uai,nom_de_l_etablissment,code_insee_de_la_commune,effectifs,ips"),  # noqa: E501
    ("caf", "CODGEO,NB_Pers_par_Foyer_Alloc,NB_Enfants,DTREF"),
    ("qpv-demographie", "NOM_QP,qp,listcom,reg,niv,ind_jeune,h_ind_jeune,tx_tot_0a14,tx_tot_et"),
    ("iris-demographie", "iris,com,tx_f,tx_tot_et,ind_jeune,tx_tot_empl"),
    ("iris-reference", "CODE_IRIS,LIB_IRIS,TYP_IRIS,MODIF_IRIS,TRIRIS,GRD_QUART,DEPCOM,LIBCOM,UU2010,REG,DEP"),
    ("contours-iris", "INSEE_COM,NOM_COM,IRIS,CODE_IRIS,NOM_IRIS,TYP_IRIS"),
    ("contours-iris", "DEPCOM,NOM_COM,IRIS,DCOMIRIS,NOM_IRIS,TYP_IRIS"),
    ("contours-iris", "cleabs,code_insee,nom_commune,iris,code_iris,nom_iris,type_iris"),
    ("contours-qpv", "CODE_QP,NOM_QP,COMMUNE_QP"),
    ("contours-qpv", "code_qp,lib_qp,insee_com,lib_com"),
    ("evolution-population", "code,pop_2013,pop_2018,evol_pop_pct"),
    ("contours-communes", "INSEE_COM,STATUS,LIBGEO,POP"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "header"), HEADERS)
def test_each_family_is_recognised_whatever_the_case(code: str, header: str) -> None:
    known = read_families()
    for names in (header.split(","), header.lower().split(","), header.upper().split(",")):
        found = recognise(names, known)
        assert found is not None
        assert found.code == code


def test_every_family_is_tried() -> None:
    expected = {code for code, _ in HEADERS} | {"rpls-qpv"}
    assert expected == set(read_families())


@pytest.mark.parametrize(
    "header", ["Quartier,Allocataires,Taux", "a,b", "IRIS,COM", "", "code,nom,x"]
)
def test_a_partner_s_table_is_no_family_of_figures(header: str) -> None:
    found = recognise(header.split(","), read_families())
    assert found is None or found.kind != "figures"


def test_period_and_labels_out_of_the_columns() -> None:
    family = read_families()["base-ic-population"]
    assert family.period_of(["IRIS", "P06_POP", "C06_POP15P"], "", "x.xls") == "2006"
    assert family.period_of(["IRIS", "P06_POP", "P11_POP"], "", "x.xls") == ""
    assert family.label("P20_POP0002") == "Pop 0-2 ans"
    assert family.measure("P20_POP0002").nature is Nature.COUNT  # type: ignore[union-attr]
    assert read_families()["filosofi"].label("DISP_MED19").startswith("Revenu disponible médian")


def test_families_say_what_adds_up_once_each() -> None:
    said = {
        (one.whole, frozenset(one.parts)): family.code
        for family in read_families().values()
        for one in family.identities
    }
    assert said["P##_POP", frozenset({"P##_POPH", "P##_POPF"})] == "base-ic-population"
    assert said["men", frozenset({"men_coll", "men_mais"})] == "carreaux"
    for (whole, parts), code in said.items():
        family = read_families()[code]
        natures = {family.measure(name.replace("##", "16")) for name in (whole, *parts)}
        assert None not in natures
        assert whole not in parts


@pytest.mark.parametrize("parts", ['["A"]', '["N", "A"]', '["A", "A", "B"]'])
def test_a_sum_that_cannot_be_is_refused(tmp_path: Path, parts: str) -> None:
    path = tmp_path / "essai.toml"
    path.write_text(
        'title = "Essai"\nproducer = "X"\nlicence = "Y"\nrequired = ["N"]\n'
        'territory = "IRIS"\n[[variables]]\ncolumns = ".*"\nnature = "count"\n'
        f'[[identities]]\nwhole = "N"\nparts = {parts}\n',
        "utf-8",
    )
    with pytest.raises(DescriptorError) as refused:
        read_family(path)
    says(refused.value, "parts", "deux colonnes")


def test_a_family_whose_precision_cannot_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "essai.toml"
    path.write_text(
        'title = "Essai"\nproducer = "X"\nlicence = "Y"\nrequired = ["N"]\n'
        'territory = "IRIS"\n[precision]\nmethod = "sondage"\n'
        '[[variables]]\ncolumns = "N"\nnature = "count"\n',
        "utf-8",
    )
    with pytest.raises(DescriptorError, match="sondage") as refused:
        read_family(path)
    says(refused.value, "essai.toml", "method")


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    return place.empty_warehouse()


def test_a_census_base_loads_without_a_line(place: Place, warehouse: Warehouse) -> None:
    text = (
        "IRIS;COM;TYP_IRIS;LAB_IRIS;P20_LOG;P20_RP;P20_NBPI_RP\n"
        "972090101;97209;H;1;10,5;9.5;40\n010010000;01001;Z;5;1;1;1\n"
    )
    path = place.write("base-ic-logement.csv", text)
    report = load_file(warehouse, place.workspace, path)
    assert (report.read, report.kept, report.rejected) == (2, 1, 1)
    assert warehouse.rows("SELECT DISTINCT period FROM observation") == [("2020",)]
    natures = dict(warehouse.rows("SELECT code, nature FROM variable"))
    assert natures == {"P20_LOG": "count", "P20_RP": "count", "P20_NBPI_RP": "amount"}
    assert "base-ic-logement" in report.notices[0]
    assert "2020" in report.title
    ((rule,),) = warehouse.rows("SELECT rule FROM precision_rule")
    announced = SamplingDesign(**json.loads(rule))
    assert (announced.method, announced.fraction, announced.careful_below) == ("census", 0.4, 200)
    assert announced.whole_of(["P20_RP"]) == Whole(("PYY_LOG",), 0.0)
    assert (announced.effect_of("P20_RP_LOCHLMV"), announced.effect_of("P20_RP")) == (10.0, 2.0)


_CODES = "IRIS;COM;TYP_IRIS;LAB_IRIS;P20_LOG;P20_RP"
_LABELS = "IRIS;Commune;Type;Label;Logements 2019;Résidences principales 2019"


@pytest.mark.parametrize(
    ("name", "lines", "years"),
    [
        ("a.csv", (_LABELS, _CODES, "972090101;97209;H;1;10;9"), ("2020", "« Logements 2019 »")),
        ("a.csv", (_CODES, _LABELS, "972090101;97209;H;1;10;9"), ("2020", "« Logements 2019 »")),
        ("caf-2015.csv", ("CODGEO;NB_Allocataires;DTREF", "97209;9;2014"), ("2015", "2014")),
    ],
    ids=["above", "below", "rows"],
)
def test_a_family_that_says_two_years_is_asked(
    place: Place, name: str, lines: tuple[str, ...], years: tuple[str, str]
) -> None:
    shown = preview_file(place.workspace, place.write(name, "\n".join(lines) + "\n"))
    assert shown.refusal is not None
    says(shown.refusal, "deux périodes", *years)


def test_only_a_file_of_all_inhabitants_says_which_communes_are_counted_whole() -> None:
    limits = {code: family.precision.get("whole_below") for code, family in read_families().items()}
    assert {code for code, limit in limits.items() if limit} == {
        "base-ic-population",
        "base-ic-extrait",
        "rp-communes",
    }


def test_income_keeps_its_secrets(place: Place, warehouse: Warehouse) -> None:
    text = "\ufeffIRIS;DISP_TP6021;DISP_MED21\n972090101;27,5;12340\n972090102;ns;s\n"
    load_file(warehouse, place.workspace, place.write("filo.csv", text))
    rows = warehouse.rows("SELECT variable, value, status FROM observation ORDER BY line, variable")
    assert rows == [
        ("DISP_MED", 12340.0, "observed"),
        ("DISP_TP60", 27.5, "observed"),
        ("DISP_MED", None, "secret"),
        ("DISP_TP60", None, "secret"),
    ]
    assert warehouse.rows("SELECT threshold FROM source") == [(11.0,)]
    ((rule,),) = warehouse.rows("SELECT rule FROM precision_rule")
    assert json.loads(rule)["method"] == "exhaustive"


def test_crime_is_read_in_long_with_two_digits_of_a_year(
    place: Place, warehouse: Warehouse
) -> None:
    text = (
        "CODGEO_2024;annee;classe;unité.de.compte;valeur.publiée;faits;tauxpourmille;complementinfoval\n"
        "97209;16;Coups et blessures;victime;diff;12;0,15;NA\n"
        "97209;17;Coups et blessures;victime;ndiff;NA;NA;3,5\n"
        "01001;16;Coups et blessures;victime;diff;1;0,1;NA\n"
    )
    report = load_file(warehouse, place.workspace, place.write("delinquance.csv", text))
    assert (report.read, report.kept) == (3, 2)
    rows = warehouse.rows("SELECT variable, period, value, status FROM observation ORDER BY line")
    assert rows == [
        ("Coups et blessures", "2016", 12.0, "observed"),
        ("Coups et blessures", "2017", None, "secret"),
    ]


def test_the_caf_s_date_is_a_month(place: Place, warehouse: Warehouse) -> None:
    text = "CODGEO;NB_Allocataires;NB_Enfants;DTREF\n97209;10;4;2016-12-31\n97213;nc;;31/12/2016\n"
    load_file(warehouse, place.workspace, place.write("caf.csv", text))
    assert warehouse.rows("SELECT DISTINCT period FROM observation") == [("2016-12",)]


def test_rows_of_labels_under_the_codes_are_set_aside(place: Place, warehouse: Warehouse) -> None:
    place.toml('[zonings."quartier-2007"]', '[zonings."qpv-2015"]\nlabel = "QPV"\nsingular = "QPV"\n'
               'members = "geo/qpv.csv"\n\n[zonings."quartier-2007"]')  # fmt: skip
    place.write("geo/qpv.csv", "code;nom;commune\nQP972001;Dillon;97209\n")
    text = (
        "Champ : QPV\nSource : Recensement de la population 2010\n"
        "NOM_QP;qp;niv;ind_jeune;tx_tot_et;tx_tot_0a14\n"
        "Nom du quartier;Code du quartier;Taille;Indice de jeunesse;Part des étrangers;Part\n"
        "Dillon;QP972001;4;1,5;3,2;20\nAilleurs;QP001001;4;1;1;1\n"
    )
    report = load_file(place.empty_warehouse(), place.workspace, place.write("qpv.csv", text))
    assert (report.read, report.kept, report.rejected) == (3, 1, 2)
    assert sorted(report.rejects["kind"]) == ["note", "outside"]
    del warehouse


def test_a_family_whose_zoning_is_not_declared(place: Place, warehouse: Warehouse) -> None:
    path = place.write("carreaux_2019.csv", "idcar_200m;ind;men;ind_snv\nCRS1;1;1;2\n")
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "carreau", "observatoire.toml", "iris-2016")


def test_a_family_of_elsewhere(place: Place, warehouse: Warehouse) -> None:
    path = place.write("filo.csv", "IRIS;DISP_TP6021;DISP_MED21\n010010101;27,5;12340\n")
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "d’autres lieux", "010010101", "département 01", "iris-2016")


def test_the_reference_table_of_iris_measures_nothing(place: Place, warehouse: Warehouse) -> None:
    text = "CODE_IRIS;LIB_IRIS;TYP_IRIS;TRIRIS;GRD_QUART;DEPCOM\n972090101;C;H;1;1;97209\n"
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, place.write("reference_IRIS_geo2016.csv", text))
    says(caught.value, "décrit des territoires", "members")


# --- A family of one's own --------------------------------------------------------------------------

OWN = """\
title = "Suivi de la mission locale {period}"
producer = "Mission locale"
licence = "Convention"
zoning = ["quartier"]
territory = "secteur"
required = ["jeunes_suivis"]

[period]
file = "(?:19|20)[0-9]{2}"

[[variables]]
columns = "jeunes_.*"
nature = "count"
unit = "jeunes"
universe = "Jeunes de 16 à 25 ans"
"""


def test_a_workspace_has_families_of_its_own(place: Place, warehouse: Warehouse) -> None:
    place.write("families/mission-locale.toml", OWN)
    path = place.write("ml-2016.csv", "Secteur;Jeunes_suivis;Jeunes_placés\nFour à Chaux;12;<5\n")
    preview = preview_file(place.workspace, path)
    assert preview.family == "mission-locale"
    assert load_file(warehouse, place.workspace, path).kept == 1


def test_numbers_of_ones_own_family_that_read_in_two_ways_are_refused_until_declared(
    place: Place, warehouse: Warehouse
) -> None:
    place.write("families/mission-locale.toml", OWN)
    path = place.write("ml-2016.csv", "Secteur;Jeunes_suivis\nFour à Chaux;1.234\n")
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "1.234", "deux façons", "families/mission-locale.toml")
    place.write(
        "families/mission-locale.toml", OWN.replace("[period]", 'thousands = "."\n[period]', 1)
    )
    load_file(warehouse, place.workspace, path)
    assert warehouse.rows("SELECT value FROM observation") == [(1234,)]


def test_ones_own_family_reads_thousands_as_the_file_writes_them(
    place: Place, warehouse: Warehouse
) -> None:
    place.write("families/mission-locale.toml", OWN)
    text = "Secteur;Jeunes_suivis;Jeunes_placés\nFour à Chaux;1.234;1.234,5\n"
    load_file(warehouse, place.workspace, place.write("ml-2016.csv", text))
    rows = warehouse.rows("SELECT value FROM observation ORDER BY value")
    assert rows == [(1234,), (1234.5,)]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("[period]", 'thousands = ","\ndecimal = ","\n[period]', ("thousands", "decimal")),
        ("licence =", "licnece =", ("licnece", "« licence »")),
        ('"count"', '"counts"', ("counts", "« count »")),
        ('"jeunes_.*"', '"jeunes_("', ("expression régulière", "au 8e caractère")),
        ('["jeunes_suivis"]', '[""]', ("required", "un motif vide")),
        ("[[variables]]", "[variables]", ("crochets doublés, [[variables]]",)),
        ("[period]", "[secrecy]\nthreshold = -5\n[period]", ("mienne.toml, ligne", "threshold")),
        ('required = ["jeunes_suivis"]', "", ("required",)),
        ("zoning", "zoning = []\n#", ("de quel zonage", "zoning = [")),
        ('file = "(?:19|20)[0-9]{2}"', 'columns = "P_.*"', ("( )",)),
    ],
)
def test_a_family_ill_written_says_where(
    tmp_path: Path, old: str, new: str, parts: tuple[str, ...]
) -> None:
    path = tmp_path / "mienne.toml"
    path.write_text(OWN.replace(old, new), "utf-8")
    with pytest.raises(DescriptorError) as caught:
        read_family(path)
    says(caught.value, "mienne.toml", *parts)


# --- Producers' own files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "family", "period"),
    [
        ("classeurs_insee/base-ic-logement-2016-com.xls", "base-ic-logement", "2016"),
        ("classeurs_insee/base-ic-evol-struct-pop-2016-com-cIA.xls", "base-ic-population", "2016"),
        (
            "classeurs_insee/base-ic-couples-familles-menages-2016-com.xls",
            "base-ic-menages",
            "2016",
        ),
        ("classeurs_insee/base-ic-activite-residents-2016-com-cIA.xls", "base-ic-activite", "2016"),
        ("classeurs_insee/demographie_2010_qpv.xls", "qpv-demographie", "2010"),
        ("qpv/qpv_2021_metropole.csv", "filosofi-qpv", "2021"),
        ("iris/IRIS_housing_IR_Hab.csv", "base-ic-extrait", "2016"),
    ],
)
def test_real_files_are_recognised(real: Path, name: str, family: str, period: str) -> None:
    from observatoire.sources.formats.document import open_file
    from observatoire.sources.inference.table_finder import find_family
    from observatoire.sources.tables.sheets import sheets_of

    path = real / name
    found = find_family(sheets_of(open_file(path)), read_families())
    assert found is not None
    known, sheet, at = found
    header = [cell.strip() for cell in sheet.rows[at][1]]
    titles = " ".join(" ".join(row) for _, row in sheet.rows[:at])
    assert known.code == family
    assert known.period_of(header, titles, path.stem) == period
    assert re.fullmatch("IRIS|qp|CODGEO", known.territory_column(header))


# --- Made files of each family, as producers write them ---------------------------------------------

GRID = "CRS5490RES200mN1614000E704000", "CRS5490RES200mN1614200E704000"
KILOMETRES = "CRS5490RES1000mN1614000E704000", "CRS5490RES1000mN1615000E704000"

#: Zonings that a workspace declares for them: code, members.
ZONINGS = {
    "qpv-2015": ("QP972001", "QP972002"),
    "qpv-2024": ("QN97201M", "QN97202M"),
    "carreau-200m-2019": GRID,
    "carreau-1km-2019": KILOMETRES,
    "ecole-2022": ("9720001A", "9720002B"),
}

#: Family, file, zoning, text, then some figures: (territory, variable, period) to value.
MADE = [
    ("base-ic-formation", "base-ic-2006.csv", "iris-2016",
     ("IRIS;COM;LAB_IRIS;P06_POP0205;P06_SCOL0205;P06_NSCOL15P;P06_NSCOL15P_DIPL0;P06_NSCOL15P_CEP\n"
     "972090101;97209;1;10.25;9;100.5;30.5;20\n"),
     {("972090101", "P06_NSCOL15P_DIPL0", "2006"): (30.5, "count")}),
    ("base-ic-formation", "base-ic-2022.csv", "iris-2016",
     ("IRIS;COM;LAB_IRIS;P22_POP0205;P22_SCOL0205;P22_NSCOL15P;P22_NSCOL15P_DIPLMIN;P22_NSCOL15P_SUP34\n"
     "972090101;97209;1;10.25;9;100.5;30.5;20\n"),
     {("972090101", "P22_NSCOL15P_SUP34", "2022"): (20, "count")}),
    ("base-ic-menages", "base-ic-menages.csv", "iris-2016",
     ("IRIS;COM;LAB_IRIS;C11_MEN;C11_MENFAMMONO;C11_FAM;C11_FAMMONO;C11_PMEN\n"
     "972090101;97209;1;100;30.5;80;31.5;250\n"),
     {("972090101", "C11_MENFAMMONO", "2011"): (30.5, "count"),
      ("972090101", "C11_FAMMONO", "2011"): (31.5, "count")}),
    ("filosofi", "FILO2021_DISP_IRIS.csv", "iris-2016",
     ("\ufeffIRIS;DISP_TP6021;DISP_MED21;DISP_GI21;DISP_PPEN21;DISP_PIMPOT21;DISP_PBEN21\n"
     "972090101;27,5;12340;0,31;20;-12,3;-0,4\n972090102;s;s;s;s;s;s\n"),
     {("972090101", "DISP_TP60", "2021"): (27.5, "rate"),
      ("972090101", "DISP_PPEN", "2021"): (20, "rate"),
      ("972090101", "DISP_PIMPOT", "2021"): (-12.3, "rate"),
      ("972090101", "DISP_PBEN", "2021"): (-0.4, "rate"),
      ("972090102", "DISP_MED", "2021"): (None, "median")}),
    ("filosofi", "filo_dec_2012.csv", "iris-2016",
     "iris;dec_pimp12;dec_tp6012;dec_q112;dec_med12\n972090101;45,1;30;5000;12000\n",
     {("972090101", "DEC_Q1", "2012"): (5000, "median"),
      ("972090101", "DEC_PIMP", "2012"): (45.1, "rate")}),
    ("filosofi-panel", "panel_iris.csv", "iris-2016",
     ("iris,com,libcom,taux_pauvrete,revenu_median,annee\n972090101,97209,x,45.1,12000.5,2016\n"
      "972090101,97209,x,,,2017\n"),
     {("972090101", "DISP_TP60", "2016"): (45.1, "rate"), ("972090101", "DISP_MED", "2017"): (None, "median")}),
    ("filosofi-panel-qpv", "panel_qpv.csv", "qpv-2015",
     ("code,revenu_median,taux_pauvrete,part_locataires,annee,gini,s80s20\n"
      "QP972001,12000.0,52.1,86.1,2014,0.2,2.8\nQP972001,,,,2016,,\n"),
     {("QP972001", "DISP_TP60", "2014"): (52.1, "rate"), ("QP972001", "PART_LOCAT", "2014"): (86.1, "rate"),
      ("QP972001", "DISP_MED", "2016"): (None, "median"), ("QP972001", "DISP_GI", "2014"): (0.2, "index")}),
    ("filosofi-qpv", "filo_qpv_2014.csv", "qpv-2015",
     "qp;nom_qp;disp_q2_a14;tp60_a14;disp_pimpot_a14\nQP972001;Dillon;12000;45,3;-11,2\n",
     {("QP972001", "DISP_TP60", "2014"): (45.3, "rate"),
      ("QP972001", "DISP_PIMPOT", "2014"): (-11.2, "rate")}),
    ("filosofi-qpv", "filo_qpv_2023.csv", "qpv-2024",
     "CODGEO;LIBGEO;DISP_MED_A23;DISP_TP60_A23\nQN97201M;Dillon;12000;45,3\nQN97202M;Canal;s;s\n",
     {("QN97201M", "DISP_MED", "2023"): (12000, "median"),
      ("QN97202M", "DISP_TP60", "2023"): (None, "rate")}),
    ("carreaux", "carreaux_200m_mart_2019.csv", "carreau-200m-2019",
     ("idcar_200m,idcar_1km,idcar_nat,i_est_200,lcog_geo,ind,men,men_surf,ind_snv,log_soc\n"
     f"{GRID[0]},{KILOMETRES[0]},x,1,97209,10.5,4.2,300,99000.5,1\n"),
     {(GRID[0], "ind", "2019"): (10.5, "count"), (GRID[0], "ind_snv", "2019"): (99000.5, "amount"),
      (GRID[0], "men_surf", "2019"): (300, "amount")}),
    ("carreaux", "Filosofi2015_carreaux_200m_mart.csv", "carreau-200m-2019",
     ("IdINSPIRE,Id_carr1km,I_est_cr,Id_carr_n,Groupe,Depcom,I_pauv,Id_car2010,Ind,Men,Ind_snv\n"
     f"{GRID[0]},{KILOMETRES[0]},0,x,1,97209,0,x,10.5,4,99000\n"
     f"{GRID[1]},{KILOMETRES[0]},0,x,1,97209,0,x,11.5,4,99000\n"),
     {(GRID[1], "Ind", "2015"): (11.5, "count")}),
    ("carreaux", "carreaux_1km_mart_2019.csv", "carreau-1km-2019",
     f"IDCAR_1KM,I_EST_1KM,LCOG_GEO,IND,MEN,IND_SNV\n{KILOMETRES[1]},1,97209,100.5,40,1000000\n",
     {(KILOMETRES[1], "IND", "2019"): (100.5, "count")}),
    ("rpls-iris", "rpls_iris_2022.csv", "iris-2016",
     ("CodGeo,LibGeo,DepCom,Note,nbLsPls,txVac,moyLoy,medLoy\n"
     "972090101,x,97209,0,357,5.4,6.5,6.7\n972090102,x,97209,2,,,,\n"),
     {("972090101", "nbLsPls", "2022"): (357, "count"), ("972090101", "medLoy", "2022"): (6.7, "median"),
      ("972090102", "txVac", "2022"): (None, "rate")}),
    ("rpls-qpv", "rpls_qpv_2024.csv", "qpv-2024",
     'CodGeo,LibGeo,Note,nbLsPls,txVac,moyLoy\nQN97201M,D,0,357,"5,4","6,5"\nQN97202M,C,4,,,\n',
     {("QN97201M", "txVac", "2024"): (5.4, "rate"), ("QN97201M", "moyLoy", "2024"): (6.5, "mean")}),
    ("evolution-population", "qpv_population.csv", "qpv-2024",
     "code,pop_2013,pop_2018,evol_pop_pct\nQN97201M,6056.0,6490.0,7.17\nQN97202M,1830.0,,\n",
     {("QN97201M", "pub_population", "2013"): (6056, "count"),
      ("QN97201M", "pub_population", "2018"): (6490, "count"),
      ("QN97202M", "pub_population", "2018"): (None, "count")}),
    ("ssmsi", "crimes.csv", "commune-2016",
     ("CODGEO_2025;annee;indicateur;unite_de_compte;nombre;taux_pour_mille;est_diffuse;insee_pop\n"
     "97209;2023;Coups;Victime;12;0,15;diff;80000\n97213;2023;Coups;Victime;NA;NA;ndiff;40000\n"),
     {("97209", "Coups", "2023"): (12, "count"), ("97213", "Coups", "2023"): (None, "count")}),
    ("ips", "ips-ecoles.csv", "ecole-2022",
     ("rentree_scolaire;academie;uai;nom_de_l_etablissment;code_insee_de_la_commune;effectifs;ips\n"
     "2021-2022;MARTINIQUE;9720001A;A;97209;210;85.3\n2021-2022;MARTINIQUE;9720002B;B;97209;30;NS\n"),
     {("9720001A", "ips", "2021-2022"): (85.3, "index"), ("9720002B", "ips", "2021-2022"): (None, "index")}),
    ("ips", "ips-colleges.csv", "ecole-2022",
     ("Rentrée scolaire;Académie;UAI;Nom de l'établissement;IPS;Ecart type de l'IPS\n"
     "2023-2024;MARTINIQUE;9720001A;A;85.3;30.1\n"),
     {("9720001A", "IPS", "2023-2024"): (85.3, "index"),
      ("9720001A", "Ecart type de l'IPS", "2023-2024"): (30.1, "index")}),
    ("caf", "caf_qpv.csv", "qpv-2015",
     "CODE_QP;NB_ALLOCATAIRES;NB_Enfants;DTREF\nQP972001;20;31;2019-12-31\nQP972002;nc;nc;2019-12-31\n",
     {("QP972001", "NB_ALLOCATAIRES", "2019-12"): (20, "count"),
      ("QP972002", "NB_Enfants", "2019-12"): (None, "count")}),
    ("qpv-demographie", "demographie_2010_qpv.csv", "qpv-2015",
     ("NOM_QP;qp;listcom;reg;niv;ind_jeune;tx_tot_0a14;tx_tot_et;tx_tot_fam_mono;l_nbpers\n"
     "Dillon;QP972001;x;02;4;1,5;20;3,2;41,5;2,4\n"),
     {("QP972001", "tx_tot_fam_mono", "2010"): (41.5, "rate"), ("QP972001", "l_nbpers", "2010"): (2.4, "mean"),
      ("QP972001", "ind_jeune", "2010"): (1.5, "index")}),
]  # fmt: skip


def declare_zonings(place: Place) -> None:
    for zoning, codes in ZONINGS.items():
        place.toml(
            '[zonings."quartier-2007"]',
            f'[zonings."{zoning}"]\nlabel = "x"\nsingular = "territoire"\n'
            f'members = "geo/{zoning}.csv"\n\n[zonings."quartier-2007"]',
        )
        rows = [f"{code};{zoning} {at};97209" for at, code in enumerate(codes)]
        place.write(f"geo/{zoning}.csv", "\n".join(["code;nom;commune", *rows, ""]))


@pytest.mark.parametrize(("family", "name", "zoning", "text", "figures"), MADE)
def test_a_made_file_of_each_family_loads_without_a_line(
    place: Place, family: str, name: str, zoning: str, text: str, figures: dict
) -> None:
    declare_zonings(place)
    with obs.open(place.root) as o:
        report = o.load(place.write(name, text))
        assert f"Famille reconnue : {family}." in report.notices[0]
        assert not [notice for notice in report.notices if "laissées de côté" in notice]
        assert report.rows_read == report.rows_kept == text.count("\n") - 1
        rows = o.warehouse.rows(
            "SELECT o.zoning, o.territory, o.variable, o.period, o.value, v.nature "
            "FROM current_observation AS o JOIN variable AS v ON v.source = o.source "
            "AND v.code = o.variable"
        )
        assert {row[0] for row in rows} == {zoning}
        notice = {tuple(row[1:4]): row[4:] for row in rows}
        assert {key: notice[key] for key in figures} == figures
        assert o.checks().by_level["erreur"] == 0


def test_every_family_of_figures_has_a_made_file() -> None:
    figures = {code for code, one in read_families().items() if one.kind == "figures"}
    tried_above = {"base-ic-population", "base-ic-logement", "base-ic-activite", "base-ic-extrait"}
    assert figures - {family for family, *_ in MADE} == {
        *tried_above, "rp-communes", "iris-demographie",
    }  # fmt: skip


def test_the_whole_code_wins_over_the_short_one_beside_it(place: Place) -> None:
    text = (
        "CODE_IRIS;IRIS;DEC_MED19;DEC_PIMP19\n972090101;0101;8740;27,2\n972090102;0102;5310;17,2\n"
    )
    shown = preview_file(place.workspace, place.write("revenus_2019.csv", text))
    assert shown.parsed is not None, shown.refusal
    assert set(shown.parsed.observations["territory"]) == {"972090101", "972090102"}
