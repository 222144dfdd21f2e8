"""Numbers as abstracts write them: value, unit, bound, and the characters they were read from."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.numbers import kg_numbers, numbers
from kg.extraction.types import Number
from kg.numerals import Numeral, parse_value, scan, three_digits, value_in


def written(text: str) -> list[tuple[str, float, str]]:
    """Surface, value and unit of each numeral; the offsets must give the surface back."""
    return [(text[n.start : n.end], n.value, n.unit) for n in scan(text)]


@pytest.mark.parametrize(
    ("surface", "value", "unit"),
    [
        ("83.3%", 83.3, "%"),
        (r"83.3\%", 83.3, "%"),
        ("84:3%", 84.3, "%"),
        ("7 percent", 7.0, "%"),
        ("five percent", 5.0, "%"),
        ("1,890", 1890.0, ""),
        ("12{,}000", 12000.0, ""),
        (".79", 0.79, ""),
        ("+3.2", 3.2, ""),
        ("20x", 20.0, "x"),
        ("2.5 ×", 2.5, "x"),
        (r"2.5\times", 2.5, "x"),
        ("8times", 8.0, "x"),
        ("four-fold", 4.0, "x"),
        ("tenfold", 10.0, "x"),
        ("three times", 3.0, "x"),
        ("a thousand times", 1000.0, "x"),
        ("×20", 20.0, "x"),
        (r"\times 8", 8.0, "x"),
        ("2.1 percentage points", 2.1, "points"),
        ("1.5-point", 1.5, "points"),
        ("0.7 pp", 0.7, "points"),
        ("3 F1 points", 3.0, "points"),
        ("29.7K", 29.7, "K"),
        ("41 images/s", 41.0, "images/s"),
        ("104 FPS", 104.0, "FPS"),
        ("12 ms", 12.0, "ms"),
        ("0.9 dB", 0.9, "dB"),
        ("3 GPU hours", 3.0, "GPU hours"),
        ("10^4", 10000.0, ""),
        ("10^{-3}", 0.001, ""),
        (r"4.4\times 10^{6}", 4400000.0, ""),
        ("3^3", 27.0, ""),
        ("4e-4", 0.0004, ""),
        ("1/3", 33.3, "%"),
        ("twice", 2.0, "x"),
        ("doubles", 2.0, "x"),
        ("halves", 50.0, "%"),
        ("half", 50.0, "%"),
        ("two-thirds", 66.7, "%"),
        ("a quarter", 25.0, "%"),
        ("an order of magnitude", 10.0, "x"),
        ("two orders of magnitude", 100.0, "x"),
        ("4 orders of magnitude", 10000.0, "x"),
        ("thousands of times", 1000.0, "x"),
    ],
)
def test_one_numeral(surface: str, value: float, unit: str) -> None:
    assert parse_value(surface) == (value, unit)
    assert value_in(surface) == value
    assert written(f"a gain of {surface} on it") == [(surface, value, unit)]


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4 and ResNet-50",
        "top-1 and BLEU-4, F1, mAP@50",
        "a 5-shot prompt",
        "3D scans",
        "512x512 and 512times512",
        r"$256 \times 256$",
        "published in 2019",
        "as in [35] and [3, 4]",
        "(1) speed, (2) memory",
        "no number here",
    ],
)
def test_parts_of_names_resolutions_years_and_markers_are_no_numbers(text: str) -> None:
    assert written(text) == []


def test_none_or_several_numerals_have_no_value() -> None:
    assert [value_in("BLEU"), value_in(""), value_in("3 and 4")] == [None, None, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10-100x", [("10", 10.0, "x"), ("100x", 100.0, "x")]),
        ("between 5 and 18 %", [("5", 5.0, "%"), ("18 %", 18.0, "%")]),
        ("18 to 100 times", [("18", 18.0, "x"), ("100 times", 100.0, "x")]),
        ("4-5%", [("4", 4.0, "%"), ("5%", 5.0, "%")]),
        ("9x-18x", [("9x", 9.0, "x"), ("18x", 18.0, "x")]),
        ("1.0, 1.3 and 2.5 points", [("1.0", 1.0, "points"), ("1.3", 1.3, "points"), ("2.5 points", 2.5, "points")]),
        (r"$26\sim35\times$", [("26", 26.0, "x"), (r"35\times", 35.0, "x")]),
    ],
)
def test_ranges_and_lists_share_the_unit(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x16 faster", [("x16", 16.0, "x")]),
        ("needs x3.5 fewer weights and is x9.5 cheaper", [("x3.5", 3.5, "x"), ("x9.5", 9.5, "x")]),
        ("beats both baselines (x4) and (x2)", [("x4", 4.0, "x"), ("x2", 2.0, "x")]),
        (r"a speed-up of $\times 8$", [(r"\times 8", 8.0, "x")]),
        ("2.3x -14.9x less", [("2.3x", 2.3, "x"), ("-14.9x", 14.9, "x")]),
        ("1.5 × −1.9×", [("1.5 ×", 1.5, "x"), ("−1.9×", 1.9, "x")]),
        ("inputs x1 and x2 of f(x1), a 4 ×4 grid", []),
    ],
)
def test_a_sign_before_a_number_makes_it_a_factor(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert written(text) == expected


def test_a_deviation_is_not_a_number() -> None:
    assert written(r"71.2 ± 0.4 and 65.0 \pm 1.1") == [("71.2", 71.2, ""), ("65.0", 65.0, "")]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("a gain of 5%", "="),
        ("about 5%", "~"),
        (r"$\sim$5%", "~"),
        ("nearly 5%", "~"),
        ("over 5%", ">"),
        ("more than a 5% gain", ">"),
        ("at least 5%", ">"),
        ("a 5+% gain", ">"),
        (r"$\geq5\%$", ">"),
        ("less than 5%", "<"),
        ("FID<5", "<"),
        ("up to an average of 5%", "<="),
        ("as much as 5%", "<="),
        ("within 5%", "<="),
        ("no more than 5%", "<="),
    ],
)
def test_bounds(text: str, bound: str) -> None:
    assert [n.bound for n in numbers(text)] == [bound]


def test_a_bound_holds_for_the_list_that_it_opens() -> None:
    assert [n.bound for n in numbers("over 11x on birds and 16x on fish; later 3x on cats")] == [">", ">", "="]
    assert [n.bound for n in numbers("up to 2-3%")] == ["<=", "<="]


def test_a_tilde_between_numbers_means_to() -> None:
    assert [n.bound for n in numbers("by 1%~5%")] == ["=", "="]


def test_component_writes_numbers_with_offsets_in_the_text() -> None:
    doc = kg_numbers(spacy.blank("en")("Fast nets\nFooNet is about twice as fast and gains 1.5%."))
    assert doc._.numbers == [Number(26, 31, 2.0, "x", "~"), Number(50, 54, 1.5, "%", "=")]


def test_three_significant_digits() -> None:
    assert [three_digits(100 / 3), three_digits(100 / 15), three_digits(12.5)] == [33.3, 6.67, 12.5]


@pytest.mark.shared
def test_the_characters_of_every_number_give_its_value_again(shared: Path) -> None:
    with (shared / "gold" / "train.papers.jsonl").open(encoding="utf-8") as file:
        texts = [paper["abstract"] for paper in map(json.loads, file)]
    found = [(text[n.start : n.end], n.value) for text in texts for n in scan(text)]
    assert [(surface, value) for surface, value in found if value_in(surface) != value] == []
    assert len(found) > 4000


@given(st.floats(0, 1e6).map(lambda v: round(v, 2)), st.sampled_from(["%", "x", " ms", " dB", " points", ""]))
def test_what_is_written_is_read(value: float, unit: str) -> None:
    surface = f"{value:.2f}{unit}"
    assert scan(f"it reaches {surface}, they say") == [Numeral(11, 11 + len(surface), value, unit.strip())]


@given(st.text(alphabet="0123456789.,-x%×~^{}$\\ abtimes/:+±\n", max_size=60))
def test_any_text_gives_numbers_in_order_that_do_not_overlap(text: str) -> None:
    found = scan(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(0 <= n.start < n.end <= len(text) and n.value >= 0 for n in found)
