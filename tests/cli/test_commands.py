"""Invariants of the command line itself: commands, options on either side of them, help, and exit codes."""

from __future__ import annotations

import pytest

from tests.cli.laptop import SCRIPT, Laptop
from tests.flow.sources import flow, two_steps

COMMANDS = (
    *("run", "resume", "runs", "check", "show", "output-dot", "dump", "logs", "card", "tag", "compile", "package"),
    *("environment", "step"),
)
FLAKY = two_steps("assert current.retry_count == 1")
RETRY = ("--with", "retry:times=1")


def test_help_lists_each_command_with_a_line(laptop: Laptop) -> None:
    for words in (("--help",), ("-h",), ("help",)):
        said = laptop.write(FLAKY)(*words)
        listed = dict(line.split(maxsplit=1) for line in said.out.partition("Commands:\n")[2].splitlines())
        assert (said.code, tuple(listed)) == (0, COMMANDS)
        assert all(line.endswith(".") for line in listed.values())


def test_every_command_has_help_that_does_not_need_the_flow(laptop: Laptop) -> None:
    for words in [(name,) for name in COMMANDS if name != "run"] + [("tag", "add"), ("package", "list")]:
        said = laptop(*words, "--help")
        assert (said.code, said.err) == (0, "") and said.out.startswith("Usage: flows a_flow.py"), words


def test_no_command_checks_the_flow_and_says_what_can_be_typed(laptop: Laptop) -> None:
    said = laptop.write(FLAKY)()
    assert (said.code, said.out) == (0, "")
    assert "The graph looks good!" in said.err and "flows a_flow.py run " in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check'?"),
        (["check", "--wiht", "retry"], "--wiht"),
        (["--qiet", "check"], "'--quiet'"),
        (["run", "--event-loger", "x"], "No such option '--event-loger'."),
        (["check", "more"], "unexpected extra argument"),
        (["run", "--max-workers", "0"], "--max-workers"),
        (["run", "--max-log-size", "x"], "--max-log-size"),
        (["run", "more"], "unexpected extra argument"),
        (["logs"], "Missing argument"),
        (["logs", "show", "1/start", "2/start"], "unexpected extra argument (2/start)"),
        (["tag", "add"], "Missing argument"),
        (["tag", "replace", "--add", "x"], "Missing option '--remove'"),
        (["tag", "list", "1", "--all"], "Give one run, --all or --my-runs"),
        (["step", "start"], "Missing option '--run-id'"),
        (["--environment", "docker", "check"], "--environment docker: steps run in the Python that runs this"),
        (["check", "--datastore=s3"], "--datastore s3: say where it is"),
        (["run", "--metadata", "service"], "--metadata service: all information about runs is in the datastore"),
        (["argo-workflows", "create", "--x=1"], "argo-workflows: this package deploys flows to Airflow. Type: flows "),
        (["step-functions", "--help"], "flows a_flow.py compile -o dags/a_flow.py"),
        (["batch", "list"], "batch: steps run in Airflow's workers"),
        (["--branch", "b", "kubernetes", "kill"], "--task-arg STEP.queue=NAME"),
        (["airflow", "create"], "Missing argument 'FILE'"),
        (["airflow", "create", "d.py", "--authorize", "t"], "--authorize t: there are no production tokens here"),
        (["airflow", "create", "d.py", "--generate-new-token"], "--generate-new-token: there are no production tokens"),
        (["run", "--class", "G"], "there is no flow 'G'. It has: F."),
    ],
)
def test_what_cannot_be_understood_is_said_with_exit_code_2(laptop: Laptop, words: list[str], said: str) -> None:
    assert said in laptop.write(FLAKY).rejected(*words)


def test_metaflows_options_for_what_there_is_only_one_of_are_accepted(laptop: Laptop) -> None:
    given = ["--no-pylint", "--environment", "local", "--datastore=local", "--metadata", "local"]
    assert laptop.write(FLAKY)(*given, "check").code == laptop("check", *given, "--pylint").code == 0
    assert laptop.run(*given, *RETRY).run.successful


