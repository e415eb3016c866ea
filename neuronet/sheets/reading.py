"""Numbers as people write them: 0.33, 0,33, 1/3."""

from __future__ import annotations

import math
import re
from typing import Optional

_NUMBER = r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?"


def read_number(text: str) -> Optional[float]:
    """The number that a person has written, with a point or a comma, or as a fraction; None where it is none.

    >>> read_number("0,5"), read_number("-1/4"), read_number("a third")
    (0.5, -0.25, None)
    """
    text = text.replace("\u2212", "-").strip()
    if not re.fullmatch(rf"{_NUMBER}(?:\s*/\s*{_NUMBER})?", text, flags=re.ASCII):
        return None
    above, *below = (float(part.replace(",", ".")) for part in text.split("/"))
    try:
        number = above / below[0] if below else above
    except ZeroDivisionError:
        return None
    return number if math.isfinite(number) else None
