"""What others have still to agree to before a nomination stands on firm ground, and where it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from awards import drafts, nominees, partners
from awards.audit import Actor
from awards.models import Nomination, NominationRevision, Organisation
from awards.nominees import Acceptance
from awards.nominees import answer_of as nominee_answer
from awards.partners import IsPartner, Standing, approve_by_letter, take_letter_back
from awards.writers import hand_over_by_staff
from judging.programme import LOCAL_GOVERNMENTS
from judging.rules import INDIVIDUAL
from judging.values import Json

__all__ = [
    "OpenQuestion",
    "Question",
    "approve_by_letter",
    "choose_city",
    "choose_organisation",
    "hand_over_by_staff",
    "nominee_answer",
    "open_questions",
    "take_letter_back",
]


class Question(StrEnum):
    """What is open about a nomination."""

    PARTNER_NOT_ASKED = "partner_not_asked"
    PARTNER_WAITING = "partner_waiting"
    PARTNER_DECLINED = "partner_declined"
    NOMINEE_NOT_ASKED = "nominee_not_asked"
    NOMINEE_WAITING = "nominee_waiting"
    NOMINEE_DECLINED = "nominee_declined"
    ORGANISATION_UNCONFIRMED = "organisation_unconfirmed"


OF_PARTNER: Mapping[Standing, Question] = {
    Standing.NOT_ASKED: Question.PARTNER_NOT_ASKED,
    Standing.WAITING: Question.PARTNER_WAITING,
    Standing.DECLINED: Question.PARTNER_DECLINED,
}
OF_NOMINEE: Mapping[Acceptance, Question] = {
    Acceptance.NOT_ASKED: Question.NOMINEE_NOT_ASKED,
    Acceptance.WAITING: Question.NOMINEE_WAITING,
    Acceptance.DECLINED: Question.NOMINEE_DECLINED,
}


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Something open, and about whom."""

    question: Question
    name: str


def open_questions(session: Session, nomination: Nomination) -> tuple[OpenQuestion, ...]:
    """What is open: partners that haven't agreed, the person nominated, organisations that nobody has confirmed.

    A submission isn't held up by it; the screening sees it.
    """
    found = []
    nominee = nominees.of(session, nomination)
    if nominee is not None and nominee.acceptance in OF_NOMINEE:
        found.append(OpenQuestion(OF_NOMINEE[nominee.acceptance], nominee.name))
    theirs = partners.of(session, nomination)
    found += [
        OpenQuestion(OF_PARTNER[it.standing], it.organisation.name)
        for it in theirs
        if it.standing in OF_PARTNER
    ]
    lead = drafts.latest(session, nomination).organisation
    found += [
        OpenQuestion(Question.ORGANISATION_UNCONFIRMED, it.name)
        for it in (*([lead] if lead else []), *(partner.organisation for partner in theirs))
        if not it.confirmed
    ]
    return tuple(found)


def choose_organisation(
    session: Session,
    nomination: Nomination,
    organisation: Organisation,
    *,
    base: int | None,
    actor: Actor,
    now: datetime,
) -> NominationRevision:
    """Let a draft be of an organisation, whose name, city and country it takes; for an individual, of its member.

    Raises IsPartner and what `drafts.change` raises.
    """
    if any(it.organisation.id == organisation.id for it in partners.of(session, nomination)):
        raise IsPartner(organisation.name)
    draft = drafts.latest(session, nomination)
    changes: dict[str, Json] = {"organisation_id": organisation.id}
    if draft.nominee_kind == INDIVIDUAL:
        said = nominees.said_by(draft)
        changes |= {nominees.KEY: {**said, "organisation": organisation.name}}
        changes |= {
            "city": draft.city or _city_of(organisation),
            "country": draft.country or organisation.country,
        }
    else:
        changes |= {"organisation_name": organisation.name, **_place_of(organisation)}
    return drafts.change(session, nomination, changes, base=base, actor=actor, now=now)


def choose_city(
    session: Session,
    nomination: Nomination,
    city: Organisation,
    *,
    base: int | None,
    actor: Actor,
    now: datetime,
) -> NominationRevision:
    """Say for which city a nomination of another body is. Raises what `drafts.change` raises."""
    return drafts.change(session, nomination, _place_of(city), base=base, actor=actor, now=now)


def needs_city(organisation: Organisation | None) -> bool:
    """Whether the city of a nomination is another body than the one that nominates."""
    return organisation is not None and organisation.kind not in LOCAL_GOVERNMENTS


def _place_of(organisation: Organisation) -> dict[str, Json]:
    return {"city": _city_of(organisation), "country": organisation.country}


def _city_of(organisation: Organisation) -> str:
    return organisation.city or ("" if needs_city(organisation) else organisation.name)
