"""A scheme: the one file that says which source, cohort, features, outcomes, tiers, rates and gates go together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from riskkit.cohort.eligibility import CohortSpec
from riskkit.data.adapters.known import LAYOUTS
from riskkit.errors import PolicyError
from riskkit.evaluation.outcome_drift import DriftLimits
from riskkit.policy import PolicyModel, read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.tiers.policy import TierPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator


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


class DriftBlock(PolicyModel):
    """A later index date that the models are applied to, and how far they may be off there.

    Parameters
    ----------
    index_date : datetime.date
        The later index date.
    stable : tuple of two float
        Band of observed / expected around 1 inside which a model is kept.
    refuse : tuple of two float
        Wider band outside which a change of scale is no answer.
    minimum_gini : float
        Ordered Gini ratio at or below which the ranking itself is lost.
    reference : str
        Where the limits come from.
    """

    index_date: date
    stable: tuple[float, float]
    refuse: tuple[float, float]
    minimum_gini: float = 0.0
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


class RunBlock(PolicyModel):
    """Seed and effort of a run, and whether a random split is shown beside the one by time."""

    seed: int = 0
    n_bootstrap: int = Field(default=500, ge=20)
    tuning_trials: int | None = Field(default=None, ge=0)
    random_split_contrast: bool = False


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


@dataclass(frozen=True)
class Scheme:
    """A scheme with every file that it names, read and checked.

    Parameters
    ----------
    file : SchemeFile
        The scheme file.
    path : pathlib.Path
        Where it stands.
    outcomes : tuple of OutcomeSpec
        Outcomes with this scheme's overrides.
    tier_policy : TierPolicy or None
        Tier policy.
    rate_policy : RatePolicy or None
        Rate policy.
    """

    file: SchemeFile
    path: Path
    outcomes: tuple[OutcomeSpec, ...]
    tier_policy: TierPolicy | None
    rate_policy: RatePolicy | None

    @property
    def name(self) -> str:
        """Name of the scheme."""
        return self.file.scheme.name

    @property
    def registered_name(self) -> str:
        """Name of the scheme's model in the registry."""
        return f"riskkit-{self.name}"

    @property
    def codelist_directory(self) -> Path:
        """Folder of the code lists that belong to the scheme."""
        return self.path.parent.parent / "models" / "codelists"


def read_scheme(path: str | Path, *, tuning_trials: int | None = None, n_bootstrap: int | None = None) -> Scheme:
    """Read a scheme and every file that it names.

    Parameters
    ----------
    path : str or pathlib.Path
        The scheme's TOML file; the paths in it are taken from its folder.
    tuning_trials, n_bootstrap : int, optional
        Effort that overrides the file's.

    Returns
    -------
    Scheme
        The whole scheme.

    Raises
    ------
    PolicyError
        If a file is absent or breaks a rule, or two of them contradict each other.
    """
    file = read_policy(path, SchemeFile)
    effort = {"tuning_trials": tuning_trials, "n_bootstrap": n_bootstrap}
    run = file.run.model_copy(update={key: value for key, value in effort.items() if value is not None})
    file = file.model_copy(update={"run": run})
    outcomes = tuple(_read_outcome(Path(path), block) for block in file.outcome)
    tier_policy = read_policy(_beside(Path(path), file.tiers.policy), TierPolicy) if file.tiers else None
    rate_policy = read_policy(_beside(Path(path), file.rates.policy), RatePolicy) if file.rates else None
    scheme = Scheme(file, Path(path).resolve(), outcomes, tier_policy, rate_policy)
    for problem in _find_problems(scheme):
        message = f"{path} {problem}"
        raise PolicyError(message)
    return scheme


def _find_problems(scheme: Scheme) -> Iterator[str]:
    """Say what the files of a scheme contradict each other in."""
    file, names, horizon = scheme.file, [outcome.name for outcome in scheme.outcomes], scheme.file.cohort.horizon_days
    kinds = {outcome.name: outcome.kind for outcome in scheme.outcomes}
    if file.run.random_split_contrast and file.split.method != "time":
        yield "[run] random_split_contrast: a random split is shown only beside [split] method = 'time'. Remove one."
    for outcome in scheme.outcomes:
        if names.count(outcome.name) > 1:
            yield f"[[outcome]] spec: found {outcome.name!r} twice, expected each outcome once. Remove one."
        # A label that looks past the cohort's window would reach into the year of the test; a cost is annualised by
        # the exposure in that window, so that it cannot look at a part of it either.
        if outcome.horizon_days > horizon or (outcome.kind == "cost" and outcome.horizon_days < horizon):
            yield (
                f"[cohort] horizon_days: found {horizon}, but outcome {outcome.name!r} looks {outcome.horizon_days} "
                "days ahead. Make them equal; only a binary outcome may look less far."
            )
    cuts = scheme.tier_policy.cuts if scheme.tier_policy else None
    if cuts and kinds.get(cuts.outcome) != "binary":
        yield (
            f"[tiers] policy: it cuts outcome {cuts.outcome!r}, expected a binary outcome of this scheme. "
            "Add it as [[outcome]], or choose another policy."
        )
    if file.rates and kinds.get(file.rates.outcome) != "cost":
        yield (
            f"[rates] outcome: found {file.rates.outcome!r}, expected a cost outcome of this scheme. "
            "Add it as [[outcome]], or name another."
        )
    if scheme.rate_policy and scheme.rate_policy.currency != file.scheme.currency:
        yield (
            f"[rates] policy: it pays in {scheme.rate_policy.currency}, the scheme counts in {file.scheme.currency}. "
            "Make them equal."
        )


def _beside(scheme: Path, named: str) -> Path:
    """Return a file that a scheme names, as a reader would write its path."""
    return Path(os.path.normpath(scheme.parent / named))


def _read_outcome(place: Path, block: OutcomeBlock) -> OutcomeSpec:
    spec = read_outcome_spec(_beside(place, block.spec))
    return spec.with_overrides(block.overrides, place=f"{place.name} [outcome.overrides]") if block.overrides else spec
