"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data folder beside the checkout (or KG_SHARED). Skipped where it is missing; in CI that is a failure."""
    folder = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "gold" / "score.py").exists():
        if in_ci():
            pytest.fail(f"CI must have the data folder {folder}")
        pytest.skip(f"no data folder at {folder}; set KG_SHARED")
    return folder
