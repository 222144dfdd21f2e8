"""kg: from paper abstracts to a knowledge graph that people query."""

__version__ = "0.1.0"
