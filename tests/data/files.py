"""Files of rows for the tests of reading."""

import io

import pytest

from neuronet.data.reading import read_table
from neuronet.errors import DataError

FLOWERS = "sepal width,petal width,species\n3.5,0.2,setosa\n3.0,1.4,versicolor\n2.7,1.9,virginica\n"


def read(text, **settings):
    return read_table(io.StringIO(text, newline=""), **settings)


def refused(text, kind=DataError, **settings):
    """The message with which a text is refused; the source is called `lines` there."""
    with pytest.raises(kind) as caught:
        read(text, **settings)
    assert type(caught.value) is kind
    return str(caught.value)


def columns(table):
    return {column.name: (column.kind, column.values) for column in table.columns}
