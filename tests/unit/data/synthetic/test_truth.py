from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.hazards import admission_rate, death_rate
from riskkit.data.synthetic.state import ORGANS
from riskkit.data.synthetic.truth import FIRST_DIAGNOSES, compute_chance, compute_truth, share_after_onset


def test_without_competition_the_chance_is_one_minus_the_exponential() -> None:
    # 1 - exp(-.12) = .113080.
    assert np.isclose(compute_chance(np.array([0.12]), np.array([0.0]))[0], 0.113080, atol=1e-6)


def test_without_a_rate_there_is_no_chance() -> None:
    assert compute_chance(np.array([0.0, 0.0]), np.array([0.0, 0.5])).tolist() == [0.0, 0.0]


def test_chances_of_all_ends_sum_to_the_chance_of_any() -> None:
    first, second = np.array([0.3]), np.array([0.1])
    either = compute_chance(first, second) + compute_chance(second, first)
    # 1 - exp(-.4) = .329680.
    assert np.isclose(either[0], 0.329680, atol=1e-6)


def test_the_chance_matches_a_simulation(rng: np.random.Generator) -> None:
    first, second = rng.exponential(1 / 0.8, 200_000), rng.exponential(1 / 0.4, 200_000)
    seen = ((first < 1.0) & (first < second)).mean()
    expected = compute_chance(np.array([0.8]), np.array([0.4]))[0]
    assert abs(seen - expected) < 4 * np.sqrt(expected * (1 - expected) / 200_000)


def test_half_a_year_is_left_after_an_onset_that_comes_at_half_time_on_average() -> None:
    # Small rates: the event is uniform over the year, so the share left is rate / 2 - rate^2 / 6.
    rate = np.array([0.01])
    assert np.isclose(share_after_onset(rate)[0], 0.005 - 0.0001 / 6, atol=1e-7)


def test_a_death_in_hospital_is_an_admission(block: Block) -> None:
    people = block.members.take(block.course.member_years.member)
    state = block.course.before
    truth = compute_truth(people, state)
    stays_only = compute_chance(admission_rate(people, state), death_rate(people, state))
    assert (truth["admission"] > stays_only).all()


def test_prevalent_members_have_no_chance_of_a_first_diagnosis(block: Block) -> None:
    people = block.members.take(block.course.member_years.member)
    truth = compute_truth(people, block.course.before)
    for place, organ in enumerate(ORGANS):
        present = block.course.before.stages[:, place] > 0
        chance = truth[FIRST_DIAGNOSES.get(organ, organ)]
        assert np.isnan(chance[present]).all()
        assert ((chance[~present] > 0) & (chance[~present] < 1)).all()


def test_an_admission_for_diabetes_is_rarer_than_an_avoidable_one_and_both_than_any(block: Block) -> None:
    people = block.members.take(block.course.member_years.member)
    truth = compute_truth(people, block.course.before)
    # An amputation above the toes makes a foot stay avoidable whose principal code is L97; every other code is in both.
    assert (truth["diabetes_admission"] <= truth["avoidable_admission"]).all()
    assert (truth["avoidable_admission"] < truth["admission"]).all()


def test_stroke_and_heart_disease_bring_prevalent_members_to_hospital_too(block: Block) -> None:
    people = block.members.take(block.course.member_years.member)
    truth = compute_truth(people, block.course.before)
    for name in ("cerebrovascular", "cardiovascular"):
        assert ((truth[name] > 0) & (truth[name] < truth["admission"])).all()
        new = ~np.isnan(truth[f"{name}_diagnosis"])
        # Outside hospital the first diagnosis comes on top of the admission.
        assert (truth[f"{name}_diagnosis"][new] >= truth[name][new]).all()
