"""A link of the chain that breaks under a running browser is named where a person looks."""

from collections.abc import Callable

import pytest
from support.browsers import Browser

pytestmark = pytest.mark.browser


def test_the_popup_names_the_broken_link_and_nothing_when_all_is_well(
    start: Callable[..., Browser],
) -> None:
    """The host's manifest is gone and the host dies: what to do stands in the popup."""
    browser = start("x")
    popup = browser.page(f"chrome-extension://{browser.id}/popup/popup.html")
    popup.wait_for_selector("#today:not([hidden])")
    assert popup.is_hidden("#warning")
    (browser.profile / "NativeMessagingHosts" / "org.plnd.host.json").unlink()
    browser.host().kill()
    popup.reload()
    popup.wait_for_selector("#warning:not([hidden])")
    assert "Run “plnd install” in a terminal" in popup.inner_text("#warning")
