"""The roll in the browser: built, asked, named by link, printed, frozen; who may do what, and what goes wrong."""

import hashlib
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import codes, mails
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Account,
    BallotKey,
    Delegate,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    EnvelopeOrigin,
    Outbox,
    VotingCode,
)
from awards.web import sessions
from tests.awards.contest import member
from tests.awards.play import statements
from tests.web.electing import AUDITOR, KEY, ROLL, Association
from tests.web.office import well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADA = {"name": "Ada Example", "office": "Mayor", "email": "ada@porto.example", "language": "en"}
BEA = {"name": "Bea Example", "office": "", "email": "bea@porto.example", "language": "ko"}


@pytest.fixture
def association(app: Flask, tmp_path: Path) -> Association:
    found = Association(app, tmp_path)
    answer = send(found.at(), f"{ROLL}/build", {"as_of": "2026-01-31"})
    assert answer.status_code == 303
    return found


def queued(association: Association) -> list[tuple[str, str]]:
    with association.app.app_context():
        found = db.session.scalars(select(Outbox).order_by(Outbox.id))
        return [(it.template, it.recipient) for it in found]


def write_to(association: Association, elector: str, address: str) -> TestResponse:
    page = association.page(elector)
    return send(association.at(), page, {"act": "contact", "contact": address, "post": "Example Street 1"})


def words_in(answer: TestResponse) -> str:
    assert answer.mimetype == "application/pdf", answer.text
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)


def test_the_roll_says_who_is_on_it_and_who_is_off_and_why(association: Association) -> None:
    page = association.open()

    assert "3 electors are on the roll." in page
    assert "Built from the register as of Saturday 31 January 2026." in page
    assert "off the roll: associate member: only full members vote" in page
    assert "off the roll: member, but no local government" in page
    assert "Porto" in association.open(f"{ROLL}?show=nobody&q=porto")
    assert "Nobody fits this choice." in association.open(f"{ROLL}?show=mail")
    assert "서울" in association.open(ROLL.replace("/en/", "/ko/"))
    for odd in ("?page=999999&show=%00", "?page=²", "?q=%ED%A0%80"):
        association.open(ROLL + odd)


def test_a_city_names_its_delegate_by_the_link_of_its_mail_and_names_another(
    association: Association,
) -> None:
    assert write_to(association, "Porto", "mayor@porto.example").status_code == 303
    association.open(f"{ROLL}/ask")
    page = association.page("Porto").rpartition("/")[2]
    assert send(association.at(), f"{ROLL}/ask", {"elector": page}).status_code == 303
    visitor, link = association.app.test_client(), association.link("Porto")
    assert "nobody yet" in well(visitor.get(link))

    named = send(visitor, link, ADA)
    again = send(visitor, link, ADA)
    other = send(visitor, link, BEA)

    assert [it.status_code for it in (named, again, other)] == [303, 303, 303]
    assert "Bea Example" in well(visitor.get(link))
    assert queued(association) == [
        ("delegate_asked", "mayor@porto.example"),
        ("delegate_named", "ada@porto.example"),
        ("delegate_recorded", "mayor@porto.example"),
        ("delegate_ended", "ada@porto.example"),
        ("delegate_named", "bea@porto.example"),
        ("delegate_recorded", "mayor@porto.example"),
    ]
    history = association.open(association.page("Porto"))
    assert "Ada Example named with the link sent to mayor@porto.example" in history
    assert "by mail" in association.open(f"{ROLL}?q=porto")


def test_a_stale_page_replaces_nobody_unseen_and_keeps_what_was_typed(association: Association) -> None:
    write_to(association, "Porto", "mayor@porto.example")
    page = association.page("Porto")
    send(association.at(), page, {"act": "ask"})
    visitor, link = association.app.test_client(), association.link("Porto")
    send(visitor, link, {**ADA, "seen": "0"})

    late = send(visitor, link, {**BEA, "seen": "0"})

    assert late.status_code == 422
    assert "Somebody was named since you opened this page" in well(late)
    assert 'value="bea@porto.example"' in late.text
    with association.app.app_context():
        assert association.entry("Porto").name == "Ada Example"
    assert send(visitor, link, {**BEA, "seen": "1"}).status_code == 303


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({**ADA, "name": " "}, "Write the name."),
        ({**ADA, "name": "x" * 201}, "This has 200 letters at most."),
        ({**ADA, "email": "nobody"}, "This is not an e-mail address."),
        ({**ADA, "email": "a\0\ud800@porto.example", "seen": "9" * 99}, "This is not an e-mail address."),
        ({}, "Write the name."),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    association: Association, fields: dict[str, str], says: str
) -> None:
    write_to(association, "Porto", "mayor@porto.example")
    send(association.at(), association.page("Porto"), {"act": "ask"})
    visitor, link = association.app.test_client(), association.link("Porto")
    answer = send(
        visitor, link, {key: value.encode("utf-8", "surrogatepass") for key, value in fields.items()}
    )

    assert answer.status_code == 422
    assert says in answer.text
    with association.app.app_context():
        assert db.session.scalars(select(Delegate)).all() == []


