"""Who may read and write a file."""

from pathlib import Path

import pytest

from plnd.system import permissions


@pytest.mark.parametrize(
    ("mode", "is_open", "closed"),
    [(0o600, False, 0o600), (0o700, False, 0o700), (0o644, True, 0o600), (0o751, True, 0o700)],
)
def test_rights_of_others_are_found_and_removed(
    tmp_path: Path, mode: int, is_open: bool, closed: int
) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(mode)
    assert permissions.is_open_to_others(path) == is_open
    permissions.close_to_others(path)
    assert path.stat().st_mode & 0o777 == closed
    assert not permissions.is_open_to_others(path)


def test_a_link_has_no_rights_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "link"
    path.symlink_to(tmp_path)
    assert not permissions.is_open_to_others(path)
    with pytest.raises(FileNotFoundError):
        permissions.is_open_to_others(tmp_path / "nothing")


@pytest.mark.parametrize(("mode", "may"), [(0o700, True), (0o500, False), (0o600, False)])
def test_an_owner_needs_two_rights_to_create_files(tmp_path: Path, mode: int, may: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    assert permissions.owner_may_write(folder) == may
    folder.chmod(0o700)
    assert not permissions.is_on_read_only_disk(folder)
