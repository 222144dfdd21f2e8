"""One offline page that draws what lies around a paper, an author or an entity.

Drawn by Bokeh, whose JavaScript is put into the page: nothing is fetched, and a content security policy lets no script
run but the two of ours, whatever a title holds. The same graph gives the same page, byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import resources
from string import Template
from typing import Literal

import networkx as nx
from bokeh.core.properties import value
from bokeh.core.types import ID
from bokeh.embed import json_item
from bokeh.models import ColumnDataSource, HoverTool, Range1d, Text
from bokeh.plotting import figure
from bokeh.resources import Resources

from kg.errors import NotFoundError
from kg.layout import SIZE, arrange
from kg.neighbourhood import Graph, Key, neighbourhood
from kg.palette import LOOKS, RIVAL, STRONG
from kg.queries import find_author, find_entity, find_paper
from kg.records import JSON, KINDS
from kg.stores.base import Cell, Store

Kind = Literal["method", "dataset", "metric", "task", "paper", "author"]
Columns = dict[str, list[float] | list[str]]

_START = "Bokeh.embed.embed_item(JSON.parse(document.getElementById('item').textContent))"
_FONT = 12
"""Size of captions, px."""
_PADDING = 5
_MANY = 40
"""Nodes beyond which titles get two lines instead of three."""
_EMPHASIS = "#1b1b1b"
_TOOLTIP = """
<div style="max-width: 380px; font: 13px/1.4 system-ui, Helvetica, Arial, sans-serif; color: #1b1b1b; padding: 2px">
  <div style="font-weight: 650">@head</div>
  <div style="color: #666">@meta</div>
  <div style="margin-top: 3px">@body</div>
</div>
"""


def view(store: Store, name: str, *, kind: Kind | None = None, depth: int = 1, limit: int = 80) -> str:
    """The page, about 1.3 MB of HTML, for what is called `name`; at most `limit` nodes within `depth` steps.

    Raises NotFoundError where nothing is called so.
    """
    start = find(store, name, kind)
    return page(neighbourhood(store, start, depth=depth, limit=limit), start)


def find(store: Store, name: str, kind: Kind | None = None) -> Key:
    """The node of that name; without a kind an entity, else a paper, else an author.

    Raises NotFoundError, with near names.
    """
    if kind is not None:
        return _FINDERS.get(kind, _entity)(store, name, kind)
    errors: list[NotFoundError] = []
    for finder in (_entity, _paper, _author):
        try:
            return finder(store, name, kind)
        except NotFoundError as error:  # noqa: PERF203 - three rounds
            errors.append(error)
    entity, paper, author = errors
    # Words of a title are the surest hint, then an entity's near name.
    raise next((error for error in (paper, entity, author) if "did you mean" in str(error)), entity)


def _entity(store: Store, name: str, kind: Kind | None) -> Key:
    row = find_entity(store, name, next((k for k in KINDS if k == kind), None))
    return str(row["kind"]).capitalize(), str(row["id"])


def _paper(store: Store, name: str, kind: Kind | None) -> Key:  # noqa: ARG001 - one signature for all finders
    return "Paper", str(find_paper(store, name)["id"])


def _author(store: Store, name: str, kind: Kind | None) -> Key:  # noqa: ARG001
    return "Author", str(find_author(store, name)["id"])


_FINDERS: Mapping[Kind, Callable[[Store, str, Kind | None], Key]] = {"paper": _paper, "author": _author}


def page(graph: Graph, start: Key) -> str:
    """The picture of `graph`, whose nodes are keyed (label, id), round its node `start`."""
    item = json.dumps(_stable(_item(_figure(graph, start))), ensure_ascii=True)
    library = "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw)
    return Template(resources.files("kg.data").joinpath("browser/view.html").read_text("utf-8")).substitute(
        hashes=" ".join(_hash(script) for script in (library, _START)),
        title=html.escape(_full(graph, start)),
        subtitle=html.escape(_subtitle(graph, start)),
        legend=_legend(graph),
        item=item.replace("<", r"\u003c"),  # "</script>" in a title must not end the element
        library=library,
        start=_START,
    )


def _item(plot: figure) -> JSON:
    """What Bokeh's JavaScript draws into the element "picture"."""
    item: JSON = json.loads(json.dumps(json_item(plot, ID("picture"))))
    return item


