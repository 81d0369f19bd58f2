"""`@project`: flows that belong together, deployed side by side for users, tests and production."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import FlowDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.text import in_short

_NAME = re.compile(r"[a-z0-9_]{1,128}\Z")


class ProjectDecorator(FlowDecorator):
    """Put the flow into project `name`. The branch is `user.<user>`, `test.<branch>`, `prod` or `prod.<branch>`.

    `branch` and `production` may be given here or when compiling (`--branch`, `--production`), not differently in both.
    The DAG's id becomes `<project>.<branch>.<Flow>`. On Airflow, flows of one project and branch have one namespace.
    """

    name = "project"
    defaults: ClassVar[Mapping[str, Any]] = {"name": None, "branch": None, "production": False}

    def flow_init(
        self,
        flow: Any,
        graph: Any,
        environment: Any,
        flow_datastore: Any,
        metadata: Any,
        logger: Any,
        echo: Any,
        options: Mapping[str, Any],
    ) -> None:
        name = self.attributes["name"]
        if not isinstance(name, str) or not _NAME.match(name):
            raise InvalidDecoratorAttribute(
                "@project needs a name of lower-case letters, digits and underscores, at most 128 long, "
                f"not {in_short(name)}."
            )
        self.project = name
        self.branch = self._branch(options)
        self.flow_name = f"{name}.{self.branch}.{flow.name}"
        current._update_env(self.environment())

    def environment(self) -> dict[str, Any]:
        """Return the names that `current` has in the flow's steps."""
        return {
            "project_name": self.project,
            "branch_name": self.branch,
            "is_user_branch": self.branch.startswith("user."),
            "is_production": self.branch.startswith("prod"),
            "project_flow_name": self.flow_name,
        }

    def run_tags(self) -> list[str]:
        return [f"project:{self.project}", f"project_branch:{self.branch}"]

    def production_token(self) -> str:
        return f"{self.project}.{self.branch}"

    def dag_arguments(self) -> dict[str, Any]:
        return {"dag_id": self.flow_name, "tags": self.run_tags()}

    def _branch(self, options: Mapping[str, Any]) -> str:
        branch = self._agreed("branch", options)
        if branch is not None and not _NAME.match(str(branch)):
            raise InvalidDecoratorAttribute(
                f"The branch {branch!r} must be of lower-case letters, digits, underscores."
            )
        if self._agreed("production", options):
            return f"prod.{branch}" if branch else "prod"
        return f"test.{branch}" if branch else f"user.{options.get('user') or _user()}"

    def _agreed(self, key: str, options: Mapping[str, Any]) -> Any:
        here, there = self.attributes[key], options.get(key)
        if here and there and here != there:
            raise InvalidDecoratorAttribute(f"@project says {key}={here!r} and the command line says {there!r}.")
        return here or there


def _user() -> str:
    return re.sub(r"[^a-z0-9_]", "_", (username() or "unknown").lower())
