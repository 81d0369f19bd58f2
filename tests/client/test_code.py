"""The sources that a run started with can be read and laid out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.client import Run, Task
from airflow_provider_flows.errors import CodeMismatch, NotFound, ObjectDamaged, ObjectMissing
from airflow_provider_flows.identity import code_digest

SOURCES: dict[str, str | bytes] = {"flow.py": "import lib.b  # ✓\r\n", "lib/b.py": "x = 1\n", "data.bin": b"\xff\x00"}


def taken_up(digest, entry) -> dict:
    return {"deployed": {"code": digest, "entry": entry}}


@pytest.fixture
def keep(write, store):
    def written(sources=SOURCES, digest=None, entry="flow.py"):
        digest = digest or code_digest(sources)
        store.put_code("TrainFlow", digest, sources)
        write("1", code=digest, codes=[taken_up(digest, entry)])("start", code=digest)
        return Run("TrainFlow/1").code

    return written


def test_a_run_and_its_tasks_have_the_code_they_ran(keep) -> None:
    for code in (keep(), Task("TrainFlow/1/start/start").code):
        assert code.flowspec == SOURCES["flow.py"] and code.files == SOURCES and code.script_name == "flow.py"
        assert code.digest == code_digest(SOURCES) and repr(code) == f"<FlowCode: flow.py, {code.digest}>"


def test_a_task_has_the_code_that_it_ran_and_the_run_that_which_it_started_with(write, store) -> None:
    digests = {entry: code_digest({entry: ""}) for entry in ("old.py", "new.py")}
    for entry, digest in digests.items():
        store.put_code("TrainFlow", digest, {entry: ""})
    run = write("1", code=digests["old.py"], codes=[taken_up(digest, entry) for entry, digest in digests.items()])
    run("start", code=digests["old.py"])
    run("end", code=digests["new.py"])
    assert Run("TrainFlow/1").code.script_name == Task("TrainFlow/1/start/start").code.script_name == "old.py"
    assert Task("TrainFlow/1/end/end").code.script_name == "new.py"


def test_code_is_laid_out_in_a_folder(keep, tmp_path: Path) -> None:
    with keep().extract(str(tmp_path / "new" / "folder")) as folder:
        assert Path(folder, "lib", "b.py").read_text() == "x = 1\n"
    assert Path(folder, "flow.py").read_bytes() == b"import lib.b  # \xe2\x9c\x93\r\n"
    assert Path(folder, "data.bin").read_bytes() == b"\xff\x00"


def test_without_a_folder_it_is_a_temporary_one(keep) -> None:
    with keep().extract() as folder:
        assert Path(folder, "flow.py").exists()
    assert not Path(folder).exists()


def test_a_run_that_kept_no_code_has_none(write) -> None:
    write("1").succeed()
    assert Run("TrainFlow/1").code is None and Task("TrainFlow/1/end/end").code is None


@pytest.mark.parametrize("path", ["../out.py", "/out.py", "a/../../out.py", "."])
def test_no_file_leaves_the_folder(keep, tmp_path: Path, path: str) -> None:
    with pytest.raises(CodeMismatch, match="leads out of the flow's folder"):
        keep({path: "x"}).extract(str(tmp_path / "inner"))
    assert not (tmp_path / "inner").exists() and not (tmp_path / "out.py").exists()


def test_code_that_is_not_what_its_digest_says_is_rejected(keep) -> None:
    with pytest.raises(ObjectDamaged, match="do not match it"):
        _ = keep(digest=code_digest({"flow.py": "other"})).files


def test_code_that_is_gone_is_missing(write) -> None:
    write("1", code="blake3:00", codes=[taken_up("blake3:00", "flow.py")])
    with pytest.raises(ObjectMissing, match="held sources of TrainFlow"):
        _ = Run("TrainFlow/1").code.flowspec


def test_which_file_is_the_flows_is_said_or_unknown(keep) -> None:
    with pytest.raises(NotFound, match="does not hold the flow file; there are data"):
        _ = keep(entry="gone.py").flowspec
    with pytest.raises(NotFound, match="does not say which file"):
        _ = keep(entry=None).flowspec
