# What a visitor types. Needs python3 with venv, and make; uses uv when it is on the PATH.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
EXTRAS ?= test
UV     := $(shell command -v uv 2>/dev/null)
PIP    := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check)

.PHONY: demo test types tests golden reference pictures bench scale fuzz load wheel-test lock places clean help

help: ## these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.installed ## set up, then: who loses what if OpenAI loses a fifth of its value
	@$(BIN)/knockon shock openai=0.2 --as-of 2025-11-05 --html knockon-out/openai-loses-a-fifth.html

test: $(VENV)/.test-tools ## set up with the test tools, then run everything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	@$(MAKE) --no-print-directory --jobs=2 types tests # neither keeps two cores busy

types:
	$(BIN)/mypy
	$(BIN)/lint-imports

tests:
	$(BIN)/python -m pytest -n auto --dist loadfile

golden: reference ## write anew what the tests compare with: answers, catalogue, cookbook, reference
	$(BIN)/python tests/goldens.py
	$(BIN)/knockon queries --format ttl > queries/catalogue.ttl
	$(BIN)/knockon queries --format md --as-of 2025-11-05 > docs/cookbook.md
	$(BIN)/knockon view ontology --out docs/ontology.html --quiet

reference: $(VENV)/.installed ## docs/reference/ and the fixed words of the glossary, from the code and the tables
	$(BIN)/python tests/reference_pages.py

pictures: $(VENV)/.test-tools ## docs/pictures/, drawn by the program and its pages; needs Chromium
	$(BIN)/python tests/pictures.py

wheel-test: $(VENV)/.test-tools ## the wheel with all its dependencies, in an empty home: every command of it
	KNOCKON_WHEEL=full $(BIN)/python -m pytest tests/test_wheel.py

bench: $(VENV)/.test-tools ## every promised figure beside its reference, in one run; writes docs/benchmarks.md
	$(BIN)/python tests/benchmarks/gates.py --out docs/benchmarks.md

scale: $(VENV)/.test-tools ## books of ten thousand to a million legs: what each step costs; an hour or more; docs/scale.md
	$(BIN)/python tests/benchmarks/scale.py

fuzz: $(VENV)/.test-tools ## 100,000 spoilt inputs for every reader, and writers killed at random: half an hour
	PYTHONPATH=tests $(BIN)/python -m fuzz.run --inputs 102000 --seed 1
	PYTHONPATH=tests $(BIN)/python -m fuzz.killed --trials 300 --seed 1

load: $(VENV)/.test-tools ## the server under load for three minutes: latencies, memory, and how it ends
	PYTHONPATH=tests $(BIN)/python -m fuzz.load --minutes 3

lock: ## write requirements.lock anew from pyproject.toml; needs uv
	uv pip compile pyproject.toml --extra test --python-version 3.11 --universal --generate-hashes \
	  --no-annotate --no-header --quiet --output-file requirements.lock

places: $(VENV)/.installed ## give parties that are new to the book a place on the network page
	$(BIN)/python -m knockon.study.placing

$(VENV)/bin/python:
	@echo "making $(VENV)"
	@$(if $(UV),$(UV) venv --quiet $(VENV),$(PYTHON) -m venv $(VENV))

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "installing knockon (a minute on a slow line)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test-tools: pyproject.toml | $(VENV)/bin/python
	@echo "installing knockon and the test tools (two minutes on a slow line)"
	@$(PIP) --editable '.[$(EXTRAS)]'
	@touch $(VENV)/.installed $@

clean: ## remove .venv and what the runs left behind
	rm -rf $(VENV) knockon-out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