def test_links_end_with_the_address_the_place_on_the_roll_and_the_ballot(association: Association) -> None:
    visitor, page = association.app.test_client(), association.page("Porto")
    write_to(association, "Porto", "mayor@porto.example")
    link = association.link("Porto")
    assert visitor.get("/en/delegation/guessed").status_code == 404
    write_to(association, "Porto", "office@porto.example")
    gone = visitor.get(link)
    assert (gone.status_code, "This link was ended" in well(gone)) == (404, True)

    send(association.at(), page, {"act": "ask"})
    link = association.link("Porto")
    send(association.at(), page, {"act": "record", **ADA})
    cast(association, "Porto")
    after = send(visitor, link, BEA, page="/en/sign-in")
    assert (after.status_code, "The ballot is cast" in well(after)) == (409, True)
    refused = send(association.at(), page, {"act": "record", **BEA}, page=f"{ROLL}/ask")
    assert (refused.status_code, "nothing about it can be changed" in well(refused)) == (422, True)
    with association.app.app_context():
        assert association.entry("Porto").name == "Ada Example"


def cast(association: Association, elector: str) -> None:
    """An envelope of an elector, without a ballot that anybody could read."""
    with association.app.app_context():
        begin_writing()
        session, edition = db.session(), association.edition()
        now = datetime(2026, 5, 4, 9, tzinfo=UTC)
        key = BallotKey(edition_id=edition.id, number=9, public_key="", file_name="none", made_at=now)
        session.add(key)
        session.flush()
        election = Election(
            edition_id=edition.id,
            category="services",
            number=1,
            key_id=key.id,
            slate=[],
            state=ElectionState.OPEN,
        )
        session.add(election)
        session.flush()
        entry = association.entry(elector)
        session.add(Entitlement(election_id=election.id, roll_entry_id=entry.id, barred=[]))
        session.flush()
        session.add(
            Envelope(
                election_id=election.id,
                roll_entry_id=entry.id,
                tag="t",
                origin=EnvelopeOrigin.ONLINE,
                cast_at=now,
            )
        )
        session.commit()


def run_off(association: Association) -> None:
    """What `cast` put into the box is counted, and a run-off is open."""
    with association.app.app_context():
        begin_writing()
        before = db.session.scalars(select(Election)).one()
        before.state = ElectionState.COUNTED
        association.edition().second_closed_at = datetime(2026, 5, 5, 9, tzinfo=UTC)
        db.session.add(
            Election(
                edition_id=before.edition_id,
                category=before.category,
                number=2,
                kind=ElectionKind.RUNOFF,
                key_id=before.key_id,
                slate=[],
                state=ElectionState.OPEN,
            )
        )
        db.session.commit()


def test_in_a_run_off_the_city_and_the_organiser_name_another(association: Association) -> None:
    visitor, page = association.app.test_client(), association.page("Porto")
    write_to(association, "Porto", "mayor@porto.example")
    send(association.at(), page, {"act": "ask"})
    link = association.link("Porto")
    send(association.at(), page, {"act": "record", **ADA})
    cast(association, "Porto")
    assert "nothing about it can be changed" in association.open(page)
    assert "The ballot is cast" in well(visitor.get(link))
    run_off(association)

    assert send(visitor, link, BEA).status_code == 303
    assert "nothing about it can be changed" not in association.open(page)
    assert send(association.at(), page, {"act": "record", **ADA, "seen": "2"}).status_code == 303
    with association.app.app_context():
        assert association.entry("Porto").name == "Ada Example"


