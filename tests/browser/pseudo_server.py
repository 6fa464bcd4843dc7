"""The real app, with the catalogues of the folder ``locale`` beside its data folder; a server of the browser tests."""

import os
import runpy
from pathlib import Path

from hitl.domain import language

APP = Path(__file__).resolve().parents[2] / "app.py"

if __name__ == "__main__":
    language.FOLDER = Path(os.environ["TANDEM_DATA"]).parent / "locale"
    runpy.run_path(str(APP), run_name="__main__")
