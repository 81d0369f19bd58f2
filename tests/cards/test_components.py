"""Laws of components: each becomes plain data of what it was given, and none calls a user's code to show a value."""

from __future__ import annotations

import base64
import datetime
import io
import json
from typing import Any

import altair
import numpy
import pandas
import pyarrow
import pytest
from airflow_provider_flows.cards import (
    Artifact,
    Error,
    EventsTimeline,
    Image,
    JSONViewer,
    Markdown,
    MetaflowCardComponent,
    PageComponent,
    ProgressBar,
    PythonCode,
    Table,
    ValueBox,
    VegaChart,
    YAMLViewer,
)
from airflow_provider_flows.cards.component import rendered
from airflow_provider_flows.cards.previews import preview
from airflow_provider_flows.errors import UsageError
from matplotlib.figure import Figure
from PIL import Image as Pillow

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Hostile:
    """Whatever is called of it fails the test."""

    def _called(self, *_: object) -> Any:
        raise AssertionError("a method of a user's class was called")

    __repr__ = __str__ = __format__ = __len__ = __iter__ = __bool__ = __eq__ = __getitem__ = to_dict = _called  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class HostileText(str):
    def __str__(self) -> str:
        raise AssertionError

    __repr__ = __str__


class HostileZone(datetime.tzinfo):
    utcoffset = dst = tzname = lambda self, when: 1 / 0  # type: ignore[assignment]


class HostileNumber(int):
    def __repr__(self) -> str:
        raise AssertionError

    __str__ = __repr__


def test_texts() -> None:
    assert Markdown("  # x\n  y").render() == {"type": "markdown", "source": "# x\ny"}
    assert Markdown().render()["source"] == "" and Markdown(3).render()["source"] == "3"  # type: ignore[arg-type]
    text = Markdown("a")
    text.update("b")
    assert text.render()["source"] == "b"
    assert Error(ValueError("no"), "Title").render() == {"type": "error", "title": "Title", "data": "ValueError: no"}
    assert "test_texts" in PythonCode(test_texts).render()["data"]
    assert PythonCode(code_string=" x = 1").render()["data"] == "x = 1"
    assert PythonCode(len).render()["data"].startswith("# The source is not there")
    assert PythonCode().render()["data"] == ""


def test_an_error_shows_its_traceback() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        assert 'raise ValueError("no")' in Error(error).render()["data"]


def test_values() -> None:
    bar = ProgressBar(max=10, label="Epochs", unit="epochs")
    bar.update(3, metadata="1 s")
    assert bar.render() == {
        "type": "progressBar", "max": 10, "value": 3, "label": "Epochs", "unit": "epochs", "details": "1 s",
    }  # fmt: skip
    box = ValueBox("Loss", 0.5, theme="success")
    box.update(value=0.25, change_indicator="-50 %")
    assert box.render() == {
        "type": "valueBox", "title": "Loss", "value": "0.25", "theme": "success", "change_indicator": "-50 %",
    }  # fmt: skip
    with pytest.raises(UsageError, match=r"no theme 'pink'\. There are: default, success"):
        ValueBox(theme="pink")


def test_tables_hold_texts_numbers_and_components() -> None:
    table = Table([["a", 1], [Markdown("b"), None]], headers=["x", "y"])
    assert table.render()["data"] == [["a", "1"], [{"type": "markdown", "source": "b"}, "None"]]
    table.update([[2.5]], headers=["z"])
    assert (table.render()["columns"], table.render()["data"]) == (["z"], [["2.5"]])
    fixed = Table([["a"]], disable_updates=True)
    fixed.update([["b"]])
    assert fixed.render()["data"] == [["a"]]
    assert Table(numpy.array([[1, 2]])).render()["data"] == [["1", "2"]]
    assert Table().render()["data"] == [] and Table().render()["note"] == ""
    assert Table("text").render()["note"] == "No rows: the table was given str"


FRAME = pandas.DataFrame({"n": range(12), "t": list("abcdefghijkl"), "w": pandas.date_range("2026", periods=12)})


@pytest.mark.parametrize(
    "frame", [FRAME, pyarrow.Table.from_pandas(FRAME, preserve_index=False)], ids=["pandas", "pyarrow"]
)
def test_a_data_frame_is_shown_by_its_first_rows(frame: Any) -> None:
    table = Table.from_dataframe(frame).render()
    assert table["columns"] == ["n", "t", "w"] and len(table["data"]) == 10 and table["data"][1][:2] == ["1", "b"]
    assert table["note"] == "12 rows, 3 columns; the first 10 and 3 are shown"
    assert len(Table.from_dataframe(frame, truncate=False).render()["data"]) == 12


