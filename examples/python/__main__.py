"""Acme: an organization, its people, and a key for each integration."""

import pulumi
import pulumi_roster as roster

acme = roster.Organization(
    "acme",
    slug="acme",
    name="Acme",
    subscription={"plan": "enterprise"},
    features={"external_api_access": True},
)

people = roster.OrganizationMembers(
    "people",
    organization=acme.id,
    on_unknown_user="create",
    members={
        "ada@acme.example": "administrator",
        "grace@acme.example": "editor",
    },
)

keys = {
    name: roster.ApiKey(name, organization=acme.id, name=name.capitalize(), kind="server")
    for name in ["storefront", "reports"]
}

members = roster.get_memberships_output(
    organization=acme.id,
    status="active",
    opts=pulumi.InvokeOutputOptions(depends_on=[people]),
)

pulumi.export("members", members.items.apply(lambda items: sorted(item.email for item in items)))
pulumi.export("keys", {name: key.key for name, key in keys.items()})
