"""corrections.yaml: what entries do, and what is said about bad ones."""

import re
from pathlib import Path
from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorrectionsError
from kg.records import Entity
from kg.resolve import Resolver
from kg.resolve.corrections import Corrections, Move, compile_entries, follow, load_corrections
from kg.resolve.entries import Entry, Merge, Rename, Where, read_entries
from kg.resolve.identities import Identified, Identities
from kg.resolve.tables import Tables, Target

TABLES = Tables(
    [
        Target("dataset", "MS COCO", ("COCO",)),
        Target("dataset", "COCO Captions", ("MS COCO Captions",)),
        Target("metric", "NFE", (), ("number of function evaluations",), True, "x"),
        Target("method", "VAR", (), ("visual autoregressive modeling",)),
    ]
)
HERE = Where("corrections.yaml", 1)


def load(folder: Path, text: str) -> Corrections:
    file = folder / "corrections.yaml"
    file.write_text(text, encoding="utf-8")
    return load_corrections(file, TABLES)


def in_paper(corrections: Corrections, paper: str, name: str) -> Identified:
    entity = Entity("method", name, (name,), 0, len(name))
    return Identities(TABLES, corrections).in_paper(paper, entity, ())


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "# none yet\n") == Corrections()


def test_merge_leads_every_name_to_one_entity(tmp_path: Path) -> None:
    corrections = load(tmp_path, "- merge: {kind: dataset, names: [ShopTalk, COCO], into: COCO Captions}\n")
    identities = Identities(TABLES, corrections)
    ids = {identities.entity_id("dataset", n) for n in ("shop talk", "MS COCO", "COCO captions", "MS COCO Captions")}
    assert ids == {"dataset:cococaption"}
    assert identities.name("dataset:cococaption") == "COCO Captions"
    assert identities.aliases("dataset:cococaption") == (
        "COCO",
        "COCO Captions",
        "MS COCO",
        "MS COCO Captions",
        "ShopTalk",
    )


def test_merge_into_a_name_that_no_table_has(tmp_path: Path) -> None:
    corrections = load(tmp_path, "- merge: {kind: method, names: [Foo Net, FooNetwork], into: FooNet v1}\n")
    identities = Identities(TABLES, corrections)
    assert identities.entity_id("method", "FooNet") == "method:foonetv1"
    assert identities.name("method:foonetv1") == "FooNet v1"
    assert identities.aliases("method:foonetv1") == ("Foo Net", "FooNet v1", "FooNetwork")


def test_rename_shows_the_new_name_and_keeps_the_old_as_alias(tmp_path: Path) -> None:
    corrections = load(
        tmp_path,
        "- rename: {kind: method, name: sd, to: Stable Painter}\n- rename: {kind: dataset, name: MSCOCO, to: COCO}\n",
    )
    identities = Identities(TABLES, corrections)
    assert identities.entity_id("method", "SD") == identities.entity_id("method", "stable painter")
    assert identities.name("method:stablepainter") == "Stable Painter"
    assert identities.aliases("method:stablepainter") == ("Stable Painter", "sd")
    assert identities.entity_id("dataset", "MS COCO") == "dataset:mscoco"
    assert identities.name("dataset:mscoco") == "COCO"
    assert identities.aliases("dataset:mscoco") == ("COCO", "MS COCO", "MSCOCO")


def test_merges_and_renames_chain(tmp_path: Path) -> None:
    corrections = load(
        tmp_path,
        "- rename: {kind: method, name: C, to: D}\n- merge: {kind: method, names: [A, B], into: C}\n",
    )
    assert corrections.roots == {f"method:{name}": "method:d" for name in "abc"}
    assert in_paper(corrections, "p", "A").name == "D"


