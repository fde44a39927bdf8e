"""The dashboard's files: which are served, and how."""

import re
from pathlib import Path

import pytest
from kit import Api

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
