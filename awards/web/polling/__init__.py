"""Running the vote: checklist, opening, reminders, turnout, extension, close, opening of the envelopes by two."""

from awards.web.polling.routes import blueprint

PAGES = ()

__all__ = ["PAGES", "blueprint"]
