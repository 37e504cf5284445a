# Every target makes the virtual environment that it needs, and says what it is doing.

VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# The models here are so small that a second thread costs more than it brings.
export OMP_NUM_THREADS ?= 1
export TOKENIZERS_PARALLELISM = false

.PHONY: help demo test test-slow check format bench docs clean

help:
	@echo "make demo       the whole path on the support-desk example: messy files in, tuned model and report out"
	@echo "make test       the tests, but for the slow ones"
	@echo "make test-slow  the slow tests: killed processes, real servers, trained models"
	@echo "make check      lint, format, types, import directions"
	@echo "make bench      speed and memory, side by side with named peers"
	@echo "make docs       the reference pages, written anew from the declarations"

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Tilth needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 ..."; exit 2; }
	@echo "== making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.train: $(VENV)/.python pyproject.toml constraints.txt
	@echo "== installing Tilth with what training needs into $(VENV) (about two minutes, once)"
	@$(PIP) --editable '.[train]'
	@touch $@

$(VENV)/.dev: $(VENV)/.train
	@echo "== installing what the tests need into $(VENV)"
	@$(PIP) --editable '.[train,quality,semantic,dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@echo "== installing the tools that the benchmarks compare with (about two minutes, once)"
	@$(PIP) --editable '.[bench]'
	@touch $@

# Tools that pin what others need live in an environment of their own.
$(VENV)-peers/%/.done: benchmarks/peers-%.txt $(VENV)/.python
	@echo "== installing $*, to compare with"
	@$(PYTHON) -m venv $(VENV)-peers/$*
	@$(VENV)-peers/$*/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

demo: $(VENV)/.train
	@echo "== running the recipe examples/support-desk/recipe.yaml"
	@HF_HUB_OFFLINE=1 $(BIN)/tilth run examples/support-desk/recipe.yaml --output runs/support-desk \
	  || test $$? -eq 3  # three of its lines are broken on purpose: 3 means done, and some rows could not be read
	@echo "== open runs/support-desk/report.html"

test: $(VENV)/.dev
	@echo "== running the tests (the slow ones: make test-slow)"
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not slow"

test-slow: $(VENV)/.dev
	@echo "== running the slow tests"
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m slow

check: $(VENV)/.dev
	@echo "== lint" && $(BIN)/ruff check .
	@echo "== format" && $(BIN)/ruff format --check .
	@echo "== import directions" && $(BIN)/lint-imports --no-cache
	@echo "== types" && $(BIN)/mypy

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.bench $(VENV)-peers/datatrove/.done $(VENV)-peers/text-dedup/.done
	@export TILTH_BENCH_PYTHONS=$(abspath $(VENV)-peers/datatrove/bin/python):$(abspath $(VENV)-peers/text-dedup/bin/python); \
	for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: $(VENV)/.dev
	@echo "== writing docs/reference from the declarations"
	@$(BIN)/python docs/generate.py

clean:
	@rm -rf runs .venv .mypy_cache .ruff_cache .pytest_cache
