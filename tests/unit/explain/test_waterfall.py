"""The waterfall is shap's: in the unit of the prediction, at most ten bars, features said with value and unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.explain.waterfall import plot_waterfall
from riskkit.explain.wording import make_cost_quantity, make_risk_quantity
from tests.unit.explain.test_plots import CATALOGUE, CONTRIBUTIONS, FEATURES, _svg


def _texts(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_waterfall_goes_from_base_value_to_prediction() -> None:
    rows = CONTRIBUTIONS.assign(age_years=1000.0, hba1c=-400.0, egfr=50.0)
    figure = plot_waterfall(rows, FEATURES.assign(hba1c=9.4), CATALOGUE, make_cost_quantity(), row=3)
    page = _svg(figure)
    # 5,000 + 1,000 - 400 + 50
    for text in ("Base value 5,000 CNY a year", "Prediction 5,650 CNY a year", "The expected cost (CNY a year)"):
        assert text in page
    assert sorted(_texts(figure)) == ["+1,000", "+50", "\N{MINUS SIGN}400"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()][1] == "HbA1c, latest in 365 days: 9.4 %"
    assert "secret" not in page


def test_a_risk_is_drawn_in_per_cent() -> None:
    rows = CONTRIBUTIONS.assign(base_value=0.08, age_years=0.05, hba1c=-0.0124, egfr=0.0003)
    figure = plot_waterfall(rows, FEATURES, CATALOGUE, make_risk_quantity("Admission", "住院"))
    page = _svg(figure)
    # 8 + 5 - 1.24 + .03 = 11.79
    for text in ("Base value 8.0 %", "Prediction 11.8 %", "The risk of admission (%)"):
        assert text in page
    assert sorted(_texts(figure)) == ["+0.03", "+5.0", "\N{MINUS SIGN}1.2"]


def test_the_weakest_features_are_added_up() -> None:
    rows = CONTRIBUTIONS.assign(age_years=1000.0, hba1c=-40.0, egfr=50.0)
    figure = plot_waterfall(rows, FEATURES, CATALOGUE, make_cost_quantity(), max_features=2)
    assert "2 other features" in _svg(figure)
    assert sorted(_texts(figure)) == ["+1,000", "+10"]


def test_there_are_ten_bars_at_most_and_each_says_the_amount_of_its_own_row() -> None:
    names = [f"x{i}" for i in range(14)]
    catalogue = pd.DataFrame({"name": names, "meaning": names, "meaning_zh": names, "unit": "count", "group": "use"})
    # sizes 14, 13, ... 6 stand alone; -5 + 4 - 3 + 2 - 1 = -3 are left
    amounts = {name: float((14 - i) * (-1) ** i) for i, name in enumerate(names)}
    key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}
    rows = pd.DataFrame({**key, "base_value": [100.0], **{name: [amount] for name, amount in amounts.items()}})
    figure = plot_waterfall(rows, rows, catalogue, make_cost_quantity())
    said = {round(text.get_position()[1]): text.get_text() for text in figure.axes[0].texts}
    minus = "\N{MINUS SIGN}"
    down = ["+14", f"{minus}13", "+12", f"{minus}11", "+10", f"{minus}9", "+8", f"{minus}7", "+6", f"{minus}3"]
    assert [said[9 - place] for place in range(10)] == down
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[0] == "5 other features"
    assert labels[::-1][0] == "X0: 14"


def test_a_small_move_is_told_with_the_decimals_that_show_it() -> None:
    rows = CONTRIBUTIONS.assign(base_value=0.02809, age_years=-0.0009, hba1c=-0.00001, egfr=0.0)
    page = _svg(plot_waterfall(rows, FEATURES, CATALOGUE, make_risk_quantity("Death", "死亡")))
    # 2.809 - .09 - .001 = 2.718: .091 apart
    assert "Base value 2.81 %" in page
    assert "Prediction 2.72 %" in page


def test_every_arrow_points_the_way_of_its_amount_and_ends_where_it_says() -> None:
    from matplotlib.patches import FancyArrow

    rows = CONTRIBUTIONS.assign(base_value=5000.0, age_years=3000.0, hba1c=-5.0, egfr=1.0)
    figure = plot_waterfall(rows, FEATURES, CATALOGUE, make_cost_quantity())
    corners = [arrow.get_xy() for arrow in figure.axes[0].patches if isinstance(arrow, FancyArrow)]
    # from above: 4,996 to 7,996; 5,001 to 4,996; 5,000 to 5,001. The tip is the corner at half height.
    ends = {round(float(xy[:, 1].mean())): (xy, xy[np.abs(xy[:, 1] - round(xy[:, 1].mean())) < 1e-9]) for xy in corners}
    for row, (start, end) in {2: (4996.0, 7996.0), 1: (5001.0, 4996.0), 0: (5000.0, 5001.0)}.items():
        xy, tip = ends[row]
        assert tip[0, 0] == pytest.approx(end)
        assert sorted([xy[:, 0].min(), xy[:, 0].max()]) == pytest.approx(sorted([start, end]))


def test_every_label_lies_on_the_page_that_is_saved() -> None:
    long = CATALOGUE.assign(meaning="a feature whose meaning needs a great many words to be said in full, latest value")
    figure = plot_waterfall(CONTRIBUTIONS, FEATURES, long, make_cost_quantity())
    page = figure.get_tightbbox()
    for label in figure.axes[0].get_yticklabels():
        box = label.get_window_extent()
        assert box.x0 >= page.x0 * figure.dpi - 1
        assert "\n" in label.get_text()


def test_the_figure_is_unknown_to_pyplot_and_shaps_colours_stay_as_they_were() -> None:
    import matplotlib.pyplot as plt
    from shap.plots._style import get_style

    before = get_style()
    plot_waterfall(CONTRIBUTIONS, FEATURES, CATALOGUE, make_cost_quantity())
    assert plt.get_fignums() == []
    assert get_style() == before


def test_a_row_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DataContractError, match="row 30 of 30"):
        plot_waterfall(CONTRIBUTIONS, FEATURES, CATALOGUE, make_cost_quantity(), row=30)


def test_the_values_are_not_changed() -> None:
    before = CONTRIBUTIONS.copy(deep=True)
    plot_waterfall(CONTRIBUTIONS, FEATURES, CATALOGUE, make_cost_quantity())
    np.testing.assert_array_equal(CONTRIBUTIONS.iloc[:, 2:], before.iloc[:, 2:])
