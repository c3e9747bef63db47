"""Samples: certificates with the longest and the shortest names of an edition, to look at before any is issued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from awards import editions, honours, judges, naming, nominations
from awards.documents import CertificateKind, Citation
from awards.honours import Honour
from awards.models import Edition, JudgeState, Nomination, NominationState
from awards.models.base import Document
from awards.timetable import Moment

CODE = "SPECIMEN"
READ = (
    NominationState.SUBMITTED,
    NominationState.ELIGIBLE,
    NominationState.FINALIST,
    NominationState.NOT_SHORTLISTED,
    NominationState.WINNER,
    NominationState.NOT_AWARDED,
)


class Which(StrEnum):
    LONGEST = "longest"
    SHORTEST = "shortest"


class Kind(StrEnum):
    """What is certified: a prize, to whom it was given or to a partner; a place among the finalists; judging."""

    WINNER = "winner"
    PARTNER = "partner"
    FINALIST = "finalist"
    JUDGE = "judge"


def sample(
    session: Session, edition: Edition, kind: Kind, which: Which, language: str, *, url: str, today: date
) -> Citation:
    """A certificate marked as a specimen, which verifies nowhere. `today` stands for a ceremony without a day."""
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    day = ceremony.local.date() if ceremony else today
    choose = max if which is Which.LONGEST else min
    if kind is Kind.JUDGE:
        honour = _judge(session, edition, choose, language, day)
    else:
        honour = _of_nomination(session, edition, kind, choose, language, day)
    number = f"{edition.key.upper()}-0000"
    made = honours.write_citation(session, edition, honour, language, number=number, url=url)
    second = made.second and _marked(made.second, url)
    return replace(_marked(made, url), second=second)


def _marked(citation: Citation, url: str) -> Citation:
    return replace(citation, code=CODE, verify_url=f"{url}/verify/", specimen=True)


Choose = Callable[..., Any]


def _of_nomination(
    session: Session, edition: Edition, kind: Kind, choose: Choose, language: str, day: date
) -> Honour:
    found = [it for it in nominations.whole(session, edition) if it.state in READ]
    shown = [(it, naming.shown(it)) for it in found]
    if not shown:
        names = _nobody(session, edition, language)
        nomination: Nomination | None = None
    elif kind is Kind.PARTNER and (partners := [pair for pair in shown if pair[0].partners]):
        nomination, names = choose(partners, key=lambda pair: max(map(len, pair[1]["partners"])))
        partner = choose(names["partners"], key=len)
        names = names | {"organisation": partner, "organisation_names": {}, "city": "", "nominee_kind": ""}
    else:
        nomination, names = choose(shown, key=lambda pair: _length(pair[1]))
    if kind is Kind.PARTNER:
        names = names | {"lead": honours.lead_of(naming.shown(nomination) if nomination else names)}
    prize = "" if kind is Kind.FINALIST else _prize(session, edition, nomination, choose, language)
    certified = CertificateKind.FINALIST if kind is Kind.FINALIST else CertificateKind.WINNER
    return Honour(nomination, certified, prize, names, day)


def _length(names: Document) -> int:
    return sum(len(str(names[it])) for it in ("title", "organisation", "city"))


def _prize(
    session: Session, edition: Edition, nomination: Nomination | None, choose: Choose, language: str
) -> str:
    rules, texts = editions.rules_of(session, edition), editions.texts_of(session, edition)
    of_category = rules.prizes_of(nomination.category) if nomination else ()
    known = [it.key for it in of_category] or [it.key for it in rules.prizes]

    def length(key: str) -> int:
        return len(str(texts["prizes"][key]["name"].get(language, key)))

    return str(choose(known, key=length)) if known else ""


def _judge(session: Session, edition: Edition, choose: Choose, language: str, day: date) -> Honour:
    found = [it for it in judges.of_edition(session, edition, JudgeState.ACCEPTED) if it.account.name]
    if found:
        return honours.judge_honour(choose(found, key=lambda it: len(it.account.name)), day)
    names = _nobody(session, edition, language) | {"title": ""}
    return Honour(None, CertificateKind.JUDGE, "", names, day)


def _nobody(session: Session, edition: Edition, language: str) -> Document:
    """Names where there is no nomination yet: those of the association and the programme."""
    texts = editions.texts_of(session, edition)
    said: Sequence[str] = [
        str(texts[it].get(language) or next(iter(texts[it].values()), "")) for it in ("association", "name")
    ]
    return {
        "nominee_kind": "",
        "title": said[1],
        "titles": {},
        "organisation": said[0],
        "organisation_names": {},
        "city": "",
        "country": "",
        "partners": [],
    }
