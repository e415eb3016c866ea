"""The house: every file builds on lower floors only, on the standard library only, and on arithmetic of any number.

The floors are those of the table in docs/architecture.md. Each rule is a small function of source text, and is shown
to fail on text that breaks it.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import neuronet

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "neuronet"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
TABLE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FLOORS = {file: int(floor) for file, floor in re.findall(r"^\| `([^`]+\.py)` \| (\d+) \|", TABLE, flags=re.MULTILINE)}
ANYWHERE = {"__init__.py", "__main__.py", "_hypothesis_plugin.py"}
"""Files that may import anything: nothing imports them, but for the version."""

ORDER = [
    ["errors"],
    ["scalar"],
    ["activations", "validate"],
    ["losses"],
    ["graph"],
    ["wiring", "initial", "snapshot", "table"],
    ["store/document"],
    ["training/run"],
    ["network"],
    ["cli"],
]
"""The order that is not negotiable, lowest first."""


def read(file):
    return (PACKAGE / file).read_text(encoding="utf-8")


def imports(source):
    """What a module imports, as (module, name) pairs, but for the type checker's: name is None for `import module`."""
    waiting, found = [ast.parse(source)], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            found += [(name.name, None) for name in node.names]
        if isinstance(node, ast.ImportFrom):
            found += [("." * node.level + (node.module or ""), name.name) for name in node.names]
        waiting += ast.iter_child_nodes(node)
    return found


def file_of(module, name):
    """The file of the package that is meant by `from module import name`."""
    folder = "/".join(module.split(".")[1:])
    inside = f"{folder}/{name}" if folder else name
    for place in (f"{inside}.py", f"{inside}/__init__.py", f"{folder}.py", f"{folder}/__init__.py"):
        if name is not None and place in MODULES:
            return place
    return f"{folder}.py" if f"{folder}.py" in MODULES else f"{folder}/__init__.py".lstrip("/")


def floor_of(file):
    """The floor of a file; that of a folder's `__init__` is the highest in the folder."""
    if file in FLOORS:
        return FLOORS[file]
    folder, _, last = file.rpartition("/")
    inside = [floor for other, floor in FLOORS.items() if folder and other.startswith(f"{folder}/")]
    return max(inside) if last == "__init__.py" and inside else 99


def upward(file, source):
    """The imports of a file that do not lead to a lower floor, in words."""
    own = {(module, name) for module, name in imports(source) if module.split(".")[0] in {"neuronet", ""}}
    wrong = []
    for module, name in sorted(own, key=str):
        if (module, name) == ("neuronet", "__version__"):
            continue
        if module.startswith(".") or name is None:
            wrong.append(f"{file}: expected `from neuronet... import name`, got {module} {name or ''}".rstrip())
        elif floor_of(file_of(module, name)) >= floor_of(file):
            wrong.append(f"{file} imports {file_of(module, name)}")
    return wrong


def outsiders(source):
    """The packages that a module imports from outside the standard library."""
    roots = {module.split(".")[0] for module, _ in imports(source) if not module.startswith(".")}
    return sorted(roots - sys.stdlib_module_names - {"neuronet"})


def calls(source, names):
    """The functions of these names that a module calls, whether as `sum(...)` or `math.fsum(...)`, with the line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", None))
            if called in names:
                found.append(f"line {node.lineno}: {called}")
    return found


def float_literals(source):
    """The float literals of a module, with their lines, but for the doors: `refuse_...` works on real parts only."""
    waiting, found = [ast.parse(source)], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef) and node.name.startswith("refuse_"):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            found.append(f"line {node.lineno}: {node.value}")
        waiting += ast.iter_child_nodes(node)
    return found


# The floors.


def test_every_file_has_its_floor():
    assert [file for file in MODULES if file.split("/")[-1] not in ANYWHERE and file not in FLOORS] == []


@pytest.mark.parametrize("file", [file for file in MODULES if file.split("/")[-1] not in ANYWHERE and file in FLOORS])
def test_a_file_imports_only_from_lower_floors(file):
    assert upward(file, read(file)) == []


def test_the_order_of_the_house_is_that_of_the_design():
    def floors(rooms):
        return [
            FLOORS[file] for file in FLOORS for room in rooms if file == f"{room}.py" or file.startswith(f"{room}/")
        ]

    for lower, upper in zip(ORDER, ORDER[1:]):
        assert max(floors(lower)) < min(floors(upper))


def test_the_command_line_is_imported_by_nothing_else_than_the_entry():
    importers = [file for file in MODULES for module, _ in imports(read(file)) if module.startswith("neuronet.cli")]
    assert {file for file in importers if not file.startswith("cli")} == {"__main__.py"}


# What may be used.


@pytest.mark.skipif(not hasattr(sys, "stdlib_module_names"), reason="Python 3.10 and later know their own modules")
@pytest.mark.parametrize("file", MODULES)
def test_a_file_imports_the_standard_library_only(file):
    # What helps users of Hypothesis is loaded by Hypothesis, or when they ask for it.
    helps_hypothesis = file.startswith("testing/") or file == "_hypothesis_plugin.py"
    assert set(outsiders(read(file))) <= ({"hypothesis"} if helps_hypothesis else set())


@pytest.mark.parametrize(
    "file",
    [
        *("scalar.py", "activations.py", "losses.py", "graph.py", "network.py", "dropout.py", "optimizers.py"),
        *("penalty.py", "training/engine.py", "training/run.py"),
    ],
)
def test_nothing_is_added_up_by_the_built_in_sum(file):
    # From Python 3.12 on it rounds sums of floats in another way.
    assert calls(read(file), {"sum", "fsum", "sumprod"}) == []


@pytest.mark.parametrize("file", ["activations.py", "losses.py", "graph.py"])
def test_no_number_is_turned_into_a_float_on_its_way(file):
    assert calls(read(file), {"float", "abs"}) == []
    assert float_literals(read(file)) == []


# What is not loaded.


def loaded_by(statement):
    """The modules that a statement loads in a fresh Python without site packages."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules); {statement}; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-E", "-c", program], capture_output=True, text=True, timeout=100, check=True
    )
    return done.stdout.split()


