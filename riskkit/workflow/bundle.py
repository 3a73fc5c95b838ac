"""The bundle: everything that turns a member's features into risks, a tier, a rate and reasons, in one folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.cohort.eligibility import CohortSpec
from riskkit.data.io import hash_file
from riskkit.errors import ModelStoreError
from riskkit.features.catalogue import Catalogue, Feature
from riskkit.rates.frozen import FrozenRates
from riskkit.risk.hazard_model import list_columns, list_stored
from riskkit.risk.store import read_model, write_model
from riskkit.tiers.cuts import FrozenTiers
from riskkit.workflow.learnt import Learnt

if TYPE_CHECKING:
    from pathlib import Path

    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.model import OutcomeModel

FORMAT = 1


@dataclass(frozen=True)
class Bundle:
    """Models, tiers and rates that belong together, with the catalogue and the code lists behind their features.

    Parameters
    ----------
    scheme : str
        Name of the scheme.
    currency : str
        Currency of every amount.
    adapter : str
        Adapter of the scheme's source.
    cohort : CohortSpec
        Rules of the cohort.
    catalogue : Catalogue
        Features that the models were offered, in order.
    code_lists : pandas.DataFrame
        Code lists behind the features.
    models : dict of str to OutcomeModel or HorizonModel
        Models by prediction column: by outcome, and for a hazard by horizon (``nephropathy_1y``).
    tiers : FrozenTiers or None
        Tier policy with its frozen cuts.
    rates : FrozenRates or None
        Rate policy with its frozen figures.
    rated_outcome : str or None
        Outcome whose expected cost drives the rate.
    tables : tuple of str, default ()
        Canonical tables that held rows in training: a source that lacks one cannot be scored.
    taught_by : Learnt, optional
        Index dates whose rows taught the models, and the split.
    """

    scheme: str
    currency: str
    adapter: str
    cohort: CohortSpec
    catalogue: Catalogue
    code_lists: pd.DataFrame
    models: dict[str, OutcomeModel | HorizonModel]
    tiers: FrozenTiers | None = None
    rates: FrozenRates | None = None
    rated_outcome: str | None = None
    tables: tuple[str, ...] = ()
    taught_by: Learnt | None = None

    @property
    def learnt(self) -> Learnt:
        """What the models learnt from; every index date of the cohort where the bundle does not say."""
        return self.taught_by or Learnt("unknown", self.cohort.index_dates)

    @property
    def feature_names(self) -> list[str]:
        """Names of the features, in catalogue order."""
        return [feature.name for feature in self.catalogue.features]

    @property
    def explained_outcome(self) -> str:
        """Outcome that the reasons speak of: the one that drives the rate, else the first."""
        return self.rated_outcome or next(iter(self.models))

    def with_rates(self, rates: FrozenRates) -> Bundle:
        """Return the same bundle with other rates.

        Parameters
        ----------
        rates : FrozenRates
            The fitted rates.

        Returns
        -------
        Bundle
            A new bundle.
        """
        return replace(self, rates=rates)


def write_bundle(bundle: Bundle, directory: Path) -> Path:
    """Write a bundle as text: LightGBM models, JSON and CSV.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    directory : pathlib.Path
        A folder, made anew.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    directory.mkdir(parents=True, exist_ok=True)
    stored = list_stored(bundle.models)
    for name, model in stored.items():
        write_model(model, directory / "models" / name)
    bundle.code_lists.to_csv(directory / "code_lists.csv", index=False)
    content = {
        "format": FORMAT,
        "scheme": bundle.scheme,
        "currency": bundle.currency,
        "adapter": bundle.adapter,
        "cohort": bundle.cohort.model_dump(mode="json"),
        "outcomes": list(stored),
        "rated_outcome": bundle.rated_outcome,
        "tables": list(bundle.tables),
        "learnt": bundle.taught_by.to_dict() if bundle.taught_by else None,
        "tiers": bundle.tiers.to_dict() if bundle.tiers else None,
        "rates": bundle.rates.to_dict() if bundle.rates else None,
        "catalogue": [vars(feature) for feature in bundle.catalogue.features],
    }
    content["files"] = {name: hash_file(directory / name) for name in _sealed_files(content)}
    text = json.dumps({**content, "sha256": _seal(content)}, ensure_ascii=False, indent=1)
    (directory / "bundle.json").write_text(text, encoding="utf-8")
    return directory


def read_bundle(directory: Path) -> Bundle:
    """Read what `write_bundle` wrote.

    Parameters
    ----------
    directory : pathlib.Path
        The bundle's folder.

    Returns
    -------
    Bundle
        The bundle.

    Raises
    ------
    ModelStoreError
        If the folder is no bundle, is of a newer format, or a byte in it was altered: a model, a cut, a rate.
    """
    content = _read_sealed(directory)
    code_lists = pd.read_csv(directory / "code_lists.csv", dtype="str").astype({"points": "float64"})
    return Bundle(
        scheme=content["scheme"],
        currency=content["currency"],
        adapter=content["adapter"],
        cohort=CohortSpec.model_validate(content["cohort"]),
        catalogue=Catalogue(tuple(_read_feature(values) for values in content["catalogue"])),
        code_lists=code_lists,
        models={
            column: model
            for name in content["outcomes"]
            for column, model in list_columns(read_model(directory / "models" / name)).items()
        },
        tiers=FrozenTiers.from_dict(content["tiers"]) if content["tiers"] else None,
        rates=FrozenRates.from_dict(content["rates"]) if content["rates"] else None,
        rated_outcome=content["rated_outcome"],
        tables=tuple(content.get("tables", ())),
        taught_by=Learnt.from_dict(content["learnt"]) if content.get("learnt") else None,
    )


def _sealed_files(content: dict[str, Any]) -> list[str]:
    """Name the files whose bytes the bundle answers for; each model's manifest answers for the model's own."""
    return ["code_lists.csv", *(f"models/{name}/manifest.json" for name in content["outcomes"])]


def _seal(content: dict[str, Any]) -> str:
    """Hash the content in one canonical form."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _read_sealed(directory: Path) -> dict[str, Any]:
    """Read ``bundle.json`` and check its format, its seal and the files that it answers for."""
    file = directory / "bundle.json"
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        found, seal = content["format"], content.pop("sha256", None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        message = f"{directory}: no readable riskkit bundle. Give the folder 'bundle' of a training, or retrain."
        raise ModelStoreError(message) from exc
    if found != FORMAT:
        message = f"{file}: format {found!r}, expected {FORMAT}. Read it with the riskkit that wrote it, or retrain."
        raise ModelStoreError(message)
    altered = [file] if seal != _seal(content) else []
    altered += [
        directory / name for name, digest in content.get("files", {}).items() if _hash(directory / name) != digest
    ]
    if altered:
        message = f"{altered[0]}: absent, or altered after it was written. Copy the bundle again, or retrain."
        raise ModelStoreError(message)
    return content


def _hash(file: Path) -> str | None:
    return hash_file(file) if file.is_file() else None


def _read_feature(values: dict[str, Any]) -> Feature:
    where = tuple((str(name), value) for name, value in values["where"])
    return Feature(**{**values, "where": where})
