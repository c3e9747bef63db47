"""What there is to see on the city's side: every page, in every state that it has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from playwright.sync_api import Page

from awards import drafts, editions, invitations, links, nominees, writers
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Answer, Edition, InvitationKind, Nomination, NominationState, Organisation, Role
from tests.browser.city import HOLDER, NEWCOMER, OFFICER, PASSWORD, STAFF, TRAVELLER, City, actor_of
from tests.browser.gallery import Act, Scene, press, pressing, typing
from tests.web import world
from tests.web.desks import COLLEAGUE, LEAD, Desk, desk_of
from tests.web.signing import person

NOBODY = "nobody@city.example"
SECTIONS = ("basics", "project", "results", "facts", "people-more", "publication")
LONG = "word " * 400


def of_the_city(app: Flask) -> list[Scene]:
    city = City(app)
    return [
        *_public(),
        *_signing(app, city),
        *_account(),
        *_invitations(app),
        *_overviews(city),
        *_sections(city),
        *_acts(city),
        *_files(city),
        *_people(app),
    ]


def _public() -> list[Scene]:
    return [
        Scene("call-open", f"/{world.OPEN}/"),
        Scene("call-over", "/screening-2026/"),
        Scene("call-late", "/wego-awards-late/"),
        Scene("form-blank", f"/{world.OPEN}/form"),
        Scene("rules-open", f"/{world.OPEN}/rules"),
    ]


def _signing(app: Flask, city: City) -> list[Scene]:
    wrong = typing({"email": TRAVELLER, "password": "not this one"})
    asked = typing({"email": NOBODY})
    good, used, old, to_set = _links(app)

    def ended(page: Page) -> None:
        page.locator("[name=office]").fill("Head of Digital Services")
        city.end_sessions(HOLDER)
        page.locator("main button.act").first.click()

    def back(page: Page) -> None:
        ended(page)
        typing({"email": HOLDER, "password": PASSWORD})(page)

    return [
        Scene("sign-in", "/sign-in"),
        Scene("sign-in-wrong", "/sign-in", act=wrong),
        Scene("sign-in-held", "/account", HOLDER, ended),
        Scene("sign-in-back", "/account", HOLDER, back),
        Scene("sign-in-asked", f"/{world.OPEN}/nominate"),
        Scene("mail", "/sign-in/mail"),
        Scene("mail-wrong", "/sign-in/mail", act=typing({"email": "no address"})),
        Scene("code", "/sign-in/mail", act=asked),
        Scene("code-wrong", "/sign-in/mail", act=_then(asked, typing({"code": "0000-0000"}))),
        Scene("sign-up", "/sign-up"),
        Scene("sign-up-wrong", "/sign-up", act=typing({"name": "", "email": "kim at city"})),
        Scene("link", f"/link/{good}"),
        Scene("link-other", f"/link/{good}", NEWCOMER),
        Scene("link-used", f"/link/{used}"),
        Scene("link-old", f"/link/{old}"),
        Scene("link-password", f"/link/{to_set}"),
        Scene("link-password-wrong", f"/link/{to_set}", act=typing({"password": "short", "again": "other"})),
        Scene("link-done", "/link/done"),
    ]


def _links(app: Flask) -> tuple[str, ...]:
    with app.app_context():
        begin_writing()
        session, now = db.session(), datetime.now(UTC)
        actor = actor_of(session, TRAVELLER)

        def made(at: datetime) -> str:
            return links.make_sign_in(
                session, actor.account, request_hash="0" * 64, actor=actor, now=at
            ).token

        used = made(now)
        links.use_sign_in(session, used, now=now)
        found = made(now), used, made(now - timedelta(hours=2))
        to_set = links.make_link(session, actor.account, actor=actor, now=now)
        session.commit()
    return (*found, to_set)


def _account() -> list[Scene]:
    return [
        Scene("account", "/account", TRAVELLER),
        Scene("account-wrong", "/account", TRAVELLER, typing({"name": ""})),
        Scene("account-password", "/account/password", TRAVELLER),
        Scene(
            "account-password-wrong",
            "/account/password",
            TRAVELLER,
            typing({"current": "no", "password": "x"}),
        ),
        Scene("account-address", "/account/address", TRAVELLER),
        Scene("today-empty", "/today", NEWCOMER),
        Scene("today-nominator", "/today", OFFICER),
        Scene("today-staff", "/today", STAFF),
        Scene("nominations-empty", "/nominations/", NEWCOMER),
        Scene("nominations", "/nominations/", OFFICER),
        Scene("start", f"/{world.OPEN}/nominate", NEWCOMER),
        Scene("start-wrong", f"/{world.OPEN}/nominate", NEWCOMER, press),
        Scene("start-closed", "/wego-awards-late/nominate", NEWCOMER),
        Scene("missing", "/nominations/nothing-here/", OFFICER),
    ]


def _invitations(app: Flask) -> list[Scene]:
    """One of each kind; then used, taken back, closed; and somebody else's on this device."""
    with app.app_context():
        person("asker@city.example", name="Olga Organiser")
        begin_writing()
        session = db.session()
        actor = actor_of(session, "asker@city.example")
        place = editions.find(session, world.OPEN)
        about = drafts.start(session, place, category="open-city", language="en", actor=actor, now=world.NOW)
        said = {"title": "Open budget portal", "organisation_name": "Example City", "city": "Exampleton"}
        drafts.change(session, about, said | {"country": "KR"}, base=None, actor=actor, now=world.NOW)
        about.state = NominationState.SUBMITTED
        partner = Organisation(name="Partner City", folded="partner city")
        session.add(partner)
        session.flush()
        tokens = {kind.value: _token(kind, place, about, partner, actor) for kind in InvitationKind}
        tokens["used"] = _token(InvitationKind.ROLE, place, about, partner, actor, answer=Answer.ACCEPTED)
        tokens["back"] = _token(InvitationKind.ROLE, place, about, partner, actor, answer=Answer.WITHDRAWN)
        over = editions.find(session, world.RUNNING)
        tokens["over"] = _token(InvitationKind.EDITOR, over, about, partner, actor)
        session.commit()
    return [
        *(Scene(f"invitation-{word}", f"/invitation/{token}") for word, token in tokens.items()),
        Scene("invitation-other", f"/invitation/{tokens['role']}", NEWCOMER),
        Scene("invitation-nameless", f"/invitation/{tokens['role']}", act=press),
        Scene("invitation-unknown", "/invitation/nobody-sent-this"),
    ]


