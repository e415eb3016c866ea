"""Every picture is a document that any browser shows, in its frame, readable on light and dark pages, and harmless."""

from xml.etree import ElementTree

import pytest
from pictures import PICTURES, SVG, each_picture, luminance, nasty_network, outside, pictures

from neuronet.draw.svg import LOOKS, cut, escape, number, text_width


@each_picture
def test_a_picture_is_xml_with_a_title_and_a_description(name):
    root = ElementTree.fromstring(PICTURES[name])
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert [child.tag for child in root[:3]] == [f"{SVG}title", f"{SVG}desc", f"{SVG}style"]
    assert root[0].text
    assert len(root[1].text) > 20
    assert float(root.get("width")) > 0
    assert float(root.get("height")) > 0


@each_picture
def test_nothing_is_drawn_outside_the_frame(name):
    assert outside(PICTURES[name]) == []


@each_picture
def test_a_picture_holds_no_script_and_loads_nothing(name):
    root = ElementTree.fromstring(PICTURES[name])
    assert not {element.tag for element in root.iter()} & {f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}
    assert "href" not in PICTURES[name]
    assert "url(" not in PICTURES[name]
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


@each_picture
def test_the_same_things_give_the_same_bytes(name):
    if not hasattr(test_the_same_things_give_the_same_bytes, "again"):
        test_the_same_things_give_the_same_bytes.again = pictures()
    # How long training took is the only thing that differs, and no picture shows it.
    assert test_the_same_things_give_the_same_bytes.again[name].encode() == PICTURES[name].encode()


@each_picture
def test_a_picture_follows_a_dark_page(name):
    style = ElementTree.fromstring(PICTURES[name])[2].text
    assert style.startswith("@media (prefers-color-scheme:dark){")
    for look in LOOKS:
        assert f".neuronet .{look}{{" in style


def contrast(first, second):
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", [0, 1], ids=["light", "dark"])
def test_texts_and_lines_stand_out_from_the_paper(page):
    paper = LOOKS["paper"]["fill"][page]
    for look in ("ink", "faint"):
        assert contrast(LOOKS[look]["fill"][page], paper) >= 4.5
    for look in ("plus", "minus", "zero", "axis", "curve0", "curve1", "curve2", "curve3"):
        assert contrast(LOOKS[look]["stroke"][page], paper) >= 3


def test_nasty_names_are_escaped():
    for text in (PICTURES["nasty"], nasty_network().to_svg(values=True)):
        root = ElementTree.fromstring(text)
        assert "<script" not in text
        told = "".join(root.itertext())
        assert "</text><script>alert" in told
        text.encode()
    assert escape('a\x00b<&>"\ud800') == "a\ufffdb&lt;&amp;&gt;&quot;\ufffd"


def test_nasty_names_stay_in_the_frame_and_are_cut():
    assert outside(PICTURES["nasty"]) == []
    assert cut("a long name", 40) == "a l\u2026"
    assert cut("name", 400) == "name"
    assert text_width("\u7db2") > text_width("w")


def test_a_coordinate_is_short_and_never_minus_nought():
    assert [number(value) for value in (3.0, 3.25, -0.01, -2.5)] == ["3", "3.2", "0", "-2.5"]