def test_an_index_that_says_something_is_a_column() -> None:
    table = Table.from_dataframe(pandas.DataFrame({"n": [1]}, index=pandas.Index(["row"], name="key"))).render()
    assert (table["columns"], table["data"]) == (["key", "n"], [["row", "1"]])
    assert Table.from_dataframe(pandas.Series([1, 2], name="s")).render()["columns"] == ["s"]
    assert Table.from_dataframe().render()["data"] == []
    with pytest.raises(UsageError, match="int is not a data frame"):
        Table.from_dataframe(3)


def test_pictures_travel_inside() -> None:
    uri = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert Image(PNG, "One").render() == {"type": "image", "src": uri, "label": "One"}
    assert Image(uri).render()["src"] == uri
    assert Image(b"<svg xmlns='http://www.w3.org/2000/svg'/>").render()["src"].startswith("data:image/svg+xml;base64,")
    assert Image.from_pil_image(Pillow.new("CMYK", (2, 2))).render()["src"].startswith("data:image/png;")
    figure = Figure()
    axes = figure.subplots()
    assert Image.from_matplotlib(figure).render()["src"].startswith("data:image/png;")
    assert Image.from_matplotlib(axes).render()["src"].startswith("data:image/png;")


@pytest.mark.parametrize(
    "src",
    [None, b"", b"text", "https://example.com/x.png", "javascript:alert(1)", 3, Hostile()],
    ids=map(str, range(7)),
)
def test_what_is_no_picture_is_said_in_its_place(src: Any) -> None:
    assert rendered(Image(src))["type"] == "failed"


def test_a_picture_is_updated_unless_updates_are_disabled() -> None:
    fixed, live = Image(PNG), Image(PNG, disable_updates=False)
    for picture in (fixed, live):
        picture.update(Pillow.new("RGB", (9, 9)), label="new")
    assert fixed.render()["label"] is None and live.render()["label"] == "new"
    assert live.render()["src"] != fixed.render()["src"]


def test_charts() -> None:
    chart = VegaChart({"mark": "bar", "data": {"values": [{"x": numpy.int64(3), "y": float("nan")}]}})
    assert chart.render()["spec"] == {
        "mark": "bar", "data": {"values": [{"x": 3, "y": "nan"}]}, "width": "container",
    }  # fmt: skip
    made = VegaChart.from_altair_chart(
        altair.Chart(FRAME).mark_bar().encode(x="n", y="t"),
    ).render()
    assert made["spec"]["mark"]["type"] == "bar" and json.dumps(made)
    assert "width" not in VegaChart({"hconcat": []}).render()["spec"]
    with pytest.raises(UsageError, match=r"not str; VegaChart\.from_altair_chart"):
        VegaChart("{}")  # type: ignore[arg-type]


def test_trees() -> None:
    assert JSONViewer({"a": [1]}).render()["json_string"] == '{\n  "a": [\n    1\n  ]\n}'
    assert JSONViewer('{"a":1}').render()["json_string"] == '{\n  "a": 1\n}'
    assert JSONViewer("not json").render()["json_string"] == '"not json"'
    assert YAMLViewer({"a": [1]}).render()["yaml_string"] == "a:\n- 1\n"
    assert YAMLViewer("a: 1", title="T").render()["title"] == "T"
    heights = [JSONViewer(1, max_height=given).render()["max_height"] for given in ("20em", 30, "1px;x:y", None)]  # type: ignore[arg-type]
    assert heights == ["20em", "30px", None, None]


