PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Two more than there are cores: many tests wait for processes and for jobs rather than for a core.
WORKERS ?= $(shell expr `getconf _NPROCESSORS_ONLN` + 2)
COMPILE = uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--python-version 3.11 --quiet
SDK_VENV := .venv-sdk
SDK_STAMP := $(SDK_VENV)/.installed
SDK_LOCK := tests/sdk/requirements.lock
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
BENCH_LOCK := tests/bench/vendor/requirements.lock
DOCS_VENV := .venv-docs
DOCS_STAMP := $(DOCS_VENV)/.installed
DOCS_LOCK := tests/docs/site/requirements.lock
AUDIT_VENV := .venv-audit
AUDIT_STAMP := $(AUDIT_VENV)/.installed
AUDIT_LOCK := tests/packaging/audit/requirements.lock
SBOM ?= build/sbom.json

.PHONY: demo test crash replicas soak bench lint format cassettes docs texts sbom audit count lock run clean

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

# Where nothing compiled is kept, every worker and every bot it starts compiles everything.
test: export PYTHONDONTWRITEBYTECODE =
test: $(STAMP) $(SDK_STAMP) $(DOCS_STAMP)  ## the whole suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

crash: $(STAMP)  ## kill the bot at every step, ROUNDS times (200) on each database; SEED=… repeats a run
	ROUNDS=$(or $(ROUNDS),200) SEED=$(or $(SEED),0) $(BIN)/python -m pytest tests/crash/test_crash.py -q

replicas: $(STAMP)  ## kill replicas, the leader and the database, ROUNDS times (10) with two bots and four
	ROUNDS=$(or $(ROUNDS),10) SEED=$(or $(SEED),0) $(BIN)/python -m pytest tests/replicas -q

$(BENCH_STAMP): $(BENCH_LOCK)  # the vendor's client, measured in an environment of its own
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(BENCH_LOCK)
	@touch $@

soak: $(STAMP)  ## MINUTES (30) of mixed load with faults; memory, tasks, connections and files must stay flat
	MINUTES=$(or $(MINUTES),30) $(BIN)/python -m pytest tests/soak -q

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

$(DOCS_STAMP): $(DOCS_LOCK)  # what makes a site of the pages, apart from what runs
	$(PYTHON) -m venv --clear $(DOCS_VENV)
	$(DOCS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DOCS_LOCK)
	@touch $@

docs: $(STAMP) $(DOCS_STAMP)  ## write the tables of operations and settings anew; the site is in build/site
	$(BIN)/python -m tests.docs
	$(DOCS_VENV)/bin/sphinx-build -W --keep-going --quiet -b html docs build/site

$(AUDIT_STAMP): $(AUDIT_LOCK)
	$(PYTHON) -m venv --clear $(AUDIT_VENV)
	$(AUDIT_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(AUDIT_LOCK)
	@touch $@

sbom: $(AUDIT_STAMP)  ## what the image holds, as CycloneDX: build/sbom.json
	@mkdir -p $(dir $(SBOM))
	$(AUDIT_VENV)/bin/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application --output-reproducible --output-file $(SBOM) requirements-run.lock

audit: $(AUDIT_STAMP)  ## known holes in what the image holds; asks a database in the internet
	$(AUDIT_VENV)/bin/pip-audit --require-hashes --disable-pip -r requirements-run.lock

texts: $(STAMP)  ## collect the texts for people into bot/texts, for the translators
	$(BIN)/python -m tests.texts

count: $(STAMP)  ## lines of code an operation, on average
	$(BIN)/python -m tests.docs.count

run: $(STAMP)
	$(BIN)/clicksend-slack run

lock:  ## needs uv; resolves again for every platform, the smaller locks with the same pins
	$(COMPILE) --group dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml --output-file requirements-run.lock
	$(COMPILE) --extra otel --constraint requirements.lock pyproject.toml --output-file requirements-otel.lock
	echo hatchling | $(COMPILE) --constraint requirements.lock - --output-file requirements-build.lock
	$(COMPILE) tests/sdk/requirements.in --output-file $(SDK_LOCK)
	$(COMPILE) tests/bench/vendor/requirements.in --output-file $(BENCH_LOCK)
	$(COMPILE) tests/docs/site/requirements.in --output-file $(DOCS_LOCK)
	$(COMPILE) tests/packaging/audit/requirements.in --output-file $(AUDIT_LOCK)

clean:
	rm -rf $(VENV) $(SDK_VENV) $(BENCH_VENV) $(DOCS_VENV) $(AUDIT_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
