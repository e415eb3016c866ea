"""Pictures of networks and of what they do: SVG for pages and notebooks, characters for terminals.

Each function returns the text of a picture and leaves what it looks at as it was. Nothing but the standard library is
needed, neither for drawing nor, but for a browser, for looking.
"""

from neuronet.draw.blocks import can_show, curve_text, sparkline, wants_colour
from neuronet.draw.charts import WeightHistory, activation_curve, training_curve
from neuronet.draw.confusion import confusion, confusion_matrix
from neuronet.draw.markup import to_dot, to_mermaid
from neuronet.draw.network_svg import network_svg
from neuronet.draw.surface import decision_surface, hidden_maps
from neuronet.draw.text import network_text, surface_text

__all__ = [
    "WeightHistory",
    "activation_curve",
    "can_show",
    "confusion",
    "confusion_matrix",
    "curve_text",
    "decision_surface",
    "hidden_maps",
    "network_svg",
    "network_text",
    "sparkline",
    "surface_text",
    "to_dot",
    "to_mermaid",
    "training_curve",
    "wants_colour",
]
