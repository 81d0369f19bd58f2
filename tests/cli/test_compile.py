"""`flows-compile` as a user meets it: what is on stdout, what is in the file, what is rejected and how."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from airflow_provider_flows.pages import HOME

from tests.cli.support import ROOT, compile_
from tests.flow.sources import flow, two_steps

BODY = """
alpha = Parameter('alpha', default=1, help='How many.')
names = Parameter('names', multiple=True)
def start(self):
    self.xs = [1, 2]
    self.next(self.work, foreach='xs')
def work(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "my_flow.py"
    file.write_text(flow(BODY))
    return file


def compiled(file: Path, *options: str) -> str:
    run = compile_(file.name, *options, cwd=file.parent)
    assert run.returncode == 0, run.stderr
    compile(run.stdout, "dag.py", "exec")
    return run.stdout


def rejected(file: Path, *options: str, code: int = 2) -> str:
    run = compile_(file.name, *options, cwd=file.parent)
    assert (run.returncode, run.stdout) == (code, ""), run
    assert "Traceback" not in run.stderr, run.stderr
    return run.stderr


@pytest.mark.parametrize(
    "noise",
    [
        "print('noise')",
        "import sys; sys.stdout.write('noise')",
        "import sys; sys.__stdout__.write('noise')",
        "import os; os.write(1, b'noise')",
        "import os; os.system('echo noise')",
        "import atexit; atexit.register(print, 'noise')",
        "import threading, time; threading.Timer(0.5, print, ['noise']).start()",
        "import warnings; warnings.warn('noise')",
        "import logging, sys; logging.basicConfig(stream=sys.stdout); logging.warning('noise')",
    ],
)
def test_stdout_is_the_dag_alone_whatever_the_flow_says(tmp_path: Path, noise: str) -> None:
    file = tmp_path / "my_flow.py"
    file.write_text(f"{noise}\n{two_steps('pass')}")
    run = compile_(file, cwd=tmp_path)
    assert run.stdout.startswith('"""Airflow DAG of the flow F.') and run.stdout.endswith("}\n")
    assert "noise" not in run.stdout.replace(noise, "") and "noise" in run.stderr


def test_the_file_is_what_stdout_would_be(file: Path) -> None:
    text = compiled(file)
    run = compile_(file, "-o", "dag.py", cwd=file.parent)
    assert (run.returncode, run.stdout) == (0, "")
    assert (file.parent / "dag.py").read_text() == text == compiled(file, "-o", "-")


def test_a_failed_compile_leaves_the_old_file(file: Path) -> None:
    dag = file.parent / "dag.py"
    dag.write_text("old")
    file.write_text("class")
    rejected(file, "-o", "dag.py")
    assert dag.read_text() == "old"
    assert sorted(path.name for path in file.parent.iterdir()) == ["dag.py", "my_flow.py"]


def test_a_replaced_file_keeps_its_permissions_and_its_link(file: Path) -> None:
    real = file.parent / "real.py"
    real.write_text('"""Airflow DAG of the flow Old."""')
    real.chmod(0o640)
    (file.parent / "dag.py").symlink_to("real.py")
    compile_(file, "-o", "dag.py", cwd=file.parent)
    assert (file.parent / "dag.py").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640 and real.read_text() == compiled(file)


def test_what_no_compile_has_written_is_not_replaced(file: Path) -> None:
    notes = file.parent / "notes.txt"
    notes.write_text("mine")
    rejected(file, "-o", "notes.txt")
    rejected(file, "-o", "my_flow.py")
    assert notes.read_text() == "mine" and "FlowSpec" in file.read_text()


@pytest.mark.parametrize(
    "argument",
    [
        "retires=3",
        "retries=abc",
        "retries=-1",
        "retries=1.5",
        "trigger_rule=foo",
        "pool_slots=0",
        "pool=",
        "priority_weight=x",
    ],
)
def test_an_argument_that_airflow_would_reject_is_rejected_at_once(file: Path, argument: str) -> None:
    assert argument.partition("=")[0] in rejected(file, "--task-arg", f"start.{argument}")


def test_a_new_file_has_the_permissions_of_any_other(file: Path) -> None:
    compile_(file, "-o", "dag.py", cwd=file.parent)
    other = file.parent / "other"
    other.touch()
    assert (file.parent / "dag.py").stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize(
    ("output", "words"),
    [("no/such/dag.py", "there is no folder"), ("my_flow.py/dag.py", "there is no folder"), ("", "the path is empty")],
)
def test_an_output_that_cannot_be_written_is_told_clearly(file: Path, output: str, words: str) -> None:
    assert words in rejected(file, "-o", output)


def test_a_device_is_written_not_replaced(file: Path) -> None:
    assert compile_(file, "-o", "/dev/stdout", cwd=file.parent).stdout == compiled(file)
    assert compile_(file, "-o", "/dev/null", cwd=file.parent).returncode == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_check_tells_whether_a_file_is_up_to_date(file: Path) -> None:
    dag = file.parent / "dag.py"
    dag.write_text(compiled(file))
    run = compile_(file, "--check", "dag.py", cwd=file.parent)
    assert (run.returncode, run.stdout) == (0, "")
    dag.write_text(dag.read_text().replace("default", "defunct"))
    run = compile_(file, "--check", "dag.py", cwd=file.parent)
    assert run.returncode == 1 and re.search(r"^-.*defunct.*\n\+.*default", run.stdout, re.MULTILINE), run.stdout
    run = compile_(file, "--check", "missing.py", cwd=file.parent)
    assert run.returncode == 1 and run.stdout.startswith("--- missing.py\n+++ missing.py (compiled now)\n")
    rejected(file, "--check", ".")


def test_explain_is_a_table_of_steps(file: Path) -> None:
    run = compile_(file, "--explain", "--with", "retry:times=2", cwd=file.parent)
    rows = [re.split(r"\s{2,}", line.strip()) for line in run.stdout.splitlines()]
    assert [row[0] for row in rows] == ["step", "start", "work", "join", "end"]
    assert rows[0][:3] == ["step", "type", "Airflow task"]
    assert rows[2][-2:] == ["all_success", "2"]


@pytest.mark.parametrize(
    "options",
    [("--explain", "-o", "x"), ("--check", "x", "--explain"), ("-o", "x", "--explain", "--check")],
)
def test_one_answer_can_be_asked_for(file: Path, options: tuple[str, ...]) -> None:
    assert "Give one of --output, --check and --explain" in rejected(file, *options)


def test_two_files_cannot_be_meant(file: Path) -> None:
    run = compile_(file.name, "compile", "-o", "x", "--check", "y", cwd=file.parent, module="cli")
    assert run.returncode == 2 and "Give one of --output, --check and --explain" in run.stderr


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--dag-id", "other.id"], 'dag_id="other.id"'),
        (["--schedule", "@daily"], 'schedule="@daily"'),
        (["--schedule", "0 6 ? * MON-FRI *"], 'schedule="0 6 * * 1-5"'),
        (["--schedule", "none"], "schedule=None"),
        (["--schedule", "@daily"], 'start_date=pendulum.datetime(2024, 1, 1, tz="UTC")'),
        (["--schedule", "@daily", "--start-date", "2026-01-31"], 'start_date=pendulum.datetime(2026, 1, 31, tz="UTC")'),
        (["--start-date", "2026-01-31T06:30+02:00"], 'start_date=pendulum.datetime(2026, 1, 31, 4, 30, tz="UTC")'),
        (["--start-date", "2026-01-31T06:30:05Z"], 'start_date=pendulum.datetime(2026, 1, 31, 6, 30, 5, tz="UTC")'),
        (["--schedule", "@daily", "--start-date", "2026-01-31", "--catchup"], "catchup=True"),
        ([], "catchup=False"),
        (["--tag", "b", "--tag", "a"], 'tags=["a", "b", "flow"]'),
        (["--param", "alpha=5"], '"alpha": Param(5, '),
        (["--param", "names=a"], '"names": Param(["a"], '),
        (["--param", 'names=["a", "b"]'], '"names": Param(["a", "b"], '),
        (["--param", "names="], '"names": Param([""], '),
        (["--max-active-runs", "3"], "max_active_runs=3"),
        (["--max-workers", "4"], "max_active_tasks=4"),
        (["--pool", "gpu"], 'pool="gpu"'),
        (["--queue", "large"], 'queue="large"'),
        (["--task-arg", "work.pool=gpu"], 'pool="gpu"'),
        (["--task-arg", "work.priority_weight=3"], "priority_weight=3"),
        (["--task-arg", "work.retry_delay=90"], "retry_delay=timedelta(seconds=90)"),
        (["--task-arg", 'work.executor_config={"a": [1, null]}'], 'executor_config={"a": [1, None]}'),
        (["--task-arg", "work.queue=a=b.c"], 'queue="a=b.c"'),
        (["--task-arg", "*.owner=ml"], 'owner="ml"'),
        (["--with", "retry:times=2"], "retries=2"),
        (["--with", "timeout:minutes=3"], "execution_timeout=timedelta(minutes=3)"),
        (["--datastore-root", "s3://bucket/x"], 'datastore_root="s3://bucket/x"'),
        (["--include", "*.txt"], '"data.txt": "text"'),
    ],
)
def test_every_option_shows_in_the_dag(file: Path, options: list[str], found: str) -> None:
    (file.parent / "data.txt").write_text("text")
    text = compiled(file, *options)
    assert found in re.sub(r"\s+", " ", text).replace("( ", "(").replace(", )", ")"), text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--no-such"], "No such option"),
        (["--with", "retyr"], "unknown decorator 'retyr'. Did you mean 'retry'?"),
        (["--with", "retry:times"], "write name=value"),
        (["--with", "retry:time=3"], "does not support the attribute 'time'"),
        (["--with", "retry:times=9"], "retries 9 times"),
        (["--with", ""], "--with ''"),
        (["--with", "catch"], "@catch is not supported in foreach split steps"),
        (["--param", "alpa=1"], "no parameter 'alpa'. Did you mean alpha?"),
        (["--param", "alpha"], "write NAME=VALUE"),
        (["--param", "=1"], "write NAME=VALUE"),
        (["--param", "alpha=x"], "'alpha' cannot take 'x'"),
        (["--param", "alpha=1", "--param", "alpha=2"], "--param alpha=… is given twice"),
        (["--param", 'names=["a"'], "not valid JSON"),
        (["--task-arg", "wrk.pool=x"], "there is no step 'wrk'. Did you mean work?"),
        (["--task-arg", "work=x"], "write STEP.KEY=VALUE"),
        (["--task-arg", "work.pool"], "write STEP.KEY=VALUE"),
        (["--task-arg", "work.class=x"], "write STEP.KEY=VALUE"),
        (["--task-arg", "work.task_id=x"], "task_id is set by the compiler"),
        (["--task-arg", "work.retry_delay=soon"], "retry_delay must be a number of seconds"),
        (["--task-arg", "work.retry_delay=1e300"], "retry_delay must be a number of seconds from 0 to"),
        (["--task-arg", "work.retry_delay=-1"], "retry_delay must be a number of seconds from 0 to"),
        (["--task-arg", "work.retry_delay=NaN"], "retry_delay must be a number of seconds"),
        (["--task-arg", "work.pool=a", "--task-arg", "work.pool=b"], "work.pool=… is given twice"),
        (["--task-arg", "*.owner="], "--task-arg '*.owner=': owner must be"),
        (["--task-arg", "*.retires=1"], "an Airflow operator has no argument 'retires'. Did you mean retries?"),
        (["--task-arg", "*.pool=a", "--pool", "b"], "--pool and --task-arg '*.pool=…' say the same"),
        (["--schedule", "often"], "is not a cron expression"),
        (["--schedule", "@oftne"], "is not a schedule. The presets are"),
        (["--start-date", "soon"], "'soon': start_date must be a date from 1970"),
        (["--start-date", "now"], "'now': start_date must be a date from 1970"),
        (["--start-date", "12:30"], "'12:30': start_date must be a date from 1970"),
        (["--start-date", "P1D"], "'P1D': start_date must be a date from 1970"),
        (["--start-date", "2026-02-31"], "start_date must be a date"),
        (["--start-date", "٢٠٢٦-01-01"], "start_date must be a date"),
        (["--schedule", "@daily", "--catchup"], "Give one with --start-date"),
        (["--catchup", "--start-date", "2026-01-01"], "this one has no schedule"),
        (["--max-active-runs", "0"], "--max-active-runs"),
        (["--max-workers", "many"], "--max-workers"),
        (["--dag-id", "a b"], "a b"),
        (["--dag-id", "x" * 300], "250"),
        (["--include", "*.nope"], "--include *.nope: no file"),
        (["--include", "../" * 30 + "etc/passwd"], "too far outside"),
        (["--class", "Nope"], "there is no flow 'Nope'"),
        (["--branch", "b"], "--branch is for flows of a project"),
        (["--production"], "--production is for flows of a project"),
    ],
)
def test_a_bad_option_is_rejected(file: Path, options: list[str], words: str) -> None:
    said = re.sub(r"\s+", " ", rejected(file, *options))
    assert words in said, said


