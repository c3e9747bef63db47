"""The organisers' pages of the panel: asking judges, coverage, a judge who leaves."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from awards import spreadsheets
from awards.models import Account, Conflict, ConflictSource, Grant, Judge, JudgeState, Outbox, Role
from awards.timetable import Phase
from tests.awards.uploads import samples
from tests.web.office import DESK, Office, well
from tests.web.signing import person, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

INVITE = f"{DESK}/judges/invite"
ADA = {"name": "Ada Example", "email": "ada@judge.example", "language": "en", "act": "one"}


def judge_of(office: Office, email: str = "ada@judge.example") -> Judge:
    from awards import accounts
    from awards.extensions import db

    account = accounts.find(db.session(), email)
    assert account is not None
    return db.session.scalars(select(Judge).where(Judge.account_id == account.id)).one()


def mails(office: Office, template: str) -> list[str]:
    from awards.extensions import db

    with office.site.app_context():
        return list(db.session.scalars(select(Outbox.recipient).where(Outbox.template == template)))


def test_an_empty_panel_says_what_to_do(office: Office) -> None:
    page = office.open(f"{DESK}/judges")

    assert "Nobody has been asked yet." in page
    assert INVITE in page


def test_one_person_is_asked_and_stands_on_the_list(office: Office) -> None:
    two = [("categories", "services"), ("categories", "open-city")]
    in_lines = ADA | {"name": "Ada\r\nExample"}
    answer = send(office.at("organiser"), INVITE, [*in_lines.items(), *two, ("note", "Please do")])

    assert answer.status_code == 303, answer.text
    page = office.open(f"{DESK}/judges")
    assert "Ada Example" in page
    assert "asked, not answered yet" in page
    assert "Services, Open City" in page
    assert mails(office, "invitation") == ["ada@judge.example"]


def test_what_cannot_be_asked_is_said_and_kept(office: Office) -> None:
    for fields, says in (
        ({"email": "no address"}, "this is not an e-mail address"),
        ({"email": ""}, "Write the e-mail address."),
        ({"name": "\0"}, "Write the name."),
        ({"email": "organiser@city.example"}, "another organiser has to ask you"),
        ({"email": "screener@city.example"}, "Screener here, and nobody is both that and a judge"),
        ({"email": "auditor@city.example"}, "Auditor here"),
        ({"email": "admin@city.example"}, "Administrator here"),
        ({"note": "x" * 2001}, "longer than 2000"),
        ({"categories": "no-such"}, "valid choice"),
        ({"language": "xx"}, "valid choice"),
    ):
        answer = send(office.at("organiser"), INVITE, ADA | {"note": "kept words"} | fields)

        assert answer.status_code == 422
        page = well(answer)
        assert says in page
        assert "note" in fields or "kept words" in page
    assert mails(office, "invitation") == []


def test_nobody_is_asked_twice_and_who_was_taken_back_may_be_asked_again(office: Office) -> None:
    send(office.at("organiser"), INVITE, ADA)
    again = send(office.at("organiser"), INVITE, ADA)
    assert again.status_code == 422
    assert "has been asked already" in again.text
    with office.site.app_context():
        address = f"{DESK}/judges/{judge_of(office).public_id}"

    send(office.at("organiser"), f"{address}/invitation", {"act": "resend"}, page=address)
    back = send(office.at("organiser"), f"{address}/invitation", {"act": "withdraw"}, page=address)
    stale = send(office.at("organiser"), f"{address}/invitation", {"act": "withdraw"}, page=INVITE)

    assert (back.status_code, stale.status_code) == (303, 303)
    assert "invitation taken back" in office.open(address)
    assert send(office.at("organiser"), INVITE, ADA).status_code == 303
    assert mails(office, "invitation") == ["ada@judge.example"] * 3


def test_a_list_is_taken_whole_or_not_at_all(office: Office) -> None:
    def sent(text: str) -> str:
        fields = {"act": "file", "language": "ko", "file": (io.BytesIO(text.encode()), "list.csv")}
        answer = send(office.at("organiser"), INVITE, fields, content_type="multipart/form-data")
        return (
            well(answer) if answer.status_code == 422 else well(office.at("organiser").get(answer.location))
        )

    example = office.at("organiser").get(f"{INVITE}/example.csv").data.decode("utf-8-sig")
    head = "name,email,country,categories\n"
    wrong = sent(head + "Ada,no address,,\nBo,bo@judge.example,,no-such\n")
    assert "Row 2, address: This is not an e-mail address." in wrong
    assert "Row 3, categories: This is none of: services" in wrong
    assert "Nobody on the list was asked" in wrong
    assert mails(office, "invitation") == []

    assert "2 people are asked by mail." in sent(example)
    again = sent(example)
    assert "0 people are asked" in again
    assert "Ada Example has been asked already" in again
    assert "name: This column is missing." in sent("city\nTunis\n")
    assert len(mails(office, "invitation")) == 2


def test_a_list_is_looked_through_as_every_upload_is_while_no_transaction_is_open(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awards.extensions import db

    held: list[bool] = []
    read = spreadsheets.read

    def watch(*given: Any, **named: Any) -> Any:
        held.append(db.session().in_transaction())
        return read(*given, **named)

    def sent(name: str, content: bytes) -> tuple[int, str]:
        fields = {"act": "file", "language": "en", "file": (io.BytesIO(content), name)}
        answer = send(office.at("organiser"), INVITE, fields, content_type="multipart/form-data")
        return answer.status_code, well(answer) if answer.status_code == 422 else ""

    monkeypatch.setattr(spreadsheets, "read", watch)
    people = spreadsheets.as_xlsx(["name", "email", "country"], [["Ada Example", "ada@judge.example", "KR"]])
    linked = samples.related(
        people, "xl/_rels/workbook.xml.rels", "attachedTemplate", "https://evil.example/a"
    )

    assert "A list is an Excel workbook (.xlsx) or a CSV file." in sent("list.docx", samples.word())[1]
    assert "fetches something from another computer" in sent("list.xlsx", linked)[1]
    assert mails(office, "invitation") == []
    assert sent("list.xlsx", people)[0] == 303
    assert mails(office, "invitation") == ["ada@judge.example"]
    assert held == [False]


def test_a_long_list_sent_twice_still_says_what_became_of_it(office: Office) -> None:
    rows = "".join(f"Person {it},person-{it}@judge.example,KR\n" for it in range(200))
    text = f"name,email,country\n{rows}".encode()

    def sent() -> str:
        fields = {
            "act": "file",
            "language": "en",
            "file": (io.BytesIO(text), "list.csv"),
        }
        answer = send(office.at("organiser"), INVITE, fields, content_type="multipart/form-data")
        assert max(len(it) for it in answer.headers.getlist("Set-Cookie")) < 4096
        return office.at("organiser").get(answer.location).text

    assert "200 people are asked by mail." in sent()
    again = sent()
    assert "Not asked: Person 9 has been asked already" in again
    assert "Person 10 has" not in again
    assert "190 more are not named here." in again


def test_earlier_judges_are_found_with_their_work_and_ticked(office: Office) -> None:
    from awards.extensions import db
    from tests.web import world

    with office.site.app_context():
        for name in ("bo", "cy"):
            account = person(f"{name}@judge.example", name=f"{name.title()} Example", language="ko")
            edition = office.edition(world.RUNNING)
            db.session.add(
                Judge(edition_id=edition.id, account=account, state=JudgeState.ACCEPTED, at=world.NOW)
            )
        db.session.commit()
        value = db.session.scalars(select(Account.public_id).where(Account.name == "Bo Example")).one()

    page = office.open(INVITE)
    assert "Bo Example" in page
    assert "judged 1 edition" in page
    assert "Cy Example" not in office.open(f"{INVITE}?q=BO@judge")
    assert send(office.at("organiser"), INVITE, {"act": "pool"}).status_code == 422
    answer = send(office.at("organiser"), INVITE, [("act", "pool"), ("person", value), ("person", "nobody")])

    assert answer.status_code == 303
    assert mails(office, "invitation") == ["bo@judge.example"]
    assert "Bo Example" not in office.open(INVITE)


def test_nobody_is_asked_once_the_panel_has_no_round_left(office: Office) -> None:
    from awards.extensions import db
    from tests.web import world

    with office.site.app_context():
        office.edition().phase = Phase.DELIBERATION
        office.edition().first_closed_at = world.NOW
        db.session.commit()

    assert "No round is left" in office.open(INVITE)
    answer = send(office.at("organiser"), INVITE, ADA, page=f"{DESK}/people")
    assert answer.status_code == 422
    assert "No round is left" in well(answer)


def test_a_judge_leaves_after_a_look_at_what_follows(office: Office) -> None:
    from awards import accounts
    from awards.extensions import db

    address = seated(office)
    leave = f"{address}/leave"

    assert "choose" in office.open(leave)
    assert "kept and does not count" not in office.open(f"{leave}?leaving=silence")
    unsaid = send(office.at("organiser"), f"{leave}?leaving=silence", {"leaving": "silence", "reason": " "})
    assert unsaid.status_code == 422
    assert "Write in a few words what happened" in well(unsaid)
    done = send(
        office.at("organiser"),
        f"{leave}?leaving=misconduct",
        {"leaving": "misconduct", "reason": "Wrote to a nominee"},
    )

    assert done.status_code == 303
    page = office.open(address)
    assert "left: breach of the code of conduct" in page
    assert "They are not asked again" in page
    assert mails(office, "judge_left") == ["ada@judge.example"]
    refused = send(office.at("organiser"), INVITE, ADA)
    assert "because of a conflict or misconduct" in refused.text
    with office.site.app_context():
        found = accounts.find(db.session(), "ada@judge.example")
        assert found is not None
        assert not accounts.has_grant(db.session(), found, Role.JUDGE, edition=office.edition())
        assert db.session.scalars(select(Grant).where(Grant.account_id == found.id)).one().ended_at
    assert office.at("organiser").get(leave).status_code == 303


def seated(office: Office) -> str:
    """Ada is on the panel; the address of her page."""
    from awards.extensions import db
    from tests.web import world

    with office.site.app_context():
        edition = office.edition()
        account = person("ada@judge.example", Role.JUDGE, edition=edition, name="Ada Example")
        db.session.add(
            Judge(
                edition_id=edition.id,
                account=account,
                state=JudgeState.ACCEPTED,
                categories=["services"],
                at=world.NOW,
            )
        )
        db.session.commit()
        return f"{DESK}/judges/{judge_of(office).public_id}"


def test_what_comes_to_light_after_a_judge_left_is_recorded_by_an_organiser(office: Office) -> None:
    address = seated(office)
    leave, organiser = f"{address}/leave", office.at("organiser")
    send(organiser, f"{leave}?leaving=illness", {"leaving": "illness", "reason": "A broken arm"})
    page = office.open(address)
    assert "They can be asked again." in page
    assert "Record a graver reason" in page
    assert "Record a graver reason" not in office.open(address, "auditor")

    asked = office.open(f"{leave}?leaving=misconduct")
    lesser = send(organiser, leave, {"leaving": "silence", "reason": "x"})
    done = send(organiser, leave, {"leaving": "misconduct", "reason": "Wrote to a nominee"})
    assert "The graver reason is recorded." in organiser.get(done.location).text

    assert "Record this reason" in asked
    assert 'value="illness"' not in asked
    assert (lesser.status_code, done.status_code) == (422, 303)
    after = office.open(address)
    assert "left: breach of the code of conduct" in after
    assert after.count("left the panel, decision") == 2
    assert "Record a graver reason" not in after
    assert send(organiser, leave, {"leaving": "conflict", "reason": "x"}, page=address).status_code == 303
    assert mails(office, "judge_left") == ["ada@judge.example"] * 2


def test_an_organiser_changes_what_a_judge_reads(office: Office) -> None:
    address = seated(office)
    reading, organiser = f"{address}/reading", office.at("organiser")
    assert reading in office.open(address)
    assert "Leave it empty if there is no limit." in office.open(reading)
    for fields, says in (
        ({"capacity": "5"}, "Tick at least one category."),
        ({"categories": "no-such", "capacity": "5"}, "valid choice"),
        ({"categories": "services", "capacity": "9" * 400}, "1 to 10,000"),
        ({"categories": "services", "capacity": "\0many"}, "1 to 10,000"),
    ):
        refused = send(organiser, reading, fields)
        assert (refused.status_code, says in well(refused)) == (422, True), fields

    done = send(organiser, reading, {"categories": "open-city", "capacity": "5"})

    assert done.location.endswith(address)
    page = office.open(address)
    assert "What Ada Example reads is changed." in page
    assert "<dd>Open City</dd>" in page
    again = send(organiser, reading, {"categories": "open-city", "capacity": "5"}, follow_redirects=True)
    assert "Nothing was changed." in again.text
    assert send(office.at("auditor"), reading, {"categories": "services"}, page=address).status_code == 404
    send(organiser, f"{address}/leave", {"leaving": "illness", "reason": "A broken arm"})
    assert send(organiser, reading, {"categories": "services"}, page=address).status_code == 303
    assert office.at("organiser").get(reading).status_code == 303


def test_coverage_counts_for_organisers_and_auditors_alone(office: Office) -> None:
    page = office.open(f"{DESK}/judges/coverage", "auditor")

    assert "By category" in page
    assert office.at("screener").get(f"{DESK}/judges/coverage").status_code == 404
    assert office.at("other").get(f"{DESK}/judges").status_code == 404
    assert "Ask judges" not in page


def test_a_judge_of_another_edition_is_not_found(office: Office) -> None:
    for name in ("x", "%00", "ü", "a" * 40):
        assert office.at("organiser").get(f"{DESK}/judges/{name}").status_code == 404


def test_a_conflict_is_found_before_the_answer(office: Office) -> None:
    from awards.extensions import db
    from tests.web.nominating import begin

    begin(office.site, "writer@city.example")
    with office.site.app_context():
        from awards.models import Nomination, NominationState

        nomination = db.session.scalars(select(Nomination).where(Nomination.nominator_id > 0)).first()
        assert nomination is not None
        nomination.state, nomination.submitted_number = NominationState.SUBMITTED, 1
        writer = db.session.scalars(select(Account).where(Account.id == nomination.nominator_id)).one()
        email = writer.email
        db.session.commit()

    send(office.at("organiser"), INVITE, ADA | {"email": email})

    with office.site.app_context():
        found = db.session.scalars(select(Conflict)).all()
        assert [it.source for it in found] == [ConflictSource.NAMED]
        assert found[0].judge.state is JudgeState.INVITED


def test_the_code_of_conduct_is_edited_with_the_other_texts(office: Office) -> None:
    page = office.open(f"{DESK}/texts/conduct")

    assert "Confidentiality: What I read is for judging only." in page
    assert "비밀 유지" in page
    assert "Code of conduct of the judges" in office.open(f"{DESK}/texts")
