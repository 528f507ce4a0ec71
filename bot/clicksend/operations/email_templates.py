"""Email templates of the account."""

from pydantic import JsonValue

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled
from bot.clicksend.wiretypes import Identifier, Integer, Text


class EmailTemplate(Answer):
    """A mail with a name; ``body`` is HTML, absent from lists."""

    template_id: Identifier
    template_id_master: Integer = None
    template_name: Text = None
    body: Text = None


class ListEmailTemplates(Listing, Operation[Page[EmailTemplate]]):
    """List the templates."""

    route = Route("email_templates.list", "GET", "/email/templates", Effect.READ)


class CreateEmailTemplate(Operation[EmailTemplate]):
    """Save a copy of a master template under a name."""

    route = Route("email_templates.create", "POST", "/email/templates", Effect.WRITE)
    template_name: Filled
    template_id_master: int


class GetEmailTemplate(Operation[EmailTemplate]):
    """Read one template."""

    route = Route("email_templates.get", "GET", "/email/templates/{template_id}", Effect.READ)
    template_id: int


class UpdateEmailTemplate(Operation[EmailTemplate]):
    """Change a template; its name stays when None."""

    route = Route("email_templates.update", "PUT", "/email/templates/{template_id}", Effect.WRITE)
    template_id: int
    template_name: str | None = None
    body: Filled


class DeleteEmailTemplate(Operation[JsonValue]):
    """Delete a template."""

    route = Route(
        "email_templates.delete", "DELETE", "/email/templates/{template_id}", Effect.DESTROY
    )
    template_id: int
