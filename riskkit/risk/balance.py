"""Balance: frozen age-sex factors, so that the members of no cell are paid too little or too much as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.risk.age_trend import fit_age_trend
from riskkit.risk.credibility import COST_POWER, compute_cell_ratios

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.settings import BalanceSettings

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

AGE, SEX = "age_years", "is_female"
"""Features that make the cells."""


@dataclass(frozen=True)
class Balance:
    """Factors on the calibrated amount, by age band and sex.

    Parameters
    ----------
    band_starts : tuple of float
        First age of each band but the youngest.
    factors : tuple of tuple of float
        Of men and of women, one positive factor a band; rising with age where the catalogue says so.
    shares : tuple of tuple of float
        Share of the calibration year's expected cost in each cell; they say how much of a factor is age and how much
        sex, and sum to 1.

    Examples
    --------
    >>> balance = Balance((65.0,), ((0.9, 1.1), (1.0, 1.2)), ((0.25, 0.25), (0.25, 0.25)))
    >>> balance.compute_factor(pd.DataFrame({"age_years": [64.9, 65.0], "is_female": [0.0, 1.0]})).tolist()
    [0.9, 1.2]
    """

    band_starts: tuple[float, ...]
    factors: tuple[tuple[float, ...], ...]
    shares: tuple[tuple[float, ...], ...]

    def compute_factor(self, features: pd.DataFrame) -> FloatArray:
        """Look up each member's factor.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, n_columns)
            Columns `age_years` and `is_female`.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Factors; where age or sex is missing, the level that all members share.
        """
        band, sex, known = _find_cells(features, self.band_starts)
        return np.where(known, np.asarray(self.factors)[sex, band], np.exp(self.level))

    @property
    def level(self) -> float:
        """Mean log factor, the part of the factors that belongs to nobody's age or sex."""
        return float((np.asarray(self.shares) * np.log(self.factors)).sum())

    def split_factor(self, features: pd.DataFrame) -> pd.DataFrame:
        """Split each member's log factor, beyond the level, between age and sex.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, n_columns)
            Columns `age_years` and `is_female`.

        Returns
        -------
        pandas.DataFrame of shape (n_rows, 2)
            Shapley values of `age_years` and `is_female`: with `level` they sum to the log of the factor.

        References
        ----------
        .. [1] Shapley (1953), A value for n-person games; with two features, the mean over both orders.
        """
        log, share = np.log(self.factors), np.asarray(self.shares)
        by_age = (share.sum(axis=1, keepdims=True) * log).sum(axis=0)
        by_sex = (share.sum(axis=0, keepdims=True) * log).sum(axis=1)
        age = (by_age[None, :] - self.level + log - by_sex[:, None]) / 2
        band, sex, known = _find_cells(features, self.band_starts)
        of_age = np.where(known, age[sex, band], 0.0)
        of_sex = np.where(known, log[sex, band] - self.level - of_age, 0.0)
        return pd.DataFrame({AGE: of_age, SEX: of_sex})

    def to_dict(self) -> dict[str, Any]:
        """Write the factors as plain values.

        Returns
        -------
        dict
            Values that JSON carries without loss.
        """
        return asdict(self)