def test_a_required_parameter_and_a_schedule_exclude_each_other(file: Path) -> None:
    file.write_text(two_steps("pass").replace("    @step", "    p = Parameter('p', required=True)\n    @step", 1))
    assert "p" in compiled(file)
    said = rejected(file, "--schedule", "@daily")
    assert "parameter 'p' is required, and a scheduled run cannot prompt for it" in said
    assert '"p": Param("x"' in compiled(file, "--schedule", "@daily", "--param", "p=x")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *((name, f"@{name}\n@step") for name in ("secrets", "slurm")),
        ("slurm", "@slurm(memory=4000)\n@step"),
    ],
)
def test_a_step_decorator_that_there_is_not_is_rejected_where_it_stands(file: Path, name: str, written: str) -> None:
    body = two_steps("pass", start=written.removesuffix("\n@step"))
    file.write_text(f"from metaflow import {name}\n{body}")
    said = rejected(file)
    assert (
        f"my_flow.py:8: @{name} is not supported here." in said
        and f"{HOME}/blob/main/docs/differences.md#decorators" in said
    )


@pytest.mark.parametrize("name", ["trigger", "trigger_on_finish", "exit_hook"])
def test_a_flow_decorator_that_there_is_not_is_rejected_where_it_stands(file: Path, name: str) -> None:
    file.write_text(f"from metaflow import {name}\n{two_steps('pass')}".replace("class F", f"@{name}(x=1)\nclass F"))
    said = rejected(file)
    assert (
        f"my_flow.py:7: @{name} is not supported here." in said
        and f"{HOME}/blob/main/docs/differences.md#decorators" in said
    )


