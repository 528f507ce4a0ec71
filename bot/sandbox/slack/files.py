"""Files: what people attach, what the bot fetches, and the bot's own uploads in three steps."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.workspace import BOT, File, Posted, Workspace

LARGEST = 25_000_000
_LONGEST_ALT = 1_000


@dataclass
class Files:
    """The workspace's files; `url` is where this Slack is served."""

    workspace: Workspace
    url: str = ""
    _promised: dict[str, Json] = field(default_factory=dict)

    def attach(self, user: str, name: str, content: bytes) -> File:
        """What somebody gives to a form."""
        file = File(self.workspace.id("F"), name, content, user)
        self.workspace.files[file.id] = file
        return file

    def info(self, body: Json) -> Json:
        """Slack method `files.info`.

        Raises:
            ApiError: `file_not_found`.
        """
        return {"file": self.described(self._known(str(body.get("file", ""))))}

    def upload_url(self, body: Json) -> Json:
        """Slack method `files.getUploadURLExternal`.

        Raises:
            ApiError: As documented.
        """
        name, length = str(body.get("filename", "")), str(body.get("length", ""))
        if not name or not length.isdigit() or int(length) == 0:
            raise ApiError("invalid_arguments", ["filename and length are required"])
        if int(length) > LARGEST:
            raise ApiError("file_upload_size_restricted")
        file_id = self.workspace.id("F")
        alt = str(body.get("alt_txt") or "")
        if len(alt) > _LONGEST_ALT:
            raise ApiError("invalid_arguments", ["alt_txt is too long"])
        promised = {"name": name, "length": int(length), "alt": alt, "content": None}
        self._promised[file_id] = promised
        return {"upload_url": f"{self.url}/upload/{file_id}", "file_id": file_id}

    def upload(self, file_id: str, content: bytes) -> bool:
        """Take the bytes of a promised file; False when they are not what was promised."""
        promised = self._promised.get(file_id)
        if promised is None or len(content) != promised["length"]:
            return False
        promised["content"] = content
        return True

    def complete(self, body: Json) -> Json:
        """Slack method `files.completeUploadExternal`.

        Raises:
            ApiError: As documented.
        """
        made = [self._completed(each) for each in body.get("files") or []]
        if not made:
            raise ApiError("invalid_arguments", ["files are required"])
        shown = [self.described(file) for file in made]
        if body.get("channel_id"):
            channel = self.workspace.channel(str(body["channel_id"]))
            if not channel.has_bot:
                raise ApiError("channel_not_found")
            text = str(body.get("initial_comment") or "")
            thread = str(body.get("thread_ts") or "") or None
            posted = Posted(
                channel.id, self.workspace.ts(), text, [], thread_ts=thread, files=shown
            )
            self.workspace.add(posted)
        return {"files": shown}

    def described(self, file: File) -> Json:
        """A file as Slack shows it."""
        return {
            "id": file.id,
            "name": file.name,
            "title": file.name,
            "filetype": file.kind,
            "mimetype": "application/octet-stream",
            "size": len(file.content),
            "user": file.user,
            "mode": "hosted",
            **({"alt_txt": file.alt} if file.alt else {}),
            "url_private": f"{self.url}/files/{file.id}",
            "url_private_download": f"{self.url}/files/{file.id}",
        }

    def _known(self, file_id: str) -> File:
        if file_id not in self.workspace.files:
            raise ApiError("file_not_found")
        return self.workspace.files[file_id]

    def _completed(self, each: Json) -> File:
        promised = self._promised.pop(str(each.get("id")), None)
        if promised is None or promised["content"] is None:
            raise ApiError("file_not_found")
        name = str(each.get("title") or promised["name"])
        file = File(str(each["id"]), name, promised["content"], BOT, alt=promised["alt"])
        self.workspace.files[file.id] = file
        return file
