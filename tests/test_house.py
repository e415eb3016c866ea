"""The house: every file builds on lower floors only, on the standard library only, and on arithmetic of any number.

The floors are those of the table in docs/explanation/architecture.md. Each rule is a small function of source text, and
is shown to fail on text that breaks it.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from make_pages import floors, room_of

import neuronet

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "neuronet"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
FLOORS = floors()
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ROOF = len(FLOORS)
"""Above all rooms stand `neuronet` itself, `python -m neuronet` and the plugin of Hypothesis: nobody imports them."""
CORE = ("graph.py", "feedforward.py")
"""What a student reads first."""


def read(file):
    return (PACKAGE / file).read_text(encoding="utf-8")


def imports(source):
    """What a module imports anywhere, as (module, name) pairs: in functions and for the type checker too.

    The name is None for `import module`.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(name.name, None) for name in node.names]
        if isinstance(node, ast.ImportFrom):
            found += [("." * node.level + (node.module or ""), name.name) for name in node.names]
    return found


def own_imports(source):
    """What a module imports of the package itself, but for the version, which everyone may have."""
    own = {(module, name) for module, name in imports(source) if module.split(".")[0] in {"neuronet", ""}}
    return sorted(own - {("neuronet", "__version__")}, key=str)


def file_of(module, name):
    """The file of the package that is meant by `from module import name`."""
    folder = "/".join(module.split(".")[1:])
    inside = f"{folder}/{name}" if folder else name
    for place in (f"{inside}.py", f"{inside}/__init__.py", f"{folder}.py", f"{folder}/__init__.py"):
        if name is not None and place in MODULES:
            return place
    return f"{folder}.py" if f"{folder}.py" in MODULES else f"{folder}/__init__.py".lstrip("/")


def floor_of(file):
    """The number of the floor that a file stands on."""
    return FLOOR_OF.get(room_of(file), ROOF)


def upward(file, source):
    """The imports of a file that lead neither to a lower floor nor to its own, in words."""
    wrong = []
    for module, name in own_imports(source):
        if module.startswith(".") or name is None:
            wrong.append(f"{file}: expected `from neuronet... import name`, got {module} {name or ''}".rstrip())
        elif floor_of(file_of(module, name)) > floor_of(file):
            wrong.append(f"{file} imports {file_of(module, name)}")
    return wrong


def circles(imported):
    """The circles among files: each a sorted list of files from which one comes back to where one was.

    imported: for each file those that it imports.
    """

    def reached(start):
        seen, waiting = set(), [start]
        while waiting:
            new = imported.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen

    reach = {file: reached(file) for file in imported}
    found = {tuple(sorted(other for other in reach[file] if file in reach.get(other, ()))) for file in imported}
    return sorted(list(circle) for circle in found if circle)


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
    """The float literals of a module, with their lines, but for validation: `refuse_...` works on real parts only."""
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


def test_every_room_has_its_floor_and_every_floor_its_rooms():
    rooms = [room for rooms in FLOORS for room in rooms]
    assert sorted(rooms) == sorted({room_of(file) for file in MODULES} - {""})


@pytest.mark.parametrize("file", MODULES)
def test_a_file_imports_only_from_lower_floors_and_its_own(file):
    assert upward(file, read(file)) == []


def test_no_files_import_each_other_in_a_circle():
    imported = {file: {file_of(*pair) for pair in own_imports(read(file))} for file in MODULES}
    assert circles(imported) == []


def test_below_the_network_nobody_knows_it():
    below = [file for file in MODULES if floor_of(file) < FLOOR_OF["network"]]
    assert [file for file in below for pair in own_imports(read(file)) if file_of(*pair) == "network.py"] == []


def test_the_command_line_is_imported_by_nothing_else_than_the_entry():
    importers = [file for file in MODULES for module, _ in imports(read(file)) if module.startswith("neuronet.cli")]
    assert {file for file in importers if not file.startswith("cli")} == {"__main__.py"}


def test_what_a_student_reads_first_is_short():
    assert sum(len(read(file).splitlines()) for file in CORE) <= 500


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
        *("scalar.py", "activations.py", "losses.py", "graph.py", "shared_layer.py", "feedforward.py", "network.py"),
        *("dropout.py", "optimizers.py", "regularization.py", "training/engine.py", "training/loop.py"),
    ],
)
def test_nothing_is_added_up_by_the_built_in_sum(file):
    # From Python 3.12 on it rounds sums of floats in another way.
    assert calls(read(file), {"sum", "fsum", "sumprod"}) == []


@pytest.mark.parametrize("file", ["activations.py", "losses.py", "graph.py", "shared_layer.py", "feedforward.py"])
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
    assert [name for name in loaded_by("import neuronet") if name.startswith("neuronet")] == ["neuronet"]
    loaded = loaded_by("from neuronet import Network")
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
        "from neuronet.training import History",
        "import neuronet.network",
        "import neuronet",
        "from . import errors",
        "from .errors import DataError",
        "def later():\n    from neuronet.store import save",
        "if True:\n    from neuronet.store import save",
        "try:\n    from neuronet.store import save\nexcept ImportError:\n    pass",
        "if TYPE_CHECKING:\n    from neuronet.network import Network",
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
        "if TYPE_CHECKING:\n    from neuronet.losses import Loss",
        "import math",
    ],
)
def test_an_import_of_a_lower_floor_is_not(line):
    assert upward("graph.py", line) == []


def test_a_file_may_import_from_its_own_room():
    assert upward("training/loop.py", "from neuronet.training.state import TrainingState") == []


def test_a_room_that_no_floor_has_is_above_all():
    assert upward("graph.py", "from neuronet import _hypothesis_plugin") == ["graph.py imports _hypothesis_plugin.py"]
    assert room_of("newroom/file.py") == "newroom"
    assert floor_of("newroom/file.py") == ROOF


def test_a_circle_is_noticed():
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circles({"a": {"b"}, "b": {"a", "c"}, "c": set()}) == [["a", "b"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"d"}}) == [["a", "b", "c"], ["d"]]


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