def test_importing_the_library_loads_nothing_that_only_some_calls_need():
    loaded = loaded_by("import neuronet")
    assert "neuronet.network" in loaded
    roots = {name.split(".")[0] for name in loaded}
    assert not roots & {"hypothesis", "json", "tempfile", "argparse", "csv", "pytest", "shlex", "subprocess", "socket"}
    assert "neuronet.cli" not in loaded


def test_what_is_not_loaded_would_be_seen_if_it_were():
    assert {"json", "tempfile"} <= set(loaded_by("import neuronet, json, tempfile"))


# The package.


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_the_version_stands_in_one_place():
    places = [file for file in MODULES if re.search(r"^__version__ *[:=]", read(file), flags=re.MULTILINE)]
    assert places == ["__init__.py"]
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in settings
    assert 'path = "neuronet/__init__.py"' in settings
    everywhere = settings + "".join(map(read, MODULES))
    assert everywhere.count(f'"{neuronet.__version__}"') == 1


# The checks themselves can fail.


@pytest.mark.parametrize(
    "line",
    [
        "from neuronet.network import Network",
        "from neuronet import network",
        "from neuronet import Network",
        "from neuronet.graph import Neuron",
        "from neuronet.data import datasets",
        "import neuronet.network",
        "import neuronet",
        "from . import errors",
        "from .errors import DataError",
        "def later():\n    from neuronet.store import save",
        "if True:\n    from neuronet.store import save",
        "try:\n    from neuronet.store import save\nexcept ImportError:\n    pass",
        "if TYPE_CHECKING:\n    pass\nelse:\n    from neuronet.store import save",
    ],
)
def test_an_upward_import_is_noticed_wherever_it_stands(line):
    assert len(upward("graph.py", line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from neuronet.losses import Loss",
        "from neuronet import validate",
        "from neuronet import __version__",
        "if TYPE_CHECKING:\n    from neuronet.network import Network",
        "import math",
    ],
)
def test_an_import_of_a_lower_floor_is_not(line):
    assert upward("graph.py", line) == []


@pytest.mark.skipif(not hasattr(sys, "stdlib_module_names"), reason="Python 3.10 and later know their own modules")
def test_a_package_from_outside_is_noticed():
    assert outsiders("import math, numpy.linalg\ndef f():\n    from torch import nn") == ["numpy", "torch"]


def test_a_sum_is_noticed():
    assert calls("import math\ntotal = sum([1])\nmath.fsum([2])", {"sum", "fsum"}) == ["line 2: sum", "line 3: fsum"]


def test_a_float_literal_is_noticed():
    assert float_literals("x = 1\ny = 2 * 1.0") == ["line 2: 1.0"]
    assert float_literals("def refuse_targets():\n    return 1e-12") == []


def test_no_module_hides_a_public_name():
    program = "import neuronet, neuronet.cli.train, neuronet.cli.experiment; from neuronet import *; print(*map(type, "
    program += "[fit, experiment, explain, best_of, read_table, Model, Table]))"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True, cwd=ROOT
    )
    assert "module" not in done.stdout
    modules = {file.split("/")[0].replace(".py", "") for file in MODULES}
    assert modules & set(neuronet.__all__) == set()
