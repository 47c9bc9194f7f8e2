PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test sample clean

demo: .venv/demo
	$(BIN)/litline run --engine extractive
	@echo "Open outputs/index.html"

test: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term

sample: .venv/demo
	rm -rf outputs/sample .litline/sample
	$(BIN)/litline run pipeline/samples/*.txt pipeline/samples/*.md --direct --quiet \
		--engine extractive --as-of 2026-06-30 --out outputs/sample --store .litline/sample/store.db
	rm -f outputs/sample/run.json outputs/sample/.lock

.venv/demo: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	@touch $@

.venv/test: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@ .venv/demo

clean:
	rm -rf .venv
