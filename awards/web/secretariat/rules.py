"""The rules of an edition: in words, with every amendment; changed by a file that is shown as a difference first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _

from awards import amendments, approvals, decisions, editions, programmes
from awards.amendments import Draft
from awards.differences import of_documents
from awards.extensions import db
from awards.models import Account, Approval, RulesDocument
from awards.timetable import Phase
from awards.web import comparing, door, face, sessions
from awards.web.access import Audience, audience
from awards.web.comparing import Compared, compared
from awards.web.secretariat import programme_file
from awards.web.secretariat.frame import (
    Answer,
    back_to,
    blueprint,
    face_of,
    long_reason,
    name_of,
    posted,
    show,
)
from awards.web.texts import Names
from judging.programme import ProgrammeInvalid

REFUSALS = (
    amendments.NothingDiffers,
    amendments.RulesMovedOn,
    programmes.OtherProgramme,
    programmes.RulesFrozen,
    decisions.ReasonMissing,
    approvals.ProposalWaits,
)


@dataclass(frozen=True, slots=True)
class Amendment:
    document: RulesDocument
    by: str


@blueprint.get("/<edition>/rules")
@audience(Audience.ORGANISER)
def rules(edition: str) -> str:
    found, session = door.edition(), db.session()
    documents = amendments.history(session, found)
    its_face = face_of(found)
    return show(
        "rules.html",
        "rules",
        rules_document=documents[-1],
        amendments=[Amendment(it, _who(it.by_id)) for it in reversed(documents)],
        chapters=comparing.in_words(face.read(documents[-1]), its_face.texts),
        proposal=approvals.waiting(session, found, programmes.MENDING),
        may_freeze=found.phase is not Phase.DRAFT and found.frozen_at is None,
        fixed=found.frozen_at is not None and programmes.has_sheets(session, found),
    )


def _who(account: int | None) -> str:
    return name_of(db.session.get(Account, account)) if account is not None else ""


@blueprint.get("/<edition>/rules/<int:number>")
@audience(Audience.ORGANISER)
def amendment(edition: str, number: int) -> str:
    """One amendment, beside the rules before it."""
    found = door.edition()
    documents = {it.number: it for it in amendments.history(db.session(), found)}
    if number not in documents or number - 1 not in documents:
        abort(404)
    before, after = documents[number - 1], documents[number]
    values = of_documents(before.document, after.document)
    return show(
        "amendment.html",
        "rules",
        document=after,
        before=before,
        by=_who(after.by_id),
        compared=compared(face.read(before), face.read(after), face_of(found).names, values),
    )


@blueprint.route("/<edition>/rules/change", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def change_rules(edition: str) -> Answer:
    """Change the rules by a file: `check` shows what differs, `amend` makes it so."""
    if request.method == "GET":
        return _change(posted(programme_file.TEXT))
    sent = programme_file.sent()
    if sent.problem or not sent.text:
        problem = sent.problem or _("Choose the programme's file, or paste its text.")
        return _change(sent.text, wrong={"file": problem}), 422
    try:
        draft = amendments.preview(db.session(), door.edition(), sent.text)
        if posted("act") != "amend":
            return _change(sent.text, draft)
        if wrong := long_reason():
            return _change(sent.text, draft, wrong=wrong), 422
        said = _amend(sent.text)
    except ProgrammeInvalid as error:
        return _change(sent.text, faults=programme_file.faults(sent.text, error)), 422
    except REFUSALS as error:
        db.session.rollback()
        return _change(sent.text, _again(sent.text), wrong=_refused(error)), 422
    db.session.commit()
    return back_to("rules", said)


def _again(text: str) -> Draft | None:
    try:
        return amendments.preview(db.session(), door.edition(), text)
    except (ProgrammeInvalid, *REFUSALS):
        return None


def _amend(text: str) -> str:
    """Make the amendment, or propose it where the rules are frozen; what is said of it."""
    found, session = door.edition(), db.session()
    draft = amendments.preview(session, found, text)
    values = {
        "before": posted("before"),
        "reason": posted("reason"),
        "keep_wording": posted("wording") != "file",
        "actor": sessions.actor(),
        "now": sessions.now(),
    }
    if draft.by_two:
        amendments.propose(session, found, text, **values)  # type: ignore[arg-type]
        return _("Proposed. The rules change when another organiser approves it.")
    loaded = amendments.amend(session, found, text, **values)  # type: ignore[arg-type]
    if loaded.did is programmes.Loading.AMENDED:
        return _("Amendment %(number)d is in force. Everyone with a draft is told.", number=loaded.number)
    if loaded.did is programmes.Loading.TEXTS:
        return _("The rules are as they were; the texts of the file are shown from now on.")
    return _("Nothing was changed: the rules are as they were, and the wording was kept.")


def _refused(error: Exception) -> dict[str, str]:
    """What is said of a refusal, by the field that it belongs to."""
    if isinstance(error, decisions.ReasonMissing):
        return {"reason": _("Write why the rules change: it is published with the amendment.")}
    words: Mapping[type[Exception], str] = {
        amendments.NothingDiffers: _("The file says what holds already: there is nothing to change."),
        amendments.RulesMovedOn: _(
            "The rules were amended after this page was made. Here is the difference to the rules as they are now."
        ),
        programmes.OtherProgramme: _("This file belongs to another programme: its key is another one."),
        programmes.RulesFrozen: _("A judge has begun a sheet: the frozen rules can't change any more."),
        approvals.ProposalWaits: _("Another proposal waits. It has to be approved or ended first."),
    }
    return {"": words[type(error)]}


def _change(
    text: str,
    draft: Draft | None = None,
    *,
    faults: Iterable[programme_file.Fault] = (),
    wrong: Mapping[str, str] | None = None,
) -> str:
    found = door.edition()
    return show(
        "change_rules.html",
        "rules",
        text=text,
        draft=draft,
        compared=_compared(draft) if draft else None,
        faults=list(faults),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        taken=posted("wording") == "file",
        told=found.phase is not Phase.DRAFT,
    )


def _compared(draft: Draft) -> Compared:
    held = editions.rules_of(db.session(), door.edition())
    texts = _both(editions.texts_of(db.session(), door.edition()), draft.read.texts)
    return compared(held, draft.read.rules, Names(texts, held.working_language), draft.rules)


def _both(shown: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    """Names for what is there and for what would come, so that both can be said in words."""
    found = dict(new) | dict(shown)
    for thing, inside in new.items():
        here = shown.get(thing)
        if isinstance(inside, dict) and isinstance(here, dict):
            found[thing] = inside | here
    return found


@blueprint.route("/<edition>/rules/proposal", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def mending(edition: str) -> Answer:
    """A proposal to mend frozen rules: read by another organiser, then approved or turned down."""
    found, session = door.edition(), db.session()
    if request.method == "GET":
        proposal = approvals.waiting(session, found, programmes.MENDING)
        if proposal is None:
            return back_to("rules", _("No proposal waits."), "caution")
        return _mending(proposal)
    try:
        if posted("act") == "approve":
            loaded = amendments.approve(
                session, found, posted("sha256"), actor=sessions.actor(), now=sessions.now()
            )
            said = _("Amendment %(number)d is in force. Everyone with a draft is told.", number=loaded.number)
        else:
            proposal = approvals.take(session, found, programmes.MENDING, posted("sha256"))
            approvals.end(session, found, proposal, actor=sessions.actor(), now=sessions.now())
            said = _("The proposal is ended; nothing was changed.")
    except approvals.SamePerson:
        session.rollback()
        return back_to("mending", _("You proposed this yourself. Somebody else has to approve it."), "alarm")
    except approvals.NoProposal:
        session.rollback()
        return back_to("rules", _("This is not to be done any more; nothing was changed."), "caution")
    except (amendments.RulesMovedOn, programmes.RulesFrozen):
        session.rollback()
        says = _("The rules can't be mended so any more: they have changed, or a judge has begun a sheet.")
        return back_to("mending", says, "alarm")
    session.commit()
    return back_to("rules", said)


def _mending(proposal: Approval) -> Answer:
    draft = _again(str(proposal.subject["text"]))
    return show(
        "mending.html",
        "rules",
        proposal=proposal,
        proposer=name_of(db.session.get(Account, proposal.proposer_id)),
        own=proposal.proposer_id == sessions.me().id,
        draft=draft,
        compared=_compared(draft) if draft else None,
        kept=bool(proposal.subject["keep_wording"]),
    )
