"""Say an audit in plain French, without the intervals, which are what is being hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import plural

if TYPE_CHECKING:
    import pandas as pd


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
