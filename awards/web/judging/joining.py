"""A judge who accepted says who they are, agrees to the code of conduct, and is on the panel."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from awards import accounts, conduct, editions, inviting, joining, judges, organisations, profiles
from awards.conduct import Conduct
from awards.directory import TooManySuggested
from awards.extensions import db
from awards.folding import fold
from awards.models import Affiliation, Judge
from awards.organisations import OrganisationAmbiguous
from awards.web import door, face, language, sessions, words, work
from awards.web.access import Audience, audience
from awards.web.judging.routes import blueprint
from awards.web.panel import says
from awards.web.panel.reading import ReadingForm, known_of
from awards.web.secretariat.frame import posted, posted_number
from awards.web.ticks import Ticks
from awards.web.words import lazy as _l
from awards.web.words import tidy
from judging.programme import LANGUAGES

Answer = str | Response | tuple[str, int]
MOST_PLACES = 8
TOO_LONG = _l("Write no more than 200 characters.")
CHOOSE = _l("Choose a country.")


class JoinForm(ReadingForm):
    name = StringField(
        _l("Your name, as it is to be printed"),
        [DataRequired(_l("Write your name.")), Length(max=accounts.LONGEST_NAME, message=TOO_LONG)],
        filters=[tidy],
    )
    office = StringField(_l("Office"), [Length(max=200, message=TOO_LONG)], filters=[tidy])
    nationality = SelectField(_l("Nationality"), [InputRequired(CHOOSE)])
    residence = SelectField(_l("Country in which you live"), [InputRequired(CHOOSE)])
    languages = Ticks(
        _l("Languages that you read well enough to judge"),
        [InputRequired(_l("Tick at least one language."))],
    )
    categories = Ticks(_l("Categories that you read"), [InputRequired(_l("Tick at least one category."))])
    expert = Ticks(_l("Categories in which you are an expert"))
    some = Ticks(_l("Categories of which you know something"))
    working = Ticks(_l("Languages that you read with some effort"))
    capacity = StringField(_l("How many nominations can you read at most?"), filters=[tidy])
    shown = Ticks(_l("What may be published of you after the result?"))
    agree = BooleanField(
        _l("I have read the code of conduct and the confidentiality that it asks for, and I agree.")
    )
    code = HiddenField()
    code_language = HiddenField()


class PlaceForm(FlaskForm):
    """One place to which a judge belongs."""

    class Meta:
        csrf = False

    organisation = StringField(_l("Organisation"), [Length(max=200, message=TOO_LONG)], filters=[tidy])
    listed = SelectField(_l("Is it one of these?"), validate_choice=False)
    city = StringField(_l("City of its seat"), [Length(max=200, message=TOO_LONG)], filters=[tidy])
    country = SelectField(_l("Country of its seat"), validate_choice=False)

    @property
    def is_blank(self) -> bool:
        return not (self.organisation.data or self.city.data or self.country.data)


@dataclass(slots=True)
class Page:
    """The whole page as it is filled in."""

    form: JoinForm
    places: list[PlaceForm]
    code: Conduct | None
    agreed: bool

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Everything that is wrong, with the field in which it is."""
        fields = [*self.form, *(field for place in self.places for field in place)]
        return [
            (field.id, str(error) if field is self.form.agree else f"{field.label.text}: {error}")
            for field in fields
            for error in field.errors
        ]


@blueprint.route("/joining", methods=["GET", "POST"], endpoint="join")
@audience(Audience.JUDGE)
def join(**_edition: str) -> Answer:
    """Ask what a panel has to know of a judge, and take corrections at any time."""
    judge = door.judge()
    page = _filled(judge)
    if request.method == "GET":
        return _show(judge, page)
    if posted("act") == "add":
        if len(page.places) < MOST_PLACES:
            page.places.append(_place(len(page.places), None))
        return _show(judge, page)
    places = _checked(page)
    if places is None or not _stated(judge, page, places):
        return _show(judge, page), 422
    return redirect(url_for("judging.join", edition=door.edition().key), 303)


def _filled(judge: Judge) -> Page:
    """The page with what was typed, else with what is known."""
    session, edition, filled = db.session(), door.edition(), sessions.filled()
    account = judge.account
    code = conduct.of_edition(session, edition, language.current())
    agreed = conduct.has_agreed(session, edition, judge)
    offered = inviting.offered(session, edition, judge)
    known = {
        "name": account.name,
        "office": account.office,
        "nationality": judge.nationality,
        "residence": judge.residence,
        "languages": judge.languages,
        "categories": judge.categories or list(offered),
        "capacity": str(judge.capacity or ""),
        "shown": judge.shown,
        "working": judge.working_languages,
        **known_of(judge, offered),
    }
    form = JoinForm(formdata=filled, data=known)  # type: ignore[no-untyped-call]
    names = face_of().names
    form.nationality.choices = form.residence.choices = _countries()
    tags = dict.fromkeys([*LANGUAGES, *judge.languages])
    form.languages.choices = sorted(
        ((it, words.language_name(it)) for it in tags), key=lambda it: fold(it[1])
    )
    form.working.choices = form.languages.choices
    form.ask([(key, str(names.name("categories", key))) for key in offered])
    form.shown.choices = [(key, str(says.SHOWN[key])) for key in joining.SHOWN]
    ties = list(reversed(profiles.works_at(session, account)))
    if filled is None:
        places = [_place(number, tie) for number, tie in enumerate(ties or [None])]
    else:
        count = min(max(posted_number("rows"), 1), MOST_PLACES)
        places = [_place(number, None) for number in range(count)]
    if code is not None and filled is None:
        form.code.data, form.code_language.data = code.sha256, code.language
    return Page(form, places, code, agreed)


