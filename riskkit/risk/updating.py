"""The closed test of a later year: keep the map, shift it, stretch it, or fit it again, whichever the data ask for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from riskkit.risk.few_events import FEW_EVENTS, LEAST_EVENTS, check_level, count_telling, state_variance
from riskkit.risk.line import climb_likelihood, compute_moments, solve_shift
from riskkit.risk.links import Kind, to_margin

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    Rows = tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]

Choice = Literal["keep", "intercept", "slope", "refit"]

CHOICES: tuple[Choice, ...] = ("keep", "intercept", "slope")
"""Tested in this order against the full curve, with 0, 1 and 2 terms fitted; where all are rejected: `refit`."""

KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of the knots of the full curve (Harrell)."""

POWER = 0.8


@dataclass(frozen=True)
class UpdateTest:
    """One step of the closed test.

    Parameters
    ----------
    choice : {'keep', 'intercept', 'slope'}
        The update that is held against the full curve.
    statistic, df, p_value : float, int, float
        Score statistic, its degrees of freedom and the chance of a larger one if that update is enough.
    """

    choice: Choice
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class Update:
    """What a later year asks for.

    Parameters
    ----------
    choice : {'keep', 'intercept', 'slope', 'refit'}
        The smallest update that the data do not reject.
    tests : tuple of UpdateTest
        The steps that led there; none where the events are too few to tell anything.
    events : int
        Persons with an event, or with a cost.
    oe_error : float
        Standard error of the O/E ratio over the ratio itself, from the spread of persons.
    detectable : float
        Relative error of the level that the first step finds with 80% power: 0.1 is an O/E of 0.9 or 1.1.
    """

    choice: Choice
    tests: tuple[UpdateTest, ...]
    events: int
    oe_error: float
    detectable: float

    def to_dict(self) -> dict[str, Any]:
        """Write the finding as plain values.

        Returns
        -------
        dict
            The fields by name.
        """
        return {**asdict(self), "tests": [asdict(test) for test in self.tests]}


def choose_update(
    predicted: FloatArray,
    observed: FloatArray,
    weight: FloatArray,
    persons: npt.NDArray[np.int64],
    *,
    kind: Kind,
    significance: float,
) -> Update:
    """Choose the smallest update of a map that a later year does not reject.

    Keep, intercept, and intercept with slope are each tested against one full curve (a line and a restricted cubic
    spline of the margin), in this order, and the first that is not rejected is taken: the chance to change a map that
    holds is that of the first test, whatever the number of steps. Instead of the likelihood ratio, which weights,
    repeated persons and dear members break, each step is a generalised score test: the score of the terms left out,
    with the variance that a probability states, times what the rows of one person add to each other; of a cost with
    that of the spread of persons. It does not depend on the scale of the weights.
    With less than `FEW_EVENTS` persons to tell by, only keep and intercept are offered, by `check_level`; with less
    than `LEAST_EVENTS` nothing is tested and the map is kept.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Calibrated predictions in use.
    observed, weight : numpy.ndarray of shape (n_rows,)
        What happened in the later year, and positive weights.
    persons : numpy.ndarray of int of shape (n_rows,)
        Person of each row, from 0.
    kind : {'binary', 'cost'}
        Logistic, or log-linear.
    significance : float
        Level of each step.

    Returns
    -------
    Update
        Choice, steps and power.

    References
    ----------
    .. [1] Vergouwe et al. (2017), A closed testing procedure to select an appropriate method for updating prediction
       models, doi:10.1002/sim.7179.
    .. [2] Boos (1992), On generalized score tests, doi:10.1080/00031305.1992.10475921.
    """
    margin = to_margin(predicted, kind)
    terms, rows = _make_terms(margin, weight), (observed, weight, persons)
    telling = count_telling(observed, persons, kind)
    choice: Choice = "keep"
    tests: list[UpdateTest] = []
    if telling < FEW_EVENTS:
        terms = terms[:, :1]
        if telling >= LEAST_EVENTS:
            statistic, p_value = check_level(predicted, *rows, kind=kind)
            tests.append(UpdateTest("keep", statistic, 1, p_value))
            choice = "keep" if p_value >= significance else "intercept"
    else:
        choice, tests = _close(terms, margin, rows, kind=kind, significance=significance)
    error = _compute_error(predicted, observed, weight, persons)
    found = _find_detectable(terms, margin, rows, kind=kind, significance=significance)
    return Update(choice, tuple(tests), len(np.unique(persons[observed > 0])), error, found)


def _close(
    terms: FloatArray, margin: FloatArray, rows: Rows, *, kind: Kind, significance: float
) -> tuple[Choice, list[UpdateTest]]:
    """Test the updates in order against the full curve, and take the first that is not rejected."""
    observed, weight, persons = rows
    tests: list[UpdateTest] = []
    for fitted, name in enumerate(CHOICES):
        if fitted >= terms.shape[1]:
            return name, tests
        mean, variance = compute_moments(_fit_null(margin, terms[:, :fitted], observed, weight, kind), kind)
        asked, residual = _leave_out(terms, fitted, weight * variance), weight * (observed - mean)
        stated = state_variance(mean, observed, weight) if kind == "binary" else None
        inverse, df = _invert_spread(asked, residual, persons, stated)
        statistic = float(asked.T @ residual @ inverse @ (asked.T @ residual))
        tests.append(UpdateTest(name, statistic, df, _tail(statistic, df)))
        if tests[-1].p_value >= significance:
            return name, tests
    return "refit", tests


