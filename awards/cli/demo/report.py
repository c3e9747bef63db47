"""What the demo says at its end: address, sign-ins, what each of them finds, what else to try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from flask import current_app

from awards.cli.demo.keeping import PASSPHRASE, WORDS
from awards.cli.demo.marks import SHEET
from awards.cli.demo.voting import LETTER
from awards.timetable import ORDER, Phase
from judging.values import Electorate

FLASK = ".venv/bin/flask"
ADDRESS = "http://127.0.0.1:5000"
NOT_YET = "Nothing to do in this phase; Today leads to the rules."

FIRST: Mapping[Phase, Mapping[str, str]] = {
    Phase.NOMINATIONS: {
        "nobody": "Read the call as a stranger, sign up with any address, take the mail out of the mailbox, nominate.",
        "nominator": "Finish the draft, submit the changes to the other one or leave them, and answer the colleague "
        "who asks you to write together.",
        "organiser": "Confirm the organisations that nominators added, then move the close of nominations under Dates.",
        "administrator": "Make a new edition from a programme's file, and invite an organiser under People.",
        "screener": "Read the list of nominations; deciding begins once the organiser has closed them.",
        "auditor": "Read any page of the secretariat; nothing there can be changed by you.",
        "clerk": "Read the overview of the edition; sheets on paper are typed in when judging begins.",
    },
    Phase.SCREENING: {
        "nominator": "Correct the nomination that came back, appeal for the one found not eligible, and say whether "
        "the third may change its category.",
        "screener": "Look at the findings of UM-13, and at OC-03 beside OC-13; accept the clean ones in one go; give "
        "one back.",
        "organiser": "Decide the appeal that was lodged (the screener may not: it was the screener's decision), "
        "release the mails that wait, decide the request for late acceptance, confirm the added organisations.",
        "administrator": "Make a new edition from a programme's file, and invite an organiser under People.",
        "auditor": "Read the list of nominations with its decisions; nothing there can be changed by you.",
        "clerk": "Read the overview of the edition; sheets on paper are typed in when judging begins.",
    },
    Phase.FIRST_ROUND: {
        "judge": "You are half through. Open your sheets: one is half-done, four are complete and wait to be "
        "submitted; your own country's nominations are closed to you. Try it with the keyboard alone, or without "
        "scripts; and try the criteria first on a practice nomination.",
        "judge on paper": "Confirm the sheet that a clerk has typed for you, then print your pack or fill in the "
        "workbook under Paper and workbook.",
        "judge asked": "Answer the invitation: it stands on Today, and in the mailbox as a mail. If you accept, join "
        "and go through the titles and cities.",
        "new judge": "You have joined and have nothing to read, until an organiser confirms the proposal.",
        "organiser": "Look who is behind and remind them, decide the suspected conflict (EF-09 names a J. Exemplar), "
        "give the nomination that was handed back to somebody, and confirm the proposal for the new judge. Under "
        "Progress of marks see what stands in the way of closing.",
        "clerk": "Confirm the sheet that your colleague has typed, against its scan; then type {sheet}, whose code "
        "stands on it, and use it as the scan.",
        "chair": "UM-09 names most of the judges, so two are left: waive the minimum of sheets, or not.",
        "deputy": "Read the chair's table; you act only where the chair has a conflict.",
        "auditor": "Read any page of the secretariat: marks stand on none of them before the close.",
        "administrator": "Read the overview of the edition; the round runs without you.",
        "screener": "Read the list of nominations; their decisions are made and told.",
    },
    Phase.DELIBERATION: {
        "chair": "Open the table. A judge asks to mend a sheet in urban management: agree or refuse first. Then read "
        "how sure each cut is, order second readings or not, open the deliberation room, order the level nominations "
        "of digital inclusion with a reason, and sign.",
        "organiser": "Read the table. Once the chair agrees, approve the judge's sheet as the second person; when all "
        "is signed, announce the finalists, nominees first or all together.",
        "judge": "Read your marks. You have asked to mend a sheet; what becomes of it stands beside it. "
        "How strict you were stands below.",
        "new judge": "You have read nothing in the round. Where the chair orders second readings, they come to you.",
        "deputy": "Read the table; you act only where the chair has a conflict.",
        "auditor": "Read any page of the secretariat; nothing there can be changed by you.",
        "administrator": "Read the overview of the edition.",
        "screener": "Read the list of nominations; their decisions are made and told.",
        "clerk": "The round is closed: no sheet is typed any more.",
    },
    Phase.SECOND_ROUND: {
        "nobody": "Vote on the citizens' prize with any address: {address}/en/wego-awards-demo/public-vote; the link "
        "is in the mailbox. Then find your receipt in the public log.",
        "judge": "Your ballots wait under Today: read the finalists, put them in order, look at all of them together, "
        "cast, and print the receipt. A finalist of your own country stands at the foot. Then come back.",
        "organiser": "Under Vote see how many have voted, remind those without a ballot, give more time, and put the "
        "hall page on a screen. The vote closes once its date has come, or every ballot is cast.",
        "second organiser": "Two open the box: once the vote is closed, approve what the organiser has proposed.",
        "teller": "Under Vote see the turnout, and among the anomalies of the public's vote a burst: propose to strike "
        "it, which an organiser approves. You may be one of the two who open the box.",
        "chair": "Nothing until the box is opened: then order level ones on the table and sign the winners.",
        "deputy": "You act only where the chair has a conflict.",
        "auditor": "Read how the vote runs: counts, and no choice of anybody.",
        "nominator": "Read who the finalists are; nothing of the vote is told before the release.",
    },
    Phase.DECIDED: {
        "nominator": "A letter in the mailbox says that something waits for you in confidence: accept or decline the "
        "prize, look at names and texts, say who comes, and approve the proof of the certificate.",
        "officer": "You have accepted and asked for another spelling of a name; see how that stands.",
        "chair": "Write the citations on the table, in English and Korean: the first one stands.",
        "organiser": "Under Release see who has answered, settle what the officer asks, and approve what your "
        "colleague proposes; then press, or hold it.",
        "second organiser": "You have proposed the release of all categories; your colleague approves it.",
        "teller": "The box is open and the count stands on the table; you have nothing left to do.",
        "deputy": "Read the table; you act only where the chair has a conflict.",
        "auditor": "Read the count sheets, the decisions and who has looked at the winners so far.",
        "judge": "Read your marks. Who has won is told at the release, to everybody at once.",
    },
    Phase.PUBLISHED: {
        "nobody": "Read the winners, a winner's page with its share image, press kit, badge and certificate, the "
        "library of cases, the panel, the method with its count sheets and the archive; verify a certificate by its "
        "code or its file; see how to check the result, and count the record again.",
        "nominator": "One of your nominations has won and one has not: read the feedback on each, take the certificate "
        "and its badge, and withdraw your consent to a picture under Published.",
        "officer": "See your prize, and download its certificate; see what is published of it.",
        "judge": "Read your marks beside those of the panel; under Feedback release what you wrote for nominees; under "
        "Account take your own certificate and badge.",
        "organiser": "Under Release revoke or correct a prize, which a colleague approves; decide about the comments "
        "that wait under Feedback, and send it again; see consents and the ceremony sheet. Under Certificates issue "
        "one anew; under Certificate template change how they look, upload a seal, print letters.",
        "second organiser": "Approve what your colleague proposes: a certificate issued anew, a prize corrected.",
        "chair": "Read the table: a mistake is mended by a decision that supersedes the one before.",
        "auditor": "Recount the full record and compare the hashes.",
    },
}
"""What whoever signs in does first, by phase and role; `nobody` hasn't an account."""

