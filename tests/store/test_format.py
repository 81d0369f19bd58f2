"""A store that an older release wrote stays readable, byte by byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from airflow_provider_flows.store import open_store

from .make_fixture import FLOW, KEY, RUN, artifacts, full_record, log_lines

FORMATS = sorted((Path(__file__).parent / "fixtures").glob("format-*"))


@pytest.mark.parametrize("root", FORMATS, ids=lambda root: root.name)
@pytest.mark.parametrize("key", [None, KEY], ids=["unsigned", "signed"])
def test_a_store_of_each_released_format_is_read(root: Path, key: str | None) -> None:
    store = open_store(str(root), signing_key=key)
    assert store.flows() == [FLOW]
    assert list(store.runs(FLOW)) == list(store.succeeded_runs(FLOW)) == [RUN]
    assert store.read_run(FLOW, RUN) == {"user": "me", "tags": ["a", "é"], "code": "blake3:5b0c"}
    assert store.get_code(FLOW, "blake3:5b0c") == {"flow.py": "print('é')\n", "data.bin": bytes(range(256))}
    assert store.read_splits(FLOW, RUN, "split") == [((0,), 2), ((2,), 1)]
    (record,) = store.read_step(FLOW, RUN, "fit").values()
    assert record == full_record(record.artifacts)
    assert store.read_log(record.address, 1) == log_lines()
    loaded = store.load_many(FLOW, record.artifacts)
    assert list(loaded) == list(artifacts())
    for name, value in artifacts().items():
        np.testing.assert_equal(loaded[name], value)


def test_docs_store_md_is_enough_to_write_a_reader(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "store.md").read_text()
    reader = docs.partition("```python\n")[2].partition("```")[0]
    script = tmp_path / "reader.py"
    script.write_text(reader)
    record = next((FORMATS[0] / FLOW / "runs").glob("*/fit/fit-2-0.5/1"))
    done = subprocess.run([sys.executable, str(script), str(record)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "number = 3" in done.stdout and "zeros = [[0. 0. 0." in done.stdout
