"""The dashboard's files: which are served, and how."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.harness import Api
from yarl import URL

from plnd.system.resources import dashboard_dir
from plnd.web import files

POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"


async def test_all_that_the_page_names_is_served_under_one_policy(api: Api) -> None:
    async with api.session.get(f"{api.url}/") as response:
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["Cache-Control"] == "no-store"
        page = await response.text()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {Path(one).suffix for one in named} == {".js", ".css", ".svg"}
    for path in named:
        async with api.session.get(api.url + path) as response:
            assert response.status == 200
            assert response.headers["Content-Encoding"] == "gzip"
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["Content-Security-Policy"] == POLICY


async def test_who_cannot_unpack_gets_it_plain(api: Api) -> None:
    async with api.session.get(f"{api.url}/", headers={"Accept-Encoding": "br"}) as response:
        assert "Content-Encoding" not in response.headers
        assert (await response.text()).startswith("<!doctype html>")


async def test_the_page_has_no_script_and_no_style_of_its_own(api: Api) -> None:
    """Nothing that the policy would have to make an exception for."""
    async with api.session.get(f"{api.url}/") as response:
        page = await response.text()
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", page)


async def test_without_a_build_it_says_so(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "dashboard_dir", lambda: tmp_path / "nowhere")
    async with api.session.get(f"{api.url}/") as response:
        assert response.status == 404
        error = (await response.json())["error"]
    assert error["code"] == "not_built"
    assert "scripts/run" in error["hint"]


NAMES = ["a" * 300, "a" * 7000 + ".js", ".", "..", "%00.js", "%2e%2e%2findex.html", "%5c..%5cx.js"]
NAMES += ["x%0a.js", "%ff%fe.css", "%ud800.js", "con.js", "~", "*.js", "[a].js", "index.html"]


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_is_looked_up_and_never_asked_for(
    api: Api, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a key: such a path is not found, and nothing is logged."""
    async with api.session.get(URL(f"{api.url}/assets/{name}", encoded=True)) as response:
        assert response.status == 404
    assert not caplog.records


@given(st.text(alphabet=st.characters(), max_size=40) | st.text("a/.\0\\~%", max_size=600))
def test_only_what_the_folder_lists_is_found(name: str) -> None:
    folder = dashboard_dir()
    listed = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for asked in (name, f"assets/{name}", f"assets/{name}.js", f"{folder}/{name}"):
        assert (files.find_file(asked) is None) == (asked not in listed)


def test_every_file_of_the_page_is_found_and_a_new_build_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "dashboard_dir", lambda: tmp_path)
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("one")
    (tmp_path / "secret.txt").write_text("no")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x.js").write_text("no")
    assert files.find_file("assets/page.js") is None
    (tmp_path / "assets" / "page.js").write_text("two")
    for name, content in (("index.html", b"one"), ("assets/page.js", b"two")):
        assert (found := files.find_file(name)) is not None
        assert found.content == content
    assert files.find_file("secret.txt") is files.find_file("deep/x.js") is None
    (tmp_path / "assets" / "page.js").unlink()
    assert files.find_file("assets/page.js") is None