def test_num_parallel_is_rejected_with_its_page(file: Path) -> None:
    file.write_text(flow(BODY.replace("foreach='xs'", "num_parallel=2")))
    said = rejected(file)
    assert "my_flow.py:" in said and f"{HOME}/blob/main/docs/differences.md#num_parallel\n" in said


class TestIncludedFiles:
    def test_travel_with_the_flow(self, file: Path) -> None:
        (file.parent / "a [1].txt").write_text("content")
        file.write_text(flow("data = IncludeFile('data', default='a [1].txt')\ndef start(self): pass"))
        assert '"a [1].txt": "content"' in compiled(file)

    def test_given_for_this_deployment_travel_too(self, file: Path) -> None:
        (file.parent / "other.txt").write_text("content")
        file.write_text(flow("data = IncludeFile('data')\ndef start(self): pass"))
        text = compiled(file, "--param", "data=other.txt")
        assert '"other.txt": "content"' in text and 'Param("other.txt"' in re.sub(r"\(\s+", "(", text)

    @pytest.mark.parametrize(
        ("default", "words"),
        [
            ("nope.txt", "there is no file 'nope.txt'"),
            ("..", "it is not a regular file"),
            ("/etc/hostname", "lies outside"),
        ],
    )
    def test_that_cannot_travel_are_rejected_at_their_line(self, file: Path, default: str, words: str) -> None:
        file.write_text(flow(f"data = IncludeFile('data', default={default!r})\ndef start(self): pass"))
        said = rejected(file)
        assert words in said and "my_flow.py:7: " in said


