"""Key holders on their pages: a key made and copied, tried, its share given; two of three open, on two devices."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import accounts, editions, holders, sessions
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Ballot, HeldForm, Outbox, Role
from awards.notices import Template
from tests.awards.keeping import NAMES, PASSPHRASES, Kept
from tests.awards.play import KEY, NOW
from tests.awards.poll import CLOSES
from tests.web.signing import csrf_of, send, signed_in
from tests.web.test_polling import ORGANISER, SECOND, TELLER, VOTE, Desk, says

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HERE = f"/en/holding/{KEY}"
HANA, HUGO, HILDA = (f"{it}@keys.example" for it in NAMES)
OVER = CLOSES + timedelta(hours=1)


class KeyDesk(Desk):
    """Everybody's browser, and a vote whose three key holders are ready."""

    def __init__(self, app: Flask, clock: time_machine.Traveller) -> None:
        self.app, self.clock = app, clock
        self.browsers: dict[str, FlaskClient] = {}
        with app.app_context():
            begin_writing()
            self.poll = self.kept = Kept(db.session, Path(app.config["LAURELS_DATA"])).ready()  # type: ignore[assignment]
            self.poll.person(SECOND, Role.ORGANISER)
            db.session.commit()
            self.operator = self.poll.actor.account.id
            self.words = dict(self.kept.words)  # type: ignore[attr-defined]

    def closed(self) -> "KeyDesk":
        assert self.post("/open").status_code == 303
        self.cast("one", "two", "three")
        self.wait_until(OVER)
        assert self.post("/close").status_code == 303
        return self

    def own(self, email: str) -> str:
        answer = self.at(email).get(HERE)
        assert answer.status_code == 200
        return says(answer)

    def holds(self, email: str, page: str, **fields: str) -> TestResponse:
        return send(self.at(email), f"{HERE}/{page}", fields, page="/en/account")

    def ballots(self) -> int:
        with self.app.app_context():
            return len(db.session.scalars(select(Ballot)).all())


@pytest.fixture
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(app: Flask, clock: time_machine.Traveller) -> KeyDesk:
    return KeyDesk(app, clock)


def test_two_of_three_open_on_two_devices(desk: KeyDesk, capfd: pytest.CaptureFixture[str]) -> None:
    assert "shared among Hana, Hugo, Hilda" in desk.read()
    assert "Not every key holder has tried" not in desk.read()
    desk.closed()
    with desk.app.app_context():
        query = select(Outbox.recipient).where(Outbox.template == Template.HOLDER_ASKED.value)
        assert sorted(db.session.scalars(query)) == sorted([HANA, HUGO, HILDA])
    assert "Two of them open the envelopes, each on their own page" in desk.read("/opening")
    assert desk.post("/opening", TELLER, act="propose", reason="All are here").status_code == 422
    assert "Give your share of the key" in desk.own(HANA)
    assert "3 of 4 electors" in desk.own(HANA)

    wrong = desk.holds(HANA, "give", passphrase="not the one", reason="All are here")
    assert (wrong.status_code, "This is not the passphrase" in says(wrong)) == (422, True)
    assert desk.holds(HANA, "give", passphrase=PASSPHRASES["hana"], reason=" ").status_code == 422
    assert desk.holds(HANA, "give", passphrase=PASSPHRASES["hana"], reason="All are here").status_code == 303
    assert "It waits for a second holder until" in desk.own(HANA)
    assert "Hana has given a share" in desk.own(HUGO)
    assert "Hana has given a share" in desk.read("/holders")
    assert "You have given your share already" in says(
        desk.at(HANA).get(str(desk.holds(HANA, "give", passphrase=PASSPHRASES["hana"], reason="x").location))
    )
    assert desk.holds(HANA, "back").status_code == 303
    assert "Nobody has given a share yet." in desk.read("/opening")
    assert desk.holds(HANA, "give", passphrase=PASSPHRASES["hana"], reason="All are here").status_code == 303
    assert desk.ballots() == 0

    words = desk.holds(HUGO, "give", words=" ".join(desk.words["hugo"][::-1]))
    assert (words.status_code, "look at their order" in says(words)) == (422, True)
    assert desk.holds(HUGO, "give", words=" ".join(desk.words["hugo"])).status_code == 303
    assert (desk.ballots(), "You can throw the paper away" in desk.own(HILDA)) == (3, True)
    assert list(Path(desk.app.config["LAURELS_DATA"], "keys").iterdir()) == []

    public = desk.app.test_client()
    for page in ("", "/rules"):
        assert "shared among Hana, Hugo, Hilda" in says(public.get(f"/en/{KEY}{page}", follow_redirects=True))
    kept = capfd.readouterr()
    for secret in (PASSPHRASES["hana"], " ".join(desk.words["hugo"][:3])):
        assert secret not in kept.out + kept.err, "a passphrase is in the log"


