"""Frozen cuts: the probability at which each tier begins, fitted once on a reference population."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import TypeAdapter, ValidationError

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.tiers.capacity import fit_capacity
from riskkit.tiers.policy import Cuts, TierPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

KEY: Final = ["person_id", "index_date"]


@dataclass(frozen=True)
class FrozenTiers:
    """A tier policy with its cuts frozen: all that scoring one member needs.

    Parameters
    ----------
    policy : TierPolicy
        The scheme.
    cuts : tuple of float
        Predicted probability at which each tier above the lowest begins (`p >= cut`); empty without `[cuts]`.
    reference_population : str
        Name of the population on which the cuts were frozen.
    members : int
        Rows of that population.
    ties : tuple of int
        With capacity cuts, the largest hash that is in among members whose score is the cut.
    """

    policy: TierPolicy
    cuts: tuple[float, ...]
    reference_population: str
    members: int
    ties: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the frozen tiers as plain JSON values.

        Returns
        -------
        dict
            Readable by `from_dict`.
        """
        return {
            "policy": self.policy.model_dump(mode="json", exclude_none=True),
            "cuts": list(self.cuts),
            "reference_population": self.reference_population,
            "members": self.members,
            **({"ties": list(self.ties)} if self.ties else {}),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> FrozenTiers:
        """Read what `to_dict` wrote.

        Parameters
        ----------
        values : mapping
            Plain JSON values.

        Returns
        -------
        FrozenTiers
            Equal to the one that was written.

        Raises
        ------
        ModelStoreError
            If a value is absent or wrong.
        """
        try:
            return TypeAdapter(cls).validate_python(dict(values))
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            message = f"frozen tiers: {place}: {first['msg']}. Fit the tier policy again."
            raise ModelStoreError(message) from exc


def fit_cuts(policy: TierPolicy, predictions: pd.DataFrame | None, *, reference_population: str) -> FrozenTiers:
    """Freeze the cuts of a policy on a reference population.

    Fixed probabilities are taken as written; a programme's is cost over effect times loss, and places go to the highest
    scores. A share becomes the probability at which the tier begins; where members
    tie at that probability the tier begins above them, so that it never takes more than its share.

    Parameters
    ----------
    policy : TierPolicy
        The scheme.
    predictions : pandas.DataFrame of shape (n_rows, n_columns), optional
        Columns `outcome` and `predicted` (probability) of the reference population; only shares need it.
    reference_population : str
        Its name, kept with the cuts.

    Returns
    -------
    FrozenTiers
        Policy and cuts.

    Raises
    ------
    DataContractError
        If the outcome is absent, a prediction is not a probability, or ties leave a tier without a cut of its own.
    """
    risk = predicted_risk(policy.cuts, predictions) if policy.cuts and predictions is not None else np.empty(0)
    cuts: tuple[float, ...] = ()
    ties: tuple[int, ...] = ()
    if policy.cuts is not None and policy.cuts.method == "share":
        cuts = _share_cuts(policy.cuts, risk)
    elif policy.cuts is not None and policy.cuts.method == "capacity":
        cuts, ties = _capacity_cuts(policy.cuts, predictions)
    elif policy.cuts is not None and policy.cuts.method == "cost":
        cuts = tuple(programme.cut for programme in policy.cuts.programmes)
    elif policy.cuts is not None:
        cuts = tuple(cut.value for cut in policy.cuts.numbers)
    return FrozenTiers(policy, cuts, reference_population, len(risk), ties)


def _capacity_cuts(cuts: Cuts, predictions: pd.DataFrame | None) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Freeze the last member who still has a place in each tier."""
    if predictions is None:
        message = "tiers: capacity cuts need the predictions of a reference population, got none. Pass the frame."
        raise DataContractError(message)
    members = predictions.loc[predictions["outcome"].to_numpy() == cuts.outcome, KEY].reset_index(drop=True)
    return fit_capacity(predicted_risk(cuts, predictions), members, [int(cut.value) for cut in cuts.numbers])


def _share_cuts(cuts: Cuts, risk: NDArray[np.float64]) -> tuple[float, ...]:
    """Find where each tier begins so that the tiers from the top take at most their shares."""
    ordered = np.sort(risk)[::-1]
    at_or_above = np.cumsum([cut.value for cut in cuts.numbers][::-1])[::-1]
    # the small allowance keeps a share of .3 of 10 members at 3 of them when .1 + .2 is not quite .3 in binary
    places = np.floor(at_or_above * len(ordered) + 1e-9).astype(int)
    found = [begin for begin in (_begin(ordered, int(place)) for place in places) if begin is not None]
    if len(found) < len(places) or any(low >= high for low, high in pairwise(found)):
        message = (
            f"tiers: shares {[cut.value for cut in cuts.numbers]} of {len(ordered)} members cannot be cut: "
            "too few members or too many equal predictions. Use a larger reference population or fixed probabilities."
        )
        raise DataContractError(message)
    return tuple(found)


def _begin(ordered: NDArray[np.float64], place: int) -> float | None:
    """Return the lowest prediction that leaves at most `place` members at or above it."""
    above = ordered[:place]
    if place < len(ordered):
        above = above[above > ordered[place]]
    return float(above[-1]) if len(above) else None


def predicted_risk(cuts: Cuts, predictions: pd.DataFrame) -> NDArray[np.float64]:
    """Return the predicted probabilities of the outcome that is cut.

    Parameters
    ----------
    cuts : Cuts
        Names the outcome.
    predictions : pandas.DataFrame
        Columns `person_id`, `index_date`, `outcome`, `predicted`.

    Returns
    -------
    numpy.ndarray of shape (n_rows_of_the_outcome,)
        Probabilities, in the order of the rows.

    Raises
    ------
    DataContractError
        If a column or the outcome is absent, or a prediction is not a probability.
    """
    require_columns(predictions, [*KEY, "outcome", "predicted"], "predictions")
    of_outcome = predictions["outcome"].to_numpy() == cuts.outcome
    risk: NDArray[np.float64] = predictions["predicted"].to_numpy(dtype=np.float64, na_value=np.nan)[of_outcome]
    wrong = ~((risk >= 0) & (risk <= 1))
    if not len(risk) or wrong.any():
        found = f"{wrong.sum()} of {len(risk)} outside 0..1" if len(risk) else "no row"
        message = (
            f"predictions of outcome {cuts.outcome!r}: expected probabilities between 0 and 1, found {found}. "
            "Predict that outcome, or name another in [cuts] of the tier policy."
        )
        raise DataContractError(message)
    return risk


def require_columns(frame: pd.DataFrame, columns: list[str], name: str) -> None:
    """Refuse a frame without its columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        The frame.
    columns : list of str
        The columns that it must have.
    name : str
        What the frame is called in the message.

    Raises
    ------
    DataContractError
        If a column is absent.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        message = f"{name}: column {missing[0]!r} is missing, expected {', '.join(columns)}. Pass the whole frame."
        raise DataContractError(message)