def _token(
    kind: InvitationKind,
    place: Edition,
    about: Nomination,
    partner: Organisation,
    actor: Actor,
    *,
    answer: Answer | None = None,
) -> str:
    session = db.session()
    role = kind is InvitationKind.ROLE
    made = invitations.invite(
        session,
        kind,
        email=f"{kind.value}-{answer or 'open'}@partner.example",
        edition=place,
        nomination=None if role else about,
        organisation=partner if kind is InvitationKind.PARTNER else None,
        role=Role.SCREENER if role else None,
        language="en",
        arguments={"category": "services"} if kind is InvitationKind.CATEGORY else None,
        note="Please answer by Friday, so that we can plan the week.",
        actor=actor,
        now=world.NOW,
    )
    if answer:
        made.answer, made.answered_at = answer, world.NOW
    return invitations.make_invitation_token(session, made, world.NOW)


def _overviews(city: City) -> list[Scene]:
    words = (
        *(
            "empty",
            "half",
            "complete",
            "submitted",
            "changed",
            "withdrawn",
            "late",
            "late-half",
            "late-asked",
        ),
        *("returned", "eligible", "ineligible", "screened"),
    )
    return [Scene(f"overview-{word}", city.home(word), OFFICER) for word in words]


def _sections(city: City) -> list[Scene]:
    """Every part of the form: empty, filled, with everything that is missing or wrong, and read only."""
    found = []
    for section in SECTIONS:
        found += [
            Scene(f"section-{section}-empty", f"{city.home('empty')}{section}", OFFICER),
            Scene(f"section-{section}-filled", f"{city.home('complete')}{section}", OFFICER),
            Scene(f"section-{section}-missing", f"{city.home('empty')}{section}?missing=1", OFFICER),
        ]
    wrong = {"results-0-date": "soon", "results-0-indicator": "Minutes", "learning": LONG}
    return [
        *found,
        Scene("section-files-empty", f"{city.home('empty')}files-more", OFFICER),
        Scene("section-files-filled", f"{city.home('files')}files-more", OFFICER),
        Scene("section-organisation", f"{city.home('complete')}organisation", OFFICER),
        Scene("section-results-wrong", f"{city.home('empty')}results", OFFICER, typing(wrong)),
        Scene("section-over", f"{city.home('screened')}basics", OFFICER),
        Scene("section-returned", f"{city.home('returned')}results", OFFICER),
        Scene("section-late", f"{city.home('late')}basics", OFFICER),
        Scene("clash", f"{city.home('half')}project", OFFICER, _clashing(city)),
    ]