def test_events_come_newest_first_and_the_last_ones_are_kept() -> None:
    timeline = EventsTimeline("Training", max_events=2)
    for epoch in range(3):
        timeline.update({"epoch": epoch}, payloads={"more": Markdown("x")}, finished=epoch == 2)
    shown = timeline.render()
    assert [event["metadata"]["epoch"] for event in shown["events"]] == ["2", "1"]
    assert shown["events"][0]["payloads"]["more"] == {"type": "markdown", "source": "x"}
    stats = timeline.get_stats()
    assert (stats["total_events"], stats["displayed_events"], stats["finished"]) == (3, 2, True)
    for given in ({"style_theme": "pink"}, {"priority": "pink"}):
        with pytest.raises(UsageError, match=r"'pink'\. There are: "):
            timeline.update({}, **given)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="as a dict, not int"):
        timeline.update(3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        Hostile(),
        [Hostile()],
        {"k": Hostile()},
        (Hostile(),),
        HostileText("x"),
        HostileNumber(3),
        [HostileNumber(3)],
        pandas.DataFrame({"x": [Hostile(), HostileNumber(2)]}),
        numpy.array([Hostile()], dtype=object),
        numpy.array([(Hostile(),)], dtype=[("o", object)])[0],
        datetime.datetime(2026, 1, 2, tzinfo=HostileZone()),
        pandas.Timestamp("2026-01-02").replace(tzinfo=datetime.timezone.utc),
        type("Odd", (), {"__module__": 5})(),
    ],
    ids=map(str, range(13)),
)
def test_no_method_of_a_users_class_is_called_to_show_a_value(value: Any) -> None:
    for component in (Artifact(value), Table([[value]]), JSONViewer(value), YAMLViewer(value), ValueBox("t", value)):
        assert json.dumps(rendered(component))


def test_a_value_is_not_even_asked_for_its_class() -> None:
    class Hidden:
        @property
        def __class__(self) -> Any:
            raise AssertionError

    for component in (Artifact(Hidden()), Table([[Hidden()]]), JSONViewer([Hidden()])):
        assert "Hidden" in json.dumps(rendered(component), ensure_ascii=False)


def test_a_list_that_holds_itself_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert json.dumps(rendered(Artifact(loop))) and json.dumps(rendered(JSONViewer(loop)))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        ("text", "text"),
        ([1, "a", None], "[1, 'a', None]"),
        ({"a": (1,)}, "{'a': (1,)}"),
        (set(), "set()"),
        (numpy.float32(0.5), "0.5"),
        (pandas.Timestamp("2026-01-02"), "2026-01-02 00:00:00"),
        (numpy.arange(8).reshape(2, 4), "int64 2×4: 0, 1, 2, 3, 4, 5, …"),
        (list(range(60)), f"[{', '.join(map(str, range(50)))}, … 10 more]"),
        (10**5000, "‹int of 16,610 bits›"),
        ("x" * 600, "x" * 500 + "…"),
        ({"k": object()}, "{'k': ‹object›}"),
    ],
    ids=map(str, range(12)),
)
def test_known_values_are_shown_as_text(value: Any, shown: str) -> None:
    assert preview(value)["text"] == shown


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (FRAME, "table"),
        (pyarrow.table({"a": [1]}), "table"),
        (Pillow.new("RGB", (2000, 10)), "image"),
        (Figure(), "image"),
        (altair.Chart(FRAME).mark_bar().encode(x="n"), "vegaChart"),
        ({"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": "bar"}, "vegaChart"),
    ],
)
def test_frames_pictures_and_charts_are_shown_as_what_they_are(value: Any, kind: str) -> None:
    assert preview(value)["shown"]["type"] == kind


def test_pictures_that_are_shown_of_artifacts_are_small() -> None:
    shown = preview(Pillow.effect_noise((4000, 4000), 90))
    assert len(json.dumps(shown)) < 410_000
    stream = io.BytesIO()
    Pillow.effect_noise((900, 900), 90).save(stream, format="PNG")
    assert "bytes; append an Image to show it" in preview(stream.getvalue())["text"]


def test_a_component_of_an_author_may_give_text_or_another_ones_data() -> None:
    class Text(MetaflowCardComponent):
        def render(self) -> str:
            return "**x**"

    class Other(MetaflowCardComponent):
        def render(self) -> Any:
            return Table([[1]]).render()

    assert rendered(Text()) == {"type": "markdown", "source": "**x**"} and rendered(Other())["type"] == "table"
    section = PageComponent("Title", contents=[Text(), "plain"]).render()
    assert section["contents"] == [{"type": "markdown", "source": "**x**"}, "plain"]


@pytest.mark.parametrize(
    ("render", "words"),
    [
        (lambda self: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda self: None, "render() returned NoneType, not a text or a dict"),
        (MetaflowCardComponent.render, "Broken has no render()"),
    ],
)
def test_one_that_fails_is_told_in_its_place(render: Any, words: str) -> None:
    broken = type("Broken", (MetaflowCardComponent,), {"render": render})()
    found = rendered(broken)
    assert (found["type"], found["name"]) == ("failed", "Broken") and words in found["message"]
