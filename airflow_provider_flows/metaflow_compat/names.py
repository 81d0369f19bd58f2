"""Which names of Metaflow 2.19 there are here, and where each lives in this package. Data only; any process."""

from __future__ import annotations

from airflow_provider_flows.pages import page

PAGE = page("docs/differences.md#names")
"""What an error about a name points to."""


def _from(module: str, *names: str, **renamed: str) -> dict[str, str]:
    """Return where names live that are all in one module; `renamed` are called otherwise there."""
    return {name: f"{module}.{renamed.get(name, name)}" for name in (*names, *renamed)}


_HELPERS = _from("metaflow_compat.helpers", "parallel_map", "parallel_imap_unordered")
_PROFILE = _from("metaflow_compat.helpers", "profile")
_CLIENT = _from(
    "client",
    *("DataArtifact", "Flow", "Metaflow", "Run", "Step", "Task"),
    *("default_namespace", "get_namespace", "namespace"),
)
_PROVIDER = _from("client.provider", "default_metadata", "get_metadata", "metadata")
_EXCEPTIONS = _from(
    "errors",
    CommandException="UsageError",
    ExternalCommandFailed="ExternalCommandFailed",
    InvalidDecoratorAttribute="InvalidDecoratorAttribute",
    MetaflowDataMissing="InputsMissing",
    MetaflowException="FlowsError",
    MetaflowExceptionWrapper="ExceptionWrapper",
    MetaflowInternalError="InternalError",
    MetaflowInvalidPathspec="InvalidPathspec",
    MetaflowNamespaceMismatch="NamespaceMismatch",
    MetaflowNotFound="NotFound",
    MetaflowTaggingError="TaggingError",
    MetaflowUnknownUser="UnknownUser",
    MissingInMergeArtifactsException="MissingInMerge",
    ParameterFieldFailed="ParameterError",
    ParameterFieldTypeMismatch="ParameterError",
    UnhandledInMergeArtifactsException="MergeConflict",
)
_DECORATOR_EXCEPTIONS = _from(
    "errors",
    BadFlowDecoratorException="BadFlowDecorator",
    BadStepDecoratorException="BadStepDecorator",
    DuplicateFlowDecoratorException="DuplicateDecorator",
    DuplicateStepDecoratorException="DuplicateDecorator",
    InvalidDecoratorAttribute="InvalidDecoratorAttribute",
    UnknownFlowDecoratorException="UnknownDecorator",
    UnknownStepDecoratorException="UnknownDecorator",
)

_COMPONENTS = {
    **_from("cards.components.artifact", "Artifact"),
    **_from("cards.components.chart", "VegaChart"),
    **_from("cards.components.image", "Image"),
    **_from("cards.components.page", "PageComponent"),
    **_from("cards.components.table", "Table"),
    **_from("cards.components.text", "Error", "Markdown", "PythonCode"),
    **_from("cards.components.timeline", "EventsTimeline"),
    **_from("cards.components.tree", "JSONViewer", "YAMLViewer"),
    **_from("cards.components.value", "ProgressBar", "ValueBox"),
}
_CARD = {
    **_from("cards.card", "MetaflowCard"),
    **_from("cards.component", "MetaflowCardComponent"),
}
_CARD_CLASSES = _from("cards.builtin", "BlankCard", "DefaultCard", "ErrorCard")