def test_letters_come_once_as_pdf_each_with_words_that_open_one_ballot(association: Association) -> None:
    seoul = association.page("Seoul")
    send(association.at(), seoul, {"act": "record", **BEA, "email": "", "name": "홍길동"})
    page = association.open(f"{ROLL}/letters")
    chosen = [(name, association.page(name).rpartition("/")[2]) for name in ("Hanoi", "Seoul")]
    fields = [("seen", "0"), *(("elector", identifier) for _, identifier in chosen)]
    assert page.count(" checked") == 3

    first = send(association.at(), f"{ROLL}/letters", fields)
    double = send(association.at(), f"{ROLL}/letters", fields)

    said = words_in(first)
    assert "no-store" in first.headers["Cache-Control"]
    assert len(PdfReader(BytesIO(first.data)).pages) == 2
    assert "Hanoi has one ballot." in said
    assert "홍길동" in said
    assert (double.status_code, "Example Organiser has made letters since" in well(double)) == (409, True)
    with association.app.app_context():
        entry = association.entry("Hanoi")
        lines = said.split("Your seven words")[1].split("\n")
        assert codes.find(db.session(), " ".join(lines[1:3])).id == entry.id
        assert db.session.query(VotingCode).count() == 2
    assert "letter 1" in association.open(f"{ROLL}?show=letter")

    again = send(association.at(), f"{ROLL}/letters", {"seen": "2", "elector": chosen[0][1]})
    assert "number 2 for this elector" in words_in(again)
    with association.app.app_context(), pytest.raises(codes.CodeUnknown):
        codes.find(db.session(), " ".join(lines[1:3]))


def test_the_frozen_roll_has_a_file_with_its_hash_and_is_thawed_with_a_reason(
    association: Association,
) -> None:
    association.open(f"{ROLL}/freeze")
    assert send(association.at(), f"{ROLL}/freeze", {"act": "freeze"}).status_code == 303
    page = association.open(f"{ROLL}/freeze")

    content = association.at().get(f"{ROLL}/roll.json").data
    assert hashlib.sha256(content).hexdigest() in page
    late = send(association.at(), f"{ROLL}/build", {"as_of": "2026-01-31"}, page=f"{ROLL}/freeze")
    assert (late.status_code, "The roll is frozen" in well(late)) == (422, True)
    assert send(association.at(), f"{ROLL}/freeze", {"act": "thaw", "reason": " "}).status_code == 422
    assert (
        send(
            association.at(), f"{ROLL}/freeze", {"act": "thaw", "reason": "A city was left out."}
        ).status_code
        == 303
    )
    assert "It is not frozen yet." in association.open()
    csv = association.at().get(f"{ROLL}/roll.csv").get_data(as_text=True)
    assert "Far City,out,associate member: only full members vote" in csv


def test_somebody_is_taken_off_with_a_reason_and_put_back(association: Association) -> None:
    page = association.page("Seoul")
    assert send(association.at(), page, {"act": "off", "reason": ""}).status_code == 422
    assert send(association.at(), page, {"act": "off", "reason": "It has asked."}).status_code == 303
    assert "<h1>Seoul</h1>" in association.open(page)
    assert "no: It has asked." in association.open(page)
    assert send(association.at(), page, {"act": "back", "reason": "A mistake."}).status_code == 303
    assert "taken off the roll, decision" in association.open(page)
    far = association.page("Far City")
    refused = send(association.at(), far, {"act": "back", "reason": "Please."})
    assert (refused.status_code, "The rules keep this one off" in well(refused)) == (422, True)


def test_a_list_is_taken_whole_or_not_at_all(association: Association) -> None:
    good = "elector,contact,post\nPorto,mayor@porto.example,Example Street 1\n"
    bad = "elector,contact\nNowhere,mayor@porto.example\nHanoi,nobody\nFar City,\n"

    refused = load(association, bad)
    taken = load(association, good)

    page = well(refused)
    assert refused.status_code == 422
    assert "Row 2, elector: No organisation of this name is in the register." in page
    assert "Row 3, address of the organisation: This is not an e-mail address." in page
    assert "Row 4, elector: This is no full-member local government." in page
    assert taken.status_code == 303
    assert 'value="mayor@porto.example"' in association.open(association.page("Porto"))
    assert load(association, "").status_code == 422


def load(association: Association, content: str) -> TestResponse:
    file = (BytesIO(content.encode()), "roll.csv")
    return send(association.at(), f"{ROLL}/load", {"file": file}, content_type="multipart/form-data")


def test_auditors_read_and_change_nothing_and_nobody_else_reads(association: Association) -> None:
    porto = association.page("Porto")
    pages = [ROLL, porto, *(f"{ROLL}/{it}" for it in ("build", "load", "ask", "letters", "freeze"))]
    for address in pages:
        page = association.open(address, AUDITOR)
        assert 'method="post"' not in page.partition("<main")[2] or address.endswith(("ask", "letters"))
    for address in pages[1:]:
        token = {"csrf_token": "x"}
        assert association.at(AUDITOR).post(address, data=token).status_code in (400, 404)
    for odd in ("nobody", "a" * 33, "%00"):
        assert association.at().get(f"{ROLL}/{odd}").status_code == 404
    assert association.app.test_client().get(ROLL).status_code in (302, 303)
    assert KEY in association.open(f"/en/secretariat/{KEY}/")


