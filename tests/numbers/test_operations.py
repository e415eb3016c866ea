"""The table of operations: what a row says is true, and one row is all that a new function needs."""

import cmath
import importlib
import math
import shutil
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import neuronet
from neuronet.errors import NumberError
from neuronet.numbers.operations import COMPARISON, FUNCTIONS, OPERATIONS, Operation

NUMBERS = st.one_of(
    st.floats(),
    st.floats(-3, 3),
    st.integers(-3, 3),
    st.sampled_from([0.0, -0.0, 0, 1, 1.0, math.inf, -math.inf, math.nan, 5e-324, 1e308]),
)
FLOATS = st.one_of(st.floats(), st.floats(-3, 3), st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan]))
COUNTS = {"largest": 3, "negate": 1, "abs": 1, "round": 1}
"""How many operands there are; a function has one, and anything else two."""


def count_of(row):
    return COUNTS.get(row.name, 1 if row.is_function else 2)


def result_of(row, operands):
    """What the operation gives; None where it raises an error, or where the result is complex."""
    try:
        result = row.on_floats(*operands)
    except (ArithmeticError, ValueError):
        return None
    return None if isinstance(result, complex) else result


def every(rows):
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.name)


# What a row says is true.


def test_every_operation_has_a_row_of_its_own():
    assert list(OPERATIONS) == [row.name for row in OPERATIONS.values()]
    assert [row.name for row in FUNCTIONS] == ["exp", "expm1", "log", "log1p", "tanh", "sqrt"]


@every([row for row in OPERATIONS.values() if not row.may_raise])
@given(data=st.data())
def test_what_never_raises_does_not(row, data):
    row.on_floats(*(data.draw(FLOATS) for _ in range(count_of(row))))


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("/", (1.0, 0.0)),
        ("**", (0.0, -1.0)),
        ("exp", (1000.0,)),
        ("expm1", (1000.0,)),
        ("log", (0.0,)),
        ("log1p", (-1.0,)),
        ("sqrt", (-1.0,)),
        ("round", (math.nan,)),
    ],
)
def test_what_may_raise_does_so_somewhere(name, operands):
    assert OPERATIONS[name].may_raise
    with pytest.raises((ArithmeticError, ValueError)):
        OPERATIONS[name].on_floats(*operands)


@every([row for row in OPERATIONS.values() if row.tightness != COMPARISON])
@given(data=st.data())
def test_a_result_is_a_float_where_that_is_certain(row, data):
    operands = [data.draw(NUMBERS) for _ in range(count_of(row))]
    result = result_of(row, operands)
    if row.is_float(type(operand) is float for operand in operands) and result is not None:
        assert type(result) is float


@pytest.mark.parametrize(("name", "operands"), [("+", (1, 2)), ("negate", (1,)), ("largest", (2.0, 3)), ("**", (2, 3))])
def test_a_result_may_be_an_int_where_a_float_is_not_certain(name, operands):
    row = OPERATIONS[name]
    assert not row.is_float(type(operand) is float for operand in operands)
    assert type(row.on_floats(*operands)) is int


@every([row for row in OPERATIONS.values() if row.never_negative_zero])
@given(x=NUMBERS)
@example(x=-0.0)
@example(x=-1000.0)
def test_what_is_never_minus_zero_is_not(row, x):
    assert repr(result_of(row, [x])) != "-0.0"


@every([row for row in OPERATIONS.values() if row.hides_zero_sign])
@given(other=FLOATS)
def test_what_hides_the_sign_of_a_zero_gives_the_same_for_both(row, other):
    for place in row.hides_zero_sign:
        results = []
        for zero in (0.0, -0.0):
            operands = [other] * count_of(row)
            operands[place] = zero
            results.append(repr(result_of(row, operands)))
        assert results[0] == results[1]


@every(FUNCTIONS)
def test_a_function_says_what_it_is_and_has_a_value_for_each_kind(row):
    assert row.doc.endswith(".")
    assert row.on_complex is not None
    assert row.on_decimals is not None
    assert getattr(neuronet.scalar, row.name).__doc__ == row.doc
    assert getattr(neuronet.scalar, row.name).__name__ == row.name


def test_a_function_without_a_value_for_a_kind_refuses_it():
    row = Operation("sin", math.sin)
    assert row.of(1) == math.sin(1)
    for number in (1j, Decimal(1), Fraction(1)):
        with pytest.raises(NumberError, match=r"^sin\(.*with a method sin\(\)"):
            row.of(number)