def _hash(script: str) -> str:
    """Source expression of a content security policy that allows this very script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _stable(item: JSON) -> JSON:
    """The item with Bokeh's ids, which count up through a process, numbered from 1 in order of appearance."""
    ids: dict[str, str] = {}

    def walk(value: JSON, key: str = "") -> JSON:
        if isinstance(value, dict):
            return {k: walk(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v) for v in value]
        if isinstance(value, str) and key in {"id", "root_id"}:
            return ids.setdefault(value, f"m{len(ids) + 1}")
        return value

    return walk(item)


def _full(graph: Graph, key: Key) -> str:
    """What a node is called, in full."""
    return str(graph.nodes[key].get(LOOKS[key[0]].caption) or key[1])


def _subtitle(graph: Graph, start: Key) -> str:
    counts = Counter(label for label, _ in graph if (label, _) != start)
    around = ", ".join(f"{counts[label]} {_plural(label, counts[label])}" for label in LOOKS if counts[label])
    return (
        f"{start[0]} with {around or 'nothing around it'}. Drag to move, scroll to zoom, point at anything to read it."
    )


def _plural(label: str, count: int) -> str:
    word = {"Dataset": "data set"}.get(label, label.lower())
    return word if count == 1 else f"{word}s"


def _legend(graph: Graph) -> str:
    labels = {label for label, _ in graph}
    types = {name for _, _, name in graph.edges(keys=True)}
    chips = [
        f'<li><i style="background: {look.fill}; border-color: {look.border}"></i>{label}</li>'
        for label, look in LOOKS.items()
        if label in labels
    ]
    if types & STRONG:
        chips.append('<li><b class="strong"></b>proposes, introduces</li>')
    if types & RIVAL:
        chips.append('<li><b class="rival"></b>compares with, against</li>')
    return "".join(chips)


def _figure(graph: Graph, start: Key) -> figure:
    lines = 3 if len(graph) <= _MANY else 2
    captions = {key: _caption(_full(graph, key), lines if key[0] == "Paper" else 2) for key in graph}
    simple: nx.Graph[Key] = nx.Graph()
    simple.add_nodes_from(graph)
    simple.add_edges_from((head, tail) for head, tail in graph.edges() if head != tail)
    places = arrange(simple, {key: _size(caption, key == start) for key, caption in captions.items()})
    plot = figure(
        sizing_mode="stretch_both",
        tools="pan,wheel_zoom,reset,save",
        active_scroll="wheel_zoom",
        x_range=_range([x for x, _ in places.values()], SIZE[0], 110),
        y_range=_range([y for _, y in places.values()], SIZE[1], 40),
        outline_line_color=None,
        min_border=0,
    )
    plot.axis.visible = False
    plot.grid.visible = False
    plot.toolbar.logo = None
    edges = ColumnDataSource(_edge_columns(graph, places))
    plot.segment("x0", "y0", "x1", "y1", color="colour", line_width="width", line_dash="dash", source=edges)
    arrows = plot.scatter("x", "y", angle="angle", marker="triangle", size=8, color="colour", source=edges)
    caption = Text(
        x="x",
        y="y",
        text="caption",
        text_color="ink",
        text_font=value("system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"),
        text_font_size="font",
        text_font_style="weight",
        text_line_height=1.15,
        text_align="center",
        text_baseline="middle",
        background_fill_color="fill",
        border_line_color="border",
        border_line_width="line",
        outline_shape="box",
    )
    caption.update(border_radius=5, padding=_PADDING)  # Bokeh's type hints know no plain number here
    boxes = plot.add_glyph(ColumnDataSource(_node_columns(graph, captions, places, start)), caption)
    plot.add_tools(HoverTool(renderers=[boxes, arrows], tooltips=_TOOLTIP, attachment="vertical"))
    return plot


def _range(places: list[float], least: float, margin: float) -> Range1d:
    """From the least to the greatest place with room for half a caption beyond, at least `least` wide."""
    middle, width = (min(places) + max(places)) / 2, max(max(places) - min(places), least)
    return Range1d(start=middle - width / 2 - margin, end=middle + width / 2 + margin)


