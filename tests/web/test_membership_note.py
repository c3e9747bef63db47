"""What membership offers: read once by the people of a winner that is no member, and put away for good."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from awards.extensions import db
from awards.models import Publication
from tests.web import world
from tests.web.office import well
from tests.web.signing import send
from tests.web.test_consents import Owned

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

OFFER = "Members exchange practice all year"


def page_of(owned: Owned) -> str:
    return owned.page.removesuffix("published")


def test_a_winner_that_is_no_member_reads_it_until_one_of_its_people_puts_it_away(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    owned = Owned(site)
    page = page_of(owned)

    before = [well(owned.nora.get(page)) for _ in range(2)]
    put_away = [send(owned.nora, f"{page}membership", {}, page=page).status_code for _ in range(2)]

    assert all(OFFER in it for it in before)
    assert put_away == [303, 303]
    assert OFFER not in well(owned.nora.get(page))


def test_a_member_does_not_read_it(site: Flask, at_noon: time_machine.Traveller) -> None:
    owned = Owned(site, member=True)

    assert OFFER not in well(owned.nora.get(page_of(owned)))


def test_whoever_has_not_won_or_not_yet_does_not_read_it(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    owned = Owned(site)
    with site.app_context():
        db.session.execute(update(Publication).values(visible_from=world.NOW + timedelta(days=1)))
        db.session.commit()

    assert OFFER not in well(owned.nora.get(page_of(owned)))
