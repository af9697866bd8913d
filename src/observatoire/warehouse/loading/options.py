"""What is asked of a load besides its path, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from observatoire.errors import DescriptorError
from observatoire.errors.arguments import check_known
from observatoire.values import PERIOD_FORMS, is_period

ON_ERROR = ("refuse", "reject")


@dataclass(frozen=True)
class LoadOptions:
    """How to load a path; each kind of file reads what concerns it.

    Parameters
    ----------
    on_error : {"refuse", "reject"}
        Refuse a file with a faulty row, or keep such rows among the rejects.
    period, zoning : str
        What a file does not say; for a layer, the zoning that it draws.
    code_column, repair : str, bool
        For a layer; see :func:`~observatoire.territories.layers.reader.read_layer`.

    Raises
    ------
    DescriptorError
        On a way of treating faults that does not exist, with the nearest one; on what is no period.

    Examples
    --------
    >>> LoadOptions(period="2016").on_error
    'refuse'
    """

    on_error: str = "refuse"
    period: str = ""
    zoning: str = ""
    code_column: str = ""
    repair: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown way of treating faults, and what is no period."""
        what = f"on_error = « {self.on_error} » n’existe pas."
        check_known(self.on_error, ON_ERROR, what, error=DescriptorError)
        if self.period and not is_period(self.period):
            raise DescriptorError(
                f"« {self.period} » n’est pas une période.",
                remedy=f"Une période s’écrit {PERIOD_FORMS}.",
            )


#: What nothing particular is asked of.
USUAL = LoadOptions()
