"""The words of screening: states of nominations, kinds of decisions, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import appeals, decisions, moving, recusals, releasing, returning, screening
from awards.collaboration import OpenQuestion, Question
from awards.models import DecisionKind, NominationState
from awards.timetable import UnknownZone

STATES: Mapping[NominationState, object] = {
    NominationState.DRAFT: _l("Draft"),
    NominationState.SUBMITTED: _l("Undecided"),
    NominationState.RETURNED: _l("Returned"),
    NominationState.ELIGIBLE: _l("Eligible"),
    NominationState.INELIGIBLE: _l("Not eligible"),
    NominationState.NOT_SHORTLISTED: _l("Not on the shortlist"),
    NominationState.FINALIST: _l("Finalist"),
    NominationState.WINNER: _l("Winner"),
    NominationState.NOT_AWARDED: _l("Without a prize"),
    NominationState.DECLINED: _l("Prize declined"),
    NominationState.REVOKED: _l("Prize revoked"),
    NominationState.DISQUALIFIED: _l("Disqualified"),
    NominationState.WITHDRAWN: _l("Withdrawn"),
}

DECISIONS: Mapping[DecisionKind, object] = {
    DecisionKind.RETURNED: _l("Returned to its people"),
    DecisionKind.CATEGORY_MOVED: _l("Moved to another category"),
    DecisionKind.LATE: _l("Late submission decided"),
    DecisionKind.DEADLINE: _l("More time given"),
    DecisionKind.WITHDRAWAL: _l("Withdrawn"),
    DecisionKind.CATEGORY_CLOSED: _l("Its category was closed"),
    DecisionKind.CONFLICT_WAIVED: _l("A judge's conflict was waived"),
    DecisionKind.DISQUALIFICATION: _l("Disqualified"),
}
"""Decisions about a nomination, but for those on eligibility, which say more."""

REFUSALS: Mapping[type[Exception], object] = {
    screening.ScreeningClosed: _l(
        "Eligibility is decided while nominations are checked and judged in the first round. "
        "That is not the case now."
    ),
    screening.NotDecidable: _l("The nomination has moved on meanwhile; this can't be done to it now."),
    screening.AppealWaits: _l("An appeal was made. It is decided by somebody else than who decided before."),
    screening.DecidedAgain: _l(
        "You decided this nomination before its appeal. Somebody else may decide it again."
    ),
    screening.NoSuchFinding: _l(
        "This finding is no longer there: the nomination or the others have changed. See what is found now."
    ),
    decisions.ReasonMissing: _l("Give a reason. It is kept with the decision."),
    returning.NothingNamed: _l("Choose at least one field or file that is to be corrected."),
    returning.NobodyToAsk: _l(
        "This nomination was brought in from a file, and nobody who could correct it has an account here."
    ),
    returning.ReturnPast: _l("Choose a date in the future, and later than the one that was given before."),
    returning.NotReturned: _l("The nomination is not with its people any more."),
    returning.ReturnNotOver: _l("The nomination is with its people until the date that they were told."),
    appeals.AppealDecided: _l("This appeal has been decided already."),
    appeals.DecidedBefore: _l("You decided this nomination before, so somebody else decides the appeal."),
    moving.NoSuchCategory: _l("Choose another open category that takes nominations of this kind."),
    moving.NoNominator: _l("Nobody with an account here nominated this, so nobody can agree to a move."),
    moving.MoveAsked: _l("The nominator has been asked already and has not answered yet."),
    moving.NoMoveAsked: _l("The nominator has answered, or was not asked."),
    recusals.OwnDeclaration: _l("Nobody undoes their own declaration. Ask another organiser."),
    recusals.NotDeclared: _l("This declaration has been undone already."),
    releasing.NothingToRelease: _l("None of the chosen decisions waits for its release any more."),
    UnknownZone: _l("This time zone is not known."),
}
"""What keeps an act from being done, by its error."""


def refusal(error: Exception) -> str:
    return str(REFUSALS[type(error)])


UNSETTLED: Mapping[Question, Callable[[str], str]] = {
    Question.PARTNER_NOT_ASKED: lambda name: _("The partner %(name)s has not been asked.", name=name),
    Question.PARTNER_WAITING: lambda name: _("The partner %(name)s has not answered.", name=name),
    Question.PARTNER_DECLINED: lambda name: _("The partner %(name)s has declined.", name=name),
    Question.NOMINEE_NOT_ASKED: lambda name: _(
        "%(name)s, the person nominated, has not been asked.", name=name or _("Nobody named")
    ),
    Question.NOMINEE_WAITING: lambda name: _(
        "%(name)s, the person nominated, has not answered.", name=name or _("Nobody named")
    ),
    Question.NOMINEE_DECLINED: lambda name: _(
        "%(name)s, the person nominated, does not accept.", name=name or _("Nobody named")
    ),
    Question.ORGANISATION_UNCONFIRMED: lambda name: _(
        "%(name)s is new in the directory, and nobody has confirmed it.", name=name
    ),
}


def unsettled(it: OpenQuestion) -> str:
    """What others have still to agree to, in words."""
    return UNSETTLED[it.question](it.name)
