"""Addresses that nobody types: no page, and no fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.web.bench import BASE, Bench


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_address_that_the_database_does_not_take_is_no_page(app: Flask, at_noon: Any) -> None:
    kim = Bench(app).kim

    for page in ("", "/versions", "/reopen", "/hand-back", "/interest"):
        assert kim.get(f"{BASE}n/OC-01%00{page}").status_code == 404
