"""Columns for the tests of encoding."""

import pytest
from hypothesis import strategies as st

from neuronet.data.table import Column
from neuronet.errors import DataError

FINITE = st.floats(allow_nan=False, allow_infinity=False)
CALM = st.floats(-1e6, 1e6)


def numbers(values, name="x"):
    return Column(name, "number", values)


def texts(values, name="x"):
    return Column(name, "category", values)


def refusal(function, *arguments, kind=DataError, **settings):
    """The whole message of what is refused."""
    with pytest.raises(kind) as caught:
        function(*arguments, **settings)
    assert type(caught.value) is kind
    return str(caught.value)
