"""A card's page: its data laid out by templates, with its style and its scripts inside. Any process that shows cards.

All text is escaped by the templates; scripts run only if their digest is in the page's policy, so nothing that a card
says can become code, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from airflow_provider_flows.cards.html.code import code
from airflow_provider_flows.cards.html.markdown import markdown
from airflow_provider_flows.cards.html.picture import picture
from airflow_provider_flows.errors import words_of
from airflow_provider_flows.text import size
from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup

_FOLDER = Path(__file__).parent
_CHART = '"type":"vegaChart"'


def page_html(page: dict[str, Any], name: str = "", follows: bool = False) -> str:
    """Return a page of components as HTML, complete in itself.

    One that `follows` takes what `main_html` returns from the window around it, and shows that instead.
    """
    has_charts = follows or _CHART in json.dumps(page, separators=(",", ":"))
    scripts = [*(_scripts() if has_charts else ()), *([_read("follow.js")] if follows else ())]
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts) or "'none'"
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; script-src {allowed}"
    return (
        _templates()
        .get_template("page.html.jinja2")
        .render(
            page=page,
            name=name,
            style=Markup(_read("style.css")),
            scripts=[Markup(each) for each in scripts],
            policy=policy,
        )
    )


def main_html(page: dict[str, Any]) -> str:
    """Return what is in a page, without what is around it."""
    return _templates().get_template("main.html.jinja2").render(page=page)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=ChainableUndefined,  # authors' own components may leave out anything
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(markdown=markdown, code=code, picture=picture, size=size, moment=_moment, duration=_duration)
    found.globals.update(component=_component)
    return found


def _component(data: Any) -> Markup:
    """Return a component's HTML; whatever is wrong with its data, the others are shown."""
    macros: Any = _templates().get_template("components.html.jinja2").module
    try:
        return Markup(macros.one(data))
    except Exception as error:
        return Markup('<p class="note">A component cannot be shown: %s</p>') % words_of(error)


@lru_cache(maxsize=1)
def _scripts() -> list[str]:
    """Return what draws charts: Vega, Vega-Lite, vega-embed, and our few lines, which call them."""
    libraries = [next((_FOLDER / "vega").glob(f"{name}-[0-9]*.min.js")) for name in ("vega", "vega-lite", "vega-embed")]
    return [file.read_text(encoding="utf-8") for file in (*libraries, _FOLDER / "charts.js")]


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
