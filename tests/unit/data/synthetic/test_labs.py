from __future__ import annotations

import numpy as np
import pytest

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.labs import ANALYTES, BOUNDS, compute_creatinine, draw_results, screening_chance


@pytest.mark.parametrize(
    ("female", "age", "creatinine", "egfr"),
    # METHODS section 2, CKD-EPI 2021: F55 0.9 -> 75.5; M60 1.0 -> 86.2; F70 0.6 -> 96.5; M65 2.5 -> 27.8.
    [(True, 55, 0.9, 75.5), (False, 60, 1.0, 86.2), (True, 70, 0.6, 96.5), (False, 65, 2.5, 27.8)],
)
def test_creatinine_inverts_ckd_epi(female: bool, age: float, creatinine: float, egfr: float) -> None:
    found = compute_creatinine(np.array([egfr]), np.array([age]), np.array([female]))
    assert np.isclose(found[0], creatinine, rtol=0.005)


def test_results_are_plausible_and_known_within_a_week(block: Block, rng: np.random.Generator) -> None:
    results = draw_results(block, rng)
    lag = results.settled_day - results.day
    assert lag.min() >= 0
    assert lag.max() <= 7
    for analyte in range(len(ANALYTES)):
        values = results.value[results.analyte == analyte]
        assert len(values) > 0
        assert values.min() >= BOUNDS[analyte][0]
        assert values.max() <= BOUNDS[analyte][1]


def test_measured_hba1c_lies_near_the_truth(block: Block, rng: np.random.Generator) -> None:
    results = draw_results(block, rng)
    hba1c = results.take(results.analyte == ANALYTES.index("hba1c"))
    years = block.course.member_years
    latest = np.full(len(block.members), np.nan)
    latest[years.member] = block.course.after.hba1c
    mean = np.bincount(hba1c.member, hba1c.value, len(block.members)) / np.maximum(
        np.bincount(hba1c.member, minlength=len(block.members)), 1
    )
    measured = np.bincount(hba1c.member, minlength=len(block.members)) > 0
    assert np.corrcoef(mean[measured], latest[measured])[0, 1] > 0.7


def test_adherent_members_of_good_teams_are_checked_more(block: Block) -> None:
    order = np.argsort(block.members.adherence + 0.5 * block.members.team_quality)
    chance = screening_chance(block.members)[order]
    assert (np.diff(chance) >= -1e-12).all()
