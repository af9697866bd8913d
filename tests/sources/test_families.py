"""Known families: each recognised by its columns, its period found, its file loaded as it comes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from building import Place, says
from observatoire.errors import DescriptorError, UnknownTerritoryError
from observatoire.sources.families import read_families, read_family, recognise
from observatoire.sources.precision import PrecisionRule, Whole
from observatoire.values import Nature
from observatoire.warehouse.direct import load_file, preview_file

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
    told = {code for code, _ in HEADERS} | {"rpls-qpv"}
    assert told == set(read_families())


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
    return place.warehouse()


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
    told = PrecisionRule.from_dict(json.loads(rule))
    assert (told.method, told.fraction, told.careful_below) == ("census", 0.4, 200)
    assert told.whole_of(["P20_RP"]) == Whole(("PYY_LOG",), 0.0)
    assert (told.effect_of("P20_RP_LOCHLMV"), told.effect_of("P20_RP")) == (3.0, 2.0)


def test_income_keeps_its_secrets(place: Place, warehouse: Warehouse) -> None:
    text = "\ufeffIRIS;DISP_TP6021;DISP_MED21\n972090101;27,5;12340\n972090102;ns;s\n"
    load_file(warehouse, place.workspace, place.write("filo.csv", text))
    told = warehouse.rows("SELECT variable, value, status FROM observation ORDER BY line, variable")
    assert told == [
        ("DISP_MED21", 12340.0, "observed"),
        ("DISP_TP6021", 27.5, "observed"),
        ("DISP_MED21", None, "secret"),
        ("DISP_TP6021", None, "missing"),
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
    told = warehouse.rows("SELECT variable, period, value, status FROM observation ORDER BY line")
    assert told == [
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
    report = load_file(place.warehouse(), place.workspace, place.write("qpv.csv", text))
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


def test_numbers_of_ones_own_family_that_read_in_two_ways_are_refused_until_told(
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
    told = warehouse.rows("SELECT value FROM observation ORDER BY value")
    assert told == [(1234,), (1234.5,)]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("[period]", 'thousands = ","\ndecimal = ","\n[period]', ("thousands", "decimal")),
        ("licence =", "licnece =", ("licnece", "« licence »")),
        ('"count"', '"counts"', ("counts", "« count »")),
        ('"jeunes_.*"', '"jeunes_("', ("expression régulière",)),
        ('required = ["jeunes_suivis"]', "", ("required",)),
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
    from observatoire.sources.detecting import find_family, sheets_of
    from observatoire.sources.reading import open_table

    path = real / name
    found = find_family(sheets_of(open_table(path)), read_families())
    assert found is not None
    known, sheet, at = found
    header = [cell.strip() for cell in sheet.rows[at][1]]
    titles = " ".join(" ".join(row) for _, row in sheet.rows[:at])
    assert known.code == family
    assert known.period_of(header, titles, path.stem) == period
    assert re.fullmatch("IRIS|qp|CODGEO", known.territory_column(header))
