"""Text that nobody wrote: cut off, nested, too long, in another encoding; one error of our own, and never another."""

import json
import os

import pytest
from documents import PLACES, a_document, a_network, a_text, at, refusal, replaced

import neuronet.store
from neuronet import Network
from neuronet.errors import FormatError, NeuronetError
from neuronet.store.document import Own as OwnFunctions
from neuronet.store.json_text import from_document
from neuronet.store.reader import Reader

# Hostile documents: one error of our own that names the place, never another.


def test_one_key_twice_among_200000_is_found_in_bounded_time():
    keys = [f'"{position}": 0' for position in range(200_000)]
    assert "expected the key 'format'" in refusal("{" + ", ".join([*keys, keys[-1]]) + "}")


@pytest.mark.parametrize("literal", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 400, "9" * 5000])
@pytest.mark.parametrize("key", ["weights", "initial_weights"])
def test_a_number_that_no_float_can_hold_is_refused_by_its_place(key, literal):
    text = json.dumps(replaced(a_document(), ("synapses", key, 4), "MARK")).replace('"MARK"', literal)
    assert refusal(text).startswith(f"synapses.{key}[4]: expected a ")


def test_a_weight_of_a_million_digits_is_read_in_bounded_time():
    text = json.dumps(replaced(a_document(), ("synapses", "weights", 0), "MARK"))
    network = Network.from_json(text.replace('"MARK"', "0." + "3" * 1_000_000))
    assert network.weights[0] == 1 / 3


@pytest.mark.parametrize("depth", [10, 900, 5_000, 20_000, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_deep_nesting_is_refused_wherever_it_stands(brackets, depth):
    opening, closing = brackets
    deep = opening * depth + "0" + closing * depth
    assert refusal(deep)
    for path in [
        ("version",),
        ("loss",),
        ("layers",),
        ("layers", 1),
        ("layers", 1, "activation"),
        ("layers", 1, "neurons", 0),
        ("layers", 1, "bias"),
        ("synapses", "weights", 3),
        ("synapses", "sources", 3),
        ("synapses", "optimizer_state"),
        ("synapses", "optimizer_state", "mean", 3),
        ("optimizer",),
        ("optimizer", "beta1"),
        ("training", "schedule", "every"),
        ("training", "order", "words"),
    ]:
        message = refusal(json.dumps(replaced(a_document(), path, "MARK")).replace('"MARK"', deep))
        assert len(message) < 300


@pytest.mark.parametrize("nest", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["lists", "objects"])
def test_what_is_nested_deeper_than_python_can_print_is_refused_wherever_it_stands(nest):
    deep = 0
    for _ in range(100_000):
        deep = nest(deep)
    for path in PLACES[1:]:
        document = a_document()
        at(document, path[:-1])[path[-1]] = deep
        with pytest.raises(FormatError, match=rf"^{path[0]}\b"):
            from_document(Network, document, Reader(), OwnFunctions())
    with pytest.raises(FormatError, match=r"^document: "):
        from_document(Network, deep, Reader(), OwnFunctions())


def test_nesting_that_is_never_closed_is_refused():
    assert refusal("[" * 100_000).startswith("document: ")
    assert refusal('{"a":' * 100_000).startswith("document: ")


def test_a_document_cut_off_at_any_byte_is_refused():
    short, long = Network(2, 3, 1, seed=1).to_json().encode(), a_network().to_json().encode()
    for text, step in ((short, 1), (long, 17)):
        for length in range(0, len(text.rstrip()), step):
            assert refusal(text[:length]).startswith("document: expected JSON, got something else: ")


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "null", "0", '"text"', "[]", "true", "{", "}", "nul", "'x'", "{}{}", "\x00"]
)
def test_text_that_is_no_document_is_refused(text):
    assert refusal(text).startswith("document: expected ")
    assert refusal(text.encode()).startswith("document: expected ")


def test_text_after_the_document_is_refused():
    assert refusal(a_network().to_json() + "{}").startswith("document: expected JSON")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_bytes_that_are_not_plain_utf_8_are_refused(encoding):
    assert refusal(a_network().to_json().encode(encoding)).startswith("document: expected JSON, got something else: ")


def test_a_byte_order_mark_is_refused_in_text_too():
    assert "BOM" in refusal("\ufeff" + a_network().to_json())


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\x80"])
def test_a_name_that_is_not_utf_8_is_refused(wrong):
    text = a_network().to_json().encode().replace(b"hidden", wrong)
    assert "utf-8" in refusal(text)


@pytest.mark.parametrize("text", [None, 5, 10**12, [], {}, object()])
def test_what_is_no_text_at_all_is_refused(text):
    with pytest.raises(FormatError, match=r"^document: expected JSON"):
        Network.from_json(text)


def test_lone_surrogates_in_a_wrong_name_do_not_break_the_message():
    document = a_document()
    document["layers"][1]["activation"] = "\ud800"
    refusal(document).encode()


def test_a_refused_document_is_a_neuronet_error_and_a_value_error():
    with pytest.raises(NeuronetError):
        Network.from_json("")
    with pytest.raises(ValueError, match="document"):
        Network.from_json("")


# More than a network can have.


def test_more_lists_than_a_document_can_have_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(neuronet.store.json_text, "MOST_LISTS", 99)
    monkeypatch.setattr(json, "loads", None)
    for text in ("[" * 100, b"{[" * 50):
        assert refusal(text) == "document: expected at most 99 lists and objects, got 100 opening brackets"


def test_a_text_that_is_too_large_is_neither_written_nor_read(tmp_path, monkeypatch):
    text = a_text()
    monkeypatch.setattr(neuronet.store.disk, "MOST_BYTES", len(text) - 1)
    assert refusal(text) == f"document: expected at most {len(text) - 1} bytes, got {len(text)}"
    with pytest.raises(FormatError, match=r"^document: expected at most \d+ bytes, which can be loaded, got \d+$"):
        a_network().save(tmp_path / "network.json")
    assert os.listdir(tmp_path) == []