def _clashing(city: City) -> Act:
    def act(page: Page) -> None:
        city.said(
            "half", problem=f"Nobody could read the budget. Saved in another window, {datetime.now(UTC)}."
        )
        page.locator("[name=problem]").fill("The budget was a book of 900 pages.")
        page.locator("main button.act").first.click()

    return act


def _acts(city: City) -> list[Scene]:
    receipt = "main .plain a[href*=receipt]"
    return [
        Scene("preview", f"{city.home('complete')}preview", OFFICER),
        Scene("submit-lacking", f"{city.home('half')}submit", OFFICER),
        Scene("submit", f"{city.home('complete')}submit", OFFICER),
        Scene("submit-again", f"{city.home('changed')}submit", OFFICER),
        Scene("receipt", city.home("submitted"), OFFICER, pressing(receipt)),
        Scene("receipt-changed", city.home("changed"), OFFICER, pressing(receipt)),
        Scene("late", f"{city.home('late')}late", OFFICER),
        Scene("late-reasonless", f"{city.home('late')}late", OFFICER, press),
        Scene("late-lacking", f"{city.home('late-half')}late", OFFICER),
        Scene("late-asked", f"{city.home('late-asked')}late", OFFICER),
        Scene("withdraw", f"{city.home('submitted')}withdraw", OFFICER),
        Scene("withdraw-draft", f"{city.home('half')}withdraw", OFFICER),
        Scene("overview-dismissed", city.home("dismissed"), OFFICER),
        Scene("withdraw-done", f"{city.home('withdrawn')}withdraw", OFFICER),
        *(Scene(f"decision-{it}", f"{city.home(it)}decision", OFFICER) for it in ("eligible", "ineligible")),
        *(Scene(f"decision-{it}", f"{city.home(it)}decision", OFFICER) for it in ("appealed", "dismissed")),
        Scene("appeal", f"{city.home('ineligible')}appeal", OFFICER),
        Scene("appeal-empty", f"{city.home('ineligible')}appeal", OFFICER, press),
    ]


def _files(city: City) -> list[Scene]:
    files = f"{city.home('files')}files"
    bad = {"name": "Report.exe", "mimeType": "application/octet-stream", "buffer": b"MZ" + b"0" * 500}

    def refused(page: Page) -> None:
        page.locator("#upload").set_input_files([bad])  # type: ignore[list-item]
        page.locator("button[value=upload]").click()

    def taken_out(page: Page) -> None:
        page.locator("button[name=take_out]").first.click()

    def wordless(page: Page) -> None:
        page.locator("input.wide").first.fill("x" * 5_000)
        page.locator("button.second").first.click()

    return [
        Scene("files-empty", f"{city.home('empty')}files/documents", OFFICER),
        Scene("files-pictures-empty", f"{city.home('empty')}files/pictures", OFFICER),
        Scene("files-documents", f"{files}/documents", OFFICER),
        Scene("files-pictures", f"{files}/pictures", OFFICER),
        Scene("files-refused", f"{files}/documents", OFFICER, refused),
        Scene("files-none", f"{files}/pictures", OFFICER, pressing("button[value=upload]")),
        Scene("files-wordless", f"{files}/pictures", OFFICER, wordless),
        Scene("files-undo", f"{files}/documents", OFFICER, taken_out),
        Scene("files-closed", f"{city.home('screened')}files/documents", OFFICER),
    ]