MODULES: dict[str, dict[str, str]] = {
    "metaflow": {**_HELPERS, **_PROFILE, **_PROVIDER},  # and all that this package exports itself
    "metaflow.cards": {**_COMPONENTS, **_CARD, **_CARD_CLASSES, "get_cards": "client.cards.get_cards"},
    "metaflow.client": {**_CLIENT, **_PROVIDER},
    "metaflow.client.core": {
        **_CLIENT,
        **_PROVIDER,
        "Metadata": "client.metadata.Metadata",
        "MetaflowCode": "client.code.FlowCode",
        "MetaflowData": "client.artifact.TaskData",
        "MetaflowObject": "client.base.ClientObject",
    },
    "metaflow.datastore": {},
    "metaflow.datastore.exceptions": _from(
        "errors", DataException="StoreError", UnpicklableArtifactException="UnpicklableArtifact"
    ),
    "metaflow.decorators": {
        **_from("decorators.base", "Decorator", "FlowDecorator", "StepDecorator"),
        "step": "flow.step.step",
        **_DECORATOR_EXCEPTIONS,
    },
    "metaflow.exception": _EXCEPTIONS,
    "metaflow.flowspec": {
        "FlowSpec": "flow.flowspec.FlowSpec",
        "Inputs": "flow.inputs.Inputs",
        "InvalidNextException": "errors.InvalidNext",
    },
    "metaflow.includefile": _from("flow.includefile", "IncludeFile"),
    "metaflow.lint": {"LintWarn": "errors.InvalidFlow"},
    "metaflow.metaflow_config": _from(
        "client.metaflow_config",
        *("DATASTORE_SYSROOT_AZURE", "DATASTORE_SYSROOT_GS", "DATASTORE_SYSROOT_LOCAL", "DATASTORE_SYSROOT_S3"),
        *("DEFAULT_DATASTORE", "DEFAULT_ENVIRONMENT", "DEFAULT_METADATA", "MAXIMUM_FOREACH_VALUE_CHARS"),
        *("S3_ENDPOINT_URL", "SERVICE_URL", "USER"),
    ),
    "metaflow.metaflow_current": {
        **_from("flow.current", "Current", "current"),
        "Parallel": "decorators.builtin.parallel.Parallel",
    },
    "metaflow.metaflow_profile": _PROFILE,
    "metaflow.metaflow_version": _from("metaflow_compat.helpers", "get_version"),
    "metaflow.multicore_utils": {**_HELPERS, "MulticoreException": "errors.MulticoreError"},
    "metaflow.parameters": {
        **_from("flow.parameters", "Parameter", "ParameterContext"),
        **_from("flow.value_types", "JSONType"),
    },
    "metaflow.plugins": {},
    "metaflow.plugins.cards": {},
    "metaflow.plugins.cards.card_client": _from("client.cards", "Card", "CardContainer", "get_cards"),
    "metaflow.plugins.cards.card_decorator": {"CardDecorator": "decorators.builtin.card.CardDecorator"},
    "metaflow.plugins.cards.card_modules": _CARD,
    "metaflow.plugins.cards.card_modules.basic": {
        **_CARD_CLASSES,
        **_CARD,
        "MarkdownComponent": "cards.components.text.Markdown",
        **_from(
            "cards.components.page",
            *("ErrorComponent", "PageComponent", "SectionComponent"),
            *("SubTitleComponent", "TextComponent", "TitleComponent"),
        ),
    },
    "metaflow.plugins.cards.card_modules.card": _CARD,
    "metaflow.plugins.cards.card_modules.chevron": _from("cards.mustache", "render"),
    "metaflow.plugins.cards.card_modules.components": {
        **{name: home for name, home in _COMPONENTS.items() if name != "PageComponent"},
        **_from("cards.component", "render_safely", "with_default_component_id"),
    },
    "metaflow.plugins.cards.exception": {"CardNotPresentException": "errors.CardNotPresent"},
    "metaflow.plugins.catch_decorator": {
        "CatchDecorator": "decorators.builtin.catch.CatchDecorator",
        "FailureHandledByCatch": "errors.FailureHandledByCatch",
    },
    "metaflow.plugins.environment_decorator": _from("decorators.builtin.environment", "EnvironmentDecorator"),
    "metaflow.plugins.parallel_decorator": _from("decorators.builtin.parallel", "Parallel", "ParallelDecorator"),
    "metaflow.plugins.project_decorator": _from("decorators.builtin.project", "ProjectDecorator"),
    "metaflow.plugins.resources_decorator": _from("decorators.builtin.resources", "ResourcesDecorator"),
    "metaflow.plugins.retry_decorator": _from("decorators.builtin.retry", "RetryDecorator"),
    "metaflow.plugins.timeout_decorator": {
        "TimeoutDecorator": "decorators.builtin.timeout.TimeoutDecorator",
        "TimeoutException": "errors.TimeoutException",
    },
    "metaflow.system_context": _from("context", "ExecutionPhase", "SystemContext", "system_context"),
    "metaflow.user_configs": {},
    "metaflow.user_configs.config_parameters": {
        "Config": "flow.config.Config",
        "ConfigValue": "flow.config_value.ConfigValue",
        "config_expr": "flow.config_expression.config_expr",
    },
    "metaflow.user_decorators": {},
    "metaflow.user_decorators.mutable_flow": _from("decorators.mutators", "MutableFlow"),
    "metaflow.user_decorators.mutable_step": _from("decorators.mutators", "MutableStep"),
    "metaflow.user_decorators.user_flow_decorator": _from("decorators.mutators", "FlowMutator"),
    "metaflow.user_decorators.user_step_decorator": {
        **_from("decorators.user_step", "USER_SKIP_STEP", "UserStepDecorator", "user_step_decorator"),
        "StepMutator": "decorators.mutators.StepMutator",
    },
}
"""Each module that can be imported, and where its names live below `airflow_provider_flows`."""

_RUN = "Run a flow with `flows FLOW.py run`"
_DEPLOY = "Deploy a flow with flows-compile"
INSTEAD: dict[str, str] = {
    "metaflow.DeployedFlow": _DEPLOY,
    "metaflow.Deployer": _DEPLOY,
    "metaflow.NBDeployer": _DEPLOY,
    "metaflow.NBRunner": _RUN,
    "metaflow.Runner": _RUN,
    "metaflow.S3": "Use boto3, s3fs or fsspec",
    "metaflow.metaflow_config": "Settings are FLOWS_… variables and [flows] of Airflow's configuration",
}
"""What to do without the names that flows ask for most often."""
