"""Settings for the whole suite, and what several files of tests are given."""

import io
import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# No test depends on a clock, and a slow machine is no reason to fail.
# The quick suite, which a developer runs, draws few examples and others each time; a run that does not leave out what
# is slow by nature, and every run of CI, draws more.
settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", parent=settings.get_profile("dev"), max_examples=5)
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, database=None)
settings.register_profile("nightly", parent=settings.get_profile("dev"), max_examples=2000)


def pytest_configure(config):
    """Choose how many examples are drawn, before the first test is read; `--hypothesis-profile` has the last word."""
    of_this_run = "quick" if config.option.markexpr == "not slow" else "dev"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else of_this_run))


# A shell that runs the tests in the background may have Ctrl-C ignored, and so would every process that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SLOW_PAGES = ("choose-settings.md", "hunt-a-bug.md", "xor-with-two-hidden-neurons.md")
"""Pages that train or check for seconds."""


def pytest_collection_modifyitems(items):
    for item in items:
        if any(page in item.nodeid for page in SLOW_PAGES):
            item.add_marker(pytest.mark.slow)


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


@pytest.fixture(params=["the walk", "unrolled"])
def both_engines(request, monkeypatch):
    """What is said is true of both engines: what is too little to unroll, or is not."""
    if request.param == "unrolled":
        monkeypatch.setattr("neuronet.engines.unrolled.LEAST_SAMPLES", -1_000_000)
        monkeypatch.setattr("neuronet.engines.unrolled.MOST_ON_PYPY", 1_000_000)


@pytest.fixture
def interrupt_handler_is_restored():
    """Python's own handler of Ctrl-C is there before and after the test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


@pytest.fixture
def written(tmp_path):
    """Write a file, of text or of bytes, and return its path."""

    def write(content, name="flowers.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def model():
    """An untrained model of the animals of tests/tabular."""
    from animals import built

    return built()


@pytest.fixture(scope="module")
def trained():
    """A trained model for each kind of target that the animals of tests/tabular have."""
    from animals import trained_models

    return trained_models()
