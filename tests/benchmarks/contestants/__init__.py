"""The contestants: the same network, trained on the same samples, written by different hands."""

from __future__ import annotations

import os

for library in ("OMP", "OPENBLAS", "MKL", "VECLIB"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # on arrays this small threads only hinder; read at the import
