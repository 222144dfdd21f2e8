"""The picture of a neighbourhood: what is in it, where captions stand, and the page in a real browser."""

import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest
from browser import chromium, console_errors, picture, requests
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_graph import GRAPHS
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains

from kg.cli import root
from kg.errors import NotFoundError
from kg.layout import arrange
from kg.neighbourhood import Graph, Key, neighbourhood
from kg.palette import LOOKS, RIVAL, STRONG
from kg.schema import EDGES, NODES
from kg.stores import Store, open_store
from kg.view import Kind, find, page, view

TIDEWATER = "tidewater-sparse-experts-for-diffusion-transformers"
YARDSTICK = "a-yardstick-for-yardsticks-when-fid-misleads"

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "\"'><svg onload=alert(4)>",
    "--><!-- &lt;b&gt; & $$\\frac{1}{2}$$ ${title} @head{safe}",
)

# The middle of the caption of the node called arguments[0], px from the page's corner.
PLACE = """
const view = [...Bokeh.index.roots][0], box = view.el.getBoundingClientRect();
const data = view.model.renderers.map(r => r.data_source.data).find(d => d.caption);
const i = [...data.head].indexOf(arguments[0]);
return [box.x + view.frame.x_scale.compute(data.x[i]), box.y + view.frame.y_scale.compute(data.y[i])];
"""
# The text of every tooltip shown, and the tags within; Bokeh keeps them in shadow trees.
TOOLTIPS = """
const found = [];
const walk = root => root.querySelectorAll('*').forEach(e => {
  if (e.matches('.bk-tooltip-content')) found.push([e.innerText, [...e.querySelectorAll('*')].map(c => c.tagName)]);
  if (e.shadowRoot) walk(e.shadowRoot);
});
walk(document);
return found;
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("view") / "papers.lbug") as opened:
        opened.ensure_schema()
        opened.write(GRAPHS)
        yield opened


def test_palette_has_a_look_for_every_label_and_names_only_known_things() -> None:
    assert set(LOOKS) == set(NODES)
    assert set(EDGES) >= STRONG | RIVAL
    assert {label: look.caption for label, look in LOOKS.items() if look.caption not in NODES[label].properties} == {}


def test_around_a_paper_is_what_it_states(store: Store) -> None:
    graph = neighbourhood(store, ("Paper", YARDSTICK))
    assert set(graph) == {
        ("Paper", YARDSTICK),
        ("Author", "Hana Petrov"),
        ("Dataset", "dataset:faultyfake"),
        ("Metric", "metric:fid"),
        ("Metric", "metric:inceptionscore"),
        ("Task", "task:imagegeneration"),
    }
    assert {(head[1], link, tail[1]) for head, tail, link in graph.edges(keys=True)} == {
        ("Hana Petrov", "WROTE", YARDSTICK),
        (YARDSTICK, "INTRODUCES", "dataset:faultyfake"),
        (YARDSTICK, "USES_METRIC", "metric:fid"),
        (YARDSTICK, "USES_METRIC", "metric:inceptionscore"),
        (YARDSTICK, "ADDRESSES", "task:imagegeneration"),
    }
    assert graph.nodes["Dataset", "dataset:faultyfake"]["name"] == "FaultyFakes"


def test_a_result_brings_its_paper_and_all_it_links_to(store: Store) -> None:
    graph = neighbourhood(store, ("Metric", "metric:speedup"))
    (result,) = (key for key in graph if key[0] == "Result")
    assert {(link, tail[1]) for _, tail, link in graph.out_edges(result, keys=True)} == {
        ("MEASURES", "metric:speedup"),
        ("OF_METHOD", "method:tidewater"),
        ("AGAINST", "method:dit"),
    }
    assert graph.has_edge(("Paper", TIDEWATER), result, "REPORTS")
    assert graph.has_edge(("Paper", TIDEWATER), ("Method", "method:tidewater"), "PROPOSES")


def test_around_an_author_are_papers_and_further_on_what_they_name(store: Store) -> None:
    author: Key = ("Author", "Chika Oyelaran")
    paper = "few-steps-are-enough-distilling-flow-models-by-halves"
    assert set(neighbourhood(store, author)) == {author, ("Paper", paper)}
    assert ("Method", "method:halfstep") in neighbourhood(store, author, depth=2)


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 14])
def test_the_limit_holds_and_no_result_stands_without_its_ends(store: Store, limit: int) -> None:
    whole, part = (neighbourhood(store, ("Metric", "metric:fid"), limit=n) for n in (80, limit))
    assert len(part) <= limit
    assert ("Metric", "metric:fid") in part
    for key in part:
        if key[0] == "Result":
            assert set(whole.successors(key)) <= set(part)


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("fid", None, ("Metric", "metric:fid")),
        ("MSCOCO", "dataset", ("Dataset", "dataset:mscoco")),
        ("ada marsh", None, ("Author", "Ada Marsh")),
        ("ada marsh", "author", ("Author", "Ada Marsh")),
        ("A Yardstick for Yardsticks: When FID Misleads", None, ("Paper", YARDSTICK)),
        (YARDSTICK, "paper", ("Paper", YARDSTICK)),
    ],
)
def test_find(store: Store, name: str, kind: Kind | None, key: Key) -> None:
    assert find(store, name, kind) == key


def test_find_offers_near_names(store: Store) -> None:
    with pytest.raises(NotFoundError, match=r"no entity is called 'ImageNett'; did you mean ImageNet\?"):
        find(store, "ImageNett")
    with pytest.raises(NotFoundError, match=r"no paper is called 'Sparse Experts for'; did you mean Tidewater: Sparse"):
        find(store, "Sparse Experts for")
    with pytest.raises(NotFoundError, match="no task is called 'FID'"):
        find(store, "FID", "task")


@given(st.lists(st.tuples(st.integers(20, 200), st.integers(20, 60)), min_size=1, max_size=25), st.data())
@settings(max_examples=25, deadline=None)
def test_captions_never_overlap(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    nodes = range(len(sizes))
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(data.draw(st.lists(st.sampled_from([(a, b) for a in nodes for b in nodes if a <= b]))))
    boxes = {node: (float(width), float(height)) for node, (width, height) in enumerate(sizes)}
    places = arrange(graph, boxes)
    assert places == arrange(graph, boxes)
    for a, b in combinations(nodes, 2):
        apart = [abs(places[a][i] - places[b][i]) - (boxes[a][i] + boxes[b][i]) / 2 for i in (0, 1)]
        assert max(apart) > 0


def test_the_same_graph_gives_the_same_page(store: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "other.lbug") as other:
        other.ensure_schema()
        for graph in reversed(GRAPHS):
            other.write([graph])
        assert view(other, "FID") == view(store, "fid") == view(store, "FID", kind="metric")


@pytest.mark.neo4j
def test_both_stores_give_the_same_page(store: Store, neo4j_store: Store) -> None:
    neo4j_store.write(GRAPHS)
    for name in ("FID", "Tidewater", "Ada Marsh"):
        assert view(neo4j_store, name) == view(store, name)


def test_command_writes_a_file_or_stdout(tmp_path: Path) -> None:
    url = str(tmp_path / "papers.lbug")
    with open_store(url) as opened:
        opened.ensure_schema()
        opened.write(GRAPHS)
        expected = view(opened, "ImageNet")
    run = CliRunner()
    done = run.invoke(root, ["view", "ImageNet", "-o", str(tmp_path / "page.html"), "--store", url])
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "page.html").read_text("utf-8") == expected
    assert run.invoke(root, ["view", "ImageNet", "-o", "-", "--store", url]).stdout == expected
    wrong = run.invoke(root, ["view", "ImageNett", "-o", str(tmp_path / "none.html"), "--store", url])
    assert (wrong.exit_code, wrong.output) == (1, "kg: no entity is called 'ImageNett'; did you mean ImageNet?\n")
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["page.html"]


def open_page(browser: Chrome, path: Path, html: str) -> None:
    path.write_text(html, "utf-8")
    browser.get(path.as_uri())
    for _ in range(100):
        if browser.execute_script("return window.Bokeh !== undefined && [...Bokeh.index.roots].length === 1"):
            break
        time.sleep(0.1)
    assert console_errors(browser) == []
    assert requests(browser) == [path.as_uri()]


def tooltip(browser: Chrome, name: str) -> tuple[str, list[str]]:
    """What is shown when the pointer rests on the node of that name: text and tags."""
    x, y = browser.execute_script(PLACE, name)
    actions = ActionChains(browser, duration=0)
    actions.w3c_actions.pointer_action.move_to_location(int(x), int(y))  # type: ignore[no-untyped-call]
    actions.perform()
    for _ in range(50):
        for text, tags in browser.execute_script(TOOLTIPS):
            if " ".join(text.split("\n")[0].split()) == " ".join(name.split()):
                return text, tags
        time.sleep(0.1)
    raise AssertionError(f"no tooltip for {name!r}")


@pytest.mark.browser
def test_page_needs_no_network_and_tells_the_sentence(store: Store, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile") as browser:
        open_page(browser, tmp_path / "page.html", view(store, "FID"))
        assert browser.title == "FID"
        text, _ = tooltip(browser, "FID 1.8")
        assert text.split("\n") == [
            "FID 1.8",
            "Result · the paper's own · confidence 0.9",
            "“Tidewater reaches an FID of 1.8 on ImageNet at 256 pixels.”",
        ]
        picture(browser, "view.png")
        assert tooltip(browser, "FID")[0].split("\n") == ["FID", "Metric · lower is better"]


@pytest.mark.browser
def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    start: Key = ("Paper", "all")
    everything = " ".join(HOSTILE)
    graph: Graph = nx.MultiDiGraph()
    graph.add_node(start, title=everything, abstract=everything, venue=everything)
    for i, title in enumerate(HOSTILE):
        graph.add_node(("Method", f"m{i}"), name=title, aliases=[title, f"{title}!"])
        graph.add_edge(start, ("Method", f"m{i}"), key="USES", mentions=[title])
    with chromium(tmp_path / "profile") as browser:
        # An alert would make the next call raise UnexpectedAlertPresentException.
        open_page(browser, tmp_path / "page.html", page(graph, start))
        assert browser.title == everything
        assert browser.execute_script("return document.querySelector('h1').textContent") == everything
        assert browser.execute_script("return document.querySelectorAll('script').length") == 3
        assert browser.execute_script("return document.querySelectorAll('img, svg[onload]').length") == 0
        for title in HOSTILE:
            text, tags = tooltip(browser, title)
            assert text.split("\n") == [title, "Method", f"also {title}!"]
            assert set(tags) <= {"DIV", "SPAN"}
        assert tooltip(browser, everything)[0].count(HOSTILE[0]) == 3
        assert console_errors(browser) == []
