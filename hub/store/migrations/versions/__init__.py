"""One module for each version of the tables; none is ever changed after a release."""
