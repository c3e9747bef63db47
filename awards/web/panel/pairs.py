"""The words for what the assignment answers in values: cautions, causes, conflicts, why something ended."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import pair_rules, pairing, proposals, stages
from awards.assignments import HandBack
from awards.models import Assignment, AssignmentState, ConflictSource
from awards.pairing import Caution
from awards.proposals import LeftOut
from judging.assignment import Cause

CAUTIONS: Mapping[Caution, object] = {
    Caution.CATEGORY: _l("reads other categories"),
    Caution.LANGUAGE: _l("does not read its language"),
    Caution.CAPACITY: _l("more than they said they can read"),
    Caution.SUSPICION: _l("a suspected interest is not settled"),
    Caution.ENDED: _l("had it before, and it ended"),
}
CAUSES: Mapping[Cause, object] = {
    Cause.NO_JUDGES: _l("no judge reads its category"),
    Cause.TOO_FEW_JUDGES: _l("its category has too few judges"),
    Cause.CONFLICTS: _l("the other judges have a conflict, or no longer read it"),
    Cause.LANGUAGE: _l("the other judges do not read its language"),
    Cause.CAPACITY: _l("the other judges have no room"),
    Cause.FORBIDDEN: _l("organisers keep the other judges from it"),
    Cause.PIN_IN_CONFLICT: _l("has a conflict by now, or no longer reads it"),
    Cause.PIN_UNREADABLE: _l("does not read its language"),
    Cause.PIN_FORBIDDEN: _l("is kept from it"),
    Cause.PIN_CAPACITY: _l("has no room"),
}
CONFLICTS: Mapping[ConflictSource, object] = {
    ConflictSource.SAME_CITY: _l("Same city"),
    ConflictSource.SAME_ORGANISATION: _l("Same organisation"),
    ConflictSource.SAME_COUNTRY: _l("Same country"),
    ConflictSource.NAMED: _l("Named in the nomination"),
    ConflictSource.DECLARED: _l("Declared"),
}
"""What keeps a judge from a nomination, in words to organisers. To the judge: awards.web.judging.declaring.reason."""
LEFT_OUT: Mapping[LeftOut, object] = {
    LeftOut.CONFLICT: _l("a conflict was found meanwhile"),
    LeftOut.JUDGE_GONE: _l("the judge is no longer on the panel"),
    LeftOut.NOT_JUDGED: _l("the nomination is no longer judged"),
    LeftOut.ISSUED: _l("it was issued by hand meanwhile"),
    LeftOut.FORBIDDEN: _l("organisers keep the judge from it"),
    LeftOut.NO_ROOM: _l("the judge has no room for it any more"),
}
REASONS: Mapping[HandBack, object] = {
    HandBack.LANGUAGE: _l("I do not read its language well enough"),
    HandBack.EXPERTISE: _l("I do not know enough of its subject"),
    HandBack.TIME: _l("I do not have the time"),
    HandBack.OTHER: _l("Another reason"),
}
BECAUSE: Mapping[HandBack, object] = {
    HandBack.LANGUAGE: _l("language"),
    HandBack.EXPERTISE: _l("subject"),
    HandBack.TIME: _l("time"),
    HandBack.OTHER: _l("another reason"),
}
ENDS: Mapping[AssignmentState, object] = {
    AssignmentState.ISSUED: _l("issued"),
    AssignmentState.HANDED_BACK: _l("handed back"),
    AssignmentState.RECUSED: _l("conflict"),
    AssignmentState.LEFT: _l("left the panel"),
    AssignmentState.RELEASED: _l("taken back"),
}
REFUSALS = (
    stages.RoundNotOpen,
    stages.RoundClosed,
    stages.TooFewNominations,
    proposals.NoProposal,
    proposals.AnotherProposal,
    proposals.AlreadyProposed,
    proposals.NotProposed,
    pairing.InConflict,
    pairing.NotOnThePanel,
    pairing.NotJudged,
    pairing.AlreadyIssued,
    pairing.PairForbidden,
    pair_rules.AlreadyRuled,
    pair_rules.DoesNotRead,
    pair_rules.EndedBefore,
    pair_rules.RuleEnded,
)
"""What the use cases of the assignment refuse."""


def refusal(error: Exception) -> str:
    """Why something was refused, and what to do."""
    if isinstance(error, pairing.InConflict):
        why = _(", ").join(str(CONFLICTS[it]) for it in ConflictSource if it in error.sources)
        return _("Nobody can make this pair, for it has a conflict: %(why)s.", why=why)
    if isinstance(error, pairing.PairForbidden):
        return _(
            "This judge is kept from this nomination: %(why)s End that first, under Pinned and forbidden pairs.",
            why=f"“{error.reason}”.",
        )
    if isinstance(error, stages.TooFewNominations):
        return ngettext(
            "A category has fewer nominations than the rules ask for. Merge, carry or cancel it by decision first.",
            "%(num)s categories have fewer nominations than the rules ask for. "
            "Merge, carry or cancel them by decision first.",
            len(error.found),
        )
    said: Mapping[type[Exception], str] = {
        stages.RoundNotOpen: _("No round is open in which judges give marks."),
        stages.RoundClosed: _("The round is closed: what was issued stays as it is."),
        proposals.NoProposal: _("No proposal is open any more: somebody confirmed or dropped it meanwhile."),
        proposals.AnotherProposal: _(
            "The proposal was changed meanwhile. Nothing was issued: look at it as it is now."
        ),
        proposals.AlreadyProposed: _("This pair stands in the proposal already."),
        proposals.NotProposed: _("This pair no longer stands in the proposal."),
        pairing.NotOnThePanel: _("This judge is not on the panel, or no longer."),
        pairing.NotJudged: _("This nomination gets no marks in this round."),
        pairing.AlreadyIssued: _("This judge has this nomination already."),
        pair_rules.AlreadyRuled: _("This pair is pinned or forbidden already. End that first."),
        pair_rules.DoesNotRead: _(
            "This judge does not read the category or the language of this nomination, so no proposal can give it to "
            "them. Change what the judge reads first."
        ),
        pair_rules.EndedBefore: _(
            "This judge had this nomination before, and it ended. Issue it by hand if they are to have it again."
        ),
        pair_rules.RuleEnded: _("This was ended already."),
    }
    return said[type(error)]


def why_ended(assignment: Assignment, because: HandBack | None, note: str) -> str:
    """How an assignment ended and why, in one line."""
    end = str(ENDS[assignment.state])
    said = [str(BECAUSE[because])] if because else []
    if note:
        said.append(note)
    return f"{end}: {' · '.join(said)}" if said else end
