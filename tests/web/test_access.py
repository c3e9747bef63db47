"""Every endpoint says who may use it, and nothing but an unsafe request changes anything."""

import pytest
from flask import Flask

from awards.web import access
from tests.web.conftest import Walk

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@ON_SQLITE
def test_every_endpoint_declares_its_audience(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert {name for name in endpoints if access.audience_of(app, name) is None} == set()


@ON_SQLITE
def test_an_endpoint_without_audience_keeps_the_application_from_starting(app: Flask) -> None:
    app.add_url_rule("/undeclared", "undeclared", lambda: "")

    with pytest.raises(access.AudienceMissing, match="undeclared"):
        access.init_app(app)


@ON_SQLITE
def test_only_the_holder_of_a_link_has_pages_that_are_not_for_everybody(app: Flask) -> None:
    private = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if access.audience_of(app, rule.endpoint) is access.Audience.LINK_HOLDER
    }

    assert private == {
        "links.show", "links.done", "invitation.show", "delegation.show", "delegation.dispute", "voting.link",
        "embargo.show", "embargo.act", "embargo.take",
    }  # fmt: skip


@ON_SQLITE
def test_getting_a_page_writes_nothing(walk: Walk) -> None:
    assert walk.written == []
    assert len(walk.answers) > 60


@ON_SQLITE
def test_public_pages_set_no_cookie(walk: Walk) -> None:
    assert [address for address, answer in walk.answers.items() if "Set-Cookie" in answer.headers] == []
