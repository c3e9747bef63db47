"""The words of the pages of ballots on paper for what the use cases answer in values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import approvals, bundles, decisions, paper, reckoning, roll, tellers
from awards.bundles import Sight
from awards.envelopes import NotOpen
from awards.models import BundleState, ElectionState, PaperBallot, PaperState
from awards.own_ballots import Paper
from awards.reckoning import Account
from awards.web import words
from awards.web.roll.says import elector
from awards.web.texts import listed
from awards.web.voting.says import hour
from judging.ballot import ChoiceFault
from judging.rules import Vote
from judging.values import Method

__all__ = ["elector", "hour"]

STATES: Mapping[PaperState, object] = {
    PaperState.ISSUED: _l("with the elector"),
    PaperState.CAST: _l("handed in"),
    PaperState.RETURNED: _l("came back unused"),
    PaperState.SPOILT: _l("spoilt; another one took its place"),
}
WRONG: Mapping[type[Exception], tuple[str, object]] = {
    roll.NotOnRoll: ("", _l("This elector is not on the roll.")),
    roll.AlreadyCast: ("", _l("This elector has voted on the site, so there is no paper for them.")),
    roll.VoteClosed: ("", _l("The envelopes are opened. Nothing is recorded of papers any more.")),
    NotOpen: ("", _l("The vote is not open, so no paper is issued or handed in now.")),
    paper.HasPaper: ("", _l("A paper was issued to this elector already.")),
    paper.NoneForThem: ("", _l("This elector has no ballot in any category that is voted on now.")),
    paper.PaperMoved: (
        "",
        _l("Somebody has recorded something of this paper since you opened the page. Look at it again."),
    ),
    bundles.BoxOpen: (
        "",
        _l("Papers are bundled and entered between the close of the vote and the opening of the envelopes."),
    ),
    bundles.BundleDone: ("", _l("This bundle is done: two agree on it, or it was set aside.")),
    bundles.NotThatMany: ("papers", _l("Write how many papers it has, 1 to 200. More make several bundles.")),
    bundles.Begun: ("papers", _l("Somebody has begun to enter this bundle, so its number stays.")),
    tellers.TwoEnter: ("", _l("Two others enter this bundle. A third person doesn't.")),
    tellers.NoSuchPaper: ("", _l("The bundle has no paper of this number.")),
    tellers.Settled: ("", _l("Both of you have entered the same for this paper. It stays.")),
    reckoning.AddsUp: ("", _l("The papers add up now: there is nothing to accept.")),
    approvals.NoProposal: ("", _l("This proposal doesn't wait any more. Nothing was done.")),
    approvals.ProposalWaits: ("", _l("A proposal waits already. Approve it or end it first.")),
    approvals.SamePerson: ("", _l("You proposed this yourself. Somebody else has to approve it.")),
    approvals.SubjectChanged: ("", _l("The papers have changed since this was proposed. Nothing was done.")),
    decisions.ReasonMissing: ("reason", _l("Write a reason: it is kept with your name.")),
}
REFUSED = tuple(WRONG)
FAULTS: Mapping[ChoiceFault, object] = {
    ChoiceFault.NOT_ON_SLATE: _l("No finalist has this number."),
    ChoiceFault.NAMED_TWICE: _l(
        "A number stands there twice. If the paper has it so, no choice can be told."
    ),
    ChoiceFault.TOO_MANY: _l(
        "These are more than a paper may name. If the paper has it so, no choice can be told."
    ),
}


def those(references: Iterable[str], named: Mapping[str, str]) -> str:
    """Finalists in a row, by their names."""
    return listed(named.get(it, it) for it in references)


def wrong(error: Exception) -> dict[str, str]:
    """What is said where an act is refused, by field."""
    field, said = WRONG[type(error)]
    return {field: str(said)}


def counted(error: tellers.CountDiffers) -> str:
    """What is said where a teller has counted another number of papers than is stated."""
    return _(
        "You counted %(counted)s, and the bundle was made with %(stated)s. Count again. If your number stays, the "
        "number is corrected on the page of the bundle before anybody enters a paper.",
        counted=error.counted,
        stated=error.stated,
    )


def mine(it: Paper, zone: str) -> str:
    """How it stands with one ballot of an elector, for who hands out papers."""
    if it.withheld_because is not None:
        return _("no ballot")
    if it.cast_at is not None:
        return _("voted on the site, %(hour)s", hour=hour(it.cast_at, zone))
    if it.on_paper is not None:
        return _("on paper: %(where)s", where=STATES[it.on_paper])
    if it.election.state is ElectionState.OPEN and not it.is_over:
        return _("not voted yet")
    return _("not open")


def moved(it: PaperBallot, zone: str) -> str:
    """Where a paper is, and since when: the hour, where it was handed in."""
    if it.ended_at is None:
        return _("%(where)s since %(day)s", where=STATES[it.state], day=_day(it.issued_at, zone))
    if it.state is PaperState.CAST:
        return _("%(where)s, %(hour)s", where=STATES[it.state], hour=hour(it.ended_at, zone))
    return _("%(where)s, %(day)s", where=STATES[it.state], day=_day(it.ended_at, zone))


def _day(moment: datetime, zone: str) -> str:
    return words.day(words.in_zone(moment, zone).local)


def difference(it: Account) -> str:
    """What does not add up in a category; empty where all does."""
    if it.waiting:
        return ngettext(
            "One paper lies in a bundle on which two do not agree yet.",
            "%(num)d papers lie in bundles on which two do not agree yet.",
            it.waiting,
        )
    if it.difference > 0:
        return ngettext(
            "One paper more was entered than was handed in.",
            "%(num)d papers more were entered than were handed in.",
            it.difference,
        )
    if it.difference < 0:
        return ngettext(
            "One paper that was handed in is not entered.",
            "%(num)d papers that were handed in are not entered.",
            -it.difference,
        )
    return ""


def progress(sight: Sight, account: int) -> str:
    """How far a bundle is, for one of its tellers."""
    match sight.bundle.state:
        case BundleState.AGREED:
            return _("Two have entered the same: it counts.")
        case BundleState.VOID:
            return _("Set aside: it counts for nothing.")
    if account not in sight.tellers:
        if not sight.is_for(account):
            return _("Two others enter it.")
        return (
            _("Nobody enters it yet.")
            if not sight.tellers
            else _("One person enters it; a second is needed.")
        )
    left = sight.bundle.papers - len(sight.of(account).done)
    if not left:
        return _("You have entered all of it. Somebody else has to do the same.")
    if sight.differing:
        return ngettext(
            "One paper differs: both of you enter it again.",
            "%(num)d papers differ: both of you enter them again.",
            len(sight.differing),
        )
    return ngettext("One paper is left for you to enter.", "%(num)d papers are left for you to enter.", left)


def asks(vote: Vote, most: int) -> str:
    """What a teller types of one paper."""
    if most == 1:
        return _("Type the number of the finalist that is marked.")
    if vote.method is Method.APPROVAL:
        return _("Type the numbers of all that are marked, %(most)d at most, such as 1 4.", most=most)
    return _(
        "Type the numbers in the order of their places, the one in first place first, such as 3 1 2. Leave out those "
        "without a place."
    )


def on_the_paper(vote: Vote, most: int) -> str:
    """What an elector does on a paper."""
    if vote.method in (Method.ONE_CHOICE, Method.APPROVAL):
        return _("Mark one box.") if most == 1 else _("Mark up to %(most)d boxes.", most=most)
    return _(
        "Write a place before each: 1 for the best, then 2, and so on up to %(most)d. Give each place once. You may "
        "leave places empty at the end: those without a place share what is left.",
        most=most,
    )
