"""Calibrated risks and expected costs: from a features frame and labels to a stored outcome model."""

from __future__ import annotations

import os

# LightGBM's threads otherwise spin while they wait: on a machine that does other work too, two of them took seventy
# times as long as one. The OpenMP library reads this once, when it is first loaded; a value set outside is kept.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
