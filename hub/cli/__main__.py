"""``python -m hub.cli`` is ``foyer``."""

from hub.cli.main import main

main()
