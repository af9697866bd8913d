"""Ask, never guess: what decides the meaning of a figure is read where it is stated, or asked."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from built_workspace import Place, dump, plain, says

from observatoire.errors import ObservatoireError
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from observatoire.warehouse import Warehouse


def table(names: str, *rows: str, title: str = "") -> str:
    """Make up a table of the two communes, one figure a column unless rows are given."""
    cells = rows or tuple(
        ";".join(str(first + at) for at in range(names.count(";"))) for first in (100, 40)
    )
    body = "".join(f"{code};{row}\n" for code, row in zip(("97209", "97213"), cells, strict=True))
    return (f"{title};\n" if title else "") + f"{names}\n{body}"


def stored(warehouse: Warehouse) -> set[tuple[str, str]]:
    """Return the variables stored, with their periods."""
    rows = warehouse.rows("SELECT DISTINCT variable, period FROM current_observation")
    return {(str(variable), str(period)) for variable, period in rows}


def refused(place: Place, name: str, text: str, *parts: str, period: str = "") -> None:
    """Check that a file is refused with these words, and that nothing is stored."""
    warehouse = place.empty_warehouse()
    before = dump(warehouse)
    with pytest.raises(ObservatoireError) as caught:
        load_file(warehouse, place.workspace, place.write(name, text), LoadOptions(period=period))
    says(caught.value, *parts)
    assert dump(warehouse) == before


# --- The period ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("a.csv", table("code;pop_0019;pop_2024;pop_2539"), ("2024", "pop_2024", "intervalle")),
        ("a.csv", table("code;homme2024"), ("2024", "deux âges")),
        ("a.csv", table("code;var_emploi_1015;var_emploi_1520"), ("1520", "deux années")),
        ("a.csv", table("code;evol1922"), ("1922", "deux années")),
        ("a.csv", table("code;Évol. 2019/2018"), ("« 2019/2018 »", "deux années")),
        ("a.csv", table("code;evol_pop_2015_2021"), ("2015_2021", "deux années")),
        ("a.csv", table("code;var_2020_2010;pop_2020"), ("2020_2010", "deux années")),
        ("a-2012.csv", table("code;Aidés au 31/12/2012;Enfants"), ("2012-12", "« Enfants »")),
        ("a.csv", table("GEO;POP").replace("972", "2021-COM-972"), ("« 2021 »", "géographie")),
        ("a.csv", table("code;aidés", title="De janvier à mars 2016"), ("2016-T1", "plusieurs mois")),
        ("a-2016.csv", table("code;Cumul mars"), ("2016-S1", "plusieurs mois")),
        ("a-2022.csv", table("code;evol_pop_1116;evol_pop_1622"), ("evol_pop_1116", "plusieurs années")),
        ("a.csv", table("code;aidés", title="Mise en ligne le 31/03/2023"), ("2023-03", "publication")),
        ("a.csv", table("code;aidés", title="Extraction du 12/01/2024"), ("2024-01", "extraction")),
        ("a.csv", table("code;aidés", title="Édité le 04/11/22"), ("2022-11", "Édité le", "publication")),
        ("a.csv", table("code;aidés", title="maj 11/22"), ("2022-11", "mise à jour")),
        ("a.csv", table("code;aidés", title="Tirage du 3 mars 22"), ("2022-03", "deux chiffres")),
        ("a-2020.csv", table("code;aidés", title="Données au 31/12/19"), ("2020", "2019-12", "deux périodes")),
        ("a.csv", table("code;aidés", title="Champ : IRIS définis en 2016"), ("2016", "géographie")),
        ("a.csv", table("code;aidés", title="Champ : ménages de 2018"), ("2018", "champ")),
        ("a-2020.csv", table("code;alloc17"), ("2020", "2017", "deux périodes")),
        ("a-2014.csv", table("CODGEO;P20_POP"), ("2014", "2020", "nom du fichier", "P20_POP")),
        ("a.csv", table("code;aidés", title="Contrat de ville 2015"), ("2015", "contrat")),
        ("a.csv", table("code;aidés", title="Loi du 21 février 2014"), ("2014-02", "loi")),
        ("a.csv", table("code;aidés", title="Découpage communal 2017"), ("2017", "géographie")),
        ("a.csv", table("code;aidés", title="Communes au 1er janvier 2021"), ("2021-01", "géographie")),
        ("a.csv", table("code;DENS2020;aidés"), ("2020", "DENS2020", "géographie")),
        ("a.csv", table("code;Population (géographie 2020)"), ("2020", "géographie")),
        ("a.csv", table("code;aidés", title="Aides du CCAS 2016"), ("2016", "cite")),
        ("a.csv", table("code;Aidés 2014;Total"), ("2014", "n’est que de cette colonne")),
        ("a-2014.csv", table("code;janv.;févr.;Moyenne"), ("« Moyenne » n’en dit aucune",)),
        ("a.csv", table("code;Demandes au 31/12/2017;Aidés 2017;Attente"), ("« Attente » n’en dit",)),
        ("a.csv", table("code;annee;Aidés 2014", "2013;1", "2013;2"), ("2013", "« annee »", "« Aidés 2014 »")),
        ("a.csv", table("code;defm_201312"), ("2013-12", "six chiffres")),
        ("extraction_2023.csv", table("code;aidés"), ("2023", "extraction")),
        ("a-2016.csv", table("code;evol_pop_9906;pop"), ("evol_pop_9906", "plusieurs années")),
        ("a-2022.csv", table("code;Évolution 19-22 (%);pop"), ("Évolution 19-22", "plusieurs années")),
        ("a.csv", table("code;rsa18;rsa19;rsa20"), ("2018", "rsa18", "peuvent être une année")),
        ("a.csv", table("code;defm_08;defm_13"), ("2008", "defm_08", "2013")),
        ("a.csv", table("code;year0;value0", "2009;5", "2010;6"), ("On ne sait pas",)),
        ("a-2018.csv", table("code;aidés;Année préc."), ("« Année préc. »", "précédente")),
        ("a-2018.csv", table("code;Inscrits;Inscrits un an avant"), ("un an avant", "précédente")),
        ("a-2022.csv", table("code;emploi_1722;emploi_1217"), ("emploi_1722", "plusieurs années", "âges")),
        ("a-2025.csv", table("code;pop_15_19;pop_20_24"), ("pop_15_19", "plusieurs années")),
        ("a-2022.csv", table("code;Emplois 12-17;Emplois 17-22"), ("Emplois 12-17", "plusieurs années")),
        ("a-2022.csv", table("code;pop_6875;pop_7582"), ("pop_6875", "plusieurs années")),
        ("10-2016-aides.csv", table("code;aidés"), ("2016-10", "un mois, ou un numéro")),
        ("aides_iris2020.csv", table("code;aidés"), ("2020", "géographie")),
        ("qpv2024-aides.csv", table("code;aidés"), ("2024", "géographie")),
        ("a.csv", table("code;UU2020;BV2012;aidés", "9D1;97209;5", "9D1;97209;6"), ("2020", "2012", "géographie")),
        ("export_20230405.csv", table("code;aidés"), ("2023-04", "jour", "envoi")),
        ("aides 2023-04-05.csv", table("code;aidés"), ("2023-04", "jour", "envoi")),
        ("a.csv", table("code;aidés", title="Source : Rectorat, base au 15 octobre 2019"), ("2019-10", "source")),
        ("a.csv", table("code;Indice des loyers (base 100 en 2010)"), ("2010", "base")),
        ("a.csv", table("code;Revenu médian (euros 2015)"), ("2015", "monnaie")),
        ("a.csv", table("code;Ouvriers (PCS 2003);Cadres (PCS 2003)"), ("2003", "nomenclature")),
        ("a.csv", table("code;Aidés (fichier Ines 2012)"), ("2012", "cite")),
        ("a.csv", table("code;emplois_naf2008"), ("2008", "nomenclature")),
        ("a.csv", table("code;Population 2018;Projection 2030"), ("2030", "prévision", "n’est que")),
        ("a.csv", table("code;gen_1990;gen_1995"), ("1990", "génération")),
        ("a.csv", table("code;age_2024"), ("2024", "deux âges")),
        ("aides_com2022.csv", table("code;aidés"), ("2022", "géographie")),
        ("caf_v2022-01.csv", table("code;aidés"), ("2022-01", "publication")),
        ("defm-2011.csv", table("code;T1;T2;T3;T4"), ("« T1 »", "un trimestre", "taille de logement", "--period")),
        ("defm-2011.csv", table("code;defm S1;defm S2"), ("« defm S1 »", "un semestre")),
        ("a.csv", table("code;annee;T1;T2", "2011;1;2", "2011;3;4"), ("« T1 »", "un trimestre")),
        ("a.csv", table("code;aidés") + "MAJ 06/2021;\n", ("2021-06", "publication")),
        ("a.csv", table("code;solde", title="Solde entre 2010 et 2015"), ("2010", "2015", "début ou la fin")),
        ("a.csv", table("code;Naissances 2010 à 2014"), ("2010", "2014", "pas la seule")),
        ("a-2016.csv", table("code;Naissances 2010-2014;pop"), ("Naissances 2010-2014", "plusieurs années")),
        ("a.csv", table("code;date_extraction;aidés", "2023-04-05;9", "2023-04-05;4"), ("2023-04", "extraction")),
        ("a.csv", table("code;Année du contrat;aidés", "2015;9", "2015;4"), ("2015", "contrat")),
        ("contrat-de-ville-2015.csv", table("code;aidés"), ("2015", "contrat")),
        ("plans-de-relance-2018.csv", table("code;aidés"), ("2018", "plan")),
        ("caf_12_2020.csv", table("code;aidés"), ("2020", "un mois, ou un numéro")),
        ("a.csv", table("code;jour;aidés", "2020-09-30;9", "2020-09-30;4"), ("2020-09", "« jour »", "dates")),
        ("a.csv", table("code;Date effet;aidés", "01/01/2021;9", "01/01/2021;4"), ("2021", "« Date effet »")),
        ("a-2020.csv", table("code;NBMEN17;NBPERS17"), ("2017", "NBMEN17", "2020")),
        ("a-2020.csv", table("code;nbloc18;nbvac18"), ("2018", "nbloc18", "2020")),
        ("a.csv", table("code;2018;2019;2020;Évolution"), ("« Évolution »", "plusieurs années")),
        ("a.csv", table("code;aidés") + "Source : CAF, au 31/12/2016;\n", ("2016", "une note sous le tableau")),
    ],
)  # fmt: skip
def test_a_year_that_is_not_stated_is_asked(
    place: Place, name: str, text: str, parts: tuple[str, ...]
) -> None:
    refused(place, name, text, "période", *parts)


@pytest.mark.parametrize(
    ("name", "text", "periods"),
    [
        ("rp1999.csv", table("code;pop_0019;pop_2039;pop_4059"), {"1999"}),
        ("recens-2008.csv", table("code;F2024;F2529;F3034"), {"2008"}),
        ("caf-2022.csv", table("code;aidés", title="Mise en ligne le 31/03/2023"), {"2022"}),
        ("a.csv", table("code;aidés", title="Au 31 décembre 2021, mise à jour le 15/03/2022"), {"2021-12"}),
        ("a-2018.csv", table("code;DENS2020;aidés", "1;9", "2;4"), {"2018"}),
        ("a.csv", table("code;nais09;nais14"), {"2009", "2014"}),
        ("a.csv", table("code;med20;med19"), {"2020", "2019"}),
        ("a.csv", table("code;year0;value0;year1;value1", "2009;5;2014;6", "2009;7;2014;8"), {"2009", "2014"}),
        ("a.csv", table("code;an_1;aidés_1;an_2;aidés_2", "2010;5;2015;6", "2010;7;2015;8"), {"2010", "2015"}),
        ("a.csv", table("code;ls2021;ls2022;ls2023"), {"2021", "2022", "2023"}),
        ("a.csv", table("GEO;POP_2018", "9", "4").replace("972", "2021-COM-972"), {"2018"}),
        ("a.csv", table("code;2019;2020;Évolution"), {"2019", "2020", "2019-2020"}),
        ("a-2018.csv", table("code;nbloc18;nbvac18"), {"2018"}),
        ("a.csv", table("code;Situation au;aidés", "30/09/2020;9", "30/09/2020;4"), {"2020-09"}),
        ("annexe10-2016.csv", table("code;aidés"), {"2016"}),
        ("a-2016.csv", table("code;age20;age25;age30"), {"2016"}),
        ("a-2016.csv", table("code;lot01;lot02;lot03"), {"2016"}),
        ("a-2022.csv", table("code;Évolution des 15-24 ans;pop"), {"2022"}),
        ("a.csv", table("code;Aidés 2012", title="Au 30 juin 2012"), {"2012-06"}),
        ("a.csv", table("code;Aidés au 30/06/2012;Aidés au 31/12/2012"), {"2012-06", "2012-12"}),
        ("a.csv", table("code;defm", title="Demandeurs au 31 mars 2011"), {"2011-03"}),
        ("a.csv", table("code;defm", title="Demandeurs au 30 juin 2011"), {"2011-06"}),
        ("defm-2011.csv", table("code;defm", title="Demandeurs d’emploi, T1"), {"2011-T1"}),
        ("defm-2012.csv", table("code;defm", title="Demandeurs au 30 juin"), {"2012-06"}),
        ("a.csv", table("code;aidés", title="Allocataires au 31 décembre 2014"), {"2014-12"}),
        ("a-2014.csv", table("date;code;aidés", "5", "6").replace("\n9", "\n31/12/2014;9"), {"2014-12"}),
        ("a-2017.csv", table("annee;code;aidés", "5", "6").replace("\n9", "\n2016-2017;9"), {"2016-2017"}),
        ("a-2016.csv", table("code;F0014;F1519;F2039;F65P"), {"2016"}),
        ("a-2016.csv", table("code;pop_0610;pop_1117;pop_65P"), {"2016"}),
        ("aides-10-2016.csv", table("code;aidés"), {"2016-10"}),
        ("aides-iris-2020.csv", table("code;aidés"), {"2020"}),
        ("caf-30-06-2016.csv", table("code;aidés"), {"2016-06"}),
        ("DEFM au 15 mars 2016.csv", table("code;defm"), {"2016-03"}),
        ("a-2018.csv", table("code;Indice des loyers (base 100 en 2010)"), {"2018"}),
        ("a.csv", table("code;Aidés (en 2014);Aidés (au 31/12/2015)"), {"2014", "2015-12"}),
        ("a-2016.csv", table("code;aidés") + "Note : situation au 30 juin 2015;\n", {"2016"}),
        ("a-2018.csv", table("code;age_2024"), {"2018"}),
        ("a.csv", table("code;age_2018;age_2024"), {"2018", "2024"}),
        ("defm-2011.csv", table("code;defm", title="Premier trimestre"), {"2011-T1"}),
        ("defm-2011.csv", table("code;defm", title="Deuxième semestre"), {"2011-S2"}),
        ("defm-2011.csv", table("code;defm", title="Mars"), {"2011-03"}),
        ("defm-2011.csv", table("code;defm", title="DEFM, catégorie A, décembre"), {"2011-12"}),
        ("a.csv", table("code;defm", title="DEFM, troisième trimestre 2011"), {"2011-T3"}),
        ("a.csv", table("code;annee;trimestre;defm", "2011;1;5", "2011;T2;6"), {"2011-T1", "2011-T2"}),
        ("a.csv", table("code;num_mois;annee;defm", "3;2011;5", "04;2011;6"), {"2011-03", "2011-04"}),
        ("a.csv", table("code;annee;mois;defm", "2011;mars;5", "2011;2011-04;6"), {"2011-03", "2011-04"}),
        ("a.csv", table("code;annee;trimestre;mois;defm", "2011;1;2;5", "2011;1;2;6"), {"2011-02"}),
        ("a-2011.csv", table("code;semestre;defm", "1;5", "1er semestre;6"), {"2011-S1"}),
        ("logements-2011.csv", table("code;T1;T2;T3"), {"2011"}),
        ("a-2018.csv", table("code;pop_15_19;pop_20_24;pop_25_29"), {"2018"}),
        ("a-2016.csv", table("code;pop 15-19;pop 20-24;pop 25-29"), {"2016"}),
        ("a.csv", table("code;age1524_2012;age2064_2012"), {"2012"}),
        ("a.csv", table("code;Population 2016 (périmètre 2021)"), {"2016"}),
        ("contrats-aides-2016.csv", table("code;aidés"), {"2016"}),
        ("creations-d-entreprises-2016.csv", table("code;aidés"), {"2016"}),
        ("loin-2016.csv", table("code;aidés"), {"2016"}),
        ("defm-2012.csv", table("code;defm fin mars;defm_juin;rsa au 30 juin"), {"2012-03", "2012-06"}),
        ("a-2012.csv", table("code;Population au 1er janvier"), {"2012-01"}),
        ("defm-2011.csv", table("code;trim;defm", "1;5", "1;6"), {"2011-T1"}),
        ("pop-geo-2022.csv", table("code;P20_POP"), {"2020"}),
        ("communes2022.csv", table("code;P20_POP"), {"2020"}),
        ("base-2020.csv", table("code;P14_POP;P20_POP"), {"2014", "2020"}),
        ("a-2016.csv", table("code;Logements construits de 1971 à 1990"), {"2016"}),
        ("a-2011.csv", table("code;T1;T2;T5"), {"2011"}),
        ("a-2018.csv", table("code;moins de 25"), {"2018"}),
        ("a-2018.csv", table("code;Cas de covid-19"), {"2018"}),
        ("a-2018.csv", table("code;jeunes25;aidés"), {"2018"}),
    ],
)  # fmt: skip
def test_a_period_is_read_where_it_is_stated(
    place: Place, warehouse: Warehouse, name: str, text: str, periods: set[str]
) -> None:
    load_file(warehouse, place.workspace, place.write(name, text))
    found = stored(warehouse)
    assert {period for _, period in found} == periods
    assert not {variable for variable, _ in found} & {"DENS2020", "year0", "year1", "an_1", "an_2"}


def test_vintages_on_two_digits_are_one_variable(place: Place, warehouse: Warehouse) -> None:
    text = "IRIS;DEC_PIMP20;DEC_PIMP19;DEC_PIMP14\n972090101;20,5;21,0;25,4\n972090102;30,5;31,0;35,4\n"
    path = place.write("pimp.csv", text)
    refused(place, "pimp.csv", text, "2016 (ce que vous dites)", "DEC_PIMP20", period="2016")
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == {("DEC_PIMP", "2020"), ("DEC_PIMP", "2019"), ("DEC_PIMP", "2014")}
    written = preview_file(place.workspace, path).write()
    load_source(warehouse, place.workspace, written.parent)
    assert len(stored(warehouse)) == 3


@pytest.mark.parametrize(
    ("name", "text", "period", "parts"),
    [
        ("caf-2016.csv", table("code;aidés", title="Aidés au 31 mars 2011"), "", ("2016", "2011-03")),
        ("caf-2017.csv", table("code;aidés", title="Aides de 2015"), "", ("2017", "2015")),
        ("a.csv", table("code;pop_2015"), "2016", ("2016", "2015", "pop_2015")),
        ("a.csv", table("annee;code;aidés", "5", "6").replace("\n9", "\n2014;9"), "2013", ("2014 (les lignes",)),
        ("a-2013.csv", table("date;code;aidés", "5", "6").replace("\n9", "\n31/12/2014;9"), "", ("2014-12 (les",)),
        ("a.csv", table("code;pop_2015;pop_2016"), "2012", ("2012", "2015")),
        ("a-2016.csv", table("code;rsa09;rsa14"), "", ("2016", "2009", "rsa09")),
        ("a-T4-2015.csv", table("code;aidés", title="Situation au 30 septembre"), "", ("2015-T4", "2015-09")),
        ("a.csv", table("code;nais09"), "2016", ("2016", "2009", "nais09")),
        ("base-2014.csv", table("code;P20_POP"), "", ("2014 (le nom du fichier)", "2020", "P20_POP")),
        ("a-2020.csv", table("code;POP 2018;Aidés 2018"), "", ("2020", "2018", "Aidés 2018")),
        ("a.csv", table("code;P18_POP", title="Population en 2013"), "", ("2013", "2018", "P18_POP")),
        ("a-2018.csv", table("code;aidés", title="Solde entre 2010 et 2015"), "", ("2018", "2010")),
    ],
)  # fmt: skip
def test_two_places_that_disagree_are_named(
    place: Place, name: str, text: str, period: str, parts: tuple[str, ...]
) -> None:
    refused(place, name, text, "deux périodes", *parts, period=period)


def test_each_year_that_is_offered_may_be_said(place: Place, warehouse: Warehouse) -> None:
    path = place.write("a-2020.csv", table("code;alloc17"))
    refused(place, path.name, path.read_text(), "peuvent être une année", '"2020" ou period="2017"')
    for year in ("2020", "2017"):
        load_file(warehouse, place.workspace, path, LoadOptions(period=year))
        assert {period for _, period in stored(warehouse)} == {year}
    # What a column says of itself is not unsaid: the other year is not offered.
    with pytest.raises(ObservatoireError) as caught:
        load_file(warehouse, place.workspace, place.write("a-2014.csv", table("code;P20_POP")))
    assert 'period="2020"' in str(caught.value)
    assert 'period="2014"' not in str(caught.value)


def test_years_of_construction_are_of_the_year_that_is_said(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("a-2019.csv", table("code;Avant 1919;1919-1945;1946-1970"))
    refused(place, path.name, path.read_text(), "1919-1945", "construction", "--period")
    load_file(warehouse, place.workspace, path, LoadOptions(period="2019"))
    assert stored(warehouse) == {
        (name, "2019") for name in ("Avant 1919", "1919-1945", "1946-1970")
    }
    refused(place, "b.csv", table("code;2009-2013;2014-2018"), "2009-2013", period="2019")


def test_a_column_of_several_years_is_asked_in_what_is_written(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("a-2016.csv", table("code;Naissances 2010-2014;Décès 2010-2014;pop"))
    written = preview_file(place.workspace, path).write()
    with pytest.raises(ObservatoireError) as caught:
        load_source(warehouse, place.workspace, written.parent)
    says(caught.value, "Naissances 2010-2014", "période")
    answered = written.read_text(encoding="utf-8").replace('"?"', '"2010-2014"')
    written.write_text(answered, encoding="utf-8")
    load_source(warehouse, place.workspace, written.parent)
    found = {
        ("Naissances 2010-2014", "2010-2014"),
        ("Décès 2010-2014", "2010-2014"),
        ("pop", "2016"),
    }
    assert stored(warehouse) == found  # each of them asked, not the first alone


def test_an_answer_is_obeyed(place: Place, warehouse: Warehouse) -> None:
    path = place.write("aides-2017.csv", table("code;aidés", title="Contrat de ville 2015"))
    load_file(warehouse, place.workspace, path, LoadOptions(period="2016"))
    assert stored(warehouse) == {("aidés", "2016")}


# --- The territory ---------------------------------------------------------------------------------


def test_a_count_that_is_a_code_of_ours_is_none(place: Place, warehouse: Warehouse) -> None:
    rows = "".join(
        f"{at:02d}{rank:03d};{at * 1000 + rank}\n" for at in range(11, 50) for rank in range(90)
    )
    text = f"code;aidés\n01001;97209\n{rows}97209;9000\n97213;4000\n"
    report = load_file(warehouse, place.workspace, place.write("pays-2018.csv", text))
    assert (report.kept, report.rejected) == (2, 3511)
    assert warehouse.rows("SELECT max(value) FROM observation") == [(9000.0,)]


@pytest.mark.parametrize(
    "text",
    [
        "Allocataires;Enfants\n97209;120\n97213;130\n",
        "Prestation;Allocataires\nRSA;97209\nAAH;97213\n",
        "Logements communaux;rsa\n97209;120\n97213;130\n",
    ],
)
def test_counts_that_are_all_codes_of_ours_are_no_territories(place: Place, text: str) -> None:
    refused(
        place, "a-2018.csv", text, "aucun territoire", "ne dit pas un lieu", "nommez la colonne"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Commune;Quartier;aidés\nFort-de-France;Cluny;5\n",
            ("« Quartier »", "« Cluny »", "une partie"),
        ),
        ("Quartier;École;Élèves\nFour à Chaux;Les Lilas;50\n", ("« École »", "Additionnez")),
        ("uai;commune;ips\n9720001A;97209;88,5\n", ("« uai »", "97209")),
        (
            "Arrondissement;aidés\nFort-de-France;5\n",
            ("« Arrondissement »", "du même nom", "zoning="),
        ),
        ("QPV;aidés\nFour à Chaux;5\n", ("« QPV »", "(quartier)", "--zoning")),
    ],
)
def test_a_part_of_a_territory_or_what_bears_its_name_is_not_it(
    place: Place, text: str, parts: tuple[str, ...]
) -> None:
    refused(place, "a-2018.csv", text, *parts)


def test_a_department_is_not_its_communes(place: Place) -> None:
    place.write("geo/departement.csv", "code;nom;commune\n972;Martinique;\n")
    place.toml(
        '[zonings."iris-2016"]',
        '[zonings."departement-2016"]\nlabel = "Département"\nsingular = "département"\n'
        'members = "geo/departement.csv"\n\n[zonings."iris-2016"]',
    )
    refused(
        place,
        "a.csv",
        "DEP;COM (09);Pop 2009\n972;09;9\n972;13;8\n",
        "COM (09)",
        "écrivez-le entier",
    )


@pytest.mark.parametrize(
    "header", ["INSEE_COM", "COG", "Commune de résidence", "codgeo_2021", "Zone", "Lieu de vie"]
)
def test_short_codes_are_read_under_the_name_of_a_place(
    place: Place, warehouse: Warehouse, header: str
) -> None:
    path = place.write("a-2018.csv", table(f"{header};aidés"))
    assert load_file(warehouse, place.workspace, path).kept == 2
    assert stored(warehouse) == {("aidés", "2018")}


def test_numbers_led_by_zeros_are_names_of_things(place: Place, warehouse: Warehouse) -> None:
    text = table("code;Tranche;aidés;Nombre d’aides", "01;5;012", "12;6;005")
    load_file(warehouse, place.workspace, place.write("a-2018.csv", text))
    assert stored(warehouse) == {("aidés", "2018"), ("Nombre d’aides", "2018")}


def test_what_a_program_writes_of_an_unknown_count_is_refused(place: Place) -> None:
    refused(place, "a-2018.csv", table("code;aidés", "-999", "12"), "« -999 » est négatif")


def test_a_postal_code_is_no_commune(place: Place, warehouse: Warehouse) -> None:
    """97213 is the postal code of Le Gros-Morne, and the code of Le Lamentin."""
    refused(place, "a-2018.csv", table("Code postal;aidés"), "codes postaux", "Gros-Morne")
    text = "cp;Quartier;aidés\n97213;Four à Chaux;5\n97213;Place d’Armes;3\n"
    assert load_file(warehouse, place.workspace, place.write("b-2018.csv", text)).kept == 2


def test_a_number_names_no_territory(place: Place, warehouse: Warehouse) -> None:
    """« 3.15 » reduces to « 15 », which is a quartier’s name as well as a rank before one."""
    place.replace(
        "geo/quartiers.csv", "Q3;Place d’Armes;97213\n", "Q3;Place d’Armes;97213\nQ4;15;97209\n"
    )
    text = "Quartier;indice\nFour à Chaux;3.15\nPlace d’Armes;2.5\n"
    assert load_file(warehouse, place.workspace, place.write("a-2018.csv", text)).kept == 2


def test_departments_that_are_not_ours_are_skipped(place: Place, warehouse: Warehouse) -> None:
    place.write("geo/departement.csv", "code;nom;commune\n972;Martinique;\n")
    place.toml(
        '[zonings."iris-2016"]',
        '[zonings.departement]\nlabel = "Départements"\nmembers = "geo/departement.csv"\n\n[zonings."iris-2016"]',
    )
    text = "Département;Aidés\n971;12\n972;18\n973;7\n75;3\n1;9\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.kept, set(report.rejects["kind"])) == (1, {"outside"})


def test_a_row_of_labels_is_no_other_commune(place: Place, warehouse: Warehouse) -> None:
    text = "LIBGEO;POP\nNom de la commune;Population\nFort-de-France;9\nLe Lamentin;4\nDucos;2\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    kinds = dict(report.rejects[["line", "kind"]].itertuples(index=False, name=None))
    assert kinds == {2: "note", 5: "outside"}


def test_an_origin_and_a_destination_are_two_territories(place: Place) -> None:
    text = "origine;code;aidés\n97209;97213;5\n97213;97209;3\n"
    refused(place, "a-2016.csv", text, "deux territoires", "origine")
    refused(place, "a-2016.csv", text.replace("origine", "commune"), "deux territoires")


def test_short_codes_win_over_namesakes_of_another_zoning(
    place: Place, warehouse: Warehouse
) -> None:
    place.write(
        "geo/quartiers.csv",
        "code;nom;commune\nQ1;Centre-ville;97209\nQ2;Terres-Sainville;97209\nQ3;Bourg;97213\n",
    )
    rows = "97209;0101;CENTRE VILLE;1\n97209;0102;TERRES SAINVILLE;2\n"
    path = place.write("a-2016.csv", f"com;iris;libelle;aidés\n{rows}")
    load_file(warehouse, place.workspace, path)
    assert set(warehouse.rows("SELECT territory, value FROM current_observation")) == {
        ("972090101", 1.0),
        ("972090102", 2.0),
    }


def test_nobody_is_advised_to_reject_most_of_a_file(place: Place) -> None:
    rows = "".join(f"Inconnu {at};{at}\n" for at in range(1, 9))
    text = f"Quartier;Aidés\nFour à Chaux;1\nPlace d’Armes;2\n{rows}"
    with pytest.raises(ObservatoireError) as caught:
        load_file(place.empty_warehouse(), place.workspace, place.write("a-2016.csv", text))
    says(caught.value, "8 sur 10", "zoning")
    assert "reject" not in str(caught.value)


def test_one_territory_named_thrice_on_a_row_is_no_header(
    place: Place, warehouse: Warehouse
) -> None:
    rows = "97209;Fort-de-France;FORT DE FRANCE;Fort de France;9\n97213;Le Lamentin;LAMENTIN;Lamentin;4\n"
    text = f"code;nom;nom2;nom3;aidés\n{rows}"
    assert load_file(warehouse, place.workspace, place.write("a-2016.csv", text)).kept == 2


@pytest.mark.parametrize("header", ["Nom de la commune", "LIBGEO", "Ville"])
def test_communes_by_name_keep_ours(place: Place, warehouse: Warehouse, header: str) -> None:
    names = (
        "Ducos", "Fort-de-France", "Le François", "Le Lamentin", "Le Lorrain", "Sainte-Marie", "Le Robert",
        "La Trinité", "Schœlcher", "Le Vauclin", "Saint-Esprit", "Les Trois-Îlets", "Le Marin",
    )  # fmt: skip
    text = f"{header};Aidés\n" + "".join(f"{name};{at}\n" for at, name in enumerate(names, 5))
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.kept, set(report.rejects["kind"])) == (2, {"outside"})


def test_a_commune_of_ours_ill_written_is_still_a_fault(place: Place) -> None:
    text = "Commune;Aidés\nFort-de-France;5\nLe Lamentim;6\nDucos;1\n"
    refused(place, "a-2016.csv", text, "Le Lamentim", "ouliez-vous dire")


@pytest.mark.parametrize(
    "text",
    [
        "dc;iris;nom;aidés\n97209;0101;Terres Sainville;1\n97209;0102;Centre ville;2\n97213;0101;Bourg;3\n",
        "iris;dc;nom;aidés\n101;97209;Terres Sainville;1\n102;97209;Centre ville;2\n101;97213;Bourg;3\n",
    ],
)
def test_short_codes_win_over_names_that_contradict_them(place: Place, text: str) -> None:
    refused(place, "a-2016.csv", text, "deux territoires", "Terres Sainville")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Nom;Jeunes\nFour à Chaux;5\n"
            + "".join(f"Place d’Armes : {part};1\n" for part in "abcdef"),
            ("est une partie de « Place d’Armes »", "Place d’Armes : a", "Additionnez"),
        ),
        (
            "Nom;Jeunes\n"
            + "".join(f"Four à Chaux ({part});1\n" for part in ("nord", "sud", "est")),
            ("parties d’un territoire", "Four à Chaux (nord)"),
        ),
    ],
    ids=["colon", "brackets"],
)
def test_parts_of_territories_are_said_to_be_so(
    place: Place, text: str, parts: tuple[str, ...]
) -> None:
    refused(place, "a-2016.csv", text, *parts)


@pytest.mark.parametrize(
    "text",
    [
        "Titre;2019;2020\njanv;63610;63360\nfévr;63500;63580\nmars;97209;64790\n",
        "Trimestre;2019;2020\nT1;63610;63360\nT2;63500;63580\nT3;63350;64790\n",
    ],
)
def test_periods_in_rows_and_columns_name_no_territory(place: Place, text: str) -> None:
    refused(place, "rsa.csv", text, "aucun territoire", "2019")


@pytest.mark.parametrize("names", ["Gros-Morne;Fort-de-France", "Gros-Morne;Sainte-Marie"])
def test_a_code_beside_the_name_of_another_commune_is_asked(place: Place, names: str) -> None:
    """97213 is the postal code of Gros-Morne, and the code of Le Lamentin."""
    first, second = names.split(";")
    text = f"code;commune;aidés\n97213;{first};5\n97209;{second};3\n"
    refused(place, "a-2016.csv", text, "deux territoires", "« 97213 »", "« Gros-Morne »")


def test_figures_of_two_territories_at_once_are_asked(place: Place) -> None:
    rows = table("code;Fort-de-France;Le Lamentin")
    refused(place, "a-2016.csv", rows, "croise", "« 97209 »", "« Le Lamentin »")


@pytest.mark.parametrize(
    "spoilt",
    ["QualitÃ©", "ï»¿Aidés", "B\ufffdn\ufffdficiaires", "√©lèves", "BÈnÈficiaires", "ÚlÞves"],
)
def test_garbled_names_are_asked(place: Place, spoilt: str) -> None:
    refused(place, "a-2016.csv", table(f"code;{spoilt}"), "abîmés", spoilt)


@pytest.mark.parametrize(
    "column", ["aides_statut;secret", "Secret;1", "Confidentiel;oui", "Flag;c"]
)
def test_figures_that_a_column_says_secret_are_asked(place: Place, column: str) -> None:
    name, word = column.split(";")
    text = f"Quartier;Aidés;{name}\nFour à Chaux;5;\nPlace d’Armes;3;{word}\n"
    refused(place, "a-2016.csv", text, f"« {name} »", f"« {word} »", "Écrivez « s »")


def test_a_statut_of_other_words_says_no_secret(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Aidés;Statut;Secret\nFour à Chaux;5;C;non\nPlace d’Armes;3;B;non\n"
    assert load_file(warehouse, place.workspace, place.write("a-2016.csv", text)).kept == 2


def test_names_of_parts_beside_their_communes_are_asked(place: Place) -> None:
    text = "Libellé;Commune;Aidés\nCentre Ville;Fort-de-France;5\nBourg;Le Lamentin;3\n"
    refused(place, "a-2016.csv", text, "deux territoires", "(IRIS)", 'zoning="iris-2016"')


def test_counts_without_a_sign_among_percentages_are_asked(place: Place) -> None:
    text = "Quartier;Allocataires\nFour à Chaux;12 %\nPlace d’Armes;3700\n"
    refused(place, "a-2016.csv", text, "« 3700 »", "sans %", "un effectif")


def test_classes_of_ages_tell_rows_apart(place: Place, warehouse: Warehouse) -> None:
    ages = ("Moins de 25 ans", "25 ans et plus")
    rows = "".join(
        f"{name};{age};5\n" for name in ("Four à Chaux", "Place d’Armes") for age in ages
    )
    load_file(warehouse, place.workspace, place.write("a-2016.csv", f"Quartier;Type;Aidés\n{rows}"))
    assert stored(warehouse) == {(age, "2016") for age in ages}


def test_totals_and_notes_need_no_year(place: Place, warehouse: Warehouse) -> None:
    rows = "Four à Chaux;2015;5\nFour à Chaux;2016;3\nTotal;;8\nSource : CAF;;\n"
    path = place.write("a.csv", f"Quartier;Année;Aidés\n{rows}")
    report = load_file(warehouse, place.workspace, path)
    assert (report.kept, set(report.rejects["kind"])) == (2, {"total", "note"})


def test_numbers_left_out_are_told(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Secteur;Rang;Catégorie A\nFour à Chaux;120;2;5\nPlace d’Armes;85;1;3\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert "des rangs ou des codes : « Secteur » et « Rang »." in plain(report)
    assert stored(warehouse) == {("Catégorie A", "2016")}


def test_codes_of_insee_s_api_are_read(place: Place, warehouse: Warehouse) -> None:
    levels = ("COM-97209", "COM-97213", "COM-97101", "DEP-972", "REG-02", "FRANCE-F", "ZE2020-0201")
    text = "GEO;TIME_PERIOD;CONF_STATUS;OBS_VALUE\n" + "".join(
        f"2021-{code};2018;{'FC'[at == 1]};{at}\n" for at, code in enumerate(levels)
    )
    report = load_file(warehouse, place.workspace, place.write("a.csv", text))
    assert (report.kept, set(report.rejects["kind"])) == (2, {"outside"})
    rows = warehouse.rows("SELECT territory, status, marker FROM current_observation ORDER BY ALL")
    assert rows == [("97209", "observed", ""), ("97213", "secret", "C")]


@pytest.mark.parametrize(
    ("figures", "other"), [("OBS_VALUE;MEN", 4.0), ("POP;MEN", None)], ids=["sdmx", "wide"]
)
def test_what_sdmx_says_secret_is_its_own_figure(
    place: Place, warehouse: Warehouse, figures: str, other: float | None
) -> None:
    first = figures.split(";", maxsplit=1)[0]
    place.write(
        "data/raw/melodi/source.toml",
        'title = "Essai"\nproducer = "P"\nlicence = "L"\nzoning = "commune-2016"\n\n[[files]]\nname = "a.csv"\n'
        'layout = "wide"\nterritory = "GEO"\nperiod = "2018"\nseparator = ";"\nignored = ["CONF_STATUS"]\n'
        f'\n[variables.{first}]\nlabel = "V"\nnature = "count"\n[variables.MEN]\nlabel = "M"\nnature = "count"\n',
    )
    text = f"GEO;CONF_STATUS;{figures}\n97209;F;5;3\n97213;C;12;4\n"
    load_source(warehouse, place.workspace, place.write("data/raw/melodi/a.csv", text).parent)
    rows = warehouse.rows(
        "SELECT variable, value FROM current_observation WHERE territory = '97213'"
    )
    assert dict(rows) == {first: None, "MEN": other}


@pytest.mark.parametrize(
    "header", ["97209;97213", "Fort-de-France;Le Lamentin"], ids=["codes", "names"]
)
def test_two_communes_in_columns_are_laid_out(place: Place, header: str) -> None:
    text = f"Indicateur;{header}\nDemandes;51;61\nAides;81;91\n"
    refused(place, "a-2016.csv", text, "couché", "Transposez")


# --- Units and natures -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "nature", "unit"),
    [
        ("Taux de natalité (‰)", "9,8", "rate", "‰"),
        ("taux_pour_mille", "6,0", "rate", "‰"),
        ("Taux (pour 10 000 hab.)", "150", "rate", "pour 10 000"),
        ("Taux", "9,8 ‰", "rate", "‰"),
        ("Cambriolages de logement (taux)", "3,4", "rate", "à préciser"),
        ("Part des ménages", "12", "rate", "à préciser"),
        ("agri_pct", "0,2", "rate", "%"),
        ("Population comptée à part", "120", "count", ""),
        ("Nombre de bénéficiaires à taux plein", "40", "count", ""),
        ("Nombre de ménages sous le revenu médian", "60", "count", ""),
        ("Moyennes sections (élèves)", "25", "count", ""),
        ("Logements à loyer moyen", "25", "count", ""),
        ("Densité", "5400", "index", ""),
        ("Niveau de vie médian", "9800", "median", ""),
        ("Loyer moyen (€/m²)", "9,5", "mean", "€/m²"),
        ("Revenu moyen (€)", "15000", "mean", "euros"),
        ("Âge moyen (ans)", "38", "mean", "ans"),
        ("Revenu médian (€)", "9800", "median", "euros"),
        ("Évolution de la population (%)", "-1,5", "index", "%"),
        ("Densité (hab/km²)", "5400", "index", "hab/km²"),
        ("Incidence (p. 100 000)", "6,5", "rate", "pour 100 000"),
        ("Décès (p. mille)", "6,5", "rate", "‰"),
        ("Nombre d’élèves pour 1 000 habitants", "88", "rate", "‰"),
        ("nat_p1000", "12,1", "rate", "‰"),
        ("Effectifs en milliers", "88,4", "count", "milliers"),
        ("Population (milliers)", "88,4", "count", "milliers"),
        ("Nb de ménages x 1000", "88", "count", "milliers"),
        ("Dette (millions d’euros)", "12", "amount", "millions d’euros"),
        ("Âge moyen", "38", "mean", ""),
        ("Montant versé", "120", "amount", "à préciser"),
        ("Loyer", "450", "index", ""),
        ("Loyer (€)", "450", "index", "euros"),
        ("Loyer (€/m²)", "9", "index", "€/m²"),
        ("Prix au m² (€)", "2100", "index", "euros"),
        ("Coût (€/m²)", "12", "index", "€/m²"),
        ("Coût (€)", "1200", "amount", "euros"),
        ("Aides versées (€)", "1200", "amount", "euros"),
        ("score_2", "7", "index", ""),
        ("D9", "8000", "index", ""),
        ("Population 2016-T1", "8000", "count", ""),
        ("F1519", "12", "count", ""),
        ("Nombre médian de pièces", "3", "median", ""),
        ("Population par km²", "250", "mean", ""),
        ("Habitants au km²", "250", "mean", ""),
        ("Logements/ha", "25", "mean", ""),
        ("Dotation par habitant", "120", "mean", ""),
        ("Montant par allocataire", "120", "mean", ""),
        ("Euros par habitant", "120", "mean", ""),
        ("Effectif par classe d’âge", "12", "count", ""),
        ("Nombre de ménages (%)", "12", "rate", "%"),
        ("Nb de jeunes en % des actifs", "12", "rate", "%"),
        ("Nombre d’aidés dont l’effort dépasse 39 %", "12", "count", ""),
        ("Total (moyenne)", "12", "mean", ""),
        ("Tx emploi", "60", "rate", "à préciser"),
        ("Année de construction", "1965", "index", ""),
        ("Espérance de vie", "80", "index", ""),
        ("Ratio élèves/enseignant", "20", "index", ""),
        ("pop75p", "12", "count", ""),
        ("Montant moyen versé", "120", "mean", ""),
        ("Salaire net moyen mensuel", "1412", "mean", ""),
        ("Quotient familial moyen en euros", "412", "mean", "euros"),
        ("Chiffre d’affaires (en centaines d’euros)", "12", "amount", "centaines d’euros"),
        ("Consommation (kWh/m²)", "171", "index", "kWh/m²"),
        ("Dette (€/hab.)", "171", "index", "€/hab."),
        ("Émissions (t CO2)", "171", "index", "t CO2"),
        ("Temps de trajet (min)", "21", "index", "min"),
        ("Vacance (p.100)", "7", "rate", "%"),
        ("Intensité de la pauvreté", "22", "index", ""),
        ("Vitesse", "22", "index", ""),
        ("Nombre de demandeurs par offre", "3", "mean", ""),
        ("Demandeurs / offres", "3", "mean", ""),
        ("Élèves par professeur", "23", "mean", ""),
        ("Nombre de logements pour un gardien", "100", "mean", ""),
        ("Bénéficiaires par dispositif", "100", "count", ""),
        ("Charge de famille moyenne", "39", "mean", ""),
        ("Logements de taille moyenne", "39", "count", ""),
        ("Nombre de logements de taille moyenne", "39", "count", ""),
        ("Incidence pour 100.000", "162", "rate", "pour 100 000"),
        ("Incidence /100k hab", "162", "rate", "pour 100 000"),
        ("Effectifs (x100)", "162", "count", "centaines"),
        ("Effectif (en centaines)", "162", "count", "centaines"),
        ("Loyer hors charges (€ / m² / mois)", "6", "index", "€ / m² / mois"),
        ("Éloignement (km)", "24", "index", "km"),
        ("Concentration (indice)", "16", "index", ""),
        ("9e décile", "39000", "index", ""),
        ("Ménages du 1er décile", "390", "count", ""),
        ("Ancienneté médiane en mois", "12", "median", "mois"),
        ("Surface moyenne en m²", "62", "mean", "m²"),
        ("Superficie en ha", "62", "index", "ha"),
        ("Taux de variation annuel (%)", "-0,3", "index", "%"),
        ("tx_evol", "0,3", "index", "à préciser"),
    ],
)
def test_the_head_of_a_name_decides_and_a_unit_is_stated(
    place: Place, column: str, cell: str, nature: str, unit: str
) -> None:
    text = f"Quartier;{column}\nFour à Chaux;{cell}\nPlace d’Armes;{cell}\n"
    shown = preview_file(place.workspace, place.write("a-2016.csv", text))
    assert shown.source is not None, shown.refusal
    found = shown.source.variables[column]
    assert (str(found.nature), found.unit) == (nature, unit)


def test_one_series_has_one_unit(place: Place, warehouse: Warehouse) -> None:
    text = table("code;agri_pct_2011;agri_pct_2016", "0,2;1,2", "0,9;1,4")
    load_file(warehouse, place.workspace, place.write("agri.csv", text))
    assert stored(warehouse) == {("agri_pct", "2011"), ("agri_pct", "2016")}
    assert warehouse.rows("SELECT unit FROM variable WHERE code = 'agri_pct'") == [("%",)]
    refused(place, "b.csv", table("code;part_2011;part_2016", "0,2;12", "0,9;14"), "facteur cent")


def test_a_nature_that_nothing_states_is_a_caution_that_stays(
    place: Place, warehouse: Warehouse
) -> None:
    text = "code;defm;Nombre d’aidés\n97209;100;5\n97213;40;6\n"
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    ((cautions,),) = warehouse.rows("SELECT caveats FROM source")
    assert [plain(str(caution)) for caution in cautions] == [
        "Nature à vérifier : « defm » (rien ne la dit, elle est lue sur la forme des nombres)."
    ]


@pytest.mark.parametrize("name", ["id_zone", "SIRET", "Identifiant"])
def test_identifiers_are_no_figures(place: Place, name: str) -> None:
    text = f"Quartier;{name};aidés\nFour à Chaux;11;5\nPlace d’Armes;12;6\n"
    shown = preview_file(place.workspace, place.write("a-2016.csv", text))
    assert shown.source is not None
    assert set(shown.source.variables) == {"aidés"}


def test_six_ones_are_six_figures(place: Place, warehouse: Warehouse) -> None:
    text = "IRIS;aidés\n" + "".join(
        f"{code};1\n" for code in ("972090101", "972090102", "972090103", "972130101")
    )
    assert load_file(warehouse, place.workspace, place.write("a-2016.csv", text)).kept == 4


# --- Labels, signs, formulas, spoilt names ---------------------------------------------------------


def test_codes_under_labels_are_no_territory(place: Place, warehouse: Warehouse) -> None:
    text = "Code géographique;Nombre d’aidés;Nombre d’enfants\ncodgeo;A1;A2\n97209;5;6\n97213;7;8\n"
    report = load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert (report.kept, set(report.rejects["kind"])) == (2, {"note"})


def test_a_formula_never_computed_is_no_name(place: Place) -> None:
    text = table("code;aidés") + "formule jamais calculée;5\n"
    refused(place, "a-2016.csv", text, "enregistrez-le et rechargez-le")


@pytest.mark.parametrize(
    "text",
    [
        (
            "dc;iris;A;A2024\nCode commune;Code IRIS;Nombre d’aidés;Aidés de 20 à 24 ans\n"
            "97209;0101;15;5\n97209;0103;9;2\n"
        ),
        "IRIS;A;A2024\nCode;Nombre d’aidés;Aidés de 20 à 24 ans\n972090101;15;5\n972090103;9;2\n",
    ],
)
def test_labels_under_codes_are_those_of_the_variables(
    place: Place, warehouse: Warehouse, text: str
) -> None:
    report = load_file(warehouse, place.workspace, place.write("caf-2009.csv", text))
    assert (report.kept, report.rejected) == (2, 1)
    assert stored(warehouse) == {("A", "2009"), ("A2024", "2009")}
    labels = warehouse.rows("SELECT label, nature FROM variable WHERE code LIKE 'A%' ORDER BY code")
    assert labels == [("Nombre d’aidés", "count"), ("Aidés de 20 à 24 ans", "count")]


@pytest.mark.parametrize(
    ("names", "below"), [("A;B", "nombre;%"), ("A;B (%)", "MEN;PART"), ("A;B", "Aidés;Part (%)")]
)
def test_a_unit_in_the_header_or_under_it_is_that_of_the_column(
    place: Place, names: str, below: str
) -> None:
    text = f"iris;{names}\n;{below}\n972090101;900;12,5\n972090103;400;13,1\n"
    shown = preview_file(place.workspace, place.write("a-2012.csv", text))
    assert shown.source is not None, shown.refusal
    found = [(str(one.nature), one.unit) for one in shown.source.variables.values()]
    assert found == [("count", ""), ("rate", "%")]


def test_signs_of_filosofi(place: Place, warehouse: Warehouse) -> None:
    rows = "972090101;20,5;12000;so\n972090102;s;ns;ns\n972090103;30,1;16000;8,1\n"
    text = f"IRIS;DEC_PIMP20;DEC_MED20;DEC_RD20\n{rows}"
    load_file(warehouse, place.workspace, place.write("BASE_TD_FILO_DEC_IRIS_2020.csv", text))
    found = "SELECT status FROM observation WHERE marker = '{}' GROUP BY 1"
    assert warehouse.rows(found.format("so")) == [("not_applicable",)]
    assert warehouse.rows(found.format("ns")) == [("secret",)]


def test_a_formula_never_computed_is_said_with_its_cell(place: Place) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        page = made.add_worksheet("Feuil1")
        page.write_row(0, 0, ["Quartier", "Aidés"])
        page.write_row(1, 0, ["Four à Chaux", 5])
        page.write(2, 0, "Place d’Armes")
        page.write_formula(2, 1, "=B2*2", None, "")
    refused(place, "a-2016.xlsx", buffer.getvalue(), "ligne 3", "Aidés", "jamais été calculée")  # type: ignore[arg-type]


# --- A namesake elsewhere, a code and its name, a unit a row ---------------------------------------


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("Code Insee;Commune;aidés\n97103;Baie-Mahault;4\n97115;Le Lamentin;5\n97101;Les Abymes;6\n", "97115"),
        ("dep;commune;aidés\n971;Le Lamentin;5\n971;Les Abymes;6\n", "971"),
        ("Département;Commune;aidés\nGuadeloupe;Le Lamentin;5\nGuadeloupe;Les Abymes;6\n", "Guadeloupe"),
        ("code_qp;nom_qp;aidés\nQP971001;Place d’Armes;5\nQP971002;Four à Chaux;6\nQP971003;Nord;7\n", "QP971001"),
    ],
)  # fmt: skip
def test_a_namesake_elsewhere_is_not_ours(place: Place, text: str, stranger: str) -> None:
    zoning = (
        '[zonings."departement-2016"]\nlabel = "Martinique"\nmembers = "geo/departement.csv"\n\n'
    )
    place.toml('[zonings."quartier-2007"]', zoning + '[zonings."quartier-2007"]')
    place.write("geo/departement.csv", "code;nom;commune\n972;Martinique;\n")
    refused(place, "a-2019.csv", text, stranger, "homonyme")


@pytest.mark.parametrize(
    "header", ["BV2012;commune", "Code postal;Commune", "N° dossier;Commune", "REG;Commune"]
)
def test_what_places_no_row_contradicts_no_name(
    place: Place, warehouse: Warehouse, header: str
) -> None:
    cells = {"BV2012": "97209", "Code postal": "97232", "N° dossier": "10234", "REG": "02"}
    own = cells[header.split(";", maxsplit=1)[0]]
    text = f"{header};aidés\n{own};Fort-de-France;5\n{own};Le Lamentin;6\n"
    assert load_file(warehouse, place.workspace, place.write("a-2019.csv", text)).kept == 2


def test_a_code_and_the_name_it_bears_may_share_a_cell(place: Place, warehouse: Warehouse) -> None:
    text = "Commune;aidés\n97208 - Ducos;4\n97209 - Fort-de-France;5\n97213 - Le Lamentin;6\n"
    report = load_file(warehouse, place.workspace, place.write("a-2019.csv", text))
    assert (report.kept, set(report.rejects["kind"])) == (2, {"outside"})
    text = "Commune;aidés\n97209 - Fort-de-France;5\n97213 - Fort-de-France;6\n"
    refused(place, "b-2019.csv", text, "97213 - Fort-de-France")


def test_the_unit_of_each_row_is_that_of_its_variable(place: Place, warehouse: Warehouse) -> None:
    rows = "97209;Loyer moyen;410;€\n97213;Loyer moyen;420;€\n97209;Part HLM;22;%\n97213;Part HLM;18;%\n"
    path = place.write("a-2019.csv", f"code;indicateur;valeur;unité\n{rows}")
    load_file(warehouse, place.workspace, path)
    found = set(warehouse.rows("SELECT code, label, nature, unit FROM variable"))
    assert found == {
        ("Loyer moyen", "Loyer moyen", "mean", "euros"),
        ("Part HLM", "Part HLM", "rate", "%"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "code;indicateur;unité;2010;2016\n97209;Revenu médian;k€;11;12\n97213;Revenu médian;€;9800;9900\n",
        "code;valeur;unité\n97209;22;%\n97213;0,18;fraction\n",
        "code;indicateur;unité;2010;2016\n97209;Loyer;€;410;420\n97213;Loyer;€/m²;6,2;6,4\n",
    ],
)
def test_rows_in_two_units_are_refused(place: Place, text: str) -> None:
    refused(place, "a-2016.csv" if "2010" not in text else "a.csv", text, "plusieurs unités")


# --- Declared once ---------------------------------------------------------------------------------


def test_rows_of_other_places_are_skipped_where_it_is_declared(
    place: Place, warehouse: Warehouse
) -> None:
    place.write(
        "data/raw/ccas/source.toml",
        'title = "Aides"\nproducer = "CCAS"\nlicence = "Convention"\nzoning = "quartier-2007"\n\n[[files]]\n'
        'name = "a.csv"\nlayout = "wide"\nterritory = "Quartier"\nperiod = "2016"\noutside = "skip"\n\n'
        '[variables."Aidés"]\nlabel = "Aidés"\nnature = "count"\n',
    )
    place.write("data/raw/ccas/a.csv", "Quartier;Aidés\nFour à Chaux;5\nNA;3\nBourg du Robert;4\n")
    report = load_source(warehouse, place.workspace, place.root / "data/raw/ccas")
    assert (report.kept, set(report.rejects["kind"])) == (1, {"outside"})
    place.write("data/raw/ccas/a.csv", "Quartier;Aidés\nFour à Chau;5\nPlace d’Armes;3\n")
    with pytest.raises(ObservatoireError) as caught:
        load_source(warehouse, place.workspace, place.root / "data/raw/ccas")
    says(caught.value, "Four à Chau", "ouliez-vous dire")


def test_a_second_figure_for_one_place_and_period_is_said(
    place: Place, warehouse: Warehouse
) -> None:
    for name in ("un-2011.csv", "deux-2011.csv"):
        text = table("code;defm", title="Demandeurs d’emploi")
        report = load_file(warehouse, place.workspace, place.write(name, text))
    assert "« defm » (2011, source un-2011)" in plain(" ".join(report.notices))
    path = place.write("a-2011.csv", "code;defm\n97209;5\n97213;4\n97209;6\n")
    with pytest.raises(ObservatoireError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 4", "une seconde fois")


# --- What stands beside the figures, and above them --------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "DENS7",
        "dens7_2021",
        "TDUU2017",
        "STATUT_2017",
        "TYPE_COM_2021",
        "com2021",
        "ZRR_2021",
        "niv_dens",
    ],
)
def test_the_code_of_a_geography_is_no_figure(
    place: Place, warehouse: Warehouse, name: str
) -> None:
    path = place.write("a-2019.csv", table(f"code;{name};aidés", "1;9", "2;4"))
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == {("aidés", "2019")}


@pytest.mark.parametrize(
    ("title", "names", "row", "kinds"),
    [
        ("En %", "Hommes;Femmes", "12;88", {("rate", "%")}),
        ("Répartition en pourcentage", "Hommes;Femmes", "12,5;87,5", {("rate", "%")}),
        ("Taux de pauvreté (en %)", "Taux", "25", {("rate", "%")}),
        ("En milliers d’euros", "Aides versées", "25", {("amount", "milliers d’euros")}),
        ("Unité : milliers", "Hommes;Femmes", "12;88", {("count", "milliers")}),
        ("En %", "Revenu médian (€)", "15000", {("median", "euros")}),
        ("Aides et taux (en %)", "Hommes;Femmes", "12;88", {("count", "")}),
        ("En % des ménages", "Ménages", "12", {("rate", "%")}),
        ("Part de boursiers, en % des élèves", "Collèges;Lycées", "31,4;28", {("rate", "%")}),
        ("Taux pour mille habitants", "Natalité", "12,1", {("rate", "‰")}),
        ("Lits pour 1 000 habitants de 75 ans et plus", "Lits", "7,1", {("rate", "‰")}),
        ("Médecins pour 100 000 habitants", "Généralistes", "88,5", {("rate", "pour 100 000")}),
        ("En m²", "Surface moyenne", "61", {("mean", "m²")}),
    ],
)
def test_the_unit_that_a_title_states_is_that_of_its_table(
    place: Place, title: str, names: str, row: str, kinds: set[tuple[str, str]]
) -> None:
    text = table(f"code;{names}", row, row, title=title)
    shown = preview_file(place.workspace, place.write("a-2016.csv", text))
    assert shown.source is not None, shown.refusal
    found = shown.source.variables.values()
    assert {(str(one.nature), one.unit) for one in found} == kinds


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("En m²", "Logements"),
        ("En m²", "Surfaces;Logements"),
        ("Taux pour mille habitants", "Population"),
        ("Médecins pour 100 000 habitants", "Effectif"),
    ],
)
def test_a_count_under_a_title_in_another_unit_is_asked(
    place: Place, title: str, names: str
) -> None:
    last = names.rpartition(";")[2]
    refused(place, "a-2016.csv", table(f"code;{names}", title=title), last, "Le titre dit")


@pytest.mark.parametrize("names", ["Population", "Nombre de ménages"])
def test_a_count_under_a_title_in_per_cent_is_asked(place: Place, names: str) -> None:
    refused(
        place,
        "a-2016.csv",
        table(f"code;{names}", "9000", "4000", title="En %"),
        "ce tableau est en %",
        names,
    )


@pytest.mark.parametrize("names", ["Ménages", "Population", "Foyers fiscaux"])
def test_people_under_a_title_in_euros_are_asked(place: Place, names: str) -> None:
    text = table(f"code;{names};Revenu médian", "9000;18000", "4000;19000", title="En euros")
    refused(
        place, "a-2016.csv", text, "ce tableau est en euros", names, "un effectif", "un montant"
    )


@pytest.mark.parametrize("names", ["Part HLM (%)", "% de HLM", "part_hlm_pct"])
def test_fractions_under_per_cent_are_asked(place: Place, names: str) -> None:
    text = table(f"code;{names}", "0,32", "0,12")
    refused(
        place,
        "a-2016.csv",
        text,
        "« 0,32 »",
        "multiplier par cent",
        "aucun de ses nombres ne dépasse 1",
    )


@pytest.mark.parametrize(
    ("names", "row"),
    [("Évolution annuelle (%)", "0,3"), ("Part HLM", "0,3 %"), ("Part HLM (%)", "1,3")],
)
def test_a_small_change_or_a_written_sign_is_in_per_cent(
    place: Place, warehouse: Warehouse, names: str, row: str
) -> None:
    load_file(
        warehouse, place.workspace, place.write("a-2016.csv", table(f"code;{names}", row, row))
    )
    assert stored(warehouse) == {(names, "2016")}


def test_shares_beside_percentages_of_one_series_are_asked(place: Place) -> None:
    text = table("code;hlm_pct_2010;hlm_pct_2015", "0,4;12", "0,5;13")
    refused(place, "a.csv", text, "« 0,4 »", "bien plus grands")


def test_yes_and_no_do_not_add_up(place: Place) -> None:
    text = table("code;ZFU (oui/non);Nombre de gares", "1;1", "0;0")
    shown = preview_file(place.workspace, place.write("a-2016.csv", text))
    assert shown.source is not None, shown.refusal
    natures = {name: str(one.nature) for name, one in shown.source.variables.items()}
    assert natures == {"ZFU (oui/non)": "index", "Nombre de gares": "count"}


@pytest.mark.parametrize(
    ("names", "row"),
    [("Date de mise à jour", "2023"), ("annee_publication", "2021"), ("millesime_geo", "2021"),
     ("codreg;coddep", "02;972"), ("INSEE_REG", "02"), ("TYPEPCI2020", "2"), ("canton", "9799"),
     ("x;y;lat;lon", "7;8;14,6;-61,0")],
)  # fmt: skip
def test_dates_places_and_their_codes_are_no_figures(
    place: Place, warehouse: Warehouse, names: str, row: str
) -> None:
    path = place.write("a-2016.csv", table(f"code;{names};aidés", f"{row};9", f"{row};4"))
    load_file(warehouse, place.workspace, path)
    assert stored(warehouse) == {("aidés", "2016")}


def test_a_row_of_codes_under_words_is_one_of_labels(place: Place, warehouse: Warehouse) -> None:
    text = "Code;Pop;Log\ncode;P16_POP;P16_LOG\n97209;5;6\n97213;7;8\n"
    load_file(warehouse, place.workspace, place.write("a.csv", text))
    assert {period for _, period in stored(warehouse)} == {"2016"}


def test_a_change_of_more_than_a_hundred_per_cent_is_one(
    place: Place, warehouse: Warehouse
) -> None:
    text = table("code;Évolution des aides", "150", "-3", title="En %")
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert stored(warehouse) == {("Évolution des aides", "2016")}


_OBSERVED = "GEO;GEO_OBJECT;{};TIME_PERIOD;OBS_VALUE"


def test_a_table_of_observed_values_says_its_periods_and_what_it_measures(place: Place) -> None:
    header = _OBSERVED.format("AGE;TDW;RP_MEASURE")
    shown = preview_file(
        place.workspace,
        place.write(
            "DS_RP_data.csv",
            table(header, "COM;Y_GE75;1;POP;2011;5", "COM;Y_GE75;1;POP;2016;6"),
        ),
    )
    assert shown.parsed is not None, shown.refusal
    assert shown.source is not None
    assert set(shown.parsed.observations["period"]) == {"2011", "2016"}
    assert {code: one.label for code, one in shown.source.variables.items()} == {
        "POP": "POP (Y_GE75, 1)"
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("GEO;GEO_OBJECT;AGE;TDW;TIME_PERIOD;OBS_VALUE", ("« AGE » et « TDW »", "_T")),
        ("code;statut;sexe;âge;annee;valeur", ("« sexe » et « âge »",)),
    ],
)
def test_rows_that_two_columns_tell_apart_are_asked(
    place: Place, header: str, expected: tuple[str, ...]
) -> None:
    rows = [
        f"{code};COM;{age};{kind};2016;{rank}"
        for code in ("97209", "97213")
        for rank, (age, kind) in enumerate([("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")])
    ]
    refused(place, "a.csv", "\n".join([header, *rows]) + "\n", *expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code;annee;semaine;aidés", ("« semaine »", "mois")),
        ("code;annee;Aidés N-1;aidés", ("« Aidés N-1 »", "année")),
    ],
)
def test_weeks_and_years_said_after_another_are_asked(
    place: Place, header: str, expected: tuple[str, ...]
) -> None:
    refused(place, "a.csv", table(header, "2016;5;7", "2016;6;8"), *expected)


@pytest.mark.parametrize(
    "title",
    ["Du 1er janvier au 30 juin 2016", "De janvier à juin 2016", "Janvier-juin 2016"],
)
def test_an_interval_is_not_its_last_month(place: Place, title: str) -> None:
    refused(place, "a.csv", table("code;aidés", "5", "6", title=title), "2016-06", "intervalle")


def test_coordinates_are_no_figures(place: Place, warehouse: Warehouse) -> None:
    text = table("code;X;Y;aidés", "709000;1616000;5", "709100;1616200;6")
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert stored(warehouse) == {("aidés", "2016")}


def test_a_class_of_age_is_no_count(place: Place, warehouse: Warehouse) -> None:
    text = table("code;tranche d’âge;aidés", "15-24;5", "25-54;6")
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert stored(warehouse) == {("aidés", "2016")}


@pytest.mark.parametrize("row", ["0,2;1,2", "0,9;1,4"])
def test_a_rate_that_grows_past_one_is_no_share_among_percentages(
    place: Place, warehouse: Warehouse, row: str
) -> None:
    text = table("code;part_agri_2011;part_agri_2016", row, row)
    load_file(warehouse, place.workspace, place.write("a.csv", text))
    assert stored(warehouse) == {("part_agri", "2011"), ("part_agri", "2016")}


def test_a_small_figure_written_with_its_sign_is_no_share(
    place: Place, warehouse: Warehouse
) -> None:
    text = table("code;Taux (%)", "0,2 %", "12,4")
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert warehouse.rows("SELECT min(value), max(value) FROM current_observation") == [(0.2, 12.4)]


# --- Where --------------------------------------------------------------------------------------------


ELSEWHERE = "Commune;Aidés\nLe Lamentin;9\nBaie-Mahault;7\nLes Abymes;5\n"


def test_one_of_our_names_among_those_of_other_communes_is_asked(place: Place) -> None:
    refused(
        place,
        "a-2016.csv",
        ELSEWHERE,
        "« Le Lamentin »",
        "« Baie-Mahault »",
        "homonyme",
        "« Département »",
        "--zoning commune-2016",
    )


def test_who_names_the_zoning_says_that_its_communes_are_theirs(
    place: Place, warehouse: Warehouse
) -> None:
    path = place.write("a-2016.csv", "Commune;Aidés\nLe Lamentin;9\nLe Robert;7\n")
    load_file(warehouse, place.workspace, path, LoadOptions(zoning="commune-2016"))
    rows = warehouse.rows("SELECT territory, value FROM current_observation")
    assert rows == [("97213", 9.0)]


@pytest.mark.parametrize(
    "text",
    [
        ELSEWHERE + "Fort-de-France;6\n",
        "Commune;code;Aidés\nLe Lamentin;97213;9\nLe Robert;97222;7\n",
        "Commune;Aidés\nLe Lamentin;9\nTotal;9\n",
    ],
)
def test_all_of_our_names_their_codes_or_ours_alone_are_read(
    place: Place, warehouse: Warehouse, text: str
) -> None:
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    rows = warehouse.rows("SELECT value FROM current_observation WHERE territory = '97213'")
    assert rows == [(9.0,)]


def test_another_commune_of_which_a_territory_is_observed_is_elsewhere(place: Place) -> None:
    place.replace(
        "geo/quartiers.csv", "Q3;Place d’Armes;97213\n", "Q3;Place d’Armes;97213\nQ4;Cité;97222\n"
    )
    path = place.write("a-2016.csv", "code;Aidés\n97209;9\n97213;7\n97222;5\n")
    shown = preview_file(place.workspace, path)
    assert shown.parsed is not None
    assert shown.parsed.rejects["kind"].tolist() == ["outside"]


def test_an_unknown_code_is_not_said_near_another(place: Place) -> None:
    text = "IRIS;Aidés\n972090101;9\n972090199;7\n"
    with pytest.raises(ObservatoireError) as caught:
        load_file(place.empty_warehouse(), place.workspace, place.write("a-2016.csv", text))
    assert "972090199" in plain(caught.value)
    assert "ouliez-vous" not in plain(caught.value)


# --- The form -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("code;aidés\n97209;1;\n97213;2;\n", {"aidés"}),
        (
            "code;Aidés;Aidés\n;Hommes;Femmes\n97209;1;2\n97213;5;6\n",
            {"Aidés Hommes", "Aidés Femmes"},
        ),
    ],
)
def test_what_moves_no_figure_is_read(
    place: Place, warehouse: Warehouse, text: str, variables: set[str]
) -> None:
    load_file(warehouse, place.workspace, place.write("a-2016.csv", text))
    assert {variable for variable, _ in stored(warehouse)} == variables


# --- What stands over and beside the figures -------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            (";2015;;2016;", ";Femmes;Hommes;Femmes;Hommes", "Code;15-24;15-24;15-24;15-24"),
            {("15-24 Femmes", p) for p in ("2015", "2016")}
            | {("15-24 Hommes", p) for p in ("2015", "2016")},
        ),
        (
            ("Quartier;2015;;2016;", ";Nombre;Part;Nombre;Part", ";;(%);;(%)"),
            {(name, p) for name in ("Nombre", "Part (%)") for p in ("2015", "2016")},
        ),
        (
            ("Quartier;Pop;Pop;Log;Log", "Quartier;2015;2016;2015;2016"),
            {(name, p) for name in ("Pop", "Log") for p in ("2015", "2016")},
        ),
        (
            (";2015;;2016;", "Quartier;Pop;Log;Emploi;Aide"),
            {
                ("Pop 2015", "2015"),
                ("Log 2015", "2015"),
                ("Emploi 2016", "2016"),
                ("Aide 2016", "2016"),
            },
        ),
        (
            ("Année;2015;2016;2017;2018", "Quartier;Pop;Log;Emploi;Aide"),
            {
                ("Pop 2015", "2015"),
                ("Log 2016", "2016"),
                ("Emploi 2017", "2017"),
                ("Aide 2018", "2018"),
            },
        ),
        (
            ("Quartier;2015;2016;2017;2018", ";Pop;Log;Emploi;Aide"),
            {
                ("Pop 2015", "2015"),
                ("Log 2016", "2016"),
                ("Emploi 2017", "2017"),
                ("Aide 2018", "2018"),
            },
        ),
    ],
)
def test_names_over_several_rows_are_read_whole(
    place: Place, rows: tuple[str, ...], names: set[tuple[str, str]]
) -> None:
    body = "Four à Chaux;10;12;5;6\nPlace d’Armes;8;9;3;4\n"
    place_read = preview_file(place.workspace, place.write("a.csv", "\n".join((*rows, body))))
    assert place_read.parsed is not None, place_read.refusal
    found = place_read.parsed.observations
    assert set(zip(found["variable"], found["period"], strict=True)) == names


def test_codes_under_a_row_of_words_are_codes(place: Place) -> None:
    text = "CODE;NB_ALL;MED\ntexte;effectif;euros\n97209;10;15000\n97213;20;14000\n"
    source = preview_file(place.workspace, place.write("a-2009.csv", text)).source
    assert source is not None
    natures = {one.code: (str(one.nature), one.unit) for one in source.variables.values()}
    assert natures == {"NB_ALL": ("count", ""), "MED": ("median", "euros")}


def test_years_over_columns_that_are_not_shared_out_evenly_are_asked(place: Place) -> None:
    rows = ";2015;2016;\nQuartier;Pop;Log;Aide\nFour à Chaux;1;2;3\nPlace d’Armes;3;4;5\n"
    refused(place, "a.csv", rows, "2015", "2016")


@pytest.mark.parametrize("first", ["", "Total"])
def test_signs_under_years_are_no_names(place: Place, first: str) -> None:
    text = f"Quartier;2015;2016\n{first};s;nd\nFour à Chaux;5;6\nPlace d’Armes;7;8\n"
    shown = preview_file(place.workspace, place.write("aides.csv", text))
    assert shown.parsed is not None, shown.refusal
    assert set(shown.parsed.observations["variable"]) == {"aides"}


def test_what_cells_are_is_no_label(place: Place) -> None:
    text = "CODE;V1;V2\ntexte;entier;réel\n97209;50;5,5\n97213;60;6,1\n"
    source = preview_file(place.workspace, place.write("a-2009.csv", text)).source
    assert source is not None
    assert [one.label for one in source.variables.values()] == ["V1", "V2"]


def test_codes_and_names_over_columns_are_read_once_turned(
    place: Place, warehouse: Warehouse
) -> None:
    over = "Indicateur;97209;97213\nIndicateur;Fort-de-France;Le Lamentin\nAidés;5;6\n"
    refused(place, "a-2016.csv", over, "couché", "Transposé", "« Code », « Nom »")
    turned = "Code;Nom;Aidés\n97209;Fort-de-France;5\n97213;Le Lamentin;6\n"
    load_file(warehouse, place.workspace, place.write("a-2016.csv", turned))
    assert stored(warehouse) == {("Aidés", "2016")}


def test_a_name_in_words_states_the_nature_that_a_code_below_does_not(place: Place) -> None:
    text = "Quartier;Revenu médian\nquart;rev\nFour à Chaux;15000\nPlace d’Armes;14000\n"
    source = preview_file(place.workspace, place.write("a-2016.csv", text)).source
    assert source is not None
    assert [str(one.nature) for one in source.variables.values()] == ["median"]


def test_ladders_of_women_and_men_are_one(place: Place) -> None:
    shown = preview_file(place.workspace, place.write("a-2018.csv", table("code;F1824;H2030")))
    assert shown.parsed is not None, shown.refusal
    assert set(shown.parsed.observations["period"]) == {"2018"}


# --- Files in the manner of the CUCS, 2007 to 2014 -------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("a-2014.csv", table("code;Population (RP 2011);Aidés (Caf 2013)"), ("2014", "2011", "deux périodes")),
        ("plie-2014.csv", table("code;Cumul janvier;Cumul janvier-mars"), ("Cumul janvier", "plusieurs mois")),
        ("a.csv", table("code;Cumul à fin mars 2014"), ("Cumul à fin mars 2014", "plusieurs mois")),
        ("a-2014.csv", table("code;Entrées", title="Entrées cumulées à fin juin"), ("2014", "plusieurs mois")),
        ("a-2015.csv", table("code;Pop. 10;aidés"), ("2015", "2010", "deux chiffres peuvent être une année")),
        ("a.csv", table("GEO;TIME_PERIOD;OBS_VALUE;UNIT_MULT", "2021;12;3", "2021;6;3"), ("UNIT_MULT",)),
    ],
)  # fmt: skip
def test_what_is_of_another_year_of_several_months_or_in_thousands_is_asked(
    place: Place, name: str, text: str, parts: tuple[str, ...]
) -> None:
    refused(place, name, text, *parts)


def test_powers_of_ten_that_change_nothing_are_not_asked(
    place: Place, warehouse: Warehouse
) -> None:
    text = table("GEO;TIME_PERIOD;OBS_VALUE;UNIT_MULT", "2021;12;0", "2021;6;0")
    load_file(warehouse, place.workspace, place.write("a.csv", text))
    assert warehouse.rows("SELECT max(value) FROM observation") == [(12.0,)]


def test_ranks_and_sectors_are_no_figures_and_a_class_of_children_is_one(
    place: Place, warehouse: Warehouse
) -> None:
    names = "code;Rang 2014;Secteur scolaire;PS;CP;QF < 400 €"
    text = table(names, "1;12;900;950;50", "2;14;400;440;20")
    load_file(warehouse, place.workspace, place.write("a-2014.csv", text))
    assert stored(warehouse) == {(name, "2014") for name in ("PS", "CP", "QF < 400 €")}
    assert warehouse.rows("SELECT DISTINCT nature, unit FROM variable") == [("count", "")]


def test_units_under_the_names_are_added_to_them(place: Place, warehouse: Warehouse) -> None:
    text = "code;Abonnés;Eau;Prix moyen\n;nombre;milliers de m3;€/m3\n97209;9;210,5;3,2\n97213;7;60,1;3,1\n"
    load_file(warehouse, place.workspace, place.write("a-2014.csv", text))
    found = warehouse.rows("SELECT label FROM variable ORDER BY 1")
    assert found == [("Abonnés (nombre)",), ("Eau (milliers de m3)",), ("Prix moyen (€/m3)",)]


def test_a_yes_under_bureau_names_no_part(place: Place, warehouse: Warehouse) -> None:
    text = table("code;Bureau;Agents", "oui;50", "non;20")
    load_file(warehouse, place.workspace, place.write("a-2014.csv", text))
    assert stored(warehouse) == {("Agents", "2014")}
