"""Setting up refuses kindly where it cannot work, and does nothing where nothing is to be done."""

import shutil
import subprocess

import pytest

from tests.tooling.catalogue import ROOT

OLD_PYTHON = """[ "$1" = --version ] && echo Python 3.9.2 && exit 0
exit 1"""
PYTHON_WITHOUT_VENV = """case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac"""


@pytest.fixture
def checkout(tmp_path):
    """Return a checkout with only what setting up reads."""
    folder = tmp_path / "checkout"
    (folder / "deploy").mkdir(parents=True)
    for name in ("Makefile", "deploy/install", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def programs(tmp_path):
    """Return a folder that holds the only programs there are: those setting up needs, and no Python yet."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "dirname", "cat", "grep", "cmp", "sed", "make", "expand"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def _program(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)


def _make(checkout, programs, *words):
    return subprocess.run(
        ["make", *words], cwd=checkout, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )


def test_a_python_that_is_too_old_is_refused_by_name(checkout, programs):
    _program(programs / "python3", OLD_PYTHON)
    done = _make(checkout, programs, "demo")
    assert done.returncode
    assert "needs Python 3.11 or newer; found: Python 3.9.2" in done.stderr


def test_no_python_at_all_is_said(checkout, programs):
    done = _make(checkout, programs, "demo")
    assert done.returncode
    assert "needs Python 3.11 or newer; found: none" in done.stderr


def test_a_python_the_caller_names_is_judged_alone(checkout, programs):
    _program(programs / "python3", "exit 0")
    _program(programs / "old", OLD_PYTHON)
    done = _make(checkout, programs, "demo", "PYTHON=old")
    assert "found: Python 3.9.2" in done.stderr


def test_a_missing_venv_module_names_the_package_to_install(checkout, programs):
    _program(programs / "python3", PYTHON_WITHOUT_VENV)
    done = _make(checkout, programs, "test")
    assert done.returncode
    assert "apt install python3-venv" in done.stderr


def test_an_environment_that_is_up_to_date_is_left_alone(checkout, programs):
    _program(checkout / ".venv/bin/python", "exit 0")
    (checkout / ".venv/bin/activate").write_text(f"VIRTUAL_ENV={checkout}/.venv\n")
    (checkout / ".venv/installed").write_bytes(
        (checkout / "requirements.txt").read_bytes() + (checkout / "pyproject.toml").read_bytes()
    )
    done = _make(checkout, programs, "install")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_environment_from_another_folder_is_made_anew(checkout, programs):
    _program(programs / "python3", PYTHON_WITHOUT_VENV)
    _program(checkout / ".venv/bin/python", "exit 0")
    (checkout / ".venv/bin/activate").write_text("VIRTUAL_ENV=/elsewhere/.venv\n")
    assert "cannot make a virtual environment" in _make(checkout, programs, "install").stderr


def test_make_alone_lists_the_commands(checkout, programs):
    listed = _make(checkout, programs).stdout
    for command in ("make demo", "make demo-reset", "make test", "make check", "make lock"):
        assert f"{command} " in listed
