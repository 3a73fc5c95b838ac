"""Seconds per path of the stress test against a plain NumPy loop over path, year and team, in the same run.

Run: python benchmarks/stress.py [--paths 10000] [--loop-paths 60] [--repeats 3] [--check]
Both project the shipped base policy with a gamma body (whose compound sum the loop can draw in one call): 20 teams,
3 tiers, 5 years; they take turns, and the figures are medians. With --check it exits 1 where riskkit is less than 20
times as fast per path, where the two disagree on mean or spread of the cost by more than four standard errors, or
where memory grows by more than 1 GB over the run.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time

import numpy as np

from riskkit.data.presets import find_presets
from riskkit.stress.contract import compute_team_result
from riskkit.stress.model import StressModel, make_model
from riskkit.stress.projection import compute_fund_flows
from riskkit.stress.reading import read_stress_policy
from riskkit.stress.simulation import simulate

ASKED_RATIO, MOST_GB, STANDARD_ERRORS = 20.0, 1.0, 4.0


def make_case() -> StressModel:
    policy = read_stress_policy(find_presets() / "models" / "stress" / "base.toml")
    return make_model(policy.model_copy(update={"claims": policy.claims.model_copy(update={"body": "gamma"})}))


def loop_paths(model: StressModel, n_paths: int, seed: int) -> np.ndarray:
    """Project as one writes it first, with NumPy's own distributions team by team; return the cost by path and year."""
    policy, claims = model.policy, model.policy.claims
    matrix = np.array(policy.migration.matrix)
    frequency = np.array([tier.frequency.value for tier in policy.tiers])
    shape = np.array([tier.claim_cv.value for tier in policy.tiers]) ** -2.0
    scale = np.array([tier.claim_mean.value for tier in policy.tiers]) / shape
    dispersion, threshold = claims.dispersion.value, claims.threshold.value
    index, largest, shock = claims.tail_index.value, claims.largest.value, policy.shock
    costs = np.empty((n_paths, policy.years))
    for path in range(n_paths):
        rng = np.random.default_rng([seed, path])
        members = model.members.astype(np.int64)
        level, reserve = 1.0, policy.fund.reserve.value
        for year in range(policy.years):
            level *= (1 + policy.trend.mean.value) * (1 + policy.trend.sd.value * rng.standard_normal())
            rise = rng.normal(shock.size.value, shock.size_sd.value) if rng.random() < shock.probability.value else 0.0
            factor = (1 + rise) * model.frequency[year]
            total, payout, income = 0.0, 0.0, 0.0
            for team in range(len(members)):
                held = members[team]
                stay = held - rng.binomial(held, model.leave)
                entered = rng.poisson(held.sum() * model.enter)
                members[team] = held = rng.multinomial(stay, matrix).sum(axis=0) + entered
                size = held * dispersion
                number = rng.negative_binomial(np.maximum(size, 1e-9), dispersion / (dispersion + frequency * factor))
                body = (rng.gamma(number * shape, scale) * model.price[year]).sum()
                large = rng.poisson(held @ (model.large_claims * factor))
                tail = np.minimum(threshold * (1 + rng.pareto(index, large)), largest).sum()
                cost = (body + tail) * level
                prepaid = held @ model.rates[year]
                total += cost
                payout += cost + compute_team_result(policy.contract, prepaid, cost)
                income += held.sum() * model.income[year]
            reserve += income - payout
            costs[path, year] = total
    return costs


def run_riskkit(model: StressModel, n_paths: int, seed: int) -> np.ndarray:
    return compute_fund_flows(model, simulate({"base": model}, n_paths, seed)["base"]).cost


def agree(model: StressModel, mine: np.ndarray, loop: np.ndarray) -> bool:
    """Compare means and standard deviations of each year's cost; the loop's few paths set the standard error."""
    error = loop.std(axis=0, ddof=1) / np.sqrt(len(loop))
    apart = np.abs(mine.mean(axis=0) - loop.mean(axis=0)) / error
    # The error of a standard deviation by the fourth moment: a year of shock is rare and far out.
    fourth = (((mine - mine.mean(axis=0)) / mine.std(axis=0)) ** 4).mean(axis=0)
    spread = np.abs(np.log(mine.std(axis=0) / loop.std(axis=0))) / np.sqrt((fourth - 1) / (4 * len(loop)))
    print(f"apart in standard errors: mean {apart.max():.1f}, spread {spread.max():.1f} (asked: at most 4)")
    return max(apart.max(), spread.max()) <= STANDARD_ERRORS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=10_000)
    parser.add_argument("--loop-paths", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    model = make_case()
    run_riskkit(model, 100, 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds: dict[str, list[float]] = {"riskkit": [], "loop": []}
    looped, mine = [], np.empty(0)
    for turn in range(chosen.repeats):
        start = time.perf_counter()
        looped.append(loop_paths(model, chosen.loop_paths, turn))
        middle = time.perf_counter()
        mine = run_riskkit(model, chosen.paths, turn)
        seconds["loop"].append((middle - start) / chosen.loop_paths)
        seconds["riskkit"].append((time.perf_counter() - middle) / chosen.paths)
    per_path = {way: statistics.median(taken) for way, taken in seconds.items()}
    ratio = per_path["loop"] / per_path["riskkit"]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / 1e9
    print(f"{chosen.paths:,} paths x {model.policy.years} years x {len(model.members)} teams")
    print(f"microseconds per path: riskkit {per_path['riskkit'] * 1e6:.0f}, loop {per_path['loop'] * 1e6:.0f}")
    print(f"loop / riskkit: {ratio:.1f} (asked: at least {ASKED_RATIO:g})")
    print(f"memory grown by {grown:.2f} GB (asked: at most {MOST_GB:g} GB)")
    met = agree(model, mine, np.concatenate(looped)) and ratio >= ASKED_RATIO and grown <= MOST_GB
    return 1 if chosen.check and not met else 0


if __name__ == "__main__":
    sys.exit(main())
