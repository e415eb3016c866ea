"""A network as text for programs that draw graphs: DOT for Graphviz, and Mermaid. Weights stand on the edges.

A solid edge is a weight of 0 or more, a dashed one a weight below 0. Nothing is left out.
"""

from __future__ import annotations

from neuronet.draw.plot import as_float
from neuronet.draw.worked import text_of
from neuronet.errors import printable
from neuronet.feedforward import FeedForward
from neuronet.graph import Neuron, Synapse


def to_dot(network: FeedForward) -> str:
    """The network in DOT, the language of Graphviz, from left to right."""
    ids = _ids(network)
    lines = ["digraph network {", "  rankdir=LR;", "  node [shape=circle];"]
    for layer in network.layers:
        if layer.bias is not None:
            lines.append(f"  {ids[layer.bias]} [label={_quoted(layer.bias.name)}, shape=square];")
        for neuron in layer:
            lines.append(f"  {ids[neuron]} [label={_quoted(neuron.name)}];")
        lines.append("  { rank=same; " + " ".join(f"{ids[neuron]};" for neuron in layer) + " }")
    for synapse in network.synapses:
        style = ", style=dashed" if _is_below(synapse) else ""
        arrow = ", arrowhead=tee" if synapse.frozen else ""
        ends = f"{ids[synapse.source]} -> {ids[synapse.destination]}"
        lines.append(f"  {ends} [label={_quoted(text_of(synapse.weight))}{style}{arrow}];")
    return "\n".join([*lines, "}", ""])


def to_mermaid(network: FeedForward) -> str:
    """The network as a Mermaid flowchart, from left to right."""
    ids = _ids(network)
    lines = ["flowchart LR"]
    for layer in network.layers:
        if layer.bias is not None:
            lines.append(f"  {ids[layer.bias]}[{_entities(layer.bias.name)}]")
        lines += [f"  {ids[neuron]}(({_entities(neuron.name)}))" for neuron in layer]
    for synapse in network.synapses:
        arrow = "-.->" if _is_below(synapse) else "-->"
        still = " frozen" if synapse.frozen else ""
        text = _entities(text_of(synapse.weight) + still)
        lines.append(f"  {ids[synapse.source]} {arrow}|{text}| {ids[synapse.destination]}")
    return "\n".join([*lines, ""])


def _ids(network: FeedForward) -> dict[Neuron, str]:
    """A short name for each neuron, so that no name of the user's can be taken for a word of the language."""
    return {neuron: f"n{position}" for position, neuron in enumerate(network.neurons)}


def _is_below(synapse: Synapse) -> bool:
    return as_float(synapse.weight) < 0


def _quoted(text: str) -> str:
    escaped = printable(" ".join(text.split())).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entities(text: str) -> str:
    """A quoted text of Mermaid: all but letters, digits and a few other signs are written as entities."""
    line = " ".join(text.split())
    return '"' + "".join(sign if sign.isalnum() or sign in " _.-+," else f"#{ord(sign)};" for sign in line) + '"'
