"""How values spread over the members: shares of weight in equal steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.sample import check_values


def compute_distribution(
    values: npt.ArrayLike, weight: npt.ArrayLike | None = None, *, n_bins: int = 40, top_share: float = 0.01
) -> pd.DataFrame:
    """Compute the share of weight in bins of equal width, the highest values gathered in the last bin.

    Parameters
    ----------
    values : array-like of shape (n_rows,)
        Rates, scores or probabilities, in any unit.
    weight : array-like of shape (n_rows,), optional
        Exposure; 1 where absent.
    n_bins : int, default 40
        Number of bins.
    top_share : float, default 0.01
        Share of rows, the highest, that only the last, open bin holds: a long tail would flatten the picture.

    Returns
    -------
    pandas.DataFrame of shape (n_bins, 5)
        `lower`, `upper` (edges; the last bin is open above), `share`, and over all members `mean` and `median`.

    Raises
    ------
    DataContractError
        If the values are not usable, see `check_values`.

    Examples
    --------
    >>> compute_distribution([0.0, 1.0, 1.0, 2.0], n_bins=2, top_share=0.0)[["lower", "upper", "share"]]
       lower  upper  share
    0    0.0    1.0   0.25
    1    1.0    2.0   0.75
    """
    x, _, w = check_values(values, values, weight)
    last = float(np.quantile(x, 1 - top_share))
    first = float(x.min())
    edges = np.linspace(first, last if last > first else first + 1, n_bins + 1)
    counts, _ = np.histogram(np.minimum(x, edges[-1]), bins=edges, weights=w)
    order = np.argsort(x, kind="stable")
    middle = np.searchsorted(np.cumsum(w[order]), w.sum() / 2)
    return pd.DataFrame(
        {
            "lower": edges[:-1],
            "upper": edges[1:],
            "share": counts / w.sum(),
            "mean": np.average(x, weights=w),
            "median": x[order][middle],
        }
    )
