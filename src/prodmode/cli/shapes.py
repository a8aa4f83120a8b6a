"""The commands as a shell completes them: their options and values, without importing what does their work.

A shell asks at every key press, so that it may not wait for pandas. The options of all commands are kept in a
file; ``python -m prodmode.cli.shapes`` writes it anew from the commands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from prodmode.cli.main import COMMANDS, group

if TYPE_CHECKING:
    from collections.abc import Callable

    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

FILE = Path(__file__).with_name("shapes.json")
"""What is known of the commands."""

_BACKENDS = {"backend", "backends"}


def shapes() -> dict[str, Any]:
    """Return the parameters of every command, from the commands themselves."""
    context = click.Context(group)
    found = {"": _parameters(group)}
    for name in COMMANDS:
        command = group.get_command(context, name)
        if command is not None:
            found[name] = _parameters(command)
    found["what-if"] = _with_values(found["what-if"], "questions", _questions())
    found["explain"] = _with_values(found["explain"], "frontiers", ["budget", "emissions", "outsourced"])
    return found


def light_group() -> click.Group:
    """Return a command line that completes as the real one does, and does nothing."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    light = click.Group(name="prodmode", params=_rebuilt(known[""]))
    for name, help_text in COMMANDS.items():
        light.add_command(click.Command(name, params=_rebuilt(known.get(name, [])), short_help=help_text))
    return light


def _questions() -> list[str]:
    from prodmode.explain.what_if.standard import QUESTIONS  # noqa: PLC0415 (heavy, and only to write the file)

    return list(QUESTIONS)


def _with_values(parameters: list[dict[str, Any]], name: str, values: list[str]) -> list[dict[str, Any]]:
    return [part | {"values": values} if part["name"] == name else part for part in parameters]


def _parameters(command: click.Command) -> list[dict[str, Any]]:
    return [_parameter(parameter) for parameter in command.params if parameter.name != "help"]


def _parameter(parameter: click.Parameter) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "name": parameter.name,
        "names": [*parameter.opts, *parameter.secondary_opts],
        "argument": isinstance(parameter, click.Argument),
    }
    if isinstance(parameter, click.Option):
        shape |= {"flag": parameter.is_flag, "help": parameter.help, "multiple": parameter.multiple}
    if isinstance(parameter.type, click.Choice):
        shape["values"] = list(parameter.type.choices)
    elif isinstance(parameter.type, click.Path):
        shape["path"] = (
            "file" if not parameter.type.dir_okay else "dir" if not parameter.type.file_okay else "any"
        )
    return shape


def _rebuilt(parameters: list[dict[str, Any]]) -> list[click.Parameter]:
    return [_argument(shape) if shape["argument"] else _option(shape) for shape in parameters]


def _argument(shape: dict[str, Any]) -> click.Argument:
    many = -1 if shape["names"] == ["lines"] else 1
    return click.Argument(shape["names"], type=_type(shape), required=False, nargs=many)


def _option(shape: dict[str, Any]) -> click.Option:
    if shape["flag"]:
        return click.Option([shape["name"], *shape["names"]], is_flag=True, help=shape["help"])
    complete = _values(shape["name"])
    return click.Option(
        [shape["name"], *shape["names"]],
        type=_type(shape),
        multiple=shape["multiple"],
        help=shape["help"],
        shell_complete=complete,
    )


def _type(shape: dict[str, Any]) -> Any:
    if "values" in shape:
        return click.Choice(shape["values"])
    if "path" in shape:
        return click.Path(file_okay=shape["path"] != "dir", dir_okay=shape["path"] != "file")
    return click.STRING


def _values(name: str) -> Complete | None:
    """Return what completes the values of an option that are known only when it is asked for."""
    if name in _BACKENDS:
        return _complete_backends
    return _complete_examples if name == "example" else None


def _complete_backends(_: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    from prodmode.backends.registry import AUTO, names  # noqa: PLC0415 (for this option alone)

    known = names()
    if parameter.name == "backend":
        return [CompletionItem(name) for name in [AUTO, *known] if name.startswith(begun)]
    # A list with commas: what is complete stays, and is not offered again.
    done, comma, last = begun.rpartition(",")
    rest = [name for name in known if name not in done.split(",")]
    return [CompletionItem(f"{done}{comma}{name}") for name in rest if name.startswith(last)]


def _complete_examples(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    from prodmode.instance.examples import examples  # noqa: PLC0415 (for this option alone)

    return [CompletionItem(name) for name in examples() if name.startswith(begun)]


if __name__ == "__main__":
    FILE.write_text(f"{json.dumps(shapes(), indent=1, ensure_ascii=False)}\n", encoding="utf-8")
