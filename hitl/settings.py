"""Environment variables → Settings; read by the shells only."""

import ipaddress
import os
import re
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hitl.domain.backup_plan import BackupPlan
from hitl.domain.errors import BadInput, HitlError, StoreUnusable
from hitl.domain.language import _
from hitl.domain.logs import LEVELS, STYLES
from hitl.domain.reader import make_terminal_reader, reading
from hitl.domain.schedule import read_daily
from hitl.domain.single_sign_on import SingleSignOn
from hitl.domain.web_address import require_safe_address

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8501
HIGHEST_PORT = 65535
DEFAULT_BACKUP_TIME = "03:00"
DEFAULT_KEEP = 7
MOST_KEPT = 1000
_BASE_PATH = re.compile(r"(/[A-Za-z0-9_-]+){1,5}")
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(?P<path>(/[A-Za-z0-9_-]+)*)")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class Settings:
    """Where Tandem keeps its data and where it listens.

    Attributes
    ----------
    data_dir : Path
        Absolute folder of ``tandem.db`` and the projects; it need not exist yet.
    host : str
        Address or host name to listen on.
    port : int
        TCP port, in [1, 65535].
    with_samples : bool
        Whether the sample projects are built when the data folder holds no project yet.
    encodes_texts : bool
        Whether texts are encoded without somebody asking for it.
    base_path : str
        The path under which a proxy serves Tandem, such as ``/tandem``; empty for the host's root.
    address : str
        The address that people type, such as ``https://desk.example.org/tandem``, without a slash at the end; empty
        where Tandem is used on its own machine alone.
    single_sign_on : SingleSignOn, optional
        The provider that people may sign in with; None without one.
    backups : BackupPlan, optional
        Back-ups that are made by themselves; None while no folder is named.
    log_style, log_level : str
        How logs are written (``text`` or ``json``), and from which level on.
    """

    data_dir: Path
    host: str
    port: int
    with_samples: bool
    encodes_texts: bool = True
    log_style: str = "text"
    log_level: str = "info"
    backups: BackupPlan | None = None
    base_path: str = ""
    address: str = ""
    single_sign_on: SingleSignOn | None = None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach Tandem by https alone."""
        return self.address.startswith("https://")


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives; an unset or empty variable means its default.

    Raises
    ------
    BadInput
        A variable holds a value that cannot be meant; the message names it.
    """
    return Settings(
        data_dir=_read_data_dir(environ.get("TANDEM_DATA", "")),
        host=_read_host(environ.get("TANDEM_HOST", "")),
        port=_read_port(environ.get("TANDEM_PORT", "")),
        with_samples=_read_yes_or_no("TANDEM_SAMPLES", environ.get("TANDEM_SAMPLES", "")),
        encodes_texts=_read_yes_or_no("TANDEM_ENCODER", environ.get("TANDEM_ENCODER", "")),
        base_path=_read_base_path(environ.get("TANDEM_BASEPATH", "")),
        address=_read_address(environ.get("TANDEM_ADDRESS", ""), _read_base_path(environ.get("TANDEM_BASEPATH", ""))),
        backups=_read_backups(environ),
        single_sign_on=_read_single_sign_on(environ),
        log_style=_read_choice("TANDEM_LOG", environ.get("TANDEM_LOG", ""), STYLES, usual="text"),
        log_level=_read_choice("TANDEM_LOGLEVEL", environ.get("TANDEM_LOGLEVEL", ""), LEVELS, usual="info"),
    )


def read_settings_or_exit() -> Settings:
    """The settings, with the data folder made; else one sentence on stderr and exit code 1."""
    with reading(make_terminal_reader(os.environ)):
        try:
            found = read_settings()
            prepare_data_dir(found.data_dir)
        except HitlError as error:
            sys.exit(_("Tandem can't start. {error}").format(error=error))
    return found


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data folder, readable by its owner alone, if it is missing.

    Raises
    ------
    StoreUnusable
        It can't be made or can't be written to.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(
            _(
                "The data folder {data_dir} can't be made: {strerror}. Set TANDEM_DATA to a folder you may write to."
            ).format(data_dir=data_dir, strerror=error.strerror)
        ) from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise StoreUnusable(
            _(
                "The data folder {data_dir} can't be written to. Change its permissions, or set TANDEM_DATA to another."
            ).format(data_dir=data_dir)
        )


def _read_base_path(text: str) -> str:
    path = text.strip().rstrip("/")
    if not path or _BASE_PATH.fullmatch(path):
        return path
    raise BadInput(
        _("TANDEM_BASEPATH must be a path such as /tandem, of letters, digits, - and _, found '{text}'.").format(
            text=text
        )
    )


def _read_address(text: str, base_path: str) -> str:
    address = text.strip().rstrip("/")
    if not address:
        return ""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise BadInput(
            _("TANDEM_ADDRESS must be what people type, such as https://desk.example.org, found '{text}'.").format(
                text=text
            )
        )
    if found["path"] != base_path:
        raise BadInput(
            _(
                "TANDEM_ADDRESS ends with '{path}', but TANDEM_BASEPATH is '{base_path}'. Both must name the same path."
            ).format(path=found["path"], base_path=base_path)
        )
    return address


