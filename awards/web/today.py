"""Today: what needs the person who is signed in, what is theirs, and what waits in each of their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import agenda, borderline, readings
from awards.agenda import Mine, Need, Task
from awards.duties import CHAIRS, WHOSE, Post
from awards.extensions import db
from awards.models import Edition, Invitation, InvitationKind, NominationState, Role
from awards.own_ballots import Waiting
from awards.timetable import Moment, Phase
from awards.watches import Call, Summons
from awards.web import face, sessions, waits, words, work
from awards.web.access import Audience, audience
from awards.web.face import Face
from awards.web.language import PREFIX
from awards.web.roles import ROLES
from awards.web.texts import Text, listed

blueprint = Blueprint("today", __name__, url_prefix=PREFIX)

STATES: Mapping[NominationState, object] = {
    NominationState.DRAFT: _l("Draft, not submitted"),
    NominationState.SUBMITTED: _l("Submitted"),
    NominationState.RETURNED: _l("Returned to you"),
    NominationState.ELIGIBLE: _l("Eligible: it takes part"),
    NominationState.INELIGIBLE: _l("Not eligible"),
    NominationState.WITHDRAWN: _l("Withdrawn"),
    NominationState.DISQUALIFIED: _l("Disqualified"),
    NominationState.FINALIST: _l("Finalist"),
    NominationState.NOT_SHORTLISTED: _l("Not among the finalists"),
    NominationState.WINNER: _l("Winner"),
    NominationState.NOT_AWARDED: _l("No prize"),
}
"""A nomination's state as its people are told it; what follows eligibility once it is published."""

