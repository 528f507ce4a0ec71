"""Transactional email, allowed addresses, templates, and email campaigns."""

from clicksend_client import (
    Attachment,
    Email,
    EmailAddress,
    EmailCampaign,
    EmailFrom,
    EmailRecipient,
    EmailTemplateNew,
    EmailTemplateUpdate,
)

from tests.sdk.desk import Desk

_MARKETING = "EmailMarketingApi"


def play(desk: Desk) -> None:
    """Verify an address, send from it, run a campaign, and take the address away."""
    address = EmailAddress(email_address="me@example.com")
    made = desk.do(_MARKETING, "allowed_email_address_post", email_address=address)
    number = made["email_address_id"]
    desk.do(_MARKETING, "allowed_email_address_get")
    desk.do(_MARKETING, "send_verification_token_get", number)
    desk.do(_MARKETING, "verify_allowed_email_address_get", number, desk.code())
    shown = desk.do(_MARKETING, "specific_allowed_email_address_get", number)
    desk.expect("the address is verified", holds=shown["verified"] == 1)
    _transactional(desk, number)
    _templates(desk)
    _campaign(desk, number)
    desk.do(_MARKETING, "specific_allowed_email_address_delete", number)
    desk.gone(_MARKETING, "specific_allowed_email_address_get", number)


def _transactional(desk: Desk, number: int) -> None:
    api = "TransactionalEmailApi"
    people = [EmailRecipient(email="test1@test.com", name="Ada")]
    email = Email(
        to=people,
        cc=people,
        bcc=people,
        _from=EmailFrom(email_address_id=number, name="Me"),
        subject="Hi",
        body="<p>Hi</p>",
        attachments=[
            Attachment(
                content="SGk=",
                type="text/plain",
                filename="a.txt",
                disposition="attachment",
                content_id="a",
            )
        ],
        schedule=0,
    )
    desk.do(api, "email_price_post", email)
    sent = desk.do(api, "email_send_post", email)
    history = desk.do(api, "email_history_get")["data"]
    desk.expect("it is in the history", holds=history[0]["message_id"] == sent["message_id"])
    desk.do(api, "email_history_export_get", "email.csv")


def _templates(desk: Desk) -> None:
    masters, api = "MasterEmailTemplatesApi", "UserEmailTemplatesApi"
    master = desk.do(masters, "master_email_templates_get")[0]["template_id_master"]
    desk.do(masters, "master_email_template_get", master)
    category = desk.do(masters, "master_email_template_categories_get")[0]["category_id"]
    desk.do(masters, "master_email_template_category_get", category)
    desk.do(masters, "master_email_templates_in_category_get", category)
    new = EmailTemplateNew(template_name="Mine", template_id_master=master)
    number = desk.do(api, "email_template_post", new)["template_id"]
    desk.do(api, "email_templates_get")
    desk.do(api, "email_template_put", number, EmailTemplateUpdate(body="<p>Ho</p>"))
    shown = desk.do(api, "email_template_get", number)
    desk.expect("a template is changed", holds=shown["body"] == "<p>Ho</p>")
    desk.do(api, "email_template_delete", number)
    desk.gone(api, "email_template_get", number)


def _campaign(desk: Desk, number: int) -> None:
    campaign = EmailCampaign(
        name="News",
        subject="News",
        body="<p>Hi</p>",
        from_email_address_id=number,
        from_name="Me",
        list_id=428,
    )
    desk.do(_MARKETING, "email_campaign_price_post", campaign)
    sent = desk.do(_MARKETING, "email_campaign_post", campaign)["data"]["email_campaign_id"]
    desk.settle()
    shown = desk.do(_MARKETING, "email_campaign_get", sent)
    desk.expect("a campaign is sent", holds=shown["status"] == "Sent")
    desk.do(_MARKETING, "email_campaign_history_get", sent)
    desk.do(_MARKETING, "email_campaign_history_export_get", sent)
    campaign.schedule = desk.later()
    waiting = desk.do(_MARKETING, "email_campaign_post", campaign)["data"]["email_campaign_id"]
    campaign.name = "Newer"
    desk.do(_MARKETING, "email_campaign_put", waiting, campaign)
    names = [each["name"] for each in desk.do(_MARKETING, "email_campaigns_get")["data"]]
    desk.expect("a campaign is renamed", holds="Newer" in names)
    desk.do(_MARKETING, "cancel_email_campaign_put", waiting)
    desk.gone(_MARKETING, "cancel_email_campaign_put", waiting)