# One row is all that a new function needs. A copy of the package gets a row for `sin`, and is imported in its place.

ROW = """\
    Operation("sin", math.sin, cmath.sin, None,
              lambda x, value, slope: (1 - 2 * OPERATIONS["sin"].of(x / 2) ** 2) * slope,
              "The sine of `x`. Raises ValueError for infinity.", latex=r"\\sin"),
"""
"""cos(x) is 1 - 2 sin(x / 2) ** 2, for every kind of number."""


@pytest.fixture(scope="module")
def with_sin(tmp_path_factory):
    """Imports from a copy of the package whose table of operations has a row for sin."""
    folder = tmp_path_factory.mktemp("with_sin")
    package = shutil.copytree(Path(neuronet.__file__).parent, folder / "neuronet")
    table = package / "numbers" / "operations.py"
    text = table.read_text(encoding="utf-8")
    head, mark, tail = text.partition("    # Functions of one number.\n")
    table.write_text(head + mark + ROW + tail, encoding="utf-8")
    ours = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "neuronet"}
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == "neuronet"]:
            del sys.modules[name]
        sys.modules.update(ours)


@pytest.fixture
def network(with_sin):
    """A network whose activation is the sine."""
    sin = with_sin("neuronet.scalar").sin
    copied = with_sin("neuronet")
    wave = copied.Activation("wave", lambda net: sin(net) * 1, lambda net, output: 1 - 2 * sin(net / 2) ** 2)
    return copied.Network(2, 3, 1, activation=wave, seed=1)


def test_the_copy_is_not_the_package_itself(with_sin):
    assert with_sin("neuronet").__file__ != neuronet.__file__
    assert not hasattr(neuronet.scalar, "sin")


@pytest.mark.parametrize("x", [0.5, -2.0, 3])
def test_sin_of_floats_ints_and_complex_numbers(with_sin, x):
    scalar = with_sin("neuronet.scalar")
    assert scalar.sin(x) == math.sin(x)
    assert scalar.sin(x + 1j) == cmath.sin(x + 1j)
    assert scalar.sin.__doc__ == "The sine of `x`. Raises ValueError for infinity."
    for number in (Decimal(1), Fraction(1)):
        with pytest.raises(with_sin("neuronet.errors").NumberError, match="sin"):
            scalar.sin(number)


@pytest.mark.parametrize("x", [0.5, -2.0, 3.0])
def test_sin_of_duals(with_sin, x):
    scalar, dual = with_sin("neuronet.scalar"), with_sin("neuronet.numbers.dual")
    assert dual.derivative(scalar.sin, x) == pytest.approx(math.cos(x), rel=1e-14)
    assert dual.derivative(lambda y: dual.derivative(scalar.sin, y), x) == pytest.approx(-math.sin(x), rel=1e-14)
    assert dual.Dual(x, 2).sin().real == math.sin(x)


def test_sin_is_recorded_simplified_printed_and_run(network):
    assert "        h1_output = sin(h1_net)\n" in network.unrolled("steps").source
    rows = [[0.25, -1.0], [3.0, 0.5]]
    assert network.predict_all(rows, engine="unrolled") == network.predict_all(rows, engine="walk")
    twins = [network.copy(), network.copy()]
    for twin, engine in zip(twins, ("walk", "unrolled")):
        twin.train(rows, [[0.5], [0.25]], epochs=20, learning_rate=0.5, seed=1, engine=engine)
    assert twins[0].weights == twins[1].weights != network.weights
    assert network.train(rows * 600, [[0.5], [0.25]] * 600, epochs=2, learning_rate=0.5).engine == "unrolled"


def test_sin_is_checked_by_every_kind_of_number(with_sin, network):
    for method in ("complex", "dual", "central"):
        assert with_sin("neuronet").check_gradients(network, [[0.25, -1.0]], [[0.5]], method=method).ok


def test_sin_is_explained(with_sin, network):
    sheet = with_sin("neuronet").explain(network, [0.25, -1.0], [0.5], 0.5)
    assert "= sin(net(h1)) * 1" in str(sheet)
    assert r"\sin\left(\text{net}_{\text{h1}}\right)" in sheet.render("latex")
    names = with_sin("neuronet.stepping.formula").NAMESPACE
    for step in network.steps([0.25, -1.0], [0.5], 0.5):
        assert eval(step.numbers, dict(names)) == step.value  # noqa: S307 -- of our own making
