"""Takes in what edges publish."""
