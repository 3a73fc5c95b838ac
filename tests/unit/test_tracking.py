"""MLflow is told where to write, writes there and nowhere else, and its errors become one of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from riskkit import tracking
from riskkit.errors import DataContractError, ModelStoreError

if TYPE_CHECKING:
    from mlflow import MlflowClient

pytestmark = [
    # Of MLflow's own making: its SQL store and the types of its own agents, met when it is imported and when it writes.
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType"),
]
CODE = """
from riskkit.tracking import serve_as_pyfunc

serve_as_pyfunc(lambda folder: (folder / "greeting.txt").read_text(), lambda hello, frame: frame.assign(greeting=hello))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Working folder and store of every test here."""
    return tmp_path_factory.mktemp("tracking")


@pytest.fixture(autouse=True)
def store(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    uri = f"sqlite:///{place / 'stated.db'}"
    monkeypatch.chdir(place)
    for name in ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.setenv(name, "")  # so that what MLflow sets is taken back afterwards
        monkeypatch.delenv(name)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    yield uri
    assert not (place / "mlflow.db").exists()


@pytest.fixture
def client(store: str) -> MlflowClient:
    from mlflow import MlflowClient

    return MlflowClient(store)


def test_a_stated_store_is_used_even_after_another(store: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    tracking.open_tracking()
    assert mlflow.get_tracking_uri() == store
    other = f"sqlite:///{place / 'other.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", other)
    tracking.open_tracking()
    assert mlflow.get_tracking_uri() == other
    assert not (place / "other.db").exists()


def test_without_a_stated_store_the_working_folder_holds_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    tracking.open_tracking()
    assert mlflow.get_tracking_uri() == f"sqlite:///{place / 'mlflow.db'}"


def test_a_schema_error_never_echoes_a_members_row() -> None:
    tracking.open_tracking()
    assert os.environ["MLFLOW_DISABLE_SCHEMA_DETAILS"] == "true"


def test_a_run_and_its_child_stand_in_the_experiment_with_what_was_logged(client: MlflowClient, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a\n1\n", encoding="utf-8")
    with tracking.start_run("county", "retrain county") as parent:
        tracking.log_record(params={"seed": 0, "long": "x" * 900}, metrics={"r2": 0.2, "gini": float("nan")}, tags={})
        tracking.log_files(tmp_path, ["table.csv", "absent.csv"])
        with tracking.start_run("county", "cost", nested=True) as child:
            tracking.log_record(params={}, metrics={}, tags={"outcome": "cost"}, folder=tmp_path)
    run = client.get_run(parent)
    assert client.get_experiment(run.info.experiment_id).name == "county"
    assert run.data.metrics == {"r2": 0.2}
    assert (run.data.params["seed"], len(run.data.params["long"])) == ("0", 500)
    assert [file.path for file in client.list_artifacts(parent)] == ["table.csv"]
    assert client.get_run(child).data.tags["mlflow.parentRunId"] == parent
    assert client.get_run(child).data.tags["outcome"] == "cost"
    assert [file.path for file in client.list_artifacts(child)] == ["table.csv"]


def test_under_mlflow_run_the_record_is_no_part_of_the_launchers_run(
    client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = client.create_run(client.create_experiment("launcher"))
    monkeypatch.setenv("MLFLOW_RUN_ID", launcher.info.run_id)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", launcher.info.experiment_id)
    with tracking.start_run("county", "retrain county") as parent:
        tracking.log_record(params={"seed": 0}, metrics={"r2": 0.2}, tags={})
        with tracking.start_run("county", "cost", nested=True) as child:
            pass
    assert len({launcher.info.run_id, parent, child}) == 3
    assert client.get_experiment(client.get_run(parent).info.experiment_id).name == "county"
    untouched = client.get_run(launcher.info.run_id)
    assert (untouched.data.params, untouched.data.metrics) == ({}, {})
    assert os.environ["MLFLOW_RUN_ID"] == launcher.info.run_id


def test_the_launchers_run_is_known_again_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "of the launcher")

    def fail() -> None:
        message = "a stage that ends badly"
        raise DataContractError(message)

    with pytest.raises(DataContractError, match="ends badly"), tracking.start_run("county", "retrain county"):
        fail()
    assert os.environ["MLFLOW_RUN_ID"] == "of the launcher"


def test_a_store_that_does_not_take_a_run_is_named(client: MlflowClient) -> None:
    client.delete_experiment(client.create_experiment("deleted"))
    with pytest.raises(ModelStoreError, match=r"run 'retrain' of 'deleted': .*MLFLOW_TRACKING_URI"):
        with tracking.start_run("deleted", "retrain"):
            pass


@pytest.mark.parametrize("address", ["models:/nobody@champion", "models:/nobody/1", "runs:/0123456789abcdef/bundle"])
def test_a_model_that_is_not_there_is_a_missing_model(address: str) -> None:
    with pytest.raises(ModelStoreError, match=f"{address}: no such model"):
        tracking.download_bundle(address)


def test_a_bundle_is_registered_under_its_alias_and_comes_back_byte_by_byte(
    client: MlflowClient, tmp_path: Path
) -> None:
    bundle, code = tmp_path / "bundle", tmp_path / "code.py"
    bundle.mkdir()
    (bundle / "greeting.txt").write_text("hello", encoding="utf-8")
    code.write_text(CODE, encoding="utf-8")
    with tracking.start_run("county", "retrain county"):
        version = tracking.register_bundle(
            name="riskkit-county",
            code_file=code,
            bundle=bundle,
            alias="challenger",
            columns={"person_id": "string", "index_date": "string?", "age_years": "double"},
            answer=pd.DataFrame({"person_id": ["A"], "greeting": ["hello"]}),
            requirements=["pandas"],
        )
    assert version == "1"
    assert list(client.get_registered_model("riskkit-county").aliases) == ["challenger"]
    fetched = tracking.download_bundle("models:/riskkit-county@challenger")
    assert (fetched / "greeting.txt").read_text(encoding="utf-8") == "hello"
    # The copy of the code with which the model was registered goes with it, and no pickle does.
    model = fetched.parents[1]
    assert (model / "code" / "riskkit" / "tracking.py").is_file()
    assert not list(model.rglob("*.pkl"))


def test_a_model_without_a_bundle_is_told_from_a_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    monkeypatch.setattr(mlflow.artifacts, "download_artifacts", lambda uri: str(tmp_path))
    with pytest.raises(ModelStoreError, match="holds no riskkit bundle"):
        tracking.download_bundle("models:/somebody-elses/1")


def test_a_served_model_loads_its_bundle_once_and_answers_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    declared: list[Any] = []
    monkeypatch.setattr(mlflow.models, "set_model", declared.append)
    tracking.serve_as_pyfunc(lambda folder: folder.name, lambda loaded, frame: frame.assign(bundle=loaded))
    (model,) = declared
    model.load_context(type("Context", (), {"artifacts": {"bundle": str(tmp_path / "bundle")}}))
    answer = model.predict(None, pd.DataFrame({"person_id": ["A"]}))
    assert answer.to_dict("records") == [{"person_id": "A", "bundle": "bundle"}]
