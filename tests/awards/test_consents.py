"""Consent withdrawn item by item: what is left of a published row, who is told, who may put it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from awards import consents, publication, publishing
from awards.consents import EVERYTHING, NothingSuch, ReasonMissing, WithdrawnByOrganiser
from awards.models import AuditEvent, Nomination, Outbox, Publication, PublicationKind
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
