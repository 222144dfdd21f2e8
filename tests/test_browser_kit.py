"""The kit for Neo4j Browser: its files, and what the real Browser makes of them."""

import base64
import re
import time
import urllib.parse
import zipfile
from pathlib import Path
from typing import Any

import pytest
from browser import chromium, picture
from click.testing import CliRunner
from neo4j_server import Server
from picture_graph import GRAPHS
from selenium.webdriver import Chrome

from kg.browser_kit import PICTURES, QUESTIONS, filled, grass, pictures, questions, write_kit
from kg.cli import root
from kg.palette import LOOKS
from kg.questions import load, parse
from kg.schema import EDGES, NODES
from kg.stores import Store

# Neo4j Browser has no other way in for files than a drop.
DROP = """
const [name, content] = arguments;
const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], name));
for (const type of ['dragenter', 'dragover', 'drop'])
  document.querySelector('[data-testid="main"]').dispatchEvent(
    new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data, clientX: 400, clientY: 400}));
"""
# The innermost elements whose text begins with arguments[0].
BEGINNING = """
const begins = e => e.textContent.trim().startsWith(arguments[0]);
return [...document.querySelectorAll('*')].filter(e => begins(e) && ![...e.children].some(begins));
"""
EDITOR_HOLDS = """
const text = document.querySelector('[data-testid="activeEditor"]').textContent.replaceAll("\u00a0", " ");
return text.includes(arguments[0]) ? [1] : [];
"""
TABLE_HOLDS = """
const frame = document.querySelector('[data-testid="frame"]');
return frame.innerText.includes(arguments[0]) ? [1] : [];
"""
# Fill and caption of every node drawn in the newest frame.
NODES_DRAWN = """
const frame = document.querySelector('[data-testid="frame"]');
if (!frame.innerText.includes(arguments[0])) return [];
return [...frame.querySelectorAll('svg g.node')].map(g => [
  g.querySelector('circle.b-outline').getAttribute('fill'),
  [...g.querySelectorAll('text')].map(t => t.textContent.trim()).join(' ').trim()]);
"""


def test_style_has_a_rule_for_every_label() -> None:
    rules = dict(re.findall(r"(\S+) \{\n(.*?)^}", grass(), re.DOTALL | re.MULTILINE))
    assert {name.removeprefix("node.") for name in rules if name.startswith("node.")} == set(NODES)
    assert {name.removeprefix("relationship.") for name in rules if name.startswith("relationship.")} <= set(EDGES)
    assert rules["node.Result"].split("\n") == [
        "  diameter: 65px;",
        "  color: #f0e442;",
        "  border-color: #b3a81f;",
        "  border-width: 2px;",
        "  text-color-internal: #1b1b1b;",
        "  font-size: 10px;",
        '  caption: "{text}";',
        '  defaultCaption: "<id>";',
        "",
    ]
    assert '  caption: "{title}";' in rules["node.Paper"]


def test_a_question_is_filled_with_its_examples() -> None:
    header = (
        '// Who, "$n"?\n// $n: int? = 2, how many\n// $name: string = "a\\"b"\n// $own: bool? = null\n// columns: x\n'
    )
    text = filled(parse("ask", header + 'RETURN $n + 1 AS x, $name, "$n \\" $n", $own IS NULL // $n\nORDER BY x'))
    assert text == header + 'RETURN 2 + 1 AS x, "a\\"b", "$n \\" $n", null IS NULL // $n\nORDER BY x'
    assert filled(load("paper")).splitlines()[3] == 'MATCH (p:Paper {id: "attention-is-all-you-need"})'


def test_every_favourite_begins_with_its_title() -> None:
    for name, text in (pictures() | questions()).items():
        assert re.match(r"// [A-Z].*\n", text), name


def test_kit_is_complete_and_always_the_same(tmp_path: Path) -> None:
    done = CliRunner().invoke(root, ["browser-kit", str(tmp_path / "kit")])
    top = ["README.md", "style.grass", "favourites.zip", "guide.html"]
    assert (done.exit_code, done.output.split("\n")) == (0, [*(str(tmp_path / "kit" / name) for name in top), ""])
    files = write_kit(tmp_path / "again")
    assert [(tmp_path / "kit" / f.relative_to(tmp_path / "again")).read_bytes() for f in files] == [
        f.read_bytes() for f in files
    ]
    with zipfile.ZipFile(files[2]) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    loose = tmp_path / "kit" / "favourites"
    assert zipped == {f.relative_to(loose).as_posix(): f.read_bytes() for f in loose.rglob("*.cypher")}
    assert len([name for name in zipped if name.startswith(QUESTIONS)]) == len(questions()) >= 20
    guide = (tmp_path / "kit" / "guide.html").read_text("utf-8")
    assert guide.count('<pre class="runnable">') == len(zipped)
    assert "$" not in re.sub(r"<pre.*?</pre>", "", guide, flags=re.DOTALL)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "kit").write_text("mine")
    done = CliRunner().invoke(root, ["browser-kit", str(tmp_path / "kit")])
    assert done.exit_code == 2
    assert f"Directory '{tmp_path / 'kit'}' is a file." in done.output


