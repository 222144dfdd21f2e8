"""The encoder's run time on a toy model, whose vector of a piece is [id, case, place in the window]."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from kg.errors import ModelError
from kg.extraction.encoder import LONGEST, MODEL, TOKENIZER, Encoded, Encoder, Pieces, Tokens, letter_case, windows

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "5", "##5", "image", "##net", "cafe", "a", "b", "word", "!"]


def write_tokenizer(file: Path) -> None:
    """A BERT's, and as all-MiniLM-L6-v2 comes: it cuts and pads."""
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(file))


def write_model(file: Path, inputs: tuple[str, str] = ("ids", "cases")) -> None:
    zero, last = helper.make_tensor("zero", TensorProto.INT64, [], [0]), helper.make_tensor("last", 7, [1], [1])
    one = helper.make_tensor("one", TensorProto.INT64, [], [1])
    nodes = [
        helper.make_node("Size", [inputs[0]], ["count"]),
        helper.make_node("Range", ["zero", "count", "one"], ["places"]),
        *(helper.make_node("Unsqueeze", [name, "last"], [f"{name}1"]) for name in (*inputs, "places")),
        helper.make_node("Concat", [f"{inputs[0]}1", f"{inputs[1]}1", "places1"], ["columns"], axis=1),
        helper.make_node("Cast", ["columns"], ["vectors"], to=TensorProto.FLOAT),
    ]
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["T"]) for name in inputs]
    made = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["T", 3])]
    graph = helper.make_graph(nodes, "toy", given, made, [zero, one, last])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8), file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    write_tokenizer(folder / TOKENIZER)
    write_model(folder / MODEL)
    return folder


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Encoder:
    return Encoder(folder)


def parts(text: str, pieces: Pieces | Encoded) -> list[str]:
    return [text[start:end] for start, end in zip(pieces.starts, pieces.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "ids", "expected", "cases"),
    [
        ("ImageNet a", ["image", "##net", "a"], ["Image", "Net", "a"], [1, 1, 0]),
        ("CAFÉ. b", ["cafe", ".", "b"], ["CAFÉ", ".", "b"], [2, 0, 0]),
        ("cafe\N{COMBINING ACUTE ACCENT} a", ["cafe", "a"], ["cafe", "a"], [0, 0]),
        ("ima\N{COMBINING ACUTE ACCENT}ge", ["image"], ["ima\N{COMBINING ACUTE ACCENT}ge"], [0]),
        ("\N{GRINNING FACE}模a", ["[UNK]", "[UNK]", "a"], ["\N{GRINNING FACE}", "模", "a"], [0, 0, 0]),
        ("a 55\n\tB!", ["a", "5", "##5", "b", "!"], ["a", "5", "5", "B", "!"], [0, 4, 4, 1, 0]),
        ("", [], [], []),
        (" \n\N{ZERO WIDTH SPACE}", [], [], []),
    ],
)
def test_pieces_point_into_the_text(
    encoder: Encoder, text: str, ids: list[str], expected: list[str], cases: list[int]
) -> None:
    pieces = encoder.tokens(text)
    assert parts(text, pieces) == expected
    assert pieces.ids.tolist() == [WORDS.index(word) for word in ids]
    assert pieces.cases.tolist() == cases
    assert pieces.windows == ([(0, len(ids))] if ids else [])


@settings(deadline=None)
@given(st.text())
def test_places_of_pieces_never_fall_back(encoder: Encoder, text: str) -> None:
    encoded = encoder(text)
    assert encoded.vectors.shape == (len(encoded.starts), 3)
    assert bool((np.diff(encoded.starts) >= 0).all() and (np.diff(encoded.ends) >= 0).all())
    assert bool(((encoded.starts < encoded.ends) & (encoded.ends <= len(text))).all())


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        *[("net", 0), ("-", 0), ("模", 0), ("I", 1), ("Net", 1), ("(Net", 1), ("Éa", 1)],
        *[("FID", 2), ("R-CNN", 2), ("mAP", 3), ("McA", 3), ("nEt", 3), ("5", 4), ("L6", 4)],
    ],
)
def test_letter_case(piece: str, expected: int) -> None:
    assert letter_case(piece) == expected


