# One verb each; continuous integration calls the same ones.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
SEEDS ?= 20

.PHONY: help setup demo test check format coverage sim bench clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: $(VENV)/.dev ## Make the virtual environment with everything in it

demo: $(VENV)/.run ## Run the example conference on this machine, in fast time
	$(BIN)/foyer demo $(DEMO)

test: $(VENV)/.dev ## Run the tests; what needs more than Python is used when it is there
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadgroup $(TESTS)

check: $(VENV)/.dev ## Check style, types and who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Bring the code into its style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --quiet . || true

coverage: $(VENV)/.dev ## Run the tests and say which lines they never reach
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadgroup --cov --cov-report=term:skip-covered $(TESTS)
	$(BIN)/coverage report --include='hub/core/*' --fail-under=100

sim: $(VENV)/.dev ## The drills at length, SEEDS of them
	FOYER_DRILL_SCALE=full FOYER_DEMO_SCALE=full FOYER_SEEDS=$(SEEDS) $(BIN)/pytest tests/drills tests/demo tests/core_histories/test_histories.py $(TESTS)

bench: $(VENV)/.dev ## Measure, and print the table of figures
	$(BIN)/python -m bench

clean: ## Take away what the other verbs made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage build *.egg-info
