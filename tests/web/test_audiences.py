"""Every address of the application, asked by everybody there is: who is let in, and what the others are told."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.routing.converters import IntegerConverter

from awards import accounts, drafts, editions, passes
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Edition, Grant, Judge, JudgeState, NominationEditor, PassBy, Role, RollEntry
from awards.web import access, door
from awards.web.access import Audience, audience
from tests.web import world
from tests.web.signing import person, signed_in

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VISITOR, NOBODY = "visitor", "nobody"
LEADS_ON = "choose_language"
WRITERS = {"nominator", "co-editor"}
PASS = "elector with a pass"
STRANGERS = {NOBODY, "former co-editor", "nominator of another", "former organiser"}
HERE = {
    "organiser", "screener", "clerk", "judge", "chair", "deputy", "auditor of all", "auditor", "administrator",
    "key holder", "teller",
}  # fmt: skip
ELSEWHERE = {"organiser elsewhere", "screener elsewhere", "auditor elsewhere"}
SIGNED_IN = WRITERS | STRANGERS | HERE | ELSEWHERE

AUDITORS = {"auditor", "auditor of all"}
LET_IN: dict[Audience, set[str]] = {
    Audience.ANYONE: SIGNED_IN | {VISITOR, PASS},
    Audience.VISITOR: SIGNED_IN | {VISITOR, PASS},
    Audience.LINK_HOLDER: SIGNED_IN | {VISITOR, PASS},
    Audience.SIGNED_IN: SIGNED_IN,
    Audience.NOMINATOR: WRITERS,
    Audience.STAFF: {"organiser", "screener", "clerk", "administrator"},
    Audience.ORGANISER: {"organiser"},
    Audience.SCREENER: {"organiser", "screener"},
    Audience.APPOINTER: {"organiser", "administrator"},
    Audience.ADMINISTRATOR: {"administrator"},
    Audience.JUDGE: {"judge"},
    Audience.CLERK: {"clerk"},
    Audience.TABLE: {"organiser", "chair", "deputy"},
    Audience.ADVICE: {"chair", "deputy"},
    Audience.ROOM: {"chair", "deputy", "judge"},
    Audience.POLLS: {"organiser", "teller"},
    Audience.HOLDER: {"key holder"},
    Audience.ELECTOR: {"judge", PASS},
}
"""Who comes in to read and to write, where the address names the edition in which they have their role."""

READ_ONLY = dict.fromkeys(
    (
        Audience.STAFF,
        Audience.ORGANISER,
        Audience.SCREENER,
        Audience.APPOINTER,
        Audience.TABLE,
        Audience.ADVICE,
        Audience.ROOM,
        Audience.POLLS,
    ),
    AUDITORS,
)
"""Who comes in to read only."""

ALSO_IN_ANOTHER_EDITION = {
    "organiser": "organiser elsewhere",
    "screener": "screener elsewhere",
    "auditor": "auditor elsewhere",
}
"""Pages that name no edition are for those with the role in any."""


ALWAYS_IN = {Audience.NOMINATOR: ("<nomination>",), Audience.ELECTOR: ("<edition>",)}
"""Audiences whose addresses always name the same thing."""


class Answer(StrEnum):
    IN = "in"
    SIGN_IN = "sign in first"
    NO_SUCH_PAGE = "no such page"
    NOT_YOURS = "not yours"


def expected(who: str, rule: Rule, asked: Audience, *, reading: bool) -> Answer:
    """What the table says."""
    allowed = LET_IN[asked] | (READ_ONLY.get(asked, set()) if reading else set())
    if asked in access.ROLES and "edition" not in rule.arguments:
        allowed = allowed | {ALSO_IN_ANOTHER_EDITION[it] for it in allowed if it in ALSO_IN_ANOTHER_EDITION}
    if who in allowed:
        return Answer.IN
    if who in (VISITOR, PASS):
        return Answer.SIGN_IN
    hidden = asked in (Audience.NOMINATOR, Audience.ELECTOR) or "edition" in rule.arguments
    return Answer.NO_SUCH_PAGE if hidden else Answer.NOT_YOURS


class World:
    """The site with a browser for everybody, and how the arguments of addresses are filled."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.asked: set[tuple[object, ...]] = set()
        with app.app_context():
            here, there = (editions.find(db.session(), key) for key in (world.OPEN, world.RUNNING))
            self._appoint(here, there)
            self.nomination = self._nominate(here)
        self.browsers: dict[str, FlaskClient] = {VISITOR: app.test_client()} | {
            who: signed_in(app, _email(who)) for who in sorted(SIGNED_IN)
        }
        self.browsers[PASS] = app.test_client()
        self.browsers[PASS].set_cookie("ballot", self._let_in())

    def _let_in(self) -> str:
        """A judge of the edition on the roll, and the token of somebody's pass to vote in it."""
        with self.app.app_context():
            begin_writing()
            here = editions.find(db.session(), world.OPEN)
            judge = db.session.scalars(select(Judge).where(Judge.edition_id == here.id)).one()
            entries = [
                RollEntry(edition_id=here.id, elector="judge", judge_id=judge.id),
                RollEntry(edition_id=here.id, elector="delegate"),
            ]
            db.session.add_all(entries)
            db.session.flush()
            token = passes.admit(db.session(), entries[1], PassBy.LINK, now=world.NOW)
            db.session.commit()
            return token

    def _appoint(self, here: Edition, there: Edition) -> None:
        for who in sorted(SIGNED_IN):
            person(_email(who), name=who.title())
        roles = {
            "organiser": (Role.ORGANISER, here), "screener": (Role.SCREENER, here), "clerk": (Role.CLERK, here),
            "judge": (Role.JUDGE, here), "chair": (Role.CHAIR, here), "deputy": (Role.DEPUTY, here),
            "key holder": (Role.HOLDER, here), "teller": (Role.TELLER, here),
            "former organiser": (Role.ORGANISER, here),
            "auditor": (Role.AUDITOR, here), "auditor of all": (Role.AUDITOR, None),
            "administrator": (Role.ADMINISTRATOR, None),
            "organiser elsewhere": (Role.ORGANISER, there), "screener elsewhere": (Role.SCREENER, there),
            "auditor elsewhere": (Role.AUDITOR, there),
        }  # fmt: skip
        begin_writing()
        for who, (role, edition) in roles.items():
            account = accounts.find(db.session(), _email(who))
            assert account is not None
            actor = Actor(account, account)
            given = accounts.grant(db.session(), account, role, edition=edition, actor=actor, now=world.NOW)
            if role is Role.JUDGE:
                db.session.add(
                    Judge(edition_id=here.id, account=account, state=JudgeState.ACCEPTED, at=world.NOW)
                )
            if who.startswith("former"):
                given.ended_at = world.NOW
        db.session.commit()

    def _nominate(self, edition: Edition) -> str:
        begin_writing()
        people = {who: accounts.find(db.session(), _email(who)) for who in SIGNED_IN}
        found = []
        for who in ("nominator", "nominator of another"):
            account = people[who]
            assert account is not None
            actor = Actor(account, account)
            found.append(
                drafts.start(
                    db.session(), edition, category="open-city", language="en", actor=actor, now=world.NOW
                )
            )
        for who, ended in (("co-editor", None), ("former co-editor", world.NOW)):
            account = people[who]
            assert account is not None
            db.session.add(
                NominationEditor(
                    nomination_id=found[0].id, account_id=account.id, at=world.NOW, ended_at=ended
                )
            )
        db.session.commit()
        return found[0].public_id

    def address(self, rule: Rule) -> str:
        """The address of a rule; what says nothing about who may come in is made up."""
        known = {"language": "en", "edition": world.OPEN, "nomination": self.nomination}
        values = {
            name: known.get(name, 1 if isinstance(rule._converters[name], IntegerConverter) else "x")
            for name in rule.arguments
        }
        built = rule.build(values, append_unknown=False)
        assert built is not None, rule
        return built[1]

    def rules(self) -> Iterator[tuple[Rule, Audience, str]]:
        """Every rule with its audience, once for reading and once for each way of writing."""
        for rule in self.app.url_map.iter_rules():
            asked = access.audience_of(self.app, rule.endpoint)
            assert asked is not None, rule.endpoint
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield rule, asked, method

    def asking(self, rule: Rule) -> dict[str, FlaskClient]:
        """Who asks for a rule: everybody. What is for anyone is asked by everybody once for each kind of address, and
        else by one of each kind of person.
        """
        asked = access.audience_of(self.app, rule.endpoint)
        kind = (rule.endpoint == LEADS_ON, asked, frozenset(rule.arguments))
        if asked not in access.OPEN or kind not in self.asked:
            self.asked.add(kind)
            return self.browsers
        return {who: self.browsers[who] for who in (VISITOR, PASS, "organiser")}

    def looking(self, rule: Rule, asked: Audience) -> dict[str, FlaskClient]:
        """Who looks at the real page: all who are let in to read it, and of the others one of each kind of person."""
        return {
            who: browser
            for who, browser in self.asking(rule).items()
            if who in (VISITOR, PASS, NOBODY, "organiser elsewhere")
            or expected(who, rule, asked, reading=True) is Answer.IN
        }


