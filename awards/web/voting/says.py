"""The words of the elector's pages for what stands in values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.models import ConflictSource, ElectionKind, ElectionState, PaperState, StruckBecause
from awards.own_ballots import Paper
from awards.web import words
from awards.web.explained import paragraph
from awards.web.sentences import SENTENCES
from awards.web.texts import Names
from judging.clauses import ClauseKind, clauses
from judging.rules import Rules, Vote
from judging.values import Electorate, Method, RecordScope, SameCountry, Slate

TOLD = (
    ClauseKind.VOTE,
    ClauseKind.METHOD,
    ClauseKind.MAX_BALLOTS,
    ClauseKind.QUORUM,
    ClauseKind.OWN_CITY,
    ClauseKind.MOST_RANKED,
)
TOLD_TO_THE_PUBLIC = (ClauseKind.PUBLIC_VOTE, ClauseKind.PUBLIC_METHOD, ClauseKind.PUBLIC_TIE)
GROUP, A_LINE = 4, 4


class Slip(StrEnum):
    """What can be wrong with a form, beside what `judging.ballot.faults` finds."""

    BOTH = "both"
    SAME_PLACE = "same_place"
    GAP = "gap"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"


WITHHELD: Mapping[str, object] = {
    ConflictSource.SAME_ORGANISATION: _l("A finalist is of your own organisation."),
    ConflictSource.NAMED: _l("You are named in a finalist's nomination."),
    ConflictSource.DECLARED: _l("You have declared an interest in a finalist."),
    StruckBecause.NOT_ENTITLED: _l("Two people found that this elector has no right to vote here."),
    StruckBecause.FRAUD: _l(
        "Two people found that this elector belongs to a group that did not come about honestly."
    ),
}
STRUCK: Mapping[StruckBecause, object] = {
    StruckBecause.NOT_ENTITLED: _l(
        "Your envelope was struck before anything was opened, because two people found that you have no right to vote "
        "here. Nobody has seen what is in it, and nobody will. If you think that this is a mistake, write to the "
        "secretariat before the envelopes are opened: until then it can be put back."
    ),
    StruckBecause.FRAUD: _l(
        "Your envelope was struck before anything was opened, with a group of others that two people found not to have "
        "come about honestly. Nobody has seen what is in it, and nobody will. If you think that this is a mistake, "
        "write to the secretariat before the envelopes are opened: until then it can be put back."
    ),
    StruckBecause.DELEGATE_DISPUTED: _l(
        "A ballot that was cast before was struck unopened: the chair found that it did not come from the right "
        "delegate."
    ),
}
"""What an elector reads whose envelope was struck."""


def withheld(reason: str | None) -> str:
    """Why there is no ballot for the elector in a category."""
    return str(WITHHELD.get(reason or "", _("You are not an elector in this category.")))


def hour(moment: datetime, zone: str) -> str:
    """The hour in which something happened: more is not kept."""
    start, end = words.in_zone(moment, zone), words.in_zone(moment + timedelta(hours=1), zone)
    return _(
        "%(day)s between %(start)s and %(end)s in %(place)s",
        day=words.day(start.local),
        start=f"{start.local:%H:%M}",
        end=f"{end.local:%H:%M}",
        place=words.zone(zone),
    )


def state(paper: Paper, cast: str) -> str:
    """How it stands with one ballot."""
    if cast:
        return _("Cast: %(hour)s.", hour=cast)
    if paper.struck in (StruckBecause.NOT_ENTITLED, StruckBecause.FRAUD):
        return str(STRUCK[paper.struck])
    if paper.withheld_because is not None:
        return _("No ballot for you here. %(reason)s", reason=withheld(paper.withheld_because))
    if paper.election.state is ElectionState.PREPARED:
        return _("The vote is not open yet.")
    if paper.on_paper is not None:
        return on_paper(paper)
    if paper.struck is not None:
        more = _("You can cast yours.") if paper.is_open else _("The vote is closed.")
        return f"{STRUCK[paper.struck]} {more}"
    if not paper.is_open:
        return _("The vote is closed. No ballot of yours was cast.")
    if paper.election.kind is ElectionKind.RUNOFF:
        return _("Run-off: one more vote among those that are level. Not cast yet.")
    if paper.again:
        return _("This category is voted again: your earlier ballot was destroyed unopened. Not cast yet.")
    return _("Not cast yet.")


def on_paper(paper: Paper) -> str:
    """How it stands with a ballot in whose place a paper was issued."""
    if paper.on_paper is PaperState.CAST:
        return _("Cast on paper: it lies in the box.")
    if paper.election.state is not ElectionState.OPEN or paper.is_over:
        return _("A paper was given to you. The vote is closed, and it was not recorded as handed in.")
    return _(
        "A paper was given to you in place of this ballot. Put it into the box in time, or give it back unused: then "
        "you can vote here."
    )


def shut() -> str:
    """Why a ballot that was filled in is not taken: a paper was given out meanwhile."""
    return _(
        "A ballot on paper was given out in your name, so you can't vote here. Nothing was cast. If neither you nor "
        "somebody whom you trust has it, tell the secretariat at once."
    )


def told(rules: Rules, names: Names, *, public: bool = False) -> Iterator[str]:
    """What the rules say of the vote, or of the public's own, sentence by sentence."""
    for clause in clauses(rules):
        if clause.kind in (TOLD_TO_THE_PUBLIC if public else TOLD):
            yield SENTENCES[clause.kind](clause, names)


