"""Dates, people, organisations and late requests on the secretariat's pages."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from awards import editions, organisations
from awards.models import (
    Grant,
    Invitation,
    LateRequest,
    Nomination,
    Organisation,
    Outbox,
    OwnDeadline,
    Role,
)
from awards.timetable import Moment
from tests.web.nominating import begin
from tests.web.office import DESK, Office, well
from tests.web.signing import person, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CLOSE = f"{DESK}/dates/nominations_close"
LATER = {"day": "2026-05-24", "time": "23:59", "zone": "Asia/Seoul", "reason": "A holiday"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def look_and_save(office: Office, address: str, fields: dict[str, str], name: str = "organiser") -> str:
    """See what was meant, then save it; where that leads to."""
    shown = send(office.at(name), address, fields | {"act": "look"})
    seen = hidden(well(shown), "seen")
    saved = send(office.at(name), address, fields | {"act": "save", "seen": seen})
    assert saved.status_code == 303, saved.text
    return saved.location


def test_a_moved_date_strikes_the_old_one_through_and_tells_those_concerned(office: Office) -> None:
    begin(office.site, "writer@city.example")

    where = look_and_save(office, CLOSE, LATER)

    page = office.open(where)
    assert "Sunday 24 May 2026, 23:59 in Seoul" in page
    assert re.search(r"<del><time[^>]*>Sunday 17 May 2026, 23:59 in Seoul", page)
    assert "A holiday" in page
    assert "for you: Sunday 24 May 2026, 14:59 in UTC" in page
    with office.site.app_context():
        from awards.extensions import db

        told = set(db.session.scalars(select(Outbox.recipient).where(Outbox.template == "date_moved")))
    assert told == {"writer@city.example", "second@city.example"}


def test_a_date_is_seen_before_it_is_saved(office: Office) -> None:
    other = LATER | {"day": "2026-05-25"}
    seen = hidden(well(send(office.at("organiser"), CLOSE, LATER | {"act": "look"})), "seen")

    answer = send(office.at("organiser"), CLOSE, other | {"act": "save", "seen": seen})

    assert answer.status_code == 200
    assert "Monday 25 May 2026" in well(answer)
    assert _close(office) == datetime(2026, 5, 17, 23, 59)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"day": "2026-05-10"}, "day"),
        ({"day": "someday"}, "day"),
        ({"day": ""}, "day"),
        ({"day": "\0"}, "day"),
        ({"time": "25:00"}, "time"),
        ({"zone": "Nowhere/Nothing"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"day": "0001-01-01", "time": "00:00"}, "day"),
    ],
)
def test_what_is_no_later_date_is_refused_beside_its_field(
    office: Office, fields: dict[str, str], field: str
) -> None:
    answer = send(office.at("organiser"), CLOSE, LATER | fields | {"act": "save"})

    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in well(answer)
    assert "A holiday" in answer.text
    assert _close(office) == datetime(2026, 5, 17, 23, 59)  # noqa: DTZ001


def test_a_date_that_has_passed_is_not_moved(office: Office, at_noon: time_machine.Traveller) -> None:
    at_noon.move_to(datetime(2026, 5, 18, 9, tzinfo=UTC))

    answer = send(office.at("organiser"), CLOSE, LATER | {"act": "look"}, page=f"{DESK}/dates")

    assert answer.status_code == 422
    assert "can't be moved any more" in well(answer)


def test_a_move_without_a_reason_is_asked_for_it(office: Office) -> None:
    fields = LATER | {"reason": " "}
    seen = hidden(well(send(office.at("organiser"), CLOSE, fields | {"act": "look"})), "seen")

    answer = send(office.at("organiser"), CLOSE, fields | {"act": "save", "seen": seen})

    assert answer.status_code == 422
    assert 'id="reason-wrong"' in well(answer)


def test_dates_the_wrong_way_round_are_doubted(office: Office) -> None:
    fields = {"day": "2026-05-11", "time": "", "zone": "Asia/Seoul", "act": "look"}

    page = well(send(office.at("organiser"), f"{DESK}/dates/vote_open", fields))

    assert "Monday 11 May 2026, 23:59 in Seoul" in page
    assert "which should come first" in page


def test_the_zone_of_new_dates_is_chosen(office: Office) -> None:
    wrong = send(office.at("organiser"), f"{DESK}/dates/zone", {"zone": "Nowhere"})
    send(office.at("organiser"), f"{DESK}/dates/zone", {"zone": "Africa/Tunis"})

    assert wrong.status_code == 422
    assert "New dates are stated in Tunis." in office.open(f"{DESK}/dates")


def test_a_draft_gets_a_deadline_of_its_own_without_being_read(office: Office) -> None:
    begin(office.site, "writer@city.example", title="A secret title")
    fields = LATER | {"whom": "nomination", "who": "writer@city.example", "category": ""}

    where = look_and_save(office, f"{DESK}/dates/own", fields)

    page = office.open(where)
    assert "draft begun on Monday 4 May 2026" in page
    assert "A secret title" not in page
    assert _own(office) == 1


def test_whose_deadline_is_meant_is_asked_where_several_may_be(office: Office) -> None:
    first, _second = begin(office.site, "writer@city.example"), begin(office.site, "writer@city.example")
    fields = LATER | {"whom": "nomination", "who": "writer@city.example", "act": "look"}

    page = well(send(office.at("organiser"), f"{DESK}/dates/own", fields))
    assert "Which of these?" in page

    look_and_save(office, f"{DESK}/dates/own", fields | {"chosen": first})
    assert _own(office) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"whom": "nomination", "who": "OC-99"},
        {"whom": "nomination", "who": ""},
        {"whom": "organisation", "who": "Nowhere at all"},
        {"whom": "category", "category": "nowhere"},
        {"whom": "\0", "who": "\0"},
    ],
)
def test_a_deadline_for_nobody_is_refused(office: Office, fields: dict[str, str]) -> None:
    answer = send(office.at("organiser"), f"{DESK}/dates/own", LATER | fields | {"act": "save"})

    assert answer.status_code == 422
    assert _own(office) == 0
    well(answer)


def test_a_category_and_an_organisation_get_deadlines_of_their_own(office: Office) -> None:
    it = _body(office, "Quillonia")
    look_and_save(office, f"{DESK}/dates/own", LATER | {"whom": "category", "category": "services"})
    asked = LATER | {"whom": "organisation", "who": "quillonia"}
    assert "Quillonia, South Korea" in send(office.at("organiser"), f"{DESK}/dates/own", asked).text
    look_and_save(office, f"{DESK}/dates/own", asked | {"chosen": it})

    assert _own(office) == 2


def test_somebody_is_asked_to_be_a_screener_and_the_invitation_is_sent_again_and_taken_back(
    office: Office,
) -> None:
    fields = {"email": "new@city.example", "name": "New Example", "role": "screener", "language": "ko"}
    asked = send(office.at("organiser"), f"{DESK}/people", fields)
    page = office.open(f"{DESK}/people")
    one = re.search(r"/people/invitations/([\w-]+)", page)
    assert one, page

    address = f"{DESK}/people/invitations/{one[1]}"
    again = send(office.at("organiser"), address, {"act": "resend"}, page=f"{DESK}/people")
    gone = send(office.at("organiser"), address, {"act": "withdraw"}, page=f"{DESK}/people")
    late = send(office.at("organiser"), address, {"act": "resend"}, page=f"{DESK}/people")

    assert [it.status_code for it in (asked, again, gone, late)] == [303] * 4
    assert "withdrawn" in office.open(f"{DESK}/people")
    assert _invitations(office) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": "auditor@city.example"}, "nobody has both roles"),
        ({"email": "organiser@city.example"}, "Nobody gives a role to themselves."),
        ({"email": "screener@city.example"}, "has this role already"),
        ({"email": "no address"}, "not an e-mail address"),
        ({"email": ""}, "Write the e-mail address."),
        ({"role": "judge"}, "Not a valid choice"),
        ({"role": ""}, "Choose a role."),
        ({"name": "x" * 201}, "at most 200 letters"),
    ],
)
def test_a_role_that_can_not_be_given_is_refused_in_words(
    office: Office, fields: dict[str, str], says: str
) -> None:
    asked = {"email": "new@city.example", "name": "", "role": "screener", "language": "en"}

    answer = send(office.at("organiser"), f"{DESK}/people", asked | fields)

    assert answer.status_code == 422
    assert says in well(answer)
    assert _invitations(office) == 0


def test_an_administrator_appoints_organisers_only(office: Office) -> None:
    page = office.open(f"{DESK}/people", "admin")
    asked = {"email": "new@city.example", "name": "", "language": "en"}

    screener = send(office.at("admin"), f"{DESK}/people", asked | {"role": "screener"})
    organiser = send(office.at("admin"), f"{DESK}/people", asked | {"role": "organiser"})

    assert 'value="screener"' not in page
    assert (screener.status_code, organiser.status_code) == (422, 303)


def test_the_last_organiser_does_not_leave(office: Office) -> None:
    with office.site.app_context():
        second, own = _account("second@city.example"), _account("organiser@city.example")
    organiser = office.at("organiser")

    send(organiser, f"{DESK}/people/organiser/{second}/end")
    stays = send(organiser, f"{DESK}/people/organiser/{own}/end")

    assert "This is the last organiser." in organiser.get(stays.location).text
    assert office.at("second").get(f"{DESK}/").status_code == 404


def test_deputies_are_put_in_order(office: Office) -> None:
    with office.site.app_context():
        for rank, name in enumerate(("first", "last"), start=1):
            person(f"{name}@city.example", Role.DEPUTY, edition=office.edition(), name=f"{name} Example")
            _rank(f"{name}@city.example", rank)
        last = _account("last@city.example")

    send(office.at("organiser"), f"{DESK}/people/deputies/{last}", {"act": "up"}, page=f"{DESK}/people")

    page = office.open(f"{DESK}/people")
    assert page.index("last Example") < page.index("first Example")


def test_an_organisation_is_confirmed_corrected_and_merged_and_unmerged(office: Office) -> None:
    one, into = _body(office, "Quilonia City Hall", confirmed=False), _body(office, "Quillonia")
    listing, page = "/en/secretariat/organisations", f"/en/secretariat/organisations/{one}"
    assert "Quilonia City Hall" in office.open(listing)
    browser = office.at("organiser")
    send(browser, page, {"act": "confirm"})
    assert "All organisations are confirmed." in office.open(listing, "admin")

    facts = {"act": "correct", "name": "Quillonia City Hall", "name-ko": "퀼로니아시청", "kind": "city"}
    send(browser, page, facts | {"country": "KR", "city": "Quillonia", "region": "asia", "parent": ""})
    assert "Quillonia City Hall" in office.open(f"{listing}?q=퀼로니아")

    merge = f"{page}/merge/{into}"
    office.open(merge)
    missing = send(browser, merge, {"reason": ""})
    send(browser, merge, {"reason": "The same city hall."})
    assert missing.status_code == 422
    assert "another organisation stands for it" in office.open(page)

    send(browser, f"{page}/unmerge", {"reason": "Another body."})
    assert "another organisation stands for it" not in office.open(page)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"country": "XX"}, "country"),
        ({"kind": "planet"}, "kind"),
        ({"parent": "nowhere"}, "parent"),
        ({"name": "Zephyrgate"}, "name"),
        ({"name": "\0"}, "name"),
    ],
)
def test_a_wrong_correction_is_refused_beside_its_field(
    office: Office, wrong: dict[str, str], field: str
) -> None:
    _body(office, "Zephyrgate")
    page = f"/en/secretariat/organisations/{_body(office, 'Quillonia')}"
    facts = {"act": "correct", "name": "Quillonia", "kind": "city", "country": "KR", "city": "Typed city"}

    answer = send(office.at("organiser"), page, facts | wrong)

    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in well(answer)
    assert 'value="Typed city"' in answer.text


def test_screeners_do_not_keep_the_register(office: Office) -> None:
    assert office.at("screener").get("/en/secretariat/organisations").status_code == 403
    assert office.at("auditor").post("/en/secretariat/organisations/nothing", data={}).status_code == 403
    assert office.at("organiser").get("/en/secretariat/organisations/nothing").status_code == 404


def test_the_register_asks_as_many_questions_for_many_as_for_few(office: Office) -> None:
    few = _questions(office, "/en/secretariat/organisations")
    for number in range(8):
        _body(office, f"Town {number}", confirmed=False)

    assert _questions(office, "/en/secretariat/organisations") == few


def test_a_late_request_is_read_and_accepted_with_a_reason(
    office: Office, at_noon: time_machine.Traveller
) -> None:
    public_id, number = _late(office, at_noon)
    address = f"{DESK}/late/{public_id}/{number}"
    assert "Buses that say when they come" in office.open(f"{DESK}/late")
    page = office.open(address)
    assert "The line was down." in page
    assert "We asked the people at the stops." in page

    silent = send(office.at("organiser"), address, {"act": "accept", "reason": ""})
    taken = send(office.at("organiser"), address, {"act": "accept", "reason": "A power cut, proven."})
    again = send(office.at("second"), address, {"act": "refuse", "reason": "No."}, page=f"{DESK}/late")

    assert (silent.status_code, taken.status_code, again.status_code) == (422, 303, 303)
    assert "Somebody else has decided" in office.at("second").get(again.location).text
    assert "accepted" in office.open(f"{DESK}/late")
    assert office.at("organiser").get(f"{DESK}/late/nothing/1").status_code == 404


def _late(office: Office, at_noon: time_machine.Traveller) -> tuple[str, int]:
    from awards import accounts, submitting
    from awards.audit import Actor
    from awards.extensions import begin_writing, db

    public_id = begin(office.site, "writer@city.example")
    at_noon.move_to(datetime(2026, 5, 18, 9, tzinfo=UTC))
    with office.site.app_context():
        begin_writing()
        session, account = db.session(), accounts.find(db.session(), "writer@city.example")
        assert account is not None
        nomination = session.scalars(select(Nomination).where(Nomination.public_id == public_id)).one()
        submitting.ask_for_late(
            session,
            nomination,
            reason="The line was down.",
            actor=Actor(account, account),
            now=datetime.now(UTC),
        )
        session.commit()
        number = session.scalars(select(LateRequest.revision_number)).one()
    return public_id, number


def _close(office: Office) -> datetime:
    from awards.extensions import db

    with office.site.app_context():
        return editions.timetable_of(db.session(), office.edition())[Moment.NOMINATIONS_CLOSE].local


def _own(office: Office) -> int:
    from awards.extensions import db

    with office.site.app_context():
        return len(db.session.scalars(select(OwnDeadline)).all())


def _invitations(office: Office) -> int:
    from awards.extensions import db

    with office.site.app_context():
        return len(db.session.scalars(select(Invitation)).all())


def _body(office: Office, name: str, *, confirmed: bool = True) -> str:
    from awards.extensions import db

    with office.site.app_context():
        made = organisations.make(name, country="KR", city=name, kind="city", confirmed=confirmed)
        db.session.add(made)
        db.session.commit()
        return db.session.scalars(select(Organisation.public_id).where(Organisation.name == name)).one()


def _account(email: str) -> str:
    from awards import accounts
    from awards.extensions import db

    account = accounts.find(db.session(), email)
    assert account is not None
    return account.public_id


def _rank(email: str, rank: int) -> None:
    from awards import accounts
    from awards.extensions import db

    account = accounts.find(db.session(), email)
    assert account is not None
    query = select(Grant).where(Grant.account_id == account.id, Grant.role == Role.DEPUTY)
    db.session.scalars(query).one().rank = rank
    db.session.commit()


def _questions(office: Office, address: str) -> int:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    office.open(address)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        office.open(address)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(asked)


def test_pages_say_that_something_was_typed_only_where_it_was(office: Office) -> None:
    for page in ("/people", "/dates", "/dates/nominations_close"):
        assert "You were signed out" not in office.open(f"{DESK}{page}")


def test_an_organiser_with_an_interest_neither_reads_nor_decides_a_late_request(
    office: Office, at_noon: time_machine.Traveller
) -> None:
    public_id, number = _late(office, at_noon)
    _declare(office, public_id)
    address = f"{DESK}/late/{public_id}/{number}"

    shown = office.at("organiser").get(address)
    sent = send(office.at("organiser"), address, {"act": "accept", "reason": "Mine."}, page=f"{DESK}/late")

    assert (shown.status_code, sent.status_code) == (403, 403)
    page = well(shown)
    assert "You have an interest in this nomination" in page
    assert "We asked the people at the stops." not in page
    assert "The line was down." not in page
    assert office.at("second").get(address).status_code == 200


def test_an_organiser_with_an_interest_gives_no_more_time(office: Office) -> None:
    _declare(office, begin(office.site, "writer@city.example"))
    fields = LATER | {"whom": "nomination", "who": "writer@city.example", "act": "look"}
    seen = hidden(well(send(office.at("organiser"), f"{DESK}/dates/own", fields)), "seen")

    saved = send(office.at("organiser"), f"{DESK}/dates/own", fields | {"act": "save", "seen": seen})

    assert saved.status_code == 403
    assert "another organiser gives it more time" in well(saved)
    assert _own(office) == 0


def _declare(office: Office, public_id: str) -> None:
    """The organiser says that they have an interest in a nomination."""
    from awards import accounts, recusals
    from awards.audit import Actor
    from awards.extensions import begin_writing, db

    with office.site.app_context():
        begin_writing()
        account = accounts.find(db.session(), "organiser@city.example")
        assert account is not None
        nomination = db.session.scalars(select(Nomination).where(Nomination.public_id == public_id)).one()
        recusals.declare(db.session(), nomination, actor=Actor(account, account), now=datetime.now(UTC))
        db.session.commit()


@pytest.mark.parametrize("zone", ["Asia", "Mars/Base", "../etc"])
def test_a_part_of_the_world_is_no_zone(office: Office, zone: str) -> None:
    answer = send(office.at("organiser"), CLOSE, LATER | {"act": "look", "zone": zone})

    assert (answer.status_code, "Choose a time zone from the list." in answer.text) == (422, True)


def test_a_reason_longer_than_what_is_kept_is_refused_beside_its_field(office: Office) -> None:
    long = {"reason": "x" * 1001}
    own = LATER | {"whom": "category", "category": "services"}
    answers = []
    for address, fields in ((CLOSE, LATER), (f"{DESK}/dates/own", own)):
        shown = send(office.at("organiser"), address, fields | {"act": "look"})
        seen = hidden(well(shown), "seen")
        answers.append(send(office.at("organiser"), address, fields | long | {"act": "save", "seen": seen}))
    answers.append(send(office.at("organiser"), f"{DESK}/texts/categories.services", {"base": "1"} | long))

    assert [answer.status_code for answer in answers] == [422] * 3
    for answer in answers:
        assert "Write at most 1,000 characters." in well(answer)
