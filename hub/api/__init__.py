"""Answers programs over HTTP."""
