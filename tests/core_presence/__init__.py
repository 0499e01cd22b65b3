"""Where people are, from real and from random readings."""
