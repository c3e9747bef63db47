"""What is public, and from when: finalists once announced, winners once released, names as they stood."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import editions, finalists, prizes, publication, publishing
from awards.decisions import NeedsTwoPeople
from awards.elections import ShortlistNotSigned
from awards.models import Approval, Decision, DecisionKind, Publication, PublicationKind
from awards.publication import NothingToPublish
from awards.publishing import Released, WinnersNotSigned
from awards.timetable import Phase
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.play import entry

FINALISTS_OF, WINNERS_OF = PublicationKind.FINALISTS, PublicationKind.WINNERS
TWO = [*(entry(name) for name in FINALISTS), entry("M-1", "openness"), entry("M-2", "openness")]
MARKS = dict.fromkeys(FINALISTS, 8) | {"M-1": 9, "M-2": 5}


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    """Two categories; in services the votes fall as the references stand."""
    return Contest(session, tmp_path, entries=TWO, marks=MARKS)


def decided(contest: Contest) -> Contest:
    contest.opened()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.ballots(*(("openness", address(name), "M-2", "M-1") for name in JUDGES))
    contest.close()
    contest.sign()
    return contest


def shown(contest: Contest, kind: PublicationKind) -> dict[str, list[str]]:
    found = publication.visible(contest.session, contest.edition, kind, contest.now)
    return {it.category: [row["reference"] for row in it.document["rows"]] for it in found}


def only(category: str | None) -> list[str] | None:
    return None if category is None else [category]


def announce(contest: Contest, category: str | None = None) -> list[bool]:
    return [
        it.is_new
        for it in finalists.announce(
            contest.session, contest.edition, only=only(category), actor=contest.actor, now=contest.now
        )
    ]


def release(contest: Contest, category: str | None = None) -> Released:
    return publishing.release(
        contest.session,
        contest.edition,
        only=only(category),
        folder=contest.folder / "files",
        actor=contest.actor,
        now=contest.now,
    )


def test_nothing_is_public_before_it_is_announced(contest: Contest) -> None:
    decided(contest)

    assert shown(contest, FINALISTS_OF) == {}
    assert shown(contest, WINNERS_OF) == {}


def test_finalists_are_announced_once_signed_in_an_order_that_ranks_nobody(contest: Contest) -> None:
    contest.marks = {"SV-1": 5, "SV-2": 6, "SV-3": 7, "SV-4": 8, "M-1": 5, "M-2": 9}
    contest.shortlisted()

    fresh, again = announce(contest), announce(contest)

    assert (fresh, again) == ([True, True], [False, False])
    assert shown(contest, FINALISTS_OF) == {"services": list(FINALISTS), "openness": ["M-1", "M-2"]}
    assert len(contest.session.scalars(select(Publication)).all()) == 2


def test_one_category_is_announced_before_the_other(contest: Contest) -> None:
    contest.shortlisted()

    announce(contest, "openness")

    assert list(shown(contest, FINALISTS_OF)) == ["openness"]


def test_finalists_wait_for_the_signature(contest: Contest) -> None:
    with pytest.raises(NothingToPublish):
        announce(contest)
    contest.judged()

    with pytest.raises(ShortlistNotSigned, match="services, openness"):
        announce(contest)


def test_a_category_that_is_not_there_is_named(contest: Contest) -> None:
    contest.shortlisted()

    for act in (announce, release):
        with pytest.raises(NothingToPublish, match="poetry"):
            act(contest, "poetry")


def test_winners_wait_for_the_signature(contest: Contest) -> None:
    with pytest.raises(NothingToPublish):
        release(contest)
    contest.opened()
    contest.vote((address("ann"), "SV-1"))
    contest.close()

    with pytest.raises(WinnersNotSigned, match="services, openness"):
        release(contest)


def test_a_release_shows_winners_and_their_finalists_and_publishes_the_edition(contest: Contest) -> None:
    decided(contest)

    released = release(contest)

    assert shown(contest, WINNERS_OF) == {"services": ["SV-1"], "openness": ["M-2"]}
    assert set(shown(contest, FINALISTS_OF)) == {"services", "openness"}
    assert contest.edition.phase is Phase.PUBLISHED
    assert released.record is not None


def test_a_category_released_first_shows_nothing_of_the_other(contest: Contest) -> None:
    decided(contest)

    first = release(contest, "openness")
    between = (shown(contest, WINNERS_OF), contest.edition.phase)
    last = release(contest)

    assert (first.record, between) == (None, ({"openness": ["M-2"]}, Phase.DECIDED))
    assert [(it.category, it.is_new) for it in last.published if it.kind is WINNERS_OF] == [
        ("services", True),
        ("openness", False),
    ]
    assert contest.edition.phase is Phase.PUBLISHED


def test_what_becomes_visible_later_is_not_visible_now(contest: Contest) -> None:
    decided(contest)
    release(contest)
    for it in contest.session.scalars(select(Publication)):
        it.visible_from = contest.now + timedelta(hours=1)
    contest.session.flush()

    assert shown(contest, WINNERS_OF) == {}
    assert publication.released(contest.session, [contest.edition.id], contest.now) == set()
    contest.now += timedelta(hours=2)
    assert set(shown(contest, WINNERS_OF)) == {"openness", "services"}


def test_a_release_needs_two_or_the_operator_alone_and_says_so(contest: Contest) -> None:
    decided(contest)
    operator = contest.actor

    contest.actor = replace(operator, operator=False)
    with pytest.raises(NeedsTwoPeople):
        release(contest)
    contest.actor = operator
    release(contest)

    approval = contest.session.scalars(select(Approval).where(Approval.act == publishing.RELEASE)).one()
    signed = contest.session.scalars(select(Decision).where(Decision.kind == DecisionKind.RELEASE)).one()
    assert (approval.operator_alone, approval.approver_id) == (True, None)
    assert signed.signers[0]["as"] == "operator"


def test_a_page_keeps_the_names_as_they_stood(contest: Contest) -> None:
    decided(contest)
    release(contest)
    organisation = contest.nomination("SV-1").revisions[0].organisation
    assert organisation is not None
    organisation.name = "Renamed"
    contest.session.flush()

    (openness, services) = sorted(
        publication.visible(contest.session, contest.edition, WINNERS_OF, contest.now),
        key=lambda it: it.category,
    )

    assert services.document["rows"][0]["organisation"] == "Town of SV-1"
    assert openness.document["not_given"] == []


def test_no_prize_is_given_by_decision_once_winners_are_out(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    mention = '\n[[prizes]]\nkey = "mention"\nname.en = "Mention"\nby_decision = true\n'
    contest = decided(Contest(session, tmp_path, more=mention, entries=TWO, marks=MARKS))
    release(contest, "services")

    with pytest.raises(prizes.NotTheTime):
        prizes.give(
            contest.session,
            contest.edition,
            "SV-2",
            "mention",
            reason="Courage.",
            actor=contest.actor,
            now=contest.now,
        )
    assert editions.find(contest.session, contest.edition.key).phase is Phase.DECIDED
