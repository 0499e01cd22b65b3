"""A person's link is kept nowhere: it is shown as a QR code when it is made, and never again."""

import asyncio

import segno
from nicegui import ui

from hub.console.frame import Console
from hub.console.parts import box, button, heading, text
from hub.store.web_values import PersonRow


def new_link_button(console: Console, row: PersonRow) -> None:
    """Make the button that makes a new link, which ends the old one."""

    async def make() -> None:
        token = await asyncio.to_thread(console.parts.store.people.new_link, row.id)
        if token is not None:
            show_link(console, row.name, token)

    button("New badge link", make).tooltip("The old link stops working.")


def show_link(console: Console, name: str, token: str) -> None:
    """Show a link once, for the badge's printer or for the person's own phone."""
    link = f"{console.parts.settings.public_url}/a/{token}"
    code = segno.make(link, error="m", micro=False)
    with ui.dialog() as dialog, box("panel link-dialog"):
        heading(name, "shown this once")
        ui.image(str(code.svg_data_uri(scale=8, border=3, dark="#111", light="#fff"))).classes("qr")
        text(link, "mono said")
        with box("tools"):
            ui.link("Open the page", link, new_tab=True).classes("btn link")
            button("Done", dialog.close, "main")
    dialog.open()
