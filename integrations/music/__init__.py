"""Hands the wishes of those present to whoever makes the music."""
