# The way in: `make run` (the bot, or the local Discord when no token is set), `make test`, `make check`, `make bench`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV := $(VENV)/.ready-dev

.PHONY: run test test-fast check bench demo pictures soak fuzz lock format clean
.DEFAULT_GOAL := run

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Paperboy needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(READY)
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: $(READY)  ## the bot; without DISCORD_TOKEN, the local Discord and the bot in it
	@$(BIN)/python -m bot run

# Modules side by side, in the order of their names: by the number of their tests, the longest would come last.
# One process more than there are cores, since many tests wait for other processes.
# Hundreds of processes are started, so what one has compiled is kept for the next, whatever the environment says.
SIDE_BY_SIDE := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $$(( $$($(BIN)/python -c 'import os; print(os.cpu_count())') + 1 )) --dist loadscope --no-loadscope-reorder

test: $(DEV)  ## every test; ARGS="tests/test_query.py -k words" for some
	@$(SIDE_BY_SIDE) $(ARGS)

test-fast: $(DEV)  ## pure modules, parsers and stores, with few examples for each property: the loop while one writes
	@PAPERBOY_EXAMPLES=25 $(SIDE_BY_SIDE) -q --fast $(ARGS)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m vulture
	$(BIN)/mypy scripts/demo.py scripts/pictures.py scripts/fuzz.py
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: $(DEV)
	@for b in benchmarks/bench_*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

demo: $(READY)  ## a day that can be watched, and a report of what was sent and why
	@$(BIN)/python scripts/demo.py $(ARGS)

pictures: $(DEV)  ## the README's pictures, taken from the page; needs Chromium
	$(BIN)/python scripts/pictures.py

# What `make test` does with a part: real data, each argument of each control; then what takes an hour or two.
WHOLE := tests/test_imports.py tests/test_stream.py tests/test_search.py tests/test_recent.py tests/test_forged.py tests/test_second_reading.py tests/test_scores.py
soak: $(DEV)  ## a hundred kill -9 in the middle of deliveries, every call of a cycle going wrong once, and all of the real data
	PAPERBOY_WHOLE=1 $(BIN)/python -m pytest -q $(WHOLE)
	PAPERBOY_SOAK_KILLS=$${KILLS:-100} PAPERBOY_SWEEP_STEP=$${STEP:-12} $(BIN)/python -m pytest -q -s --show-capture=no tests/test_kill.py tests/test_sweep.py tests/test_damaged_rows.py

fuzz: $(DEV)  ## the properties with new examples for SECONDS; ends with 1 and the example when one is broken
	@$(BIN)/python scripts/fuzz.py $(or $(SECONDS),600)

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links
lock:  ## pins every dependency with hashes, for every platform; needs uv
	$(LOCK) --extra build-backend pyproject.toml -o requirements.lock
	$(LOCK) --extra build-backend --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist
