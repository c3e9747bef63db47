"""The demo's mailbox: there in a demo, nowhere else."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from awards import create_app, mailbox
from awards.config import SettingWrong
from tests.web.signing import faults_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def mail(app: Flask, subject: str, text: str) -> None:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "laurels@localhost", "ada@example.org", subject
    found.set_content(text)
    found.add_alternative("<p>Hello</p>", subtype="html")
    mailbox.put(Path(app.config["LAURELS_DATA"]) / "mails", found)


@pytest.fixture
def demo(app: Flask) -> Flask:
    app.config["LAURELS_DEMO"] = True
    return app


@ON_SQLITE
def test_a_demo_shows_its_mails_and_their_links_work(demo: Flask) -> None:
    browser = demo.test_client()
    empty = browser.get("/en/mailbox/").text
    mail(demo, "Your <b>way</b> in", "See\nhttp://127.0.0.1:5000/en/link/abc\nhttps://elsewhere.example/\n")

    listed = browser.get("/en/mailbox/").text
    address = re.search(r'href="(/en/mailbox/[0-9a-f]+)"', listed)
    assert address is not None
    shown = browser.get(address[1]).text

    assert "No mail yet" in empty
    assert "Your &lt;b&gt;way&lt;/b&gt; in" in listed
    assert '<a href="/en/link/abc">http://127.0.0.1:5000/en/link/abc</a>' in shown
    assert 'href="https://elsewhere' not in shown
    assert "&lt;p&gt;Hello&lt;/p&gt;" in shown
    assert [faults_of(text) for text in (empty, listed, shown)] == [[], [], []]


@ON_SQLITE
@pytest.mark.parametrize("key", ["0" * 32, "../secret_key", "x", "%00"])
def test_a_mail_that_is_not_there_is_no_page(demo: Flask, key: str) -> None:
    assert demo.test_client().get(f"/en/mailbox/{key}").status_code == 404


@ON_SQLITE
def test_where_no_demo_is_there_is_no_mailbox(app: Flask) -> None:
    mail(app, "Secret", "Secret")
    key = mailbox.newest(Path(app.config["LAURELS_DATA"]) / "mails")[0].key

    answers = [app.test_client().get(path).status_code for path in ("/en/mailbox/", f"/en/mailbox/{key}")]

    assert answers == [404, 404]


@pytest.mark.parametrize(
    "url",
    ["https://awards.example.org", "http://awards.example.org", "http://127.0.0.1.example.org", "http://["],
)
def test_a_demo_that_strangers_could_reach_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("LAURELS_DEMO", "1")
    monkeypatch.setenv("LAURELS_URL", url)

    with pytest.raises(SettingWrong, match="LAURELS_DEMO"):
        create_app({"LAURELS_DATA": str(tmp_path)})
