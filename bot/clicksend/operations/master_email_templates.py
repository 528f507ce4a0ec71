"""Email templates of the vendor, to begin from. Their lists are bare: no page says what follows."""

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Numbered
from bot.clicksend.wiretypes import Identifier, Integer, Many, Moment, Text


class Thumbnail(Answer):
    """The URLs of a picture of a template."""

    small: Text = None
    large: Text = None


class MasterEmailTemplate(Answer):
    """A template; ``body`` is HTML, and ``category_id`` known, in a category's list only."""

    template_id_master: Identifier
    category_id: Integer = None
    template_name: Text = None
    body: Text = None
    date_added: Moment = None
    thumbnail: Thumbnail | None = None


class TemplateCategory(Answer):
    """A category of templates."""

    category_id: Identifier
    name: Text = None


class ListMasterEmailTemplates(Numbered, Operation[Many[MasterEmailTemplate]]):
    """List the templates."""

    route = Route("master_email_templates.list", "GET", "/email/master-templates", Effect.READ)


class GetMasterEmailTemplate(Operation[MasterEmailTemplate]):
    """Read one template."""

    route = Route(
        "master_email_templates.get", "GET", "/email/master-templates/{template_id}", Effect.READ
    )
    template_id: int


class ListTemplateCategories(Numbered, Operation[Many[TemplateCategory]]):
    """List the categories."""

    route = Route(
        "master_email_templates.list_categories",
        "GET",
        "/email/master-templates-categories",
        Effect.READ,
    )


class GetTemplateCategory(Operation[TemplateCategory]):
    """Read one category."""

    route = Route(
        "master_email_templates.get_category",
        "GET",
        "/email/master-templates-categories/{category_id}",
        Effect.READ,
    )
    category_id: int


class ListTemplatesInCategory(Numbered, Operation[Many[MasterEmailTemplate]]):
    """List the templates of a category."""

    route = Route(
        "master_email_templates.list_in_category",
        "GET",
        "/email/master-templates-categories/{category_id}/master-templates",
        Effect.READ,
    )
    category_id: int