def _caption(text: str, lines: int) -> str:
    return "\n".join(textwrap.wrap(text, 26, max_lines=lines, placeholder=" …") or [text])


def _size(caption: str, middle: bool) -> tuple[float, float]:
    """Width and height in px, a character of bold type being 0.62 of the font wide at the most."""
    font, lines = _FONT + 3 * middle, caption.split("\n")
    return 0.62 * font * max(map(len, lines)) + 2 * _PADDING, 1.3 * font * len(lines) + 2 * _PADDING


def _node_columns(
    graph: Graph, captions: Mapping[Key, str], places: Mapping[Key, tuple[float, float]], start: Key
) -> Columns:
    looks = [LOOKS[label] for label, _ in graph]
    return {
        "x": [places[key][0] for key in graph],
        "y": [places[key][1] for key in graph],
        "caption": [captions[key] for key in graph],
        "fill": [look.fill for look in looks],
        "border": [_EMPHASIS if key == start else look.border for key, look in zip(graph, looks, strict=True)],
        "line": [3.0 if key == start else 1.0 for key in graph],
        "ink": [look.ink for look in looks],
        "font": [f"{_FONT + 3 * (key == start)}px" for key in graph],
        "weight": ["bold" if key[0] == "Paper" or key == start else "normal" for key in graph],
        "head": [_full(graph, key) for key in graph],
        "meta": [_meta(key[0], graph.nodes[key]) for key in graph],
        "body": [_body(key[0], graph.nodes[key]) for key in graph],
    }


def _edge_columns(graph: Graph, places: Mapping[Key, tuple[float, float]]) -> Columns:
    edges = list(graph.edges(keys=True, data=True))
    ends = [(*places[head], *places[tail]) for head, tail, _, _ in edges]
    types = [name for _, _, name, _ in edges]
    return {
        "x0": [x0 for x0, _, _, _ in ends],
        "y0": [y0 for _, y0, _, _ in ends],
        "x1": [x1 for _, _, x1, _ in ends],
        "y1": [y1 for _, _, _, y1 in ends],
        "x": [(x0 + x1) / 2 for x0, _, x1, _ in ends],
        "y": [(y0 + y1) / 2 for _, y0, _, y1 in ends],
        # A triangle points up; atan2 counts from the x axis.
        "angle": [math.atan2(y1 - y0, x1 - x0) - math.pi / 2 for x0, y0, x1, y1 in ends],
        "colour": ["#555555" if name in STRONG else "#bdbdbd" for name in types],
        "width": [2.5 if name in STRONG else 1.2 for name in types],
        "dash": ["dashed" if name in RIVAL else "solid" for name in types],
        "head": [name.replace("_", " ").lower() for name in types],
        "meta": [f"{_full(graph, head)} → {_full(graph, tail)}" for head, tail, _, _ in edges],
        "body": [_mention(data) for _, _, _, data in edges],
    }


def _meta(label: str, node: Mapping[str, Cell]) -> str:
    if label == "Result":
        who = "the paper's own" if node.get("own") else "not the paper's own"
        facts: list[Cell] = [who, node.get("setting"), f"confidence {node.get('confidence')}"]
    elif label == "Paper":
        facts = [node.get("date") or node.get("year"), node.get("venue"), node.get("url")]
    elif label == "Metric":
        better = {True: "higher is better", False: "lower is better"}
        higher = node.get("higherIsBetter")
        facts = [better[higher] if isinstance(higher, bool) else None, node.get("unit")]
    else:
        facts = []
    return " · ".join([label, *(str(fact) for fact in facts if fact)])


def _body(label: str, node: Mapping[str, Cell]) -> str:
    if label == "Result":
        return f"“{node.get('evidence')}”"
    if label == "Paper":
        return textwrap.shorten(str(node.get("abstract") or ""), 420, placeholder=" …")
    aliases = node.get("aliases")
    others = [str(alias) for alias in aliases if alias != node.get("name")] if isinstance(aliases, list) else []
    return f"also {', '.join(others)}" if others else ""


def _mention(edge: Mapping[str, Cell]) -> str:
    mentions = edge.get("mentions")
    return f"called {', '.join(map(str, mentions))}" if isinstance(mentions, list) and mentions else ""
