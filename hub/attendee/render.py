"""Templates escape everything; a page holds no script and no style of its own."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.attendee.changes import FORGET_WORDS
from hub.attendee.view import AttendeeView

FOLDER: Final = Path(__file__).resolve().parent
STATIC: Final = FOLDER / "static"

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(view: AttendeeView, link: str, push_key: str | None) -> str:
    """Return the whole page; ``link`` is its own path, ``push_key`` None offers no push."""
    return _templates.get_template("page.html").render(
        view=view, link=link, push_key=push_key, forget_words=FORGET_WORDS
    )


def live_part(view: AttendeeView) -> str:
    """Return the part of the page that changes by itself."""
    return _templates.get_template("live.html").render(view=view)


def message_page(title: str, sentence: str) -> str:
    """Return a page that says one thing."""
    return _templates.get_template("missing.html").render(title=title, sentence=sentence)
