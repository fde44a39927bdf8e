"""The colours of the dashboard and of the extension's pages: the same names, the same values."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "plnd/dashboard/src/look/tokens.css"
EXTENSION = ROOT / "extension/look.css"
OWN = {"--soft"}
"""Text that stands back differs a little between the page and the small popup."""


def tokens(path: Path, scheme: str) -> dict[str, str]:
    """The custom properties of a style sheet's `:root` for a colour scheme."""
    light, dark = path.read_text().split("@media (prefers-color-scheme: dark)", 1)
    block = light if scheme == "light" else dark.split("\n}\n", 1)[0]
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", block))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_extension_has_the_colours_of_the_dashboard(scheme: str) -> None:
    dashboard, extension = (tokens(path, scheme) for path in (DASHBOARD, EXTENSION))
    assert len(extension) >= 10
    assert {name: dashboard.get(name) for name in extension if name not in OWN} == {
        name: value for name, value in extension.items() if name not in OWN
    }
    assert dashboard.keys() & extension.keys() >= OWN
