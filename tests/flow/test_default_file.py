"""Default paths are looked up where the command is given, then beside the flow."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.flow.default_file import default_file
from airflow_provider_flows.flow.regular_file import Rejected


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    here, flow = tmp_path / "here", tmp_path / "flow"
    here.mkdir()
    flow.mkdir()
    monkeypatch.chdir(here)
    return here, flow


def test_the_working_directory_comes_first(places: tuple[Path, Path]) -> None:
    here, flow = places
    (flow / "x").write_text("same")
    assert default_file("x", flow) == flow / "x"
    (here / "x").write_text("same")
    assert default_file("x", flow) == here / "x"


def test_two_files_that_differ_are_both_named(places: tuple[Path, Path]) -> None:
    for place in places:
        (place / "x").write_text(place.name)
    with pytest.raises(Rejected) as error:
        default_file("x", places[1])
    assert all(f"{place}/x" in str(error.value) for place in places)


def test_one_file_under_two_paths_is_one(places: tuple[Path, Path]) -> None:
    here, flow = places
    (here / "x").write_text("a")
    (flow / "x").symlink_to(here / "x")
    assert default_file("x", flow).samefile(here / "x")


def test_what_is_nowhere_belongs_beside_the_flow(places: tuple[Path, Path]) -> None:
    assert default_file("x", places[1]) == places[1] / "x"
    assert default_file("/x/y", places[1]) == Path("/x/y")
