"""The live curve of training fits its line and its terminal."""

import pytest
from streams import Stream

from neuronet.cli.progress import Progress
from neuronet.training import Epoch


@pytest.mark.parametrize("epochs", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("encoding", "signs"), [("utf-8", "\u2588"), ("ascii", "#")])
def test_training_in_a_terminal_shows_its_live_curve_within_80_columns(encoding, signs, epochs):
    stream = Stream(encoding, True)
    with Progress(stream, epochs) as progress:
        for number in range(1, epochs + 1):
            progress(Epoch(number, 1 / number, 1 / number, number / 100))
            assert len(progress.errors) <= Progress.most_points
    lines = stream.getvalue().replace("\x1b[K", "").rstrip("\n").split("\r")[1:]
    assert max(map(len, lines)) <= 80
    assert any(signs in line for line in lines)
    assert Progress.needs_network is False
