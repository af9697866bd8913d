"""Say an audit in plain French, without the intervals, which are what is being hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import enumerate_words, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_DECLARE = "À déclarer : size de l’indicateur, ou [[secrecy.conditions]] basis dans source.toml."

#: How many indicators a sentence names.
_NAMED = 6


def sentences_of_universes(judged: Sequence[str], unjudged: Sequence[str]) -> list[str]:
    """Ask of how many the figures speak that are lent without their counts, one sentence a case.

    Parameters
    ----------
    judged : sequence of str
        Labels of the indicators that are judged on every count of their source.
    unjudged : sequence of str
        Labels of those that nothing lets judge.

    Examples
    --------
    >>> sentences_of_universes([], [])
    []
    >>> print(sentences_of_universes(["Loyer médian"], [])[0].partition(",")[0])
    « Loyer médian » : rien ne dit sur combien porte ce qui est confié sans ses effectifs
    """
    ends = (
        "chaque effectif de la même source est pris pour leur nombre, ce qui masque plus qu’il ne faut.",
        "on ne peut juger s’il parle de trop peu de monde, et il est montré.",
    )
    return [
        f"{enumerate_words([f'« {label} »' for label in labels], most=_NAMED)} : rien ne dit sur combien porte "
        f"ce qui est confié sans ses effectifs, {end} {_DECLARE}"
        for labels, end in zip((judged, unjudged), ends, strict=True)
        if labels
    ]


def sentences_of_audit(report: pd.DataFrame) -> list[str]:
    """Return what an audit found, for somebody who is no statistician.

    Parameters
    ----------
    report : DataFrame
        What :func:`~observatoire.secrecy.plan.joint_audit.audit_plan` returns.

    Examples
    --------
    >>> import pandas as pd
    >>> sentences_of_audit(pd.DataFrame())
    ['Aucun effectif n’est masqué : il n’y a rien à retrouver.']
    """
    if report.empty:
        return ["Aucun effectif n’est masqué : il n’y a rien à retrouver."]
    public = report["already_public"] & ~report["safe"]
    unsafe = ~report["safe"] & ~public
    hidden = plural(len(report), "effectif masqué", "effectifs masqués")
    lines = [
        f"{hidden}, tous zonages et toutes périodes ensemble, avec tout ce qui a déjà été publié."
    ]
    if unsafe.any():
        lines.append(
            f"{plural(int(unsafe.sum()), 'effectif se laisse', 'effectifs se laissent')} encadrer "
            "trop étroitement par les sommes, les différences et les taux montrés : ne publiez pas."
        )
    else:
        lines.append(
            "Pour chacun, un curieux qui recoupe tout ce qui est montré reste devant un intervalle "
            "au moins aussi large que le seuil de la source, et qui l’atteint : l’effectif peut "
            "aussi bien être sous le seuil qu’au-dessus."
        )
    if public.any():
        lines.append(
            f"{plural(int(public.sum()), 'effectif se retrouve', 'effectifs se retrouvent')} à "
            "partir de ce qui était public avant : rien de ce qui est montré n’y ajoute, et rien "
            "ne peut le reprendre. Signalez-le au producteur."
        )
    return lines
