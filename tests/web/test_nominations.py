"""The nominator's pages: from the call to the receipt, and what is said when something isn't possible."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.web import world
from tests.web.drafting import OFFICER, OTHER, begin, said_by
from tests.web.signing import csrf_of, faults_of, person, send, signed_in
from tests.web.test_public import text_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CLOSES = world.NOW.replace(month=5, day=17, hour=14, minute=59)


@pytest.fixture
def officer(site: Flask) -> FlaskClient:
    with site.app_context():
        person(OFFICER, name="Officer Example")
    return signed_in(site, OFFICER)


def home(identifier: str) -> str:
    return f"/en/nominations/{identifier}/"


def asked(*keys: str) -> list[tuple[str, str]]:
    return [("asked", key) for key in keys]


def form_of(client: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    import re

    page = client.get(address).text
    return dict(re.findall(r'<input type="hidden" name="(base|opened|revision)" value="([^"]+)"', page))


def save(client: FlaskClient, address: str, *pairs: tuple[str, str], hidden: dict[str, str] | None = None):
    """Send a section as a browser does, from the form as it was opened."""
    hidden = form_of(client, address) if hidden is None else hidden
    keys = [key for key, _ in pairs if not key.startswith("keep-") and key not in ("stay", "next", "clash")]
    return send(client, address, [*hidden.items(), *asked(*keys), *pairs])


def test_a_nomination_from_the_call_to_the_receipt(site: Flask, officer: FlaskClient) -> None:
    call = officer.get(f"/en/{world.OPEN}/").text
    assert f'href="/en/{world.OPEN}/nominate"' in call

    begun = send(officer, f"/en/{world.OPEN}/nominate", {"category": "open-city", "language": "en"})
    address = begun.headers["Location"]

    page = officer.get(address)
    assert faults_of(page.text) == []
    assert "Draft" in text_of(page.text)
    assert "things are missing before it can be submitted." in text_of(page.text)
