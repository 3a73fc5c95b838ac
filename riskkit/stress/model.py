"""A stress policy as arrays: what every year of every path is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import PolicyError
from riskkit.stress.draws import Shape
from riskkit.stress.moments import BodyCumulants, compute_body_cumulants, compute_large_claim_moment

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.policy import StressPolicy
    from riskkit.stress.population import Enrolment, Migration, StressTier
    from riskkit.stress.risks import Effect

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StressModel:
    """A policy compiled to arrays.

    Parameters
    ----------
    policy : StressPolicy
        What it was made from.
    members : numpy.ndarray of shape (n_teams, n_tiers)
        Members at the start.
    leave : numpy.ndarray of shape (n_tiers,)
        Probability of leaving.
    moves : numpy.ndarray of shape (n_tiers - 1, n_tiers)
        Row j, column k: probability of moving from tier k to the j-th tier after it (cyclically), given none before.
    enter : numpy.ndarray of shape (n_tiers,)
        Expected new members per member of the team.
    frequency, price : numpy.ndarray of shape (n_years, n_tiers)
        Factors on the number of claims, and on the amounts of the body.
    body : BodyCumulants
        Of one member year.
    large_claims : numpy.ndarray of shape (n_tiers,)
        Expected large claims per member year.
    rates : numpy.ndarray of shape (n_years, n_tiers)
        Prepaid (currency per member year).
    income : numpy.ndarray of shape (n_years,)
        Income of the fund (currency per member year).
    expected_cost : numpy.ndarray of shape (n_tiers,)
        Mean cost in the base year (currency per member year).
    """

    policy: StressPolicy
    members: Floats
    leave: Floats
    moves: Floats
    enter: Floats
    frequency: Floats
    price: Floats
    body: BodyCumulants
    large_claims: Floats
    rates: Floats
    income: Floats
    expected_cost: Floats

    @property
    def shape(self) -> Shape:
        """Years, teams and tiers."""
        return Shape(self.policy.years, *self.members.shape)


def make_model(policy: StressPolicy) -> StressModel:
    """Compile a policy.

    Parameters
    ----------
    policy : StressPolicy
        The policy.

    Returns
    -------
    StressModel
        Its arrays.

    Raises
    ------
    PolicyError
        If an item with a new price costs more than the body that it is part of.
    """
    tiers, claims = policy.tiers, policy.claims
    body = compute_body_cumulants(tiers, claims)
    large = np.array([tier.large_claims.value for tier in tiers])
    size = compute_large_claim_moment(claims.threshold.value, claims.tail_index.value, claims.largest.value, 1)
    at = np.arange(1, policy.years + 1)
    growth = 1 + np.array([[policy.contract.rate_growth.value], [policy.fund.income_growth.value]])
    rate_level, income_level = growth**at
    return StressModel(
        policy,
        np.array([team.members for team in policy.portfolio.teams], dtype=np.float64),
        _leave(policy.enrolment, tiers),
        _moves(policy.migration),
        policy.enrolment.enter.value * np.array([share.value for share in policy.enrolment.enter_mix]),
        np.tile(_frequency(policy.effects, at)[:, None], len(tiers)),
        _price(policy, body.mean, at),
        body,
        large,
        np.outer(rate_level, [tier.rate.value for tier in tiers]),
        policy.fund.income.value * income_level,
        body.mean + large * size,
    )


def _leave(enrolment: Enrolment, tiers: tuple[StressTier, ...]) -> Floats:
    risk = np.array([tier.relative_risk.value for tier in tiers])
    odds = enrolment.leave.value / (1 - enrolment.leave.value) * np.exp(-enrolment.selection.value * (risk - 1))
    return np.asarray(odds / (1 + odds))


def _moves(migration: Migration) -> Floats:
    """Turn the rows of the matrix into a chain of conditional probabilities, tiers after the own one first."""
    matrix = np.array(migration.matrix, dtype=np.float64)
    tiers = len(matrix)
    left, rows = np.ones(tiers), []
    for step in range(1, tiers):
        move = matrix[np.arange(tiers), (np.arange(tiers) + step) % tiers]
        rows.append(np.divide(move, left, out=np.zeros(tiers), where=left > 1e-12).clip(0, 1))
        left = left - move
    return np.array(rows).reshape(tiers - 1, tiers)


def _frequency(effects: tuple[Effect, ...], at: npt.NDArray[np.int64]) -> Floats:
    factor = np.ones(len(at))
    for effect in effects:
        force = ((at - effect.first_year + 1) / effect.phase_in_years).clip(0, 1)
        factor = factor * (1 + effect.change.value * effect.share.value * force)
    return factor


def _price(policy: StressPolicy, body_mean: Floats, at: npt.NDArray[np.int64]) -> Floats:
    saved = np.zeros((len(at), len(body_mean)))
    for item in policy.prices:
        spent = item.users_before.value * item.before.value
        short = [tier.name for tier, mean in zip(policy.tiers, body_mean, strict=True) if spent > mean]
        if short:
            message = (
                f"stress policy {policy.name!r} [[prices]] {item.name!r}: it costs {spent:,.2f} per member year, more "
                f"than the body of tier {short[0]!r}. Correct price, use, or the claims of the tier."
            )
            raise PolicyError(message)
        change = item.users_after.value * item.after.value - spent
        saved += np.outer(at >= item.first_year, np.divide(change, body_mean, where=body_mean > 0, out=0 * body_mean))
    return 1 + saved
