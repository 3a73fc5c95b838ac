"""The panel of a team: how many members, how thin, and what luck alone would bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskkit.report.statement_wording import say_title

if TYPE_CHECKING:
    from riskkit.report.statement_wording import Language


@dataclass(frozen=True)
class Panel:
    """What a statement says of a team's members.

    Parameters
    ----------
    lives : int
        Members.
    luck : float
        Chance of a result this far from 0 by luck alone.
    known_by : str
        Day by which a claim must be known to count.
    thin_below : int, optional
        Where the panel is thin, the number of members below which it is.
    """

    lives: int
    luck: float
    known_by: str
    thin_below: int | None = None

    def say(self, language: Language) -> list[tuple[str, str]]:
        """Say it in pairs of name and value.

        Parameters
        ----------
        language : {"en", "zh"}
            The language.

        Returns
        -------
        list of tuple of str
            Pairs.

        Examples
        --------
        >>> Panel(200, 0.158, "2025-03-31", 5000).say("en")[-1]
        ('Thin panel', 'fewer than 5,000 members: one year alone is uncertain')
        """
        facts = [
            (say_title("known_by", language), self.known_by),
            (say_title("lives", language), f"{self.lives:,}"),
            (say_title("luck", language), f"{self.luck:.0%}"),
        ]
        if self.thin_below is not None:
            facts.append((say_title("thin", language), say_title("thin_below", language).format(lives=self.thin_below)))
        return facts