@pytest.mark.parametrize("paper", ["A Study of Prices!", "a-study-of-prices"])
def test_split_holds_in_its_paper_only(tmp_path: Path, paper: str) -> None:
    corrections = load(
        tmp_path,
        f'- split: {{kind: method, name: var, paper: "{paper}", as: VAR (vector autoregression)}}\n',
    )
    split = in_paper(corrections, "a-study-of-prices", "VAR")
    assert (split.id, split.name) == ("method:varvectorautoregression", "VAR (vector autoregression)")
    other = in_paper(corrections, "pictures", "VAR")
    assert (other.id, other.name) == ("method:var", "VAR")


def test_split_finds_an_acronym_that_its_paper_expands(tmp_path: Path) -> None:
    corrections = load(tmp_path, "- split: {kind: method, name: VAR, paper: P, as: VAR in finance}\n")
    entity = Entity("method", "VAR", ("VAR",), 0, 3)
    found = Identities(TABLES, corrections).in_paper("p", entity, (("VAR", "vector autoregression"),))
    assert (found.id, found.name) == ("method:varinfinance", "VAR in finance")


@pytest.mark.parametrize(
    ("entry", "rejected"),
    [
        ("{kind: method, name: Foo}", {"p", "q"}),
        ("{kind: method, name: foo, paper: P}", {"p"}),
        ("{kind: task, name: Foo}", set()),
    ],
)
def test_reject_an_entity(tmp_path: Path, entry: str, rejected: set[str]) -> None:
    corrections = load(tmp_path, f"- reject: {entry}\n")
    assert {paper for paper in ("p", "q") if in_paper(corrections, paper, "FOO").rejected} == rejected


def test_set_direction_and_unit_of_a_metric(tmp_path: Path) -> None:
    corrections = load(
        tmp_path,
        "- set: {metric: NFE, higherIsBetter: false}\n- set: {metric: nfe, unit: null}\n"
        "- set: {metric: glow, higherIsBetter: true, unit: lm}\n",
    )
    identities = Identities(TABLES, corrections)
    assert identities.metric_facts("metric:nfe") == {"higherIsBetter": False}
    assert identities.metric_facts("metric:glow") == {"higherIsBetter": True, "unit": "lm"}


ENTRIES = [
    "- merge: {kind: method, names: [A, B], into: C}\n",
    "- merge: {kind: method, names: [D], into: C}\n",
    "- rename: {kind: method, name: C, to: E}\n",
    "- split: {kind: method, name: A, paper: P, as: F}\n",
    "- reject: {kind: method, name: G}\n",
    "- reject: {result: {paper: P, metric: NFE, value: 3}}\n",
    "- set: {metric: NFE, unit: steps}\n",
    '- set: {result: 0a1b, bound: "~", own: false, method: null, value: 2.5}\n',
]


@given(st.permutations(ENTRIES))
def test_the_order_of_entries_means_nothing(tmp_path_factory: pytest.TempPathFactory, entries: list[str]) -> None:
    folder = tmp_path_factory.mktemp("c")
    one, other = load(folder, "".join(ENTRIES)), load(folder, "".join(entries))
    assert (one.roots, one.names, one.given_names, one.aliases, one.splits, one.rejected, one.signature) == (
        (other.roots, other.names, other.given_names, other.aliases, other.splits, other.rejected, other.signature)
    )


def test_the_signature_follows_the_meaning_and_not_the_layout(tmp_path: Path) -> None:
    plain = load(tmp_path, "- rename: {kind: method, name: sd, to: Stable Painter}\n")
    laid_out = load(tmp_path, "# why\n- rename:\n    to: Stable Painter\n    name: sd\n    kind: method\n")
    other = load(tmp_path, "- rename: {kind: method, name: sd, to: Stable Painters}\n")
    assert plain.signature == laid_out.signature != other.signature


def test_corrections_change_the_signature_of_a_resolver(tmp_path: Path) -> None:
    file = tmp_path / "corrections.yaml"
    file.write_text(ENTRIES[0])
    assert Resolver(file).signature != Resolver().signature
    assert Resolver(file).entity_id("method", "a") == "method:c"


