"""The public's own prize on pages: who is told how many voted, the chair's order, what the count page says."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from awards.models import Role
from tests.awards.play import KEY
from tests.web.office import well
from tests.web.public_prize import TABLE, VOTE, Fair
from tests.web.signing import person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HEADING = "The public's vote: People's prize"


def test_while_the_public_votes_organisers_alone_are_told_how_many_did(app: Flask) -> None:
    fair = Fair(app, "SV-2", "SV-3")
    with app.app_context():
        person("auditor@desk.example", Role.AUDITOR, edition=fair.again().edition)

    told = fair.page("organiser", VOTE)
    assert HEADING in told
    assert "3 of 4 electors have cast a ballot." in told
    for name in ("teller", "auditor"):
        assert HEADING not in fair.page(name, VOTE)
    assert "beside the vote, among the same finalists" in well(app.test_client().get(f"/en/{KEY}/rules"))


def test_the_chair_orders_who_is_level_with_the_public_and_the_count_page_keeps_both_votes_apart(
    app: Flask,
) -> None:
    fair = Fair(app, "SV-1", "SV-3")
    fair.counted()

    assert f"{TABLE}/services/public/order" in fair.page("chair", f"{TABLE}/results")
    assert fair.order("", "", seen="1") == 422
    assert "SV-1" in fair.page("chair", f"{TABLE}/services/public/order")
    assert fair.order("1", "2") == 303
    assert fair.order("1", "2", seen="1") == 409
    sheet = fair.page("chair", f"{TABLE}/services/result")
    assert (HEADING in sheet, "2 ballots of the public were cast." in sheet) == (True, True)
    assert "by the public" in fair.page("chair", f"{TABLE}/acts/sign-winners")
    assert fair.at("chair").get(f"/en{TABLE}/minutes.pdf").status_code == 200
    visitor = app.test_client()
    assert visitor.get(f"/en/{KEY}/method").status_code == 404

    fair.released()
    told = unescape(well(visitor.get(f"/en/{KEY}/method")))
    assert told.count("Best prize</span>") == told.count("People's prize</span>") == 1
    assert "2 ballots of the public were cast. It decided this prize and no other." in told
    won = unescape(well(visitor.get(f"/en/{KEY}/winners")))
    assert won.index("Best prize") < won.index("People's prize")
