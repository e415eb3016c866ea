"""`check_function`: the gradient of a function of the caller's own."""

import math

import pytest
from gradcheck_cases import EVERY_METHOD, reasons

from neuronet import (
    check_function,
)
from neuronet.errors import DataError, UnknownNameError


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def rosenbrock_gradient(x):
    return [-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)]


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_right_gradient_of_a_function_passes_and_a_wrong_one_fails(method):
    assert check_function(rosenbrock, rosenbrock_gradient, [0.5, -0.75], method=method).ok
    wrong = check_function(rosenbrock, lambda x: rosenbrock_gradient(x)[::-1], [0.5, -0.75], method=method)
    assert [entry.name for entry in wrong.failures] == ["x[0]", "x[1]"] or [entry.name for entry in wrong.failures] == [
        "x[1]",
        "x[0]",
    ]


def test_a_function_gets_a_list_of_its_own_and_x_stays_as_it_was():
    def spending(x):
        value = x[0] * x[1]
        x.clear()
        return value

    x = [3.0, 4.0]
    assert check_function(spending, lambda x: (x[1], x[0]), x).ok
    assert x == [3.0, 4.0]


@pytest.mark.parametrize("given", [lambda x: (x[1], x[0]), lambda x: iter([x[1], x[0]])])
def test_a_gradient_may_be_any_row_of_numbers(given):
    assert check_function(lambda x: x[0] * x[1], given, [3, 4]).ok


def test_a_function_of_one_number_may_return_its_slope_alone():
    assert check_function(lambda x: x[0] ** 3, lambda x: 3 * x[0] ** 2, [2]).ok


def test_a_function_of_the_math_module_falls_back_to_central():
    report = check_function(lambda x: math.sin(x[0]), lambda x: [math.cos(x[0])], [0.5])
    assert report.ok
    assert len(report.notes) == 1
    assert report.notes[0].endswith("central is used instead")
    assert check_function(lambda x: math.sin(x[0]), lambda x: [math.sin(x[0])], [0.5]).status == "fail"


def test_a_gradient_that_remembers_fails_at_the_second_call():
    calls = []
    report = check_function(lambda x: x[0], lambda x: calls.append(1) or [float(len(calls))], [1.0])
    assert reasons(report) == {"second call"}


@pytest.mark.parametrize(
    ("function", "gradient", "x", "message"),
    [
        (rosenbrock, rosenbrock_gradient, 5, "x: expected a row of 1 number, got 5"),
        (rosenbrock, rosenbrock_gradient, [], "gradient"),
        (rosenbrock, rosenbrock_gradient, [1, "2"], "x[1]: expected a number, got '2'"),
        (rosenbrock, rosenbrock_gradient, [1, math.inf], "x[1]: expected a finite number, got inf"),
        (rosenbrock, lambda x: [1], [1, 2], "gradient: expected 2 numbers, one for each of x, got 1"),
        (rosenbrock, lambda x: [1, None], [1, 2], "gradient[1]: expected a real number, got None"),
        (rosenbrock, lambda x: [1, 2j], [1, 2], "gradient[1]: expected a real number, got 2j"),
        (rosenbrock, lambda x: "12", [1, 2], "gradient: expected 2 numbers, one for each of x, got 1"),
        (lambda x: None, rosenbrock_gradient, [1, 2], "function: expected it to return a number, got None"),
        (lambda x: "1", rosenbrock_gradient, [1, 2], "function: expected it to return a number, got '1'"),
        (5, rosenbrock_gradient, [1, 2], "function: expected a function of a list, got 5"),
        (rosenbrock, [1, 2], [1, 2], "gradient: expected a function of a list, got [1, 2]"),
    ],
)
def test_what_is_no_function_gradient_or_list_is_refused(function, gradient, x, message):
    with pytest.raises((DataError, IndexError)) as caught:
        check_function(function, gradient, x)
    if x != []:
        assert str(caught.value) == message


@pytest.mark.parametrize("error", [ValueError, TypeError, ZeroDivisionError, KeyError, AttributeError])
@pytest.mark.parametrize("broken", ["function", "gradient"])
@pytest.mark.parametrize("method", ["complex", "dual", "central", "exact"])
def test_an_error_of_the_caller_passes_through_unharmed(error, broken, method):
    raised = error("of my own")

    def fail(x):
        raise raised

    with pytest.raises(error) as caught:
        check_function(
            fail if broken == "function" else rosenbrock,
            fail if broken == "gradient" else rosenbrock_gradient,
            [1, 2],
            method=method,
        )
    assert caught.value is raised


def test_a_method_that_cannot_run_on_a_function_says_so():
    with pytest.raises(DataError, match="method: 'exact' cannot run on this function: a number became a float"):
        check_function(lambda x: 0.5 * x[0], lambda x: [0.5], [1], method="exact")
    with pytest.raises(UnknownNameError, match="method: unknown 'magic'"):
        check_function(rosenbrock, rosenbrock_gradient, [1, 2], method="magic")
