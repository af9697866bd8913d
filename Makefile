# Two commands do everything on a bare machine: make annex, make test.
# Once installed, both work with the network off.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DECLARED := pyproject.toml constraints.txt

.PHONY: annex test install bench clean

annex: $(VENV)/.installed
	$(BIN)/observatoire load
	$(BIN)/observatoire annex data/processed/annexe.html

test: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2

install: $(VENV)/.installed

$(VENV)/.installed: $(DECLARED)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus est nécessaire")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

bench: $(VENV)/.tested
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) data/processed
