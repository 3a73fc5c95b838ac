"""The served model answers as the batch does."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pandas as pd
import pytest

from tests.integration.conftest import MLFLOW, Demo, run_riskkit

MODEL = "models:/riskkit-synthetic@champion"


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/ping", timeout=2) as answer:  # noqa: S310  our own loopback address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    message = "the server did not come up"
    raise AssertionError(message)


@pytest.fixture(scope="module")
def endpoint(demo: Demo) -> Iterator[str]:
    """`mlflow models serve` on a loopback port, ended with the module."""
    port = find_port()
    command = [str(MLFLOW), "models", "serve", "-m", MODEL, "-p", str(port), "--env-manager", "local"]
    environment = {**demo.environment, "MLFLOW_TRACKING_URI": f"sqlite:///{demo.folder / 'mlflow.db'}"}
    environment["PATH"] = f"{MLFLOW.parent}:{environment['PATH']}"
    with subprocess.Popen(
        command,
        cwd=demo.folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        try:
            wait_until_up(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            subprocess.run(["pkill", "-TERM", "-s", str(server.pid)], check=False)
            server.wait(timeout=20)


@pytest.fixture(scope="module")
def members(demo: Demo) -> pd.DataFrame:
    run_riskkit("init", "serving", folder=demo.folder, environment=demo.environment)
    done = run_riskkit(
        "features", "serving/pipelines/synthetic.toml", "--source", "out/source", "--out", "serving/members.parquet",
        folder=demo.folder, environment=demo.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(demo.folder / "serving" / "members.parquet").head(25)


@pytest.fixture(scope="module")
def batch(demo: Demo) -> pd.DataFrame:
    done = run_riskkit(
        "score", "--model", MODEL, "--source", "out/source", "--out", "scored.parquet",
        folder=demo.folder, environment=demo.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(demo.folder / "scored.parquet").set_index("person_id")


@pytest.mark.slow
def test_the_endpoint_gives_the_batch_answer_for_the_same_member(
    endpoint: str, members: pd.DataFrame, batch: pd.DataFrame
) -> None:
    sent = members.drop(columns=["index_date", "urban", "insurance_type", "team_id", "exposure_months", "sex"])
    body = json.dumps({"dataframe_split": json.loads(sent.to_json(orient="split", index=False, double_precision=15))})
    request = urllib.request.Request(  # noqa: S310  our own loopback address
        f"{endpoint}/invocations", data=body.encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        served = pd.DataFrame(json.load(answer)["predictions"]).set_index("person_id")
    same = batch.loc[served.index]
    for outcome in ("admission", "next_year_cost", "payment_cost", "relative_risk_score", "rate_amount"):
        assert (served[outcome] - same[outcome]).abs().max() <= 1e-12 * max(1.0, same[outcome].abs().max())
    assert served["risk_tier"].tolist() == same["risk_tier"].tolist()
    assert served["package"].tolist() == same["package"].tolist()
    assert served["reasons"].tolist() == same["reasons"].tolist()