def _email(who: str) -> str:
    return f"{who.replace(' ', '-')}@people.example"


@pytest.fixture
def everybody(site: Flask) -> World:
    """Everybody, and besides the application's own pages one of each kind of address for every audience."""
    site.config["WTF_CSRF_METHODS"] = frozenset()
    site.config["LAURELS_DEMO"] = True
    for asked in Audience:
        for place in ALWAYS_IN.get(asked, ("<edition>", "all")):
            view = audience(asked)(lambda **_values: "in")
            address = f"/en/probe/{asked.value}/{place}"
            site.add_url_rule(address, address, view, methods=["GET", "POST"])
    return World(site)


def shown(status: int, location: str | None) -> Answer:
    if status == 303 and (location or "").endswith(("/sign-in", "/en/vote/")):
        return Answer.SIGN_IN
    return {404: Answer.NO_SUCH_PAGE, 403: Answer.NOT_YOURS}.get(status, Answer.IN)


def test_every_audience_has_its_line_in_the_table() -> None:
    assert set(LET_IN) == set(Audience)


@ON_SQLITE
def test_every_address_lets_in_whom_its_audience_names_and_nobody_else(everybody: World) -> None:
    """With every view replaced by one that says "in": what is tried is the door alone, for reading and writing."""
    app = everybody.app
    for endpoint in list(app.view_functions):
        asked = access.audience_of(app, endpoint)
        assert asked is not None, endpoint
        app.view_functions[endpoint] = audience(asked)(lambda **_values: "in")

    wrong, tried = [], 0
    for rule, asked, method in everybody.rules():
        address = everybody.address(rule)
        for who, browser in everybody.asking(rule).items():
            answer = browser.open(address, method=method)
            tried += 1
            said = shown(answer.status_code, answer.location)
            table = expected(who, rule, asked, reading=method == "GET")
            if said is not table or (said is Answer.IN and answer.text != "in"):
                wrong.append((method, address, who, said.value, table.value))

    assert wrong == []
    assert tried > 500


