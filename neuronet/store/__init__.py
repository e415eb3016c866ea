"""A network as one JSON document: written whole or not at all, and believed only after it has been checked."""

from neuronet.store.disk import read_file, write_file
from neuronet.store.document import Own, build, converted, describe, packed, unpacked
from neuronet.store.json_text import Saved, from_json, load, parse, to_json

__all__ = [
    "Own",
    "Saved",
    "build",
    "converted",
    "describe",
    "from_json",
    "load",
    "packed",
    "parse",
    "read_file",
    "to_json",
    "unpacked",
    "write_file",
]
