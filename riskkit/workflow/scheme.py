"""A scheme: the one file that says which source, cohort, features, outcomes, tiers, rates and gates go together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.tiers.policy import TierPolicy
from riskkit.workflow.scheme_file import OutcomeBlock, SchemeFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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


def read_scheme(
    path: str | Path,
    *,
    tuning_trials: int | None = None,
    tuning_minutes: float | None = None,
    n_bootstrap: int | None = None,
) -> Scheme:
    """Read a scheme and every file that it names.

    Parameters
    ----------
    path : str or pathlib.Path
        The scheme's TOML file; the paths in it are taken from its folder.
    tuning_trials, n_bootstrap : int, optional
        Effort that overrides the file's; trials alone lift the specification's limit of time.
    tuning_minutes : float, optional
        Minutes of the search of each outcome; alone they lift the specification's limit of trials.

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
    effort = {"tuning_trials": tuning_trials, "tuning_minutes": tuning_minutes, "n_bootstrap": n_bootstrap}
    run = file.run.model_copy(update={key: value for key, value in effort.items() if value is not None})
    file = file.model_copy(update={"run": run})
    outcomes = tuple(_read_outcome(Path(path), block, set(file.features.exclude)) for block in file.outcome)
    tier_policy = read_policy(_beside(Path(path), file.tiers.policy), TierPolicy) if file.tiers else None
    rate_policy = read_policy(_beside(Path(path), file.rates.policy), RatePolicy) if file.rates else None
    scheme = Scheme(file, Path(path).resolve(), outcomes, tier_policy, rate_policy)
    for problem in _find_problems(scheme):
        message = f"{path} {problem}"
        raise PolicyError(message)
    return scheme


def _find_problems(scheme: Scheme) -> Iterator[str]:
    """Say what the files of a scheme contradict each other in."""
    file, horizon = scheme.file, scheme.file.cohort.horizon_days
    kinds = {column: outcome.prediction_kind for outcome in scheme.outcomes for column in outcome.columns}
    if file.run.random_split_contrast and file.split.method != "time":
        yield "[run] random_split_contrast: a random split is shown only beside [split] method = 'time'. Remove one."
    if file.run.random_split_contrast and all(outcome.kind == "hazard" for outcome in scheme.outcomes):
        yield "[run] random_split_contrast: every outcome is a hazard, for which none is made. Remove it."
    for outcome in scheme.outcomes:
        if [other.name for other in scheme.outcomes].count(outcome.name) > 1:
            yield f"[[outcome]] spec: found {outcome.name!r} twice, expected each outcome once. Remove one."
        if groups := outcome.calibration.groups:
            yield (
                f"outcome {outcome.name!r} [calibration] groups: found {', '.join(map(repr, groups))}, expected none: "
                "training recalibrates within no column. Empty the list here, and recalibrate within a column that "
                "the outcome's file declares with `riskkit recalibrate --outcome FILE --group COLUMN`."
            )
        # A label that looks past the window would reach into the test's year, save that hazards are censored there; a
        # cost is annualised by the exposure in the window, so that it cannot look at a part of it either.
        far, near = outcome.horizon_days > horizon, outcome.horizon_days < horizon
        if (far and outcome.kind != "hazard") or (near and outcome.kind == "cost"):
            look = f"outcome {outcome.name!r} looks {outcome.horizon_days} days ahead"
            allowed = "only a binary outcome may look less far, and only hazards further"
            yield f"[cohort] horizon_days: found {horizon}, but {look}. Make them equal; {allowed}."
    cuts = scheme.tier_policy.cuts if scheme.tier_policy else None
    if cuts and kinds.get(cuts.outcome) != "binary":
        yield (
            f"[tiers] policy: it cuts outcome {cuts.outcome!r}, expected a binary outcome of this scheme. "
            "Add it as [[outcome]], or choose another policy."
        )
    yield from _find_rate_problems(scheme, kinds)


def _find_rate_problems(scheme: Scheme, kinds: Mapping[str, str]) -> Iterator[str]:
    """Say what the rates of a scheme contradict."""
    file = scheme.file
    if file.rates and kinds.get(file.rates.outcome) != "cost":
        yield (
            f"[rates] outcome: found {file.rates.outcome!r}, expected a cost outcome of this scheme. "
            "Add it as [[outcome]], or name another."
        )
    for outcome in scheme.outcomes:
        if file.rates and outcome.name == file.rates.outcome and outcome.policy != "payment":
            yield (
                f"[rates] outcome: {outcome.name!r} has policy {outcome.policy!r}, expected 'payment': a rate must not "
                "rest on what a provider can raise by activity. Name an outcome of policy 'payment'."
            )
        options = outcome.label_options
        if file.rates and outcome.name == file.rates.outcome and options.counts_part:
            part = "settings" if options.settings else "cap"
            yield (
                f"[rates] outcome: {outcome.name!r} counts a part of the cost alone ([label_options] {part}), expected "
                "the whole cost: a rate on it would leave the rest of the money unpaid. Take the option out, or name "
                "another outcome."
            )
    if scheme.rate_policy and scheme.rate_policy.currency != file.scheme.currency:
        yield (
            f"[rates] policy: it pays in {scheme.rate_policy.currency}, the scheme counts in {file.scheme.currency}. "
            "Make them equal."
        )


def _beside(scheme: Path, named: str) -> Path:
    """Return a file that a scheme names, as a reader would write its path."""
    return Path(os.path.normpath(scheme.parent / named))


def _read_outcome(place: Path, block: OutcomeBlock, left_out: set[str]) -> OutcomeSpec:
    """Read an outcome as the scheme has it: with its overrides, without the features that it leaves out."""
    spec = read_outcome_spec(_beside(place, block.spec))
    if block.overrides:
        spec = spec.with_overrides(block.overrides, place=f"{place.name} [outcome.overrides]")
    kept = tuple(name for name in spec.features.include if name not in left_out)
    return spec.model_copy(update={"features": spec.features.model_copy(update={"include": kept})})
