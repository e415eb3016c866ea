"""A network as one JSON document: written whole or not at all, and believed only after it has been checked."""

from neuronet.store.disk import read_file, write_file
from neuronet.store.document import Own, build, describe
from neuronet.store.json_text import from_json, load, parse, save, to_json

__all__ = ["Own", "build", "describe", "from_json", "load", "parse", "read_file", "save", "to_json", "write_file"]
