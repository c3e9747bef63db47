"""A holder's own key: made with a passphrase, copied on paper, tried, and said to be lost."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _

from awards import decisions, holders, keys, shares
from awards.extensions import db
from awards.holders import State
from awards.passwords import Fault, PasswordRefused
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.holding import routes
from awards.web.holding.routes import Answer, back, blueprint, mine, show, typed
from awards.web.secretariat import frame
from awards.web.secretariat.frame import long_reason, posted


@blueprint.get("/<edition>")
@audience(Audience.HOLDER)
def index(edition: str) -> str:  # noqa: ARG001
    """What is to be done now: make the key, try it, give the share, or nothing."""
    return show()


@blueprint.route("/<edition>/key", methods=["GET", "POST"])
@audience(Audience.HOLDER)
def make(edition: str) -> Answer:  # noqa: ARG001
    """Make the key; its words are the answer, this once."""
    mine()
    if request.method == "GET":
        return back()
    if typed("passphrase") != typed("again"):
        return show({"again": _("The two differ. Write the same passphrase twice.")}, at="key"), 422
    try:
        words = holders.make(
            db.session(),
            door.edition(),
            sessions.me(),
            typed("passphrase"),
            folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except PasswordRefused as error:
        db.session.rollback()
        return show({"passphrase": _refused(error)}, at="key"), 422
    except holders.KeyThere:
        db.session.rollback()
        return back(_("Your key stands: envelopes are sealed by it. Nothing was changed."), "caution")
    db.session.commit()
    return render_template(
        "holding/words.html",
        edition=door.edition(),
        face=frame.face_of(door.edition()),
        specimen=door.edition().specimen,
        paper=words,
        name=mine().name,
    )


def _refused(error: PasswordRefused) -> str:
    return {
        Fault.TOO_SHORT: _("Use 12 characters or more: a few words that do not belong together."),
        Fault.TOO_LONG: _("This is longer than 256 characters."),
        Fault.COMMON: _("This is guessed too easily. Use a few words that do not belong together."),
        Fault.OWN_WORDS: _(
            "This is made of your own name or address. Use something nobody connects with you."
        ),
    }[error.fault]


@blueprint.route("/<edition>/copy", methods=["GET", "POST"])
@audience(Audience.HOLDER)
def copy(edition: str) -> Answer:  # noqa: ARG001
    """Show that there is a paper copy: two of its words, and the passphrase."""
    holder = mine()
    if holder.row is None or holder.state is not State.MADE:
        return back()
    if request.method == "GET":
        return _copy({})
    if not routes.may_try():
        return _copy({"": routes.too_many()}), 429
    try:
        holders.confirm(
            db.session(),
            door.edition(),
            sessions.me(),
            typed("passphrase"),
            (typed("one_word"), typed("other_word")),
            folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except keys.WrongSecret:
        db.session.rollback()
        said = _("Passphrase and words do not belong together. Look at the paper again.")
        return _copy({"passphrase": said}), 422
    except keys.KeyMissing:
        db.session.rollback()
        return _copy({"": _missing()}), 409
    except (holders.NoKeyYet, holders.IsLost):
        db.session.rollback()
        return back()
    routes.forget_tries()
    db.session.commit()
    return back(_("Your key is ready. Keep the paper where nobody else reads it, apart from the passphrase."))


def _copy(wrong: dict[str, str]) -> str:
    row = mine().row
    assert row is not None
    one, other = holders.asked(row)
    return render_template(
        "holding/copy.html",
        edition=door.edition(),
        face=frame.face_of(door.edition()),
        specimen=door.edition().specimen,
        one=one,
        other=other,
        wrong=wrong,
    )


def _missing() -> str:
    return _(
        "The file of your key is not where it should be. Use the words on your paper, and tell the secretariat."
    )


@blueprint.route("/<edition>/try", methods=["GET", "POST"])
@audience(Audience.HOLDER)
def try_key(edition: str) -> Answer:  # noqa: ARG001
    """Open a share made for the trial; nothing is given by it."""
    was = mine().state
    if request.method == "GET":
        return back()
    if not routes.may_try():
        return show({"": routes.too_many()}, at="try"), 429
    try:
        holders.try_key(
            db.session(),
            door.edition(),
            sessions.me(),
            routes.secret(),
            folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except keys.WrongSecret:
        db.session.rollback()
        return show(wrong_secret(), at="try"), 422
    except (keys.KeyMissing, shares.ShareMissing):
        db.session.rollback()
        return show({"": _missing()}, at="try"), 409
    except holders.NoKeyYet:
        db.session.rollback()
        return back()
    routes.forget_tries()
    db.session.commit()
    if was is State.LOST:
        return back(_("It opens: your key is not lost any more."))
    return back(_("It works. Nothing was opened but a share made for this trial."))


def wrong_secret() -> dict[str, str]:
    if typed("words", routes.LONGEST_WORDS).strip():
        return {
            "words": _("These are not the words of your key. There are 24; look at their order and spelling.")
        }
    return {"passphrase": _("This is not the passphrase of your key. The words on your paper open it too.")}


@blueprint.route("/<edition>/lost", methods=["GET", "POST"])
@audience(Audience.HOLDER)
def lost(edition: str) -> Answer:  # noqa: ARG001
    """Say that neither passphrase nor paper is there any more."""
    if mine().state not in (State.MADE, State.READY):
        return back()
    if request.method == "GET":
        return _lost({})
    if wrong := long_reason():
        return _lost(wrong), 422
    try:
        holders.lose(
            db.session(),
            door.edition(),
            sessions.me(),
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        return _lost({"reason": _("Write in a word what happened.")}), 422
    except (holders.NoKeyYet, holders.IsLost):
        db.session.rollback()
        return back()
    db.session.commit()
    return back(_("It is noted, and the organisers see it. Two others can still open."))


def _lost(wrong: dict[str, str]) -> str:
    return render_template(
        "holding/lost.html",
        edition=door.edition(),
        face=frame.face_of(door.edition()),
        specimen=door.edition().specimen,
        wrong=wrong,
        reason=posted("reason"),
    )