OF_MEMBERS: Mapping[Phase, Mapping[str, str]] = {
    Phase.SECOND_ROUND: {
        "nobody": "Vote without an account: open {address}/en/vote/ and type the words of the letter in {letter}. The "
        "citizens' prize is voted on by everybody: {address}/en/wego-awards-demo/public-vote.",
        "holder": "Try your key under Today, with the passphrase: {passphrase}. Once the vote is closed, give your "
        "share; a second holder opens the box.",
        "second holder": "The same passphrase, or the words of the paper copy in {words}.",
        "elector": "You were named a delegate a moment ago in the place of another, whose link has ended: your own "
        "is in the mailbox, and your ballots stand under Today. Cast them; send the form twice; try a second device.",
        "organiser": "Under Roll see who is on it and why, who has named nobody, and print letters for those who share "
        "an address. Under Vote see how far the quorum is, remind those without a ballot, and give more time. Under "
        "Ballots on paper two papers have come in and one is out.",
        "judge": "The members vote in this edition; you vote only if they are too few and the rules hand it to you.",
    },
    Phase.DECIDED: {"elector": "You have voted; who has won is told at the release, to everybody at once."},
    Phase.PUBLISHED: {"elector": "Your page says that a ballot was cast, and nothing else."},
}
"""What is otherwise where the members vote."""


