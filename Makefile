# `make` alone prints this file's help. Everything below runs in .venv, which `setup` makes from poetry.lock.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

PYTHON_HERE := .venv/bin/python
CODE := src luigi_tasks scripts benchmarks tests
ARGS ?=
# Two files of tests at a time: one waits for servers and single threads most of the time. TOGETHER= runs them in turn.
TOGETHER ?= --numprocesses 2 --dist loadfile
# Where it is set, every process of a run compiles all that it imports again: eight seconds each.
unexport PYTHONDONTWRITEBYTECODE
SERVICES := $(PYTHON_HERE) -m scripts.services

.PHONY: help run test test-thorough test-unit lint format bench bench-night bench-scoring bench-start bench-cluster bench-as-of bench-catalogue bench-regret bench-shapes bench-ablation dist clean setup setup-with-java

help: ## Print this help
	@echo "returncast: how likely each order line is to come back"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Arguments go in ARGS: make run ARGS=\"--as-of 2019-04-15\"; make test ARGS=\"-k matching\""

run: setup-with-java ## Run the whole pipeline on the bundled orders (or on ARGS="--source mapping.toml")
	@.venv/bin/returncast run $(ARGS)

test: setup-with-java ## Run the tests: unit, contract, integration, end to end, faults
	@$(PYTHON_HERE) -m pytest $(TOGETHER) $(ARGS)

test-thorough: setup-with-java ## Run the thorough tests too: every failpoint, on S3 as well, and a cluster without S3
	@EVERY_FAILPOINT=1 $(PYTHON_HERE) -m pytest $(TOGETHER) -m "" $(ARGS)

test-unit: setup ## Run the unit tests (no Java needed, a minute or so)
	@$(PYTHON_HERE) -m pytest tests/unit $(ARGS)

lint: setup ## Check style, types, import contracts, docstrings and unused code
	@scripts/lint.sh $(CODE)

format: setup ## Format the code and apply the safe fixes
	@$(PYTHON_HERE) -m ruff check --fix --quiet $(CODE) || true
	@$(PYTHON_HERE) -m ruff format $(CODE)

bench: setup-with-java ## Measure time and peak memory by step on the bundled orders, in a lake of its own
	@$(PYTHON_HERE) -m benchmarks $(ARGS)

bench-night: setup-with-java ## Count seconds and S3 requests of a night on which nothing changed
	@$(PYTHON_HERE) -m benchmarks.unchanged_night $(ARGS)

bench-scoring: setup-with-java ## Measure rows scored a second, beside MLflow's spark_udf of the same model
	@$(PYTHON_HERE) -m benchmarks.scoring $(ARGS)

bench-start: setup-with-java ## Measure the seconds until a first Spark job, and of a run with nothing to do
	@$(PYTHON_HERE) -m benchmarks.start_up $(ARGS)

bench-cluster: setup-with-java ## Measure Spark's steps on one worker and on two
	@$(PYTHON_HERE) -m benchmarks.cluster $(ARGS)

bench-as-of: setup-with-java ## Measure as-of features against DuckDB (ARGS="--lines 5e6 --shops plain skew text years")
	@$(PYTHON_HERE) -m benchmarks.as_of $(ARGS)

bench-catalogue: setup-with-java ## Measure the whole catalogue on made-up lines (ARGS="--lines 1e6 1e7")
	@$(PYTHON_HERE) -m benchmarks.catalogue $(ARGS)

bench-ablation: setup-with-java ## Measure what open orders, the rolling intercept and each family of features are worth
	@$(PYTHON_HERE) -m benchmarks.ablation $(ARGS)

bench-shapes: setup-with-java ## Measure model, baseline and the best prediction on made-up shops of every shape
	@$(PYTHON_HERE) -m benchmarks.shapes $(ARGS)

bench-regret: setup-with-java ## Measure how far the model is from the best possible prediction, on made-up shops
	@$(PYTHON_HERE) -m benchmarks.regret $(ARGS)

dist: setup ## Make in dist/ what a cluster needs: wheel, job, archive of the environment
	@$(PYTHON_HERE) scripts/dist.py

build: setup ## Build the pipeline's image (needs Docker)
	@$(SERVICES) build $(ARGS)

up: setup ## Start MinIO, PostgreSQL, MLflow, luigid and Spark in containers; makes .env if there is none
	@$(SERVICES) up

up-native: setup-with-java ## Start the same services as processes of this machine, without Docker
	@$(SERVICES) up-native

down: setup ## End the services, whichever way they run (ARGS=--volumes: their data too)
	@$(SERVICES) down $(ARGS)

ps: setup ## List the services that run
	@$(SERVICES) ps $(ARGS)

logs: setup ## Print the end of the services' logs (ARGS="-f mlflow": follow one)
	@$(SERVICES) logs $(ARGS)

restart: setup ## End the services and start them again (ARGS=mlflow: one of them)
	@$(SERVICES) restart $(ARGS)

check-health: setup ## Run every service's health check
	@$(SERVICES) check-health

clean: ## Remove the environment and the caches; keeps the lake, the report and MLflow's records
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find src luigi_tasks scripts benchmarks tests -name __pycache__ -prune -exec rm -rf {} +

setup: ## Make .venv from poetry.lock (done by the others as needed)
	@scripts/setup.sh

setup-with-java:
	@scripts/setup.sh --java