def _people(app: Flask) -> list[Scene]:
    """Who writes, who shares, who is nominated: a project with partners and an individual."""
    plain, busy = _desks(app)
    home, alone = f"/nominations/{busy}", f"/nominations/{plain}"
    jakarta = _asks(app, busy)
    wrong = typing({"name": "", "city": "Quillonia"})
    return [
        Scene("organisation-none", f"{alone}/organisation", LEAD),
        Scene("organisation-found", f"{alone}/organisation?q=seoul", LEAD),
        Scene("organisation-korean", f"{alone}/organisation?q=%EC%84%9C%EC%9A%B8", LEAD),
        Scene("organisation-unknown", f"{alone}/organisation?q=zzyzx", LEAD),
        Scene("organisation-unchosen", f"{alone}/organisation?q=seoul", LEAD, press),
        Scene("organisation-chosen", f"{home}/organisation", LEAD),
        Scene("organisation-new", f"{alone}/organisation/new", LEAD),
        Scene("organisation-new-wrong", f"{alone}/organisation/new", LEAD, wrong),
        Scene("organisation-printed", f"{home}/organisation/names", LEAD),
        Scene("city", f"{home}/city?q=jakarta", LEAD),
        Scene("people-alone", f"{alone}/people", LEAD),
        Scene("people-busy", f"{home}/people", LEAD),
        Scene("people-colleague", f"{home}/people", COLLEAGUE),
        Scene("people-wrong", f"{home}/people", LEAD, typing({"email": "no address"})),
        Scene("people-hand-over", f"{home}/people/hand-over", LEAD),
        Scene("people-leave", f"{home}/people/leave", COLLEAGUE),
        Scene("partner-add", f"{home}/partners/add?q=hanoi", LEAD),
        Scene("partner-ask", f"{home}/partners/{jakarta}", LEAD),
        Scene("nominee", f"{home}/nominee", LEAD),
        Scene("letter", f"{home}/approval-letter", LEAD),
        Scene("letter-partner", f"{home}/approval-letter?partner={jakarta}", LEAD),
    ]


def _desks(app: Flask) -> tuple[str, str]:
    first = desk_of(app)
    with app.app_context():
        begin_writing()
        session, place = db.session(), editions.find(db.session(), world.OPEN)
        lead = actor_of(session, LEAD)
        more = drafts.start(
            session,
            place,
            category="services",
            language="en",
            nominee_kind="individual",
            actor=lead,
            now=world.NOW,
        )
        said = {
            "title": "A life for open data",
            "organisation_name": "김보기",
            "city": "Seoul",
            "country": "KR",
            "nominee": {"latin_name": "Kim Bogi", "email": "kim@person.example", "organisation": ""},
        }
        drafts.change(session, more, said, base=None, actor=lead, now=world.NOW)
        key = more.public_id
        session.commit()
    return first.key, key


def _asks(app: Flask, key: str) -> str:
    desk, now = Desk(app, key), world.NOW
    for name, email in {
        "Jakarta": "",
        "Hanoi": "office@hanoi.example",
        "Ulaanbaatar": "mayor@ulaanbaatar.example",
    }.items():
        desk.partner(name, email=email)
    desk.join()
    desk.act(lambda s, n, a: writers.invite(s, n, email="new@seoul.example", language="ko", actor=a, now=now))
    desk.act(lambda s, n, a: nominees.ask(s, n, language="ko", actor=a, now=now) and None)
    return desk.organisation("Jakarta")


def _then(*acts: Act) -> Act:
    def act(page: Page) -> None:
        for it in acts:
            it(page)

    return act