def _read_data_dir(text: str) -> Path:
    folder = Path(text).expanduser() if text.strip() else PROJECT_ROOT / "data"
    if folder.exists() and not folder.is_dir():
        raise BadInput(
            _(
                "TANDEM_DATA must be a folder, but '{text}' is a file. Name a folder; it is made if it is missing."
            ).format(text=text)
        )
    return folder.resolve()


def _read_host(text: str) -> str:
    host = text.strip() or DEFAULT_HOST
    if _is_address(host) or _HOST_NAME.fullmatch(host):
        return host
    raise BadInput(
        _(
            "TANDEM_HOST must be an address such as 127.0.0.1 or a host name, found '{text}'. "
            "Leave out http:// and the port (TANDEM_PORT sets the port)."
        ).format(text=text)
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read_port(text: str) -> int:
    digits = text.strip() or str(DEFAULT_PORT)
    if digits.isascii() and digits.isdigit() and 1 <= int(digits) <= HIGHEST_PORT:
        return int(digits)
    raise BadInput(
        _("TANDEM_PORT must be a whole number from 1 to {highest}, found '{text}'. The usual one is {usual}.").format(
            highest=HIGHEST_PORT, text=text, usual=DEFAULT_PORT
        )
    )


def _read_yes_or_no(name: str, text: str) -> bool:
    word = text.strip().lower() or "yes"
    if word in {"yes", "no"}:
        return word == "yes"
    raise BadInput(_("{name} must be yes or no, found '{text}'.").format(name=name, text=text))


def _read_choice(name: str, text: str, choices: Sequence[str], *, usual: str) -> str:
    word = text.strip().lower() or usual
    if word in choices:
        return word
    raise BadInput(
        _("{name} must be one of {choices}, found '{text}'.").format(name=name, choices=", ".join(choices), text=text)
    )


def _read_backups(environ: Mapping[str, str]) -> BackupPlan | None:
    folder = environ.get("TANDEM_BACKUPS", "").strip()
    if not folder:
        return None
    at, _space, zone = environ.get("TANDEM_BACKUPTIME", "").strip().partition(" ")
    keep = environ.get("TANDEM_BACKUPKEEP", "").strip() or str(DEFAULT_KEEP)
    if not (keep.isascii() and keep.isdigit() and 1 <= int(keep) <= MOST_KEPT):
        raise BadInput(
            _("TANDEM_BACKUPKEEP must be a whole number from 1 to {most}, found '{keep}'.").format(
                most=MOST_KEPT, keep=keep
            )
        )
    try:
        rule = read_daily(at or DEFAULT_BACKUP_TIME, zone.strip() or "UTC")
    except BadInput as error:
        raise BadInput(_("TANDEM_BACKUPTIME: {error} An example: 03:00 Europe/Berlin.").format(error=error)) from error
    return BackupPlan(Path(folder).expanduser().resolve(), rule, int(keep))


def _read_single_sign_on(environ: Mapping[str, str]) -> SingleSignOn | None:
    issuer = environ.get("TANDEM_SSO_ISSUER", "").strip()
    client_id = environ.get("TANDEM_SSO_CLIENT_ID", "").strip()
    if not issuer and not client_id:
        return None
    if not issuer or not client_id:
        missing = "TANDEM_SSO_ISSUER" if not issuer else "TANDEM_SSO_CLIENT_ID"
        sentence = _(
            "{missing} is missing: single sign-on needs the provider's address and what Tandem is called there."
        )
        raise BadInput(sentence.format(missing=missing))
    return SingleSignOn(
        issuer=require_safe_address("TANDEM_SSO_ISSUER", issuer),
        client_id=client_id,
        client_secret=_read_secret(environ),
        name=environ.get("TANDEM_SSO_NAME", "").strip() or "single sign-on",
        groups_claim=environ.get("TANDEM_SSO_GROUPS_CLAIM", "").strip() or "groups",
        creates_people=_read_yes_or_no("TANDEM_SSO_CREATE", environ.get("TANDEM_SSO_CREATE", "")),
    )


def _read_secret(environ: Mapping[str, str]) -> str:
    """The secret itself, or the first line of a file that nobody but its owner may read."""
    secret = environ.get("TANDEM_SSO_CLIENT_SECRET", "").strip()
    name = environ.get("TANDEM_SSO_SECRET_FILE", "").strip()
    if secret or not name:
        return secret
    path = Path(name).expanduser()
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8") as file:  # noqa: PTH123  never a pipe
            found = os.fstat(file.fileno())
            text = file.readline().strip() if stat.S_ISREG(found.st_mode) else ""
    except (OSError, UnicodeDecodeError) as error:
        sentence = _("TANDEM_SSO_SECRET_FILE: {name} can't be read. Name a text file that holds the secret.")
        raise BadInput(sentence.format(name=name)) from error
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        sentence = _("TANDEM_SSO_SECRET_FILE: others may read {name}. Make it its owner's alone: chmod 600 {name}")
        raise BadInput(sentence.format(name=name))
    if found.st_uid not in {os.geteuid(), 0}:
        sentence = _("TANDEM_SSO_SECRET_FILE: {name} belongs to another user. Make it Tandem's own: chown it.")
        raise BadInput(sentence.format(name=name))
    if not text:
        sentence = _("TANDEM_SSO_SECRET_FILE: {name} is empty. Its first line must be the secret.")
        raise BadInput(sentence.format(name=name))
    return text
