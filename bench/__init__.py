"""Where the README's numbers come from: `python -m bench` (speed and memory), `python -m bench.quality` (F1)."""