@ON_SQLITE
def test_no_page_breaks_for_anybody_and_none_is_shown_to_whom_it_is_not_for(everybody: World) -> None:
    """The real views: whoever isn't let in gets the same answer as for a page that there isn't."""
    wrong = []
    for rule, asked, method in everybody.rules():
        if method != "GET":
            continue
        address = everybody.address(rule)
        for who, browser in everybody.looking(rule, asked).items():
            answer = browser.get(address, buffered=True)
            table = expected(who, rule, asked, reading=True)
            said = shown(answer.status_code, answer.location)
            if answer.status_code >= 500 or (table is not Answer.IN and said is not table):
                wrong.append((address, who, answer.status_code, table.value))

    assert wrong == []


@ON_SQLITE
def test_an_edition_that_there_is_not_and_one_of_others_are_answered_alike(everybody: World) -> None:
    app = everybody.app

    @audience(Audience.ORGANISER)
    def desk(edition: str) -> str:
        return edition

    app.add_url_rule("/en/test/<edition>/desk", "desk", desk)
    browser = everybody.browsers["organiser elsewhere"]

    answers = [
        browser.get(f"/en/test/{key}/desk") for key in (world.OPEN, "no-such-edition", "%00", "x" * 300)
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.text.replace(world.OPEN, "") for answer in answers}) <= 4
    assert browser.get(f"/en/test/{world.RUNNING}/desk").text == world.RUNNING
    voter = everybody.browsers[PASS]
    assert [voter.get(f"/en/probe/elector/{it}").status_code for it in (world.RUNNING, "none", "%00")] == [
        404
    ] * 3
    assert everybody.browsers["organiser"].get(f"/en/test/{world.OPEN}/desk").text == world.OPEN


@ON_SQLITE
def test_auditors_read_what_they_may_not_change(everybody: World) -> None:
    app = everybody.app

    @audience(Audience.SCREENER)
    def list_of(edition: str) -> str:
        return edition

    app.add_url_rule("/en/test/<edition>/list", "list_of", list_of, methods=["GET", "POST"])
    address = f"/en/test/{world.OPEN}/list"

    for who in AUDITORS:
        browser = everybody.browsers[who]
        assert (browser.get(address).status_code, browser.post(address).status_code) == (200, 404)


@ON_SQLITE
@pytest.mark.parametrize(("rule", "answered"), [("/en/test/<edition>/file", 404), ("/en/test/file", 403)])
def test_whoever_has_the_role_no_more_when_they_come_in_again_is_turned_away(
    everybody: World, rule: str, answered: int
) -> None:
    app, browser = everybody.app, everybody.browsers["organiser"]

    @audience(Audience.ORGANISER)
    def step_out(**_edition: str) -> str:
        with door.stepped_out():
            if request.method == "POST":
                end_the_role()
        return "in"

    def end_the_role() -> None:
        begin_writing()
        organiser = accounts.find(db.session(), _email("organiser"))
        assert organiser is not None
        for grant in db.session.scalars(select(Grant).where(Grant.account_id == organiser.id)):
            grant.ended_at = world.NOW
        db.session.commit()

    app.add_url_rule(rule, "step_out", step_out, methods=["GET", "POST"])
    address = rule.replace("<edition>", world.OPEN)

    assert browser.get(address).text == "in"
    assert browser.post(address).status_code == answered