ACTS: Mapping[Need, object] = {
    Need.RETURNED: _l("Correct what was asked for"),
    Need.DRAFT: _l("Finish and submit"),
    Need.DRAFT_LATE: _l("The deadline has passed: ask for late acceptance"),
    Need.UNSUBMITTED: _l(
        "You changed it after submitting it: submit the changes, or the earlier text stands"
    ),
    Need.PRIZE: _l("News in confidence: read it and answer"),
    Need.APPEAL: _l("Found not eligible: read why, and appeal if you think that it is wrong"),
}
NEEDED: Mapping[Need, str] = {Need.APPEAL: "appeals.show", Need.PRIZE: "nominations.award"}
"""Where it is done, where that isn't the nomination's own page."""
INVITED: Mapping[InvitationKind, object] = {
    InvitationKind.ROLE: _l("You are invited to take a role"),
    InvitationKind.EDITOR: _l("You are invited to write a nomination together"),
    InvitationKind.HANDOVER: _l("You are asked to take over a nomination"),
    InvitationKind.PARTNER: _l("Your organisation is asked to confirm that it takes part"),
    InvitationKind.NOMINEE: _l("You are nominated: do you accept?"),
    InvitationKind.CATEGORY: _l("May your nomination move to another category?"),
}
CALLED: Mapping[Call, str] = {
    Call.JOIN: "judging.join",
    Call.DECLARE: "judging.declare",
    Call.CONFIRM: "judging.confirm_typed",
    Call.MEND: "judging.ask_reopening",
    Call.DELIBERATE: "deliberation.index",
    Call.SUBMIT: "judging.submit_all",
    Call.MARK: "judging.queue",
}
"""The page of a judge's on which it is done."""
BOUND = frozenset({Role.SCREENER, Role.ORGANISER})
"""Who must have no interest in what they decide, and so is asked where they work."""
DESKS = (Role.ORGANISER, Role.ADMINISTRATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what it says, about what, until when, and where it leads."""

    act: str
    about: Text | str
    where: Text | str
    href: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What waits in the roles of one edition."""

    name: Text | str
    roles: str
    does: tuple[object, ...]
    lines: tuple[Line, ...]


@blueprint.get("/today")
@audience(Audience.SIGNED_IN)
def show() -> str:
    me, now = sessions.me(), sessions.now()
    found = agenda.of(db.session(), me, now)
    faces = face.faces_of(db.session(), found.editions, now)
    return render_template(
        "today/show.html",
        tasks=[_task(task, faces, me.zone) for task in found.tasks],
        mine=[_mine(it, faces) for it in found.current],
        posts=[_section(post, faces) for post in found.posts],
        waiting=any(post.duties for post in found.posts),
        history=[_mine(it, faces) for it in found.history],
        say_work=any(set(post.roles) & BOUND for post in found.posts) and work.is_unstated(),
        calls=[_call(faces[it.id], me.zone) for it in found.calls if not _is_over(faces[it.id], now)],
    )


def _task(task: Task, faces: Mapping[int, Face], zone: str) -> Line:
    due = words.in_both(task.due, zone) if task.due else ""
    if task.invitation is not None:
        return _invitation(task.invitation, faces)
    if task.summons is not None:
        return _summons(task.summons, faces[task.summons.edition], due)
    if task.waiting is not None:
        return _ballots(task.waiting, faces[task.waiting.edition], due)
    assert task.mine is not None
    page = _page(task.mine, NEEDED.get(task.need, "nominations.show"))
    where = faces[task.mine.edition.id].name
    return Line(str(ACTS[task.need]), _title(task.mine), where, page, _until(task.need, due))


def _summons(it: Summons, its: Face, due: str) -> Line:
    page = url_for(CALLED[it.call], edition=its.key, **it.about)  # type: ignore[arg-type]
    until = _("Until %(moment)s", moment=due) if due else ""
    return Line("", _called(it), its.name, page, until)


def _ballots(it: Waiting, its: Face, due: str) -> Line:
    says = ngettext("Cast your ballot", "Cast your ballots (%(num)d)", it.number)
    until = _("Until %(moment)s", moment=due) if due else ""
    return Line("", says, its.name, url_for("voting.index", edition=its.key), until)


def _called(it: Summons) -> str:
    """What a judge is to do, in words."""
    if it.call is Call.DECLARE:
        return ngettext(
            "Say of %(num)d nomination whether you have an interest in it",
            "Say of %(num)d nominations whether you have an interest in them",
            it.number,
        )
    if it.call is Call.DELIBERATE:
        return _("The deliberation room is open: read what the panel wrote, and write")
    if it.call is Call.SUBMIT:
        return ngettext(
            "%(num)d sheet is complete but not submitted: submit it",
            "%(num)d sheets are complete but not submitted: submit them",
            it.number,
        )
    if it.call is Call.MARK:
        return ngettext("%(num)d sheet left to mark", "%(num)d sheets left to mark", it.number)
    if it.call is Call.CONFIRM and it.by_telephone:
        return _(
            "Your sheet for %(reference)s was typed as you told it by telephone: confirm that it says what you gave",
            reference=it.reference,
        )
    if it.call is Call.CONFIRM:
        return _(
            "Your sheet for %(reference)s was typed from paper: confirm that it says what you wrote",
            reference=it.reference,
        )
    if it.call is Call.MEND:
        return _(
            "Your sheet for %(reference)s is open again: mend it, then say that you are done",
            reference=it.reference,
        )
    return _("Complete what we need of you as a judge")


def _until(need: Need, due: str) -> str:
    if not due:
        return ""
    if need is Need.DRAFT_LATE:
        return _("The deadline was %(moment)s.", moment=due)
    return _("Until %(moment)s", moment=due)


def _invitation(invitation: Invitation, faces: Mapping[int, Face]) -> Line:
    its = faces.get(invitation.edition_id or 0)
    where: Text | str = its.name if its is not None else ""
    role = str(ROLES[invitation.role].name) if invitation.role else ""
    page = url_for("invitation.mine", invitation=invitation.public_id)
    return Line(role, str(INVITED[invitation.kind]), where, page)


def _mine(it: Mine, faces: Mapping[int, Face]) -> Line:
    state = str(STATES[it.state])
    if it.state is NominationState.SUBMITTED and it.unsubmitted:
        state = _("%(state)s, with changes since", state=state)
    return Line(state, _title(it), faces[it.edition.id].name, _page(it))


def _is_over(its: Face, now: datetime) -> bool:
    closes = its.moment(Moment.NOMINATIONS_CLOSE)
    return closes is not None and closes.instant <= now


def _call(its: Face, zone: str) -> Line:
    closes = its.moment(Moment.NOMINATIONS_CLOSE)
    due = _("Until %(moment)s", moment=words.in_both(closes, zone)) if closes else ""
    return Line("", its.name, its.say("honours"), url_for("public.edition", edition=its.key), due)


def _section(post: Post, faces: Mapping[int, Face]) -> Section:
    roles = listed(str(ROLES[role].name) for role in post.roles)
    edition = post.edition
    lines = []
    if edition is not None:
        for duty, number in post.duties:
            says, where = waits.says(duty, number), waits.where(duty, edition)
            if WHOSE[duty] == CHAIRS and Role.CHAIR not in post.roles:
                lines.append(Line(_("As deputy: only where the chair can't act"), says, "", where))
            else:
                lines.append(Line(says, "", "", where))
    held = set(post.roles)
    if held & set(DESKS):
        page = (
            url_for("secretariat.edition", edition=edition.key) if edition else url_for("secretariat.index")
        )
        lines.append(Line(_("Open the secretariat's pages"), "", "", page))
    if edition is not None and Role.CLERK in held:
        lines.append(Line(_("Type a sheet"), "", "", url_for("clerk.index", edition=edition.key)))
    if edition is not None and held & {Role.SCREENER, Role.AUDITOR}:
        page = url_for("screening.index", edition=edition.key)
        lines.append(Line(_("Open the list of nominations"), "", "", page))
    if edition is not None:
        lines += _at_the_table(edition, held)
    if edition is not None and Role.TELLER in held and Role.ORGANISER not in held:
        lines.append(
            Line(_("Open the pages of the vote"), "", "", url_for("polling.index", edition=edition.key))
        )
    if edition is not None and Role.HOLDER in held:
        page = url_for("holding.index", edition=edition.key)
        lines.append(Line(_("Open the key holder's page"), "", "", page))
    if edition is not None and Role.JUDGE in held:
        page = url_for("judging.queue", edition=edition.key)
        lines.append(Line(_("Open your sheets"), "", "", page))
    if edition is not None and not lines:
        rules = url_for("public.rules", edition=edition.key)
        votes = Role.ELECTOR in held
        words = _("Read the rules") if votes else _("Nothing waits here now. Read the rules until then.")
        lines.append(Line(words, "", "", rules))
    name: Text | str = faces[edition.id].name if edition is not None else _("The whole site")
    return Section(name, roles, tuple(ROLES[role].does for role in post.roles), tuple(lines))


def _at_the_table(edition: Edition, held: set[Role]) -> Iterator[Line]:
    """Where chair, deputy and auditor go after the close."""
    if held & {Role.CHAIR, Role.DEPUTY}:
        yield Line(_("Open the chair's table"), "", "", url_for("table.index", edition=edition.key))
        if borderline.can_come(db.session(), edition):
            says = _("See what second readings the rule would order, before you sign")
            yield Line(says, "", "", url_for("table.readings", edition=edition.key))
        elif readings.is_open(db.session(), edition):
            says = _("Second readings are under way: see how far they are")
            yield Line(says, "", "", url_for("table.readings", edition=edition.key))
    if edition.phase is Phase.DELIBERATION and held & {*CHAIRS, Role.AUDITOR}:
        page = url_for("deliberation.index", edition=edition.key)
        yield Line(_("Go to the deliberation room"), "", "", page)


def _title(it: Mine) -> Text | str:
    if not it.revision.title:
        return _("Nomination without a title yet")
    return Text(it.revision.title, it.revision.language)


def _page(it: Mine, endpoint: str = "nominations.show") -> str:
    """The nomination's own page, or another one about it."""
    return url_for(endpoint, nomination=it.nomination.public_id)