def test_an_option_means_the_same_before_and_after_the_command(laptop: Laptop) -> None:
    laptop.write(FLAKY)
    assert laptop("run").code == 1
    for words in ((*RETRY, "--quiet", "run"), ("run", *RETRY, "--quiet"), (*RETRY, "run", "--quiet")):
        said = laptop(*words)
        assert said.code == 0 and "Task is starting" not in said.out, said


def test_decorators_on_both_sides_add_up_and_the_last_of_other_options_wins(laptop: Laptop) -> None:
    laptop.write(FLAKY)
    shown = laptop("--with", "retry:times=1", "show", "--with", "catch:var=failure").out
    assert shown.count("@retry:times=1\n@catch:var=failure\n") == 2
    assert laptop("--class", "G", "show", "--class", "F").code == 0
    assert laptop("--datastore-root", "one", "run", "--datastore-root", "two", *RETRY).code == 0
    assert (laptop.folder / "two").exists() and not (laptop.folder / "one").exists()


def test_a_parameter_may_have_the_name_of_an_option_that_also_stands_before_the_command(laptop: Laptop) -> None:
    body = 'branch = Parameter("branch")\ndef start(self): self.seen = self.branch, current.branch_name'
    laptop.write(flow(body, above='@project(name="p")'))
    assert laptop.run("--branch", "mine")("start", "seen") == ("mine", "user.me")
    said = laptop("--branch", "b", "run", "--branch", "mine", "--run-id-file", "id")
    assert said.code == 0 and "branch" in laptop("run", "--help").out


def test_a_parameter_cannot_have_the_name_of_an_option_of_run(laptop: Laptop) -> None:
    laptop.write(flow('p = Parameter("honor-retry-delay")\ndef start(self): pass'))
    for command in ("run", "check", "compile"):
        said = laptop.rejected(command)
        assert "a_flow.py:7: 'honor-retry-delay' cannot be a parameter's name: it is reserved" in said


def test_the_flow_comes_before_the_command(laptop: Laptop) -> None:
    flows = (laptop.python, "-m", "airflow_provider_flows")
    laptop.write(FLAKY)
    for words, hint in (
        (["check", "a_flow.py"], "flows a_flow.py check …"),
        (["run"], "flows FLOW.py run …"),
        (["--quiet", "a_flow.py", "check"], "flows a_flow.py --quiet …"),
    ):
        said = laptop(*words, command=flows)
        assert (said.code, said.words) == (2, f"Error: The flow's file comes first: {hint}")
    assert laptop("--version", command=flows).out.startswith("flows, version")
    assert "Usage: flows FLOW.py" in laptop(command=flows).out == laptop("--help", command=flows).out


class TestScripts:
    """`python FLOW.py`, where the file imports this package."""

    def test_a_script_has_the_same_command_line(self, laptop: Laptop) -> None:
        laptop.write(f"{FLAKY}\nif __name__ == '__main__':\n    F()\n")
        assert laptop("run", *RETRY, command=SCRIPT).code == 0
        assert laptop("chek", command=SCRIPT).code == 2
        assert "python a_flow.py run " in laptop(command=SCRIPT).err

    def test_a_script_is_about_the_flow_that_it_makes(self, laptop: Laptop) -> None:
        other = two_steps("print('this one')").replace("class F", "class G")
        laptop.write(f"{FLAKY}\n{other}\nif __name__ == '__main__':\n    G()\n")
        assert "this one" in laptop("run", command=SCRIPT).out
        assert "this one" in laptop("run").out

    def test_a_flow_that_is_only_imported_starts_nothing(self, laptop: Laptop) -> None:
        laptop.write(f"{two_steps('pass')}\nF(use_cli=False)\n")
        assert laptop("check").code == 0


