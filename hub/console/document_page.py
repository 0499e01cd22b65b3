"""The whole document as text: checked, compared, put in force. The text stays in the browser.

The text is a plain text area that talks to the API by itself: a document of ten thousand rules
passes no Python on its way to the screen but the one that writes it.
"""

from typing import Final

from nicegui import ui
from nicegui.element import Element
from starlette.requests import Request

from hub.console.frame import Console, frame
from hub.console.parts import box, heading, text

SCRIPT: Final = "/static/console/document.js"
API: Final = "/api/v1/rules"


def build(console: Console, request: Request) -> None:
    """Build the page; its script fills it."""
    with frame(console, request, "Document"):
        ui.add_head_html(f'<script type="module" src="{SCRIPT}"></script>')
        text("Document", "page-title", "h1")
        _named("lead", text("Reading the document in force.", "page-lead"))
        with box("tools"):
            _press("check", "Check")
            _press("diff", "Compare with live")
            _press("publish", "Publish", "main")
            _press("discard", "Take the live one again", "gone")
            _download("YAML", f"{API}/document")
            _download("JSON", f"{API}/document?format=json")
            _download("Schema", f"{API}/schema")
        with box("document"):
            with box("panel code"):
                _named("gutter", box("code-lines mono").props("aria-hidden=true"))
                area = box("code-text mono", "textarea")
                area.props('wrap=off spellcheck=false autocomplete=off aria-label="The document"')
                _named("text", area)
            with box("panel said-panel"):
                aside = heading("What there is to say")
                _named("aside", aside)
                _named("said", box("findings").props("role=status"))


def _named(name: str, element: Element) -> None:
    element.props(f"id=document-{name}")


def _press(name: str, label: str, classes: str = "") -> None:
    _named(name, text(label, f"btn {classes}", "button").props("type=button"))


def _download(label: str, target: str) -> None:
    with ui.link(target=target).classes("btn quiet").props("download"):
        text(label, "", "span")
