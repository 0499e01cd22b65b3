"""The few elements that pages are made of. Text is always set as text, never as markup."""

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element


def box(classes: str, tag: str = "div") -> Element:
    """Make a plain element with CSS classes; use it as a context to fill it."""
    return ui.element(tag).classes(classes)


def text(content: str, classes: str = "", tag: str = "div") -> ui.label:
    """Make a text."""
    label = ui.label(content).classes(classes)
    label.tag = tag
    return label


def heading(content: str, aside: str = "") -> ui.label:
    """Make the title of a panel and return the small text at its right, for later changes."""
    with box("panel-head"):
        text(content, "panel-title", "h2")
        return text(aside, "panel-aside")


def show(element: Element, *, shown: bool) -> None:
    """Show or hide an element."""
    if shown:
        element.classes(remove="gone")
    else:
        element.classes("gone")


def swap(element: Element, classes: str, *, on: bool) -> None:
    """Give an element classes, or take them away."""
    if on:
        element.classes(classes)
    else:
        element.classes(remove=classes)


def button(label: str, on_click: Callable[..., Any], classes: str = "") -> ui.button:
    """Make a button in the house's style."""
    made = ui.button(label, on_click=on_click, color=None)
    return made.props("unelevated no-caps").classes(f"btn {classes}")


async def sure(question: str, yes: str) -> bool:
    """Ask before something that cannot be taken back."""
    with ui.dialog() as dialog, box("panel"):
        text(question, "row-main")
        with box("tools").style("margin: 20px 0 0"):
            button(yes, lambda: dialog.submit(True), "main")
            button("Cancel", lambda: dialog.submit(False))
    answer = await dialog
    dialog.delete()
    return bool(answer)


def field(label: str, **props: Any) -> ui.input:
    """Make a line of input."""
    return ui.input(label, **props).props("outlined dense dark").classes("field")


def link(label: str, target: str, classes: str = "") -> Element:
    """Make a link to another page of the console."""
    made = ui.link(label, target)
    return made.classes(f"link {classes}")


def empty(content: str) -> ui.label:
    """Say that there is nothing, in a quiet voice."""
    return text(content, "empty")
