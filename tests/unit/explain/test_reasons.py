"""At most four reasons, folded by group, above one percent, in a fixed order and in words."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.explain.reasons import compute_reasons, reasons_to_json
from riskkit.explain.wording import make_cost_quantity, make_risk_quantity

CATALOGUE = pd.DataFrame(
    [
        ("age_years", "age", "年龄", "years", "demography"),
        ("hba1c", "HbA1c, latest in 365 days", "365天内最近糖化血红蛋白", "%", "glycaemia"),
        ("hba1c_sd", "HbA1c, spread over 730 days", "730天糖化血红蛋白标准差", "%", "glycaemia"),
        ("egfr", "eGFR, latest", "最近估算肾小球滤过率", "mL/min/1.73m2", "kidney"),
        ("eye", "retinopathy in 730 days", "730天内视网膜病变", "flag", "eye"),
        ("visits", "outpatient visits in 365 days", "365天内门诊次数", "count", "use"),
        ("unused", "not in the model", "未用", "count", "heart"),
    ],
    columns=["name", "meaning", "meaning_zh", "unit", "group"],
)
VALUES = {"age_years": 71.0, "hba1c": 9.4, "hba1c_sd": np.nan, "egfr": 53.26, "eye": 1.0, "visits": 4.0}
COST = make_cost_quantity()


def _frames(rows: list[dict[str, float]], base: float = 5000.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    key = pd.DataFrame({"person_id": [f"p{i}" for i in range(len(rows))], "index_date": pd.Timestamp(2024, 12, 31)})
    zero = dict.fromkeys(VALUES, 0.0)
    contributions = pd.concat([key.assign(base_value=base), pd.DataFrame([zero | row for row in rows])], axis=1)
    return contributions, pd.concat([key, pd.DataFrame([VALUES] * len(rows))], axis=1)


def test_a_reason_says_feature_value_direction_and_amount_in_two_languages() -> None:
    reason = compute_reasons(*_frames([{"egfr": 1240.4}]), CATALOGUE, COST)[0][0]
    assert reason == {
        "group": "kidney",
        "direction": "raises",
        "feature": "egfr",
        "value": 53.26,
        "unit": "mL/min/1.73m2",
        "amount": 1240.4,
        "text": "eGFR, latest: 53.3 mL/min/1.73m2 — raises the expected cost by 1,240 CNY a year",
        "text_zh": "最近估算肾小球滤过率：53.3 mL/min/1.73m2，使预期费用增加 1,240 元/年",
    }


def test_a_group_is_folded_before_it_is_ranked_and_named_by_its_strongest_feature() -> None:
    # 300 + 250 = 550 of glycaemia come before 400 of age.
    first, second = compute_reasons(*_frames([{"hba1c": 300, "hba1c_sd": 250, "age_years": 400}]), CATALOGUE, COST)[0]
    assert (first["group"], first["feature"], first["amount"]) == ("glycaemia", "hba1c", 550.0)
    assert first["text"].endswith("raises the expected cost by 550 CNY a year (glycaemia as a whole)")
    assert first["text_zh"].endswith("（血糖合计）")
    assert second["text"] == "Age: 71 years — raises the expected cost by 400 CNY a year"


def test_the_named_feature_pulls_in_the_direction_of_its_group() -> None:
    # Glycaemia is -100 in all; hba1c is the larger in size only among those that pull down.
    reason = compute_reasons(*_frames([{"hba1c": 300, "hba1c_sd": -400}]), CATALOGUE, COST)[0][0]
    assert (reason["direction"], reason["feature"], reason["amount"]) == ("lowers", "hba1c_sd", -100.0)
    assert reason["value"] is None
    assert "not measured — lowers" in reason["text"]
    assert "未测量，使预期费用减少" in reason["text_zh"]


def test_only_groups_above_one_percent_of_the_prediction_are_reasons() -> None:
    # Prediction 5,000 + 51 + 50 = 5,101: the limit is 51.01, which only 51.02 passes.
    assert compute_reasons(*_frames([{"egfr": 51.0, "eye": 50.0}]), CATALOGUE, COST) == [[]]
    kept = compute_reasons(*_frames([{"egfr": 51.02, "eye": 30.0}]), CATALOGUE, COST)[0]
    assert [reason["group"] for reason in kept] == ["kidney"]


def test_four_reasons_at_most() -> None:
    row = {"age_years": 100, "hba1c": -200, "egfr": 300, "eye": -400, "visits": 500}
    groups = [reason["group"] for reason in compute_reasons(*_frames([row]), CATALOGUE, COST)[0]]
    assert groups == ["use", "eye", "kidney", "glycaemia"]


def test_equal_reasons_come_in_the_order_of_the_catalogue_whatever_the_columns() -> None:
    contributions, features = _frames([{"age_years": 200, "hba1c": -200, "egfr": 200, "eye": -200, "visits": 200}])
    expected = ["demography", "glycaemia", "kidney", "eye"]
    for frame in (contributions, contributions[contributions.columns[::-1]]):
        found = compute_reasons(frame, features, CATALOGUE, COST)[0]
        assert [reason["group"] for reason in found] == expected


def test_rows_keep_their_reasons_apart() -> None:
    found = compute_reasons(*_frames([{}, {"egfr": 900}, {}, {"eye": 800, "visits": -700}]), CATALOGUE, COST)
    assert [[reason["group"] for reason in row] for row in found] == [[], ["kidney"], [], ["eye", "use"]]


def test_a_member_alone_has_the_reasons_of_the_batch() -> None:
    rng = np.random.default_rng(0)
    contributions, features = _frames([dict(zip(VALUES, rng.normal(0, 300, 6), strict=True)) for _ in range(40)])
    batch = reasons_to_json(compute_reasons(contributions, features, CATALOGUE, COST))
    alone = [
        reasons_to_json(compute_reasons(contributions.iloc[[i]], features.iloc[[i]], CATALOGUE, COST))[0]
        for i in range(40)
    ]
    assert batch == alone


def test_risks_are_told_in_percentage_points() -> None:
    risk = make_risk_quantity("Any admission within 12 months", "12个月内任何住院")
    reason = compute_reasons(*_frames([{"eye": 0.086}], base=0.12), CATALOGUE, risk)[0][0]
    assert reason["text"] == (
        "Retinopathy in 730 days: yes — raises the risk of any admission within 12 months by 8.6 percentage points"
    )
    assert reason["text_zh"] == "730天内视网膜病变：是，使12个月内任何住院的风险增加 8.6 个百分点"


def test_json_keeps_chinese_and_reads_back_equal() -> None:
    reasons = compute_reasons(*_frames([{"hba1c_sd": 900}, {}]), CATALOGUE, COST)
    texts = reasons_to_json(reasons)
    assert "糖化血红蛋白" in texts[0]
    assert [json.loads(text) for text in texts] == reasons


def test_no_members_have_no_reasons() -> None:
    contributions, features = _frames([{}])
    assert compute_reasons(contributions.iloc[:0], features.iloc[:0], CATALOGUE, COST) == []


def test_other_rows_or_absent_features_are_refused() -> None:
    contributions, features = _frames([{}, {}])
    with pytest.raises(DataContractError, match="rows differ"):
        compute_reasons(contributions, features.iloc[::-1], CATALOGUE, COST)
    with pytest.raises(DataContractError, match="egfr absent"):
        compute_reasons(contributions, features.drop(columns="egfr"), CATALOGUE, COST)
    with pytest.raises(DataContractError, match="no entry for egfr"):
        compute_reasons(contributions, features, CATALOGUE[CATALOGUE["name"] != "egfr"], COST)
