"""What the payment policy costs: a clinical and a payment model of one outcome on the same members, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.evaluation.comparison import compute_comparison
from riskkit.evaluation.group_performance import name_age_bands
from riskkit.evaluation.profit import compute_mapl
from riskkit.workflow.measure import to_records
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskkit.workflow.members import Members
    from riskkit.workflow.scheme_file import RunBlock
    from riskkit.workflow.trained import TrainedOutcome

KEYS = ["person_id", "index_date"]
SHOWN = {"binary": ("auroc", "oe_ratio", "calibration_slope"), "cost": ("r2", "cpm", "oe_ratio")}
PRIOR_COSTS = ("allowed_amount_365d", "paid_amount_365d")
PLACES = {"prior_cost_fifth": "prior-cost fifths", "dcsi": "complication burden", "age_sex": "age and sex"}
"""What a provider could select on, the most telling first, and how a sentence names it."""

BURDEN = "dcsi_total_730d"
FIFTHS = 5
DEAREST = 0.1
"""Share of the members, those with the highest cost a year, that the AUROC of a cost model tells from the others."""


def price_policies(trained: Mapping[str, TrainedOutcome], known: Members, run: RunBlock) -> list[dict[str, Any]]:
    """Set every clinical model beside the payment model of the same outcome.

    Parameters
    ----------
    trained : mapping of str to TrainedOutcome
        The outcomes of a scheme.
    known : Members
        Members with a known outcome, for the groups of a MAPL.
    run : RunBlock
        Seed and bootstrap.

    Returns
    -------
    list of dict
        For each pair of one label, horizon and kind: `clinical`, `payment` (names), `kind`, `members`, `metrics` (by
        metric, for cost the AUROC of the dearest tenth among them, `clinical`, `payment` and `difference`, payment
        less clinical, each with its paired interval), `mapl` (by partition the same three; for cost alone) and
        `sentence`, one for the actuary. Empty without a pair.
    """
    return [_price_pair(clinical, payment, known, run) for clinical, payment in _find_pairs(trained)]


def _find_pairs(trained: Mapping[str, TrainedOutcome]) -> Iterator[tuple[TrainedOutcome, TrainedOutcome]]:
    for clinical in trained.values():
        for payment in trained.values():
            ours, theirs = clinical.model.spec, payment.model.spec
            policies = (ours.policy, theirs.policy) == ("clinical", "payment")
            if policies and all(
                getattr(ours, key) == getattr(theirs, key) for key in ("kind", "label", "horizon_days", "label_options")
            ):
                yield clinical, payment


def _price_pair(clinical: TrainedOutcome, payment: TrainedOutcome, known: Members, run: RunBlock) -> dict[str, Any]:
    spec = payment.model.spec
    columns = [*KEYS, "predicted"]
    rows = payment.predictions[[*columns, "observed", "weight"]].merge(
        clinical.predictions[columns].rename(columns={"predicted": "clinical"}), on=KEYS, validate="one_to_one"
    )
    # Payment stands first, so that a difference says what the policy adds or takes away.
    found = compute_comparison(
        rows["observed"],
        {"payment": rows["predicted"].to_numpy(), "clinical": rows["clinical"].to_numpy()},
        rows["weight"],
        rows["person_id"],
        kind=spec.prediction_kind,
        n_bootstrap=run.n_bootstrap,
        seed=run.seed,
    )
    tables = {name: metrics_to_dict(table) for name, table in found.metrics.items()}
    differences = metrics_to_dict(found.differences) if len(found.differences) else {}
    metrics = {
        name: {
            "clinical": tables["clinical"][name],
            "payment": tables["payment"][name],
            "difference": differences.get(name),
        }
        for name in SHOWN[spec.kind]
    }
    if spec.kind == "cost":
        metrics["auroc_dearest_tenth"] = _tell_dearest(rows, run)
    pair: dict[str, Any] = {
        "clinical": clinical.model.spec.name,
        "payment": spec.name,
        "kind": spec.kind,
        "members": len(rows),
        "metrics": metrics,
        "mapl": _compare_mapl(rows, known, run) if spec.kind == "cost" else {},
    }
    return {**pair, "sentence": _say(pair)}


def _tell_dearest(rows: pd.DataFrame, run: RunBlock) -> dict[str, Any]:
    """Say how well each model tells the dearest tenth from the others: AUROC, which asks for the order alone."""
    dearest = rows["observed"] > rows["observed"].quantile(1 - DEAREST)
    sides = {"payment": "predicted", "clinical": "clinical"}
    found = compute_comparison(
        dearest.astype("float64"),
        {side: rows[column].rank(pct=True).to_numpy() for side, column in sides.items()},
        rows["weight"],
        rows["person_id"],
        kind="binary",
        n_bootstrap=run.n_bootstrap,
        seed=run.seed,
    )
    tables = {side: metrics_to_dict(table)["auroc"] for side, table in found.metrics.items()}
    return {**tables, "difference": metrics_to_dict(found.differences)["auroc"]}


def _compare_mapl(rows: pd.DataFrame, known: Members, run: RunBlock) -> dict[str, Any]:
    """Predictable profit or loss by what a provider could pick members on."""
    compared = {}
    for name, partition in _partition(rows, known).items():
        table = compute_mapl(
            rows["observed"],
            [rows["clinical"].to_numpy(), rows["predicted"].to_numpy()],
            rows["weight"],
            rows["person_id"],
            partition=partition,
            n_bootstrap=run.n_bootstrap,
            seed=run.seed,
        )
        compared[name] = dict(zip(("clinical", "payment", "difference"), to_records(table), strict=True))
    return compared


def _partition(rows: pd.DataFrame, known: Members) -> dict[str, np.ndarray]:
    """Group the members by age and sex, by complication burden and by fifths of the cost of the year before."""
    cohort = rows[KEYS].merge(known.cohort[[*KEYS, "age_years", "sex"]], on=KEYS, how="left", validate="one_to_one")
    cells = name_age_bands(cohort["age_years"]) + " " + cohort["sex"].astype("str")
    found: dict[str, np.ndarray] = {"age_sex": np.asarray(cells, dtype=object)}
    prior = next((name for name in PRIOR_COSTS if name in known.features), None)
    wanted = [name for name in (BURDEN, prior) if name is not None and name in known.features]
    features = rows[KEYS].merge(known.features[[*KEYS, *wanted]], on=KEYS, how="left", validate="one_to_one")
    if BURDEN in wanted:
        found["dcsi"] = np.minimum(features[BURDEN].fillna(0.0).to_numpy(), 4.0)
    if prior is not None:
        rank = features[prior].fillna(0.0).rank(method="max", pct=True)
        found["prior_cost_fifth"] = np.ceil(rank.to_numpy() * FIFTHS)
    return found


def _say(pair: Mapping[str, Any]) -> str:
    """Say in one sentence what the policy gives up and what it leaves to select on."""
    lead = "auroc" if pair["kind"] == "binary" else "r2"
    figures = pair["metrics"][lead]
    title = {"auroc": "AUROC", "r2": "R²"}[lead]
    change, own = figures["difference"], figures["payment"]["value"]
    if change is None or change["value"] is None or own is None:
        return "The price of the payment policy is not defined on these members."
    interval = "" if change["low"] is None else f" (95% interval {change['low']:+.3f} to {change['high']:+.3f})"
    text = (
        f"Paying for nothing that a provider can raise by activity changes {title} by {change['value']:+.3f}"
        f"{interval}, to {own:.3f}"
    )
    chosen = next((name for name in PLACES if pair["mapl"].get(name)), None)
    if chosen is not None:
        where, mapl = PLACES[chosen], pair["mapl"][chosen]
        less, more = mapl["clinical"]["value"], mapl["payment"]["value"]
        text += (
            f"; the predictable profit or loss over {where} that is left to select on becomes {more:,.0f} a member "
            f"year instead of {less:,.0f}"
        )
    return (text + ".").replace("-", "−").replace("prior−cost", "prior-cost")
