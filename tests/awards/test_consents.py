"""Consent withdrawn item by item: what is left of a published row, who is told, who may put it back."""

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from awards import consents, jobs, portraits, publication, publishing, storage
from awards.consents import EVERYTHING, NothingSuch, ReasonMissing, WithdrawnByOrganiser
from awards.jobs import Work
from awards.models import AuditEvent, Nomination, Outbox, Publication, PublicationKind
from judging.rules import Field
from tests.awards import desks
from tests.awards.contest import Contest
from tests.awards.test_portraits import contest as contest  # noqa: PLC0414 (a fixture)
from tests.awards.test_portraits import picture, says

on_one = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ROW = {
    "reference": "SV-1",
    "organisation": "Exampleton",
    "title": "One number",
    "prize": "best",
    "citations": {"en": "It answers."},
    "summary": "A number.",
    "summaries": {"ko": "번호입니다."},
    "answers": {"solution": "One number.", "results": [{"indicator": "Calls", "value": "9"}]},
    "pictures": [{"file": "aa.webp"}, {"file": "bb.webp"}],
    "contacts": [{"name": "Ada Example", "office": "Director"}],
}
STAYS = {key: ROW[key] for key in ("reference", "organisation", "title", "prize", "citations")}


def released(contest: Contest) -> Nomination:
    """SV-1, whose page shows a solution, results and two pictures."""
    entries = [
        {"file": picture(contest, name), "permission": True, "alternative": name} for name in ("face", "hall")
    ]
    says(contest, pictures=entries)
    publishing.release(
        contest.session, contest.edition, folder=contest.folder, actor=contest.actor, now=contest.now
    )
    return contest.session.scalars(select(Nomination).where(Nomination.reference == "SV-1")).one()


def row(contest: Contest) -> dict[str, object]:
    found = publication.visible(contest.session, contest.edition, PublicationKind.WINNERS, contest.now)
    return dict(next(it for shown in found for it in shown.document["rows"] if it["reference"] == "SV-1"))


@on_one
def test_within_the_hour_no_file_is_left_that_was_made_before_consent_was_withdrawn(contest: Contest) -> None:
    nomination, data = released(contest), contest.folder / "data"
    drawn = data / storage.DRAWN
    storage.keep_as(drawn, f"{'a' * 32}.zip", b"A kit with the picture.")
    storage.keep_as(drawn, f"{'b' * 32}.zip", b"A kit without it.")
    before, after = (contest.now + timedelta(minutes=it) for it in (20, 32))
    for name, at in (("a", before), ("b", after)):
        os.utime(drawn / f"{name * 32}.zip", (at.timestamp(),) * 2)
    withdrawn = contest.now + timedelta(minutes=30)
    where = (contest.session, contest.edition, nomination)
    work = Work(
        contest.session, contest.actor, withdrawn, contest.folder, "", "", None, {"LAURELS_DATA": data}
    )
    assert jobs.tick(work).dropped == 0

    consents.withdraw(*where, EVERYTHING, published=(), actor=contest.actor, now=withdrawn)

    assert jobs.tick(work).dropped == 1
    assert [it.name[0] for it in drawn.iterdir()] == ["b"]


def test_a_row_loses_what_was_withdrawn_and_nothing_else() -> None:
    left = consents.leaves(ROW, {"solution", "summary", "picture:aa.webp", "contacts"})

    assert left["answers"] == {"results": ROW["answers"]["results"]}  # type: ignore[index]
    assert [(it["file"], it["number"]) for it in left["pictures"]] == [("bb.webp", 2)]
    assert (left["summary"], left["summaries"], left["contacts"]) == ("", {}, [])
    assert {key: left[key] for key in STAYS} == STAYS


def test_without_everything_there_are_left_the_name_the_prize_and_why_it_won() -> None:
    left = consents.leaves(ROW, {EVERYTHING})

    assert {key: it for key, it in left.items() if it and key not in ("withdrawn", "had")} == STAYS


def test_every_item_of_a_row_can_be_withdrawn() -> None:
    items = consents.items_of(ROW)

    assert items == ["summary", "solution", "results", "picture:aa.webp", "picture:bb.webp", "contacts"]
    assert consents.items_of(consents.leaves(ROW, items)) == []


