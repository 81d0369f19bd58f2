# `make demo` and `make test` need Python 3.10 or newer, and make; everything else is installed into .venv/.
PYTHON ?= python3
BIN := .venv/bin
ORACLE := .venv-metaflow
CLUSTER := .venv-cluster
PYTEST := FLOWS_TEST_METAFLOW_PYTHON=$(ORACLE)/bin/python $(BIN)/python -m pytest
# Two processes, each running whole test files, because the tests in a file share fixtures that are slow to prepare; then
# the tests that start a real Airflow, with the machine to themselves.
PARALLEL := -n 2 --dist loadgroup
# A developer's own settings for these programs must not change which tests run or what they find. One of them may forbid
# bytecode, without which Airflow's imports take twice as long.
unexport $(filter PYTHON% PYTEST% COVERAGE% MYPY% RUFF% AIRFLOW% FLOWS% METAFLOW%,$(.VARIABLES))

.PHONY: demo demo-stop cluster install test test-all test-cluster check-version check-versions lint format clean

demo: install ## Run the example flow on a real Airflow; KEEP=1 leaves its UI running
	@$(BIN)/python -m tests.demo $(if $(filter-out 0,$(KEEP)),--keep)

demo-stop: install ## Stop what `make demo KEEP=1` left running
	@$(BIN)/python -m tests.demo --stop

cluster: $(CLUSTER)/.installed ## Run the example flows, or FLOW=path, on Celery, PostgreSQL and S3, and kill a worker
	@$(CLUSTER)/bin/python -m tests.cluster $(if $(FLOW),'$(FLOW)')

test-cluster: $(CLUSTER)/.installed ## What is lost (nothing) when a worker or the broker goes away
	@$(CLUSTER)/bin/python -m pytest -m services tests/cluster $(ARGS)

install: .venv/.installed

test: install $(ORACLE)/.installed
	@$(PYTEST) $(PARALLEL) -m "not slow and not services" $(ARGS)
	@$(PYTEST) -m "not slow and services" $(ARGS)

test-all: install $(ORACLE)/.installed
	@$(PYTEST) $(PARALLEL) --hypothesis-profile=new-examples -m "not services" $(ARGS)
	@$(PYTEST) --hypothesis-profile=new-examples -m services $(ARGS)
	@$(MAKE) test-cluster

check-version: install ## Run one field of docs/compatibility.md: AIRFLOW=3.2 PYTHON_VERSION=3.13 [CONSTRAINTS=official]
	@$(BIN)/python -m tests.versions $(if $(CONSTRAINTS),--constraints '$(CONSTRAINTS)') '$(AIRFLOW)' '$(PYTHON_VERSION)'

check-versions: install ## Say which minors of Airflow are on the package index and not in docs/compatibility.md
	@$(BIN)/python -m tests.versions.index

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tests.demo --stop; fi
	rm -rf .venv .venv-metaflow .venv-cluster .demo .cluster .servers build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.12")'
	@echo "Installing into .venv (once; about a minute with a fast package index)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt -b constraints.txt -e '.[dev]'
	@touch $@

$(CLUSTER)/.installed: pyproject.toml constraints.txt | .venv/.installed
	@echo "Installing into $(CLUSTER) what a cluster needs"
	@$(PYTHON) -m venv --clear --without-pip $(CLUSTER)
	@$(BIN)/uv pip install --quiet --python $(CLUSTER)/bin/python --compile-bytecode -c constraints.txt -b constraints.txt -e '.[dev,cluster]'
	@touch $@

$(ORACLE)/.installed: constraints-metaflow.txt | .venv/.installed
	@echo "Installing genuine Metaflow into $(ORACLE), for the differential tests"
	@$(PYTHON) -m venv --clear --without-pip $(ORACLE)
	@$(BIN)/uv pip install --quiet --python $(ORACLE)/bin/python --compile-bytecode -c $< metaflow numpy pandas
	@touch $@
