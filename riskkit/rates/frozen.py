"""Frozen rates: the policy and every figure that was fitted on the reference population, as plain JSON values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter, ValidationError

from riskkit.errors import ModelStoreError
from riskkit.rates.adjustments import Limits
from riskkit.rates.policy import RatePolicy

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class FrozenRates:
    """All that rating one member needs; nothing in it changes with who else is in the file.

    Parameters
    ----------
    policy : RatePolicy
        The policy.
    reference_population : str
        Name of the population on which the figures below were fitted.
    members : int
        Its rows.
    member_months : float
        Its exposure.
    normalization_factor : float
        Its mean expected cost (currency per member year): a relative score of one.
    tier_relativities : dict of str to float
        Mean score by tier; empty where the policy prices the individual score.
    base_amount : float
        What a relativity of one is worth (currency per member year), trend included.
    region_normalization : float
        Divides the region factors; 1 where they are not renormalised.
    budget_factor : float
        The factor that meets the budget; 1 without a budget.
    budget_minor : int
        The budget in minor units; without a budget block, what the rates of the population come to.
    expected_cost_minor : int
        Expected cost of the population in minor units, beside the budget.
    new_enrollee_scores : dict of str to float
        Score by cell of age and sex for members without a history.
    pooling_charge : float
        Flat charge per member year on the scale of expected cost; 0 without a pool.
    affordable_minor : int or None
        What the fund can pay in minor units; None where the policy does not say.
    asked_minor : int or None
        What the policy asked for before affordability; the budget less this is what was cut.
    rate_moves : dict of int to int
        Move by rate before it, both in minor units, at which a table of few rates ties to its budget; mostly empty.
    """

    policy: RatePolicy
    reference_population: str
    members: int
    member_months: float
    normalization_factor: float
    tier_relativities: dict[str, float]
    base_amount: float
    region_normalization: float
    budget_factor: float
    budget_minor: int
    expected_cost_minor: int
    new_enrollee_scores: dict[str, float] = field(default_factory=dict)
    pooling_charge: float = 0.0
    affordable_minor: int | None = None
    asked_minor: int | None = None
    rate_moves: dict[int, int] = field(default_factory=dict)

    @property
    def shortfall_minor(self) -> int:
        """What the policy asks for beyond what the fund can pay, in minor units; shown, whether it is cut or not."""
        if self.affordable_minor is None or self.asked_minor is None:
            return 0
        return max(self.asked_minor - self.affordable_minor, 0)

    @property
    def limits(self) -> Limits:
        """Floor and cap in currency per member year, in whole minor units: a member who stands at one is paid it."""
        block, scale = self.policy.floor_cap, self.policy.rounding.per_currency_unit
        if block is None:
            return Limits()
        base = self.base_amount * scale
        return Limits(*(float(np.rint(number.value * base)) / scale for number in (block.floor, block.cap)))

    def to_dict(self) -> dict[str, object]:
        """Return the frozen rates as plain JSON values.

        Returns
        -------
        dict
            Readable by `from_dict`.
        """
        values = asdict(self)
        values["policy"] = self.policy.model_dump(mode="json", exclude_none=True)
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> FrozenRates:
        """Read what `to_dict` wrote.

        Parameters
        ----------
        values : mapping
            Plain JSON values.

        Returns
        -------
        FrozenRates
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
            message = f"frozen rates: {place}: {first['msg']}. Fit the rate policy again."
            raise ModelStoreError(message) from exc