def test_a_key_is_made_copied_on_paper_and_tried(app: Flask, clock: time_machine.Traveller) -> None:
    with app.app_context():
        begin_writing()
        poll = Kept(db.session, Path(app.config["LAURELS_DATA"]))
        for role, email in ((Role.HOLDER, HANA), (Role.ORGANISER, ORGANISER)):
            poll.person(email, role)
        db.session.commit()
    hana, organiser = signed_in(app, HANA), signed_in(app, ORGANISER)

    def post(page: str, **fields: str) -> TestResponse:
        return send(hana, f"{HERE}/{page}", fields, page="/en/account")

    assert "Make your key" in says(hana.get("/en/today"))
    assert "Make your key" in says(hana.get(HERE))
    assert post("key", passphrase="short", again="short").status_code == 422
    assert post("key", passphrase="seven quiet herons", again="eight quiet herons").status_code == 422
    assert post("key", passphrase="a\0 \u202e" * 200, again="b").status_code == 422
    made = post("key", passphrase="seven quiet herons", again="seven quiet herons")
    words = re.findall(r"<li>([a-z]+)</li>", made.text)
    assert (made.status_code, len(words), made.headers["Cache-Control"]) == (200, 24, "no-store")
    assert not any(" ".join(words) in says(hana.get(f"{HERE}{it}")) for it in ("", "/copy")), "shown once"

    asked = [int(it) for it in re.findall(r"Word number (\d+)", hana.get(f"{HERE}/copy").text)]
    one, other = (words[it - 1] for it in asked)
    assert post("copy", passphrase="seven quiet herons", one_word=one, other_word="zebra").status_code == 422
    assert post("copy", passphrase="seven quiet", one_word=one, other_word=other).status_code == 422
    assert post("copy", passphrase="seven quiet herons", one_word=one, other_word=other).status_code == 303
    assert "Your key is ready" in says(hana.get(HERE))
    assert post("try", words=", ".join(words).upper()).status_code == 303
    assert post("try", words="zebra").status_code == 422
    frozen = send(organiser, f"/en/secretariat/{KEY}/freeze", {"sha256": "x"}, page="/en/account")
    assert frozen.status_code in (303, 404)
    assert "ready" in says(organiser.get(f"{VOTE}/holders"))

    assert post("lost", reason="").status_code == 422
    assert post("lost", reason="A fire").status_code == 303
    assert "Your key is lost" in says(hana.get(HERE))
    assert "A fire" in says(organiser.get(f"{VOTE}/holders"))
    assert post("try", passphrase="seven quiet herons").status_code == 303
    assert "Your key is ready" in says(hana.get(HERE)), "found again"


def test_guessing_is_slowed_and_a_right_passphrase_ends_it(desk: KeyDesk) -> None:
    tries = [desk.holds(HANA, "try", passphrase=f"guess {it}").status_code for it in range(11)]
    assert tries == [422] * 10 + [429]
    assert desk.holds(HANA, "try", passphrase=PASSPHRASES["hana"]).status_code == 429
    assert desk.holds(HUGO, "try", passphrase=PASSPHRASES["hugo"]).status_code == 303, (
        "another is not held up"
    )
    desk.clock.shift(timedelta(minutes=16))
    assert desk.holds(HANA, "try", passphrase=PASSPHRASES["hana"]).status_code == 303


