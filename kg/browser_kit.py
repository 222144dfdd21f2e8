"""Files that make Neo4j Browser show this graph well: style, favourites, guide."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from importlib import resources
from pathlib import Path
from string import Template

from kg.palette import LOOKS, RIVAL, STRONG
from kg.queries import Query, all_queries
from kg.stores.base import Cell

PICTURES = "kg pictures"
QUESTIONS = "kg questions"
"""Folders of favourites in Neo4j Browser."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|\$(\w+)')
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_kit(folder: Path) -> list[Path]:
    """Write the kit into a folder, made if missing, over an older kit; returns the files in the order of use.

    style.grass, favourites.zip (the files of favourites/, to be dropped at once), guide.html and README.md.
    """
    sets = {PICTURES: pictures(), QUESTIONS: questions()}
    files: dict[str, bytes] = {
        "README.md": _data("README.md").encode(),
        "style.grass": grass().encode(),
        "favourites.zip": _zip(
            {f"{name}/{file}": text for name, texts in sets.items() for file, text in texts.items()}
        ),
        "guide.html": guide(sets).encode(),
    }
    for name, texts in sets.items():
        files |= {f"favourites/{name}/{file}": text.encode() for file, text in texts.items()}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in files]


def grass() -> str:
    """The style sheet (GraSS) for every label and relationship type of the schema."""
    rules = [
        _rule("node", {"diameter": "50px", "color": "#e0e0e0", "border-color": "#b0b0b0", "border-width": "2px"}),
        _rule(
            "relationship",
            {"color": "#a5abb6", "shaft-width": "1px", "font-size": "8px", "padding": "3px"}
            | {"text-color-external": "#1b1b1b", "text-color-internal": "#ffffff", "caption": "<type>"},
        ),
    ]
    for label, look in LOOKS.items():
        properties = {"diameter": f"{look.diameter}px", "color": look.fill, "border-color": look.border}
        properties |= {"border-width": "2px", "text-color-internal": look.ink, "font-size": "10px"}
        rules.append(_rule(f"node.{label}", properties | {"caption": f"{{{look.caption}}}", "defaultCaption": "<id>"}))
    rules += [_rule(f"relationship.{name}", {"color": "#555555", "shaft-width": "3px"}) for name in sorted(STRONG)]
    rules += [_rule(f"relationship.{name}", {"color": "#d55e00"}) for name in sorted(RIVAL)]
    return "\n".join(rules)


def _rule(selector: str, properties: dict[str, str]) -> str:
    quoted = {"caption", "defaultCaption"}
    lines = [f'  {key}: "{value}";' if key in quoted else f"  {key}: {value};" for key, value in properties.items()]
    return "\n".join([f"{selector} {{", *lines, "}", ""])


def pictures() -> dict[str, str]:
    """Favourites that draw: file name and text."""
    folder = resources.files("kg.data").joinpath("browser")
    return {
        f.name: f.read_text("utf-8")
        for f in sorted(folder.iterdir(), key=lambda f: f.name)
        if f.name.endswith(".cypher")
    }


def questions() -> dict[str, str]:
    """Favourites that answer with a table: the questions of cypher/, each with its examples filled in.

    Browser runs `:param` lines above a query, but then shows no rows; so values stand where the parameters stood.
    """
    return {f"{query.name}.cypher": filled(query) for query in all_queries()}


def filled(query: Query) -> str:
    """The text of a question with each `$parameter` replaced by its default as a Cypher literal."""
    values = query.values({})

    def literal(match: re.Match[str]) -> str:
        return match[0] if match[1] is None else _literal(values[match[1]])

    return _TOKEN.sub(literal, query.text)


def _literal(value: Cell) -> str:
    return json.dumps(value, ensure_ascii=False)


def guide(sets: dict[str, dict[str, str]]) -> str:
    """The guide page, for `:play URL` in Browser: each query there is put into the editor by a click."""
    lists = {
        "pictures": "\n".join(_runnable(text) for text in sets[PICTURES].values()),
        "questions": "\n".join(_runnable(text) for text in sets[QUESTIONS].values()),
    }
    legend = "\n".join(
        f'<li><b style="background: {look.fill}; color: {look.ink}; padding: 1px 8px; border-radius: 8px">{label}</b>'
        f" shows its {look.caption}</li>"
        for label, look in LOOKS.items()
    )
    return Template(_data("guide.html")).substitute(lists, legend=legend)


def _runnable(text: str) -> str:
    title = text.splitlines()[0].removeprefix("// ")
    return f'<h4>{html.escape(title)}</h4>\n<pre class="runnable">{html.escape(text.strip())}</pre>'


def _data(name: str) -> str:
    return resources.files("kg.data").joinpath("browser", name).read_text("utf-8")


def _zip(files: dict[str, str]) -> bytes:
    """A zip of text files, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text)
    return buffer.getvalue()
