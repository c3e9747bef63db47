"""Running the vote: checklist, opening, reminders, turnout, extension, close, opening of the envelopes by two."""

from awards.web.polling import acts, anew, box, finalists, hall, holders, index, last_minutes, strikes
from awards.web.polling.routes import blueprint

PAGES = (index, acts, box, anew, finalists, hall, holders, last_minutes, strikes)

__all__ = ["PAGES", "blueprint"]
