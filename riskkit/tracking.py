"""MLflow: the only module that imports it; runs, artefacts, the registry, and the bundle as a pyfunc."""

from __future__ import annotations

import contextlib
import io
import logging
import math
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.errors import ModelStoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # Without this a schema error would echo the member's row to whoever sent it.
    "MLFLOW_DISABLE_SCHEMA_DETAILS": "true",
}
DEFAULT_STORE = "mlflow.db"
CHAMPION = "champion"


def open_tracking() -> None:
    """Point MLflow at its store: ``MLFLOW_TRACKING_URI`` where it is set, else SQLite in the working folder."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    import mlflow

    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    # Set where it is stated too: an earlier run of this process may have pointed MLflow elsewhere.
    mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{Path(DEFAULT_STORE).resolve()}")


@contextlib.contextmanager
def start_run(experiment: str, name: str, *, nested: bool = False) -> Iterator[str]:
    """Open a run, as a child of the open one if asked.

    Parameters
    ----------
    experiment : str
        Name of the experiment; it is made where it is new.
    name : str
        Name of the run.
    nested : bool, default False
        True for a child of the open run.

    Yields
    ------
    str
        Identifier of the run.

    Raises
    ------
    ModelStoreError
        If the store does not take the run.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    open_tracking()
    # Under `mlflow run` the launcher has opened a run of another experiment; ours is the record of the retraining.
    inherited = None if nested else os.environ.pop("MLFLOW_RUN_ID", None)
    try:
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=name, nested=nested) as run:
            yield run.info.run_id
    except MlflowException as exc:
        reason = str(exc).splitlines()[0]
        message = f"MLflow, run {name!r} of {experiment!r}: {reason}. Check the store that MLFLOW_TRACKING_URI names."
        raise ModelStoreError(message) from exc
    finally:
        if inherited is not None:
            os.environ["MLFLOW_RUN_ID"] = inherited


def log_record(
    *, params: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str], folder: Path | None = None
) -> None:
    """Log parameters, metrics, tags and a folder of files to the open run.

    Parameters
    ----------
    params : mapping
        Parameters; values longer than MLflow takes are cut.
    metrics : mapping of str to float
        Metrics; those that are not numbers (NaN) are left out.
    tags : mapping of str to str
        Tags, such as data hashes and the code's version.
    folder : pathlib.Path, optional
        Folder whose files become artefacts.
    """
    import mlflow

    mlflow.log_params({name: str(value)[:500] for name, value in params.items()})
    mlflow.log_metrics({name: float(value) for name, value in metrics.items() if not math.isnan(value)})
    mlflow.set_tags(dict(tags))
    if folder is not None:
        mlflow.log_artifacts(str(folder))


def log_files(folder: Path, names: list[str]) -> None:
    """Log files of a folder to the open run, as far as they are there.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.
    names : list of str
        File names in it.
    """
    import mlflow

    for name in names:
        if (folder / name).exists():
            mlflow.log_artifact(str(folder / name))


@contextlib.contextmanager
def _without_advice() -> Iterator[None]:
    """Leave out what MLflow says of type hints, its own too, and of examples; the signature says more than either."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(type hint|An input example was not provided)")
        yield


def has_champion(name: str) -> bool:
    """Say whether a registered model has a champion.

    Parameters
    ----------
    name : str
        Registered name.

    Returns
    -------
    bool
        True where the alias ``champion`` stands on a version.
    """
    import mlflow

    open_tracking()
    models = mlflow.MlflowClient().search_registered_models(f"name = '{name}'")
    return any(CHAMPION in model.aliases for model in models)


def register_bundle(
    *,
    name: str,
    code_file: Path,
    bundle: Path,
    alias: str,
    columns: Mapping[str, str],
    answer: pd.DataFrame,
    requirements: list[str],
) -> str:
    """Register the bundle as a models-from-code pyfunc and give it an alias.

    Parameters
    ----------
    name : str
        Registered name.
    code_file : pathlib.Path
        The models-from-code file.
    bundle : pathlib.Path
        Folder of the bundle.
    alias : str
        ``"champion"`` or ``"challenger"``.
    columns : mapping of str to str
        MLflow type of each column that a request holds; one that ends with ``?`` may be left out.
    answer : pandas.DataFrame
        Answer for a few members, from which the types of the output are read.
    requirements : list of str
        pip requirements of the model.

    Returns
    -------
    str
        The new version.
    """
    import mlflow
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types import ColSpec, Schema, TensorSpec

    asked: list[ColSpec | TensorSpec] = [
        ColSpec(kind.rstrip("?"), column, required=not kind.endswith("?")) for column, kind in columns.items()
    ]
    signature = ModelSignature(inputs=Schema(asked), outputs=infer_signature(answer).inputs)
    # The run's own copy of the code is what makes an old rate replayable after the library has moved on.
    package = Path(__file__).parent
    with _without_advice(), contextlib.redirect_stderr(io.StringIO()):
        info = mlflow.pyfunc.log_model(
            name="bundle",
            python_model=str(code_file),
            artifacts={"bundle": str(bundle)},
            signature=signature,
            pip_requirements=requirements,
            code_paths=[str(package)],
            registered_model_name=name,
        )
    version = str(info.registered_model_version)
    mlflow.MlflowClient().set_registered_model_alias(name, alias, version)
    return version


def download_bundle(model_uri: str) -> Path:
    """Fetch a registered or logged model and return the folder of its bundle.

    Parameters
    ----------
    model_uri : str
        ``models:/<name>@<alias>``, ``models:/<name>/<version>`` or ``runs:/...``.

    Returns
    -------
    pathlib.Path
        Local folder of the bundle.

    Raises
    ------
    ModelStoreError
        If the model is not there or holds no bundle.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    open_tracking()
    try:
        folder = Path(mlflow.artifacts.download_artifacts(model_uri))
    except (MlflowException, OSError) as exc:
        reason = str(exc).splitlines()[0]
        message = (
            f"{model_uri}: no such model ({reason}). Retrain first, or set MLFLOW_TRACKING_URI to the right store."
        )
        raise ModelStoreError(message) from exc
    bundle = folder / "artifacts" / "bundle"
    if not bundle.is_dir():
        message = f"{model_uri}: the model holds no riskkit bundle. Name a model that riskkit registered."
        raise ModelStoreError(message)
    return bundle


def serve_as_pyfunc(load: Callable[[Path], Any], predict: Callable[[Any, pd.DataFrame], pd.DataFrame]) -> None:
    """Declare the model of a models-from-code file.

    Parameters
    ----------
    load : callable
        From the bundle's folder to the loaded bundle.
    predict : callable
        From the loaded bundle and a frame of members to their scores.
    """
    with _without_advice():
        import mlflow.pyfunc

    class BundleModel(mlflow.pyfunc.PythonModel):  # type: ignore[name-defined, misc]  # mlflow ships no types for it
        """The bundle behind MLflow's interface."""

        def load_context(self, context: Any) -> None:
            """Read the bundle that was registered with this model."""
            self.bundle = load(Path(context.artifacts["bundle"]))

        def predict(
            self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
        ) -> pd.DataFrame:
            """Answer for the given members."""
            return predict(self.bundle, model_input)

    mlflow.models.set_model(BundleModel())


def mlflow_version() -> str:
    """Return the version of MLflow whose serving protocol is spoken, without importing it.

    Returns
    -------
    str
        The version.
    """
    from importlib.metadata import version

    return version("mlflow")
