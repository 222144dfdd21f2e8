"""What every store does, run on each of them."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from graphs import Model, lines, paper
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.errors import QueryError, SchemaError, StoreError, StoreForeign
from kg.schema import EDGES, NODES, Edge, Node, PaperGraph, Value
from kg.stores import Store, open_store
from kg.stores.base import StoredPaper, WriteReport
from kg.stores.columns import ARROW
from kg.stores.ladybug import LadybugStore
from kg.stores.merge import stored_paper
from kg.stores.neo4j import Neo4jStore
from kg.stores.statements import canonical

MENTION: dict[str, Value] = {"mentions": ("FID",), "startChar": 8, "endChar": 11, "confidence": 0.5}


def tiny(
    abstract: str = "We reach FID 1.8.",
    *,
    fingerprint: str = "f1",
    authors: tuple[str, ...] = ("Ada", "Bo"),
    name: str = "Mixer",
) -> PaperGraph:
    """One paper with one result; `name` is what it calls its method."""
    nodes = [
        Node("Method", "method:mixer", {"name": name}),
        Node("Metric", "metric:fid", {"name": "FID", "aliases": ("Inception distance",), "higherIsBetter": False}),
        Node("Result", "p/1", {"value": 1.8, "unit": "", "own": True, "evidence": "FID 1.8", "startChar": 11}),
        *(Node("Author", author, {"name": author}) for author in authors),
    ]
    edges = [
        *(Edge("WROTE", author, "p", {"position": place}) for place, author in enumerate(authors, 1)),
        Edge("PROPOSES", "p", "method:mixer", {**MENTION, "name": name, "named": True}),
        Edge("USES_METRIC", "p", "metric:fid", {**MENTION, "name": "FID"}),
        Edge("REPORTS", "p", "p/1"),
        Edge("MEASURES", "p/1", "metric:fid", {"confidence": 0.75}),
    ]
    values: dict[str, Value] = {"title": "P", "abstract": abstract, "year": 2020, "fingerprint": fingerprint}
    return PaperGraph(Node("Paper", "p", values), tuple(nodes), tuple(edges))


def test_a_paper_comes_back_whole(store: Store) -> None:
    graph = tiny()
    assert store.write([graph]) == WriteReport(written=1)
    for label in NODES:
        assert list(store.nodes(label)) == [n for n in (graph.paper, *graph.nodes) if n.label == label]
    for kind in EDGES:
        found = list(store.edges(kind))
        assert found == [e for e in graph.edges if e.type == kind]
        assert [e.properties for e in found] == [e.properties for e in graph.edges if e.type == kind]
    assert [n.properties for n in store.nodes("Paper")] == [graph.paper.properties]
    assert [n.properties for n in store.nodes("Result")] == [graph.nodes[2].properties]
    assert store.papers(["p", "none"]) == {"p": stored_paper(graph)}


def test_the_same_again_changes_nothing(store: Store) -> None:
    store.write([tiny()])
    before = lines(store)
    assert store.write([tiny()]) == WriteReport(unchanged=1)
    assert lines(store) == before


def test_nothing_written_is_nothing(store: Store) -> None:
    assert store.write([]) == WriteReport()
    assert (store.papers([]), store.remove([])) == ({}, 0)
    assert lines(store) == []


def test_another_field_keeps_the_facts(store: Store) -> None:
    store.write([tiny()])
    newer = tiny(authors=("Cy", "Bo", "Ada"))
    newer = replace(
        newer, paper=replace(newer.paper, properties={**newer.paper.properties, "year": 2019, "doi": "10.1/x"})
    )
    assert store.write([newer]) == WriteReport(merged=1)
    [stored] = store.papers(["p"]).values()
    assert (stored.paper.authors, stored.paper.year, stored.paper.doi) == (("Cy", "Bo", "Ada"), 2019, "10.1/x")
    assert [(e.start, e.properties) for e in store.edges("WROTE")] == [
        ("Ada", {"position": 3}),
        ("Bo", {"position": 2}),
        ("Cy", {"position": 1}),
    ]
    assert store.write([tiny()]) == WriteReport(unchanged=1)


def test_a_longer_abstract_replaces_the_facts(store: Store) -> None:
    store.write([tiny()])
    longer = replace(tiny("No number stands in this text."), nodes=(), edges=())
    assert store.write([longer]) == WriteReport(written=1)
    assert (list(store.nodes("Result")), list(store.edges("MEASURES")), list(store.nodes("Metric"))) == ([], [], [])
    assert store.write([tiny()]) == WriteReport(unchanged=1)
    assert list(store.nodes("Result")) == []
    assert [n.id for n in store.nodes("Author")] == ["Ada", "Bo"]


def test_another_fingerprint_replaces_the_facts(store: Store) -> None:
    store.write([tiny()])
    assert store.write([tiny(fingerprint="f2", name="mixer")]) == WriteReport(written=1)
    assert [n.properties["name"] for n in store.nodes("Method")] == ["mixer"]
    assert len(list(store.nodes("Result"))) == 1


def test_fields_without_a_text_of_their_own(store: Store) -> None:
    """The empty text loses, and so the facts and the fingerprint stay."""
    store.write([tiny()])
    values: dict[str, Value] = {"title": "", "abstract": "", "fingerprint": "", "venue": "ICML"}
    assert store.write([PaperGraph(Node("Paper", "p", values))]) == WriteReport(merged=1)
    [stored] = store.papers(["p"]).values()
    assert (stored.paper.venue, stored.paper.title, stored.fingerprint) == ("ICML", "P", "f1")


def test_names_are_the_least_that_living_papers_give(store: Store) -> None:
    names = {"p1": "mixer", "p2": "Mixer", "p3": "MIXER"}
    store.write([_names_only(key, name) for key, name in names.items()])
    assert _method_name(store) == "MIXER"
    store.remove(["p3"])
    assert _method_name(store) == "Mixer"
    longer = replace(
        _names_only("p2", "unused").paper, properties={"title": "p2", "abstract": "longer", "fingerprint": "2"}
    )
    store.write([PaperGraph(longer)])
    assert _method_name(store) == "mixer"
    store.remove(["p1"])
    store.write([_names_only("p4", "zmixer")])
    assert _method_name(store) == "zmixer"


def _names_only(key: str, name: str) -> PaperGraph:
    node = Node("Method", "method:mixer", {"name": name})
    return PaperGraph(
        Node("Paper", key, {"title": key, "abstract": "", "fingerprint": "1"}),
        (node,),
        (Edge("USES", key, node.id, {"name": name}),),
    )


def _method_name(store: Store) -> object:
    [node] = store.nodes("Method")
    return node.properties["name"]


def test_remove_leaves_entities_and_prune_deletes_them(store: Store) -> None:
    store.write([tiny(), _names_only("p2", "Mixer")])
    assert store.remove(["p", "unknown"]) == 1
    assert store.remove(["p"]) == 0
    assert store.papers(["p"]) == {}
    expected = Model()
    expected.write([_names_only("p2", "Mixer")])
    assert lines(store) == expected.lines()
    assert store.read("MATCH (n:Metric) RETURN count(n) AS n") == [{"n": 1}]
    assert store.prune() == 3
    assert store.read("MATCH (n:Metric) RETURN count(n) AS n") == [{"n": 0}]
    assert lines(store) == expected.lines()


def test_prune_repairs_names(store: Store) -> None:
    store.write([tiny()])
    wrong = {"rows": [{"id": "", "name": ""}, {"id": "method:mixer", "name": "Wrong"}]}
    _write_raw(store, "UNWIND $rows AS row MATCH (n:Method {id: row.id}) SET n.name = row.name", wrong)
    assert store.prune() == 0
    assert _method_name(store) == "Mixer"


def _write_raw(store: Store, text: str, parameters: dict[str, Any]) -> None:
    if isinstance(store, LadybugStore):
        store._connection.execute(text, parameters)
    else:
        assert isinstance(store, Neo4jStore)
        store._driver.execute_query(text, parameters, database_=store.database)


def test_one_relationship_a_pair_and_type(store: Store) -> None:
    twice = replace(tiny(), edges=(*tiny().edges, Edge("WROTE", "Ada", "p", {"position": 3})))
    store.write([twice])
    assert [(e.start, e.properties["position"]) for e in store.edges("WROTE")] == [("Ada", 1), ("Bo", 2)]
    assert store.write([twice]) == WriteReport(unchanged=1)


def test_a_batch_with_one_paper_several_times(store: Store) -> None:
    assert store.write([tiny(), tiny("Longer than the other abstract."), tiny()]) == WriteReport(written=2, unchanged=1)
    assert len(list(store.nodes("Result"))) == 1


def test_a_bad_row_stops_the_batch_before_it_begins(store: Store) -> None:
    good = replace(tiny(), paper=Node("Paper", "other", {"title": "Other"}), nodes=(), edges=())
    bad = replace(tiny(), nodes=(Node("Result", "p/1", {"value": "many"}),), edges=())
    with pytest.raises(SchemaError, match="Result 'p/1': value must be float, not str 'many'"):
        store.write([good, bad])
    assert lines(store) == []


def test_rows_come_in_the_order_of_code_points(store: Store) -> None:
    keys = ["\U00010000", "\uffff", "Z", "a", "é", "e\u0301", "ab", "a b", "-", "ß"]
    store.write([PaperGraph(Node("Paper", key, {"title": key})) for key in keys])
    assert [n.id for n in store.nodes("Paper")] == sorted(keys)


def test_bulk_load_gives_the_rows_of_write(store: Store) -> None:
    graphs = [paper(f"p{n}", "some text" * n, authors=("Ada", f"A{n}")) for n in range(12)]
    expected = Model()
    expected.write(graphs)
    assert store.bulk_load(iter(graphs)) == WriteReport(written=12)
    assert lines(store) == expected.lines()
    assert store.write(graphs) == WriteReport(unchanged=12)
    if store.capabilities.concurrent_writers:
        assert store.bulk_load(iter(graphs)) == WriteReport(unchanged=12)
    else:
        with pytest.raises(StoreError, match=r"is not empty \(it has a Paper\); load with write, or into a new"):
            store.bulk_load(iter(graphs))


def test_reading_gives_plain_values(store: Store) -> None:
    store.write([tiny()])
    [row] = store.read(
        "MATCH (p:Paper)-[r:REPORTS]->(n:Result) RETURN p.id AS id, sum(p.year) AS years, avg(n.value) AS mean, "
        "date('2020-01-02') AS day, p.doi AS doi, n.own AS own, $given AS given, [1, 2] AS list, {a: 'b'} AS map",
        {"given": "x"},
    )
    assert row == {
        "id": "p",
        "years": 2020,
        "mean": 1.8,
        "day": "2020-01-02",
        "doi": None,
        "own": True,
        "given": "x",
        "list": [1, 2],
        "map": {"a": "b"},
    }
    assert {type(row["years"]), type(row["mean"])} == {int, float}


def test_reading_gives_nodes_relationships_and_paths_as_dicts(store: Store) -> None:
    store.write([tiny(authors=("Ada",))])
    node = {"label": "Author", "id": "Ada", "properties": {"name": "Ada"}}
    end = {"label": "Paper", "id": "p", "properties": dict(tiny().paper.properties)}
    wrote = {"type": "WROTE", "properties": {"position": 1}}
    assert store.read("MATCH (a:Author)-[r:WROTE]->(p:Paper) RETURN a, r") == [{"a": node, "r": wrote}]
    assert store.read("MATCH path = (a:Author)-[r:WROTE]->(p:Paper) RETURN path") == [
        {"path": {"nodes": [node, end], "relationships": [wrote]}}
    ]


def test_rows_keep_the_order_of_the_query(store: Store) -> None:
    store.write([paper(f"p{n}", "") for n in range(5)])
    rows = store.read("MATCH (p:Paper) RETURN p.id AS id ORDER BY p.id DESC")
    assert [row["id"] for row in rows] == ["p4", "p3", "p2", "p1", "p0"]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (n:Paper {id: 'made'})",
        "MATCH (p:Paper) SET p.title = 'changed'",
        "MATCH (p:Paper) DETACH DELETE p",
        "MATCH (p:Paper) RETURN p.id; MATCH (p:Paper) DETACH DELETE p",
        "// a comment\nMERGE (n:Author {id: 'made'})",
        "COMMIT",
        "RETURN nonsense",
        "MATCH (p:Paper RETURN p",
        "",
    ],
)
def test_what_is_no_reading_query_is_refused(store: Store, text: str) -> None:
    store.write([tiny()])
    before = lines(store)
    with pytest.raises(
        QueryError, match=r"^(the store refuses the query: .+|only reading queries: begin with MATCH.*)$"
    ):
        store.read(text)
    assert lines(store) == before
    assert store.write([tiny(fingerprint="f2")]) == WriteReport(written=1)


def test_a_reader_cannot_write(store: Store, store_url: str) -> None:
    store.write([tiny()])
    expected = lines(store)
    store.close()
    with open_store(store_url, read_only=True) as reader:
        assert lines(reader) == expected
        assert reader.papers(["p"]) == {"p": stored_paper(tiny())}
        for write in (
            reader.ensure_schema,
            reader.prune,
            lambda: reader.write([]),
            lambda: reader.remove(["p"]),
            lambda: reader.bulk_load(iter([])),
        ):
            with pytest.raises(StoreError, match="was opened for reading only"):
                write()


def test_the_schema_may_be_ensured_again(store: Store) -> None:
    store.write([tiny()])
    before = lines(store)
    store.ensure_schema()
    assert lines(store) == before


def test_another_schema_version_is_refused(store: Store, store_url: str) -> None:
    _write_raw(store, "MATCH (n:KgMeta) SET n.version = $version", {"version": 999})
    with pytest.raises(StoreForeign, match=r"has schema version \[999\], this kg writes 1"):
        store.ensure_schema()
    store.close()
    with pytest.raises(StoreForeign, match="has schema version"):
        open_store(store_url, read_only=True)


def test_closing_twice_does_no_harm(store: Store) -> None:
    store.close()
    store.close()


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    [
        "'",
        "`",
        '"',
        "\\",
        "$rows",
        "x'}) DETACH DELETE n //",
        "`) DELETE",
        "\u202eabc",
        "e\u0301\u0301",
        "\U0001f600",
        "\n",
        "{}",
    ]
)


@given(key=TEXT.filter(bool), name=TEXT, forms=st.lists(TEXT, max_size=3))
@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_hostile_text_stays_text(store: Store, key: str, name: str, forms: list[str]) -> None:
    """One store for all examples: each removes what it wrote."""
    mention: dict[str, Value] = {"name": name, "mentions": tuple(sorted(set(forms))), "confidence": 0.5}
    graph = PaperGraph(
        Node("Paper", key, {"title": name, "abstract": name, "url": name, "fingerprint": key}),
        (Node("Author", key, {"name": name}), Node("Task", key, {"name": name, "aliases": mention["mentions"]})),
        (Edge("WROTE", key, key, {"position": 1}), Edge("ADDRESSES", key, key, mention)),
    )
    expected = Model()
    expected.write([graph])
    store.write([graph])
    assert store.papers([key]) == {key: stored_paper(graph)}
    assert lines(store) == expected.lines()
    assert store.read("MATCH (p:Paper) WHERE p.title = $name RETURN p.id AS id", {"name": name}) == [{"id": key}]
    assert store.remove([key]) == 1
    assert store.prune() == 2


def test_long_texts_and_extreme_numbers(store: Store) -> None:
    values: dict[str, Value] = {"title": "x" * 5000, "abstract": "é" * 200_000, "year": -(2**63), "upvotes": 2**63 - 1}
    result = Node("Result", "r", {"value": 5e-324, "confidence": 1.7976931348623157e308, "startChar": 0})
    graph = PaperGraph(Node("Paper", "p", values), (result,), (Edge("REPORTS", "p", "r"),))
    store.write([graph])
    assert [n.properties for n in store.nodes("Paper")] == [{**values, "fingerprint": ""}]
    assert [n.properties for n in store.nodes("Result")] == [result.properties]


def test_the_longest_id(store: Store) -> None:
    key = "\U0001f600" * 2000
    store.write([PaperGraph(Node("Paper", key, {"title": "P"}), (Node("Author", key),), (Edge("WROTE", key, key),))])
    assert [(edge.start, edge.end) for edge in store.edges("WROTE")] == [(key, key)]
    with pytest.raises(SchemaError, match=r"^Paper id has 2001 characters, more than 2000: "):
        store.write([PaperGraph(Node("Paper", key + "x"))])


def test_papers_by_key(store: Store) -> None:
    graphs = [paper(f"p{n}", f"text {n}", authors=("Ada", "Bo")) for n in range(150)]
    store.write(graphs)
    expected: dict[str, StoredPaper] = {graph.paper.id: stored_paper(graph) for graph in graphs}
    assert store.papers([*expected, "p0", "none"]) == expected


def test_a_saved_table_has_the_rows_and_types_of_the_schema(store: Store, tmp_path: Path) -> None:
    store.write([paper(f"p{n}", f"text {n}", authors=("Ada", "Bo"), year=2020) for n in range(30)])
    store.write([PaperGraph(Node("Paper", "odd", {"title": "a\u2028\n\"'\\", "abstract": ""}))])
    store.remove(["p1"])
    for name in (*NODES, *EDGES):
        file = tmp_path / f"it's {name}.parquet"
        store.save(name, file)
        saved = pq.read_table(file)
        keys, kind = (["id"], NODES[name]) if name in NODES else (["from", "to"], EDGES[name])
        wanted = ["string" for _ in keys] + [str(ARROW[t]) for t in kind.properties.values()]
        assert saved.column_names == [*keys, *kind.properties]
        assert [re.sub("<.*: ", "<item: ", str(t)) for t in saved.schema.types] == wanted
        rows: dict[tuple[str, ...], Mapping[str, Value]] = {}
        if name in NODES:
            rows |= {(n.id,): n.properties for n in store.nodes(name)}
        else:
            rows |= {(e.start, e.end): e.properties for e in store.edges(name)}
        found = {tuple(row.pop(key) for key in keys): canonical(kind.properties, row) for row in saved.to_pylist()}
        assert (found, saved.num_rows) == (rows, len(rows))


@pytest.mark.parametrize("kind", [LadybugStore, Neo4jStore])
def test_signatures_are_those_of_the_protocol(kind: type) -> None:
    names = [
        name
        for name, value in vars(Store).items()
        if inspect.isfunction(value) and name not in {"__init__", "__subclasshook__"}
    ]
    names = [name for name in names if not name.startswith("_") or name in {"__enter__", "__exit__"}]
    assert len(names) == 14
    for name in names:
        assert inspect.signature(getattr(kind, name)) == inspect.signature(getattr(Store, name)), name


def test_edges_are_ordered(store: Store) -> None:
    store.write([paper(f"p{n % 3}", f"text {n}", authors=("Zoë", "Ada", "Bo")) for n in range(9)])
    for kind in EDGES:
        pairs = [(edge.start, edge.end) for edge in store.edges(kind)]
        assert all(one < other for one, other in pairwise(pairs))
