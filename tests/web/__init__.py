"""The web on a real store, over real sockets, in a real browser."""
