"""A scheme file as it is written: its blocks, and what they may not contradict each other in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from riskkit.cohort.eligibility import CohortSpec
from riskkit.data.adapters.known import LAYOUTS
from riskkit.errors import PolicyError
from riskkit.evaluation.outcome_drift import DriftLimits
from riskkit.policy import PolicyModel


class SchemeBlock(PolicyModel):
    """What the scheme is called and in which currency it counts."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class SourceBlock(PolicyModel):
    """Where the canonical tables come from."""

    adapter: str

    @field_validator("adapter")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in LAYOUTS:
            message = f"must be one of {', '.join(LAYOUTS)}, got {name!r}"
            raise ValueError(message)
        return name


class FeatureBlock(PolicyModel):
    """Groups and single features that are built for every outcome of the scheme, less those left out by name."""

    groups: tuple[str, ...]
    names: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class SplitBlock(PolicyModel):
    """How persons and years are kept apart.

    Parameters
    ----------
    method : {"time", "persons"}
        Train on the older index dates, calibrate on the last but one and test on the last; or cross-fit over groups of
        persons, so that each member of the test has been seen by no part of the model that predicts them.
    folds : int
        Groups of persons for ``"persons"``.
    """

    method: Literal["time", "persons"]
    folds: int = Field(default=5, ge=3, le=20)


class OutcomeBlock(PolicyModel):
    """One outcome: its specification and what this scheme changes in it."""

    spec: str
    overrides: dict[str, Any] = Field(default_factory=dict)


class TierBlock(PolicyModel):
    """The tier policy."""

    policy: str


class RateBlock(PolicyModel):
    """The rate policy and the outcome whose expected cost drives it."""

    policy: str
    outcome: str


class DriftBands(PolicyModel):
    """How far a kept model may be off in a later year.

    Parameters
    ----------
    stable : tuple of two float
        Band of observed / expected around 1 inside which a model is kept.
    refuse : tuple of two float
        Wider band outside which a change of scale is no answer.
    minimum_gini : float
        Ordered Gini ratio at or below which the ranking itself is lost.
    reference : str
        Where the limits come from.
    """

    stable: tuple[float, float]
    refuse: tuple[float, float]
    minimum_gini: float = Field(default=0.0, le=1)
    reference: str

    @model_validator(mode="after")
    def _limits_are_nested(self) -> Self:
        """Refuse limits now that would otherwise be refused after hours of training."""
        try:
            _ = self.limits
        except PolicyError as exc:
            raise ValueError(str(exc)) from exc
        return self

    @property
    def limits(self) -> DriftLimits:
        """The limits as the judge of a drift reads them."""
        return DriftLimits(stable=self.stable, refuse=self.refuse, minimum_gini=self.minimum_gini)

    def to_dict(self) -> dict[str, Any]:
        """Return the limits as plain values, as a summary holds them.

        Returns
        -------
        dict
            `stable`, `refuse`, `minimum_gini`, `reference`.
        """
        return self.model_dump(include={"stable", "refuse", "minimum_gini", "reference"})


class DriftBlock(DriftBands):
    """A later index date that the models are applied to, and how far they may be off there.

    Parameters
    ----------
    index_date : datetime.date
        The later index date.
    stable, refuse, minimum_gini, reference
        As for `DriftBands`.
    """

    index_date: date


class RunBlock(PolicyModel):
    """Seed and effort of a run, and whether a random split is shown beside the one by time."""

    seed: int = 0
    n_bootstrap: int = Field(default=500, ge=20)
    tuning_trials: int | None = Field(default=None, ge=0)
    tuning_minutes: float | None = Field(default=None, gt=0)
    random_split_contrast: bool = False
    gam: bool = True


class SchemeFile(PolicyModel):
    """A scheme file as it is written."""

    scheme: SchemeBlock
    source: SourceBlock
    cohort: CohortSpec
    features: FeatureBlock
    split: SplitBlock
    outcome: tuple[OutcomeBlock, ...] = Field(min_length=1)
    tiers: TierBlock | None = None
    rates: RateBlock | None = None
    drift: DriftBlock | None = None
    run: RunBlock = RunBlock()

    @model_validator(mode="after")
    def _dates_fit(self) -> Self:
        """Refuse windows that reach past the test's index date: training would see the test."""
        dates = self.cohort.index_dates
        if self.cohort.kind == "annual" and not dates:
            message = "[cohort] index_dates: an annual cohort needs at least one index date. Add it"
            raise ValueError(message)
        if list(dates) != sorted(set(dates)):
            message = "[cohort] index_dates: must be distinct and oldest first. Sort them"
            raise ValueError(message)
        if self.split.method == "time":
            if len(dates) < 3:
                message = f"[split] method: 'time' needs three index dates, got {len(dates)}. Add one or use 'persons'"
                raise ValueError(message)
            closing = dates[-2] + timedelta(days=self.cohort.horizon_days)
            if closing > dates[-1]:
                message = f"[cohort] index_dates: the window of {dates[-2]} ends {closing}, after the test begins"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _rating_date_fits(self) -> Self:
        """Refuse rates for no one day: a member would be paid for once for every year of training."""
        day = self.cohort.rating_date
        if self.rates and self.cohort.kind == "annual" and day is None:
            message = "[cohort] rating_date: [rates] of an annual cohort needs the day whose members are paid for"
            raise ValueError(message)
        if self.drift and self.drift.index_date != day:
            message = f"[drift] index_date: {self.drift.index_date} must be the cohort's rating_date, got {day}"
            raise ValueError(message)
        return self
