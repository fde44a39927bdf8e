"""Files are whole and the user's own; folders too."""

import contextlib
import errno
import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from plnd.errors import StorageError
from plnd.system import paths
from plnd.system.files import Home, cannot_write, home, set_aside, write_atomic


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@contextlib.contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """The system lets no file of this process grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_home_is_private(home: Home) -> None:
    os.umask(0o022)
    home.make()
    assert home.root is not None
    for folder in (home.root, home.state, home.data, home.host):
        assert mode(folder) == 0o700


def test_everything_lies_below_plnd_home(home: Home, tmp_path: Path) -> None:
    assert home.root == tmp_path / "home"
    assert {home.state.parent, home.data.parent, home.host.parent} == {home.root}


@pytest.mark.parametrize("xdg", [False, True])
def test_without_plnd_home_the_folders_of_the_platform_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, xdg: bool
) -> None:
    """The two lines that replace platformdirs on Linux give the same folders."""
    import platformdirs

    monkeypatch.delenv("PLND_HOME")
    if xdg:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "b"))
    found = home()
    assert str(found.state) == platformdirs.user_state_dir("plnd", False)
    assert str(found.data) == platformdirs.user_data_dir("plnd", False)
    assert found.host == found.data / "host"
    assert found.root is None


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLND_HOME", "here")
    assert paths.place().root == str(tmp_path / "here")


def test_a_home_that_cannot_be_made_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Below a file no folder can be made, not even by root."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLND_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StorageError) as caught:
        home().make()
    assert str(tmp_path / "file") in caught.value.message
    assert "PLND_HOME" in caught.value.hint


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    os.umask(0)
    write_atomic(path, b"first")
    write_atomic(path, b"second")
    assert path.read_bytes() == b"second"
    assert mode(path) == 0o600
    assert os.listdir(tmp_path) == ["file"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomic(path, b"what was there")
    with no_file_over(1000), pytest.raises(StorageError) as caught:
        write_atomic(path, b"x" * 5000)
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == b"what was there"
    assert os.listdir(tmp_path) == ["file"], "the half-written file takes up the full disk's space"
    write_atomic(path, b"y" * 5000)
    assert path.read_bytes() == b"y" * 5000


def test_a_full_disk_has_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems report it only at fsync."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_atomic(tmp_path / "file", b"what was there")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        write_atomic(tmp_path / "file", b"new")
    assert caught.value.code == "disk_full"
    assert (tmp_path / "file").read_bytes() == b"what was there"


def test_set_aside_never_overwrites(tmp_path: Path) -> None:
    """Twice in one second gives two names."""
    path = tmp_path / "file"
    moved = []
    for content in ("one", "two", "three"):
        path.write_text(content)
        moved.append(set_aside(path))
    assert [one.read_text() for one in moved] == ["one", "two", "three"]
    assert not path.exists()


def test_the_error_of_a_copied_folder_has_the_systems_message() -> None:
    """Copying a folder collects several errors, and its own error has no number and no message."""
    for error, said in (
        (shutil.Error([("a", "b", "[Errno 13] Permission denied: 'b'")]), "Permission denied"),
        (shutil.Error("it is the same file"), "it is the same file"),
        (shutil.Error([]), "it failed"),
        (OSError("no number"), "no number"),
        (OSError(), "OSError"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), "Input/output error"),
    ):
        found = cannot_write(Path("/x"), error)
        assert said in found.message
        assert "None" not in found.message
        assert found.code == "storage"
    full = shutil.Error([("a", "b", str(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))])
    for error in (full, OSError(errno.ENOSPC, "x"), OSError(errno.EDQUOT, "x")):
        assert cannot_write(Path("/x"), error).code == "disk_full"