def _make_terms(margin: FloatArray, weight: FloatArray) -> FloatArray:
    """Lay out constant, line and restricted cubic spline of the margin, as far as they differ from one another."""
    one = np.ones_like(margin)
    middle = np.average(margin, weights=weight)
    spread = np.sqrt(np.average((margin - middle) ** 2, weights=weight))
    if not spread > 1e-9:
        return one[:, None]
    u = (margin - middle) / spread
    t = np.quantile(u, KNOTS, weights=weight, method="inverted_cdf")
    if np.diff(t).min() < 1e-3:
        return np.column_stack([one, u])
    cubes = [np.maximum(u - knot, 0.0) ** 3 for knot in t]
    bends = [
        (cubes[j] - cubes[2] * (t[3] - t[j]) / (t[3] - t[2]) + cubes[3] * (t[2] - t[j]) / (t[3] - t[2]))
        / (t[3] - t[0]) ** 2
        for j in range(2)
    ]
    return np.column_stack([one, u, *bends])


def _fit_null(
    margin: FloatArray, terms: FloatArray, observed: FloatArray, weight: FloatArray, kind: Kind
) -> FloatArray:
    """Fit the update that is tested and return its margins."""
    if terms.shape[1] == 0:
        return margin
    if terms.shape[1] == 1:
        return margin + solve_shift(margin, observed, weight, kind=kind)
    unit = 0.0 if kind == "binary" else float(np.log(np.average(observed, weights=weight)))
    share = weight / weight.sum()
    design = np.column_stack([terms[:, 0], margin - unit])
    start = np.array([solve_shift(margin - unit, observed / np.exp(unit), share, kind=kind), 1.0])
    return unit + design @ climb_likelihood(start, design, observed / np.exp(unit), share, kind=kind)


def _leave_out(terms: FloatArray, fitted: int, curvature: FloatArray) -> FloatArray:
    """Return the terms beyond those fitted, less what the fitted ones say of them."""
    known, asked = terms[:, :fitted], terms[:, fitted:]
    if not fitted:
        return asked
    weighted = known * curvature[:, None]
    return asked - known @ np.linalg.solve(weighted.T @ known, weighted.T @ asked)


def _invert_spread(
    terms: FloatArray, residual: FloatArray, persons: npt.NDArray[np.int64], stated: FloatArray | None
) -> tuple[FloatArray, int]:
    """Invert the variance of the scores and return its rank.

    A cost has no variance of its own, and the spread of persons gives it. A probability states its variance, `stated`
    by row; the spread of persons then only says how much the rows of one person add to each other.
    """
    scores = np.column_stack([np.bincount(persons, column * residual) for column in terms.T])
    size = np.sqrt((scores**2).sum(axis=0))
    if stated is None:
        spread = (scores / size).T @ (scores / size)
    else:
        within = np.sqrt(np.maximum(1.0, size**2 / ((terms * residual[:, None]) ** 2).sum(axis=0)))
        spread = (terms * stated[:, None]).T @ terms * np.outer(within, within)
        size = np.sqrt(np.diag(spread))
        spread = spread / np.outer(size, size)
    inverse = np.linalg.pinv(spread, rcond=1e-8, hermitian=True) / np.outer(size, size)
    return inverse, int(np.linalg.matrix_rank(spread, tol=1e-8, hermitian=True))


def _compute_error(
    predicted: FloatArray, observed: FloatArray, weight: FloatArray, persons: npt.NDArray[np.int64]
) -> float:
    """Compute the relative standard error of O/E by linearisation over persons."""
    total = float((weight * observed).sum())
    residual = weight * (observed - predicted * (total / (weight * predicted).sum()))
    return float(np.sqrt((np.bincount(persons, residual) ** 2).sum()) / total)


def _tail(statistic: float, df: int) -> float:
    """Return the upper tail of the chi-square law."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def _find_detectable(
    terms: FloatArray,
    margin: FloatArray,
    rows: Rows,
    *,
    kind: Kind,
    significance: float,
) -> float:
    """Find the relative error of the level that the first step finds with the power asked for."""
    from scipy.special import chdtri, chndtrinc

    observed, weight, persons = rows
    level = margin + solve_shift(margin, observed, weight, kind=kind)
    mean, variance = compute_moments(level, kind)
    stated = state_variance(mean, observed, weight) if kind == "binary" else None
    inverse, df = _invert_spread(terms, weight * (observed - mean), persons, stated)
    moved = terms.T @ (weight * variance)
    shift = np.sqrt(chndtrinc(chdtri(df, significance), df, 1 - POWER) / (moved @ inverse @ moved))
    return float(shift * (weight @ variance) / (weight @ mean))