@st.composite
def forests(draw: st.DrawFn) -> dict[int, int]:
    """Moves without a circle: each of up to 12 things goes to a greater one, or stays; then renumbered at random."""
    moves = {n: draw(st.integers(n + 1, 12)) for n in range(12) if draw(st.booleans())}
    labels = draw(st.permutations(range(13)))
    return {labels[a]: labels[b] for a, b in moves.items()}


@given(forests(), st.randoms(use_true_random=False))
def test_clusters_are_connected_components_in_any_order(moves: dict[int, int], random: Random) -> None:
    pairs = [Merge(HERE, "method", (f"m{a}",), f"m{b}") for a, b in moves.items()]
    random.shuffle(pairs)
    roots = compile_entries(pairs, TABLES).roots
    clusters: dict[str, set[str]] = {}
    for n in range(13):
        clusters.setdefault(roots.get(f"method:m{n}", f"method:m{n}"), set()).add(f"method:m{n}")
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(f"method:m{n}" for n in range(13))
    graph.add_edges_from((f"method:m{a}", f"method:m{b}") for a, b in moves.items())
    assert sorted(map(sorted, clusters.values())) == sorted(map(sorted, nx.connected_components(graph)))


@given(st.integers(1, 6), st.integers(0, 5))
def test_a_circle_is_refused_wherever_one_enters_it(length: int, tail: int) -> None:
    ring = [f"r{n}" for n in range(length)]
    entry = Merge(HERE, "method", ("x",), "y")
    moves = {name: Move(ring[(n + 1) % length], entry) for n, name in enumerate(ring)}
    moves |= {f"t{n}": Move(f"t{n - 1}" if n else ring[0], entry) for n in reversed(range(tail))}
    with pytest.raises(CorrectionsError, match=r"corrections.yaml:1: merges and renames run in a circle: r0 -> "):
        follow(dict(sorted(moves.items())))