def test_holders_are_named_on_the_page_people_and_nobody_else_sees_their_pages(desk: KeyDesk) -> None:
    fields = {"email": "hector@keys.example", "name": "", "role": "holder", "language": "en", "note": ""}
    full = send(desk.at(), f"/en/secretariat/{KEY}/people", fields)
    assert (full.status_code, "Three key holders are named" in says(full)) == (422, True)
    with desk.app.app_context():
        hana = accounts.find(db.session(), HANA)
        assert hana is not None
        person = hana.public_id
    gone = send(desk.at(), f"/en/secretariat/{KEY}/people/holder/{person}/end", {})
    assert "Envelopes are sealed for this key holder" in says(desk.at().get(str(gone.location)))
    for email in (ORGANISER, TELLER):
        assert desk.at(email).get(HERE).status_code == 404

    assert desk.post("/holders", TELLER, act="lost", holder=person, reason="Gone").status_code == 422
    assert desk.post("/holders", act="lost", holder="nobody", reason="Gone").status_code == 422
    assert desk.post("/holders", act="lost", holder=person, reason="Gone abroad").status_code == 303
    assert "Hana has lost the key. The other two can open" in desk.read()
    assert desk.post("/holders", TELLER, act="remind").status_code == 303
    with desk.app.app_context():
        query = select(Outbox.recipient).where(Outbox.template == Template.HOLDER_ASKED.value)
        assert sorted(db.session.scalars(query)) == sorted([HUGO, HILDA])
        edition = editions.find(db.session(), KEY)
        states = [it.state for it in holders.of_edition(db.session(), edition)]
        assert states.count(holders.State.LOST) == 1
        assert db.session.get_one(Account, desk.operator).operator


def test_at_the_shell_holders_are_listed_and_two_give_what_nobody_sees(desk: KeyDesk) -> None:
    shell = desk.app.test_cli_runner()

    def run(*words: str, typed: str = "") -> tuple[int, str]:
        done = shell.invoke(args=[*words, "--as", "Operator"], input=f"{typed}\n" if typed else None)
        return done.exit_code, done.output

    assert "hana@keys.example  Hana: ready, tried on 2014-09-01 09:30 UTC." in run("keys", "holders", KEY)[1]
    assert "2 key(s)" not in run("check")[1]
    desk.closed()
    code, said = run("round", "close", KEY, "second")
    assert (code, "two holders give their shares" in said) == (1, True)
    give = ("keys", "give", KEY, "--holder")
    code, said = run(*give, HANA, typed="not the one")
    assert (code, "are not those of this key" in said, "not the one" in said) == (1, True, False)
    assert run(*give, "nobody@keys.example", typed="x")[0] == 1
    code, said = run(*give, HANA, typed=PASSPHRASES["hana"])
    assert (code, "waits twelve hours" in said) == (0, True), said
    assert "Hana has given a share; it waits until" in run("keys", "holders", KEY)[1]
    code, said = run(*give, HUGO, "--words", typed=" ".join(desk.words["hugo"]))
    assert (code, "Destroyed the key of the envelopes and its shares." in said, desk.ballots()) == (
        0,
        True,
        3,
    ), said


def test_a_passphrase_that_comes_after_the_session_ended_is_kept_nowhere(desk: KeyDesk) -> None:
    browser = desk.at(HANA)
    token = csrf_of(browser, "/en/account")
    with desk.app.app_context():
        account = accounts.find(db.session(), HANA)
        assert account is not None
        sessions.end_all(db.session(), account, actor=Actor(account, account), now=NOW)
        db.session.commit()
    typed = {"csrf_token": token, "words": " ".join(desk.words["hana"]), "passphrase": PASSPHRASES["hana"]}

    assert browser.post(f"{HERE}/try", data=typed).status_code == 303
    with desk.app.app_context():
        assert db.session.scalars(select(HeldForm)).all() == []


def test_a_category_can_not_be_voted_on_again_while_fewer_than_two_have_a_key(desk: KeyDesk) -> None:
    assert desk.post("/open").status_code == 303
    desk.cast("one", "two", "three")
    with desk.app.app_context():
        begin_writing()
        edition = editions.find(db.session(), KEY)
        for email in (HANA, HUGO):
            account = accounts.find(db.session(), email)
            assert account is not None
            actor = Actor(account=account, real=account)
            holders.lose(db.session(), edition, account, reason="Fire", actor=actor, now=NOW)
        db.session.commit()
    answer = desk.post("/finalists/SV-2", act="withdraw", reason="Asked in writing")

    assert (answer.status_code, "Fewer than two key holders have a key" in says(answer)) == (409, True)
