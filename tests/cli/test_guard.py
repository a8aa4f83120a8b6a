"""What a command raises becomes a message and an exit code."""

from __future__ import annotations

import click
import pytest

from prodmode.cli.guard import guard
from prodmode.errors import BackendError, InputError, Issue, ProdmodeError


def leaves_with(error: BaseException, *, debug: bool = False) -> int:
    context = click.Context(click.Command("prodmode"))
    with pytest.raises(click.exceptions.Exit) as left, guard(context, debug=debug):
        raise error
    return left.value.exit_code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError([Issue("units is blank.", table="demand")]), 3, "1 fault: the input was rejected"),
        (BackendError("there is no backend 'x'."), 6, "prodmode: there is no backend 'x'."),
        (ProdmodeError("the workbook is full"), 6, "prodmode: the workbook is full"),
        (FileExistsError(17, "File exists", "out"), 2, "prodmode: out: File exists"),
        (KeyboardInterrupt(), 130, "prodmode: interrupted"),
        (
            RuntimeError("a\nb"),
            6,
            "unexpected RuntimeError: a b. This is a fault in prodmode: please report it",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_message_and_exit_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    assert leaves_with(error) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert leaves_with(RuntimeError("broken"), debug=True) == 6
    assert "Traceback" in capsys.readouterr().err


def test_usage_errors_are_left_to_click() -> None:
    context = click.Context(click.Command("prodmode"))
    with pytest.raises(click.UsageError), guard(context):
        raise click.UsageError("no")
