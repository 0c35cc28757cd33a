// Acme: an organization, its people, and a key for each integration.
package main

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/roster-service/pulumi-roster/sdk/go/roster"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		acme, err := roster.NewOrganization(ctx, "acme", &roster.OrganizationArgs{
			Slug:         pulumi.String("acme"),
			Name:         pulumi.String("Acme"),
			Subscription: roster.SubscriptionArgs{Plan: roster.PlanEnterprise},
			Features:     roster.FeaturesArgs{ExternalApiAccess: pulumi.Bool(true)},
		})
		if err != nil {
			return err
		}

		people, err := roster.NewOrganizationMembers(ctx, "people", &roster.OrganizationMembersArgs{
			Organization:  acme.ID(),
			OnUnknownUser: roster.OnUnknownUserCreate,
			Members: pulumi.Map{
				"ada@acme.example":   pulumi.String("administrator"),
				"grace@acme.example": pulumi.String("editor"),
			},
		})
		if err != nil {
			return err
		}

		keys := pulumi.StringMap{}
		for _, name := range []string{"Storefront", "Reports"} {
			key, err := roster.NewApiKey(ctx, strings.ToLower(name), &roster.ApiKeyArgs{
				Organization: acme.ID(),
				Name:         pulumi.String(name),
				Kind:         roster.ApiKeyKindServer,
			})
			if err != nil {
				return err
			}
			keys[strings.ToLower(name)] = key.Key
		}

		// The output of the set is known once its people are members.
		members := roster.GetMembershipsOutput(ctx, roster.GetMembershipsOutputArgs{
			Organization: people.Organization,
			Status:       roster.MembershipStatusFilterActive,
		})

		ctx.Export("members", members.Items())
		ctx.Export("keys", keys)
		return nil
	})
}
