"""What is drawn and written is, to the last byte, what was looked at and kept; see `make_goldens`."""

from xml.etree import ElementTree

import make_goldens
import pytest

FILES = {**make_goldens.pages(), **make_goldens.goldens()}
"""What is drawn and written now, each by its file."""


@pytest.mark.parametrize("file", FILES)
def test_what_is_drawn_and_written_is_what_was_looked_at(file):
    # `python tests/make_goldens.py` makes all of them anew; look at them before they are kept.
    assert (make_goldens.ROOT / file).read_bytes().decode() == FILES[file]


def test_the_picture_of_step_sizes_is_as_the_library_draws_it():
    picture = make_goldens.ROOT / "docs" / "pictures" / "step-sweep.svg"
    kept = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    now = ElementTree.fromstring(make_goldens.step_sizes())
    assert [element.tag for element in kept.iter()] == [element.tag for element in now.iter()]
