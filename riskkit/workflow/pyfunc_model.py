"""The models-from-code file: MLflow runs it to load a registered bundle, in a server as in a batch."""

from __future__ import annotations

from riskkit.tracking import serve_as_pyfunc
from riskkit.workflow.bundle import read_bundle
from riskkit.workflow.score import answer_request

serve_as_pyfunc(read_bundle, answer_request)
