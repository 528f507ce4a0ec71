"""The page on which somebody allows the app into the workspace: `/oauth/v2/authorize`."""

from __future__ import annotations

from html import escape
from pathlib import Path

from aiohttp import web

from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.oauth import OAuth
from bot.sandbox.slack.page_api import is_local
from bot.sandbox.slack.shapes import ApiError
from bot.sandbox.slack.workspace import Workspace

_PAGE = Path(__file__).parent / "page" / "install.html"
_SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Installing:
    """Asks, and sends the person back to the app.

    Args:
        oauth: Tokens and installations.
        manifest: The app.
        workspace: Who may be asked.
    """

    def __init__(self, oauth: OAuth, manifest: Manifest, workspace: Workspace) -> None:
        self._oauth, self._manifest, self._workspace = oauth, manifest, workspace

    async def handle(self, request: web.Request) -> web.Response:
        """Show what is asked for (GET), or take the decision (POST)."""
        if not is_local(request):
            return web.Response(status=403, text="This page is for this machine only.")
        query = dict(request.query)
        try:
            if request.method == "POST":
                return await self._decided(request)
            scopes = self._oauth.consent(query)
        except ApiError as error:
            text = f"Slack says no: {error.code} {error.fields.get('unknown', '')}".strip()
            return web.Response(status=400, text=text)
        people = "".join(
            f'<option value="{escape(each.id)}">{escape(each.name)}</option>'
            for each in self._workspace.people.values()
        )
        page = _PAGE.read_text(encoding="utf-8").format(
            app=escape(self._manifest.name),
            scopes="".join(f"<li><code>{escape(each)}</code></li>" for each in sorted(scopes)),
            people=people,
            back=escape(self._oauth.back(query)),
        )
        return web.Response(text=page, content_type="text/html", headers=_SECURITY)

    async def _decided(self, request: web.Request) -> web.Response:
        form = await request.post()
        user = str(form.get("user", ""))
        if user not in self._workspace.people:
            return web.Response(status=400, text="Slack says no: user_not_found")
        allowed = form.get("decision") == "allow"
        where = self._oauth.decided(dict(request.query), user, allowed=allowed)
        return web.Response(status=302, headers={"location": where})
