"""What may import what, and what a bare import may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import prodmode

PACKAGE = Path(prodmode.__file__).parent
HEAVY = (
    "pandas",
    "numpy",
    "scipy",
    "pyarrow",
    "pydantic",
    "highspy",
    "rich",
    "openpyxl",
    "python_calamine",
    "yaml",
    "matplotlib",
)

# The corridor of the house: a room imports only rooms before it.
CORRIDOR = (
    "errors",
    "document",
    "instance",
    "io",
    "formulation",
    "backends",
    "decomposition",
    "plan",
    "solve",
    "comparison",
    "testing",
    "explain",
    "report",
    "cli",
)
# Files at the top of the package that stand in a room's place.
ALIASES = {"judging": "solve", "solving": "solve", "result": "solve", "__main__": "cli"}

# Doors to a later room that open when somebody asks for it: result.explain(), result.report(), plan.plot.
DOORS = {
    ("prodmode.result", "prodmode.explain.of_result"),
    ("prodmode.result", "prodmode.report.html.of_result"),
    ("prodmode.plan.plan", "prodmode.report.plots"),
}


def loaded_by(code: str) -> set[str]:
    probe = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import prodmode", id="import prodmode"),
        pytest.param(
            "sys.argv = ['prodmode', '--help']\n"
            "from prodmode.cli.main import main\n"
            "try:\n    main()\nexcept SystemExit:\n    pass",
            id="prodmode --help",
        ),
    ],
)
def test_light_import_loads_nothing_heavy(code: str) -> None:
    assert loaded_by(code).isdisjoint(HEAVY)


def sources() -> list[Path]:
    """Return the files in rooms; the package's own ``__init__`` is the face of all rooms."""
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(module: str) -> str:
    """Return the room of a dotted module name, an empty name for the package itself."""
    room = module.partition(".")[2].partition(".")[0]
    return ALIASES.get(room, room)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imported_modules(node: ast.AST) -> set[str]:
    """Return the prodmode modules imported under a node, those for type checkers apart."""
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            found |= {alias.name for alias in child.names}
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            module = child.module or ""
            found |= {f"{module}.{alias.name}" for alias in child.names} if module == "prodmode" else {module}
        elif only_for_types(child):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                found |= imported_modules(other)
        else:
            found |= imported_modules(child)
    return {name for name in found if name.split(".")[0] == "prodmode"}


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_room_imports_only_earlier_rooms(path: Path) -> None:
    room = room_of(module_name(path))
    assert room in CORRIDOR, f"{room} has no place in the corridor"
    allowed = {*CORRIDOR[: CORRIDOR.index(room) + 1]}
    for module in sorted(imported_modules(ast.parse(path.read_text(encoding="utf-8")))):
        other = room_of(module)
        if (module_name(path), module) in DOORS:
            continue
        assert other in allowed, f"{module_name(path)} imports {module}, which comes later"


def test_the_referee_shares_no_code_with_the_formulation() -> None:
    files = {module_name(path): path for path in sources()}
    waiting, seen = ["prodmode.plan.checker"], set[str]()
    while waiting:
        module = waiting.pop()
        if module in seen or module not in files:
            continue
        seen.add(module)
        waiting += imported_modules(ast.parse(files[module].read_text(encoding="utf-8")))
    assert {room_of(module) for module in seen}.isdisjoint({"formulation", "backends", "decomposition"})
