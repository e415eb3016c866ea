"""What a finding says is filled in from its numbers."""

import pytest

from neuronet.diagnosis.finding import Finding, filled_in, found, listed

VALUES = {
    "part": 0.0123,
    "half": 0.5,
    "all": 1,
    "none": 0,
    "one": ["h1"],
    "two": ["h1", "h2"],
    "odd": "{half}: Try: {",
    "numbers": [float(number) for number in range(7)],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{part:.3g} is {part:percent}", "0.0123 is 1.2 %"),
        ("{all:percent} and {half:percent}", "100 % and 50 %"),
        ("{one} {one:learns|learn}, {two} {two:learns|learn}", "h1 learns, h1 and h2 learn"),
        ("{all:sample|samples}, {none:sample|samples}", "sample, samples"),
        ("{two:{half} is one|{half} are several}", "0.5 are several"),
        ("{numbers:.1f}", "0.0, 1.0, 2.0, 3.0 and 3 more"),
        ("{numbers:row}", "[0, 1, 2, 3, 4, 5, ...]"),
        ("{odd}", "{half}: Try: {"),
    ],
)
def test_a_template_is_filled_in(template, text):
    assert filled_in(template, VALUES) == text


def test_names_are_listed_in_words():
    assert [listed(["a", "b", "c"][:count]) for count in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert listed(list("abcdef")) == "a, b, c, d and 2 more"
    assert listed(list("abc"), most=2) == "a, b and 1 more"


def test_a_finding_looks_as_its_template():
    template = """
dead: {neuron}
The net of {neuron} is {net:.3g}
everywhere, which is {text}.
Try: another seed.
"""
    finding = found(template, {"net": -3.25}, neuron="a: b", text="dead: Try: nothing")
    shows = "The net of a: b is -3.25 everywhere, which is dead: Try: nothing."
    assert finding == Finding("dead", "a: b", shows, "another seed.", {"net": -3.25})
    assert str(finding) == f"dead: a: b\n  {shows}\n  Try: another seed."
