"""What every message says: in every language, plain and HTML alike, read back from the bytes that went out."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, mails, notices, programmes, untrusted
from awards.config import LANGUAGES, ROOT
from awards.eligibility import FindingKind
from awards.models import Edition, Invitation, InvitationKind, Outbox, Role
from awards.notices import Template
from awards.timetable import deadline
from judging.values import Json
from tests.awards.play import operator
from tests.awards.test_untrusted import LINKS, NASTY, shown

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
URL = "https://awards.example.org"
UNTIL = notices.moment(deadline(datetime(2026, 5, 10, 23, 59), "Asia/Seoul"))  # noqa: DTZ001 (local, with its zone)
BY_LINK = {Template.SIGN_IN, Template.SIGN_UP, Template.ADDRESS_CONFIRM}
EVERYTHING: dict[str, Json] = {
    "title": "Open budget portal",
    "reference": "OC-07",
    "path": "/nominations/abc/",
    "until": UNTIL,
    "kind": "partner",
    "name": "Exampleton",
    "organisation": "City of Exampleton",
    "old": UNTIL,
    "new": "2026-05-20T14:59:00+00:00",
    "moment": "nominations_close",
    "at": "2026-04-01T09:00:00+00:00",
    "sha256": "ab" * 32,
    "days": 2,
    "fields": ["summary"],
    "missing": ["summary"],
    "note": "The letter of the city is missing.\nPlease add it.",
    "reason": "It came from two cities.",
    "reasons": [
        {"kind": kind.value, "data": {"field": "summary", "minutes": 3, "limit": 2, "found": 3, "other": "OC-01",
         "months": 12, "started_on": "2026-01-01"}}
        for kind in FindingKind
    ],
    "by": "Ada Example",
    "from": "services",
    "to": "open-city",
    "number": 2,
    "changes": ["Two nominations a city, not three."],
    "accepted": True,
    "upheld": False,
    "prize": "best",
    "whose": "Exampleton",
    "comment": "Say what it costs.",
}  # fmt: skip

HEADERS = "\r\nBcc: x@evil.example"
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from([*NASTY, HEADERS, "<a href=//e.vil>"])).map("\n".join),
)

pytestmark = pytest.mark.usefixtures("compiled")
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Parts(HTMLParser):
    """The addresses and the words of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [str(value) for name, value in attrs if name in ("href", "src", "background", "action")]
        self.open += [] if tag in ("meta", "br") else [tag]
        self.words += [] if tag == "bdi" else [" "]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


@pytest.fixture
def edition(session: scoped_session[Session]) -> Edition:
    text = (ROOT / "seed" / "programmes" / "wego-awards.toml").read_text(encoding="utf-8")
    made = programmes.load(
        session(), text, edition_key="wego-2026", actor=operator(session()), now=NOW
    ).edition
    made.zone = "Asia/Seoul"
    return made


def message(
    session: Session,
    template: Template,
    language: str,
    arguments: dict[str, Json],
    edition: Edition | None = None,
    invitation: Invitation | None = None,
) -> Outbox:
    account, _ = accounts.find_or_make(
        session, "ada@example.org", name="Ada", now=NOW, actor=operator(session)
    )
    account.zone = "Africa/Tunis"
    queued = notices.queue(
        session,
        template,
        account.email,
        language=language,
        now=NOW,
        account=account,
        edition=edition,
        arguments=arguments,
        invitation=invitation,
    )
    assert queued is not None
    return queued


def invite(session: Session, kind: InvitationKind = InvitationKind.ROLE, note: str = "") -> Invitation:
    invitation = Invitation(
        kind=kind,
        email="ada@example.org",
        language="en",
        role=Role.SCREENER,
        note=note,
        invited_by_id=operator(session).account.id,
        at=NOW,
    )
    session.add(invitation)
    session.flush()
    return invitation


def received(session: Session, queued: Outbox) -> tuple[EmailMessage, str, str]:
    """A mail as it is read from its bytes: the mail, its plain part, its HTML part."""
    composed = mails.compose(
        session, queued, url=URL, sender="awards@example.org", actor=operator(session), now=NOW
    )
    mail = message_from_bytes(composed.message.as_bytes(), policy=policy.default)
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return mail, *(part.get_content().replace("\r\n", "\n") for part in (plain, html))


@ON_SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", Template)
def test_every_message_has_text_in_every_language_in_both_parts(
    session: scoped_session[Session], edition: Edition, template: Template, language: str
) -> None:
    invitation = invite(session()) if template is Template.INVITATION else None

    mail, text, html = received(
        session(), message(session(), template, language, EVERYTHING, edition, invitation)
    )

    page = Parts(html)
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Content-Language"] == language
    assert len(page.links) == 1
    assert re.findall(r"https?://\S+", text) == page.links
    assert page.links[0].startswith(f"{URL}/")
    said = " ".join("".join(page.words).split())
    for line in text.replace(page.links[0], "").splitlines():
        words = line.removeprefix("- ").removeprefix("> ").removesuffix(":").strip()
        assert words in said or words == "--", line
    assert "%(" not in text + mail["Subject"]
    assert ("습니다" in text) == (language == "ko")
    assert "None" not in text
    assert page.open == []


@pytest.mark.parametrize("template", Template)
def test_every_message_stands_in_the_document(template: Template) -> None:
    assert f"| `{template.value}` |" in (ROOT / "docs" / "notices.md").read_text(encoding="utf-8")


