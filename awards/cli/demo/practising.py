"""A practice nomination for the demo's judges: made up, with what a made-up panel gave."""

from __future__ import annotations

from awards import editions, practice
from awards.audit import Actor
from awards.cli.shell import Shell
from awards.models import Edition

TITLES = {"en": "Lamps that ask nobody", "ko": "묻지 않는 가로등"}
BODIES = {
    "en": "An imagined city lights its parks when somebody walks there.\n\nIn the first year energy fell by a third. "
    "Two parks are done; forty are planned. Nobody was asked where they walk at night.",
    "ko": "상상의 도시가 공원에 사람이 지나갈 때만 불을 켭니다.\n\n첫해에 에너지 사용이 3분의 1 줄었습니다. "
    "공원 두 곳을 마쳤고 마흔 곳을 계획하고 있습니다. 시민에게 밤길을 물어본 적은 없습니다.",
}
COMMENTS = {
    "en": "A clear service with numbers. What is claimed for the whole city is shown for two parks, and people had "
    "no say.",
    "ko": "수치가 있는 분명한 서비스입니다. 도시 전체의 성과라고 하지만 두 공원에서만 확인되며, "
    "시민의 참여가 없었습니다.",
}
GIVEN = ((8, 7, 9, 8, 7), (6, 7, 6, 8, 7), (4, 3, 5, 4, 6), (6, 5, 6, 7, 6), (5, 6, 4, 5, 5))
"""What five judges gave, a line for each criterion."""


def offer(shell: Shell, edition: Edition, organiser: Actor) -> None:
    """Write it for the first category of the rules."""
    category = editions.rules_of(shell.session, edition).categories[0]
    panel = dict(zip(category.criteria, GIVEN, strict=False))
    draft = practice.Draft(category.key, TITLES, BODIES, COMMENTS, panel)
    practice.make(shell.session, edition, draft, actor=organiser, now=shell.now)