@on_one
def test_what_is_withdrawn_leaves_at_once_and_comes_back_as_it_stood(contest: Contest) -> None:
    nomination, act = released(contest), {"actor": contest.actor, "now": contest.now}
    before = row(contest)

    consents.withdraw(contest.session, contest.edition, nomination, "solution", published=["solution"], **act)
    without = row(contest)
    consents.withdraw(contest.session, contest.edition, nomination, "solution", published=["solution"], **act)
    consents.give_again(contest.session, contest.edition, nomination, "solution", **act)

    assert "solution" in before["answers"]  # type: ignore[operator]
    assert "solution" not in without["answers"]  # type: ignore[operator]
    assert row(contest) == before
    kept = contest.session.scalars(select(Publication).where(Publication.kind == PublicationKind.WINNERS))
    assert all("withdrawn" not in it for shown in kept for it in shown.document["rows"])
    trail = contest.session.scalars(
        select(AuditEvent.action).where(AuditEvent.action.like("consent.%"))
    ).all()
    assert trail == ["consent.withdrawn", "consent.given_again"]


@on_one
def test_it_stays_withdrawn_through_whatever_is_published_later(contest: Contest) -> None:
    nomination, act = released(contest), {"actor": contest.actor, "now": contest.now}
    consents.withdraw(contest.session, contest.edition, nomination, EVERYTHING, published=(), **act)
    shown = publication.latest(contest.session, contest.edition, "services", PublicationKind.WINNERS)
    assert shown is not None

    publication.publish(
        contest.session,
        contest.edition,
        "services",
        PublicationKind.WINNERS,
        shown.document,
        visible_from=contest.now,
    )

    assert row(contest)["answers"] == {}


@on_one
def test_only_what_is_published_can_be_withdrawn_and_given_again_only_what_was(contest: Contest) -> None:
    nomination, act = released(contest), {"actor": contest.actor, "now": contest.now}

    with pytest.raises(NothingSuch):
        consents.withdraw(
            contest.session, contest.edition, nomination, "budget", published=["solution"], **act
        )
    with pytest.raises(NothingSuch):
        consents.give_again(contest.session, contest.edition, nomination, "solution", **act)


@on_one
def test_what_an_organiser_took_off_with_a_reason_only_an_organiser_puts_back(contest: Contest) -> None:
    nomination, session, edition = released(contest), contest.session, contest.edition
    act = {"actor": contest.actor, "now": contest.now}

    with pytest.raises(ReasonMissing):
        consents.withdraw(
            session, edition, nomination, EVERYTHING, published=(), as_organiser=True, reason=" ", **act
        )
    asked = "A person on the picture wrote to us."
    consents.withdraw(
        session, edition, nomination, EVERYTHING, published=(), as_organiser=True, reason=asked, **act
    )
    with pytest.raises(WithdrawnByOrganiser):
        consents.give_again(session, edition, nomination, EVERYTHING, **act)
    with pytest.raises(ReasonMissing):
        consents.give_again(session, edition, nomination, EVERYTHING, as_organiser=True, **act)
    consents.give_again(
        session, edition, nomination, EVERYTHING, as_organiser=True, reason="They agree.", **act
    )

    assert not consents.of_nomination(session, nomination)


@on_one
def test_organisers_are_told_that_something_changed_once_an_hour(contest: Contest) -> None:
    nomination, session, edition = released(contest), contest.session, contest.edition
    desks.organiser(session, edition)
    items = ["solution", "results"]
    for minutes, item in enumerate(items):
        now = contest.now + timedelta(minutes=minutes)
        consents.withdraw(session, edition, nomination, item, published=items, actor=contest.actor, now=now)

    letters = session.scalars(select(Outbox).where(Outbox.template == "consent_changed")).all()
    assert [it.recipient for it in letters] == ["organiser@city.example"]


ADA = {"name": "Ada Example", "office": "Director", "email": "ada@city.example", "phone": "+82 2 1"}


def asked(key: str, kind: str, *, public: bool = False) -> Field:
    return Field(key, kind, required=False, public=public, judges=False, limit=0)


@pytest.mark.parametrize(
    ("public", "said", "parts"),
    [
        (True, {"consent_contacts": True}, {"name", "latin_name", "office", "email"}),
        (True, {"consent_contacts": False}, {"name", "latin_name", "office"}),
        (True, {"kept_back": ["people"]}, None),
        (True, {"consent": False}, None),
        (False, {"consent_contacts": True}, None),
    ],
)
def test_contacts_are_frozen_only_where_their_question_is_public_and_their_address_only_if_agreed(
    public: bool, said: dict[str, object], parts: set[str] | None
) -> None:
    form = (
        asked("people", "contacts", public=public),
        asked("consent", "consent"),
        asked("consent_contacts", "consent"),
    )

    found = list(
        portraits._contacts(SimpleNamespace(fields=form), {"people": [ADA], "consent": True} | said)  # type: ignore[arg-type]
    )

    assert [set(it) for it in found] == ([] if parts is None else [parts])
