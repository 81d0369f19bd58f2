"""Laws of a card's HTML: one file that needs nothing else, in which nothing that anybody wrote becomes code."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.cards import (
    Artifact,
    BlankCard,
    Error,
    EventsTimeline,
    Image,
    JSONViewer,
    Markdown,
    PageComponent,
    ProgressBar,
    PythonCode,
    Table,
    ValueBox,
    VegaChart,
    YAMLViewer,
)
from airflow_provider_flows.cards.html.page import main_html, page_html
from airflow_provider_flows.cards.html.picture import picture

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></script></style><!--"
CHART = {
    "data": {"values": [{"a": EVIL, "b": 1}, {"a": "B", "b": 2}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}


def html(*components: Any, **options: Any) -> str:
    return BlankCard(options=options, components=components).render(None)


def timeline() -> EventsTimeline:
    made = EventsTimeline(EVIL)
    made.update({EVIL: EVIL}, payloads={EVIL: Markdown(EVIL)})
    return made


EVERYTHING = [
    Markdown(EVIL),
    Markdown(f"[x](javascript:alert(1)) `{EVIL}`\n\n    {EVIL}\n\n![x](data:text/html,{EVIL})"),
    Table([[EVIL, Markdown(EVIL)]], headers=[EVIL]),
    Error(ValueError(EVIL), EVIL),
    ProgressBar(max=EVIL, label=EVIL, value=EVIL, unit=EVIL, metadata=EVIL),  # type: ignore[arg-type]
    ValueBox(EVIL, EVIL, EVIL, change_indicator=EVIL),
    PythonCode(code_string=EVIL),
    JSONViewer({EVIL: EVIL}, title=EVIL),
    YAMLViewer({EVIL: EVIL}, title=EVIL),
    Image(b"GIF89a" + EVIL.encode(), label=EVIL),
    Artifact(EVIL, EVIL),
    timeline(),
    PageComponent(EVIL, EVIL, [EVIL]),
]


HARMLESS = {
    *(
        "p",
        "div",
        "span",
        "section",
        "h1",
        "h2",
        "h3",
        "a",
        "em",
        "strong",
        "code",
        "pre",
        "ul",
        "li",
        "ol",
        "br",
        "time",
    ),
    *("table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "details", "summary", "progress"),
    *("figure", "figcaption", "img"),
}


class Elements(HTMLParser):
    """Keeps tags, attributes and their values, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [(tag, "", ""), *((tag, name, value or "") for name, value in attrs)]


@pytest.mark.parametrize("component", EVERYTHING, ids=lambda each: type(each).__name__)
def test_nothing_that_is_shown_becomes_code(component: Any) -> None:
    found = Elements()
    found.feed(main_html(BlankCard(components=[component]).page(None)))
    assert {tag for tag, _, _ in found.seen} <= HARMLESS
    assert not [name for _, name, _ in found.seen if name.startswith("on")]
    assert not [text for _, name, text in found.seen if name in ("href", "src") and not text.startswith("data:image/")]


def test_a_title_and_a_warning_are_text() -> None:
    page = page_html({"title": EVIL, "warnings": [EVIL], "contents": []}, EVIL)
    assert "<script>alert" not in page and page.count("<title>") == 1


@pytest.mark.parametrize(
    "data",
    [
        *(None, 3, [], {}, {"type": None}, {"type": "artifacts", "data": 3}, {"type": "table", "data": 3}),
        *(
            {"type": kind}
            for kind in ("dag", "vegaChart", "facts", "eventsTimeline", "progressBar", "pythonCode", "image")
        ),
        *({"type": "nonsense"}, {"type": "section", "contents": 5}),
    ],
)
def test_data_of_any_shape_is_shown_as_far_as_it_can_be(data: Any) -> None:
    page = page_html({"contents": [data, {"type": "markdown", "source": "the others"}]})
    assert "the others" in page


def policy(page: str) -> str:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_the_policy_lets_run_what_the_package_brings_and_nothing_else() -> None:
    plain, chart = html(Markdown("x")), html(VegaChart(CHART))
    assert "script-src 'none'" in policy(plain) and "<script" not in plain and len(plain) < 12_000
    scripts = re.findall(r"<script>(.*?)</script>", chart, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert len(scripts) == 4 and policy(chart).endswith(" ".join(f"'sha256-{digest}'" for digest in digests))
    assert policy(chart).startswith("default-src 'none'") and "unsafe-eval" not in policy(chart)


def test_a_page_fetches_nothing() -> None:
    page = html(*EVERYTHING)
    assert not re.findall(r"<(?:link|iframe|object|embed|base)\b", page)
    assert not re.search(r"(?:src|href)=\"(?!data:|https://example)[^\"]*//", page)


STEPS = {
    "start": {"next": ["a", "b"], "type": "split-static", "doc": ""},
    "a": {"next": ["join"], "type": "linear", "doc": "Says a."},
    "b": {"next": ["b", "join"], "type": "split-switch", "doc": ""},
    "join": {"next": ["end"], "type": "join", "doc": ""},
    "end": {"next": [], "type": "end", "doc": ""},
}


def test_the_flows_picture_has_every_step_after_those_that_lead_to_it() -> None:
    found = picture({"steps": STEPS, "here": "b"})
    places = {box.name: box.x for box in found.boxes}
    assert sorted(places, key=lambda name: (places[name], name)) == ["start", "a", "b", "join", "end"]
    assert [box.name for box in found.boxes if box.is_here] == ["b"] and len(found.lines) == 6
    assert max(box.x + found.box_width for box in found.boxes) < found.width
    shown = main_html({"contents": [{"type": "dag", "steps": STEPS, "here": "b"}]})
    assert shown.count("<rect") == 5 and "<title>Says a.</title>" in shown and ">switch<" in shown


def test_a_line_passes_between_the_steps_that_it_does_not_lead_to() -> None:
    steps = {
        "start": {"next": ["left", "fan"], "type": "split-static"},
        "left": {"next": ["join"], "type": "linear"},
        "fan": {"next": ["each"], "type": "split-foreach"},
        "each": {"next": ["collect"], "type": "linear"},
        "collect": {"next": ["join"], "type": "join"},
        "join": {"next": [], "type": "join"},
    }
    found = picture({"steps": steps})
    (line,) = [line for line in found.lines if " H" in line]
    passed = [float(y) for y in re.findall(r"([\d.]+) H", line)]
    boxes = {box.name: box for box in found.boxes}
    assert len(passed) == 2
    for y, name in zip(passed, ("each", "collect"), strict=True):
        assert not boxes[name].y <= y <= boxes[name].y + found.box_height
    assert boxes["left"].y < boxes["fan"].y and passed[0] < boxes["each"].y


BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_a_browser_draws_a_chart_from_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "card.html"
    file.write_text(html(VegaChart(CHART), VegaChart({"mark": "bar", "data": {"url": "https://example.com/x.csv"}})))
    words = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=5000",
        "--dump-dom",
        file.as_uri(),
    ]
    done = subprocess.run([str(BROWSER), *words], capture_output=True, text=True, timeout=120)
    assert done.stdout.count('class="marks"') == 2 and '"drawn">The chart' not in done.stdout
    assert done.stdout.count('aria-roledescription="bar"') == 2  # one for each value; what is elsewhere is not fetched