def test_an_edition_without_a_vote_has_no_roll(app: Flask, tmp_path: Path) -> None:
    association = Association(app, tmp_path, more="", rules={"second_round": "none"})

    assert association.at().get(ROLL).status_code == 404
    assert "/roll" not in association.open(f"/en/secretariat/{KEY}/")


def test_the_pages_ask_as_often_for_forty_electors_as_for_three(association: Association) -> None:
    addresses = [ROLL, f"{ROLL}/ask", f"{ROLL}/letters", f"{ROLL}/freeze", association.page("Porto")]

    def asked() -> list[int]:
        found = []
        for address in addresses:
            with association.app.app_context(), statements(db.session) as run:
                association.open(address)
            found.append(sum(not it.startswith("BEGIN") for it in run))
        return found

    few = asked()
    with association.app.app_context():
        begin_writing()
        for number in range(40):
            member(db.session(), f"City {number}")
        db.session.commit()
    assert send(association.at(), f"{ROLL}/build", {"as_of": "2026-01-31"}).status_code == 303

    assert asked() == few


def test_a_judges_roll_follows_the_panel_and_a_public_one_its_list(app: Flask, tmp_path: Path) -> None:
    association = Association(app, tmp_path, more="")
    assert "It follows the panel by itself" in association.open()
    assert send(association.at(), f"{ROLL}/build").status_code == 303
    association.open(f"{ROLL}/build")
    assert association.at().get(f"{ROLL}/load").status_code == 303
    with app.app_context():
        found = association.edition()
        assert found.roll_frozen_at is None


def test_every_mail_about_a_delegate_says_what_it_should_and_its_secret_stands_in_no_log(
    association: Association,
) -> None:
    write_to(association, "Porto", "mayor@porto.example")
    page = association.page("Porto")
    send(association.at(), page, {"act": "ask"})
    send(association.at(), page, {"act": "record", **ADA})
    send(association.at(), page, {"act": "record", **BEA, "seen": "1"})
    with association.app.app_context():
        begin_writing()
        found, links = {}, []
        account = db.session.scalars(select(Account)).first()
        assert account is not None
        for message in db.session.scalars(select(Outbox).order_by(Outbox.id)).all():
            for tag in ("en", "ko"):
                message.language = tag
                mail = mails.compose(
                    db.session(),
                    message,
                    url="http://laurels.example",
                    sender="Laurels <desk@laurels.example>",
                    actor=Actor(account, account),
                    now=sessions.now(),
                )
                body = mail.message.get_body(("plain",))
                assert body is not None
                found[message.template, tag] = body.get_content()
                links += re.findall(r"/(?:en|ko)/delegation/\S+", body.get_content())
                assert "/delegation/" not in mail.logged
        db.session.commit()

    assert "Porto has a ballot in the vote of Small Prize" in found["delegate_asked", "en"]
    assert "투표할 분을 지정해 주십시오." in found["delegate_asked", "ko"]
    assert "the secretariat has recorded" in found["delegate_recorded", "en"].casefold()
    assert "Somebody else was named." in found["delegate_ended", "en"]
    assert "Bea" not in found["delegate_ended", "en"] + found["delegate_named", "en"]
    assert len(set(links)) == 2
    assert [association.app.test_client().get(link).status_code for link in links] == [200, 200]


def test_a_delegate_who_is_gone_is_ended_before_another_is_named(association: Association) -> None:
    write_to(association, "Porto", "mayor@porto.example")
    page = association.page("Porto")
    send(association.at(), page, {"act": "record", **ADA})
    assert send(association.at(), page, {"act": "end", "why": " "}).status_code == 422

    assert send(association.at(), page, {"act": "end", "why": "She has left the city."}).status_code == 303

    assert "She has left the city." in association.open(page)
    with association.app.app_context():
        entry = association.entry("Porto")
        assert (entry.name, entry.email) == ("", "")
    assert queued(association)[-1] == ("delegate_ended", "ada@porto.example")
    again = send(association.at(), page, {"act": "record", **ADA, "seen": "1"})
    assert (again.status_code, "Ada Example" in association.open()) == (303, True)


def test_a_link_names_nobody_without_having_been_asked_for_and_not_without_end(
    association: Association,
) -> None:
    visitor, link = association.app.test_client(), association.link("Porto")
    assert send(visitor, link, ADA).status_code == 404
    write_to(association, "Porto", "mayor@porto.example")
    send(association.at(), association.page("Porto"), {"act": "ask"})
    link = association.link("Porto")

    answers = [send(visitor, link, {**ADA, "name": f"Example {number}"}) for number in range(10)]

    assert [it.status_code for it in answers] == [303] * 9 + [422]
    assert "Ten delegates were named within a day." in well(answers[-1])
    with association.app.app_context():
        assert association.entry("Porto").name == "Example 8"
