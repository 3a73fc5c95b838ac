"""The service: MLflow's paths and one for a single member, over a bundle that is read once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from riskkit.errors import RiskkitError
from riskkit.serving.payloads import Invocation, Member, Question
from riskkit.workflow.request_history import read_request_history
from riskkit.workflow.score import answer_request
from riskkit.workflow.what_if import ask_what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from fastapi import FastAPI

    from riskkit.workflow.bundle import Bundle


def make_app(bundle: Bundle) -> FastAPI:
    """Make the service for a bundle.

    Parameters
    ----------
    bundle : Bundle
        The bundle.

    Returns
    -------
    fastapi.FastAPI
        ``GET /ping``, ``/health``, ``/version`` as MLflow has them; ``GET /features`` lists what a request holds;
        ``POST /invocations`` answers for many members, ``POST /score`` for one, ``POST /whatif`` for one with
        features changed. A row may carry last year's tier and an override. A request that cannot be answered gets 422
        and one sentence, which names the place and never the value that was sent.
    """
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse

    from riskkit.tracking import mlflow_version

    service = FastAPI(title=f"riskkit {bundle.scheme}", openapi_url="/openapi.json")
    service.get("/ping")(_alive)
    service.get("/health")(_alive)
    service.get("/version")(mlflow_version)

    @service.exception_handler(RiskkitError)
    def refuse(request: Request, error: RiskkitError) -> JSONResponse:
        return JSONResponse({"error": type(error).__name__, "message": str(error)}, status_code=422)

    @service.exception_handler(RequestValidationError)
    def refuse_shape(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"error": "DataContractError", "message": _say_shape(error.errors())}, status_code=422)

    @service.get("/features")
    def list_features() -> list[dict[str, Any]]:
        rows = bundle.catalogue.to_frame()[["name", "meaning", "meaning_zh", "unit", "group"]].to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in rows]

    @service.post("/invocations")
    def invoke(request: Invocation) -> dict[str, list[dict[str, Any]]]:
        return {"predictions": _records(answer_request(bundle, request.to_frame()))}

    @service.post("/score")
    def score(member: Member) -> dict[str, Any]:
        answer = _records(answer_request(bundle, member.to_frame()))[0]
        read = {name: json.loads(answer[name]) for name in answer if name in {"rate_lines", "reasons", "tier_reasons"}}
        return {**answer, "currency": bundle.currency, **read}

    @service.post("/whatif")
    def ask(question: Question) -> dict[str, Any]:
        return _ask(bundle, question)

    return service


def _ask(bundle: Bundle, question: Question) -> dict[str, Any]:
    row = question.to_frame()
    return ask_what_if(bundle, row, question.changes, history=read_request_history(bundle, row)).to_dict()


def _say_shape(errors: Sequence[Any]) -> str:
    """Say what of a request is not as it should be, without the value that was sent."""
    place = ".".join(str(part) for part in errors[0]["loc"])
    return f"request: {place}: {errors[0]['msg']} ({len(errors)} in all). Correct it."


def _alive() -> dict[str, str]:
    return {"status": "ok"}


def _records(scores: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in scores.to_dict("records")]
