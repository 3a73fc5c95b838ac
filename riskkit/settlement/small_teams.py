"""Small teams: rates drawn to the book, and the noise of a panel, so that luck neither pays nor costs."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def wilson_interval(events: Floats, trials: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Compute the Wilson score interval of a rate.

    Parameters
    ----------
    events, trials : numpy.ndarray of shape (n,)
        Numerators and denominators, denominators above 0.
    confidence : float
        Coverage, such as 0.95.

    Returns
    -------
    tuple of two numpy.ndarray of shape (n,)
        Lower and upper bounds.

    References
    ----------
    .. [1] Wilson EB, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).

    Examples
    --------
    >>> low, high = wilson_interval(np.array([8.0]), np.array([10.0]), 0.95)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.49, 0.943)
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = events / trials
    spread = z * np.sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2))
    middle = rate + z**2 / (2 * trials)
    scale = 1 + z**2 / trials
    return (middle - spread) / scale, (middle + spread) / scale


def draw_to_book(events: Floats, trials: Floats, confidence: float) -> Floats:
    """Take from each team's Wilson interval the point that is nearest to the book's rate.

    A team whose interval holds the book's rate counts as the book; one that is truly better or worse counts by the
    nearer bound. So luck neither pays nor costs, and a small team is not punished for being small.

    Parameters
    ----------
    events, trials : numpy.ndarray of shape (n,)
        Numerators and denominators, denominators above 0.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Rates.
    """
    low, high = wilson_interval(events, trials, confidence)
    drawn: Floats = np.clip(np.full(len(events), events.sum() / trials.sum()), low, high)
    return drawn


def shrink_to_book(events: Floats, trials: Floats) -> Floats:
    """Draw each team's rate to the book's by its credibility.

    The credibility is n / (n + k) with k the within-team over the between-team variance (Buhlmann-Straub); where teams
    differ no more than luck explains, every team counts as the book.

    Parameters
    ----------
    events, trials : numpy.ndarray of shape (n,)
        Numerators and denominators, denominators above 0.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Rates.

    References
    ----------
    .. [1] Buhlmann H, Straub E, Glaubwuerdigkeit fuer Schadensaetze (1970).

    Examples
    --------
    Two teams of 100 at 40% and 60%: within .24 x 200/198 = .2424; between [.02 x 100 - .2424] / 100 = .01758;
    k = 13.79, Z = .8788, rates .4121 and .5879.

    >>> shrink_to_book(np.array([40.0, 60.0]), np.array([100.0, 100.0])).round(4).tolist()
    [0.4121, 0.5879]
    """
    rate, whole = events / trials, trials.sum()
    book = events.sum() / whole
    teams = len(trials)
    if teams < 2 or whole <= teams:
        return np.full(teams, book)
    within = float((trials * rate * (1 - rate)).sum() / (whole - teams))
    spread = float((trials * (rate - book) ** 2).sum()) - (teams - 1) * within
    between = spread / float(whole - (trials**2).sum() / whole)
    if between <= 0:
        return np.full(teams, book)
    credibility = trials / (trials + within / between)
    drawn = credibility * rate + (1 - credibility) * (credibility @ rate / credibility.sum())
    return np.asarray(drawn, dtype=np.float64)


def compute_panel_noise(totals: pd.DataFrame, variation: float, *, thin_below: float) -> pd.DataFrame:
    """Say how much of a team's result is the luck of its panel.

    Parameters
    ----------
    totals : pandas.DataFrame of shape (n_teams, n_columns)
        `team_id`, `prepaid_minor`, `surplus_minor` and `lives` (above 0).
    variation : float
        Coefficient of variation of a member's cost about what was prepaid.
    thin_below : float
        A panel of fewer lives is noise more than news.

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 6)
        `team_id`, `lives`, `surplus_pct` (of prepaid), `standard_error_pct` (of actual over prepaid, CV / sqrt n),
        `chance_by_luck` (of a result at least this far to this side, were the team exactly as costly as prepaid) and
        `thin_panel`; sorted by `team_id`.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"team_id": "A", "prepaid_minor": 1000, "surplus_minor": 177, "lives": 200}
    >>> noise = compute_panel_noise(pd.DataFrame([row]), 2.5, thin_below=5000)
    >>> noise[["standard_error_pct", "chance_by_luck"]].round(3).iloc[0].tolist()
    [0.177, 0.158]
    """
    ordered = totals.sort_values("team_id", ignore_index=True)
    result = ordered["surplus_minor"] / ordered["prepaid_minor"]
    error = variation / ordered["lives"].map(math.sqrt)
    chance = [1 - NormalDist().cdf(abs(size) / spread) for size, spread in zip(result, error, strict=True)]
    return ordered[["team_id", "lives"]].assign(
        surplus_pct=result,
        standard_error_pct=error,
        chance_by_luck=chance,
        thin_panel=ordered["lives"] < thin_below,
    )