def _place(number: int, tie: Affiliation | None) -> PlaceForm:
    said = {}
    if tie is not None:
        name = tie.organisation.name if tie.organisation is not None else ""
        said = {"organisation": name, "city": tie.city, "country": tie.country}
    prefix = f"place-{number}-"
    form = PlaceForm(formdata=sessions.filled(), prefix=prefix, data=said)  # type: ignore[no-untyped-call]
    form.country.choices = _countries()
    form.listed.choices = []
    return form


def _countries() -> list[tuple[str, str]]:
    named = [(code, words.country(code)) for code in organisations.countries()]
    return [("", _("Choose a country")), *sorted(named, key=lambda it: fold(it[1]))]


def _checked(page: Page) -> list[joining.Place] | None:
    """The places as they are meant; None where anything of the page has to be mended first."""
    is_well = page.form.validate()
    places = [_meant(it) for it in page.places if not it.is_blank]
    if not places:
        page.places[0].city.errors = [
            _("Say where you work; if you work nowhere, the city in which you live.")
        ]
    if not page.agreed and page.code is not None and not page.form.agree.data:
        page.form.agree.errors = [_("Agree to the code of conduct, or decline by leaving the panel below.")]
        is_well = False
    found = [it for it in places if it is not None]
    return found if is_well and found and len(found) == len(places) else None


def _meant(form: PlaceForm) -> joining.Place | None:
    if not form.validate():
        return None
    name, city, country = (str(it.data or "") for it in (form.organisation, form.city, form.country))
    if country not in organisations.countries():
        form.country.errors = [str(CHOOSE)]
        return None
    if not name and not city:
        form.city.errors = [_("Write the organisation, the city, or both.")]
        return None
    found = work.meant(name, country, said=str(form.listed.data or ""))
    if isinstance(found, list):
        form.listed.choices, form.listed.data = found, ""
        form.listed.errors = [_("Choose the organisation that you mean.")]
        return None
    return joining.Place(found, city, country)


def _stated(judge: Judge, page: Page, places: list[joining.Place]) -> bool:
    """Keep it all and say what follows; False where something is wrong, which the page then says."""
    form, session = page.form, db.session()
    statement = joining.Statement(
        name=str(form.name.data),
        office=str(form.office.data or ""),
        nationality=str(form.nationality.data),
        residence=str(form.residence.data),
        places=tuple(places),
        languages=tuple(form.languages.data or ()),
        categories=tuple(form.categories.data or ()),
        capacity=form.most,
        shown=tuple(form.shown.data or ()),
        working_languages=tuple(form.working.data or ()),
        expertise=form.expertise,
    )
    agreed = joining.Agreed(str(form.code_language.data), str(form.code.data)) if form.agree.data else None
    was_on = judges.joined(judge)
    try:
        done = joining.join(
            session,
            door.edition(),
            judge,
            statement,
            agreed=agreed,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (conduct.ConductChanged, conduct.ConductNotAgreed):
        session.rollback()
        _read_anew(page)
        return False
    except joining.NotOnPanel:
        session.rollback()
        abort(404)
    except joining.CategoryNotAsked:
        session.rollback()
        form.categories.errors = [_("Tick at least one category.")]
        return False
    except OrganisationAmbiguous:
        session.rollback()
        page.places[0].organisation.errors = [_("Several organisations have this name. Write it in full.")]
        return False
    except TooManySuggested:
        session.rollback()
        page.places[0].organisation.errors = [
            _(
                "Organisations that you added wait to be confirmed. Until then leave this empty and write the city."
            )
        ]
        return False
    session.commit()
    _say(done, was_on)
    return True


def _read_anew(page: Page) -> None:
    """The code of conduct has changed since the page was opened: it is shown as it is now."""
    code = conduct.of_edition(db.session(), door.edition(), language.current())
    page.code, page.agreed, page.form.agree.data = code, False, False
    if code is not None:
        page.form.code.data, page.form.code_language.data = code.sha256, code.language
    page.form.agree.errors = [_("The code of conduct was changed meanwhile. Read it again before you agree.")]


def _say(done: joining.Joined, was_on: bool) -> None:
    flash(_("Saved.") if was_on else _("Saved. You are on the panel."), "done")
    if done.search.recused:
        ended = done.search.recused
        says_ended = ngettext(
            "%(num)s nomination that was given to you is taken back, because of an interest in it. "
            "A sheet that you have written is kept and does not count.",
            "%(num)s nominations that were given to you are taken back, because of an interest in them. "
            "Sheets that you have written are kept and do not count.",
            ended,
        )
        flash(says_ended, "caution")
    if done.closed:
        closed = ngettext(
            "By what you say %(num)s nomination is closed to you: you share a city, a country or an organisation "
            "with it, or are named in it.",
            "By what you say %(num)s nominations are closed to you: you share a city, a country or an organisation "
            "with them, or are named in them.",
            done.closed,
        )
        flash(closed, "calm")


def face_of() -> face.Face:
    """The edition of the address with its texts, for judges."""
    found = face.faces_of(db.session(), [door.edition()], sessions.now())
    return next(iter(found.values()))


def _show(judge: Judge, page: Page) -> str:
    here = face_of()
    zone = words.own_zone(sessions.me().zone, door.edition().zone)
    return render_template(
        "judging/joining.html",
        edition=door.edition(),
        face=here,
        judge=judge,
        form=page.form,
        places=page.places,
        most=MOST_PLACES,
        code=page.code,
        agreed=page.agreed,
        problems=page.problems,
        joined=judges.joined(judge),
        reads_none=not any(
            judge.reads(key) for key in editions.open_categories(db.session(), door.edition())
        ),
        agreed_at=words.when(words.in_zone(judge.conduct_at, zone)) if judge.conduct_at else "",
        specimen=door.edition().specimen,
    )
