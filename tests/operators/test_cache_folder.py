"""The cache for code is the worker's own: wherever it lies, nobody else can change what a worker imports."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.operators.code_folders import cache_folder

OURS = f"airflow-provider-flows-{os.getuid()}"


@pytest.fixture(params=["configured", "default"])
def above(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the cache is made."""
    folder = tmp_path / "above"
    folder.mkdir(mode=0o755)
    if request.param == "configured":
        monkeypatch.setenv("AIRFLOW__FLOWS__CODE_CACHE_DIR", str(folder))
    else:
        monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_it_is_made_for_its_user_alone(above: Path) -> None:
    assert cache_folder() == above / OURS
    assert stat.S_IMODE((above / OURS).stat().st_mode) == 0o700
    assert cache_folder() == above / OURS


def rejected(words: str) -> None:
    with pytest.raises(UsageError, match=f"{words}.*code_cache_dir"):
        cache_folder()


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_one_that_others_can_write_to_is_rejected(above: Path, mode: int) -> None:
    (above / OURS).mkdir()
    (above / OURS).chmod(mode)
    rejected(f"others can change {above / OURS}. Type `chmod go-w {above / OURS}`")


def test_one_of_somebody_else_is_rejected(above: Path) -> None:
    (above / OURS).mkdir(mode=0o700)
    try:
        os.chown(above / OURS, 12345, -1)
    except PermissionError:
        pytest.skip("only root can give a folder away")
    rejected(f"others can change {above / OURS}")


def test_a_link_in_its_place_is_rejected_wherever_it_leads(above: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (above / OURS).symlink_to(tmp_path / "elsewhere")
    rejected(f"others can change {above / OURS}")
    (above / OURS).unlink()
    (above / OURS).symlink_to(tmp_path / "nowhere")
    rejected("cannot be made")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_in_its_place_is_rejected(above: Path) -> None:
    (above / OURS).touch()
    rejected("cannot be made")


def test_a_folder_above_that_everybody_can_write_to_is_rejected_unless_it_is_sticky(above: Path) -> None:
    above.chmod(0o777)
    rejected(f"others can change {above}. Type `chmod go-w {above}`")
    above.chmod(0o1777)
    assert cache_folder() == above / OURS
    above.chmod(0o755)
    above.parent.chmod(0o777)
    rejected(f"others can change {above.parent}")


def test_a_configured_link_is_followed_and_the_folders_that_it_leads_to_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open" / "real").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "open" / "real")
    monkeypatch.setenv("AIRFLOW__FLOWS__CODE_CACHE_DIR", str(tmp_path / "link"))
    assert cache_folder() == tmp_path / "open" / "real" / OURS
    (tmp_path / "open").chmod(0o777)
    rejected(f"others can change {tmp_path / 'open'}")


def test_a_configured_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__FLOWS__CODE_CACHE_DIR", str(tmp_path / "a" / "b"))
    assert cache_folder() == tmp_path / "a" / "b" / OURS
