"""Settings for the whole suite, and what several files of tests are given."""

import io
import os

import pytest
from hypothesis import HealthCheck, settings

# No test depends on a clock, and a slow machine is no reason to fail.
settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, database=None)
settings.register_profile("nightly", parent=settings.get_profile("dev"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def cli(capsys, monkeypatch):
    """Run a command; returns its exit code, standard output and standard error."""
    from neuronet.cli import main  # not before the tests: a benchmark puts mutants in the place of modules

    def run(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run
