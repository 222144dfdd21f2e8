"""Saved pages: three layouts, heads that stick to titles, titles that look like noise, votes and dates."""

import gzip
import json
from pathlib import Path

import pytest

from kg.readers import merge_repeats, read, read_all
from kg.records import Paper, Rejected

DATA = Path(__file__).parent / "data" / "readers"


def test_line_after_line_with_the_head_glued_to_the_title() -> None:
    assert list(read(DATA / "lines.txt")) == [
        Paper(
            "RiverNet: Small Filters for Long Signals",
            "Long signals are costly. RiverNet filters them in 3 stages and runs 8times faster.",
            source="lines.txt",
        ),
        Paper(
            "What Do Filters Learn? A Study of Streams",
            "We look at 12 streams and find that most filters learn edges.",
            source="lines.txt",
        ),
    ]


def test_blank_lines_between() -> None:
    assert list(read(DATA / "blank_lines.txt")) == [
        Paper("new", 'A word says little. This note asks what "new" means in titles.', source="blank_lines.txt"),
        Paper("A Title Without an Abstract", "", source="blank_lines.txt"),
        Paper(
            "Subscribe to Science: Readers of the Future",
            "Readers come and go.\nWe count them over ten years. Our contributions:\n- a count,\n"
            "- a plot at https://example.org/plot",
            source="blank_lines.txt",
        ),
        Paper("Everything Is A Tree.", "We draw 512times512 trees.", source="blank_lines.txt"),
    ]


def test_closing_lines_with_votes_below_the_date() -> None:
    assert list(read(DATA / "votes.txt")) == [
        Paper(
            "Clouds as Graphs",
            "Clouds have edges; we cut them.\nOur Second Paragraph Looks Like A Title\nIt is none.",
            year=2023,
            date="2023-05-22",
            upvotes=12,
            source="votes.txt",
        ),
        Paper("Graphs as Clouds", "", upvotes=2, source="votes.txt"),
        Paper("1984", "A year is a number. We read it.", year=2025, date="2025-12-09", upvotes=31, source="votes.txt"),
        Paper("Rain", r"Drops fall at \1,890 a second.", year=2024, source="votes.txt"),
    ]


def test_votes_above_the_title() -> None:
    assert list(read(DATA / "votes_first.txt")) == [
        Paper(
            "Sand in Motion",
            "Grains roll. We roll them faster.",
            year=2025,
            date="2025-08-11",
            upvotes=140,
            source="votes_first.txt",
        ),
        Paper(
            "2048",
            "A game with tiles. We merge them.",
            year=2025,
            date="2025-08-10",
            upvotes=7,
            source="votes_first.txt",
        ),
    ]


def test_pages_one_after_the_other_in_one_file(tmp_path: Path) -> None:
    names = ["blank_lines.txt", "lines.txt", "votes.txt"]
    both = tmp_path / "all.txt"
    both.write_text("\n".join((DATA / name).read_text("utf-8") for name in names), "utf-8")
    apart = [(p.title, p.abstract, p.upvotes) for p in read_all(DATA / name for name in names)]
    assert [(p.title, p.abstract, p.upvotes) for p in read(both)] == apart


def test_windows_line_ends_and_gzip_change_nothing(tmp_path: Path) -> None:
    page = tmp_path / "votes.txt.gz"
    page.write_bytes(gzip.compress((DATA / "votes.txt").read_bytes().replace(b"\n", b"\r\n")))
    assert list(read(page)) == list(read(DATA / "votes.txt"))


def test_a_page_without_a_head_is_read_on_demand(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Dunes\nSand moves in waves.\nFoam\nWaves break.\n", "utf-8")
    assert [p.title for p in read(page, format="pages")] == ["Dunes", "Foam"]


@pytest.mark.parametrize("bad", ["A broken \0 sign.", "A \udcff byte."])
def test_a_broken_entry_is_rejected_and_the_rest_read(tmp_path: Path, bad: str) -> None:
    page = tmp_path / "page.txt"
    text = f"Get trending papers in your email inbox!\nSubscribe\nDunes\n{bad}\nFoam\nWaves break.\n"
    page.write_bytes(text.encode("utf-8", "surrogateescape"))
    rejects: list[Rejected] = []
    assert [p.title for p in read(page, on_reject=rejects.append)] == ["Foam"]
    assert [(r.source, r.line, r.stage) for r in rejects] == [("page.txt", 3, "read")]
    assert rejects[0].reason in (
        "abstract holds a NUL character",
        "abstract holds a lone surrogate or bytes that are not UTF-8",
    )
    assert json.loads(rejects[0].record) == {"title": "Dunes", "abstract": bad}


@pytest.mark.shared
def test_seed_pages(shared: Path) -> None:
    pages = sorted((shared / "seeds").glob("*.txt"))
    entries = {page.name: list(read(page)) for page in pages}
    assert [len(papers) for papers in entries.values()] == [72, 224, 37, 120, 89]
    assert sum(map(len, entries.values())) == 542
    merged = list(merge_repeats(read_all(pages)))
    assert len(merged) == 461 == len({paper.key for paper in merged})
    for page in pages:
        text = page.read_text("utf-8")
        for paper in entries[page.name]:
            assert paper.title in text
            assert paper.abstract in text
            assert len(paper.abstract) > 500
    texts = {(name, p.title, p.abstract) for name, papers in entries.items() for p in papers}
    gold = [json.loads(line) for line in (shared / "gold" / "dev.papers.jsonl").read_text("utf-8").splitlines()]
    from_pages = [row for row in gold if row["source"] in entries]
    assert len(from_pages) > 200
    assert [r["id"] for r in from_pages if (r["source"], r["title"], r["abstract"]) not in texts] == []
