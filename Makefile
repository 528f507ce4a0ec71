PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# One more than there are cores: some tests wait for processes rather than for a core.
WORKERS ?= $(shell expr `getconf _NPROCESSORS_ONLN` + 1)
COMPILE = uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--python-version 3.11 --quiet
SDK_VENV := .venv-sdk
SDK_STAMP := $(SDK_VENV)/.installed
SDK_LOCK := tests/sdk/requirements.lock
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
BENCH_LOCK := tests/bench/vendor/requirements.lock

.PHONY: demo test crash replicas bench lint format cassettes docs texts count lock run clean

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)  ## the bot against a local ClickSend and a local Slack; TOUR=1 plays the tour in the terminal
	$(BIN)/clicksend-slack demo $(if $(TOUR),--tour)

$(SDK_STAMP): $(SDK_LOCK)  # the vendor's own SDK, whose pins are no business of the bot's
	$(PYTHON) -m venv --clear $(SDK_VENV)
	$(SDK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(SDK_LOCK)
	@touch $@

test: $(STAMP) $(SDK_STAMP)  ## the whole suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

crash: $(STAMP)  ## kill the bot at every step, ROUNDS times (200) on each database; SEED=… repeats a run
	ROUNDS=$(or $(ROUNDS),200) SEED=$(or $(SEED),0) $(BIN)/python -m pytest tests/crash/test_crash.py -q

replicas: $(STAMP)  ## kill replicas, the leader and the database, ROUNDS times (10) with two bots and four
	ROUNDS=$(or $(ROUNDS),10) SEED=$(or $(SEED),0) $(BIN)/python -m pytest tests/replicas -q

$(BENCH_STAMP): $(BENCH_LOCK)  # the vendor's client, measured in an environment of its own
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(BENCH_LOCK)
	@touch $@

bench: $(STAMP) $(BENCH_STAMP)  ## every figure beside its ground; QUICK=1 in 2 minutes, DOCS=1 into docs/, GROUPS="doors csv"
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick) $(if $(DOCS),--docs) $(GROUPS)

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

docs: $(STAMP)  ## write docs/operations.md and docs/settings.md anew
	$(BIN)/python -m tests.docs

texts: $(STAMP)  ## collect the texts for people into bot/texts, for the translators
	$(BIN)/python -m tests.texts

count: $(STAMP)  ## lines of code an operation, on average
	$(BIN)/python -m tests.docs.count

run: $(STAMP)
	$(BIN)/clicksend-slack run

lock:  ## needs uv; resolves again for every platform, the two smaller locks with the same pins
	$(COMPILE) --group dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml --output-file requirements-run.lock
	echo hatchling | $(COMPILE) --constraint requirements.lock - --output-file requirements-build.lock
	$(COMPILE) tests/sdk/requirements.in --output-file $(SDK_LOCK)
	$(COMPILE) tests/bench/vendor/requirements.in --output-file $(BENCH_LOCK)

clean:
	rm -rf $(VENV) $(SDK_VENV) $(BENCH_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
