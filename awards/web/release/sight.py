"""Where each category stands on its way to the public, and what is still to be done before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import (
    acceptances,
    arming,
    certificates,
    editions,
    honours,
    portraits,
    prizes,
    proofs,
    publication,
    results,
    standings,
    wishes,
)
from awards.documents import CertificateKind
from awards.extensions import db
from awards.models import (
    Acceptance,
    Answer,
    Award,
    CertificateState,
    Edition,
    PublicationKind,
    Release,
    ReleaseState,
)
from awards.web.secretariat.frame import face_of
from awards.web.texts import Text


class State(StrEnum):
    """Where a category stands."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    ARMED = "armed"
    HELD = "held"
    PUBLIC = "public"
    DOWN = "down"


STATES: Mapping[State, object] = {
    State.UNSIGNED: _l("Result not signed yet"),
    State.SIGNED: _l("Signed, not armed"),
    State.ARMED: _l("Armed"),
    State.HELD: _l("Held"),
    State.PUBLIC: _l("Public"),
    State.DOWN: _l("Taken down"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A category: its state, its prizes, how many winners were told and have answered."""

    key: str
    name: Text
    state: State
    prizes: int
    told: int
    accepted: int
    since: datetime | None

    @property
    def said(self) -> object:
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Item:
    """Something still to be done; `stops` where nothing can be armed before it."""

    text: str
    href: str
    stops: bool = False


def board(edition: Edition) -> list[Row]:
    """The categories in the order of the rules, after a constant number of queries."""
    session = db.session()
    judged, frozen = standings.latest(session, edition), results.frozen(session, edition)
    public = publication.first_shown(session, edition, PublicationKind.WINNERS)
    down = publication.taken_down(session, edition)
    live = {key: it for it in arming.live(session, edition) for key in it.categories}
    given = prizes.of_edition(session, edition)
    told = _told(edition)
    names = face_of(edition).names
    found = []
    for key in (it.key for it in editions.rules_of(session, edition).categories if it.key in judged):
        here = [it.id for it in given if it.category == key]
        said = [told[number] for number in here if number in told]
        signed = key in frozen and frozen[key].signed_by is not None
        state, since = _state(key, signed, public, down, live)
        found.append(
            Row(
                key,
                names.name("categories", key),
                state,
                len(here) if signed else 0,
                len(said),
                sum(it.answer is Answer.ACCEPTED for it in said),
                since,
            )
        )
    return found


def _told(edition: Edition) -> dict[int, Acceptance]:
    """What winners were told of their prizes, by the prize's row; not of those given anew since."""
    session = db.session()
    again = {it.id for it in acceptances.telling(session, edition)}
    return {it.award_id: it for it in acceptances.of_edition(session, edition) if it.award_id not in again}


def _state(
    key: str,
    signed: bool,
    public: Mapping[str, datetime],
    down: Mapping[str, datetime],
    live: Mapping[str, Release],
) -> tuple[State, datetime | None]:
    if key in public:
        return State.PUBLIC, public[key]
    if key in down:
        return State.DOWN, down[key]
    if key in live:
        held = live[key].state is ReleaseState.HELD
        return (State.HELD if held else State.ARMED), live[key].due_at
    return (State.SIGNED if signed else State.UNSIGNED), None


def checklist(edition: Edition, rows: Sequence[Row]) -> list[Item]:
    """What is left before everything can be released in good order."""
    session, names = db.session(), face_of(edition).names
    winners = url_for("release.winners", edition=edition.key)
    found = [
        Item(
            _("The result of %(category)s is not signed.", category=row.name),
            url_for("table.results", edition=edition.key),
            stops=True,
        )
        for row in rows
        if row.state is State.UNSIGNED
    ]
    hidden = {row.key for row in rows if row.state in (State.SIGNED, State.ARMED, State.HELD)}
    given = [it for it in prizes.of_edition(session, edition) if it.category in hidden]
    told = _told(edition)
    for counted, words in _counted(given, told, proofs.latest(session, edition)):
        if counted:
            found.append(Item(words, winners))
    if missing := portraits.undrawn(session, edition, given):
        says = ngettext(
            "One picture that a winner lets be published is not drawn, and would be left out.",
            "%(num)d pictures that winners let be published are not drawn, and would be left out.",
            missing,
        )
        found.append(Item(says, url_for("secretariat.nominations", edition=edition.key)))
    if bare := _uncertified(edition, {row.key for row in rows if row.state is State.PUBLIC}):
        says = ngettext(
            "One prize that is public lacks a certificate.",
            "%(num)d prizes that are public lack a certificate.",
            bare,
        )
        found.append(Item(says, url_for("certificates.index", edition=edition.key)))
    for row in rows:
        mine = [it for it in given if it.category == row.key]
        if lacking := [it for it in mine if not any((it.citations or {}).values())]:
            says = ngettext(
                "%(category)s: no reason is written for %(num)d prize.",
                "%(category)s: no reason is written for %(num)d prizes.",
                len(lacking),
                category=names.name("categories", row.key),
            )
            citations = url_for("table.citations", edition=edition.key, category=row.key)
            found.append(Item(says, citations))
    return found


def _uncertified(edition: Edition, public: set[str]) -> int:
    """How many prizes that are public lack a certificate in one of its languages."""
    session = db.session()
    certified = Counter(
        (it.nomination_id, it.prize)
        for it in certificates.of_edition(session, edition)
        if it.state is CertificateState.IN_FORCE and it.holder.startswith("nomination:")
    )
    wanted = len(honours.languages(session, edition))
    return sum(
        it.category in public and certified[it.nomination_id, it.prize] < wanted
        for it in prizes.of_edition(session, edition)
    )


def _prize_key(award: Award) -> proofs.Key:
    return f"nomination:{award.nomination_id}", CertificateKind.WINNER.value, award.prize


def _counted(
    given: Sequence[Award], told: Mapping[int, Acceptance], approved: Collection[proofs.Key]
) -> list[tuple[int, str]]:
    said = [told[it.id] for it in given if it.id in told]
    untold = sum(it.id not in told for it in given)
    silent = sum(it.answer is None for it in said)
    declined = sum(it.answer is Answer.DECLINED for it in said)
    asking = sum(wishes.is_asking(it) for it in said)
    proof = sum(it.answer is Answer.ACCEPTED and _prize_key(it.award) not in approved for it in said)
    return [
        (untold, ngettext("One winner has not been told.", "%(num)d winners have not been told.", untold)),
        (silent, ngettext("One winner has not answered.", "%(num)d winners have not answered.", silent)),
        (
            declined,
            ngettext(
                "One winner declines: record it, and the rules say who has the prize then.",
                "%(num)d winners decline: record it, and the rules say who has the prize then.",
                declined,
            ),
        ),
        (
            asking,
            ngettext(
                "One winner asks for something to be changed.",
                "%(num)d winners ask for something to be changed.",
                asking,
            ),
        ),
        (
            proof,
            ngettext(
                "One proof of a certificate is not approved.",
                "%(num)d proofs of certificates are not approved.",
                proof,
            ),
        ),
    ]
