# `make` alone lists the targets. Each does the set-up it needs; the second time that takes a second.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_JOBS ?= 2
RUN ?= output/training
MINUTES ?= 140

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup test-tools demo test lint soak bench train samples lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## virtual environment, locked packages, system tools; leaves .venv/bin/compassion
	@PYTHON='$(PYTHON)' bash .ci/setup

test-tools: setup
	@bash .ci/setup --for-tests

demo: setup ## the main job on a sample organisation, in output/demo
	@$(BIN)/compassion --home output/demo demo

lint: setup ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# pytest stands last so that its closing line is the last thing printed.
test: test-tools lint ## lint, then every test but the soak tests (under 15 minutes)
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist worksteal --cov --cov-report=term:skip-covered

soak: test-tools ## the long tests: fuzzing, kills, large counts
	@$(BIN)/python -m pytest -m soak

bench: setup ## milliseconds a card by stage, and the plain way beside it
	@$(BIN)/compassion bench

train: setup ## train the readers (hours, in pieces): make train HANDWRITING=DIR [RUN=output/training] [MINUTES=140]
	@$(BIN)/python -m pip install --quiet --editable '.[train]'
	@$(BIN)/python -m pipeline.training --handwriting '$(HANDWRITING)' --out '$(RUN)' --minutes $(MINUTES)

samples: setup ## make samples/ anew; HANDWRITING=DIR takes real handwriting, otherwise fonts
	@$(BIN)/python -m pipeline.simulate $(if $(HANDWRITING),--handwriting '$(HANDWRITING)')

lock: setup ## work out requirements.lock anew, newest versions that setup.cfg allows
	@bash .ci/lock
