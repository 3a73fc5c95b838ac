"""What an outcome is: the specification file that says what to predict, from what, how, and when to accept it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field, ValidationError, model_validator

from riskkit.errors import PolicyError
from riskkit.policy import PolicyModel, read_policy
from riskkit.risk.calibrator import METHODS
from riskkit.risk.hazard_horizons import name_columns
from riskkit.risk.settings import (
    AcceptanceLimits,
    BalanceSettings,
    CalibrationSettings,
    FeatureChoice,
    LabelOptions,
    ModelSettings,
    TuningSettings,
)

FEATURE_GROUPS = (
    "demography",
    "diagnoses",
    "kidney",
    "eye",
    "heart",
    "nerves",
    "foot",
    "glycaemia",
    "use",
    "cost",
    "drugs",
    "care",
    "index_stay",
    "membership",
    "comorbidity",
    "cgm",
    "lifestyle",
    "survey",
    "team",
)
"""Groups that a feature catalogue may use; one that the catalogue at hand leaves empty adds nothing."""

_OBJECTIVES = {"binary": {"binary"}, "hazard": {"hazard"}, "cost": {"tweedie", "two_part", "regression"}}
_LABELS = {
    "binary": {"admission", "readmission", "event", "death", "high_cost", "control"},
    "hazard": {"event", "death", "high_cost"},
    "cost": {"cost"},
}


class OutcomeSpec(PolicyModel):
    """An outcome to predict, as `models/outcomes/<name>.toml` says it.

    Parameters
    ----------
    name : str
        Short name, that of the file.
    title, title_zh : str
        What a reader is shown.
    kind : {'binary', 'hazard', 'cost'}
        Probability of an event, probabilities by several horizons from one model of hazards, where members leave early
        and death may come first, or currency per member year.
    policy : {'clinical', 'payment'}
        `clinical`: any feature. `payment`: only features that no provider can raise by activity.
    label : {'admission', 'readmission', 'event', 'death', 'high_cost', 'control', 'cost'}
        The label that the cohort makes.
    horizon_days : int
        Days after the index date in which the outcome counts.
    horizons_days : tuple of int, default ()
        For kind `hazard`: every horizon that is predicted, rising, the last one being `horizon_days`.
    label_options, features, model, tuning, calibration, balance, acceptance
        The blocks of the file.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    title_zh: str
    kind: Literal["binary", "hazard", "cost"]
    policy: Literal["clinical", "payment"]
    label: Literal["admission", "readmission", "event", "death", "high_cost", "control", "cost"]
    horizon_days: int = Field(ge=1)
    horizons_days: tuple[int, ...] = ()
    label_options: LabelOptions = LabelOptions()
    features: FeatureChoice
    model: ModelSettings
    tuning: TuningSettings
    calibration: CalibrationSettings
    balance: BalanceSettings | None = None
    acceptance: AcceptanceLimits

    @model_validator(mode="after")
    def _check_kind(self) -> OutcomeSpec:
        """Refuse blocks that contradict the kind."""
        allowed = METHODS[self.prediction_kind]
        wrong = [method for method in self.calibration.methods if method not in allowed]
        found = {
            "label": (self.label, _LABELS[self.kind]),
            "[model] objective": (self.model.objective, _OBJECTIVES[self.kind]),
            "[calibration] methods": (
                wrong[0] if wrong else self.calibration.methods[0],
                set(allowed),
            ),
        }
        for key, (value, choices) in found.items():
            if value not in choices:
                message = f"{key}: kind {self.kind!r} goes with {', '.join(sorted(choices))}, got {value!r}"
                raise ValueError(message)
        if self.balance is not None and self.kind != "cost":
            message = f"[balance]: it balances amounts, which kind {self.kind!r} has none of. Remove the block"
            raise ValueError(message)
        mismatch = self.label_options.find_mismatch(self.label) or self._find_horizon_mismatch()
        if mismatch:
            raise ValueError(mismatch)
        return self

    def _find_horizon_mismatch(self) -> str | None:
        """Say what is wrong with the horizons of a model of hazards."""
        days = self.horizons_days
        if (self.kind == "hazard") != bool(days):
            return f"horizons_days: given for kind 'hazard' and for no other, got {list(days)}"
        if days and (list(days) != sorted(set(days)) or days[0] < 1 or days[-1] != self.horizon_days):
            return f"horizons_days: must rise to horizon_days = {self.horizon_days}, got {list(days)}"
        return None

    @property
    def prediction_kind(self) -> Literal["binary", "cost"]:
        """What one prediction is: a probability or an amount."""
        return "cost" if self.kind == "cost" else "binary"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the prediction columns: the outcome's own, or one per horizon of a hazard."""
        return name_columns(self.name, self.horizons_days) if self.kind == "hazard" else (self.name,)

    def with_overrides(self, overrides: Mapping[str, Any], *, place: str = "[overrides]") -> OutcomeSpec:
        """Change single keys for one scheme and check the whole again.

        Parameters
        ----------
        overrides : mapping
            Blocks and keys as in the file, such as ``{"model": {"objective": "regression"}}``.
        place : str, default '[overrides]'
            Where they stand, for the message of an error.

        Returns
        -------
        OutcomeSpec
            The changed specification.

        Raises
        ------
        PolicyError
            If a key is unknown or the changed specification breaks a rule.
        """
        try:
            return OutcomeSpec.model_validate(_merge(self.model_dump(), overrides))
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            reason = first["msg"].removeprefix("Value error, ").rstrip(".")
            message = (
                f"{place} {key}: outcome {self.name!r} cannot be changed so: {reason}. Correct or remove the override."
            )
            raise PolicyError(message) from exc


