"""Figures of explanations name features, never persons, and leave no trace in pyplot or numpy's generator."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.explain.plots import plot_beeswarm, plot_dependence
from riskkit.explain.wording import make_cost_quantity

NAMES = ["age_years", "hba1c", "egfr"]
CATALOGUE = pd.DataFrame(
    {
        "name": NAMES,
        "meaning": ["age", "HbA1c, latest in 365 days", "eGFR, latest"],
        "meaning_zh": "",
        "unit": ["years", "%", "mL/min/1.73m2"],
        "group": ["demography", "glycaemia", "kidney"],
    }
)
RNG = np.random.default_rng(0)
KEY = pd.DataFrame({"person_id": [f"secret{i}" for i in range(30)], "index_date": pd.Timestamp(2024, 12, 31)})
FEATURES = pd.concat([KEY, pd.DataFrame(RNG.normal(60, 9, (30, 3)), columns=NAMES)], axis=1)
CONTRIBUTIONS = pd.concat(
    [KEY.assign(base_value=5000.0), pd.DataFrame(RNG.normal(0, 500, (30, 3)), columns=NAMES)], axis=1
)


def _svg(figure) -> str:
    import matplotlib as mpl

    with io.StringIO() as page, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "1"}):
        figure.savefig(page, format="svg", metadata={"Date": None})
        return page.getvalue()


def test_the_beeswarm_names_features_and_no_person() -> None:
    page = _svg(plot_beeswarm(CONTRIBUTIONS, FEATURES, CATALOGUE))
    assert "HbA1c, latest in 365 days" in page
    assert "secret" not in page


def test_the_beeswarm_is_the_same_every_time_and_leaves_the_generator_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    pages = [_svg(plot_beeswarm(CONTRIBUTIONS, FEATURES, CATALOGUE)) for _ in range(2)]
    assert pages[0] == pages[1]
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_figures_are_unknown_to_pyplot() -> None:
    import matplotlib.pyplot as plt

    plot_beeswarm(CONTRIBUTIONS, FEATURES, CATALOGUE)
    plot_dependence(CONTRIBUTIONS, FEATURES, CATALOGUE, make_cost_quantity())
    assert plt.get_fignums() == []


def test_wrong_rows_are_refused() -> None:
    with pytest.raises(DataContractError, match="29 of features"):
        plot_beeswarm(CONTRIBUTIONS, FEATURES.iloc[1:], CATALOGUE)


def test_dependence_has_a_panel_for_each_of_the_strongest_features() -> None:
    figure = plot_dependence(CONTRIBUTIONS, FEATURES, CATALOGUE, make_cost_quantity(), n_features=2)
    panels = [ax for ax in figure.axes if ax.get_visible()]
    size = CONTRIBUTIONS[list(CATALOGUE["name"])].abs().mean().sort_values(ascending=False)
    meaning = CATALOGUE.set_index("name")["meaning"]
    shown = [ax.get_xlabel().replace("\n", " ").lower() for ax in panels]
    assert len(panels) == 2
    assert all(meaning[name].lower() in words for name, words in zip(size.index, shown, strict=False))
