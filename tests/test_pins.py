import hashlib
from pathlib import Path

import pytest

from kg import data
from kg.data.pins import PINNED, PINS, pin, verify
from kg.errors import ModelError
from kg.extraction import encoder, gazetteer, heads, metric_phrases


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in PINNED:
        (tmp_path / name).write_text(f"bytes of {name}", encoding="utf-8")
    pin(tmp_path)
    return tmp_path


def test_every_file_that_the_components_read_is_pinned() -> None:
    tables = (f"{name}.tsv" for name in (gazetteer.TABLE, metric_phrases.TABLE))
    files = (encoder.MODEL, encoder.TOKENIZER, heads.WEIGHTS, heads.FEATURES)
    assert sorted((*files, *tables)) == list(PINNED)


def test_the_shipped_model_is_the_one_pinned() -> None:
    assert tuple(verify(data.folder())) == PINNED


def test_sums_are_those_of_sha256sum(folder: Path) -> None:
    digests = {name: hashlib.sha256(f"bytes of {name}".encode()).hexdigest() for name in PINNED}
    assert verify(folder) == digests
    lines = [f"{digests[name]}  {name}\n" for name in sorted(PINNED)]
    assert (folder / PINS).read_bytes() == "".join(lines).encode()


def test_files_beside_them_do_not_count(folder: Path) -> None:
    before = (folder / PINS).read_bytes()
    (folder / "calibration.tsv").write_text("fact\tscore\n")
    pin(folder)
    assert (folder / PINS).read_bytes() == before


@pytest.mark.parametrize("name", PINNED)
def test_a_file_that_differs_or_is_missing_is_named(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"!")
    with pytest.raises(
        ModelError, match=rf"{name} is damaged or of another model: SHA256SUMS .*install kg again, or give"
    ):
        verify(folder)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is missing or cannot be read; install kg again"):
        verify(folder)
    with pytest.raises(ModelError, match=rf"{name} is missing or cannot be read"):
        pin(folder)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense\n",
        "".join(f"{'0' * 64}  {name}\n" for name in PINNED[1:]),
        "".join(f"{'0' * 64}  {name}\n" for name in (*PINNED, "more")),
        "".join(f"{'0' * 64}  {name}\n" for name in reversed(PINNED)),
    ],
)
def test_sums_of_other_files_are_refused(folder: Path, content: str) -> None:
    (folder / PINS).write_text(content)
    with pytest.raises(ModelError, match=r"SHA256SUMS does not list encoder\.onnx, .*tokenizer\.json in this order"):
        verify(folder)


def test_a_folder_without_sums(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere.SHA256SUMS is missing or damaged; install kg again"):
        verify(tmp_path / "nowhere")
    (folder / PINS).write_bytes(b"\xff\n")
    with pytest.raises(ModelError, match="SHA256SUMS is missing or damaged"):
        verify(folder)
