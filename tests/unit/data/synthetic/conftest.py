"""A small block of members, drawn once for all tests of the package."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.data.synthetic.block import Block, draw_blocks
from riskkit.data.synthetic.claims import Claims, settle
from riskkit.data.synthetic.stays import draw_stays
from riskkit.data.synthetic.visits import draw_visits


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="package")
def block() -> Block:
    return next(draw_blocks(3_000, 4, 5))[0]


@pytest.fixture(scope="package")
def settled(block: Block) -> Claims:
    stream = np.random.default_rng(8)
    drawn = Claims.join([draw_stays(block, stream), draw_visits(block, stream)])
    return settle(drawn, block.enrolment, stream)
