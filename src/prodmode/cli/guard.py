"""What a command raises becomes a message on stderr and an exit code, never a traceback."""

from __future__ import annotations

import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from prodmode.cli.codes import ExitCode
from prodmode.cli.output import note, page
from prodmode.errors import InputError, ProdmodeError
from prodmode.report.terminal import rejection_text

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def guard(ctx: click.Context, *, debug: bool = False) -> Iterator[None]:
    """Turn exceptions into messages and exit codes.

    Parameters
    ----------
    ctx : click.Context
        Context of the command line.
    debug : bool
        Whether to show the traceback of what was not foreseen.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        _leave(ctx, "interrupted", ExitCode.INTERRUPTED)
    except InputError as error:
        note(rejection_text(error.issues, page(sys.stderr)))
        ctx.exit(ExitCode.REJECTED)
    except ProdmodeError as error:
        _leave(ctx, str(error), ExitCode.FAILED)
    except Exception as error:  # noqa: BLE001 (the last stop: a user never meets a bare traceback)
        if debug:
            traceback.print_exc()
        if isinstance(error, OSError) and error.filename:
            _leave(ctx, f"{error.filename}: {error.strerror}", ExitCode.USAGE)
        if isinstance(error, OSError) and error.strerror:
            _leave(ctx, f"reading or writing failed: {error.strerror}", ExitCode.FAILED)
        if isinstance(error, MemoryError):
            _leave(ctx, "there is not enough memory for this", ExitCode.FAILED)
        _leave(ctx, _unexpected(error, debug=debug), ExitCode.FAILED)


def _leave(ctx: click.Context, message: str, code: ExitCode) -> NoReturn:
    note(f"prodmode: {message}")
    ctx.exit(code)


def _unexpected(error: Exception, *, debug: bool) -> str:
    text = " ".join(str(error).split())
    advice = "" if debug else " ('prodmode --debug ...' shows the traceback)"
    return (
        f"unexpected {type(error).__name__}: {text}. This is a fault in prodmode: please report it{advice}."
    )
