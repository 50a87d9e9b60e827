"""What a scripted registry does with uploads: in one piece, in pieces, or by its storage in parts."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from .answering import Answering, Fault


@dataclass
class Upload:
    data: bytearray = field(default_factory=bytearray)
    parts: dict[int, bytes] = field(default_factory=dict)


class Uploading(Answering):
    """Takes blobs."""

    def _upload(self, repository: str, number: str, length: int) -> None:
        script = self.server.script
        query = parse_qs(urlsplit(self.path).query)
        if self.command == "POST":
            mount = query.get("mount", [""])[0]
            if mount in script.blobs_of.get(query.get("from", [""])[0], ()):
                script.put(repository, mount, script.blobs[mount])
                return self._answer(201, b"")
            number = secrets.token_hex(8)
            script.uploads[number] = Upload()
            return self._accepted(repository, number, 202)
        upload = script.uploads.get(number)
        if upload is None:
            self._drain()
            return self._answer(404, b'{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}')
        if self.command == "GET":
            return self._accepted(repository, number, 204)
        with script.lock:
            fault = script.upload_faults.pop(0) if script.upload_faults else Fault("none")
        if fault.kind == "status":
            self._drain()
            return self._answer(fault.value, b"busy", {"Connection": "close"})
        if fault.kind == "forget":
            del script.uploads[number]
            self._drain()
            return self._answer(404 if self.command == "PUT" else 416, b"")
        if self.command == "PATCH":
            return self._patch(repository, number, upload, length, fault)
        upload.data += self.rfile.read(length)
        data = bytes(upload.data) or b"".join(upload.parts[at] for at in sorted(upload.parts))
        digest = query["digest"][0]
        if digest != f"sha256:{hashlib.sha256(data).hexdigest()}":
            return self._answer(400, b'{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}')
        if upload.parts:
            sums = b"".join(hashlib.md5(upload.parts[at]).digest() for at in sorted(upload.parts))
            if query.get("etag") != [f"{hashlib.md5(sums).hexdigest()}-{len(upload.parts)}"]:
                script.problems.append("the etag is wrong")
        script.put(repository, digest, data)
        if fault.kind == "lost_answer":
            return self._end()
        return self._answer(201, b"")

    def _patch(self, repository: str, number: str, upload: Upload, length: int, fault: Fault) -> None:
        script = self.server.script
        start, end = map(int, self.headers["Content-Range"].split("-"))
        if not script.takes_parts:
            self._drain()
            return self._answer(405, b"", {"Connection": "close"})
        if script.redirect_uploads:
            where = f"http://{script.storage}/{number}/{start}"
            return self._accepted(repository, number, 307, {"Location": where, "Connection": "close"})
        if start != len(upload.data) or end - start + 1 != length:
            self._drain()
            return self._answer(416, b"")
        if fault.kind in ("drop", "reset"):
            upload.data += self.rfile.read(min(length, fault.at))
            return self._end(reset=fault.kind == "reset")
        upload.data += self.rfile.read(length)
        if fault.kind == "lost_answer":
            return self._end()
        return self._accepted(repository, number, 202)

    def _store_part(self, path: str, length: int) -> None:
        script = self.server.script
        _, number, start = path.split("/")
        with script.lock:
            fault = script.upload_faults.pop(0) if script.upload_faults else Fault("none")
        if fault.kind in ("drop", "reset"):
            self.rfile.read(min(length, fault.at))
            return self._end(reset=fault.kind == "reset")
        data = self.rfile.read(length)
        if fault.kind == "status":
            return self._answer(fault.value, b"busy")
        script.uploads[number].parts[int(start)] = data
        return self._answer(200, b"")

    def _accepted(self, repository: str, number: str, status: int, headers: dict[str, str] | None = None) -> None:
        held = len(self.server.script.uploads[number].data)
        place = f"/v2/{repository}/blobs/uploads/{number}?state=x"
        told = {"Location": place, "Docker-Upload-Location": place, "Range": f"0-{max(0, held - 1)}", **(headers or {})}
        self._answer(status, b"", told)