BAD = [
    ("- merge: [", 1, "not YAML: expected the node content"),
    ("a: \x01", 1, "not YAML: unacceptable character"),
    ("merge: {}", 1, "corrections are a list; begin each entry with '- '"),
    ("- merge", 1, "an entry is one of merge, rename, split, reject, set with its fields; see docs/corrections.md"),
    ("- join: {kind: method}", 1, "unknown action 'join'; known: merge, rename, split, reject, set"),
    ("- rename: sd", 1, "rename needs fields, as in rename: {kind: method, name: sd, to: Stable Diffusion}"),
    (
        "- rename:\n    kind: method\n    nmae: sd\n    to: x",
        3,
        "unknown field 'nmae' of rename; known: kind, name, to",
    ),
    ("- rename: {kind: method, name: sd}", 1, "rename needs 'to', as in rename: {kind: method"),
    ("- rename:\n    kind: model\n    name: sd\n    to: x", 2, "'kind' must be one of method, dataset, metric, task"),
    ("- rename:\n    kind: method\n    name: 2048\n    to: x", 3, "'name' must be text; put it in quotes"),
    ("- rename: {kind: method, name: ' ', to: x}", 1, "'name' must be text that is not empty, without NUL"),
    ('- rename: {kind: method, name: "\\ud800", to: x}', 1, "'name' must be text that is not empty, without NUL"),
    ("- rename:\n    kind: method\n    name: a\n    name: b\n    to: c", 4, "'name' stands twice in this rename"),
    ("- rename: {[a]: b}", 1, "a field of rename must be a word"),
    ("- merge: {kind: method, names: A, into: B}", 1, "'names' must be a list of names, as in merge: {kind: dataset"),
    ("- reject: {result: {paper: P, metric: FID}}", 1, "result needs 'value', as in result: {paper: Title"),
    ("- reject: {result: {paper: P, metric: FID, value: '2'}}", 1, "'value' must be a number"),
    ("- reject: {result: {paper: P, metric: FID, value: .nan}}", 1, "'value' must be a number"),
    ("- set: {result: 0a1b}", 1, "set changes nothing; give at least one of metric, value, unit"),
    ("- set: {metric: FID}", 1, "set changes nothing; give at least one of higherIsBetter, unit"),
    ("- set: {metric: FID, direction: up}", 1, "unknown field 'direction' of set; known: metric, higherIsBetter, unit"),
    ("- set: {metric: FID, higherIsBetter: 1}", 1, "'higherIsBetter' must be true or false"),
    ("- set: {result: 0a1b, own: maybe}", 1, "'own' must be true or false"),
    ("- set: {result: 0a1b, bound: about}", 1, "'bound' must be one of =, ~, >, <, <=, in quotes where it is a sign"),
    ("- set: {result: 0a1b, direction: left}", 1, "'direction' must be one of up, down"),
    (
        "- merge: {kind: method, names: [A], into: B}\n- merge: {kind: method, names: [A], into: C}",
        2,
        "method 'A' goes to 'method:c', but another entry says 'method:b' (lines 1 and 2); keep one",
    ),
    (
        "- merge: {kind: method, names: [A], into: B}\n- merge: {kind: method, names: [B], into: A}",
        1,
        "merges and renames run in a circle: method:a -> method:b -> method:a",
    ),
    (
        "- rename: {kind: method, name: A, to: Bb}\n- rename: {kind: method, name: C, to: BB}",
        2,
        "this entry says 'BB', but another entry says 'Bb' (lines 1 and 2); keep one",
    ),
    (
        "- split: {kind: method, name: A, paper: P, as: B}\n- split: {kind: method, name: A, paper: P, as: C}",
        2,
        "this entry says 'C', but another entry says 'B' (lines 1 and 2); keep one",
    ),
    (
        "- set: {metric: NFE, unit: a}\n- set: {metric: number of function evaluations, unit: b}",
        2,
        "this entry says 'b', but another entry says 'a' (lines 1 and 2); keep one",
    ),
    (
        "- set: {result: 0a1b, unit: a}\n- set: {result: 0a1b, unit: b}",
        2,
        "this entry says 'b', but another entry says 'a' (lines 1 and 2); keep one",
    ),
]


@pytest.mark.parametrize(("text", "line", "message"), BAD)
def test_bad_entries_are_named_with_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(CorrectionsError, match=re.escape(f"corrections.yaml:{line}: {message}")) as caught:
        load(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsError, match=r"cannot read corrections from .*none.yaml: .*No such file"):
        Resolver(tmp_path / "none.yaml")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"- \xff")
    with pytest.raises(CorrectionsError, match=r"cannot read corrections from .*c.yaml: 'utf-8' codec"):
        Resolver(file)


def test_python_objects_in_yaml_are_text_errors(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsError, match="'name' must be text; put it in quotes"):
        load(tmp_path, "- rename: {kind: method, name: !!python/name:os.system x, to: y}")


def test_the_examples_of_the_guide_load(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "corrections.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    actions = {action for block in blocks for action in re.findall(r"^- (\w+):", block, re.MULTILINE)}
    assert actions == {"merge", "rename", "split", "reject", "set"}
    assert load(tmp_path, "".join(blocks)).signature != ""


def test_equal_entries_may_stand_twice() -> None:
    entries: list[Entry] = [Rename(Where("a", line), "method", "x", "y") for line in (1, 2)]
    assert compile_entries(entries, TABLES) == compile_entries(entries[:1], TABLES)


def test_entries_know_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "corrections.yaml"
    file.write_text(
        "# first\n\n- rename: {kind: method, name: a, to: b}\n-\n  rename:\n    {kind: task, name: c, to: d}\n"
    )
    assert read_entries(file) == (
        Rename(Where("corrections.yaml", 3), "method", "a", "b"),
        Rename(Where("corrections.yaml", 6), "task", "c", "d"),
    )
