"""Diagnoses: which codes each claim carries, in which position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.claims import (
    ACUTE,
    DIALYSIS,
    EMERGENCY,
    HYPOGLYCAEMIA,
    ONSET,
    ROUTINE,
    STAY,
    Claims,
)
from riskkit.data.synthetic.codebook import BOOK, LIST_NUMBERS, ORGAN_CODES, ORGAN_COMPANIONS
from riskkit.data.synthetic.hazards import CAUSES
from riskkit.data.synthetic.records import IntArray, Records, rank_within
from riskkit.data.synthetic.state import COMORBIDITIES, HIGHEST_STAGE, ORGANS

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block

ORGAN_WRITTEN = np.array([0.90, 0.58, 0.05, 0.30, 0.30, 0.80, 0.50])
"""Chance that a claim of each of `claims.KINDS` names a complication that is present."""
COMORBIDITY_WRITTEN = np.array([0.85, 0.42, 0.05, 0.20, 0.20, 0.30, 0.20])
DIABETES_WRITTEN = np.array([1.0, 1.0, 0.25, 0.5, 1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Diagnoses(Records):
    """Codes on claims.

    Parameters
    ----------
    claim : numpy.ndarray of int
        Row of the claim.
    order : numpy.ndarray of int
        Position on the claim, from 1.
    code : numpy.ndarray of int
        Place in ``codebook.BOOK.codes``.
    """

    claim: IntArray
    order: IntArray
    code: IntArray


def draw_diagnoses(block: Block, claims: Claims, rng: np.random.Generator) -> Diagnoses:
    """Write the diagnoses of each claim.

    Parameters
    ----------
    block : Block
        The members and their course.
    claims : Claims
        Claims before correction.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Diagnoses
        Sorted by claim and position.
    """
    parts = [
        _principal(block, claims, rng),
        _diabetes(claims, rng),
        *_organs(block, claims, rng),
        *_comorbidities(block, claims, rng),
    ]
    drawn = Diagnoses.join(parts)
    drawn = drawn.take(np.argsort(drawn.claim * 64 + drawn.order, kind="stable"))
    return Diagnoses(drawn.claim, rank_within(drawn.claim) + 1, drawn.code)


def _write(claim: IntArray, order: int, lists: IntArray, rng: np.random.Generator) -> Diagnoses:
    return Diagnoses(claim, np.full(len(claim), order), BOOK.draw(lists, rng))


def _principal(block: Block, claims: Claims, rng: np.random.Generator) -> Diagnoses:
    kind, detail = claims.kind, claims.detail
    by_cause = np.array([LIST_NUMBERS[f"cause {name}"] for name in CAUSES])
    lists = np.full(len(claims), LIST_NUMBERS["diabetes"])
    for place, name in (
        (ACUTE, "acute"),
        (EMERGENCY, "emergency"),
        (HYPOGLYCAEMIA, "hypoglycaemia"),
        (DIALYSIS, "dialysis"),
    ):
        lists[kind == place] = LIST_NUMBERS[name]
    lists[kind == STAY] = by_cause[detail[kind == STAY]]
    new = kind == ONSET
    lists[new] = _new_condition_lists(block.course.before.stages[claims.row[new]], detail[new])
    return _write(np.arange(len(claims)), 0, lists, rng)


def _new_condition_lists(stages: IntArray, condition: IntArray) -> IntArray:
    """Return the list that names a condition newly diagnosed: an organ's next stage, a comorbidity, dialysis."""
    others = [LIST_NUMBERS[f"comorbid {name}"] for name in COMORBIDITIES] + [LIST_NUMBERS["end_stage"]]
    organ = np.minimum(condition, len(ORGANS) - 1)
    stage = np.minimum(stages[np.arange(len(organ)), organ] + 1, HIGHEST_STAGE[organ])
    organ_list = _organ_lists("organ", ORGAN_CODES)[organ, stage]
    return np.where(condition < len(ORGANS), organ_list, np.array([0] * len(ORGANS) + others)[condition])


def _diabetes(claims: Claims, rng: np.random.Generator) -> Diagnoses:
    kind = claims.kind
    beside = np.flatnonzero((kind != ROUTINE) & (rng.random(len(claims)) < DIABETES_WRITTEN[kind]))
    return _write(beside, 1, np.full(len(beside), LIST_NUMBERS["diabetes"]), rng)


def _organs(block: Block, claims: Claims, rng: np.random.Generator) -> list[Diagnoses]:
    """Write the complications present on 1 January, each with the second code that goes with it."""
    names, companions = _organ_lists("organ", ORGAN_CODES), _organ_lists("companion", ORGAN_COMPANIONS)
    chance = ORGAN_WRITTEN[claims.kind]
    parts = []
    for organ in range(len(ORGANS)):
        stage = block.course.before.stages[claims.row, organ]
        written = np.flatnonzero(stage > 0)
        written = written[rng.random(len(written)) < chance[written]]
        parts.append(_write(written, 2 + 2 * organ, names[organ, stage[written]], rng))
        second = companions[organ, stage[written]]
        parts.append(_write(written[second >= 0], 3 + 2 * organ, second[second >= 0], rng))
    return parts


def _organ_lists(prefix: str, codes: dict[tuple[str, int], tuple[str, ...]]) -> IntArray:
    """Return list numbers by organ and stage; -1 where there is no list."""
    table = np.full((len(ORGANS), 3), -1)
    for name, stage in codes:
        table[ORGANS.index(name), stage] = LIST_NUMBERS[f"{prefix} {name} {stage}"]
    return table


def _comorbidities(block: Block, claims: Claims, rng: np.random.Generator) -> list[Diagnoses]:
    chance = COMORBIDITY_WRITTEN[claims.kind]
    parts = []
    for place, name in enumerate(COMORBIDITIES):
        present = np.flatnonzero(block.course.before.comorbid[claims.row, place])
        present = present[rng.random(len(present)) < chance[present]]
        parts.append(_write(present, 20 + place, np.full(len(present), LIST_NUMBERS[f"comorbid {name}"]), rng))
    on_dialysis = np.flatnonzero(claims.kind == DIALYSIS)
    parts.append(_write(on_dialysis, 1, np.full(len(on_dialysis), LIST_NUMBERS["end_stage"]), rng))
    return parts
