"""A sheet in each of its formats: whole, escaped, and not to be broken by a name."""

import html.parser
import re

import pytest
from make_goldens import mazur

from neuronet import Layer, Network, Neuron, Synapse, explain

SAMPLE = [0.05, 0.10], [0.01, 0.99]


def strange():
    """A network whose names are signs of every format."""
    source, end = Neuron("<b>&_x|$`*"), Neuron("y\\{}%#~^\n" + "long" * 40, "relu")
    Synapse(source, end, 2.5)
    return Network(Layer("input", [source]), Layer("output", [end]))


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        assert not {"src", "href"} & {name for name, _ in attributes}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("network", [mazur(), strange()], ids=["mazur", "strange"])
def test_html_is_whole_closed_and_escaped(network):
    inputs, targets = [0.5] * len(network[0]), [0.25] * len(network[-1])
    sheet = explain(network, inputs, targets, 0.5, format="html", detail="term")
    tags = Tags()
    tags.feed(str(sheet))
    assert tags.open == []
    assert not {"b", "script", "link", "img"} & set(tags.seen)
    assert network[0][0].name in tags.text
    assert sheet._repr_html_() in str(sheet)
    assert sheet._repr_html_() == explain(network, inputs, targets, 0.5, detail="term")._repr_html_()


def test_a_name_cannot_break_a_line_or_a_row():
    source, end = Neuron("[a\x1b[31m"), Neuron("*b\nc", "linear")
    Synapse(source, end, 2.5)
    network = Network(Layer("input", [source]), Layer("output", [end]))
    text = str(explain(network, [1], [1], 0.5, detail="term"))
    assert "(1) net(*b c) = weight([a [31m -> *b c) * output([a [31m)\n" in text
    assert "\x1b" not in text
    latex = str(explain(network, [1], [1], 0.5, format="latex"))
    assert not re.search(r"\\\\\s*[\[*]", latex)


def test_latex_is_balanced_and_escaped():
    text = str(explain(strange(), [0.5], [0.25], 0.5, format="latex"))
    bare = re.sub(r"\\[\\{}%#$&_]", "", text)
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"[$#%~]", bare)
    assert r"\textless{}b\textgreater{}\&\_x|\$`{*}" in text
    assert r"y\textbackslash{}\{\}\%\#\textasciitilde{}\textasciicircum{} long" in text
    begun, ended = re.findall(r"\\begin\{([\w*]+)\}", text), re.findall(r"\\end\{([\w*]+)\}", text)
    assert sorted(begun) == sorted(ended)
    assert text.count(r"\left") == text.count(r"\right")
    assert r"\frac{1}{1 + \exp\left(-\text{net}_{\text{h1}}\right)}" in str(
        explain(mazur(), *SAMPLE, 0.5, format="latex")
    )
    assert r"\underline" in str(explain(mazur(), *SAMPLE, 0.5, format="latex", worksheet=True))


def test_markdown_escapes_names_and_keeps_tables_in_shape():
    text = str(explain(strange(), [0.5], [0.25], 0.5, format="markdown"))
    assert r"| input | \<b" not in text
    assert "&lt;b\\>&amp;\\_x\\|\\$\\`\\*" in text
    rows = [re.sub(r"\\.", "", line) for line in text.splitlines() if line.startswith("| ")]
    assert {row.count("|") for row in rows} <= {3, 4}


def test_a_sheet_says_what_it_is_and_prints_in_other_formats():
    sheet = explain(mazur(), *SAMPLE, 0.5)
    assert re.fullmatch(r"Sheet\(\d+ blocks, text\)", repr(sheet))
    assert sheet.render("markdown") == str(explain(mazur(), *SAMPLE, 0.5, format="markdown"))