def read_outcome_spec(path: str | Path) -> OutcomeSpec:
    """Read an outcome's specification.

    Parameters
    ----------
    path : str or pathlib.Path
        `<name>.toml`.

    Returns
    -------
    OutcomeSpec
        The specification.

    Raises
    ------
    PolicyError
        If the file is absent, is not TOML, breaks a rule, or names another outcome than its file name.
    """
    spec = read_policy(path, OutcomeSpec)
    if spec.name != Path(path).stem:
        message = f"{path} name: found {spec.name!r}, expected {Path(path).stem!r}. Name file and outcome alike."
        raise PolicyError(message)
    return spec


def select_features(catalogue: pd.DataFrame, spec: OutcomeSpec) -> list[str]:
    """List the features that an outcome's model may use.

    Parameters
    ----------
    catalogue : pandas.DataFrame
        Columns `name`, `group` and `policy` (`payment` or `clinical`), one row per feature.
    spec : OutcomeSpec
        The outcome. Under its payment policy a group gives only its payment features.

    Returns
    -------
    list of str
        Names in the order of the catalogue.

    Raises
    ------
    PolicyError
        If a name is neither group nor feature, a payment outcome names a clinical feature, or nothing is left.

    Examples
    --------
    >>> catalogue = pd.DataFrame(
    ...     {"name": ["age_years", "hba1c"], "group": ["demography", "glycaemia"], "policy": ["payment", "clinical"]}
    ... )
    >>> spec = OutcomeSpec.model_construct(name="x", policy="payment", features=FeatureChoice(include=FEATURE_GROUPS))
    >>> select_features(catalogue, spec)
    ['age_years']
    """
    names = set(catalogue["name"])
    for key, entries in {"include": spec.features.include, "exclude": spec.features.exclude}.items():
        for entry in entries:
            if entry not in names and entry not in FEATURE_GROUPS:
                raise PolicyError(_say_unknown(spec, key, entry, names))
    clinical = set(catalogue.loc[catalogue["policy"] != "payment", "name"])
    named = [entry for entry in spec.features.include if entry in clinical]
    if spec.policy == "payment" and named:
        message = (
            f"{_place(spec, 'include')}: found the clinical feature {named[0]!r}, expected payment features only: "
            "policy = 'payment' pays for nothing that a provider can raise by activity. Remove it."
        )
        raise PolicyError(message)
    chosen = _match(catalogue, spec.features.include) & ~_match(catalogue, spec.features.exclude)
    if spec.policy == "payment":
        chosen &= catalogue["policy"] == "payment"
    if not chosen.any():
        message = (
            f"{_place(spec, 'include')}: no feature of the catalogue is left, expected at least one. Include more."
        )
        raise PolicyError(message)
    return [str(name) for name in catalogue.loc[chosen, "name"]]


def _match(catalogue: pd.DataFrame, entries: tuple[str, ...]) -> pd.Series[bool]:
    """Mark the features that groups or names call."""
    return catalogue["name"].isin(entries) | catalogue["group"].isin(entries)


def _place(spec: OutcomeSpec, key: str) -> str:
    """Say where in which file a key of [features] stands."""
    return f"outcomes/{spec.name}.toml [features] {key}"


def _say_unknown(spec: OutcomeSpec, key: str, entry: str, names: set[str]) -> str:
    """Say that an entry is unknown and what may have been meant."""
    near = difflib.get_close_matches(entry, sorted({*names, *FEATURE_GROUPS}), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return (
        f"{_place(spec, key)}: found {entry!r}, expected a feature that is built (see [features] of the scheme) "
        f"or one of the groups {', '.join(FEATURE_GROUPS)}.{hint}"
    )


def _merge(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay changes over values, block by block."""
    merged = dict(values)
    for key, change in changes.items():
        old = merged.get(key)
        merged[key] = _merge(old, change) if isinstance(old, dict) and isinstance(change, Mapping) else change
    return merged