def first(phase: Phase, role: str, electorate: Electorate) -> str:
    """What somebody with a role does first."""
    said = dict(FIRST.get(phase, {}))
    if electorate is Electorate.MEMBERS:
        said |= OF_MEMBERS.get(phase, {})
    data = Path(current_app.config["LAURELS_DATA"])
    return said.get(role, NOT_YET).format(
        sheet=data / SHEET,
        letter=data / LETTER,
        words=data / WORDS,
        passphrase=PASSPHRASE,
        address=ADDRESS,
    )


@dataclass(frozen=True, slots=True)
class SignIn:
    role: str
    email: str
    password: str


def report(key: str, phase: Phase, electorate: Electorate, sign_ins: list[SignIn], *, as_json: bool) -> None:
    tries = what_to_try(key, phase, electorate)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "address": ADDRESS,
                    "edition": key,
                    "phase": phase.value,
                    "sign_ins": [
                        asdict(it) | {"first": first(phase, it.role, electorate)} for it in sign_ins
                    ],
                    "try": tries,
                },
                ensure_ascii=False,
            )
        )
        return
    click.echo(f"\nThe demo edition {key} is in phase {phase.value}. Everything in it is a specimen.")
    click.echo(f"\n  address   {ADDRESS}\n")
    width = max(len(it.email) for it in sign_ins)
    click.echo(f"  {'role':<16} {'e-mail':<{width}}  password")
    for it in sign_ins:
        click.echo(f"  {it.role:<16} {it.email:<{width}}  {it.password}")
    click.echo(f"\n  sign in   {ADDRESS}/en/sign-in")
    click.echo(f"  mails     {ADDRESS}/en/mailbox/: whatever would have been sent, to anybody")
    told = {role: first(phase, role, electorate) for role in ("nobody", *(it.role for it in sign_ins))}
    click.echo(f"\n  What to do first: sign in at {ADDRESS}/en/sign-in and open Today")
    for role, said in told.items():
        if said != NOT_YET:
            click.echo(f"  {role:<16} {said}")
    others = [role for role, said in told.items() if said == NOT_YET and role != "nobody"]
    if others:
        click.echo(f"  {', '.join(others)}: {NOT_YET}")
    click.echo("\n  What else to try")
    for line in tries:
        click.echo(f"  - {line}")


def what_to_try(key: str, phase: Phase, electorate: Electorate) -> list[str]:
    """What is worth a look when the demo stands in a phase."""
    pages = [f"{ADDRESS}/en/{key}/", f"{ADDRESS}/ko/{key}/rules"]
    if ORDER.index(phase) >= ORDER.index(Phase.SECOND_ROUND):
        pages.append(f"{ADDRESS}/en/{key}/finalists")
    if phase is Phase.SECOND_ROUND:
        pages += [f"{ADDRESS}/en/{key}/public-vote", f"{ADDRESS}/en/{key}/ballot-log"]
        if electorate is Electorate.MEMBERS:
            return [*pages, f"{FLASK} keys holders {key}"]
    if phase is Phase.PUBLISHED:
        pages += [f"{ADDRESS}/ko/{key}/winners", f"{ADDRESS}/en/{key}/record", f"{ADDRESS}/verify"]
        pages += [f"{ADDRESS}/en/library", f"{ADDRESS}/en/{key}/press", f"{ADDRESS}/en/{key}/check"]
        pages += [f"{ADDRESS}/en/{key}/data/", f"{ADDRESS}/en/signing/"]
        return [
            *pages,
            f"{FLASK} certificates export {key} /tmp/certificates",
            f"{FLASK} certificates verify /tmp/certificates/WEGO-AWARDS-DEMO-0001-en.pdf",
            f"{FLASK} record export {key} /tmp/record.zip --public",
            ".venv/bin/python -m judging recount /tmp/record.zip",
            f"{FLASK} standings {key}; {FLASK} outcome {key}",
        ]
    commands = {
        Phase.NOMINATIONS: f"{FLASK} screen {key}",
        Phase.SCREENING: f"{FLASK} screen {key} --accept-clean",
        Phase.FIRST_ROUND: f"{FLASK} round close {key} first",
        Phase.DELIBERATION: f"{FLASK} standings {key}; {FLASK} sign {key} shortlist",
        Phase.SECOND_ROUND: f"{FLASK} round close {key} second",
        Phase.DECIDED: f"{FLASK} release {key}",
    }
    return [*pages, commands[phase]]
