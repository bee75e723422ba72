# What a visitor types. Needs python3 with venv, and make; uses uv when it is on the PATH.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
EXTRAS ?= test
UV     := $(shell command -v uv 2>/dev/null)
PIP    := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

.PHONY: demo test golden reference pictures wheel-test places bench clean help

help:
	@echo "make demo       set up, then: who loses what if OpenAI loses a fifth of its value"
	@echo "make test       set up with the test tools, then run everything"
	@echo "make golden     write anew what the tests compare with: answers, catalogue, cookbook, reference"
	@echo "make reference  docs/reference/ and the fixed words of the glossary, from the code and the tables"
	@echo "make pictures   docs/pictures/, drawn by the program and its pages; needs the test tools and Chromium"
	@echo "make wheel-test the wheel with all its dependencies, in an empty home: every command of it"
	@echo "make bench      every promised figure beside its reference, in one run; writes docs/benchmarks.md"
	@echo "make places     give parties that are new to the book a place on the network page"
	@echo "make clean      remove .venv and what the runs left behind"

demo: $(VENV)/.installed
	@$(BIN)/knockon shock openai=0.2 --as-of 2025-11-05 --html knockon-out/openai-loses-a-fifth.html

test: $(VENV)/.test-tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist loadfile

golden: reference
	$(BIN)/python tests/goldens.py
	$(BIN)/knockon queries --format ttl > queries/catalogue.ttl
	$(BIN)/knockon queries --format md --as-of 2025-11-05 > docs/cookbook.md
	$(BIN)/knockon view ontology --out docs/ontology.html --quiet

reference: $(VENV)/.installed
	$(BIN)/python tests/reference_pages.py

pictures: $(VENV)/.test-tools
	$(BIN)/python tests/pictures.py

wheel-test: $(VENV)/.test-tools
	KNOCKON_WHEEL=full $(BIN)/python -m pytest tests/test_wheel.py

bench: $(VENV)/.test-tools
	$(BIN)/python tests/benchmarks/gates.py --out docs/benchmarks.md

places: $(VENV)/.installed
	$(BIN)/python -m knockon.study.placing

$(VENV)/bin/python:
	@echo "making $(VENV)"
	@$(if $(UV),$(UV) venv --quiet $(VENV),$(PYTHON) -m venv $(VENV))

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "installing knockon (a minute on a slow line)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test-tools: pyproject.toml $(VENV)/.installed
	@echo "installing the test tools"
	@$(PIP) --editable '.[$(EXTRAS)]'
	@touch $@

clean:
	rm -rf $(VENV) knockon-out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