def fit_balance(
    features: pd.DataFrame,
    predicted: FloatArray,
    observed: FloatArray,
    weight: FloatArray,
    *,
    settings: BalanceSettings,
    rising: bool,
) -> Balance:
    """Fit the factors of the age-sex cells.

    A cell's observed over expected is shrunk by its credibility towards an even trend in age and sex, itself shrunk
    towards none, and a cell with too few members is first pooled with its neighbour in age. Where cost must not fall
    with age, factors that would are pooled too: a step down between two bands would make someone cheaper on a
    birthday.

    Parameters
    ----------
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Columns `person_id`, `age_years` and `is_female`.
    predicted, observed, weight : numpy.ndarray of shape (n_rows,)
        Calibrated amounts per year, amounts per year, and exposure.
    settings : BalanceSettings
        Bands and the fewest members of a cell.
    rising : bool
        True where the catalogue's direction of age is 1.

    Returns
    -------
    Balance
        The factors; over the rows they keep the expected total.

    References
    ----------
    .. [1] Deming and Stephan (1940), On a least squares adjustment of a sampled frequency table when the expected
       marginal totals are known, doi:10.1214/aoms/1177731829: margins are fitted in turn, here cells and deciles.
    """
    band, sex, known = _find_cells(features, settings.age_bands)
    n_bands = len(settings.age_bands) + 1
    cell = sex * n_bands + band
    rows = known & (weight > 0)
    pooled = _pool_small(np.bincount(cell[rows], minlength=2 * n_bands).reshape(2, -1), settings.minimum_members)
    persons = pd.factorize(features["person_id"])[0]
    expected, group = weight * predicted, pooled.ravel()[cell]
    given = (weight * observed)[rows], group[rows], persons[rows]
    spread = (weight * predicted**COST_POWER)[rows]
    age, female = (
        _average(features[name].to_numpy(np.float64)[rows], expected[rows], group[rows]) for name in (AGE, SEX)
    )
    alone = compute_cell_ratios(expected[rows], *given, variance=spread)
    trend = fit_age_trend(alone, _add_up(expected[rows], group[rows]), age, female, rising=rising)
    beyond = compute_cell_ratios(expected[rows] * trend[group[rows]], *given, variance=spread)
    found = (trend * beyond.factor)[pooled]
    volume = _add_up(expected[rows], cell[rows], 2 * n_bands).reshape(2, -1)
    factors = np.array([_rise(*of_sex) for of_sex in zip(found, volume, strict=True)]) if rising else found
    shares = volume / volume.sum()
    factors = factors / (shares * factors).sum()
    starts = tuple(float(age) for age in settings.age_bands)
    return Balance(starts, _to_tuples(factors), _to_tuples(shares))


def balance_from_dict(values: Mapping[str, Any]) -> Balance:
    """Read what `Balance.to_dict` wrote.

    Parameters
    ----------
    values : mapping
        The plain values.

    Returns
    -------
    Balance
        The factors.

    Raises
    ------
    ModelStoreError
        If a key is unknown or missing, or a factor is not positive.
    """
    try:
        starts, factors, shares = (np.asarray(values[name], float) for name in ("band_starts", "factors", "shares"))
        whole = factors.shape == shares.shape == (2, len(starts) + 1) and bool((factors > 0).all())
    except (KeyError, TypeError, ValueError) as exc:
        message = f"balance: cannot be read ({exc}), expected what riskkit wrote. Store the model again."
        raise ModelStoreError(message) from exc
    if not whole or len(values) != 3:
        message = "balance: expected a positive factor and a share for each sex and age band. Store the model again."
        raise ModelStoreError(message)
    return Balance(tuple(starts.tolist()), _to_tuples(factors), _to_tuples(shares))


def _find_cells(features: pd.DataFrame, starts: tuple[float, ...]) -> tuple[IntArray, IntArray, npt.NDArray[np.bool_]]:
    """Find band and sex of each member, and say who has both."""
    absent = [name for name in (AGE, SEX) if name not in features]
    if absent:
        message = (
            f"features: column {absent[0]!r} is missing, and the age-sex factors need it. Build it, or fit without."
        )
        raise DataContractError(message)
    age, female = (features[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in (AGE, SEX))
    known = np.isfinite(age) & np.isfinite(female)
    band = np.searchsorted(np.asarray(starts), np.where(known, age, 0.0), side="right")
    return band.astype(np.int64), np.where(known, female > 0.5, 0).astype(np.int64), known


def _pool_small(members: IntArray, least: int) -> IntArray:
    """Give each cell a number, so that a small one shares the number of its neighbour in age."""
    numbers = np.zeros_like(members)
    offset = 0
    for sex, counts in enumerate(members):
        if not counts.sum():
            continue
        group, held = 0, 0
        for band, count in enumerate(counts):
            if held >= least and counts[band:].sum() >= least:
                group, held = group + 1, 0
            numbers[sex, band] = offset + group
            held += count
        offset += group + 1
    return numbers


def _average(values: FloatArray, weight: FloatArray, group: IntArray) -> FloatArray:
    """Average over each group."""
    return _add_up(weight * values, group) / _add_up(weight, group)


def _add_up(values: FloatArray, cells: IntArray, n_cells: int = 0) -> FloatArray:
    """Add up over each cell."""
    return np.asarray(np.bincount(cells, values, minlength=n_cells), dtype=np.float64)


def _rise(factors: FloatArray, volume: FloatArray) -> FloatArray:
    """Pool factors that fall with age."""
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(factors, weights=np.maximum(volume, 1e-9)).x)


def _to_tuples(table: FloatArray) -> tuple[tuple[float, ...], ...]:
    """Freeze a table."""
    return tuple(tuple(row) for row in table.tolist())
