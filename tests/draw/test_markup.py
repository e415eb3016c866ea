"""DOT and Mermaid name every neuron and synapse, and no name leaves its quotes."""

import re

import make_goldens
from pictures import nasty_network


def test_dot_and_mermaid_name_every_neuron_and_synapse():
    network = make_goldens.odd()
    dot, mermaid = network.to_dot(), network.to_mermaid()
    for neuron in network.neurons:
        assert f'label="{neuron.name}"' in dot
        assert f'"{neuron.name}"' in mermaid
    assert dot.count(" -> ") == len(network.synapses)
    assert mermaid.count("->|") == len(network.synapses)
    below = sum(synapse.weight < 0 for synapse in network.synapses)
    assert dot.count("style=dashed") == mermaid.count("-.->") == below
    assert dot.count("arrowhead=tee") == mermaid.count("frozen") == 1


def test_nasty_names_do_not_leave_their_quotes_in_dot_and_mermaid():
    network = nasty_network()
    dot = network.to_dot()
    assert dot.count("\n") == len([*network.neurons, *network.synapses]) + 3 + 2 + 1
    for line in dot.splitlines():
        assert len(re.findall(r'(?<!\\)"', line)) in (0, 2), line
    mermaid = network.to_mermaid()
    assert mermaid.count("\n") == len([*network.neurons, *network.synapses]) + 1
    assert all(line.count('"') == 2 for line in mermaid.splitlines()[1:])
    assert "<" not in mermaid
