"""The register of organisations: unconfirmed ones first, confirmed, corrected, merged into what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect

from awards import decisions, directory, organisations, register
from awards.extensions import db
from awards.models import Account, Membership, Organisation
from awards.web import door, face, language, sessions, words
from awards.web.access import Audience, audience
from awards.web.collaboration.words import KINDS
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer, blueprint, name_of, posted
from awards.web.texts import Text
from judging.programme import LANGUAGES

MOST = 8
WRONG: Mapping[type[Exception], tuple[str, object]] = {
    register.MergedAlready: ("", _l("This organisation has been merged into another meanwhile.")),
    register.NameMissing: ("name", _l("Write its name.")),
    register.NameTooLong: ("name", _l("A name has at most 200 letters.")),
    register.NoSuchCountry: ("country", _l("Choose a country from the list.")),
    register.NoSuchKind: ("kind", _l("Choose a kind and a region from the lists.")),
    register.NoSuchOrganisation: ("parent", _l("The organisation that contains it is not in the register.")),
    register.InsideItself: ("parent", _l("It can't lie inside itself, or inside one that lies inside it.")),
}
"""What may be wrong with what was typed, and the field that it belongs to."""


@dataclass(frozen=True, slots=True)
class Line:
    """An organisation in a list, with who suggested it and how many others it may be."""

    organisation: Organisation
    place: str
    by: str


@blueprint.get("/organisations", endpoint="organisations")
@audience(Audience.APPOINTER)
def listing() -> str:
    session = db.session()
    text = request.args.get("q", "").replace("\0", "")[: directory.LONGEST_SEARCH]
    found = directory.search(session, text) if text else []
    waiting = register.unconfirmed(session)
    people = {it.suggested_by_id for it in waiting if it.suggested_by_id}
    by = {key: name_of(session.get(Account, key)) for key in people}
    return _show(
        "organisations.html",
        text=text,
        found=[Line(it, _place(it), "") for it in found],
        waiting=[Line(it, _place(it), by.get(it.suggested_by_id or 0, "")) for it in waiting],
    )


def _place(it: Organisation) -> str:
    return " · ".join(part for part in (it.city, words.country(it.country) if it.country else "") if part)


def _show(template: str, **values: object) -> str:
    may_write = door.may(Audience.APPOINTER, sessions.me(), None, reading=False)
    return render_template(
        f"secretariat/{template}",
        words=words,
        wording=wording,
        kinds=KINDS,
        writing=may_write,
        my_zone=sessions.me().zone,
        specimen=face.only_specimens(db.session()),
        **values,
    )


def _found(identifier: str) -> Organisation:
    try:
        return register.find(db.session(), identifier if identifier.isprintable() else "")
    except register.NoSuchOrganisation:
        abort(404)


def _back(it: Organisation, said: str, mood: str = "done") -> Answer:
    flash(said, mood)
    return redirect(url_for("secretariat.organisation", identifier=it.public_id), 303)


@blueprint.route("/organisations/<identifier>", methods=["GET", "POST"])
@audience(Audience.APPOINTER)
def organisation(identifier: str) -> Answer:
    """One organisation: read, confirmed, corrected."""
    it, session = _found(identifier), db.session()
    if request.method == "GET":
        return _organisation(it)
    actor, now = sessions.actor(), sessions.now()
    try:
        if posted("act") == "confirm":
            register.confirm(session, it, actor=actor, now=now)
            said = _("Confirmed.")
        else:
            register.correct(session, it, _facts(), actor=actor, now=now)
            said = _("Corrected. It is still found by what it was called.")
    except register.NameTaken as error:
        session.rollback()
        return _organisation(it, {"name": _taken(error)}, other=error.other), 422
    except tuple(WRONG) as error:
        session.rollback()
        field, says = WRONG[type(error)]
        return _organisation(it, {field: str(says)}), 422
    session.commit()
    return _back(it, said)


def _taken(error: register.NameTaken) -> str:
    return _(
        "%(name)s is in the register already. If it is the same, merge the two below.", name=error.other.name
    )


def _facts() -> register.Facts:
    names = {tag: posted(f"name-{tag}") for tag in LANGUAGES}
    return register.Facts(
        name=posted("name"),
        names={tag: name for tag, name in names.items() if name},
        kind=posted("kind"),
        city=posted("city"),
        country=posted("country"),
        region=posted("region"),
        parent=posted("parent"),
    )


def _organisation(
    it: Organisation, wrong: Mapping[str, str] | None = None, other: Organisation | None = None
) -> str:
    session = db.session()
    typed = sessions.filled() is not None and posted("act") == "correct"
    facts = _facts() if typed else register.facts_of(it)
    alike = [other] if other else []
    search = request.args.get("same", "").replace("\0", "")[: directory.LONGEST_SEARCH]
    for text in [search] if search else dict.fromkeys([it.name, *map(str, it.names.values()), it.city]):
        hits = directory.search(session, text, most=MOST) if text else []
        alike += [hit for hit in hits if hit.id not in {it.id, *(same.id for same in alike)}]
    inside = request.args.get("inside", "").replace("\0", "")[: directory.LONGEST_SEARCH]
    parents = directory.search(session, inside, most=MOST) if inside else []
    parent = register.find(session, facts.parent) if facts.parent and not wrong else it.parent
    return _show(
        "organisation.html",
        it=it,
        facts=facts,
        wrong=dict(wrong or {}),
        place=_place(it),
        by=name_of(session.get(Account, it.suggested_by_id)) if it.suggested_by_id else "",
        member=it.membership is not Membership.NONE,
        own_names=[Text(name, tag) for tag, name in register.facts_of(it).names.items()],
        named=[it for it in _languages(facts) if it[2] or it[0] in language.NAMES],
        unnamed=[it for it in _languages(facts) if not it[2] and it[0] not in language.NAMES],
        countries=sorted(((code, words.country(code)) for code in organisations.countries()), key=_by_name),
        alike=[Line(hit, _place(hit), "") for hit in alike],
        same=search,
        inside=inside,
        parents=[parent] * bool(parent) + [hit for hit in parents if hit.id != it.id and hit != parent],
        merged=register.merged_into(session, it),
        into=it.merged_into,
    )


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1]


def _languages(facts: register.Facts) -> list[tuple[str, str, str]]:
    """Tag, name of the language and name in it: our own languages first, then those that have one."""
    tags = dict.fromkeys([*language.NAMES, *facts.names, *LANGUAGES])
    return [(tag, words.language_name(tag), facts.names.get(tag, "")) for tag in tags]


@blueprint.route("/organisations/<identifier>/merge/<into>", methods=["GET", "POST"])
@audience(Audience.APPOINTER)
def organisation_merge(identifier: str, into: str) -> Answer:
    """Let another organisation stand for this one, after a look at both."""
    it, other, session = _found(identifier), _found(into), db.session()
    if request.method == "GET":
        return _merge(it, other)
    try:
        register.merge(
            session, it, other, reason=posted("reason"), actor=sessions.actor(), now=sessions.now()
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _merge(it, other, {"reason": _("Write how you know that they are the same.")}), 422
    except (
        register.MergedAlready,
        register.SameOrganisation,
        register.OtherCountry,
        register.LosesMembership,
    ) as error:
        session.rollback()
        return _merge(it, other, {"": _unmergeable(error)}), 422
    session.commit()
    return _back(it, _("Merged: %(name)s stands for it from now on.", name=other.name))


def _unmergeable(error: Exception) -> str:
    says: Mapping[type[Exception], str] = {
        register.MergedAlready: _("This organisation has been merged already."),
        register.SameOrganisation: _("These are one organisation already."),
        register.OtherCountry: _("The two are in different countries. If one is wrong, correct it first."),
        register.LosesMembership: _(
            "This one is a member and the other is not: merge them the other way round."
        ),
    }
    return says[type(error)]


def _merge(it: Organisation, other: Organisation, wrong: Mapping[str, str] | None = None) -> str:
    return _show(
        "organisation_merge.html",
        it=it,
        other=other,
        both=[(it, _place(it)), (other, _place(other))],
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


@blueprint.route("/organisations/<identifier>/unmerge", methods=["GET", "POST"])
@audience(Audience.APPOINTER)
def organisation_unmerge(identifier: str) -> Answer:
    """Undo a merge, while nothing was decided that rests on it."""
    it, session = _found(identifier), db.session()
    if it.merged_into is None:
        return _back(it, _("This organisation stands for itself."), "caution")
    if request.method == "GET":
        return _unmerge(it)
    try:
        register.unmerge(session, it, reason=posted("reason"), actor=sessions.actor(), now=sessions.now())
    except decisions.ReasonMissing:
        session.rollback()
        return _unmerge(it, {"reason": _("Write why the merge was wrong.")}), 422
    except register.DecidedSince:
        session.rollback()
        return _unmerge(it), 409
    session.commit()
    return _back(it, _("This organisation stands for itself again."))


def _unmerge(it: Organisation, wrong: Mapping[str, str] | None = None) -> str:
    return _show(
        "organisation_unmerge.html",
        it=it,
        into=it.merged_into,
        decided=register.decided_since(db.session(), it),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )
