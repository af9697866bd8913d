"""The demo's quartiers with planted figures, objectives, actions, notes and thresholds."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import oracle
from made_once import loaded, write_files

if TYPE_CHECKING:
    from pathlib import Path

#: What no page, annex or package may hold.
CONFIDENTIAL = "Bagarre entre familles Zéphirin et Montlouis"
PARTNERS = "Le bailleur prévoit douze expulsions"
PUBLIC = "Les ateliers du mercredi sont pleins"

FIGURES_TOML = """\
title = "Chiffres plantés"
producer = "Les tests"
licence = "Aucune"
zoning = "quartier-cucs-2007"

[[files]]
name = "chiffres.csv"
layout = "long"
zoning_column = "zonage"
territory = "territoire"
variable_column = "variable"
period_column = "annee"
value_column = "valeur"

[precision]
method = "exhaustive"

[variables.taux]
label = "Taux planté"
nature = "rate"
unit = "%"

[variables.cas]
label = "Cas plantés"
nature = "count"
unit = "personnes"
"""

FIGURES = """\
zonage;territoire;variable;annee;valeur
quartier-cucs-2007;FDF01;taux;2007;30
quartier-cucs-2007;FDF01;taux;2009;27
quartier-cucs-2007;FDF01;taux;2012;25
quartier-cucs-2007;FDF02;taux;2007;12
quartier-cucs-2007;FDF02;taux;2012;18
quartier-cucs-2007;LAM02;taux;2012;26
commune-2016;97209;taux;2007;20
commune-2016;97209;taux;2009;20
commune-2016;97209;taux;2012;19
quartier-cucs-2007;FDF01;cas;2007;300
quartier-cucs-2007;FDF01;cas;2012;240
"""

PROGRAMME_TOML = """\
title = "Programmation plantée"
producer = "Les tests"
licence = "Aucune"
zoning = "quartier-cucs-2007"

[[files]]
name = "objectifs.csv"
register = "objectives"

[[files]]
name = "actions.csv"
register = "actions"

[[files]]
name = "notes.csv"
register = "notes"
"""

OBJECTIVES = """\
code;orientation;objectif;zonage;perimetre;indicateur;depart;reference;cible;variation;echeance;partenaire
A;Un;Baisser le taux;;FDF01;taux;2007;;20;;2012-12-31;Ville
B;Un;Un tiers de cas en moins;;FDF01;cas;2007;;;-33,333333333333;2012;État
C;Deux;Sans cible;;FDF02;taux;2007;;;;2012;Ville
D;Deux;Référence du texte;;FDF01;cas;2007;330;;;2012;Ville
E;Deux;Sans départ;;LAM02;taux;2007;;20;;2012;Rectorat
F;Deux;Sans indicateur;;LAM02;;;;;;2012;Caf
"""

ACTIONS = """\
annee;intitule;zonage;perimetre;thematique;operateur;type;etape;montant_etat;montant_ville;personnes
2007;Enveloppe;commune-2016;97209;;;Enveloppe;engagé;100000;50000;
2008;Chantier;;FDF01;emploi;Asso;Action;engagé;9000;1000;12
2008;Chantier;;FDF01;emploi;Asso;Action;versé;8000;;12
2009;Bus;zus-1996;ZUS-LAM;citoyennete;Ville;Action;engagé;;500;
"""

NOTES = f"""\
date;perimetre;thematique;source;force;texte;lecteurs
12/03/2012;FDF01;education;Centre social;forte;{PUBLIC};public
2012-04;FDF01;habitat;SMHLM;moyenne;{PARTNERS};partenaires
2012-05;FDF01;citoyennete;Police;faible;{CONFIDENTIAL};confidentiel
"""

CATALOGUE = """
[indicators.taux]
label = "Taux planté"
short = "Taux"
theme = "emploi"
nature = "rate"
unit = "%"
polarity = "lower_is_better"
definition = "Planté."
universe = "Tous"
sources = ["plante"]
variable = "taux"

[indicators.cas]
label = "Cas plantés"
short = "Cas"
theme = "emploi"
nature = "count"
unit = "personnes"
decimals = 0
polarity = "lower_is_better"
definition = "Planté."
universe = "Tous"
sources = ["plante"]
numerator = ["cas"]
"""

WATCH = """\
[watch.haut]
indicator = "taux"
above = 24

[watch.hausse]
indicator = "taux"
rise = 5
"""


def write_workspace(folder: Path) -> Path:
    """Write the workspace in a folder."""
    shutil.copytree(oracle.GEO, folder / "geo")
    shutil.copy(oracle.ROOT / "observatoire.toml", folder)
    catalogue = (oracle.ROOT / "indicators.toml").read_text(encoding="utf-8")
    files = {
        "indicators.toml": catalogue + CATALOGUE,
        "watch.toml": WATCH,
        "data/raw/plante/source.toml": FIGURES_TOML,
        "data/raw/plante/chiffres.csv": FIGURES,
        "data/raw/programme/source.toml": PROGRAMME_TOML,
        "data/raw/programme/objectifs.csv": OBJECTIVES,
        "data/raw/programme/actions.csv": ACTIONS,
        "data/raw/programme/notes.csv": NOTES,
    }
    write_files(folder, files)
    return folder


def loaded_workspace(folder: Path) -> Path:
    """Return the workspace in a folder, loaded, what it may show decided."""
    return loaded("plante", write_workspace, folder, decide="taux")
