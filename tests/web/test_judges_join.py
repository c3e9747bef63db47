"""A judge accepts, says who they are, agrees to the code of conduct, corrects it later, and leaves."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import accounts, affiliations, editions, inviting, texts
from awards.inviting import Wanted
from awards.models import (
    Account,
    AuditEvent,
    CategoryClosure,
    DecisionKind,
    Invitation,
    Judge,
    JudgeState,
    Outbox,
)
from tests.web import world
from tests.web.office import KEY, Office, well
from tests.web.signing import csrf_of, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ADA = "ada@judge.example"
JOIN = f"/en/judging/{KEY}/joining"
LEAVE = f"/en/judging/{KEY}/leave"


def asked(office: Office, *categories: str) -> str:
    """Ada is asked; the address of her invitation among her own pages."""
    from awards.audit import Actor
    from awards.extensions import db

    with office.site.app_context():
        session = db.session()
        organiser = accounts.find(session, "organiser@city.example")
        assert organiser is not None
        who = Actor(account=organiser, real=organiser)
        wanted = Wanted(ADA, name="Ada Example", categories=categories)
        inviting.invite(session, office.edition(), wanted, actor=who, now=world.NOW)
        session.commit()
        identifier = session.scalars(select(Invitation.public_id)).one()
    return f"/en/invitations/{identifier}"


def judge(office: Office) -> Judge:
    from awards.extensions import db

    return db.session.scalars(select(Judge).join(Account).where(Account.name.like("Ada%"))).one()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def filled(browser: FlaskClient, **changes: str) -> list[tuple[str, str]]:
    """The joining page filled in as it should be."""
    page = browser.get(JOIN).text
    fields = {
        "name": "Ada Example",
        "office": "Professor",
        "nationality": "TN",
        "residence": "FR",
        "place-0-organisation": "",
        "place-0-city": "Tunis",
        "place-0-country": "TN",
        "rows": "1",
        "languages": "en",
        "categories": "services",
        "capacity": "12",
        "shown": "name",
        "agree": "y",
        "code": hidden(page, "code"),
        "code_language": hidden(page, "code_language"),
        "act": "save",
    } | changes
    return [*fields.items(), ("languages", "ar")]


def accept(office: Office, *categories: str) -> FlaskClient:
    invitation = asked(office, *categories)
    browser = signed_in(office.site, ADA)
    answer = send(browser, invitation, {"answer": "accept"})
    assert answer.location.endswith(JOIN)
    return browser


def test_opening_an_invitation_changes_nothing_and_declining_is_told(office: Office) -> None:
    from awards.extensions import db

    invitation = asked(office, "services")
    browser = signed_in(office.site, ADA)
    page = browser.get(invitation)

    assert "Services" in well(page)
    assert browser.get(JOIN).status_code == 404
    with office.site.app_context():
        assert judge(office).state is JudgeState.INVITED

    token = csrf_of(browser, invitation)
    assert browser.post(invitation, data={"csrf_token": token, "answer": "decline"}).status_code == 200
    assert browser.post(invitation, data={"csrf_token": token, "answer": "accept"}).status_code == 200
    with office.site.app_context():
        assert judge(office).state is JudgeState.DECLINED
        told = db.session.scalars(select(Outbox).where(Outbox.template == "judge_answered")).one()
        assert (told.recipient, told.arguments["accepted"]) == ("organiser@city.example", False)


def test_what_may_be_published_is_said_by_the_judge_and_never_ticked_beforehand(office: Office) -> None:
    browser = accept(office)

    assert published(browser.get(JOIN).text) == {
        "name": False,
        "office": False,
        "organisation": False,
        "country": False,
    }
    assert send(browser, JOIN, filled(browser, shown="country")).status_code == 303
    assert [key for key, ticked in published(browser.get(JOIN).text).items() if ticked] == ["country"]

    change_the_code(office)
    assert [key for key, ticked in published(browser.get(JOIN).text).items() if ticked] == ["country"]


def published(page: str) -> dict[str, bool]:
    """What may be published of a judge, as it is ticked on the page."""
    boxes = re.findall(r'<input[^>]* name="shown"[^>]*>', page)
    return {re.findall(r'value="([^"]+)"', box)[0]: "checked" in box for box in boxes}


def test_enter_in_a_field_joins_and_does_not_add_an_affiliation(office: Office) -> None:
    """Browsers then press the first button of the form."""
    form = accept(office).get(JOIN).text.partition('<form method="post" novalidate>')[2]

    assert re.findall(r'<button[^>]* value="(\w+)"', form)[:2] == ["save", "add"]


def test_a_judge_joins_with_two_affiliations_and_corrects_them(office: Office) -> None:
    from awards.extensions import db

    browser = accept(office, "services", "open-city")
    more = send(browser, JOIN, filled(browser, act="add"))
    assert 'name="place-1-city"' in well(more)
    assert 'value="Tunis"' in more.text
    second = {"rows": "2", "place-1-organisation": "Board of Tides", "place-1-country": "NZ"}

    answer = send(browser, JOIN, filled(browser, **second))

    assert (answer.status_code, answer.location) == (303, JOIN)
    page = well(browser.get(JOIN))
    assert "Saved. You are on the panel." in page
    assert "You agreed on" in page
    with office.site.app_context():
        ada, session = judge(office), db.session()
        shown = editions.texts_document(session, office.edition())
        assert (ada.nationality, ada.residence, ada.capacity) == ("TN", "FR", 12)
        assert (ada.categories, ada.languages, ada.shown) == (["services"], ["en", "ar"], ["name"])
        assert (ada.conduct_version, ada.conduct_language, len(ada.conduct_sha256)) == (
            shown.version,
            "en",
            64,
        )
        assert ada.conduct_at == world.NOW
        held = affiliations.holding(session, [ada.account])
        assert [(it.organisation and it.organisation.name, it.country) for it in held] == [
            (None, "TN"),
            ("Board of Tides", "NZ"),
        ]

    one = send(browser, JOIN, filled(browser, capacity="", agree="", **{"place-0-city": "Sfax"}))
    assert one.status_code == 303
    with office.site.app_context():
        ada = judge(office)
        assert [it.city for it in affiliations.holding(db.session(), [ada.account])] == ["Sfax"]
        assert ada.capacity is None
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == ada.public_id)).all()
        assert acts.count("judge.stated") == 2


def test_a_judge_asked_for_a_category_that_is_closed_joins_with_another(office: Office) -> None:
    from awards.audit import Actor
    from awards.decisions import decide
    from awards.extensions import db

    browser = accept(office, "services")
    assert "are not judged any more" not in browser.get(JOIN).text
    with office.site.app_context():
        edition, account = office.edition(), judge(office).account
        decision = decide(
            db.session(),
            edition,
            DecisionKind.CATEGORY_CLOSED,
            actor=Actor(account, account),
            now=world.NOW,
            reason="One entry alone",
        )
        closure = CategoryClosure(
            edition_id=edition.id, category="services", how="cancel", decision_id=decision.id
        )
        db.session.add(closure)
        db.session.commit()

    page = well(browser.get(JOIN))

    assert "The categories that you read are not judged any more." in page
    assert 'value="services"' not in page
    assert send(browser, JOIN, filled(browser, categories="open-city")).status_code == 303
    assert "are not judged any more" not in browser.get(JOIN).text
    with office.site.app_context():
        assert judge(office).categories == ["open-city"]


def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(office: Office) -> None:
    browser = accept(office, "services")
    for changes, says in (
        ({"agree": ""}, "Agree to the code of conduct"),
        ({"code": "0" * 64}, "was changed meanwhile"),
        ({"nationality": "XX"}, "valid choice"),
        ({"residence": ""}, "Choose a country."),
        ({"capacity": "0"}, "1 to 10,000"),
        ({"capacity": "9" * 400}, "1 to 10,000"),
        ({"capacity": "many"}, "1 to 10,000"),
        ({"name": "\0 "}, "Write your name."),
        ({"name": "x" * 201}, "200 characters"),
        ({"place-0-city": ""}, "Write the organisation, the city, or both."),
        ({"place-0-country": "ZZ"}, "Choose a country."),
        ({"place-0-city": "", "place-0-country": ""}, "Say where you work"),
        ({"place-0-organisation": "\ud800x" * 150}, "200 characters"),
        ({"categories": "open-city"}, "valid choice"),
        ({"rows": "9" * 30, "place-0-country": ""}, "Choose a country."),
    ):
        fields = [(key, text.encode("utf-8", "replace").decode()) for key, text in filled(browser, **changes)]
        answer = send(browser, JOIN, fields)

        assert answer.status_code == 422, changes
        page = well(answer)
        assert says in page, changes
        assert "Professor" in page
    with office.site.app_context():
        assert judge(office).conduct_at is None


def test_a_name_that_fits_several_organisations_is_asked_about(office: Office) -> None:
    from awards import organisations
    from awards.extensions import db

    with office.site.app_context():
        for name in ("Institute of Tides", "Institute of Tides and Winds"):
            db.session.add(organisations.make(name, country="NZ", city="Wellington"))
        db.session.commit()
    browser = accept(office)

    answer = send(browser, JOIN, filled(browser, **{"place-0-organisation": "Institute of Tide"}))
    page = well(answer)
    assert (answer.status_code, "Choose the organisation that you mean." in page) == (422, True)
    found = re.search(r'<option value="([^"]+)">Institute of Tides, Wellington', page)
    assert found
    chosen = {"place-0-organisation": "Institute of Tide", "place-0-listed": found[1]}

    assert send(browser, JOIN, filled(browser, **chosen)).status_code == 303
    with office.site.app_context():
        held = affiliations.holding(db.session(), [judge(office).account])
        assert [it.organisation and it.organisation.name for it in held] == ["Institute of Tides"]


def test_a_changed_code_is_read_again_before_anything_is_saved(office: Office) -> None:
    browser = accept(office)
    assert send(browser, JOIN, filled(browser)).status_code == 303
    change_the_code(office)

    page = well(browser.get(JOIN))
    assert "The code was changed after you agreed" in page
    assert "Be fair." in page
    assert send(browser, JOIN, filled(browser, agree="")).status_code == 422
    assert send(browser, JOIN, filled(browser)).status_code == 303


def change_the_code(office: Office) -> None:
    from awards.audit import Actor
    from awards.extensions import db

    with office.site.app_context():
        session, edition = db.session(), office.edition()
        who = Actor(account=judge(office).account, real=judge(office).account)
        base = editions.texts_document(session, edition).version
        texts.change(
            session,
            edition,
            {(texts.CONDUCT, "en"): "Be fair."},
            base=base,
            reason="Shorter",
            actor=who,
            now=world.NOW,
        )
        session.commit()


def test_a_judge_resigns_after_a_look_at_what_follows(office: Office) -> None:
    from awards.extensions import db

    browser = accept(office)
    token = csrf_of(browser, JOIN)
    assert "phone" not in well(browser.get(LEAVE))
    assert "See what follows" in well(browser.get(f"{LEAVE}?leaving=misconduct"))
    wrong = browser.post(LEAVE, data={"csrf_token": token, "leaving": "silence", "reason": "x"})
    assert (wrong.status_code, "Choose why." in well(wrong)) == (422, True)
    assert "can be asked again" in well(browser.get(f"{LEAVE}?leaving=illness"))

    answer = send(browser, f"{LEAVE}?leaving=illness", {"leaving": "illness", "reason": "A broken arm"})

    assert answer.location.endswith("/today")
    assert browser.get(JOIN).status_code == 404
    assert browser.post(LEAVE, data={"csrf_token": token}).status_code == 404
    with office.site.app_context():
        lost = db.session.scalars(select(Outbox.recipient).where(Outbox.template == "panel_lost")).all()
        assert sorted(lost) == ["organiser@city.example", "second@city.example"]
        assert judge(office).state is JudgeState.LEFT
