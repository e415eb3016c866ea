"""Writes the table of files in docs/explanation/files.md anew: `python tests/make_pages.py`.

The table says of each file what its docstring says in its first line. Rooms stand in the order of the floors, which
docs/explanation/architecture.md states. A test holds the page to the files.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "neuronet"
EXPLANATION = ROOT / "docs" / "explanation"
PAGE = EXPLANATION / "files.md"
BEGIN, END = "<!-- files: begin -->", "<!-- files: end -->"

WITHOUT_DOCSTRING = {
    "py.typed": "Tells type checkers that the package is annotated.",
    "data/SOURCES.md": "Where the measured data came from, and its licences.",
    "data/iris.csv": "The measured flowers.",
    "data/penguins.csv": "The measured penguins.",
    "data/breast_cancer.csv": "The measured cells.",
    "data/digits.csv.gz": "The handwritten digits.",
}
"""What the files are that are no modules."""


def floors():
    """The rooms of each floor, the lowest floor first, as the page of the architecture has them."""
    text = (EXPLANATION / "architecture.md").read_text(encoding="utf-8")
    [table] = re.findall(r"^\| floor \|.*\n\|---.*\n((?:\|.*\n)+)", text, flags=re.MULTILINE)
    return [re.findall(r"`([^`]+)`", row.split("|")[1]) for row in table.splitlines()]


def package_files():
    """Every file of the package, as a path below it."""
    files = (file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return sorted(file.relative_to(PACKAGE).as_posix() for file in files)


def room_of(file):
    """The folder that a file stands in, or its own name where it is a room by itself; "" for those above all rooms."""
    if file == "numbers/operations.py":
        return "numbers/operations"  # below the functions that are made from it, while the other numbers need them
    folder, _, name = file.rpartition("/")
    room = folder.split("/")[0] or name.partition(".")[0]
    return "" if room.startswith("_") or room == "py" else room


def first_line(file):
    """What a file says of itself in the first line of its docstring."""
    if file in WITHOUT_DOCSTRING:
        return WITHOUT_DOCSTRING[file]
    return (ast.get_docstring(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))) or "").partition("\n")[0]


def table():
    """Every file with its first line, room after room."""
    rooms = [room for floor in floors() for room in floor]
    place = {room: position for position, room in enumerate(rooms)}
    files = sorted(package_files(), key=lambda file: (place.get(room_of(file), len(rooms)), file))
    rows = ["| `{}` | {} |".format(file, first_line(file).replace("|", "\\|")) for file in files]
    return "\n".join(["| file | what it says of itself |", "|---|---|", *rows])


def written(text):
    """The page with the table as it is now."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main():
    """Write the page."""
    PAGE.write_bytes(written(PAGE.read_text(encoding="utf-8")).encode())


if __name__ == "__main__":
    main()
