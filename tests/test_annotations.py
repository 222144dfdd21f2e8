"""The records in annotations/, beside the papers that they were made of."""

from pathlib import Path

import pytest

from kg.train.gold import AnnotatedPaper, read_papers

RECORDS = Path(__file__).parents[1] / "annotations" / "conference.jsonl"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def papers(shared: Path) -> list[AnnotatedPaper]:
    return list(read_papers(RECORDS, shared / "corpus" / "conference_abstracts.jsonl.gz"))


def test_each_paper_is_there_once_and_none_is_of_the_gold_standard(papers: list[AnnotatedPaper], shared: Path) -> None:
    texts = {paper.text for paper in papers}
    assert len(texts) == len(papers) > 6_000
    for part in ("train", "dev"):
        gold = read_papers(shared / "gold" / f"{part}.jsonl", shared / "gold" / f"{part}.papers.jsonl")
        assert texts.isdisjoint(paper.text for paper in gold)


def test_what_a_record_quotes_stands_in_the_paper(papers: list[AnnotatedPaper]) -> None:
    assert sum(len(paper.results) for paper in papers) > 6_000
    for paper in papers:
        assert all(result.evidence in paper.text for result in paper.results), paper.paper.id
        assert all(mention in paper.text for entity in paper.entities for mention in entity.surfaces[1:]), (
            paper.paper.id
        )
