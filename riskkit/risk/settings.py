"""The blocks of an outcome's specification: label, features, learner, tuning, calibration, acceptance."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from riskkit.data.outcome_rules import AgeTarget, EventRules, PlannedCare
from riskkit.data.vocabulary import Setting
from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.risk.training import TreeSettings

Interval = tuple[float, float]


class LabelOptions(PolicyModel):
    """What the label counts.

    Parameters
    ----------
    amount : {'allowed_amount', 'paid_amount'}, optional
        For `cost` and `high_cost`: fund and member together, or the fund's share.
    threshold : PolicyNumber, optional
        For `high_cost`: the cost per member-year that must be exceeded.
    cap : PolicyNumber, optional
        For `cost`: the pooling point, above which one member's cost of the window does not count.
    settings : tuple of str, default ()
        For `cost` and `high_cost`: settings of visits that count, such as ``inpatient``; empty for all cost with drugs.
    events : EventRules, optional
        For `event`: what proves it, and its washout.
    planned : PlannedCare, optional
        For `readmission`: what makes an admission a planned one, beside its stated type.
    targets : tuple of AgeTarget
        For `control`: the target by age, from age 0 and rising.
    allowed_gap_days : int, optional
        For `event`, `death`, `high_cost` and `control`: days without enrolment that are forgiven.
    """

    amount: Literal["allowed_amount", "paid_amount"] | None = None
    threshold: PolicyNumber | None = None
    cap: PolicyNumber | None = None
    settings: tuple[Setting, ...] = ()
    events: EventRules | None = None
    planned: PlannedCare | None = None
    targets: tuple[AgeTarget, ...] = ()
    allowed_gap_days: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _check_targets(self) -> LabelOptions:
        """Refuse bands of age that leave a gap or change places."""
        starts = [band.from_age_years for band in self.targets]
        if starts and (starts[0] != 0 or starts != sorted(set(starts))):
            message = f"targets: from_age_years must begin at 0 and rise, got {starts}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_cap(self) -> LabelOptions:
        """Refuse a pooling point that leaves no cost."""
        if self.cap is not None and self.cap.value <= 0:
            message = f"cap: found {self.cap.value:g}, expected more than 0"
            raise ValueError(message)
        return self

    @property
    def counts_part(self) -> bool:
        """Whether a part of the cost is counted alone."""
        return self.cap is not None or bool(self.settings)

    def find_mismatch(self, label: str) -> str | None:
        """Say which option a label lacks, or has no use for.

        Parameters
        ----------
        label : str
            The label.

        Returns
        -------
        str or None
            What is wrong, None where nothing is.
        """
        needed, optional = LABEL_OPTIONS[label]
        given = {name for name in LabelOptions.model_fields if getattr(self, name) not in (None, ())}
        lacking, beyond = sorted(needed - given), sorted(given - needed - optional)
        if lacking:
            return f"[label_options] {lacking[0]}: label {label!r} needs it, and it is not given"
        if beyond:
            return f"[label_options] {beyond[0]}: label {label!r} has no use for it"
        return None


LABEL_OPTIONS: dict[str, tuple[set[str], set[str]]] = {
    "admission": (set(), set()),
    "readmission": (set(), {"planned"}),
    "cost": ({"amount"}, {"cap", "settings"}),
    "event": ({"events", "allowed_gap_days"}, set()),
    "death": ({"allowed_gap_days"}, set()),
    "high_cost": ({"amount", "threshold", "allowed_gap_days"}, {"settings"}),
    "control": ({"targets", "allowed_gap_days"}, set()),
}
"""By label, the options that it needs and those that it may have."""


class FeatureChoice(PolicyModel):
    """Features by group or by name.

    Parameters
    ----------
    include : tuple of str
        Groups or single features; at least one.
    exclude : tuple of str, default ()
        Groups or single features to leave out again.
    """

    include: tuple[str, ...] = Field(min_length=1)
    exclude: tuple[str, ...] = ()


class ModelSettings(TreeSettings):
    """The learner: its loss, and size and growth of its trees.

    Parameters
    ----------
    objective : {'binary', 'tweedie', 'two_part', 'regression', 'hazard'}
        The loss.
    monotone : bool, default True
        Hold the directions of the feature catalogue.
    variance_power : float, default 1.6
        For `tweedie`, between 1 and 2.
    cap_quantile : float, optional
        For `regression`: the quantile at which training costs are capped.
    early_stopping_rounds : int, default 0
        Choose the number of trees on 15% of the training persons, then train on all; 0 grows all trees. Not with
        `two_part`.
    """

    objective: Literal["binary", "tweedie", "two_part", "regression", "hazard"]
    monotone: bool = True
    variance_power: float = Field(default=1.6, gt=1, lt=2)
    cap_quantile: float | None = Field(default=None, gt=0.5, lt=1)
    early_stopping_rounds: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _check_objective(self) -> ModelSettings:
        """Refuse settings that their objective cannot use."""
        if self.cap_quantile is not None and self.objective != "regression":
            message = f"cap_quantile belongs to objective 'regression', got objective {self.objective!r}. Remove one"
            raise ValueError(message)
        if self.early_stopping_rounds and self.objective == "two_part":
            message = "early_stopping_rounds does not go with objective 'two_part'. Set n_estimators instead"
            raise ValueError(message)
        return self

    @property
    def trees(self) -> TreeSettings:
        """Size and growth of the trees alone."""
        return TreeSettings(**{name: getattr(self, name) for name in TreeSettings.model_fields})


class TuningSettings(PolicyModel):
    """Budget of the search for better trees.

    Parameters
    ----------
    trials : int or None
        Most trials; 0 keeps the trees of the file, None sets no limit beside the seconds.
    timeout_seconds : float or None
        Most seconds, those of earlier runs of the same search included; no trial starts after them. None sets no limit
        beside the trials.
    folds : int, default 3
        Folds of whole persons.
    """

    trials: int | None = Field(ge=0)
    timeout_seconds: float | None = Field(gt=0)
    folds: int = Field(default=3, ge=2)

    @model_validator(mode="after")
    def _require_an_end(self) -> Self:
        if self.trials is None and self.timeout_seconds is None:
            message = "found neither trials nor timeout_seconds, expected a limit"
            raise ValueError(message)
        return self


class CalibrationSettings(PolicyModel):
    """Candidates for calibration on data that the booster never saw, and how a later year may change the choice.

    Parameters
    ----------
    methods : tuple of str
        Binary: `identity` (a candidate even where it is not listed), `intercept`, `sigmoid`, `beta`, `isotonic`,
        `venn_abers`. Cost: `identity`, `scale`, `loglinear`, `deciles`, `isotonic`.
    events_for_isotonic : int, default 500
        Fewest events (members with cost) for `isotonic` and `venn_abers` to be candidates.
    groups : tuple of str, default ()
        Columns that the payer has declared legitimate rate factors: predictions may be recalibrated within them.
    significance : float, default 0.05
        Level of the closed test that chooses the update of a later year.
    """

    methods: tuple[str, ...] = Field(min_length=1)
    events_for_isotonic: int = Field(default=500, ge=1)
    groups: tuple[str, ...] = ()
    significance: float = Field(default=0.05, gt=0, lt=0.5)

    def list_candidates(self, kind: str) -> tuple[str, ...]:
        """List the maps that are compared.

        Parameters
        ----------
        kind : {'binary', 'cost'}
            What is predicted.

        Returns
        -------
        tuple of str
            The methods; those of a probability with `identity`, before all others where it is not listed.

        Examples
        --------
        >>> CalibrationSettings(methods=("sigmoid",)).list_candidates("binary")
        ('identity', 'sigmoid')
        """
        return self.methods if kind == "cost" or "identity" in self.methods else ("identity", *self.methods)


class BalanceSettings(PolicyModel):
    """Cells in which a cost model must spend what its members cost, and what a cell is.

    Parameters
    ----------
    cells : {'age_sex', 'none'}
        Age band by sex, from the features `age_years` and `is_female`; `none` is for a scheme that does without.
    age_bands : tuple of float
        First age of each band but the youngest, in years, rising.
    minimum_members : int
        Fewest members of a cell of its own; a smaller one is pooled with its neighbour in age.
    reference : str
        Where the bands and the minimum come from.
    effective : datetime.date
        First day on which they hold.
    """

    cells: Literal["age_sex", "none"]
    age_bands: tuple[float, ...] = Field(min_length=1)
    minimum_members: int = Field(ge=1)
    reference: str = Field(min_length=1)
    effective: date

    @model_validator(mode="after")
    def _check_bands(self) -> BalanceSettings:
        """Refuse bands out of order."""
        if any(later <= sooner for sooner, later in pairwise(self.age_bands)):
            message = f"age_bands: first ages must rise, got {list(self.age_bands)}. Sort them"
            raise ValueError(message)
        return self


class AcceptanceLimits(PolicyModel):
    """What a model must reach on its test year.

    Parameters
    ----------
    reference : str
        Where the limits come from.
    effective : datetime.date
        First day on which they hold.
    oe_ratio, calibration_slope : (float, float), optional
        Lowest and highest accepted figure.
    auroc_min, r2_min : float, optional
        Lowest accepted figure.
    minimum_events : int, default 0
        Fewest test rows with an event, or with a cost, on which a figure outside the limits is a failure; on fewer it
        is too little evidence.
    """

    reference: str
    effective: date
    oe_ratio: Interval | None = None
    calibration_slope: Interval | None = None
    auroc_min: float | None = Field(default=None, ge=0.5, le=1)
    r2_min: float | None = Field(default=None, le=1)
    minimum_events: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _check_order(self) -> AcceptanceLimits:
        """Refuse an empty interval."""
        for name in ("oe_ratio", "calibration_slope"):
            limits = getattr(self, name)
            if limits is not None and not limits[0] < limits[1]:
                message = f"{name}: lower must be < upper, got lower={limits[0]}, upper={limits[1]}"
                raise ValueError(message)
        return self
