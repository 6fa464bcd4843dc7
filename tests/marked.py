"""Whether a marked string stands in any file below a folder, as it is or as it is written in JSON, UTF-16 or base64."""

import base64
import io
import json
import zipfile
import zlib


def spellings(text):
    """Every form in which a file of ours could hold the text."""
    plain = text.encode()
    return {
        plain,
        text.casefold().encode(),
        json.dumps(text)[1:-1].encode(),
        text.encode("utf-16-le"),
        *(base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)),
    }


def files_with(folder, *texts):
    """The files below a folder that hold one of the texts, by their path in it; names of files count as well."""
    wanted = {form for text in texts for form in spellings(text)}
    found = []
    for path in sorted(folder.rglob("*")):
        data = (path.read_bytes() if path.is_file() else b"") + str(path.relative_to(folder)).encode()
        if any(form in data or form in _unpacked(data) for form in wanted):
            found.append(str(path.relative_to(folder)))
    return found


def _unpacked(data):
    """What a model file holds, whose members are packed: each stream in it that can be unpacked."""
    if not data.startswith(b"PK"):
        return b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    except (zipfile.BadZipFile, zlib.error):
        return b""
