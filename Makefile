# Two commands do everything on a bare machine: make annex, make test. make notebook opens the first
# notebook, make docs builds the documentation.
# Once installed, both work with the network off. make check is what takes seconds;
# make test-deep tries many more made-up cases, and each notebook in a kernel of its own.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DECLARED := pyproject.toml constraints.txt
# What is imported is compiled when it first is: compiling all that is installed takes 40 % of the time and 170 MB.
PIP_FLAGS := --quiet --no-compile

# What Python compiles of the tests and of the library is kept from one run to the next.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: annex check test test-deep install notebook docs bench clean

annex: $(VENV)/.installed
	$(BIN)/observatoire load
	$(BIN)/observatoire annex data/processed/annexe.html

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Workers begin at both ends and steal from each other: what a module builds is built once. Each has one core.
test: export OPENBLAS_NUM_THREADS = 1
test: check
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-deep: check
	OBSERVATOIRE_TESTS=deep $(BIN)/python -m pytest --nbmake -n 2 --dist worksteal

install: $(VENV)/.installed

$(VENV)/.installed: $(DECLARED)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus est nécessaire")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint constraints.txt --editable .
	touch $@

# Of axe-core, the script alone: the browser's driver that its package asks for takes forty times its room.
$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint constraints.txt --editable '.[test]'
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint constraints.txt --no-deps axe-playwright-python
	touch $@

notebook: $(VENV)/.notebook
	$(BIN)/jupyter lab notebooks/01-prise-en-main.ipynb

$(VENV)/.notebook: $(VENV)/.installed
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint constraints.txt --editable '.[notebook]'
	touch $@

# A warning, a link that leads nowhere among them, stops it; the folder docs/_site is what is deployed.
docs: $(VENV)/.docs
	$(BIN)/sphinx-build -W --keep-going -q -b html docs/site docs/_site
	@echo "Écrit : docs/_site/index.html"

$(VENV)/.docs: $(VENV)/.installed
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint constraints.txt --editable '.[docs]'
	touch $@

bench: $(VENV)/.tested
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) data/processed
