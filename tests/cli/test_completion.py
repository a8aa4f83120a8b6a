"""Completion: the scripts, what they are answered, and a real bash that completes."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from prodmode.cli.main import COMMANDS
from prodmode.cli.shapes import FILE, light_group, shapes
from prodmode.instance.examples import examples
from tests.cli.conftest import Run, environment
from tests.test_imports import HEAVY

PRODMODE = Path(sys.executable).with_name("prodmode")
BASH = shutil.which("bash")


class _Typed(ShellComplete):
    """Completes words that a test gives."""

    name, source_template = "typed", ""
    words: tuple[list[str], str] = ([], "")

    def get_completion_args(self) -> tuple[list[str], str]:
        return self.words


def completed(*words: str) -> list[str]:
    completion = _Typed(light_group(), {}, "prodmode", "_")
    return [item.value for item in completion.get_completions(list(words[:-1]), words[-1])]


def kinds(*words: str) -> set[str]:
    completion = _Typed(light_group(), {}, "prodmode", "_")
    return {item.type for item in completion.get_completions(list(words[:-1]), words[-1])}


def test_the_file_of_options_is_that_of_the_commands() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == shapes(), (
        "an option has changed: write the file anew with  python -m prodmode.cli.shapes"
    )


def test_commands_options_and_values() -> None:
    assert completed("so") == ["solve"]
    assert set(completed("")) == set(COMMANDS)
    assert completed("solve", "x", "--time") == ["--time-limit"]
    assert completed("solve", "x", "--backend", "hi") == ["highs"]
    assert "auto" in completed("explain", "x", "--backend", "")
    assert completed("compare", "x", "--backends", "highs,cb") == ["highs,cbc"]
    assert completed("new", "x", "--example", "fu") == ["furniture"]
    assert completed("new", "x", "--example", "") == list(examples())
    assert completed("new", "x", "--container", "p") == ["parquet"]
    assert completed("what-if", "x", "--question", "supplier") == ["supplier-fails"]
    assert "--bottlenecks" in completed("explain", "x", "--b")
    assert completed("generate", "x", "--profile", "mi") == ["mid-size"]
    assert completed("completion", "") == ["bash", "zsh", "fish"]
    assert kinds("check", "") == {"file"}
    assert kinds("solve", "x", "--output", "") == {"dir"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert f"_PRODMODE_COMPLETE={shell}_complete" in done.stdout
    program = shutil.which(shell)
    if program:
        checked = subprocess.run(
            [program, "-n"], input=done.stdout, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stderr


def test_an_unknown_shell_is_told_which_there_are(run: Run) -> None:
    done = run("completion", "powershell")
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr


def test_an_answer_takes_no_heavy_import(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom prodmode.cli.main import main\ntry:\n    main()\n"
        "except SystemExit:\n    pass\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    )
    asked = {
        "_PRODMODE_COMPLETE": "bash_complete",
        "COMP_WORDS": "prodmode solve x --backend h",
        "COMP_CWORD": "4",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path,
        env=environment(**asked),
    )  # fmt: skip
    assert done.stdout.split() == ["plain,highs"]
    assert {name.split(".")[0] for name in done.stderr.split()}.isdisjoint(HEAVY)


def test_a_shell_that_is_not_known_gets_nothing(run: Run) -> None:
    done = run(_PRODMODE_COMPLETE="csh_complete")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


def read_until(terminal: int, word: bytes, seconds: float = 20.0) -> bytes:
    seen, until = b"", time.monotonic() + seconds
    while word not in seen and time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
    return seen


@pytest.mark.skipif(BASH is None or not PRODMODE.exists(), reason="needs bash, and prodmode as a command")
def test_a_real_bash_completes(tmp_path: Path) -> None:
    (tmp_path / "portfolio.yaml").touch()
    assert BASH is not None
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        path = f"{PRODMODE.parent}{os.pathsep}{os.environ['PATH']}"
        os.execve(BASH, ["bash", "--norc", "--noprofile", "-i"],  # noqa: S606
                  environment(PATH=path, PS1="READY> ", TERM="xterm", HISTFILE=""))  # fmt: skip
    try:
        read_until(terminal, b"READY>")
        os.write(terminal, b'eval "$(prodmode completion bash)" && echo in"stalled"\n')
        assert b"installed" in read_until(terminal, b"installed")
        for typed, rest in ((b"prodmode so", b"lve "), (b"port", b"folio.yaml "), (b"--time", b"-limit ")):
            os.write(terminal, typed + b"\t")
            assert typed + rest in read_until(terminal, typed + rest)
    finally:
        os.write(terminal, b"\x03exit\n")
        os.close(terminal)
        os.waitpid(process, 0)
