"""Headless Chromium for tests that must see a page as a person does."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import in_ci
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@contextmanager
def chromium(profile: Path, *, width: int = 1400, height: int = 900) -> Iterator[Chrome]:
    """A browser with the empty profile folder `profile`; skipped where Chromium is missing, in CI a failure."""
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        (pytest.fail if in_ci() else pytest.skip)("needs Chromium with chromedriver on the PATH")
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    try:
        yield browser
    finally:
        browser.quit()


def _log(browser: Chrome, name: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = browser.get_log(name)  # type: ignore[no-untyped-call]
    return entries


def console_errors(browser: Chrome) -> list[str]:
    """Messages of level SEVERE since the last call: script errors, blocked or failed requests."""
    return [entry["message"] for entry in _log(browser, "browser") if entry["level"] == "SEVERE"]


def requests(browser: Chrome) -> list[str]:
    """Addresses that pages asked for since the last call; those inside the browser left out."""
    messages = [json.loads(entry["message"])["message"] for entry in _log(browser, "performance")]
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith(("data:", "chrome:"))]


def picture(browser: Chrome, name: str) -> None:
    """Save what is on the page as `name` into the folder KG_PICTURES, where one is set: so docs/images is renewed."""
    if folder := os.environ.get("KG_PICTURES"):
        browser.save_screenshot(str(Path(folder, name)))
