"""Hands out rows of people, audiences, visits, decisions and rewards, a page at a time."""
