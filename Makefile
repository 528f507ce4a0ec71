PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test crash lint format cassettes lock run clean

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)  ## the bot against a local ClickSend and a local Slack; TOUR=1 plays the tour in the terminal
	$(BIN)/clicksend-slack demo $(if $(TOUR),--tour)

test: $(STAMP)  ## the whole suite
	$(BIN)/python -m pytest -n auto $(ARGS)

crash: $(STAMP)  ## kill the bot at every step, ROUNDS times (200) on each database; SEED=… repeats a run
	ROUNDS=$(or $(ROUNDS),200) SEED=$(or $(SEED),0) $(BIN)/python -m pytest tests/crash/test_crash.py -q

lint: $(STAMP)  ## style, types, the direction of imports, consistent requirements
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

cassettes: $(STAMP)  ## regenerate the recordings; LIVE=1 records against the real API
	$(BIN)/python -m tests.recording $(if $(LIVE),--live)

run: $(STAMP)
	$(BIN)/clicksend-slack run

lock:  ## needs uv; resolves again for every platform
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 --group dev pyproject.toml --output-file requirements.lock --quiet

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
