"""Makes what the package ships from annotated papers: tables, later a model."""
