"""What the pages of the chair's table have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("table", __name__, url_prefix=f"{PREFIX}/table/<edition>")