def test_options_of_metaflow_that_change_nothing_are_taken(laptop: Laptop) -> None:
    laptop.write(FLAKY)
    before = ["--no-pylint", "--event-logger", "debugLogger", "--not-quiet", "--monitor=debugMonitor"]
    assert laptop(*before, "run", "--force-rebuild-environments", *RETRY).code == 0


def test_airflow_create_compiles(laptop: Laptop) -> None:
    laptop.write(FLAKY)
    said = laptop("--quiet", "airflow", "create", "dag.py", "--worker-pool", "p", "--max-workers", "3")
    assert said.code == 0, said.err
    assert laptop("compile", "--check", "dag.py", "--pool", "p", "--max-workers", "3").code == 0


PROJECT = flow("def start(self): self.seen = (current.branch_name, current.namespace)", above='@project(name="p")\n')


@pytest.mark.parametrize("prefix", ["FLOWS", "METAFLOW"])
def test_options_come_from_variables_as_well(laptop: Laptop, prefix: str) -> None:
    run = laptop.write(PROJECT).run(**{f"{prefix}_BRANCH": "b", f"{prefix}_NAMESPACE": "user:x"})
    assert run("start", "seen") == ("test.b", "user:x")
    run = laptop.run(**{f"{prefix}_PRODUCTION": "1", f"{prefix}_RUN_TAGS": "one two"})
    assert run("start", "seen")[0] == "prod" and {"one", "two"} <= run.run.tags
    assert "'--max-workers'" in laptop.rejected("run", **{f"{prefix}_RUN_MAX_WORKERS": "none"})
    assert "Invalid value for '--max-workers'" in laptop.rejected("resume", **{f"{prefix}_RESUME_MAX_WORKERS": "none"})


def test_what_is_typed_wins_over_variables_and_ours_over_metaflows(laptop: Laptop) -> None:
    laptop.write(PROJECT)
    ours, theirs = {"FLOWS_BRANCH": "ours"}, {"METAFLOW_BRANCH": "theirs"}
    assert laptop.run(**ours, **theirs)("start", "seen")[0] == "test.ours"
    assert laptop.run("--branch", "typed", **ours)("start", "seen")[0] == "test.typed"
    before = laptop("--branch", "typed", "run", "--run-id-file", "id", **ours)
    assert before.code == 0 and "test.typed" in laptop("dump", f"{(laptop.folder / 'id').read_text()}/start").out


def test_the_root_of_the_datastore_comes_from_metaflows_variable_unless_ours_is_set(laptop: Laptop) -> None:
    laptop.write(flow("def start(self): print('ran')"))
    theirs = {"METAFLOW_DATASTORE_ROOT": str(laptop.folder / "theirs")}
    assert laptop("run", FLOWS_DATASTORE_ROOT="", **theirs).code == 0
    assert (laptop.folder / "theirs" / "F").is_dir() and not (laptop.folder / "store").exists()
    assert laptop("run", **theirs).code == 0 and (laptop.folder / "store" / "F").is_dir()
    assert len(laptop("runs", "--quiet", FLOWS_DATASTORE_ROOT="", **theirs).out.splitlines()) > 0
    assert "theirs" in laptop("compile", FLOWS_DATASTORE_ROOT="", **theirs).out
    assert "theirs" not in laptop("compile", **theirs).out


@pytest.mark.parametrize("option", ["datastore", "metadata", "environment"])
def test_a_variable_of_metaflow_that_asks_for_what_is_not_here_is_an_error_that_names_it(
    laptop: Laptop, option: str
) -> None:
    laptop.write(flow("def start(self): pass"))
    variable = f"METAFLOW_{option.upper()}"
    assert f"{variable} s3: " in laptop.rejected("run", **{variable: "s3"})
    assert f"{variable} s3: " in laptop.rejected("check", **{variable: "s3"})
    assert f"--{option} s3: " in laptop.rejected(f"--{option}", "s3", "run", **{variable: "local"})
    assert laptop("run", **{variable: "local"}).code == 0
