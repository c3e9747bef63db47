"""A page that asks every field of a programme's form, keeps nothing, and shows what it was sent."""

from __future__ import annotations

from flask import Flask, render_template_string, request

from awards import fields
from awards.web.access import Audience, audience
from awards.web.questions import namings
from judging.programme import Programme, read
from judging.values import Json
from tests.web import world

PAGE = """{% extends "base.html" %}
{% import "macros/fields.html" as fields %}
{% block title %}{{ _("Nominations") }}{% endblock %}
{% block scripts %}{{ fields.scripts() }}{% endblock %}
{% block main %}
  <h1>{{ _("Nominations") }}</h1>
  {{ fields.problems(faults, namings) }}
  <form method="post" novalidate>
    <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
    {% for field in asked %}
      {{ fields.input(field, answers[field.key], faults | selectattr("field", "equalto", field.key) | list,
                      namings[field.key], writing, more=more == field.key) }}
    {% endfor %}
    <button class="act" type="submit" name="save" value="yes">{{ _("Sign in") }}</button>
  </form>
  {% for field in asked %}
    <h2>{{ namings[field.key].name }}</h2>
    {{ fields.shown(field, answers[field.key], namings[field.key]) }}
  {% endfor %}
{% endblock %}
"""


def programme(name: str = "wego-awards") -> Programme:
    path = world.ROOT / "seed" / "programmes" / f"{name}.toml"
    return read(path.read_text(encoding="utf-8"))


class Sample:
    """The page, with what it starts from and what was posted last."""

    def __init__(self, found: Programme, answers: dict[str, Json] | None = None) -> None:
        self.programme = found
        self.start: dict[str, Json] = answers or {}
        self.posted: dict[str, Json] = {}
        self.checked = False
        self.writing = "en"

    def init_app(self, app: Flask) -> None:
        @app.route("/<language:language>/sample/form", endpoint="sample.form", methods=["GET", "POST"])
        @audience(Audience.VISITOR)
        def show() -> str:
            return self.show()

    def show(self) -> str:
        asked = self.programme.rules.fields
        answers = {field.key: self.start.get(field.key) for field in asked}
        faults: tuple[fields.Fault, ...] = ()
        if request.method == "POST":
            answers = self.posted = {field.key: fields.posted(field, request.form) for field in asked}
        if request.method == "POST" or self.checked:
            faults = fields.check(asked, answers, self.writing)
        return render_template_string(
            PAGE,
            asked=asked,
            answers=answers,
            faults=faults,
            namings=namings(self.programme.texts, asked),
            writing=self.writing,
            more=request.form.get("more", ""),
        )
