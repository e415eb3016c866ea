"""Settings for the whole suite: how long Hypothesis looks, and what documentation examples may use."""

import os

from hypothesis import HealthCheck, settings

# No test depends on a clock, and a slow machine is no reason to fail.
settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, database=None)
settings.register_profile("nightly", parent=settings.get_profile("dev"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
