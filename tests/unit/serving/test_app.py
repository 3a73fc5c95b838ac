"""The service answers as the batch does, and says in one sentence why it cannot."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from riskkit.workflow.bundle import Bundle
from riskkit.workflow.score import score_members

pytest.importorskip("fastapi", reason="the extra 'serve' is not installed")

from fastapi.testclient import TestClient

from riskkit.serving.app import make_app


@pytest.fixture(scope="module")
def client(small_bundle: Bundle) -> TestClient:
    return TestClient(make_app(small_bundle))


def as_member(row: pd.Series, names: list[str]) -> dict:
    values = {name: None if math.isnan(row[name]) else row[name] for name in names}
    return {"person_id": row["person_id"], "features": values}


def test_one_member_gets_the_batch_answer(
    client: TestClient, small_bundle: Bundle, small_members: pd.DataFrame
) -> None:
    batch = score_members(small_bundle, small_members)
    answer = client.post("/score", json=as_member(small_members.iloc[5], small_bundle.feature_names)).json()
    assert abs(answer["admission"] - batch["admission"].iloc[5]) <= 1e-12
    assert answer["reasons"] == json.loads(batch["reasons"].iloc[5])


def test_invocations_take_both_layouts_of_mlflow(
    client: TestClient, small_bundle: Bundle, small_members: pd.DataFrame
) -> None:
    few = small_members[["person_id", *small_bundle.feature_names]].head(3)
    split = json.loads(few.to_json(orient="split", index=False, double_precision=15))
    records = [dict(zip(split["columns"], row, strict=True)) for row in split["data"]]
    first = client.post("/invocations", json={"dataframe_split": split}).json()["predictions"]
    second = client.post("/invocations", json={"dataframe_records": records}).json()["predictions"]
    assert first == second
    assert [row["person_id"] for row in first] == few["person_id"].tolist()


def test_a_missing_feature_is_named(client: TestClient, small_bundle: Bundle, small_members: pd.DataFrame) -> None:
    member = as_member(small_members.iloc[0], small_bundle.feature_names)
    del member["features"]["age_years"]
    answer = client.post("/score", json=member)
    assert answer.status_code == 422
    assert "'age_years' is missing" in answer.json()["message"]


def test_an_unknown_key_is_refused(client: TestClient) -> None:
    assert client.post("/score", json={"person_id": "a", "features": {}, "sexx": 1}).status_code == 422


def test_the_service_speaks_the_health_paths_of_mlflow(client: TestClient) -> None:
    assert [client.get(path).status_code for path in ("/ping", "/health", "/version")] == [200, 200, 200]


def test_what_if_answers_before_and_after(
    client: TestClient, small_bundle: Bundle, small_members: pd.DataFrame
) -> None:
    member = as_member(small_members.iloc[5], small_bundle.feature_names)
    before, older = client.post("/score", json=member).json(), {**member, "changes": {"age_years": 89.0}}
    answer = client.post("/whatif", json=older).json()
    after = client.post("/score", json={**member, "features": {**member["features"], "age_years": 89.0}}).json()
    assert answer["answers"]["admission"] == {"before": before["admission"], "after": after["admission"]}
    refused = client.post("/whatif", json={**member, "changes": {"age_years": 300.0}})
    assert refused.status_code == 422
    assert "age_years=300 is impossible" in refused.json()["message"]


def test_a_history_that_cannot_be_applied_is_refused_in_one_sentence(
    client: TestClient, small_bundle: Bundle, small_members: pd.DataFrame
) -> None:
    member = as_member(small_members.iloc[5], small_bundle.feature_names)
    history = {"index_date": "2025-01-01", "last_risk_tier": "high", "last_index_date": "2024-01-01"}
    for path, sent in (("/score", {}), ("/whatif", {"changes": {"age_years": 70.0}})):
        answer = client.post(path, json={**member, **history, **sent})
        assert answer.status_code == 422
        assert "it holds no tier policy" in answer.json()["message"]


def test_a_request_of_another_shape_is_told_the_place_and_not_its_value(client: TestClient) -> None:
    answer = client.post("/score", json={"person_id": "a", "features": {"age_years": "sixty-one"}})
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("request: body.features.age_years: ")
    assert "sixty-one" not in answer.text
