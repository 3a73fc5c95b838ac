# riskkit: `make demo` and `make test` each set up .venv from scratch; nothing else is needed but python3 (3.11+) and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PERSONS ?= 20000
OUT ?= out/demo

.PHONY: demo test lint types bench install packages clean

demo: $(STAMP)
	$(BIN)/riskkit demo --persons $(PERSONS) --out $(OUT)

test: $(STAMP) packages lint types
	$(BIN)/python -m pytest -n 2 --dist loadfile tests
	$(BIN)/python -m pytest --doctest-modules riskkit --ignore=riskkit/workflow/pyfunc_model.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	for topic in benchmarks/*.py; do $(BIN)/python $$topic || exit 1; done

install: $(STAMP)

packages:
	bash .ci/packages

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[serve,spark,postgres,fhir,sheets,hcc,gam,report,dev]"
	touch $(STAMP)

clean:
	rm -rf $(VENV) out
