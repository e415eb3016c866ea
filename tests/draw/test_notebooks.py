"""Notebooks are shown pictures and tables."""

from xml.etree import ElementTree

from pictures import XOR, xor_network

from neuronet import Network, check_gradients
from neuronet.draw import network_svg


def test_a_notebook_is_shown_pictures():
    network, history = xor_network(epochs=3)
    assert network._repr_svg_() == network.to_svg() == network_svg(network)
    assert history._repr_svg_() == history.to_svg()
    report = check_gradients(network, *XOR)
    html = report._repr_html_()
    table = ElementTree.fromstring(html)
    assert len(list(table.iter("tr"))) == 18
    assert "0 of 17 wrong" in html
    assert "i1 -&gt; h1" in html


def test_a_long_report_says_how_many_entries_it_leaves_out():
    network = Network(3, 8, 1, seed=1)
    html = check_gradients(network, [[1, 2, 3]], [[1]])._repr_html_()
    assert "... 21 more entries" in html
