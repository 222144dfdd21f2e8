# Two commands for a new machine: `make demo` and `make test`. Everything lands in .venv and demo/.
PYTHON ?= python3
BIN := .venv/bin
STORE := demo/papers.lbug

.PHONY: demo test test-spark test-train check format lint types generated wheel bench clean

demo: $(BIN)/.installed
	mkdir -p demo
	$(BIN)/kg build kg/data/sample.jsonl --store $(STORE)
	$(BIN)/kg reports FID ImageNet --store $(STORE)
	$(BIN)/kg view ImageNet --store $(STORE) -o demo/imagenet.html
	@echo
	@echo "The graph is in $(STORE), a picture of it in demo/imagenet.html (open it in a browser). Try next:"
	@echo "  $(BIN)/kg leaderboard ImageNet 'top-1 accuracy' --store $(STORE)"
	@echo "  $(BIN)/kg show BERT --store $(STORE)"
	@echo "  $(BIN)/kg queries"
	@echo "  $(BIN)/kg build YOUR_ABSTRACTS.jsonl --store mine.lbug"

# What the server notes on our texts becomes a warning, and a warning fails a test.
test test-spark test-train: export PYTHONNEO4JDEBUG := 1
test: $(BIN)/.test
	$(BIN)/pytest

test-train: $(BIN)/.train
	$(BIN)/pytest tests/test_cli_train.py tests/test_heads.py tests/test_train_*.py

test-spark: $(BIN)/.spark
	$(BIN)/pytest tests/test_spark.py tests/test_spark_neo4j.py

check: $(BIN)/.dev format lint types generated test

format lint types generated wheel bench: $(BIN)/.dev
format:
	$(BIN)/ruff format --check
lint:
	$(BIN)/ruff check
types:
	$(BIN)/mypy
generated:
	$(BIN)/pytest -q -k "up_to_date" tests
wheel:
	rm -rf dist && $(BIN)/python -m build --wheel --outdir dist
bench:
	$(BIN)/python -m bench && $(BIN)/python -m bench.loading

# Each stamp installs one more extra from pyproject.toml into the same environment.
$(BIN)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "kg needs Python 3.10 or newer with the venv module (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@
$(BIN)/.test: $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@
$(BIN)/.dev: $(BIN)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@
$(BIN)/.train: $(BIN)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[train]'
	@touch $@
$(BIN)/.spark: $(BIN)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[spark]'
	@touch $@

clean:
	rm -rf .venv demo dist build
