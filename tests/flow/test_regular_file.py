"""A path that somebody else chose leads to a regular file below the folders that are open to them, or nowhere."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest
from airflow_provider_flows.errors import ParameterError
from airflow_provider_flows.flow import regular_file
from airflow_provider_flows.flow.includefile import IncludeFile
from airflow_provider_flows.flow.regular_file import Rejected, read_regular

SECRET = b"of somebody else"
PIPE, ZEROS = "a pipe", "/dev/zero"


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A folder with files that may be read, and ways out of it; a secret and a pipe lie beside it."""
    folder = tmp_path / "open"
    (folder / "below" / "deep").mkdir(parents=True)
    (tmp_path / "open2").mkdir()
    for file in (tmp_path / "secret", tmp_path / "open2" / "file"):
        file.write_bytes(SECRET)
    for file in (folder / "file", folder / "below" / "deep" / "file"):
        file.write_bytes(b"open")
    os.mkfifo(folder / "pipe")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to("..")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "environ").symlink_to("/proc/self/environ")
    (folder / "loop").symlink_to("loop")
    (folder / "inside").symlink_to("below/deep/file")
    (tmp_path / "in").symlink_to(folder)
    return folder


@pytest.mark.parametrize("name", ["file", "below/deep/file", "below/../file", "inside", "../in/file", "up/open/file"])
def test_what_lies_below_is_read_however_it_is_named(opened: Path, name: str) -> None:
    for folders in ([opened], [opened.parent / "open2", opened.parent / "in"]):
        assert read_regular(os.path.join(opened, name), folders) == b"open"


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "out",
        "up/secret",
        "environ",
        "zero",
        "../open2/file",
        "/etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "/nowhere",
        "../nowhere",
        ".",
    ],
)
def test_what_lies_outside_is_never_opened_and_nothing_is_said_of_it(opened: Path, name: str) -> None:
    with pytest.raises(Rejected, match="not among the files that travel"):
        read_regular(os.path.join(opened, name), [opened])
    with pytest.raises(Rejected, match="not among the files that travel"):
        read_regular(os.path.join(opened, name), [])


@pytest.mark.parametrize("folders", ["below the folder", "anywhere"])
def test_only_regular_files_are_read_and_nothing_waits(opened: Path, folders: str) -> None:
    for name in ("pipe", "below", *(("zero", "/dev/zero", "/dev/tty") if folders == "anywhere" else ())):
        with pytest.raises((Rejected, OSError)):
            read_regular(os.path.join(opened, name), [opened] if folders == "below the folder" else None)


@pytest.mark.parametrize("name", ["loop", "nowhere", "file/file", "x\0y", "\ud800", "n" * 300])
def test_what_cannot_be_opened_is_an_error(opened: Path, name: str) -> None:
    for folders in ([opened], None):
        with pytest.raises((OSError, ValueError, Rejected)):
            read_regular(os.path.join(opened, name), folders)


def test_a_file_has_a_largest_size_whatever_it_says_of_itself(opened: Path) -> None:
    assert read_regular(str(opened / "file"), [opened], largest=4) == b"open"
    with pytest.raises(Rejected, match="more than 3 bytes"):
        read_regular(str(opened / "file"), [opened], largest=3)
    assert os.stat("/proc/self/environ").st_size == 0
    with pytest.raises(Rejected, match="more than 3 bytes"):
        read_regular("/proc/self/environ", largest=3)


def test_a_link_that_is_exchanged_meanwhile_leads_nowhere(opened: Path) -> None:
    """A thread turns a folder, and a file, into links to a secret and back, as fast as it can."""
    over = threading.Event()

    def exchange() -> None:
        while not over.is_set():
            for one, other in (("below/deep", "../.."), ("file", "../secret")):
                path, aside, link = opened / one, opened / "aside", opened / "link"
                link.symlink_to(other)
                path.rename(aside)
                link.rename(path)
                path.unlink()
                aside.rename(path)

    (opened / "below" / "secret").symlink_to("deep/file")
    (opened.parent / "file").write_bytes(SECRET)
    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        for _ in range(3000):
            for name in ("below/deep/file", "file", "below/secret"):
                with contextlib.suppress(OSError, Rejected):
                    assert read_regular(str(opened / name), [opened]) == b"open"
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("path", ["/dev/zero", "/dev", "~no-such-user/x", "x\0y", "", 5, "\ud800"])
def test_an_includefile_rejects_in_one_line(tmp_path: Path, path: object) -> None:
    for folders in (None, [tmp_path]):
        with pytest.raises(ParameterError, match=r"^Parameter 'data': the file .* could not be read: .+"):
            IncludeFile("data").in_step(path, tmp_path, folders)


def test_a_local_run_has_the_limit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular_file.read_regular, "__defaults__", (None, 3))
    (tmp_path / "data").write_text("abcd")
    with pytest.raises(ParameterError, match="it has more than 3 bytes"):
        IncludeFile("data").in_step("data", tmp_path)
