"""Invariants of the options of `run` that say how a run is done."""

from __future__ import annotations

from tests.cli.laptop import Laptop
from tests.flow.sources import flow, two_steps

SEES = 'def start(self): self.seen = current.namespace, get_namespace(), [run.id for run in Flow("F")]'


def test_the_namespace_is_whose_runs_steps_see_and_no_tag_of_the_run(laptop: Laptop) -> None:
    laptop.write(flow(SEES))
    mine = laptop.run()
    yours = laptop.run(FLOWS_USER="you")
    everybody, theirs = laptop.run("--namespace="), laptop.run("--namespace", "user:you")
    assert mine("start", "seen") == ("user:me", "user:me", [mine.id])
    assert everybody("start", "seen") == (None, None, [everybody.id, yours.id, mine.id])
    assert theirs("start", "seen") == ("user:you", "user:you", [yours.id])
    assert {"user:me"} == {tag for tag in theirs.run.tags if tag.startswith("user:")}


def test_a_production_token_is_a_namespace(laptop: Laptop) -> None:
    laptop.write(flow("def start(self): self.seen = current.namespace, get_namespace()"))
    run = laptop.run(METAFLOW_PRODUCTION_TOKEN="token")
    assert run("start", "seen") == ("production:token", "production:token")
    assert "user:me" in run.run.system_tags


def test_a_log_is_kept_up_to_so_many_megabytes(laptop: Laptop) -> None:
    laptop.write(flow("def start(self): [print('x' * 99999) for _ in range(15)]"))
    long, short = laptop.run("--quiet"), laptop.run("--quiet", "--max-log-size", "1")
    assert len(laptop("logs", f"{long.id}/start").out) == 1_500_000
    cut = laptop("logs", f"{short.id}/start").out
    assert 1 << 20 <= len(cut) < 1_200_000 and f"limit of {1 << 20} bytes" in cut


def test_decorators_come_from_options_and_from_the_environment(laptop: Laptop) -> None:
    laptop.write(two_steps("assert current.retry_count == 2"))
    assert laptop("run", "--with", "retry:times=1").code == 1
    assert laptop("run", FLOWS_DECOSPECS="retry:times=2").code == 0
    assert laptop("run", "--with", "retry:times=2", FLOWS_DECOSPECS="retry:times=1").code == 0


def test_configurations_come_from_options_and_from_the_environment(laptop: Laptop) -> None:
    laptop.write(flow('c = Config("c", default_value={"a": 0})\ndef start(self): self.a = self.c.a'))
    (laptop.folder / "c.json").write_text('{"a": 1}')
    assert laptop.run()("start", "a") == 0
    assert laptop.run("--config", "c", "c.json")("start", "a") == 1
    assert laptop.run(METAFLOW_FLOW_CONFIG='{"c": "c.json"}')("start", "a") == 1
    assert laptop.run(METAFLOW_FLOW_CONFIG_VALUE='{"c": {"a": 2}}')("start", "a") == 2
    both = {"METAFLOW_FLOW_CONFIG_VALUE": '{"c": {"a": 2}}', "FLOWS_FLOW_CONFIG_VALUE": '{"c": {"a": 3}}'}
    assert laptop.run(**both)("start", "a") == 3
    assert laptop.run("--config-value", "c", '{"a": 4}', **both)("start", "a") == 4
    (laptop.folder / "c.json").write_text('{"a": }')
    assert "Config 'c': c.json is not valid JSON: " in laptop.rejected("run", "--config", "c", "c.json")


def test_each_process_loads_the_flow_once(laptop: Laptop) -> None:
    noted = "import os\nwith open('loads', 'a') as file: print(os.getpid(), file=file)"
    laptop.write(flow("def start(self): pass", before=noted))
    for command in ("run", "resume", "check", "compile"):
        laptop(command)
        pids = (laptop.folder / "loads").read_text().split()
        assert len(pids) == len(set(pids)), command
