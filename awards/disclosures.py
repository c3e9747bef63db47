"""Disclosures: what is told of how a category was decided, frozen with its winners under the public record's names.

The count sheet, what was done where too few took part, envelopes that were struck, some numbers, the judges who agreed
to be named, and declined prizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards import affiliations, anomalies, decisions, labels, struck
from awards.counts import Counts
from awards.evidence import Evidence
from awards.models import (
    Affiliation,
    Award,
    AwardState,
    DecisionKind,
    Edition,
    Judge,
    Nomination,
)
from awards.models.base import Document
from judging.record import RecordKind
from judging.rules import PublicVote, Rules, Vote
from judging.values import Json, as_list, as_object, as_text


def of_category(session: Session, edition: Edition, category: str) -> Document:
    """Count sheet, numbers and panel as they stand now. Raises EvidenceDiffers."""
    counts = Counts(
        Evidence(session, edition, RecordKind.PUBLIC, labels.public(session, edition)),
    )
    return {
        "count": _without_the_rest(counts.category(category), counts.rules),
        "numbers": counts.numbers(),
        "struck": [
            {
                "because": it.because.value,
                "about": it.about,
                "envelopes": it.envelopes,
                "public": it.public,
            }
            for it in struck.counts(session, edition)
            if it.category == category
        ],
        **({"below_quorum": below} if (below := below_quorum(session, edition, category)) else {}),
        "panel": _panel(session, {sheet.judge for sheet in counts.sheets if sheet.counted}),
        "declined": [
            {"nomination": counts.evidence.key(reference), "prize": prize}
            for reference, prize in _declined(session, edition, category)
        ],
        **(
            {} if (removed := anomalies.removed(session, edition, category)) is None else {"removed": removed}
        ),
    }


def below_quorum(session: Session, edition: Edition, category: str) -> list[Json]:
    """What was done, in turn, each time too few had taken part in the vote: how many had, of how many."""
    found = decisions.of_edition(session, edition, DecisionKind.BELOW_QUORUM)
    parts = ("act", "present", "roll", "needed")
    return [
        {name: it.subject[name] for name in parts}
        for it in found
        if category in as_list(it.subject.get("categories", [category]))
    ]


def _declined(session: Session, edition: Edition, category: str) -> Sequence[tuple[str, str]]:
    """The contested prizes of a category that were declined: whose they were, and which."""
    rows = session.execute(
        select(Nomination.reference, Award.prize)
        .join(Award, Award.nomination_id == Nomination.id)
        .where(
            Award.edition_id == edition.id,
            Award.category == category,
            Award.by_decision.is_(False),
            Award.state == AwardState.DECLINED,
        )
        .order_by(Award.id)
    )
    return [(reference, prize) for reference, prize in rows]


def mended(session: Session, edition: Edition, category: str) -> Document:
    """What was revoked and corrected of the winners of a category after their release, with day and reason; nothing
    where nothing was. A revoked prize stands as it stood; both reasons were written for everybody.
    """
    kinds = (DecisionKind.REVOCATION, DecisionKind.CORRECTED)
    found: dict[DecisionKind, list[Json]] = {kind: [] for kind in kinds}
    for it in decisions.of_edition(session, edition, *kinds, category=category):
        reference, prize = as_text(it.subject["nomination"]), as_text(it.subject["prize"])
        day = it.at.astimezone(ZoneInfo(edition.zone)).date().isoformat()
        said: Document = {"reference": reference, "prize": prize, "on": day, "because": it.reason}
        if it.kind is DecisionKind.REVOCATION:
            said = {**{key: it.names[reference].get(key, "") for key in STOOD}, **said}
        found[it.kind].append(said)
    names = {DecisionKind.REVOCATION: "revoked", DecisionKind.CORRECTED: "corrected"}
    return {names[kind]: its for kind, its in found.items() if its}


STOOD = (
    "nominee_kind",
    "organisation",
    "organisation_names",
    "city",
    "country",
    "title",
    "titles",
    "language",
)
"""What is told of a prize that was revoked: whose it was, and for what."""


def _ranks(vote: Vote | PublicVote | None) -> bool:
    return vote is not None and vote.method.is_ranking


def _without_the_rest(found: Document, rules: Rules) -> Document:
    """The count sheet; of the first round only how many were judged, who advanced and the steps that parted them."""
    standing = as_object(found["standing"])
    rows = [as_object(row) for row in as_list(standing["rows"])]
    return {
        "judged": len(rows),
        "advanced": [as_text(row["nomination"]) for row in rows if row["finalist"] == "yes"],
        "shortlist": standing["steps"],
        "elections": [
            _election(as_object(it), ranked=_ranks(rules.vote)) for it in as_list(found["elections"])
        ],
        "result": found["result"],
        **({"public": _of_the_public(as_object(found["public"]), rules)} if "public" in found else {}),
    }


def _of_the_public(found: dict[str, Json], rules: Rules) -> Document:
    election = _election(as_object(found["election"]), ranked=_ranks(rules.public_vote))
    return {"election": election, "result": found["result"]}


def _election(found: dict[str, Json], *, ranked: bool) -> Document:
    """What an election came to; where ballots rank, each pair too: without them nobody could count again."""
    parts = ("slate", "ballots", "abstentions", "votes", "first_places", *(("pairwise",) if ranked else ()))
    tally = as_object(found["tally"])
    return {
        "kind": found["kind"],
        "number": found["number"],
        "electors": found["electors"],
        **{name: tally[name] for name in parts},
    }


def _panel(session: Session, numbers: Iterable[int]) -> Document:
    """How many judges' sheets count, and of those that agreed what they agreed to, by name.

    In no category of their own: who judged what is told to nobody.
    """
    judges = session.scalars(
        select(Judge).where(Judge.id.in_(list(numbers))).options(selectinload(Judge.account))
    ).all()
    ties: dict[int, Affiliation] = {}
    for tie in affiliations.holding(session, [judge.account for judge in judges]):
        ties.setdefault(tie.account_id, tie)
    shown = [_shown(judge, ties.get(judge.account_id)) for judge in judges]
    named = sorted((it for it in shown if any(it.values())), key=lambda it: str(it["name"]).casefold())
    return {"judges": len(judges), "shown": list[Json](named)}


def _shown(judge: Judge, tie: Affiliation | None) -> Document:
    """What a judge lets be published of them: nothing without the name, or others could be taken for them."""
    known = {
        "name": judge.account.name,
        "office": judge.account.office,
        "organisation": tie.organisation.name if tie and tie.organisation else "",
        "country": (tie.country if tie else "") or judge.residence,
    }
    if "name" not in judge.shown:
        return dict.fromkeys(known, "")
    return {key: value if key in judge.shown else "" for key, value in known.items()}