def test_a_parameter_that_airflow_could_not_store_is_rejected_at_its_line(file: Path) -> None:
    file.write_text(flow("p = Parameter('p', default={1, 2})\ndef start(self): pass"))
    assert "my_flow.py:7: " in rejected(file)


def test_deploy_time_defaults_are_evaluated_once(file: Path) -> None:
    body = "p = Parameter('p', default=lambda context: print('evaluated') or 'x')\ndef start(self): pass"
    file.write_text(flow(body))
    assert compile_(file, cwd=file.parent).stderr.count("evaluated") == 1


def test_the_same_flow_gives_the_same_bytes_anywhere(file: Path, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("SET = {'a', 'b', 'c'}")
    file.write_text("import helper\n" + flow(BODY, above="@project(name='p', production=True)\n@schedule(daily=True)"))
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    texts = {
        compile_(path, "--tag", "x", "--tag", "y", cwd=cwd, PYTHONHASHSEED=seed).stdout
        for path, cwd, seed in (
            ("my_flow.py", tmp_path, "1"),
            ("../my_flow.py", elsewhere, "2"),
            (file, Path("/"), "3"),
        )
    }
    assert len(texts) == 1 and "dag_id" in texts.pop()


def test_compiling_imports_no_airflow(file: Path) -> None:
    file.write_text(file.read_text() + "import atexit, sys\n@atexit.register\ndef tell(): print(*sys.modules)\n")
    loaded = compile_(file, cwd=file.parent).stderr.split()
    assert "airflow_provider_flows.compiler.compile" in loaded
    heavy = ("airflow", "pendulum", "numpy", "pandas", "fsspec", "sqlalchemy", "pydantic", "rich")
    assert [name for name in loaded if name.partition(".")[0] in heavy] == []


def test_help_names_every_option() -> None:
    text = compile_("--help", cwd=ROOT).stdout
    for option in [
        "output",
        "with",
        "class",
        "dag-id",
        "schedule",
        "start-date",
        "catchup",
        "tag",
        "param",
        "max-active-runs",
        "pool",
        "queue",
    ]:
        assert f"--{option}" in text


def test_a_reader_that_has_seen_enough_is_no_error(file: Path) -> None:
    code = f"{sys.executable} -c 'from airflow_provider_flows.cli.compile import main; main()' my_flow.py | head -c 10"
    done = subprocess.run(
        code, shell=True, cwd=file.parent, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ('"""Airflow', "")


OTHERS = [pytest.param(version, marks=pytest.mark.slow) for version in ("3.10", "3.11", "3.13")]


@pytest.mark.parametrize("version", OTHERS)
def test_every_python_gives_the_same_bytes(file: Path, tmp_path: Path, version: str) -> None:
    doc = '"""A doc.\n\n          More.\n        """\n        '
    file.write_text(file.read_text().replace("def work(self): ", f"def work(self):\n        {doc}"))
    uv = ["uv"] if shutil.which("uv") else [sys.executable, "-m", "uv"]
    if subprocess.run([*uv, "python", "find", "-q", "--no-python-downloads", version], capture_output=True).returncode:
        pytest.skip(f"there is no Python {version}")
    environment = tmp_path / "venv"
    needs = ["blake3", "click", "jinja2"]
    for command in (
        ["venv", "-q", "--python", version, environment],
        ["pip", "install", "-q", "-p", environment, *needs],
    ):
        subprocess.run([*uv, *map(str, command)], check=True)
    run = compile_(file, cwd=tmp_path, python=str(environment / "bin" / "python"))
    assert run.stdout == compiled(file), run.stderr
