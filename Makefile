# `make help` lists every target. Each experiment is one: make jena/gru ARGS="--units 64 --epochs 5".
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=
EXPERIMENTS := $(filter-out commands/%,$(patsubst experiments/%.py,%,$(wildcard experiments/*/[a-z]*.py)))
BENCHMARK := repeat linear nlinear dlinear segment_gru
LENT = $(foreach set,$(1),$(patsubst $(2)/%,$(set)/%,$(filter $(2)/%,$(EXPERIMENTS))))
EXPERIMENTS += $(call LENT,$(patsubst configs/%.yaml,%,$(shell grep -l '^models: *jena' configs/*.yaml)),jena)
GROUPS := $(sort $(foreach name,$(EXPERIMENTS),$(firstword $(subst /, ,$(name)))))

.DEFAULT_GOAL := help
.PHONY: help setup dev quickstart list data compare verify forecast backtest classify export sweep tune report lecture notebooks reference test test-slow torture bench readme lint format lock $(EXPERIMENTS) $(GROUPS)

help: ## show this list
	@echo 'make TARGET [ARGS="--flag value …"]'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
	@echo '  groups        $(GROUPS): every experiment of the group; -j2 runs two side by side'
	@echo '  experiments   $(EXPERIMENTS)' | fold -s -w 100

setup: $(VENV)/.installed ## the environment to run experiments in
dev: $(VENV)/.installed-dev ## the environment to test and change them in

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' || \
		{ echo 'error: Python 3.10 to 3.13 is needed (TensorFlow has no other yet); name one with make PYTHON=/path/to/python3'; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'error: Python could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv'; exit 2; }

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-sweep: requirements-sweep.txt | $(VENV)/.installed
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

quickstart: setup ## set up, train the lecture's weather models for a few minutes, compare them
	$(PY) -m experiments run $(filter-out $(BENCHMARK:%=jena/%),$(filter jena/%,$(EXPERIMENTS))) --profile hourly --profile quick $(ARGS)
	$(PY) -m experiments compare jena

define group_rule
$(1):
	@$$(MAKE) --no-print-directory --keep-going $(filter $(1)/%,$(EXPERIMENTS))
endef
$(foreach group,$(GROUPS),$(eval $(call group_rule,$(group))))

$(EXPERIMENTS): setup
	@$(PY) -m experiments run $@ $(ARGS)

list: setup ## every experiment, its state and its best figure
	@$(PY) -m experiments list

data: setup ## describe and draw the weather; ARGS=imdb: the reviews; ARGS="--csv FILE": a table of yours
	@$(PY) -m experiments data $(ARGS)

compare: setup ## tables and pictures of all finished weather runs; ARGS=imdb: of the reviews
	@$(PY) -m experiments compare $(ARGS)

verify: setup ## judge the lecture's claims, and make the runs they lack; ARGS="jena --profile hourly -j 2", ARGS=--judge
	@$(PY) -m experiments verify $(ARGS)

forecast: setup ## what comes after a file; ARGS="jena/gru --csv weather.csv"
	@$(PY) -m experiments forecast $(ARGS)

backtest: setup ## how good a run has been since, on a later file; ARGS="jena/gru --csv weather.csv"
	@$(PY) -m experiments backtest $(ARGS)

classify: setup ## say whether film reviews are positive: ARGS="imdb/hierarchical_attention"
	@$(PY) -m experiments classify $(ARGS)

export: setup ## write a trained network as ONNX, SavedModel or Keras: ARGS="jena/gru --format keras"
	@$(PY) -m experiments export $(ARGS)

sweep: $(VENV)/.installed-sweep ## try several settings side by side; ARGS="jena/gru --grid units=16,32 --seeds 3"
	@$(PY) -m experiments sweep $(ARGS)

tune: $(VENV)/.installed-sweep ## search each model's settings, the same search for all; ARGS="sequences --profile laptop"
	@$(PY) -m experiments tune $(ARGS)

reference: setup ## repeat everything in results/reference/, or in LAB_RESULTS: runs, tables, claims; takes days
	LAB_RESULTS=$${LAB_RESULTS:-results/reference} $(PY) -m experiments reference $(ARGS)
	@$(PY) -m lab.readme

report: setup ## one page about all runs, with curves and claims: results/index.html
	@$(PY) -m experiments report

lecture: setup ## the lecture as one page to play with: docs/index.html
	@$(PY) -m lecture $(ARGS)

notebooks: dev ## run the notebooks from their scripts, and write them with outputs: notebooks/*.ipynb
	@$(PY) -m notebooks $(ARGS)

test: dev ## the tests, in minutes
	$(PY) -m pytest $(SIDE_BY_SIDE) $(ARGS)

test-slow: dev ## the tests that take minutes
	$(PY) -m pytest -m slow $(SIDE_BY_SIDE) $(ARGS)
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist worksteal

torture: dev ## kills, damaged files, full disks, random words for an hour; ARGS="--minutes 60 --seed 3"
	$(PY) -m tests.torture $(ARGS)

bench: dev ## speed and memory, beside the lecture's code and others
	$(PY) -m benchmarks $(ARGS)

readme: setup ## put the tables of the reference into README.md and docs/
	@$(PY) -m lab.readme

lint: dev ## ruff and mypy
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: dev ## let ruff fix what it can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

lock: dev ## update the pinned dependencies of pyproject.toml, for every Python and system
	$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) --output-file requirements.txt
	$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) --extra gpu --output-file requirements-gpu.txt
	$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) --extra dev --output-file requirements-dev.txt
	$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) --extra sweep --output-file requirements-sweep.txt
LOCK := --universal --python-version 3.10 --generate-hashes --no-emit-index-url --upgrade --quiet
