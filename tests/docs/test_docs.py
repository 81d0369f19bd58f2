"""The documents say what is true: links lead somewhere, examples work, lists are complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import airflow_provider_flows
import pytest
from airflow_provider_flows.cli.compile import command
from airflow_provider_flows.compiler import target, triggers
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.decorators import unsupported
from airflow_provider_flows.decorators.unsupported import UNSUPPORTED
from airflow_provider_flows.metaflow_compat.names import PAGE
from airflow_provider_flows.pages import HOME
from airflow_provider_flows.provider_info import get_provider_info

from tests.support.runner import run_flow, write_flow

ROOT = Path(__file__).parents[2]
PACKAGE = Path(airflow_provider_flows.__file__).parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
IN_CODE = re.compile(r"\b(docs/[\w-]+\.md)(?:#([\w-]+))?")
LARGEST_IMAGE = 300_000


def imported(file: Path) -> set[str]:
    """Return the packages that a file imports at any place, but for type checkers."""
    names = set()
    pending: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
        guarded = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        pending += node.orelse if isinstance(node, ast.If) and guarded else ast.iter_child_nodes(node)
    return names


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def python_blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return what a link can name in a page: its explicit ids, and its headings as GitHub spells them."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


EXAMPLES = [block for block in python_blocks(read("docs/writing-flows.md")) if "(FlowSpec)" in block]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), path
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_pages_and_anchors_that_the_code_names_exist() -> None:
    for file in [*PACKAGE.rglob("*.py"), ROOT / "pyproject.toml"]:
        for path, anchor in IN_CODE.findall(file.read_text(encoding="utf-8")):
            assert (ROOT / path).exists(), f"{file.name} names {path}"
            assert not anchor or anchor in anchors(ROOT / path), f"{file.name} names {path}#{anchor}"


def test_errors_python_packages_and_airflow_lead_to_the_same_place() -> None:
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    urls = tomllib.loads(read("pyproject.toml"))["project"]["urls"]
    assert urls["Homepage"] == HOME and all(url.startswith(HOME) for url in urls.values())
    assert [each["external-doc-url"] for each in get_provider_info()["integrations"]] == [HOME]  # type: ignore[attr-defined]
    assert {PAGE, unsupported.PAGE, target.PAGE} == {
        f"{HOME}/blob/main/docs/differences.md#{anchor}" for anchor in ("names", "decorators", "num_parallel")
    }


def test_no_text_for_users_names_a_page_without_its_address() -> None:
    """Comments and docstrings are for those who have the repository."""
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        addresses = {id(node.args[0]) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_CODE.search(node.value):
                assert id(node) in notes | addresses, f"{file.name}:{node.lineno}"


def test_images_are_small_and_shown() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for image in (ROOT / "docs" / "images").iterdir():
        assert image.stat().st_size < LARGEST_IMAGE, image.name
        assert f"images/{image.name})" in pages, image.name


def test_the_readme_shows_the_dag_that_its_flow_becomes(tmp_path: Path) -> None:
    flow, shown = python_blocks(read("README.md"))[:2]
    file = write_flow(tmp_path, flow, "divide_flow")
    pattern = re.escape(shown.strip()).replace("…", ".*")
    assert re.fullmatch(pattern, compile_flow(CompileOptions(file)).text.strip(), re.DOTALL)


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: re.findall(r"class (\w+)\(FlowSpec\)", source)[0])
def test_examples_compile_and_run(source: str, tmp_path: Path) -> None:
    assert compile_flow(CompileOptions(write_flow(tmp_path, source))).text
    assert run_flow(tmp_path, source).failed is None


def test_every_name_and_every_missing_decorator_is_listed() -> None:
    page = read("docs/differences.md")
    assert [name for name in airflow_provider_flows.__all__ if f"`{name}`" not in page] == []
    assert [name for name in UNSUPPORTED if f"`@{name}`" not in page] == []
    assert re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == [str(number) for number in range(1, 24)]


def test_dependencies_are_imported_where_their_page_says() -> None:
    table, _, _ = read("docs/dependencies.md").partition("Extras:")
    for package, where in re.findall(r"^\| ([a-z][\w-]*).* \| (.*) \|$", table, re.MULTILINE):
        name = package.removeprefix("apache-")
        importing = {
            file.relative_to(PACKAGE).with_suffix("").as_posix()
            for file in PACKAGE.rglob("*.py")
            if name in imported(file)
        }
        named = [each for each in re.findall(r"`([\w/]+)`", where) if (PACKAGE / each).is_dir() or each in importing]
        assert sorted(module for module in importing if not module.startswith(tuple(named))) == [], package
        assert sorted(re.findall(r"`(\w+/\w+)`", where)) == sorted(each for each in named if "/" in each.strip("/")), (
            package
        )


def test_every_setting_and_every_option_is_described() -> None:
    page = read("docs/operating.md")
    settings = get_provider_info()["config"]["flows"]["options"]  # type: ignore[index]
    assert [name for name in settings if f"`{name}`" not in page] == []
    guides = page + read("docs/writing-flows.md")
    options = [parameter.opts for parameter in command.params if parameter.opts != ["--version"]]
    assert [opts for opts in options if not any(re.search(rf"[` ]{opt}\b", guides) for opt in opts)] == []


def test_every_trigger_rule_has_its_reason() -> None:
    rules = [value for name, value in vars(triggers).items() if name.isupper() and isinstance(value, str)]
    assert [rule for rule in rules if f"`{rule}`" not in read("docs/airflow.md")] == []