@ON_SQLITE
@pytest.mark.parametrize("template", [it for it in Template if it not in BY_LINK])
def test_a_message_without_any_arguments_is_still_a_message(
    session: scoped_session[Session], template: Template
) -> None:
    invitation = invite(session()) if template is Template.INVITATION else None

    mail, text, _ = received(session(), message(session(), template, "en", {}, None, invitation))

    assert mail["Subject"]
    assert f"{URL}/" in text


@ON_SQLITE
def test_a_deadline_is_said_in_both_zones(session: scoped_session[Session], edition: Edition) -> None:
    arguments: dict[str, Json] = {"title": "Open budget portal", "until": UNTIL}

    english = received(session(), message(session(), Template.REMINDER, "en", arguments, edition))[1]
    korean = received(session(), message(session(), Template.REMINDER, "ko", arguments, edition))[1]

    assert "Submit it by Sunday 10 May 2026, 23:59 in Seoul, 15:59 in Tunis." in english
    assert "2026년 5월 10일 일요일" in korean


@ON_SQLITE
def test_an_ineligible_nomination_reads_every_rule_that_it_did_not_meet(
    session: scoped_session[Session], edition: Edition
) -> None:
    reasons: list[Json] = [
        {"kind": "late", "data": {"minutes": 3}},
        {"kind": "too_many_from_city", "data": {"limit": 2, "found": 3}},
        {"kind": "unheard of", "data": {}},
        "nonsense",
    ]

    text = received(
        session(), message(session(), Template.INELIGIBLE, "en", {"title": "A", "reasons": reasons}, edition)
    )[1]

    assert (
        "- It was submitted 3 minutes after the deadline.\n"
        "- 3 nominations stand for this city; the rules allow 2.\n\n" in text
    )
    assert "you may appeal once" in text


@ON_SQLITE
@pytest.mark.parametrize("kind", InvitationKind)
def test_an_invitation_says_what_is_asked_and_leads_to_a_page(
    session: scoped_session[Session], edition: Edition, kind: InvitationKind
) -> None:
    invitation = invite(session(), kind, "You know this field.\nDo join us: www.evil.example")

    _, text, html = received(
        session(), message(session(), Template.INVITATION, "en", dict(EVERYTHING), edition, invitation)
    )

    assert f"{URL}/en/invitation/" in text
    assert "> You know this field.\n> Do join us: www .evil.\u2060example" in text
    assert len(Parts(html).links) == 1


@ON_SQLITE
@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "https://evil.example/", "/a b", "/\n/x", '/"><a', "", "javascript:alert(1)", "/\\e"],
)
def test_a_path_that_is_none_of_ours_leads_home(
    session: scoped_session[Session], edition: Edition, path: str
) -> None:
    _, text, html = received(
        session(), message(session(), Template.ELIGIBLE, "en", {"title": "A", "path": path}, edition)
    )

    assert Parts(html).links == [f"{URL}/today"]
    assert f"{URL}/today\n" in text


@ON_SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(words=TEXTS)
def test_what_strangers_write_makes_no_header_no_link_and_no_markup(
    session: scoped_session[Session], edition: Edition, words: str
) -> None:
    arguments: dict[str, Json] = {
        "title": words, "reference": words, "note": words, "reason": words, "by": words,
        "fields": [words], "missing": [words], "path": "/nominations/abc/",
    }  # fmt: skip

    for template in (Template.RETURNED, Template.WITHDRAWN):
        mail, text, html = received(session(), message(session(), template, "en", arguments, edition))

        assert sorted(mail.keys()) == [
            "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "MIME-Version", "Message-ID",
            "Subject", "To",
        ]  # fmt: skip
        assert mail["To"] == "ada@example.org"
        assert len(mail["Subject"]) <= 200
        own = f"{URL}/nominations/abc/"
        page = Parts(html)
        assert page.links == [own]
        for said in (text, "".join(page.words), mail["Subject"]):
            left = said.replace(own, "")
            assert LINKS.search(shown(left)) is None, said


@ON_SQLITE
@pytest.mark.parametrize(
    "title",
    [
        "강과 바다를 잇는 안전한 통학로 만들기 사업과 시민이 함께 살피는 안전한 밤길",
        "A B " * 20,
        "x\r\nBcc: eve@evil.example",
        "=?utf-8?q?www=2Eevil=2Eexample?=",
        "بوابة الميزانية المفتوحة للمدينة",
    ],
)
def test_a_subject_comes_through_as_it_was_written(session: scoped_session[Session], title: str) -> None:
    mail = received(session(), message(session(), Template.WITHDRAWN, "en", {"title": title}))[0]

    written = untrusted.plain(untrusted.line(title, 60))
    assert mail["Subject"] == f"Withdrawn: “{written}”"
    assert mail["Bcc"] is None


@ON_SQLITE
def test_the_log_holds_no_link_and_no_code(session: scoped_session[Session]) -> None:
    queued = message(session(), Template.ADDRESS_CONFIRM, "en", {})

    composed = mails.compose(
        session(), queued, url=URL, sender="awards@example.org", actor=operator(session()), now=NOW
    )

    assert "[link]" in composed.logged
    assert "/link/" not in composed.logged


@ON_SQLITE
def test_a_held_message_can_be_read_before_it_goes_out(
    session: scoped_session[Session], edition: Edition
) -> None:
    queued = message(
        session(), Template.ELIGIBLE, "ko", {"title": "예산 포털", "reference": "OC-07"}, edition
    )

    subject, text = mails.preview(session(), queued, url=URL)

    assert subject == "적격: ‘예산 포털’(OC-07)"
    assert "규정에 따라 검토한 결과 적격으로" in text
