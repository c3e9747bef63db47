"""The application for a WSGI server, and for the `flask` command."""

from awards import create_app
from awards.config import SettingWrong

try:
    app = create_app()
except SettingWrong as error:
    raise SystemExit(f"Error: {error}") from error