@pytest.mark.parametrize(
    ("count", "stops", "expected"),
    [
        (0, [], []),
        (510, [100], [(0, 510)]),
        (511, [], [(0, 510), (510, 511)]),
        (600, [200, 300, 400, 511], [(0, 400), (400, 600)]),
        (600, [510], [(0, 510), (510, 600)]),
        (600, [550], [(0, 510), (510, 600)]),
        (600, [255], [(0, 510), (510, 600)]),
        (600, [256], [(0, 256), (256, 600)]),
        (1300, [500, 900], [(0, 500), (500, 900), (900, 1300)]),
    ],
)
def test_windows_end_with_sentences(count: int, stops: list[int], expected: list[tuple[int, int]]) -> None:
    assert windows(count, np.array(stops, dtype=np.int64)) == expected


@settings(deadline=None)
@given(st.integers(0, 3000), st.sets(st.integers(1, 3000)))
def test_windows_leave_nothing_out(count: int, stops: set[int]) -> None:
    slices = windows(count, np.array(sorted(stops), dtype=np.int64))
    assert [piece for start, end in slices for piece in range(start, end)] == list(range(count))
    assert all(LONGEST // 2 < end - start <= LONGEST for start, end in slices[:-1])
    assert all(0 < end - start <= LONGEST for start, end in slices[-1:])


def test_long_text_goes_window_by_window(encoder: Encoder) -> None:
    text = "word " * 299 + "5.5 a. " + "word " * 399 + "a."
    encoded = encoder(text)
    pieces = encoder.tokens(text)
    assert LONGEST < len(pieces.ids) == 299 + 5 + 401
    assert pieces.windows == [(0, 304), (304, 705)], "the stop in 5.5 ends no sentence, that after a does"
    places = [*range(1, 305), *range(1, 402)]  # [CLS] has place 0
    assert encoded.vectors.tolist() == np.stack([pieces.ids, pieces.cases, places], axis=1).tolist()
    assert parts(text, encoded) == parts(text, pieces)


def test_text_without_pieces_has_no_vectors(encoder: Encoder) -> None:
    encoded = encoder(" \n")
    assert encoded.vectors.shape == (0, 3)
    assert encoded.vectors.dtype == np.float32
    assert encoded.places([(0, 2)]).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("ImageNet", (1, 3)),
        ("mage", (1, 2)),
        ("eN", (1, 3)),
        ("a ", (0, 1)),
        (" ", (1, 2)),
        ("!", (4, 5)),
        ("  ", (4, 5)),
    ],
)
def test_places(encoder: Encoder, found: str, expected: tuple[int, int]) -> None:
    text = "a ImageNet b!  "
    start = text.rindex(found) if found == "  " else text.index(found)
    assert tuple(encoder(text).places([(start, start + len(found))])[0].tolist()) == expected


@pytest.mark.parametrize("missing", [MODEL, TOKENIZER])
def test_missing_file_is_named(folder: Path, tmp_path: Path, missing: str) -> None:
    for name in {MODEL, TOKENIZER} - {missing}:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(ModelError, match=f"{missing} is missing; install kg again"):
        Encoder(tmp_path)


@pytest.mark.parametrize("damaged", [MODEL, TOKENIZER])
def test_damaged_file_is_named(folder: Path, tmp_path: Path, damaged: str) -> None:
    for name in (MODEL, TOKENIZER):
        content = (folder / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2] if name == damaged else content)
    with pytest.raises(ModelError, match=f"{damaged} is damaged"):
        Encoder(tmp_path)


def test_other_model_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / TOKENIZER).write_bytes((folder / TOKENIZER).read_bytes())
    write_model(tmp_path / MODEL, ("input_ids", "token_type_ids"))
    with pytest.raises(ModelError, match=r"is another model: it has input_ids, token_type_ids, vectors"):
        Encoder(tmp_path)


def test_other_vocabulary_is_refused(tmp_path: Path) -> None:
    Tokenizer(models.WordPiece({"[UNK]": 0, ".": 1}, unk_token="[UNK]")).save(str(tmp_path / TOKENIZER))
    with pytest.raises(ModelError, match="not the vocabulary of a BERT"):
        Tokens(tmp_path / TOKENIZER)
