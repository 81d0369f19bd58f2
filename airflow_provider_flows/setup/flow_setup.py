"""`FlowSetup`: all that a process needs to set a flow up, in one run. JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from airflow_provider_flows.setup.origin import Origin


@dataclass(frozen=True)
class FlowSetup:
    """A flow in one run, as data: whoever runs a step, in whatever process or interpreter, sets the flow up from this.

    `name` is that of the flow's class in `file`, `paths` are folders that come on `sys.path` behind the file's own.
    `root` is the datastore's, by its address alone. `code` is the digest of the sources, where the run keeps them.
    `decorators` are the strings of `--with`, `options` those of flow decorators, `configs` the values of configurations
    by name, None to read them from their defaults. `locks` are the exact packages of steps' environments, by step,
    where the flow was compiled with `--lock`. `environment` is what decorators are told of where steps run: `airflow`
    or `local`. `namespace` is whose runs the client shows inside of steps. `origin` is the run that this one resumes.
    """

    file: Path
    name: str
    root: str
    run_id: str
    paths: Sequence[Path] = ()
    code: str | None = None
    decorators: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    configs: Mapping[str, Any] | None = None
    locks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    environment: str = "airflow"
    user: str | None = None
    namespace: str | None = None
    tags: Sequence[str] = ()
    origin: Origin | None = None
    file_roots: Sequence[Path] | None = None
    """The folders below which an IncludeFile may read; None where whoever gives a path may read any file."""

    def to_json(self) -> dict[str, Any]:
        data = {each.name: getattr(self, each.name) for each in fields(self)}
        data.update(
            file=str(self.file),
            paths=list(map(str, self.paths)),
            decorators=list(self.decorators),
            tags=list(self.tags),
            origin=None if self.origin is None else self.origin.to_json(),
            file_roots=None if self.file_roots is None else list(map(str, self.file_roots)),
        )
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FlowSetup:
        """Read what `to_json` made."""
        read = cls(**data)
        return replace(
            read,
            file=Path(read.file),
            paths=tuple(map(Path, read.paths)),
            decorators=tuple(read.decorators),
            tags=tuple(read.tags),
            origin=None if data["origin"] is None else Origin.from_json(data["origin"]),
            file_roots=None if read.file_roots is None else tuple(map(Path, read.file_roots)),
        )
