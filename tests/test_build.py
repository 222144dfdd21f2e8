"""From inputs to a store: counts that add up, runs that repeat nothing, and one graph whatever the order."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from curves import write_table
from dumps import dump, written
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg import build as building
from kg import calibration
from kg.build import BuildReport, build, load
from kg.errors import InputError
from kg.export import jsonl
from kg.quarantine import read_quarantine
from kg.record_files import parse_record, read_records, record_line
from kg.records import JSON, Extraction, Paper

DATA = Path(__file__).parent / "data" / "cli"
PAPERS = DATA / "papers.jsonl"
RECORDS = DATA / "records.jsonl"
ROWS: list[dict[str, JSON]] = [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]


def loaded(
    path: Path, *inputs: Path, floor: float | None = None, model: Path | None = None, quarantine: Path | None = None
) -> BuildReport:
    with kg.open_store(path) as store:
        return load(inputs, store, min_precision=floor, model=model, quarantine=quarantine)


def built(path: Path, *inputs: Path, jobs: int = 1, quarantine: Path | None = None) -> BuildReport:
    with kg.open_store(path) as store:
        return build(inputs, store, jobs=jobs, quarantine=quarantine)


def test_report_adds_and_reads_as_one_line() -> None:
    report = BuildReport(read=3, written=1, merged=1) + BuildReport(quarantined=1, dropped=2)
    assert report == BuildReport(read=3, written=1, merged=1, quarantined=1, dropped=2)
    assert str(report) == (
        "3 read = 1 written + 1 merged + 0 unchanged + 1 quarantined; 2 facts dropped, 0 writes retried"
    )
    assert report.to_json()["dropped"] == 2


# ---- building -------------------------------------------------------------------------------------------------------


def test_a_second_build_changes_nothing(tmp_path: Path) -> None:
    assert built(tmp_path / "s", PAPERS) == BuildReport(read=5, written=5)
    before = dump(tmp_path / "s")
    assert built(tmp_path / "s", PAPERS) == BuildReport(read=5, unchanged=5)
    assert dump(tmp_path / "s") == before


def test_jobs_do_not_show(tmp_path: Path) -> None:
    rows: list[JSON] = [{**row, "title": f"{row['title']} {i}"} for i in range(30) for row in ROWS]
    many = written(tmp_path / "many.jsonl", rows)
    assert built(tmp_path / "one", many) == built(tmp_path / "two", many, jobs=2) == BuildReport(read=150, written=150)
    assert dump(tmp_path / "one") == dump(tmp_path / "two")


def test_repeats_and_order_do_not_show(tmp_path: Path) -> None:
    backwards = written(tmp_path / "backwards.jsonl", [*reversed(ROWS), ROWS[0]])
    assert built(tmp_path / "a", PAPERS) == BuildReport(read=5, written=5)
    assert built(tmp_path / "b", backwards) == BuildReport(read=6, written=5, merged=1)
    assert without_source(dump(tmp_path / "a")) == without_source(dump(tmp_path / "b"))


def without_source(lines: list[str]) -> list[JSON]:
    rows = [json.loads(line) for line in lines]
    for row in rows:
        row["properties"].pop("source", None)
    return rows


def test_new_fields_are_merged_without_extracting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path / "s", PAPERS)
    more: list[JSON] = [{**ROWS[1], "upvotes": 12, "authors": ["Stone, Cy", "New Name"]}, {**ROWS[2], "abstract": ""}]
    extracted: list[str] = []

    def refuse(_: object, papers: Iterable[Paper], __: object) -> Iterator[tuple[Paper, Extraction]]:
        extracted.extend(paper.title for paper in papers)
        return iter(())

    monkeypatch.setattr("kg.extraction.Extractor.pipe", refuse)
    report = built(tmp_path / "s", written(tmp_path / "more.jsonl", more))
    assert report == BuildReport(read=2, merged=1, unchanged=1)
    assert extracted == []
    with kg.open_store(tmp_path / "s", read_only=True) as store:
        stored = store.papers(["oldbeam-a-plain-baseline-that-lasts"])["oldbeam-a-plain-baseline-that-lasts"].paper
    assert (stored.upvotes, stored.authors, stored.abstract) == (12, ("Cy Stone", "New Name"), ROWS[1]["abstract"])


def test_a_longer_text_is_extracted_again(tmp_path: Path) -> None:
    built(tmp_path / "s", PAPERS)
    longer = {**ROWS[3], "abstract": f"{ROWS[3]['abstract']} We also count sheep."}
    assert built(tmp_path / "s", written(tmp_path / "l.jsonl", [longer])) == BuildReport(read=1, written=1)
    assert built(tmp_path / "s", PAPERS) == BuildReport(read=5, unchanged=5)


def test_bad_records_go_to_quarantine_and_come_back(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": "Good one", "abstract": "Fine."}\n{"title": 7}\n{"title": "Cut off\n')
    quarantine = tmp_path / "quarantine.jsonl"
    assert built(tmp_path / "s", bad, quarantine=quarantine) == BuildReport(read=3, written=1, quarantined=2)
    assert [(r.line, r.stage) for r in read_quarantine(quarantine)] == [(2, "read"), (3, "read")]
    repaired = quarantine.read_text().replace("7}", '\\"Seven\\"}').replace("Cut off", 'Cut off\\"}')
    (tmp_path / "repaired.jsonl").write_text(repaired)
    assert built(tmp_path / "s", tmp_path / "repaired.jsonl") == BuildReport(read=2, written=2)


def test_far_repeats_are_merged_by_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "WINDOW", 2)
    monkeypatch.setattr(building, "BATCH", 2)
    report = built(tmp_path / "s", PAPERS, PAPERS)
    assert report.read == 10 == report.written + report.merged + report.unchanged
    assert report.written == 5
    built(tmp_path / "once", PAPERS)
    assert dump(tmp_path / "s") == dump(tmp_path / "once")


# ---- loading --------------------------------------------------------------------------------------------------------


def test_records_in_bulk_and_one_by_one_give_the_same_graph(tmp_path: Path) -> None:
    first, rest = written(tmp_path / "1.jsonl", ROWS[:1]), written(tmp_path / "2.jsonl", ROWS[1:])
    assert loaded(tmp_path / "bulk", RECORDS) == BuildReport(read=5, written=5)
    loaded(tmp_path / "single", rest)
    assert loaded(tmp_path / "single", first) == BuildReport(read=1, written=1)
    assert dump(tmp_path / "single") == dump(tmp_path / "bulk")
    assert loaded(tmp_path / "bulk", RECORDS) == BuildReport(read=5, unchanged=5)


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(range(5)), cut=st.integers(0, 5), again=st.integers(0, 4))
def test_any_order_and_split_give_the_same_graph(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], cut: int, again: int
) -> None:
    folder = tmp_path_factory.mktemp("split")
    parts = [[ROWS[i] for i in order[:cut]], [ROWS[i] for i in order[cut:]] + [ROWS[again]]]
    for number, part in enumerate(parts):
        loaded(folder / "s", written(folder / f"{number}.jsonl", part))
    loaded(folder / "clean", RECORDS)
    assert dump(folder / "s") == dump(folder / "clean")


def test_a_repeat_in_a_bulk_load(tmp_path: Path) -> None:
    assert loaded(tmp_path / "s", RECORDS, RECORDS) == BuildReport(read=10, written=5, unchanged=5)


def test_extract_then_load_is_build(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    pairs = kg.extract(kg.read(PAPERS))
    records.write_text("".join(f"{record_line(extraction, paper)}\n" for paper, extraction in pairs))
    loaded(tmp_path / "a", records)
    built(tmp_path / "b", PAPERS)
    assert dump(tmp_path / "a") == dump(tmp_path / "b")
    assert built(tmp_path / "a", PAPERS) == BuildReport(read=5, unchanged=5)


def test_an_edited_record_replaces_the_paper_s_facts(tmp_path: Path) -> None:
    paper, extraction = parse_record(json.dumps(ROWS[0]))
    made = record_line(Extraction(paper.key, extraction.methods, extractor="e1"), paper)
    records = tmp_path / "records.jsonl"
    records.write_text(made)
    loaded(tmp_path / "s", records)
    records.write_text(made.replace('"name": "OldBeam"', '"name": "NewBeam"'))
    assert loaded(tmp_path / "s", records) == BuildReport(read=1, written=1)
    assert [line for line in dump(tmp_path / "s") if "newbeam" in line] != []
    assert loaded(tmp_path / "s", records) == BuildReport(read=1, unchanged=1)


def test_a_record_of_a_shorter_text_keeps_the_stored_facts(tmp_path: Path) -> None:
    loaded(tmp_path / "s", RECORDS)
    before = dump(tmp_path / "s")
    short: dict[str, JSON] = {"title": ROWS[0]["title"], "abstract": "We propose LanternNet.", "results": []}
    assert loaded(tmp_path / "s", written(tmp_path / "short.jsonl", [short])) == BuildReport(read=1, unchanged=1)
    assert dump(tmp_path / "s") == before


def test_min_precision_drops_results_and_links(tmp_path: Path) -> None:
    row = json.loads(json.dumps(ROWS[0]))
    row["results"][0]["confidence"] = 0.59
    row["results"][1] |= {"confidence": 0.6, "linkConfidence": {"dataset": 0.69, "method": 0.7, "metric": 0.1}}
    row["results"][2] |= {"confidence": 0.9, "linkConfidence": {"method": 0.9, "baseline": 0.99}}
    records = written(tmp_path / "r.jsonl", [row])
    links = {link: [(0.5, 0.4, 0.8), (0.9, 0.7, 0.96)] for link in ("dataset", "method")}
    never = {"baseline": [(0.5, 0.4, 0.8)]}
    model = write_table(tmp_path, {"result": [(0.3, 0.2, 0.7), (0.8, 0.6, 0.96)], **links, **never})
    report = loaded(tmp_path / "s", records, floor=0.95, model=model)
    assert report == BuildReport(read=1, written=1, dropped=3)  # a result, the data set and the baseline of two others
    ends = [json.loads(line) for line in dump(tmp_path / "s")]
    assert sorted(r["properties"]["value"] for r in ends if r.get("label") == "Result") == [4.1, 8]
    kept = {"MEASURES", "OF_METHOD", "ON_DATASET", "AGAINST"} & {r.get("type") for r in ends}
    assert kept == {"MEASURES", "OF_METHOD"}
    assert loaded(tmp_path / "s", records, floor=0.95, model=model) == BuildReport(read=1, unchanged=1)
    assert loaded(tmp_path / "s", records) == BuildReport(read=1, written=1)  # other options, other facts


def test_min_precision_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    """Records without confidences are certain, whatever the model never reached."""
    model = write_table(tmp_path, {"result": [(0.8, 0.6, 0.96)], "method": [(0.5, 0.4, 0.1)]})
    assert loaded(tmp_path / "s", RECORDS, floor=0.95, model=model) == BuildReport(read=5, written=5)
    loaded(tmp_path / "all", RECORDS)
    assert without_fingerprint(dump(tmp_path / "s")) == without_fingerprint(dump(tmp_path / "all"))


def without_fingerprint(lines: list[str]) -> list[JSON]:
    rows = [json.loads(line) for line in lines]
    for row in rows:
        row["properties"].pop("fingerprint", None)
    return rows


def test_another_table_gives_other_cuts(tmp_path: Path) -> None:
    for name, least in (("a", 0.5), ("b", 0.7)):
        (tmp_path / name).mkdir()
        write_table(tmp_path / name, {"result": [(0.2, 0.1, 0.5), (0.8, least, 0.9)]})
    row = json.loads(json.dumps(ROWS[0]))
    for result in row["results"]:
        result["confidence"] = 0.6
    records = written(tmp_path / "r.jsonl", [row])
    assert loaded(tmp_path / "s", records, floor=0.8, model=tmp_path / "a") == BuildReport(read=1, written=1)
    report = loaded(tmp_path / "s", records, floor=0.8, model=tmp_path / "b")
    assert report == BuildReport(read=1, written=1, dropped=3)


def test_build_and_load_cut_alike(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    pairs = kg.extract(kg.read(PAPERS))
    records.write_text("".join(f"{record_line(extraction, paper)}\n" for paper, extraction in pairs))
    highest = max(knot.precision for knot in calibration.load().knots[calibration.RESULT])
    report = loaded(tmp_path / "a", records, floor=highest)
    with kg.open_store(tmp_path / "b") as store:
        assert build([PAPERS], store, min_precision=highest) == report
    assert report.dropped > 0
    assert dump(tmp_path / "a") == dump(tmp_path / "b")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON: "),
        ('{"id": "a"}', "the record has no title and no abstract; make it with `kg extract --papers`"),
        ('{"title": "\\ud800 cut", "abstract": "x"}', "title holds a lone surrogate, which UTF-8"),
        ('{"title": "NUL \\u0000 inside", "abstract": "x"}', "title holds a NUL"),
        ('{"title": "", "abstract": "\\ud800"}', "abstract holds a lone surrogate"),
    ],
)
def test_bad_lines_of_records(tmp_path: Path, line: str, reason: str) -> None:
    records = tmp_path / "r.jsonl"
    records.write_text(f"{line}\n\n{json.dumps(ROWS[3])}\n")
    quarantine = tmp_path / "q.jsonl"
    assert loaded(tmp_path / "s", records, quarantine=quarantine) == BuildReport(read=2, written=1, quarantined=1)
    assert [r.reason.startswith(reason) for r in read_quarantine(quarantine)] == [True]


def test_without_a_handler_a_bad_line_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text("[]\n")
    with pytest.raises(InputError, match=r"r\.jsonl, line 1: a record is a JSON object"):
        list(read_records([tmp_path / "r.jsonl"]))


def test_min_precision_must_be_a_share(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"min_precision must lie between 0 and 1, not 1\.5"):
        loaded(tmp_path / "s", RECORDS, floor=1.5)


def test_min_precision_out_of_reach(tmp_path: Path) -> None:
    model = write_table(tmp_path, {"result": [(0.3, 0.2, 0.7), (0.8, 0.6, 0.9)]})
    with pytest.raises(InputError, match=r"min_precision 0\.95 is out of reach: .* reach 0\.900 at most"):
        loaded(tmp_path / "s", RECORDS, floor=0.95, model=model)


def test_a_record_line_reads_back() -> None:
    paper, extraction = parse_record(json.dumps(ROWS[0]))
    again = parse_record(record_line(extraction, paper))
    assert again == (paper, extraction)


def test_progress_is_told_after_every_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "BATCH", 2)
    seen: list[int] = []
    with kg.open_store(tmp_path / "s") as store:
        build([PAPERS], store, progress=lambda report: seen.append(report.written))
    assert seen == [2, 4, 5]


def test_a_paper_without_authors_or_text_is_known_by_its_hash(tmp_path: Path) -> None:
    with kg.open_store(tmp_path / "s") as store:
        store.ensure_schema()
    one = written(tmp_path / "p.jsonl", [{"title": "", "abstract": "Only an abstract."}])
    assert built(tmp_path / "s", one) == BuildReport(read=1, written=1)
    assert built(tmp_path / "s", one) == BuildReport(read=1, unchanged=1)
    assert Paper("", "Only an abstract.").key.startswith("abstract-")


# ---- a real server --------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
def test_neo4j_gets_the_same_graph(neo4j_url: str, tmp_path: Path) -> None:
    loaded(tmp_path / "s", RECORDS)
    for part in (ROWS[3:], ROWS[:3], ROWS):
        with kg.open_store(neo4j_url) as server:
            report = load([written(tmp_path / "part.jsonl", part)], server)
    assert report == BuildReport(read=5, unchanged=5)
    with kg.open_store(neo4j_url, read_only=True) as server:
        assert list(jsonl.lines(server)) == dump(tmp_path / "s")
