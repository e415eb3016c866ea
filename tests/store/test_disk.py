"""A file is there whole or not at all, and an error names it."""

import errno
import os
import stat
import sys
from fractions import Fraction

import pytest
from documents import a_network

import neuronet.store
from neuronet import Network
from neuronet.errors import FormatError
from neuronet.store.disk import write_file


def test_a_saved_file_holds_the_text(tmp_path):
    a_network().save(tmp_path / "network.json")
    assert (tmp_path / "network.json").read_bytes() == a_network().to_json().encode("ascii")


@pytest.mark.parametrize("path", [str, lambda path: path])
def test_a_path_may_be_text_or_a_path(path, tmp_path):
    a_network().save(path(tmp_path / "network.json"))
    assert Network.load(path(tmp_path / "network.json")).to_json() == a_network().to_json()


def test_a_path_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a_network().save("network.json")
    assert Network.load("network.json").to_json() == a_network().to_json()


def fail_with_full_disk(*arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(step, tmp_path, monkeypatch):
    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(neuronet.store.disk.os, step, fail_with_full_disk)
    with pytest.raises(OSError, match="No space left on device") as caught:
        a_network().save(path)
    assert caught.value.filename == str(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["network.json"]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(neuronet.store.disk.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        a_network().save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["network.json"]


def test_a_network_that_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(FormatError):
        Network(2, 1, weights="zeros", kind=Fraction).save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["network.json"]


def test_a_missing_folder_is_an_error_that_names_the_path(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        a_network().save(tmp_path / "missing" / "network.json")
    assert caught.value.filename == str(tmp_path / "missing" / "network.json")


def test_a_folder_is_not_overwritten(tmp_path):
    with pytest.raises(IsADirectoryError):
        a_network().save(tmp_path)
    assert os.listdir(tmp_path) == []


def test_saving_through_a_link_writes_what_it_points_to(tmp_path):
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    a_network().save(link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == a_network().to_json()


def test_a_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "network.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    a_network().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        a_network().save(tmp_path / "network.json")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "network.json").stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        a_network().save(path)
        assert os.read(reader, 100_000).decode() == a_network().to_json()
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_missing_file_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing.json")


def test_an_error_in_a_file_names_the_file_and_the_place(tmp_path):
    path = tmp_path / "network.json"
    path.write_text(a_network().to_json().replace("tanh", "tahn"), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: layers[1].activation: unknown 'tahn'; known: sigmoid, ")


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    path = tmp_path / "network.json"
    a_network().save(path)
    size = path.stat().st_size
    monkeypatch.setattr(neuronet.store.disk, "MOST_BYTES", size)
    assert Network.load(path).to_json() == a_network().to_json()
    monkeypatch.setattr(neuronet.store.disk, "MOST_BYTES", size - 1)
    with pytest.raises(FormatError, match=f"expected at most {size - 1} bytes, got more$"):
        Network.load(path)


def test_a_path_may_be_of_bytes(tmp_path):
    path = os.fsencode(tmp_path / "x.json")
    network = Network(2, 1, seed=1)
    network.save(path)
    assert Network.load(path).weights == network.weights


def test_an_error_names_the_path_alone(tmp_path):
    path = str(tmp_path / "nowhere" / "x.json")
    with pytest.raises(FileNotFoundError) as caught:
        Network(2, 1).save(path)
    assert str(caught.value) == f"[Errno 2] No such file or directory: {path!r}"


def test_a_file_that_may_not_be_written_is_not_replaced_by_whoever_asks(tmp_path, monkeypatch):
    path = tmp_path / "x.svg"
    path.write_text("old")
    monkeypatch.setattr("os.access", lambda name, mode: False)
    with pytest.raises(PermissionError, match=r"x\.svg"):
        write_file("new", path)
    assert path.read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="has other permissions")
def test_all_permissions_stay(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("old")
    path.chmod(0o2640)
    write_file("new", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o2640


def test_other_names_of_a_file_keep_its_old_content(tmp_path):
    path, other = tmp_path / "x.svg", tmp_path / "y.svg"
    path.write_text("old")
    os.link(path, other)
    write_file("new", path)
    assert (path.read_text(), other.read_text()) == ("new", "old")


def test_a_text_without_bytes_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("old")
    with pytest.raises(FormatError, match=r"x\.svg: expected a text that can be written as UTF-8, got '\\ud800'"):
        write_file("new \ud800", path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["x.svg"]
