"""``python -m hub.broker``."""

from hub.broker.main import main

main()
