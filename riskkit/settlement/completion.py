"""Completion: claims that are known at the run-out date, brought to what all claims of the year will come to."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from riskkit.errors import PolicyError
from riskkit.settlement.money import exact, to_minor

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.settlement.cost_blocks import Completion

KEY = ["team_id", "setting"]


def complete_amount(paid: int, factor: float, expected: int, blend_below: float) -> Fraction:
    """Bring one amount to completion.

    Parameters
    ----------
    paid : int
        Known at the run-out date, in minor units.
    factor : float
        Fraction of the final amount that is known by then, in (0, 1].
    expected : int
        What was expected for the whole year, in minor units.
    blend_below : float
        Under this factor the open part comes from what was expected (Bornhuetter-Ferguson).

    Returns
    -------
    fractions.Fraction
        Completed amount in minor units.

    References
    ----------
    .. [1] Bornhuetter RL, Ferguson RE, The actuary and IBNR, Proceedings of the CAS 59 (1972).

    Examples
    --------
    900 paid at a factor of .92 come to 978.3; at .4, with 2,000 expected, to 900 + .6 x 2,000 = 2,100.

    >>> round(float(complete_amount(90000, 0.92, 0, 0.5)) / 100, 1)
    978.3
    >>> float(complete_amount(90000, 0.4, 200000, 0.5)) / 100
    2100.0
    """
    share = exact(factor)
    if share < exact(blend_below):
        return paid + (1 - share) * expected
    return paid / share


def complete_claims(completion: Completion, paid: pd.DataFrame, prepaid: dict[str, int]) -> pd.DataFrame:
    """Complete the claims of every team and setting.

    Parameters
    ----------
    completion : Completion
        Factors by setting.
    paid : pandas.DataFrame of shape (n_cells, 3)
        `team_id`, `setting`, `paid_minor`.
    prepaid : dict of str to int
        What each team was prepaid; times the setting's share of all that is paid it is what was expected.

    Returns
    -------
    pandas.DataFrame of shape (n_cells, 4)
        The cells with `completed_minor`, sorted by key.

    Raises
    ------
    PolicyError
        If a setting has no factor, or a factor is not in (0, 1].
    """
    ordered = paid.sort_values(KEY, ignore_index=True)
    _check(completion, set(ordered["setting"]))
    book = ordered.groupby("setting")["paid_minor"].sum()
    whole = max(int(book.sum()), 1)
    completed = [
        to_minor(
            complete_amount(
                int(amount),
                completion.factors[setting].value,
                to_minor(Fraction(prepaid.get(team, 0) * int(book[setting]), whole)),
                completion.blend_below.value,
            )
        )
        for team, setting, amount in zip(ordered["team_id"], ordered["setting"], ordered["paid_minor"], strict=True)
    ]
    return ordered.assign(completed_minor=completed)


def _check(completion: Completion, settings: set[str]) -> None:
    for setting in sorted(settings):
        if setting not in completion.factors:
            known = ", ".join(completion.factors)
            message = (
                f"policy [completion.factors]: claims have setting {setting!r}, found factors for {known}. Add it."
            )
            raise PolicyError(message)
    for setting, factor in completion.factors.items():
        if not 0 < factor.value <= 1:
            message = (
                f"policy [completion.factors] {setting}: must be above 0 and at most 1, got {factor.value}. Correct it."
            )
            raise PolicyError(message)
