"""Python programs in processes of their own that need not import everything anew, which costs two seconds each.

One process imports what workers and commands import, and nothing else; each program is a fork of it, as whole and as
mortal as a process can be: it has its own arguments, environment, folder and output, and ends by itself or by a signal.
"""

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

MODELS = ("explain.neighbours", "explain.reasons", "image_features", "item_space", "model_files", "prediction")
LEARNING = ("metrics", "second_look", "slices", "strategies.registry", "training")
PRELOADED = ["hitl.worker.__main__", *(f"hitl.ml.{name}" for name in (*MODELS, *LEARNING)), "argon2", "typer", "zxcvbn"]
"""Of our own no more than all of these programs import first: a name taken from a module later on is then the name
that a program has changed there.
"""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_CONTEXT = multiprocessing.get_context("forkserver")


class Forked:
    """A running program, asked as a ``subprocess.Popen`` is."""

    def __init__(self, program, arguments, *, environ, cwd, output):
        _start_forkserver()
        outputs = [str(path) for path in output]
        arguments = [str(one) for one in arguments]
        self._process = _CONTEXT.Process(target=_run, args=(str(program), arguments, environ, str(cwd), outputs))
        self._process.start()
        self.pid = self._process.pid

    def poll(self):
        """The exit code, minus a signal's number when that ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout)
        return self.poll()

    def kill(self):
        self._process.kill()

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)


def start(program, *arguments, environ, cwd, log_path):
    """A program that says everything into a log; a path is run as a script, another name as a module."""
    return Forked(program, arguments, environ=environ, cwd=cwd, output=(log_path, log_path))


def run(program, *arguments, environ, cwd, timeout):
    """The program at its end, with what it said, as ``subprocess.run`` has it."""
    with tempfile.TemporaryDirectory() as folder:
        output = [Path(folder) / name for name in ("stdout", "stderr")]
        forked = Forked(program, arguments, environ=environ, cwd=cwd, output=output)
        try:
            code = forked.wait(timeout)
        finally:
            forked.kill()
        said = [path.read_text("utf-8") for path in output]
    return subprocess.CompletedProcess([program, *arguments], code, *said)


def _start_forkserver():
    """It inherits the threads that a library may use; more than one could not be forked."""
    _CONTEXT.set_forkserver_preload(PRELOADED)
    with mock.patch.dict(os.environ, ONE_THREAD):
        forkserver.ensure_running()


def _run(program, arguments, environ, cwd, outputs):
    for number, path in enumerate(outputs, start=1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sys.argv = [program, *arguments]
    try:
        if program.endswith(".py"):
            runpy.run_path(program, run_name="__main__")
        else:
            runpy.run_module(program, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()
