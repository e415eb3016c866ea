"""The state of a `random.Random` as JSON: 624 words of 32 bits, the place among them, and a Gaussian kept for later."""

from __future__ import annotations

from random import Random
from typing import Any

from neuronet.errors import FormatError
from neuronet.store.reader import Reader

WORDS = 624
BYTES = 4 * WORDS


def describe_generator(generator: Random, place: str) -> dict[str, Any]:
    """The state of a generator. FormatError for one that is not Python's own, whose state JSON cannot hold."""
    from base64 import b64encode

    if type(generator) is not Random:
        raise FormatError(f"{place}: expected a random.Random, got a {type(generator).__name__}, which cannot be saved")
    _, words, gauss = generator.getstate()
    packed = b"".join(word.to_bytes(4, "big") for word in words[:WORDS])
    return {"words": b64encode(packed).decode("ascii"), "position": words[WORDS], "gauss": gauss}


def build_generator(document: Any, place: str, reader: Reader) -> Random:
    """The generator that goes on where the described one was; FormatError for what `describe_generator` never wrote."""
    from base64 import b64decode

    reader.keys(document, place, ("words", "position", "gauss"))
    text = reader.text(document["words"], f"{place}.words")
    if len(text) != 4 * BYTES // 3:
        raise FormatError(f"{place}.words: expected {4 * BYTES // 3} characters, got {len(text)}")
    try:
        packed = b64decode(text, validate=True)
    except ValueError:
        raise FormatError(f"{place}.words: expected base64, got something else") from None
    if len(packed) != BYTES or not any(packed):
        raise FormatError(f"{place}.words: expected {BYTES} bytes that are not all 0, got others")
    words = [int.from_bytes(packed[first : first + 4], "big") for first in range(0, BYTES, 4)]
    position = reader.index(document["position"], WORDS + 1, f"{place}.position")
    gauss = document["gauss"]
    generator = Random()
    generator.setstate((3, (*words, position), None if gauss is None else reader.real(gauss, f"{place}.gauss")))
    return generator