def lists_ballots(rules: Rules) -> bool:
    """Whether the public record may list single ballots, which it does where it names everybody who stands on them."""
    return rules.record is not RecordScope.NUMBERS


def only_where(rules: Rules) -> str:
    """On what else that hangs, where the rules alone don't say that everybody is named."""
    if rules.record is RecordScope.FINALISTS and rules.slate is Slate.ELIGIBLE:
        return _(
            "It lists them only where it names all who stand on the ballot: it names finalists and winners."
        )
    return ""


def instruction(vote: Vote, paper: Paper) -> str:
    """What is to be done on a ballot."""
    if vote.method is Method.ONE_CHOICE:
        return _("Choose one finalist.")
    if vote.method is Method.APPROVAL:
        most = min(vote.approve_up_to, len(paper.free))
        return ngettext("Choose one.", "Choose up to %(num)d.", most)
    if paper.election.most_ranked is not None:
        return ngettext(
            "Give the best one place 1. No ballot ranks more than one here.",
            "Give places to the best %(num)d, 1 for the best. No ballot ranks more than %(num)d here; it may rank "
            "fewer.",
            paper.election.most_ranked,
        )
    if vote.method is Method.SCHULZE:
        return _(
            "Give each a place, 1 for the best. You may leave places empty at the end: those without a place are level "
            "with each other, below the rest."
        )
    return _(
        "Give each a place, 1 for the best. You may leave places empty at the end: those without a place share what "
        "is left."
    )


def how(vote: Vote) -> str:
    """The method of a vote in one sentence, for who has no ballot before them."""
    most = {Method.ONE_CHOICE: 1, Method.APPROVAL: vote.approve_up_to}.get(vote.method)
    if most is None:
        return _("In each category you give the finalists places, 1 for the best.")
    if most == 1:
        return _("In each category you choose one finalist.")
    return _("In each category you choose up to %(most)d finalists.", most=most)


def example(vote: Vote) -> str:
    """How ballots are counted, with an example."""
    return paragraph(vote)


def shape(paper: Paper) -> str:
    """Why a ranking may not name all that stand; empty where it may."""
    if paper.election.most_ranked is None:
        return ""
    return _(
        "Some of those who vote may not rank two or more of these finalists, because they are of their own city or "
        "country. If others ranked all, a published ballot would show whose it is by what it leaves out. So no ballot "
        "ranks more than %(most)d of %(all)d.",
        most=paper.election.most_ranked,
        all=len(paper.slate),
    )


def barred(rules: Rules, vote: Vote) -> str:
    """Why a finalist can't be chosen by this elector."""
    country = vote.electorate is Electorate.JUDGES and rules.same_country is not SameCountry.OFF
    why = (
        _("Of your own city or country, or a body above or within it.")
        if country
        else _("Of your own city, or a body above or within it.")
    )
    if vote.method.is_ranking:
        return _("%(why)s It stands at the foot of your ballot.", why=why)
    return _("%(why)s You can't choose it.", why=why)


def slip(kind: Slip, number: int = 0) -> str:
    """What is wrong, and how it is mended."""
    match kind:
        case Slip.BOTH:
            return _("You have chosen and abstained. Take one of them back.")
        case Slip.SAME_PLACE:
            return _("Place %(place)d is given twice. Give each place to one.", place=number)
        case Slip.GAP:
            return _("Place %(place)d is given to none, but a later one is. Leave no gap.", place=number)
        case Slip.TOO_MANY:
            return ngettext(
                "You have chosen more than one. Choose one.",
                "You have chosen more than %(num)d. Take some back.",
                number,
            )
        case Slip.UNKNOWN:
            return _("The finalists have changed since you opened the page. Choose again.")


def in_lines(words: Sequence[str]) -> list[str]:
    """A code in lines of some words each."""
    return [" ".join(words[at : at + A_LINE]) for at in range(0, len(words), A_LINE)]


def grouped(fingerprint: str) -> list[str]:
    """A fingerprint in lines of groups that can be read aloud."""
    groups = [fingerprint[at : at + GROUP] for at in range(0, len(fingerprint), GROUP)]
    return [" ".join(groups[at : at + A_LINE]) for at in range(0, len(groups), A_LINE)]
