"""The text goes through the encoder once; the components behind ask the judge about spans of it."""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg import data
from kg.extraction.encoder import Encoder
from kg.extraction.heads import Heads, Judge
from kg.extraction.types import text_of


@Language.factory("kg_encode", assigns=["doc._.judge"], default_config={"model": None})
class TextEncoder:
    """Puts a judge of its text on the Doc."""

    def __init__(self, nlp: Language, name: str, model: str | None) -> None:  # noqa: ARG002  spaCy gives them
        """`model`: a folder instead of the shipped one. Raises ModelError as `Encoder` and `Heads` do."""
        folder = data.folder(Path(model) if model else None)
        self._encoder, self._heads = Encoder(folder), Heads(folder)

    def __call__(self, doc: Doc) -> Doc:
        doc._.judge = Judge(self._heads, self._encoder(text_of(doc)))
        return doc
