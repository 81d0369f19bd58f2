"""`run --packaged`: what stays behind is missing on the laptop, as it would be in a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.laptop import FLOWS, ROOT, Laptop, LocalRun
from tests.flow.sources import flow, two_steps

DYNAMIC = "self.got = __import__('hel' + 'per').V"
READS = "from pathlib import Path\nself.got = (Path(__file__).parent / 'data' / 'x.txt').read_text()"


def stays(run: LocalRun, kind: str = "ModuleNotFoundError") -> str:
    """Return the last line about what failed."""
    assert run.run["start"].task.exception.type.endswith(kind)
    return str(run.run["start"].task.exception.exception)


@pytest.fixture
def helped(laptop: Laptop) -> Laptop:
    (laptop.folder / "helper.py").write_text("V = 7")
    return laptop.write(two_steps(DYNAMIC))


def test_a_module_that_no_import_names_is_missing(helped: Laptop) -> None:
    assert helped.run()("start", "got") == 7
    assert stays(helped.run("--packaged", code=1)) == "No module named 'helper'"
    assert helped.run("--packaged", "--include", "helper.py")("start", "got") == 7
    assert helped.run("--packaged", "--package-suffixes", ".py")("start", "got") == 7
    assert helped.run("--packaged", "--package", "all")("start", "got") == 7


@pytest.mark.parametrize("way", ["PYTHONPATH", "sys.path", "-m", "meta_path"])
def test_it_is_missing_however_it_is_reached_here(laptop: Laptop, tmp_path: Path, way: str) -> None:
    lib = laptop.folder if way == "-m" else tmp_path / "lib"
    lib.mkdir(exist_ok=True)
    (lib / "helper.py").write_text("V = 7")
    finder = f"""
        import sys
        from importlib.util import spec_from_file_location
        class Finder:
            def find_spec(self, name, path, target=None):
                return spec_from_file_location(name, {str(lib / "helper.py")!r}) if name == "helper" else None
        sys.meta_path.append(Finder())
        """
    before = {"sys.path": f"import sys\nsys.path.insert(0, {str(lib)!r})", "meta_path": finder}.get(way, "")
    laptop.write(two_steps(DYNAMIC, before))
    environ = {"PYTHONPATH": f"{ROOT}:{lib}"} if way == "PYTHONPATH" else {}
    assert laptop.run(**environ)("start", "got") == 7
    said = stays(laptop.run("--packaged", code=1, **environ))
    if way in ("sys.path", "meta_path"):
        assert f"{lib}/helper.py is local code and does not travel with the flow" in said
    else:
        assert said == "No module named 'helper'"


def test_a_part_of_a_package_without_init_that_stays_is_missing(laptop: Laptop, tmp_path: Path) -> None:
    for folder, name in ((laptop.folder, "here"), (tmp_path / "lib", "there")):
        (folder / "acme").mkdir(parents=True)
        (folder / "acme" / f"{name}.py").write_text("V = 7")
    laptop.write(two_steps("from acme import here\nself.got = __import__('acme.' + 'there').there.V"))
    before = {"PYTHONPATH": f"{ROOT}:{tmp_path}/lib"}
    assert laptop.run(**before)("start", "got") == 7
    assert "acme.there" in stays(laptop.run("--packaged", code=1, **before))


def test_a_file_that_stays_is_missing(laptop: Laptop) -> None:
    (laptop.folder / "data").mkdir()
    (laptop.folder / "data" / "x.txt").write_text("seven")
    laptop.write(two_steps(READS))
    run = laptop.run("--packaged", code=1)
    assert "data/x.txt stays here; add --include 'data/x.txt'" in run.said.err
    assert "No such file" in stays(run, "FileNotFoundError")
    assert laptop.run("--packaged", "--include", "data/x.txt")("start", "got") == "seven"


def test_what_is_imported_is_there_from_outside_of_the_folder_too(laptop: Laptop) -> None:
    jobs = laptop.folder / "team" / "jobs"
    jobs.mkdir(parents=True)
    (laptop.folder / "team" / "tools.py").write_text("V = 7")
    up = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parents[2]))"
    (jobs / "my.py").write_text(two_steps("from team.tools import V\nself.got = V", up))
    said = laptop("run", "--packaged", "--run-id-file", "run_id", command=(*FLOWS[:-1], "team/jobs/my.py"))
    assert said.code == 0 and "from 2 packaged files" in said.out, said
    run = LocalRun(laptop, (laptop.folder / "run_id").read_text(), said)
    assert run("start", "got") == 7
    assert list(run.run.code.files) == ["team/jobs/my.py", "team/tools.py"]
    assert "from team.tools import V" in run.run.code.flowspec


def test_the_run_keeps_its_code(helped: Laptop) -> None:
    run = helped.run("--packaged", "--include", "helper.py")
    assert list(run.run.code.files) == ["a_flow.py", "helper.py"]
    assert run.run["end"].task.code.digest == run.run.code.digest
    assert run.run.code.flowspec == helped.file.read_text()
    assert helped.run().run.code is None


def test_a_run_goes_on_from_what_was_packaged(helped: Laptop) -> None:
    failed = helped.run("--packaged", code=1)
    assert f"flows a_flow.py resume --origin-run-id {failed.id} --packaged" in failed.said.err.replace(
        "python -m airflow_provider_flows", "flows"
    )
    assert "flows-packaged-" not in failed.said.err.partition("Step 'start' failed")[2]
    resumed = helped.run("resume", "--packaged", "--include", "helper.py")
    assert resumed("start", "got") == 7 and list(resumed.run.code.files) == ["a_flow.py", "helper.py"]
    assert "--include" in helped.run("--packaged", "--include", "a*", code=1).said.err


def test_parameters_and_configurations_are_as_in_any_run(laptop: Laptop) -> None:
    (laptop.folder / "text.txt").write_text("read")
    (laptop.folder / "c.json").write_text('{"a": 1}')
    body = """
    text = IncludeFile("text", default="text.txt")
    include = Parameter("include", default="mine")
    c = Config("c", default="c.json")
    def start(self): self.got = (self.text, self.include, self.c.a)
    """
    laptop.write(flow(body))
    assert laptop.run("--packaged", "--include", "given")("start", "got") == ("read", "given", 1)


def test_what_is_wrong_is_told_before_anything_is_written(helped: Laptop) -> None:
    assert "no file matches" in helped.rejected("run", "--packaged", "--include", "*.none")
    assert "Use it together with --packaged" in helped.rejected("run", "--include", "helper.py")
    assert "Use it together with --packaged" in helped.rejected("run", "--package", "all")
    assert not (helped.folder / "store").exists()


def test_no_folder_is_left(helped: Laptop, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    helped.run("--packaged", code=1, TMPDIR=str(tmp_path / "tmp"))
    assert not list((tmp_path / "tmp").iterdir())
