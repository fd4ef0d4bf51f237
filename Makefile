PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test test-long check format bench pictures lock clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

demo: .venv/runtime  ## try it: a sample company in your browser, no account needed
	@$(BIN)/soc2 demo

test: .venv/dev  ## run every test (under five minutes)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-long: .venv/dev  ## the long tests: 200 kills, thousands of faults and of hostile requests, newly invented examples
	@LONG_TESTS=1 $(BIN)/python -m pytest -s --timeout=3600 tests/scenarios/test_kill.py tests/scenarios/test_teams_kill.py \
		tests/scenarios/test_fault_schedules.py tests/scenarios/test_hostile_mutations.py
	@LONG_TESTS=1 $(BIN)/python -m pytest $(shell grep -rl --include='test_*.py' 'from hypothesis' tests)

check: .venv/dev  ## format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev  ## mend what the formatter and linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev  ## measure speed: figures and ratios from one run
	@$(BIN)/python -m benchmarks

pictures: .venv/dev  ## for developers: draw every Slack message and form to look at (needs npm)
	@$(BIN)/python -m docs.pictures.make

lock:  ## recompile the pinned requirements after editing pyproject.toml
	uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements/runtime.txt
	uv pip compile pyproject.toml --extra build --extra dev -c requirements/runtime.txt --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements/dev.txt
	uv pip compile pyproject.toml --extra build --extra tracing -c requirements/dev.txt --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements/tracing.txt

clean:  ## remove the virtual environment and the demo's data
	rm -rf .venv var/demo

.venv/bin/python:
	@$(PYTHON) -m venv .venv

# Stamp files: the install runs again only when what it reads has changed.
.venv/runtime: requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "Installing soc2bot into .venv (once) ..."
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements/dev.txt .venv/runtime
	@echo "Installing what the tests need into .venv (once) ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
