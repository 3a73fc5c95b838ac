"""The lines of a statement: each says what it counts, by which rate, and what it adds."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from riskkit.settlement.money import to_minor


@dataclass(frozen=True)
class Line:
    """One line of a team's statement.

    Parameters
    ----------
    section : str
        `account`, `surplus`, `overspend`, `withhold`, `bonus` or `net`.
    item : str
        Code of what the line says; the wordings hold its text.
    amount_minor : int
        What it adds, in minor units.
    basis_minor : int, optional
        What the rate is applied to.
    rate : float, optional
        The rate.
    detail : str
        A name that the text fills in, such as a payer or a bonus.
    """

    section: str
    item: str
    amount_minor: int
    basis_minor: int | None = None
    rate: float | None = None
    detail: str = ""


@dataclass
class Running:
    """An exact amount and the lines by which it came about; each line is the step between two rounded amounts.

    Parameters
    ----------
    section : str
        Section of the lines.
    """

    section: str
    amount: Fraction = Fraction(0)
    lines: list[Line] = field(default_factory=list)

    def move(
        self,
        item: str,
        amount: Fraction | int,
        *,
        basis: Fraction | int | None = None,
        rate: Fraction | None = None,
        detail: str = "",
    ) -> None:
        """Move to a new amount and write the line.

        Parameters
        ----------
        item : str
            Code of the line.
        amount : fractions.Fraction or int
            The amount after it, in minor units.
        basis, rate : fractions.Fraction, optional
            What the line shows.
        detail : str
            A name that the text fills in.
        """
        step = to_minor(Fraction(amount)) - to_minor(self.amount)
        shown = None if basis is None else to_minor(Fraction(basis))
        self.lines.append(Line(self.section, item, step, shown, None if rate is None else float(rate), detail))
        self.amount = Fraction(amount)

    @property
    def minor(self) -> int:
        """The amount in whole minor units; the lines sum to it."""
        return to_minor(self.amount)