@pytest.mark.neo4j
def test_every_favourite_runs_as_it_is(neo4j_store: Store) -> None:
    neo4j_store.write(GRAPHS)
    drawn = {name: len(neo4j_store.read(text)) for name, text in pictures().items()}
    assert min(drawn.values()) > 0, drawn
    for text in questions().values():
        neo4j_store.read(text)


def wait_for(browser: Chrome, script: str, *arguments: str) -> list[Any]:
    """The first list from the script that is not empty."""
    for _ in range(300):
        if found := browser.execute_script(script, *arguments):
            return list(found)
        time.sleep(0.1)
    raise AssertionError(f"nothing after 30 s: {script} {arguments}")


def click(browser: Chrome, text: str) -> None:
    browser.execute_script("arguments[0].click()", wait_for(browser, BEGINNING, text)[0])


def run_favourite(browser: Chrome, title: str) -> None:
    click(browser, title)
    wait_for(browser, EDITOR_HOLDS, title)
    browser.find_element("css selector", '[data-testid="editor-Run"]').click()


def drop(browser: Chrome, path: Path) -> None:
    browser.execute_script(DROP, path.name, base64.b64encode(path.read_bytes()).decode())


@pytest.mark.neo4j
@pytest.mark.browser
def test_neo4j_browser_shows_the_graph_in_our_style(neo4j_store: Store, neo4j_server: Server, tmp_path: Path) -> None:
    if not neo4j_server.http or neo4j_server.auth:
        pytest.skip("needs a server that serves Neo4j Browser and asks for no password; unset NEO4J_URI")
    neo4j_store.write(GRAPHS)
    write_kit(tmp_path / "kit")
    connect = urllib.parse.urlencode({"preselectAuthMethod": "NO_AUTH", "dbms": neo4j_server.bolt})
    with chromium(tmp_path / "profile", width=1500, height=1000) as browser:
        browser.get(f"{neo4j_server.http}/browser/?{connect}")
        wait_for(browser, BEGINNING, ":play start")  # shown once connected
        drop(browser, tmp_path / "kit" / "style.grass")
        wait_for(browser, BEGINNING, ":style")
        drop(browser, tmp_path / "kit" / "favourites.zip")
        browser.find_element("css selector", '[data-testid="navigationFavorites"]').click()
        click(browser, PICTURES)

        def drawn(title: str) -> dict[str, set[str]]:
            """Captions by label, of the nodes that the favourite of that title draws; a colour stands for its label."""
            run_favourite(browser, title)
            label = {look.fill: name for name, look in LOOKS.items()}
            found: dict[str, set[str]] = {}
            for fill, caption in wait_for(browser, NODES_DRAWN, title):
                found.setdefault(label[fill], set()).add(caption)
            return found

        assert drawn("Who compares with whom")["Method"] == {"Tidewater", "DiT", "HalfStep", "Mosaic-AR"}
        paper = drawn("Everything one paper states")
        assert paper["Result"] == {"FID 1.8", "FID 2.3", "3.1x speedup", "FID 6.4"}
        assert paper["Author"] == {"Ada Marsh", "Bo Lindqvist"}
        (title,) = paper["Paper"]
        assert title.startswith("Tidewater: Sparse Experts")
        results = drawn("Results of a metric on a data set")
        assert results["Result"] == {"FID 1.8", "FID 2.3", "FID 2.1", "FID 2.6"}
        assert results["Metric"] == {"FID"}
        assert results["Dataset"] == {"ImageNet"}
        assert set(results) == {"Result", "Metric", "Dataset", "Paper", "Method"}
        time.sleep(3)  # until the nodes have come to rest
        picture(browser, "browser.png")

        click(browser, QUESTIONS)
        run_favourite(browser, "What are the best values of a metric on a data set?")
        wait_for(browser, TABLE_HOLDS, "Tidewater reaches an FID of 1.8 on ImageNet at 256 pixels.")
