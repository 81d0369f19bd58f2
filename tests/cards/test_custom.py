"""Laws of cards of authors and of other distributions: found by their type, wherever they come from."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_provider_flows.cards import registry

from tests.cards.reading import card, html, run_step

BODY = """
class Mine(MetaflowCard):
    type = "mine"
    ALLOW_USER_COMPONENTS = True
    def __init__(self, options={}, components=[], graph=None, flow=None):
        self.options, self.components, self.graph, self.flow = options, components, graph, flow
    def render(self, task):
        return "<p>%s|%s|%s|%s|%s|%s</p>" % (
            task.pathspec, task["x"].data, self.options, [each["source"] for each in self.components],
            sorted(self.graph), self.flow.x)
"""


def test_a_card_of_the_flows_own_code_is_given_task_options_components_graph_and_flow(tmp_path: Path) -> None:
    body = "self.x = 5\ncurrent.card.append(Markdown('a'))"
    run = run_step(tmp_path, body, start="@card(type='mine', options={'k': 1})", before=BODY)
    assert html(run) == "<p>F/run/start/start|5|{'k': 1}|['a']|['end', 'start']|5</p>"
    assert (card(run).format, card(run).state) == ("html", "final")


def test_a_card_that_takes_fewer_arguments_gets_those(tmp_path: Path) -> None:
    before = """
class Old(MetaflowCard):
    type = "old"
    def __init__(self, options={"a": 2}): self.options = options
    def render(self, task): return str(self.options)
"""
    assert html(run_step(tmp_path, "pass", start="@card(type='old')", before=before)) == "{'a': 2}"


def test_a_card_may_build_on_those_of_the_package(tmp_path: Path) -> None:
    before = """
class Titled(BlankCard):
    type = "titled"
    def page(self, task): return {**super().page(task), "title": f"My {task.pathspec}"}
class Framed(DefaultCard):
    type = "framed"
    def render(self, task): return super().render(task).replace("</main>", "<p>framed</p></main>")
"""
    run = run_step(tmp_path, "current.card.append(Markdown('hi'))", start="@card(type='titled')", before=before)
    assert "<h1>My F/run/start/start</h1>" in html(run) and card(run).format == "page"
    again = tmp_path / "again"
    again.mkdir()
    run = run_step(again, "current.card.append(Markdown('hi'))", start="@card(type='framed')", before=before)
    assert "<p>framed</p></main>" in html(run) and "<p>hi</p>" in html(run) and card(run).format == "html"


def test_the_published_html_card_works_as_it_is(tmp_path: Path) -> None:
    """It is written for Metaflow, and installed as its extensions are."""
    run = run_step(tmp_path, "self.html = '<b>mine</b>'", start="@card(type='html')")
    assert html(run) == "<b>mine</b>"
    again = tmp_path / "again"
    again.mkdir()
    run = run_step(again, "current.card.refresh({'html': '<i>live</i>'})", start="@card(type='html')")
    assert html(run) == "<i>live</i>"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages; what was found before is looked for anew, and what is found there is forgotten."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    for name in [name for name in sys.modules if name.startswith("metaflow_extensions")]:
        monkeypatch.delitem(sys.modules, name)
    registry._installed.cache_clear()
    yield folder
    registry._installed.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith(("metaflow_extensions", "acme")):
            del sys.modules[name]


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(text))


CARD = """
    from metaflow.plugins.cards.card_modules.card import MetaflowCard
    class Theirs(MetaflowCard):
        type = "{type}"
        def render(self, task): return "theirs"
    CARDS = [Theirs]
"""


def test_packages_laid_out_as_metaflows_extensions_are_found(site: Path, tmp_path: Path) -> None:
    write(site, "metaflow_extensions/acme/plugins/cards/theirs/__init__.py", CARD.format(type="theirs"))
    write(site, "metaflow_extensions/other/plugins/cards/more/__init__.py", CARD.format(type="more"))
    write(site, "metaflow_extensions/nothing/plugins/x.py", "")
    assert {"theirs", "more"} <= set(registry.known_types()) and registry.broken() == []
    assert html(run_step(tmp_path, "pass", start="@card(type='theirs')")) == "theirs"


def test_cards_find_what_metaflow_ships_for_them(site: Path, tmp_path: Path) -> None:
    """Imports and constructors as in published cards: Mustache, names of packages, fewer arguments."""
    text = """
        from metaflow.plugins.cards.card_modules import MetaflowCard, MetaflowCardComponent, chevron
        from metaflow.plugins.cards.card_modules.basic import SectionComponent, TextComponent, TitleComponent
        from metaflow.plugins.cards.card_modules.components import with_default_component_id
        class Named(MetaflowCardComponent):
            @with_default_component_id
            def render(self): return self.component_id.partition("_")[0]
        class Theirs(MetaflowCard):
            type = "mustache"
            def __init__(self, options={"a": "<b>"}): self.options = options
            def render(self, task):
                contents = [TitleComponent("x"), TextComponent("y"), Named()]
                inner = SectionComponent(title="t", contents=contents).render()
                parts = "".join(each.get("text") or each["source"] for each in inner["contents"])
                first = self._get_mustache().render("{{a}}|", self.options)
                return first + chevron.render("{{{p}}}", {"p": parts})
        CARDS = [Theirs]
    """
    write(site, "metaflow_extensions/acme/plugins/cards/templates/__init__.py", text)
    assert html(run_step(tmp_path, "pass", start="@card(type='mustache')")) == "&lt;b&gt;|xynamed"


def test_entry_points_are_found(site: Path, tmp_path: Path) -> None:
    write(site, "acme_cards.py", CARD.format(type="by-entry-point"))
    write(site, "acme-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
    write(site, "acme-1.dist-info/entry_points.txt", "[airflow_provider_flows.cards]\nacme = acme_cards:CARDS\n")
    assert html(run_step(tmp_path, "pass", start="@card(type='by-entry-point')")) == "theirs"


def test_a_package_that_cannot_be_loaded_is_named_when_a_type_is_missing(site: Path, tmp_path: Path) -> None:
    write(site, "metaflow_extensions/acme/plugins/cards/bad/__init__.py", "1 / 0")
    write(site, "metaflow_extensions/acme/plugins/cards/worse/__init__.py", "CARDS = [3]")
    said = " ".join(registry.broken())
    assert "metaflow_extensions.acme.plugins.cards.bad cannot be loaded: ZeroDivisionError" in said
    assert "worse cannot be loaded: TypeError: 3 is not a MetaflowCard with a type" in said
    assert "default" in registry.known_types() and "html" in registry.known_types()


def test_nothing_above_a_package_of_cards_is_imported_to_find_it(site: Path) -> None:
    write(site, "metaflow_extensions/acme/plugins/__init__.py", "raise SystemExit('imported')")
    write(site, "metaflow_extensions/acme/toplevel/x.py", "")
    assert "default" in registry.known_types()
