"""Shows the organiser, the DJ and the stand what goes on."""
