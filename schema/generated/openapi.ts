/* Generated from schema/openapi.yaml by `npm run generate`; never edited. */

export interface paths {
    readonly "/v1/organizations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the organizations that the caller can read */
        readonly get: operations["listOrganizations"];
        readonly put?: never;
        /** Create an organization (service owner only) */
        readonly post: operations["createOrganization"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /** Read an organization */
        readonly get: operations["getOrganization"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Close an organization (service owner only)
         * @description Revokes the organization's keys, ends its memberships and assignments, and releases its slug. Records and the audit are
         *     kept, and `status` becomes `closed`. Closing a closed organization does nothing.
         */
        readonly delete: operations["closeOrganization"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change an organization
         * @description Only the service owner can change `features`, `subscription.billing` and `subscription.stripeSubscription`.
         *     An administrator can change the plan only if billing is `stripe` and the subscription is linked; otherwise the request
         *     is refused with `contact_vendor`. If it is linked, changing the plan also changes it at Stripe at once; if Stripe
         *     refuses, the request is refused with `billing_failed`. A downgrade that current use exceeds is refused with
         *     `plan_required`.
         */
        readonly patch: operations["updateOrganization"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/profile": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /** Read the profile of an organization */
        readonly get: operations["findOrganizationProfile"];
        readonly put?: never;
        /**
         * Manage the profile of an organization
         * @description A profile exists as long as its organization, so this operation always adopts it, as a create with `adopt` does, and
         *     `unmanaged` is the default. Members that the request omits stay as they are. While a profile has an externalId, a
         *     change of the organization with the `managedAs` of another stack can't set the members of the profile
         *     (`managed_elsewhere`), and leaves those that it clears as they are.
         */
        readonly post: operations["createOrganizationProfile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organization-profiles/{profileId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly profileId: components["schemas"]["OrganizationProfileId"];
            };
            readonly cookie?: never;
        };
        /** Read a profile */
        readonly get: operations["getOrganizationProfile"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Release a profile
         * @description The profile loses its externalId and stays. With `managedAs`, the values that nobody else has changed since the adoption
         *     are restored; without it, or with `ifAdopted=end`, all values stay as they are.
         */
        readonly delete: operations["releaseOrganizationProfile"];
        readonly options?: never;
        readonly head?: never;
        /** Change a profile */
        readonly patch: operations["updateOrganizationProfile"];
        readonly trace?: never;
    };
    readonly "/logos/{organizationId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /**
         * An organization's logo, for pages that show it
         * @description Requires no authentication, because pages show the logo to everybody; the caller only needs the organization's id. The
         *     response has the media type of the content, and headers that keep browsers from treating it as anything else.
         */
        readonly get: operations["getLogo"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List users
         * @description The service owner sees every user. An API key sees users whose home organization is its own, and members of its organization.
         */
        readonly get: operations["listUsers"];
        readonly put?: never;
        /**
         * Create a user
         * @description Requires the service owner, or `users:create` in the `homeOrganization`. A system user starts as `active`. A person
         *     starts as `invited` and gets a mail with a link for setting up the account; `invite: false` prevents the mail.
         *
         *     Users are never deleted, so an address can belong to an inactive user. If that user was deactivated (`DELETE`) with the
         *     same `externalId`, and belongs to the same home organization or to a closed one, the user is reactivated, set as
         *     requested, and answered as created. Any other existing address is refused with `email_taken`.
         */
        readonly post: operations["createUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/users/{userId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        /** Read a user */
        readonly get: operations["getUser"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Deactivate a user
         * @description Users are never deleted. The user's keys stop working at once. With `managedAs`, the manager releases the user, who then
         *     has no externalId: the same manager can reactivate the user by creating it again, and others can adopt it. Deactivating
         *     an inactive user does nothing else.
         *
         *     A caller with `users:create` in the user's home organization, but without `users:manage`, can take back a user that it
         *     made, and that nobody has changed, completed or given anything since. With `managedAs`, it lets go of any other user that
         *     it manages: the user stays, and the answer is 200.
         *
         *     Requires the service owner, or `users:manage` in the user's home organization if the user has no system role; what the
         *     user has in other organizations doesn't matter. `last_administrator` considers only the caller's organization; the
         *     administrators of the user's other organizations get a mail.
         *
         *     With `outcome`, the manager gives the account back instead: the user stays as it is and loses its externalId, and the
         *     answer is 200. `outcome=leaver` does so only if something besides the home organization holds the account: see
         *     `getUserHolders`.
         */
        readonly delete: operations["deactivateUser"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a user
         * @description Requires the service owner, or `users:manage` in the user's home organization; in the latter case, the user must not have
         *     a system role, a membership or an assignment of an active key in another organization, or permissions that the caller
         *     doesn't have. A change of only `resendInvite` requires `users:create` in the home organization, and the person must be
         *     invited; so does changing the address of an invited person. `resetPassword` requires an active person. A change of only
         *     `state: inactive` has the requirements of deactivation. Deactivation ends the link by which an invited person sets up the
         *     account; `state: active` mails a new one, if the caller can invite the person.
         *
         *     If a person has completed the account, a new address is pending (`pendingEmail`) until the person confirms it by a
         *     mailed link, and the current address gets a notice. The request is checked again when the link is followed: if the
         *     requester is no longer allowed to make the change, the link doesn't work, and the address is no longer pending.
         */
        readonly patch: operations["updateUser"];
        readonly trace?: never;
    };
    readonly "/v1/users/{userId}/holders": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        /**
         * Read what holds a user's account
         * @description What somebody who leaves the home organization keeps: memberships and invitations in other organizations, active API
         *     keys of other organizations, and a system role. Requires the service owner, or `users:read` in the user's home
         *     organization. It doesn't say which organizations these are.
         */
        readonly get: operations["getUserHolders"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/users/{userId}/block": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Block a user for misuse
         * @description Requires the service owner. Sessions end and the user's keys stop working at once, until the block is lifted. Only users
         *     who are active, or blocked for failed log-ins, can be blocked. Blocking a user who is blocked for misuse does nothing.
         */
        readonly post: operations["blockUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/users/{userId}/unblock": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Lift a user's block
         * @description Requires the service owner. Lifts a block for misuse or for failed log-ins. Does nothing if there is no block.
         */
        readonly post: operations["unblockUser"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/roles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /** List the roles that can be given in an organization, including built-in ones */
        readonly get: operations["listRoles"];
        readonly put?: never;
        /**
         * Create an organization's own role
         * @description The role can't have more permissions than the caller, or `api:call`.
         */
        readonly post: operations["createRole"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/roles/{roleId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly roleId: components["schemas"]["RoleId"];
            };
            readonly cookie?: never;
        };
        /** Read a role */
        readonly get: operations["getRole"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a role
         * @description Refused with `role_in_use` while a membership that has not ended has the role.
         */
        readonly delete: operations["deleteRole"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a role
         * @description Built-in roles can't be changed. Neither the old nor the new permissions may exceed the caller's.
         */
        readonly patch: operations["updateRole"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/members": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /**
         * List the memberships of an organization
         * @description By default, the list contains the memberships that have not ended: pending, active and expired ones. `status` names another
         *     status, or `all`.
         *
         *     With `Accept: text/csv`, the answer is the whole list without pages, of the same memberships; `limit` and `cursor` have no
         *     effect. It is RFC 4180, with one row for each membership, oldest first, and the
         *     columns `email`, `given_name`, `family_name` and `role` (the role's name). A spreadsheet would run a cell that begins
         *     with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula: such a cell, also after apostrophes, is prefixed with
         *     an apostrophe, which readers of the file must remove.
         */
        readonly get: operations["listMembers"];
        readonly put?: never;
        /**
         * Give a user a role in an organization
         * @description Exactly one of `user` and `email` is required. An existing user becomes a member at once. For an unknown address,
         *     `onUnknownUser` decides, within the organization's `joinPolicies`: `invite` creates a pending membership, and mails a
         *     link for accepting it. An invitation whose link has expired is `expired`, and can be sent again.
         */
        readonly post: operations["createMembership"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/members/{membershipId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly membershipId: components["schemas"]["MembershipId"];
            };
            readonly cookie?: never;
        };
        /** Read a membership */
        readonly get: operations["getMembership"];
        readonly put?: never;
        readonly post?: never;
        /**
         * End a membership
         * @description An active membership becomes `removed`, a pending one `cancelled`. The user's assignments of the organization's keys, and
         *     the keys that the user owns in it, end as well; the user's account stays. Ending an ended membership does nothing.
         */
        readonly delete: operations["endMembership"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a member's role, or invite again
         * @description `resendInvite` requires `members:manage`, and a membership that is pending or expired, or that the person has left; the
         *     latter becomes pending again. For an active member whose account the organization created (`onUnknownUser: create`) and
         *     who hasn't set it up, it mails the link that sets up the account, and also requires `users:create`. Changing the role
         *     of a pending or expired membership also requires `members:manage`.
         */
        readonly patch: operations["updateMembership"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/api-keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /** List an organization's API keys, including revoked and expired ones */
        readonly get: operations["listApiKeys"];
        readonly put?: never;
        /**
         * Create an API key
         * @description Requires the organization's external API access; otherwise the request is refused with `api_access_disabled`. Only this
         *     answer contains the plaintext (`key`), and only if the service generated the secret.
         */
        readonly post: operations["createApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/api-key-imports": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Import a legacy API key by its hash (service owner only)
         * @description The key has the kind `server`, no owner, no permissions, and is `legacy`: its existing plaintext still authenticates, and
         *     can't be shown. A plaintext that looks like a key of the service or like a JWT doesn't work. Requires the organization's
         *     external API access. A hash that is already in use in any organization is refused with `unprocessable`.
         */
        readonly post: operations["importApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/api-keys/{apiKeyId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        /** Read an API key, never its secret */
        readonly get: operations["getApiKey"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Revoke an API key
         * @description The key stops working at once, and stays listed as a record. Revoking a revoked key does nothing. A key that has expired
         *     stays `expired`; updating its `state` to `revoked` records it as revoked.
         */
        readonly delete: operations["revokeApiKey"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change an API key's name, permissions, addresses or end date, or permanently revoke it
         * @description `state: revoked` requires `keys:revoke`; other changes require `keys:create`. A change of `permissions` applies to
         *     every request after the answer, also for a JWT. You can't reactivate a revoked key, or change the end date, the
         *     permissions or the addresses of a key that has expired or is revoked: these are refused with `key_not_active`.
         */
        readonly patch: operations["updateApiKey"];
        readonly trace?: never;
    };
    readonly "/v1/api-keys/{apiKeyId}/rotations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give an API key a new secret
         * @description `generation` is the new generation, the current one plus one, which makes a rotation safe to repeat. If the key already
         *     has this generation, the service generates its secret again, but only if it was never used, and a later run
         *     (`Roster-Run`) has not made it. The previous secret stays valid for `overlap`, never past the end date, and when a secret
         *     is generated again, never longer than before; older secrets have ended. A rotation doesn't change the end date.
         *
         *     With `holdWhileUsed`, the end of the previous secret is postponed while it was used that recently, with the precision of
         *     a minute. Meanwhile, another rotation with an overlap is refused with `secret_in_use`; one without an overlap ends all
         *     earlier secrets at once.
         */
        readonly post: operations["rotateApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/api-keys/{apiKeyId}/secret-revocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End one secret of an API key
         * @description For programs that deliver secrets. Ending the previous secret shortens the overlap of a rotation, once the new secret is
         *     delivered. Ending the current secret undoes a rotation whose new secret could not be delivered: the previous secret
         *     becomes current again, without an end of its own. This is refused if the new secret was used, or the previous one has
         *     ended, so that the key always has a valid secret. A secret that has ended stays ended; ending it again does nothing.
         */
        readonly post: operations["revokeApiKeySecret"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/api-keys/{apiKeyId}/assignments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        /**
         * List the assignments of an API key
         * @description The list contains pending, active and expired assignments. An assignment that has ended is deleted.
         */
        readonly get: operations["listApiKeyAssignments"];
        readonly put?: never;
        /**
         * Attach an API key to a user
         * @description Exactly one of `user` and `email` is required. A member of the key's organization gets the key at once; for somebody who
         *     has no membership there, `external` must be set.
         *
         *     For a person whose membership is pending, the assignment is `pending` as well, without a mail or a link of its own. It
         *     becomes active when the person accepts the membership, and is deleted when the membership ends. At that moment the
         *     rules are applied again: if the key, the organization's external API access or the permissions of the caller who
         *     attached the key no longer allow it, the person becomes a member without the key, and the assignment is deleted.
         */
        readonly post: operations["createApiKeyAssignment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/api-key-assignments/{assignmentId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly assignmentId: components["schemas"]["ApiKeyAssignmentId"];
            };
            readonly cookie?: never;
        };
        /** Read an assignment */
        readonly get: operations["getApiKeyAssignment"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Detach an API key from a user
         * @description The key survives.
         */
        readonly delete: operations["deleteApiKeyAssignment"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change an assignment's externalId, or invite again
         * @description `resendInvite` takes an assignment with `external` that is pending or expired. An assignment that waits for a membership
         *     has no invitation of its own: resend that of the membership.
         */
        readonly patch: operations["updateApiKeyAssignment"];
        readonly trace?: never;
    };
    readonly "/v1/managed-objects": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the live objects that a stack manages
         * @description Lists the objects whose externalId has a prefix, as far as the caller can read them. It shows objects that a stack
         *     doesn't know of, and with `include=object`, the current state of those that it knows.
         */
        readonly get: operations["listManagedObjects"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/self": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the identity of the service, and the caller's permissions
         * @description Returns the service's identity, the caller, and the caller's permissions in each organization. It also lists restores that
         *     replaced the original: objects that were created between a backup and its restore are lost.
         */
        readonly get: operations["getSelf"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/self/access-token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * End the access token that the caller presents
         * @description Logs out: the token stops working at once. `unprocessable` if the caller presents the owner token, an API key or the
         *     token of a system user, which its administrators end.
         */
        readonly delete: operations["endOwnAccessToken"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/runs/{runId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly runId: components["schemas"]["RunId"];
            };
            readonly cookie?: never;
        };
        /** Read a run */
        readonly get: operations["getRun"];
        readonly put?: never;
        /**
         * Report the status of a run, and its written objects
         * @description The first report with `alive` starts the run, which then belongs to the caller: only this caller can report its `status`.
         *     An ended run stays ended. A later run of the same stack reports `written`: the objects of this run that are in the
         *     stack's state. Every caller who can read an object can report it; other objects are ignored. See "Runs and lost creates".
         */
        readonly post: operations["reportRun"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/audit-entries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /** List an organization's audit entries, oldest first */
        readonly get: operations["listAuditEntries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit-entries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the audit entries of the whole service, oldest first (service owner only) */
        readonly get: operations["listServiceAuditEntries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/audit-verification": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /**
         * Verify the audit of an organization
         * @description Reads the whole chain and its head. Requires `audit:read`. For the guarantees of the chain, see `AuditEntry`.
         */
        readonly get: operations["verifyAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit-verification": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Verify the audit entries that belong to no organization (service owner only) */
        readonly get: operations["verifyServiceAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/requests:batch": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Carry out many requests at once
         * @description Accepts requests that read, create, change or end single organizations, users, roles, memberships, API keys and
         *     assignments; any other request is answered with `invalid_request`. Requires a permission for any of these. A batch
         *     counts as one request. See "Batches", and "Trials" for `dryRun`.
         */
        readonly post: operations["runBatch"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/verifications": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Verify a secret
         * @description For a service that was called with an API key. Requires `keys:verify`. A caller other than the service owner can verify
         *     only keys of its own organization; any other secret is `unknown`. A refusal is an answer, not an error: 200 with
         *     `outcome: refused`. Only accepted verifications change `lastUsedAt`.
         *
         *     `address` is the address that the call came from. A key with `allowedIps` is refused with `address_not_allowed` from
         *     other addresses, and without `address`. Unknown secrets are counted per caller and network of `address`: after 100 in 10
         *     minutes, further unknown secrets are refused with `rate_limited` until the window has passed; known secrets are still
         *     answered. Without `address`, nothing is counted.
         *
         *     If the verification names the called `api`, it is accepted only for a key with `api:call`, and otherwise refused with
         *     `not_permitted`. For a known key, it creates a message with the outcome.
         */
        readonly post: operations["verifyApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/secret-scanning-reports": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Report secrets that were found where others can read them (secret scanners only)
         * @description Uses the format of GitHub's secret scanning partner program and its member names. A signature over the bytes of the body
         *     authenticates a report: ECDSA with P-256 and SHA-256, in DER and base64, by one of the configured public keys. If no keys
         *     are configured, the operation does not exist (`route_not_found`). If the keys can't be read, the answer is `unavailable`.
         *
         *     An API key that a reported secret authenticates is revoked before the answer, even if the secret is an earlier one that
         *     is still valid. Up to 1,000 administrators of its organization who are active people get a mail with the place. A secret
         *     that has already ended and a repeated report have no effect. Other members of a report are ignored.
         */
        readonly post: operations["reportLeakedSecrets"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/messages": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /**
         * List the calls of user-defined APIs that were verified, oldest first
         * @description With `messages:read`, lists all messages of the organization; with `messages:read_own`, those of keys that the caller's user owns.
         */
        readonly get: operations["listMessages"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/access-tokens": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        /**
         * List the access tokens that act in an organization, oldest first
         * @description Lists the tokens of the organization's system users, including revoked and expired ones, and the active tokens of the
         *     people who are members, except those that are limited to another organization. People make and end their tokens on their
         *     own page; an administrator who wants to end one ends the membership, or deactivates the user.
         */
        readonly get: operations["listAccessTokens"];
        readonly put?: never;
        /**
         * Create an access token for a system user
         * @description The user must be a system user whose `homeOrganization` is this one, and an active member of it. Its token manages the
         *     organization with the given permissions, as far as the user's role has them at that moment; a wider role doesn't widen the
         *     token. It needs no external API access. Only this answer contains the plaintext (`token`). People make tokens on their own
         *     page.
         */
        readonly post: operations["createAccessToken"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/access-tokens/{accessTokenId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        /** Read a system user's access token, never its secret */
        readonly get: operations["getAccessToken"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Revoke a system user's access token
         * @description The token stops working at once, and stays listed as a record. Revoking a revoked token does nothing. A token that has
         *     expired stays `expired`; updating its `state` to `revoked` records it as revoked.
         */
        readonly delete: operations["revokeAccessToken"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change the name, permissions, addresses or end date of a system user's access token, or permanently revoke it
         * @description `state: revoked` requires `keys:revoke`; other changes require `keys:create`. A change of `permissions` applies to every
         *     request after the answer. You can't reactivate a revoked token, or change the end date, the permissions or the addresses
         *     of a token that has expired or is revoked: these are refused with `key_not_active`.
         */
        readonly patch: operations["updateAccessToken"];
        readonly trace?: never;
    };
    readonly "/v1/access-tokens/{accessTokenId}/rotations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give a system user's access token a new secret
         * @description As `rotateApiKey` does for a key, without external API access.
         */
        readonly post: operations["rotateAccessToken"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/access-tokens/{accessTokenId}/secret-revocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * End one secret of a system user's access token
         * @description As `revokeApiKeySecret` does for a key.
         */
        readonly post: operations["revokeAccessTokenSecret"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organizationId}/access-checks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Check whether a user can work in an organization
         * @description For a product that grants access to users. Requires `keys:verify`. A user who can't work is refused with the first code
         *     that applies: `not_member` if the user has no active membership; `user_not_active` if the account can't be used;
         *     `no_api_key` if no active key of the organization is assigned to the user. A membership's `operational` has the same
         *     meaning.
         */
        readonly post: operations["checkAccess"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/jwks.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the public keys for JWT API keys (RFC 7517)
         * @description A signature alone doesn't make a key valid; ask `verifyApiKey`.
         */
        readonly get: operations["getSigningKeys"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/health-findings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List findings that need the service owner's attention (service owner only)
         * @description Lists open organizations without an administrator who can act; the service owner should make somebody an administrator.
         *     An administrator can act if the account is active, set up and not blocked, and belongs to a person, or to a system user
         *     that owns an active API key in the organization with `members:manage`. An organization is listed if the account of its
         *     last administrator is deactivated or blocked, if a system user's key is revoked or expires, and until it gets its first
         *     administrator.
         */
        readonly get: operations["listHealthFindings"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Check whether the process is alive */
        readonly get: operations["getLiveness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Check whether the service is ready */
        readonly get: operations["getReadiness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.yaml": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get this document */
        readonly get: operations["getContract"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description The id of an organization.
         * @example org_0192f0c1a2b37c4d8e9f001122334455
         */
        readonly OrganizationId: string;
        /** @description The id of the profile of an organization. */
        readonly OrganizationProfileId: string;
        /** @description The id of a user. */
        readonly UserId: string;
        /** @description A built-in role's name, or the id of an organization's own role. */
        readonly RoleId: string;
        /** @description The id of a membership. */
        readonly MembershipId: string;
        /** @description The id of an API key. */
        readonly ApiKeyId: string;
        /** @description The id of an assignment. */
        readonly ApiKeyAssignmentId: string;
        /** @description The id of a message. */
        readonly MessageId: string;
        /** @description The id of an audit entry. */
        readonly AuditEntryId: string;
        /**
         * Format: line
         * @description The name that the manager of an object gives it; unique among the live objects of its kind in the organization. One line of
         *     visible characters: see `OrganizationName`.
         */
        readonly ExternalId: string;
        /**
         * @description Whether to adopt an existing object: only if nobody else manages it, or in any case. See "Adoption".
         * @enum {string}
         */
        readonly Adopt: "unmanaged" | "force";
        /**
         * Format: text
         * @description A change in which this value differs from the last one performs the act once. A create stores the value and performs nothing;
         *     omitting it has no effect. Any text without the character U+0000 or half of a surrogate pair.
         */
        readonly DeclaredAct: string;
        /** @description Whether the manager of the object has adopted it. */
        readonly Adopted: boolean;
        /**
         * Format: mailbox
         * @description An email address. Comparison ignores case, and nothing else; addresses that could be confused with others are refused.
         *     Before the @, it has no quotes, and dots only between other characters. Letters and digits of every script are allowed
         *     in Unicode normalization form KC, except letters that become others in lower or upper case, such as U+212A or ß. The
         *     domain must be ASCII; write other letters as `xn--…`.
         * @example ada@example.com
         */
        readonly Email: string;
        /** @example acme */
        readonly Slug: string;
        /**
         * Format: line
         * @description Like every name, it is one line of visible characters, and not only spaces. It can't contain line breaks, control
         *     characters, marks that change the text direction, zero-width, private or other invisible characters, U+FFFD, or half of
         *     a surrogate pair. Characters that an emoji or a word needs are allowed: U+FE0F after an emoji, U+200D between two emoji,
         *     and U+200C and U+200D after a letter of a script that uses them, such as Arabic or Devanagari.
         */
        readonly OrganizationName: string;
        /**
         * Format: line
         * @example https://example.com
         */
        readonly WebsiteUrl: string;
        /** Format: line */
        readonly RoleName: string;
        /**
         * Format: line
         * @description A user-defined API's name.
         */
        readonly ApiName: string;
        /** Format: line */
        readonly ApiKeyName: string;
        /** Format: line */
        readonly PersonName: string;
        /**
         * Format: date-time
         * @description RFC 3339, UTC, in milliseconds; years up to 9999.
         * @example 2026-01-31T09:30:00.000Z
         */
        readonly Timestamp: string;
        /**
         * Format: date-time
         * @description RFC 3339, stored in milliseconds: after 1970-01-01T00:00:00Z, and not in the future. Other systems write earlier times, such as
         *     0001-01-01T00:00:00Z, for "never": omit the member for that.
         * @example 2026-01-31T09:30:00.000Z
         */
        readonly PastTime: string;
        /**
         * @description When a key ends: a date, valid through that day, or a time, both in UTC. The latest possible time, also for the day
         *     9999-12-31, is 9999-12-31T23:59:59.999Z. A key without an end has no end date.
         * @example 2027-06-30
         * @example 2027-06-30T12:00:00Z
         */
        readonly EndDate: string;
        readonly RetryAfter: string;
        /**
         * @description An address, or a range of them as CIDR, of IPv4 or IPv6: the bits after the prefix are zero. IPv4 in its own form, not mapped to IPv6.
         * @example 203.0.113.0/24
         * @example 2001:db8::/48
         * @example 203.0.113.7
         */
        readonly IpRange: string;
        /** @description The set of addresses from which a key authenticates. A single address is a range of one; an IPv4 address mapped to IPv6 counts as IPv4. */
        readonly AllowedIps: readonly components["schemas"]["IpRange"][];
        /**
         * @description A whole number of seconds, minutes, hours or days; at most 9999 days.
         * @example 12h
         */
        readonly Duration: string;
        /**
         * @description How people may join: with an account they already have, by invitation, or with an account made for them.
         * @enum {string}
         */
        readonly JoinPolicy: "existing" | "invite" | "create";
        /**
         * @description The plan of an organization, from the smallest to the largest.
         * @enum {string}
         */
        readonly Plan: "basic" | "premium" | "enterprise";
        /**
         * @description Who changes the plan: the organization through Stripe, or the vendor.
         * @enum {string}
         */
        readonly Billing: "stripe" | "custom";
        /**
         * @description Whether an organization is open, is being closed, or is closed.
         * @enum {string}
         */
        readonly OrganizationStatus: "open" | "closing" | "closed";
        /**
         * @description A person, or a system user (robot), which gets no mail and has no password.
         * @enum {string}
         */
        readonly UserKind: "person" | "system";
        /**
         * @description The role of a user in the service as a whole.
         * @enum {string}
         */
        readonly SystemRole: "super_admin" | "none";
        /**
         * @description The desired state.
         * @enum {string}
         */
        readonly UserState: "active" | "inactive";
        /**
         * @description The current status.
         * @enum {string}
         */
        readonly UserStatus: "invited" | "active" | "inactive" | "blocked";
        /**
         * @description What to do if no user has the address.
         * @enum {string}
         */
        readonly OnUnknownUser: "fail" | "create" | "invite";
        /**
         * @description Whether a membership waits for acceptance, is active, has expired, or how it has ended.
         * @enum {string}
         */
        readonly MembershipStatus: "pending" | "active" | "expired" | "cancelled" | "removed" | "left";
        /**
         * @description A status of memberships, or all of them.
         * @enum {string}
         */
        readonly MembershipStatusFilter: "pending" | "active" | "expired" | "cancelled" | "removed" | "left" | "all";
        /**
         * @description What calls with a key: a server, a Web API (with a secret that the client made), or a user.
         * @enum {string}
         */
        readonly ApiKeyKind: "server" | "webapi" | "user";
        /**
         * @description The format of a key's secret.
         * @enum {string}
         */
        readonly ApiKeyFormat: "opaque" | "jwt";
        /**
         * @description The desired state.
         * @enum {string}
         */
        readonly ApiKeyState: "active" | "revoked";
        /**
         * @description The current status.
         * @enum {string}
         */
        readonly ApiKeyStatus: "active" | "expired" | "revoked";
        /**
         * @description An assignment that waits for a membership is `pending` or `expired` as the membership is.
         * @enum {string}
         */
        readonly ApiKeyAssignmentStatus: "pending" | "active" | "expired";
        /**
         * @description What a role, a key or a token can allow.
         * @enum {string}
         */
        readonly Permission: "organization:read" | "organization:update" | "subscription:read" | "subscription:update" | "members:read" | "members:manage" | "users:read" | "users:create" | "users:manage" | "roles:read" | "roles:assign" | "roles:manage" | "keys:read" | "keys:create" | "keys:assign" | "keys:revoke" | "keys:verify" | "audit:read" | "data:edit" | "flows:run" | "flows:read" | "messages:read" | "messages:read_own" | "api:call" | "changes:preview";
        /** @enum {string} */
        readonly BuiltInRole: "super_admin" | "administrator" | "customer_admin" | "auditor" | "editor" | "operator" | "viewer" | "member" | "api_user";
        readonly Permissions: readonly components["schemas"]["Permission"][];
        /**
         * @description Why a request was refused; stable, for programs.
         * @enum {string}
         */
        readonly RefusalCode: "invalid_request" | "unauthenticated" | "permission_denied" | "plan_required" | "api_access_disabled" | "contact_vendor" | "cannot_remove_self" | "billing_failed" | "not_member" | "user_not_active" | "no_api_key" | "not_found" | "route_not_found" | "slug_taken" | "email_taken" | "name_taken" | "external_id_taken" | "already_member" | "already_assigned" | "role_in_use" | "last_administrator" | "key_not_active" | "generation_conflict" | "secret_in_use" | "organization_closed" | "managed_elsewhere" | "idempotency_in_progress" | "precondition_failed" | "payload_too_large" | "unsupported_media_type" | "unprocessable" | "user_not_found" | "role_not_found" | "idempotency_key_reused" | "rate_limited" | "internal_error" | "unavailable";
        /** @description Why a request was refused (RFC 9457). */
        readonly Problem: {
            /**
             * @description A URI that names the kind of problem.
             * @example urn:roster:problem:role_in_use
             */
            readonly type: string;
            /** @description The kind of problem in words. */
            readonly title: string;
            readonly status: number;
            readonly code: components["schemas"]["RefusalCode"];
            /** @description What is wrong, and what to do. */
            readonly detail: string;
            readonly requestId: string;
            /** @description Whether the same request may succeed if it is repeated later. */
            readonly retryable: boolean;
            /** @description The contact. */
            readonly contactUrl?: string;
            /** @description Every place of the request that is wrong. */
            readonly errors?: readonly components["schemas"]["FieldError"][];
        };
        readonly FieldError: {
            /** @enum {string} */
            readonly in: "body" | "query" | "path" | "header";
            /**
             * @description Where in it: a JSON pointer (RFC 6901), or `/` and the parameter's name.
             * @example /subscription/plan
             */
            readonly pointer: string;
            /** @description What is wrong, and what is allowed; never the value of a secret. */
            readonly detail: string;
        };
        /** @description What the organization has bought. */
        readonly Subscription: {
            readonly plan: components["schemas"]["Plan"];
            readonly billing: components["schemas"]["Billing"];
            /** @description The subscription at Stripe that the plan follows if billing is `stripe`; null if there is none. */
            readonly stripeSubscription: string | null;
        };
        /** @description What the service owner has switched on. */
        readonly Features: {
            /** @description Whether the organization's keys authenticate; enterprise plan only. */
            readonly externalApiAccess: boolean;
        };
        /** @description The organization's own rules. */
        readonly OrganizationSettings: {
            /** @description The maximum number of active keys that a user can own; null means no limit. */
            readonly keysPerOwner: number | null;
            /** @description Whether JWT keys can have an end date. */
            readonly allowExpiringJwt: boolean;
        };
        /**
         * @description The format of a logo's image.
         * @enum {string}
         */
        readonly LogoMediaType: "image/png" | "image/jpeg" | "image/webp";
        /** @description The logo of an organization. */
        readonly Logo: {
            /** @description The hash of its content. */
            readonly sha256: string;
            readonly mediaType: components["schemas"]["LogoMediaType"];
            /** @description The size of its content in bytes. */
            readonly sizeBytes: number;
        };
        /**
         * @description A PNG, JPEG or WebP image of at most 512 KiB and 4096 by 4096 pixels. Vector images can contain programs
         *     and are refused. Requires at least the premium plan.
         */
        readonly LogoChange: {
            /** @description The image, in base64. */
            readonly content: string;
        };
        readonly Organization: {
            readonly id: components["schemas"]["OrganizationId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly slug: components["schemas"]["Slug"];
            readonly name: string;
            readonly websiteUrl: string | null;
            /** @description The image itself is at `/logos/{organizationId}`. */
            readonly logo: components["schemas"]["Logo"] | null;
            /** @description Whether the logo links to the website, which requires both. */
            readonly logoLinkActive: boolean;
            readonly joinPolicies: readonly components["schemas"]["JoinPolicy"][];
            /** @description The policies that `joinPolicies` can contain. */
            readonly allowedJoinPolicies: readonly components["schemas"]["JoinPolicy"][];
            readonly features: components["schemas"]["Features"];
            readonly settings: components["schemas"]["OrganizationSettings"];
            readonly subscription: components["schemas"]["Subscription"];
            readonly status: components["schemas"]["OrganizationStatus"];
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
        };
        readonly OrganizationCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly slug: components["schemas"]["Slug"];
            /** @description Required for a new organization; an adopted one keeps its name by default. */
            readonly name?: components["schemas"]["OrganizationName"];
            readonly websiteUrl?: components["schemas"]["WebsiteUrl"];
            readonly logo?: components["schemas"]["LogoChange"];
            readonly joinPolicies?: components["schemas"]["JoinPolicies"];
            readonly allowedJoinPolicies?: components["schemas"]["AllowedJoinPolicies"];
            readonly features?: components["schemas"]["FeaturesChange"];
            readonly settings?: components["schemas"]["OrganizationSettingsChange"];
            readonly subscription?: components["schemas"]["SubscriptionChange"];
        };
        readonly OrganizationUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly slug?: components["schemas"]["Slug"];
            readonly name?: components["schemas"]["OrganizationName"];
            readonly websiteUrl?: components["schemas"]["WebsiteUrl"] | null;
            readonly logo?: components["schemas"]["LogoChange"] | null;
            readonly joinPolicies?: components["schemas"]["JoinPolicies"];
            readonly allowedJoinPolicies?: components["schemas"]["AllowedJoinPolicies"];
            readonly features?: components["schemas"]["FeaturesChange"];
            readonly settings?: components["schemas"]["OrganizationSettingsChange"];
            readonly subscription?: components["schemas"]["SubscriptionChange"];
        };
        /** @description Of `allowedJoinPolicies`, which are all of them by default. */
        readonly JoinPolicies: readonly components["schemas"]["JoinPolicy"][];
        /**
         * @description The policies that the organization's administrators can choose from; all three by default. Only the service owner can
         *     change them, and they must include the current `joinPolicies`.
         */
        readonly AllowedJoinPolicies: readonly components["schemas"]["JoinPolicy"][];
        readonly FeaturesChange: {
            /** @description False by default. */
            readonly externalApiAccess?: boolean;
        };
        readonly OrganizationSettingsChange: {
            /** @description Null by default. */
            readonly keysPerOwner?: number | null;
            /** @description False by default. */
            readonly allowExpiringJwt?: boolean;
        };
        /** @description Plan `basic` and billing `custom` by default. */
        readonly SubscriptionChange: {
            readonly plan?: components["schemas"]["Plan"];
            readonly billing?: components["schemas"]["Billing"];
            /** @description With billing `stripe` only. Giving one links them as they are: the plan at Stripe is changed by later changes of the plan. Null by default. */
            readonly stripeSubscription?: string | null;
        };
        readonly OrganizationPage: {
            readonly items: readonly components["schemas"]["Organization"][];
            readonly nextCursor: string | null;
        };
        /**
         * @description The part of an organization that its own administrators manage: its name, website, logo and join policies. These are the
         *     members of the organization with the same names. A profile has an externalId, an ETag, an adoption and audit entries of
         *     its own.
         */
        readonly OrganizationProfile: {
            readonly id: components["schemas"]["OrganizationProfileId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            readonly name: string;
            readonly websiteUrl: string | null;
            /** @description The image itself is at `/logos/{organizationId}`. */
            readonly logo: components["schemas"]["Logo"] | null;
            /** @description Whether the logo links to the website, which requires both. */
            readonly logoLinkActive: boolean;
            readonly joinPolicies: readonly components["schemas"]["JoinPolicy"][];
            /** @description The status of the organization. */
            readonly status: components["schemas"]["OrganizationStatus"];
            readonly createdAt: components["schemas"]["Timestamp"];
            /** @description When the organization was last changed. */
            readonly updatedAt: components["schemas"]["Timestamp"];
        };
        readonly OrganizationProfileCreate: {
            readonly externalId: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly name?: components["schemas"]["OrganizationName"];
            readonly websiteUrl?: components["schemas"]["WebsiteUrl"];
            readonly logo?: components["schemas"]["LogoChange"];
            readonly joinPolicies?: components["schemas"]["JoinPolicies"];
        };
        readonly OrganizationProfileUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly name?: components["schemas"]["OrganizationName"];
            readonly websiteUrl?: components["schemas"]["WebsiteUrl"] | null;
            readonly logo?: components["schemas"]["LogoChange"] | null;
            readonly joinPolicies?: components["schemas"]["JoinPolicies"];
        };
        readonly User: {
            readonly id: components["schemas"]["UserId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly email: string;
            /** @description The new address that is not confirmed yet. */
            readonly pendingEmail: string | null;
            readonly givenName: string | null;
            readonly familyName: string | null;
            readonly kind: components["schemas"]["UserKind"];
            /** @description The organization whose administrators manage this user. It is set at creation and can be changed only if that organization is closed. It becomes null if a person who signed up claims the account as their own. */
            readonly homeOrganization: string | null;
            readonly systemRole: components["schemas"]["SystemRole"];
            readonly state: components["schemas"]["UserState"];
            readonly status: components["schemas"]["UserStatus"];
            /** Format: date-time */
            readonly inviteSentAt: string | null;
            /** Format: date-time */
            readonly inviteExpiresAt: string | null;
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
        };
        readonly UserCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            /** @description Mails a new invitation; the previous link stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            /** @description Mails the person a link to choose a new password. */
            readonly resetPassword?: components["schemas"]["DeclaredAct"];
            readonly email: components["schemas"]["Email"];
            readonly givenName?: components["schemas"]["PersonName"];
            readonly familyName?: components["schemas"]["PersonName"];
            /** @description `person` by default. */
            readonly kind?: components["schemas"]["UserKind"];
            readonly homeOrganization?: components["schemas"]["OrganizationId"];
            /** @description `none` by default; only the service owner can set another role. */
            readonly systemRole?: components["schemas"]["SystemRole"];
            /** @description Whether to mail the set-up link; true by default for a person, and not possible for a system user. */
            readonly invite?: boolean;
            /** @description `active` by default. */
            readonly state?: components["schemas"]["UserState"];
        };
        readonly UserUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            /** @description Mails a new invitation; the previous link stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            /** @description Mails the person a link to choose a new password. */
            readonly resetPassword?: components["schemas"]["DeclaredAct"];
            readonly email?: components["schemas"]["Email"];
            readonly givenName?: components["schemas"]["PersonName"] | null;
            readonly familyName?: components["schemas"]["PersonName"] | null;
            /** @description Another home organization, or none, for a user whose home organization is closed. Requires the service owner. */
            readonly homeOrganization?: components["schemas"]["OrganizationId"] | null;
            readonly systemRole?: components["schemas"]["SystemRole"];
            readonly state?: components["schemas"]["UserState"];
        };
        readonly UserHolders: {
            readonly user: components["schemas"]["UserId"];
            /** @description Empty if only the home organization holds the account. */
            readonly holders: readonly components["schemas"]["UserHolder"][];
        };
        /** @enum {string} */
        readonly UserHolder: "membership" | "api_key" | "system_role";
        readonly UserPage: {
            readonly items: readonly components["schemas"]["User"][];
            readonly nextCursor: string | null;
        };
        readonly Role: {
            readonly id: components["schemas"]["RoleId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            /** @description Null for a built-in role. */
            readonly organization: string | null;
            /** @description The name of the role. */
            readonly name: string;
            /** @description What the role allows. */
            readonly permissions: readonly components["schemas"]["Permission"][];
            /** @description Whether the role is built in, so that every organization has it. */
            readonly builtIn: boolean;
            /**
             * Format: date-time
             * @description Null for a built-in role.
             */
            readonly createdAt: string | null;
            /**
             * Format: date-time
             * @description Null for a built-in role.
             */
            readonly updatedAt: string | null;
        };
        readonly RoleCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly name: components["schemas"]["RoleName"];
            readonly permissions: components["schemas"]["Permissions"];
        };
        readonly RoleUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly name?: components["schemas"]["RoleName"];
            readonly permissions?: components["schemas"]["Permissions"];
        };
        readonly RolePage: {
            readonly items: readonly components["schemas"]["Role"][];
            readonly nextCursor: string | null;
        };
        /** @description A user's role in an organization. */
        readonly Membership: {
            readonly id: components["schemas"]["MembershipId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            /** @description Null until an invitation is accepted. */
            readonly user: string | null;
            /** @description The address of the member or the invited person. */
            readonly email: string;
            readonly role: components["schemas"]["RoleId"];
            readonly status: components["schemas"]["MembershipStatus"];
            readonly userStatus: components["schemas"]["UserStatus"] | null;
            /** @description The number of the organization's active keys that are assigned to the user. */
            readonly apiKeyCount: number;
            /** @description Whether the user can work: an active member with a usable account and at least one active key. */
            readonly operational: boolean;
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
            /**
             * Format: date-time
             * @description When it ended; null if it hasn't.
             */
            readonly endedAt: string | null;
        };
        readonly MembershipCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly user?: components["schemas"]["UserId"];
            readonly email?: components["schemas"]["Email"];
            /** @description Mails a new invitation; the previous link stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            readonly role: components["schemas"]["RoleId"];
            /** @description `fail` by default. */
            readonly onUnknownUser?: components["schemas"]["OnUnknownUser"];
            /** @description The name of a new account; an existing account keeps its own. */
            readonly givenName?: components["schemas"]["PersonName"];
            /** @description The name of a new account; an existing account keeps its own. */
            readonly familyName?: components["schemas"]["PersonName"];
        };
        readonly MembershipUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            /** @description Mails a new invitation; the previous link stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            readonly role?: components["schemas"]["RoleId"];
        };
        readonly MembershipPage: {
            readonly items: readonly components["schemas"]["Membership"][];
            readonly nextCursor: string | null;
        };
        /** @description An API key. */
        readonly ApiKey: {
            readonly id: components["schemas"]["ApiKeyId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            /** @description The user who owns the key, if any. */
            readonly owner: string | null;
            /** @description The status of the owner's account. The key of an `invited` owner authenticates once the owner has finished setting up the account. */
            readonly ownerStatus?: components["schemas"]["UserStatus"] | null;
            readonly name: string;
            /** @description The name for display; for a legacy key, it ends with "(legacy)". */
            readonly displayName: string;
            readonly kind: components["schemas"]["ApiKeyKind"];
            readonly format: components["schemas"]["ApiKeyFormat"];
            /** @description What the key can do, as long as its owner, if it has one, can. */
            readonly permissions: readonly components["schemas"]["Permission"][];
            /** @description The addresses from which the key authenticates, each as CIDR, in ascending order; null means anywhere. */
            readonly allowedIps: components["schemas"]["AllowedIps"] | null;
            /** @description The first characters of a key that the service generated; empty for a client-made secret. */
            readonly prefix: string;
            /** @description Identifies the key in lists and logs, and reveals nothing about the secret. */
            readonly fingerprint: string;
            /** @description The number of secrets that the key has had. */
            readonly generation: number;
            /** @description When the current secret was created. */
            readonly rotatedAt: components["schemas"]["Timestamp"];
            /** @description Whether the current secret has authenticated. */
            readonly secretUsed: boolean;
            /** @description The previous secret, while it is valid. */
            readonly previousSecret: components["schemas"]["PreviousSecret"] | null;
            readonly endDate: string | null;
            /** @description Whether the key was imported from before multi-key support. */
            readonly legacy: boolean;
            readonly state: components["schemas"]["ApiKeyState"];
            readonly status: components["schemas"]["ApiKeyStatus"];
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
            /**
             * Format: date-time
             * @description When the key was last used.
             */
            readonly lastUsedAt: string | null;
            /** Format: date-time */
            readonly revokedAt: string | null;
            /** @description The first 100 users that the key is attached to, in the order of attachment; `listApiKeyAssignments` lists all of them. */
            readonly assignees: readonly components["schemas"]["ApiKeyAssignee"][];
            /** @description The number of assignees. */
            readonly assigneeCount: number;
        };
        /** @description The previous secret of a key or a token, while it is valid. */
        readonly PreviousSecret: {
            /** @description Identifies the secret in lists and logs. */
            readonly fingerprint: string;
            /** @description Whether its end has passed, and was postponed because it is in use. */
            readonly held: boolean;
            /** @description When it ends; a use may postpone this. */
            readonly expiresAt: components["schemas"]["Timestamp"];
            /**
             * Format: date-time
             * @description When it was last used.
             */
            readonly lastUsedAt: string | null;
        };
        /** @description A user that an API key is attached to. */
        readonly ApiKeyAssignee: {
            /** @description The user's id; null until an invited or external person has accepted. */
            readonly user: string | null;
            /** @description The address. */
            readonly email: string;
            readonly status: components["schemas"]["ApiKeyAssignmentStatus"];
        };
        /** @description An API key with its plaintext, which only this answer contains. */
        readonly IssuedApiKey: components["schemas"]["ApiKey"] & {
            /** @description The plaintext; null if the client made the secret. */
            readonly key: string | null;
        };
        readonly ApiKeyCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly name: components["schemas"]["ApiKeyName"];
            readonly kind: components["schemas"]["ApiKeyKind"];
            /** @description `opaque` by default; `jwt` needs an owner with the role `api_user`. */
            readonly format?: components["schemas"]["ApiKeyFormat"];
            readonly owner?: components["schemas"]["UserId"];
            /** @description By default, the owner's; none for a key without one. */
            readonly permissions?: components["schemas"]["Permissions"];
            /** @description By default */
            readonly allowedIps?: components["schemas"]["AllowedIps"];
            readonly endDate?: components["schemas"]["EndDate"];
            readonly secret?: components["schemas"]["ClientSecret"];
        };
        /**
         * @description The plaintext of an API key that the service generated: `rst_<kind>_`, 256 random bits in Base62 (43 characters), and the
         *     CRC-32 of all preceding characters in Base62 (6 characters), most significant digit first, with the digits 0-9, A-Z,
         *     a-z. For secret scanners: a text that matches but has a wrong checksum is not a key. A key with the format `jwt` is a
         *     JSON Web Token, and a client-made secret has the client's format.
         */
        readonly ApiKeySecret: string;
        /**
         * @description A secret that the client made; only for kind `webapi`. A secret with an estimated entropy of less than 128 bits is refused (`unprocessable`), and so is one that
         *     is already in use for any key.
         */
        readonly ClientSecret: string;
        readonly ApiKeyImport: {
            readonly name: components["schemas"]["ApiKeyName"];
            /** @description SHA-256 of the plaintext, in hexadecimal digits. */
            readonly sha256: string;
            /** @description When the key was created; now by default. */
            readonly createdAt?: components["schemas"]["PastTime"];
            /** @description Can be in the past, after 1970-01-01T00:00:00Z; the key is then a record. Omit it for "never". */
            readonly endDate?: components["schemas"]["EndDate"];
            readonly lastUsedAt?: components["schemas"]["PastTime"];
        };
        readonly ApiKeyUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly name?: components["schemas"]["ApiKeyName"];
            /** @description Additional permissions are subject to the same rules as creating the key with all of them. A key can't give itself permissions. */
            readonly permissions?: components["schemas"]["Permissions"];
            /** @description Allowing more addresses requires the same permissions as creating the key. A key can't change its own addresses. */
            readonly allowedIps?: components["schemas"]["AllowedIps"] | null;
            readonly endDate?: components["schemas"]["EndDate"] | null;
            readonly state?: components["schemas"]["ApiKeyState"];
        };
        readonly ApiKeyRotation: {
            readonly generation: number;
            /** @description How long the previous secret stays valid; `0s` by default. */
            readonly overlap?: components["schemas"]["Duration"];
            /** @description How recent a use must be to postpone the end of the previous secret. */
            readonly holdWhileUsed?: components["schemas"]["Duration"];
            readonly secret?: components["schemas"]["ClientSecret"];
        };
        readonly ApiKeySecretRevocation: {
            /** @description The generation of the secret. */
            readonly generation: number;
            /** @description How long the previous secret stays valid, never past its end; `0s` by default. The current secret ends at once. */
            readonly overlap?: components["schemas"]["Duration"];
        };
        readonly ApiKeyPage: {
            readonly items: readonly components["schemas"]["ApiKey"][];
            readonly nextCursor: string | null;
        };
        readonly ApiKeyAssignment: {
            readonly id: components["schemas"]["ApiKeyAssignmentId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            readonly key: components["schemas"]["ApiKeyId"];
            /** @description Null until the person who is named by address, and is invited or outside the organization, has accepted. */
            readonly user: string | null;
            readonly email: string;
            readonly external: boolean;
            readonly status: components["schemas"]["ApiKeyAssignmentStatus"];
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
        };
        readonly ApiKeyAssignmentCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly user?: components["schemas"]["UserId"];
            readonly email?: components["schemas"]["Email"];
            /** @description Mails a new invitation; the previous link stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            /** @description Whether to offer the key by a mailed link to somebody who is not a member; false by default. */
            readonly external?: boolean;
        };
        readonly ApiKeyAssignmentUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            /** @description Mails a new invitation; the previous link stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
        };
        readonly ApiKeyAssignmentPage: {
            readonly items: readonly components["schemas"]["ApiKeyAssignment"][];
            readonly nextCursor: string | null;
        };
        readonly ServiceId: string;
        readonly Self: {
            readonly service: {
                readonly id: components["schemas"]["ServiceId"];
                /** @description The restores that replaced the original, oldest first. */
                readonly restores: readonly {
                    /** @description When the backup was taken. */
                    readonly takenAt: components["schemas"]["Timestamp"];
                    /** @description When it was restored. */
                    readonly restoredAt: components["schemas"]["Timestamp"];
                }[];
            };
            readonly caller: {
                /**
                 * @description Who the caller is: `user` for an access token.
                 * @enum {string}
                 */
                readonly kind: "owner" | "api_key" | "user";
                /** @description `owner`, or the id of the key or user. */
                readonly id: string;
                /** @description The user who acts, or who owns the key. */
                readonly user: string | null;
                /** @description The address of that user. */
                readonly email?: string | null;
                /** @description Whether the caller can do everything in every organization. */
                readonly serviceOwner: boolean;
                /** @description The token that the caller presented; null if it is not an access token. */
                readonly accessToken?: {
                    readonly id: components["schemas"]["AccessTokenId"];
                    readonly name: string;
                    /**
                     * Format: date-time
                     * @description Null for the token of a system user that has no end date.
                     */
                    readonly expiresAt: string | null;
                } | null;
            };
            /** @description The organizations in which the caller has permissions. Empty for the service owner, who needs none. */
            readonly organizations: readonly {
                readonly id: string;
                readonly slug?: string;
                readonly name?: string;
                /** @description The role of the user who acts; null for an API key. */
                readonly role?: string | null;
                readonly permissions: readonly components["schemas"]["Permission"][];
            }[];
        };
        readonly RunId: string;
        readonly RunReport: {
            /**
             * @description `alive` starts the run and keeps it from becoming silent. `ended`: the program has stored every answer. `lost`: the program can't store its answers, and every object of this run that is not reported as written is lost.
             * @enum {string}
             */
            readonly status?: "alive" | "ended" | "lost";
            /** @description With `ended`: the externalIds of creates that may have been carried out, but got no answer. */
            readonly unanswered?: readonly components["schemas"]["ExternalId"][];
            /** @description The ids of objects that this run created and that are in the stack's state. */
            readonly written?: readonly string[];
        };
        readonly Run: {
            readonly id: components["schemas"]["RunId"];
            /**
             * @description `silent`: the run has not ended, and has not reported for six seconds.
             * @enum {string}
             */
            readonly status: "alive" | "silent" | "ended" | "lost";
        };
        /** @description An object that its manager may not end was let go. */
        readonly LetGo: {
            /** @enum {string} */
            readonly outcome: "let_go";
            readonly reason: string;
        };
        /**
         * @description The kind of an object.
         * @enum {string}
         */
        readonly ObjectKind: "organization" | "organization_profile" | "user" | "role" | "membership" | "api_key" | "api_key_assignment" | "access_token";
        readonly ManagedObject: {
            readonly id: string;
            readonly kind: components["schemas"]["ObjectKind"];
            readonly externalId: string;
            /** @description The organization that it belongs to. */
            readonly organization: string | null;
            /** @description The name by which people know the object */
            readonly name: string;
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly adopted: components["schemas"]["Adopted"];
            /** @description Whether a create of the caller with `Roster-Run` would take over the object: see "Runs and lost creates". */
            readonly lost: boolean;
            /** @description Whether the run that created the object is alive, so that it may still become a lost create. */
            readonly unsettled: boolean;
            /** @description The version of the settable members. Only with `include=object`. */
            readonly etag?: string;
            /** @description Only with `include=object`. */
            readonly object?: components["schemas"]["Organization"] | components["schemas"]["OrganizationProfile"] | components["schemas"]["User"] | components["schemas"]["Role"] | components["schemas"]["Membership"] | components["schemas"]["ApiKey"] | components["schemas"]["ApiKeyAssignment"] | components["schemas"]["AccessToken"];
        };
        readonly ManagedObjectPage: {
            readonly items: readonly components["schemas"]["ManagedObject"][];
            readonly nextCursor: string | null;
        };
        readonly HealthFinding: {
            /** @description The identifier of the object that the finding is about. */
            readonly id: string;
            /** @enum {string} */
            readonly kind: "organization_without_administrator";
            readonly organization: components["schemas"]["OrganizationId"];
            readonly slug: string;
            readonly name: string;
            /** @description What is wrong, and what to do about it. */
            readonly detail: string;
        };
        readonly HealthFindingPage: {
            readonly items: readonly components["schemas"]["HealthFinding"][];
            readonly nextCursor: string | null;
        };
        /**
         * @description The entries of each organization, and those of none, form a chain. Some seconds after a change, its entry is sealed: it
         *     gets the next `sequence` of the chain, from 1 without gaps, and a `hash` that covers the entry and the previous hash. The
         *     service stores the newest hash, the head of the chain, authenticated with a key that is not in the database. So somebody
         *     who has only the database can't alter, remove, move or insert a sealed entry without detection. If the whole database is
         *     reset to an earlier state, the chain is consistent; a head that you recorded elsewhere also detects that.
         */
        readonly AuditEntry: {
            readonly id: components["schemas"]["AuditEntryId"];
            /** @description Null for an entry that belongs to no organization. */
            readonly organization: string | null;
            readonly at: components["schemas"]["Timestamp"];
            /** @description Who made the change. */
            readonly actor: {
                /**
                 * @description Whether the service owner, an API key, a user or the service itself made the change.
                 * @enum {string}
                 */
                readonly kind: "owner" | "api_key" | "user" | "service";
                /** @description The id of the key or the user; null for others. */
                readonly id: string | null;
                /** @description The access token that the user acted with; absent on pages of the service and for other actors. */
                readonly accessToken?: string;
            };
            /**
             * @description What was done, such as `role.update`.
             * @example role.update
             */
            readonly action: string;
            /** @description What was changed. */
            readonly object: {
                /**
                 * @description The kind of the object.
                 * @enum {string}
                 */
                readonly kind: "organization" | "organization_profile" | "user" | "role" | "membership" | "api_key" | "api_key_assignment" | "access_token";
                /** @description The id of the object. */
                readonly id: string;
            };
            /** @description The changed members before the change; never a secret. */
            readonly before: {
                readonly [key: string]: unknown;
            } | null;
            /** @description The changed members after the change; never a secret. */
            readonly after: {
                readonly [key: string]: unknown;
            } | null;
            /** @description The id of the request. */
            readonly requestId: string;
            /** @description The entry's place in its chain; null until it is sealed. */
            readonly sequence: number | null;
            /**
             * @description SHA-256 of a JSON array in the form of RFC 8785: the hash of the previous entry in the chain, or null for the first
             *     entry, and this entry without `hash`. Null until the entry is sealed.
             */
            readonly hash: string | null;
        };
        readonly AuditEntryPage: {
            readonly items: readonly components["schemas"]["AuditEntry"][];
            readonly nextCursor: string | null;
        };
        /**
         * @description - `missing`: the entry at this place was removed. The entry after a gap can't be verified either.
         *     - `altered`: the entry or its hash was changed after it was sealed.
         *     - `surplus`: an entry at this place was not sealed, or is not part of its organization's chain.
         *     - `rewritten`: every hash matches the previous one, but the last one doesn't match the head.
         *     - `head_missing`: the chain has no head; new entries are not sealed.
         *     - `head_altered`: the head was not written by this service; new entries are not sealed.
         *     - `pepper_missing`: the head can't be verified, because its pepper is not listed.
         * @enum {string}
         */
        readonly AuditFault: "missing" | "altered" | "surplus" | "rewritten" | "head_missing" | "head_altered" | "pepper_missing";
        readonly AuditVerification: {
            /** @description The organization of the chain; null for the chain of entries that belong to no organization. */
            readonly organization: string | null;
            /** @description Whether the chain has no faults. */
            readonly intact: boolean;
            /** @description The number of entries, sealed or not. */
            readonly entries: number;
            readonly sealed: number;
            /** @description The number of entries that are not sealed yet; if sealing works, only those of the last seconds. */
            readonly unsealed: number;
            /** @description When the chain was started, with its organization or with an upgrade of the service. */
            readonly since: components["schemas"]["Timestamp"] | null;
            /** @description The number of earlier entries, which were sealed as they were found. */
            readonly predating: number;
            /** @description The newest seal, which you can record elsewhere. Null if nothing was sealed. */
            readonly head: {
                readonly sequence: number;
                readonly hash: string;
            } | null;
            readonly faultCount: number;
            /** @description The first faults. */
            readonly faults: readonly {
                /** @description The place in the chain. */
                readonly sequence: number | null;
                /** @description The entry's id. */
                readonly entry: string | null;
                readonly fault: components["schemas"]["AuditFault"];
            }[];
        };
        readonly VerificationRequest: {
            /** @description The presented secret. */
            readonly secret: string;
            /** @description The user-defined API that was called, if it is one. */
            readonly api?: components["schemas"]["ApiName"];
            /**
             * @description The IPv4 or IPv6 address that the call came from, as the calling service sees it, not as the client reports it.
             * @example 203.0.113.7
             */
            readonly address?: string;
        };
        /**
         * @description Whether a call was accepted.
         * @enum {string}
         */
        readonly VerificationOutcome: "accepted" | "refused";
        /**
         * @description Why a call was refused. `owner_inactive`: the owner has not finished setting up the account, or the account is inactive or blocked.
         * @enum {string}
         */
        readonly VerificationRefusal: "unknown" | "revoked" | "expired" | "organization_closed" | "api_access_disabled" | "owner_inactive" | "owner_not_member" | "address_not_allowed" | "not_permitted";
        readonly Verification: {
            readonly outcome: components["schemas"]["VerificationOutcome"];
            /** @description Null if accepted. */
            readonly reason: components["schemas"]["VerificationRefusal"] | null;
            /** @description The API key's id; null if unknown. */
            readonly key: string | null;
            /** @description For `owner_inactive`, why the owner can't use the account: it is not set up yet, inactive or blocked. */
            readonly detail?: string;
            readonly organization: string | null;
            readonly owner: string | null;
            readonly permissions: readonly components["schemas"]["Permission"][];
        };
        readonly Batch: {
            /** @description At most 200, or 2,000 if `dryRun` is `sequence`. */
            readonly requests: readonly components["schemas"]["BatchRequest"][];
            readonly dryRun?: components["schemas"]["DryRun"];
            /**
             * @description Tries the changes as somebody with this role in the caller's organizations. It applies in the organizations in which the
             *     caller has all permissions of the role, or those of `auditor`; in others, changes are tried with the caller's own
             *     permissions. Reads always have the caller's own permissions. Only with `dryRun`.
             * @enum {string}
             */
            readonly as?: "administrator" | "customer_admin" | "auditor" | "editor" | "operator" | "viewer" | "member" | "api_user";
        };
        /**
         * @description Tries the requests, and undoes everything: each request against what exists now, or in their order, so that later ones see earlier ones. See "Trials".
         * @enum {string}
         */
        readonly DryRun: "each" | "sequence";
        readonly BatchRequest: {
            /** @enum {string} */
            readonly method: "GET" | "POST" | "PATCH" | "DELETE";
            /** @description The path with its query, as in a separate request. */
            readonly path: string;
            /** @description Like the header; must differ for each request of the batch. Has no effect on a trial. */
            readonly idempotencyKey?: string;
            /** @description Like the header. */
            readonly ifMatch?: string;
            /** @description The body of the request, if it has one. */
            readonly body?: {
                readonly [key: string]: unknown;
            };
            /** @description Values that earlier requests of the sequence answer. Only with the `dryRun` `sequence`. */
            readonly references?: readonly components["schemas"]["TrialReference"][];
        };
        readonly TrialReference: {
            /**
             * @description What the value replaces: a segment of the path by its number, from 0, `/ifMatch`, or a member of the body as a JSON
             *     pointer after `/body`. The member may be absent.
             * @example /path/2
             * @example /body/owner
             * @example /ifMatch
             */
            readonly at: string;
            /** @description The number of an earlier request, from 0. */
            readonly request: number;
            /**
             * @description What to take of its answer: the member `id` of the body, or the header `ETag`.
             * @enum {string}
             */
            readonly member: "id" | "etag";
        };
        readonly BatchAnswer: {
            readonly answers: readonly components["schemas"]["AnswerInBatch"][];
        };
        readonly AnswerInBatch: {
            /** @description 424 for a request that was not tried. */
            readonly status: number;
            /** @description The headers `ETag`, `Request-Id`, `Retry-After` and `Idempotency-Replayed` of the answer, if present, in lower case. */
            readonly headers: {
                readonly [key: string]: string;
            };
            /** @description Null if the answer has no body. Members with secrets are null in a trial. */
            readonly body: {
                readonly [key: string]: unknown;
            } | null;
            readonly trial?: components["schemas"]["Trial"];
        };
        /** @description What trying a request showed; only with `dryRun`. */
        readonly Trial: {
            readonly outcome: components["schemas"]["TrialOutcome"];
            /** @description Why the request was not tried; otherwise null. */
            readonly reason: string | null;
            /** @description The objects because of which the request was refused, as far as the caller can read them, such as the one that has the name. At most 100. */
            readonly dependsOn: readonly components["schemas"]["TrialDependency"][];
            /** @description What else would change, as far as the caller can read it. At most 1,000. */
            readonly effects: readonly components["schemas"]["TrialEffect"][];
        };
        /** @enum {string} */
        readonly TrialOutcome: "done" | "refused" | "not_tried";
        readonly TrialDependency: {
            readonly kind: components["schemas"]["ObjectKind"];
            readonly id: string;
            readonly externalId: string | null;
        };
        readonly TrialEffect: {
            /**
             * @description What would happen: an action as the audit would record it, or
             *
             *     - `api_key.stop`, `access_token.stop`: a key or token no longer authenticates.
             *     - `api_key.replace_secret`, `access_token.replace_secret`: a key or token gets another secret.
             *     - `api_key_assignment.stop`: a user no longer has the key that is attached.
             *     - `session.end`: sessions on the service's pages end; `count` is how many.
             *     - `mail.send`: a mail is sent to `recipient`.
             *     - `subscription.change`: the plan changes at Stripe, which can refuse it.
             * @example api_key.revoke
             * @example session.end
             */
            readonly action: string;
            /** @description The object that this happens to. */
            readonly object: components["schemas"]["TrialObject"] | null;
            /** @description The user who has the object: the owner of a key, the user of a membership, assignment, token or session. Null if the caller can't read the user. */
            readonly user: string | null;
            /** @description When a key or token was last used. */
            readonly lastUsedAt: components["schemas"]["Timestamp"] | null;
            /** @description The address that gets the mail. */
            readonly recipient: string | null;
            readonly count: number;
        };
        readonly TrialObject: {
            readonly kind: components["schemas"]["ObjectKind"];
            readonly id: string;
            readonly externalId: string | null;
            /** @description The name by which people know it. */
            readonly name: string;
        };
        readonly SecretScanningReports: readonly components["schemas"]["SecretScanningReport"][];
        readonly SecretScanningReport: {
            /** @description The reported secret. */
            readonly token: string;
            /** @description The scanner's name for the type of secret. */
            readonly type: string;
            /** @description The URL where it was found; may be empty. */
            readonly url?: string;
            /** @description The kind of source, such as the content of a file, a commit or an issue. */
            readonly source?: string;
        };
        readonly SecretScanningLabels: readonly components["schemas"]["SecretScanningLabel"][];
        readonly SecretScanningLabel: {
            /** @description SHA-256 of the reported secret, in hexadecimal digits. */
            readonly token_hash: string;
            /** @description As reported. */
            readonly token_type: string;
            /**
             * @description Whether it is or was the secret of an API key or an access token.
             * @enum {string}
             */
            readonly label: "true_positive" | "false_positive";
        };
        readonly AccessTokenId: string;
        /** @description The plaintext of an access token. It has the form of an `ApiKeySecret`, with `token` in place of the kind. */
        readonly AccessTokenSecret: string;
        /** @description The access token of a system user. It acts as this user in its organization. */
        readonly AccessToken: {
            readonly id: components["schemas"]["AccessTokenId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            /** @description The kind of its user. */
            readonly kind: components["schemas"]["AccessTokenKind"];
            readonly user: components["schemas"]["UserId"];
            /** @description The user's address. */
            readonly email: string;
            readonly name: string;
            /** @description The permissions that it was given. It has only those that its user's role has at that moment. */
            readonly permissions: readonly components["schemas"]["Permission"][];
            /** @description The addresses from which it authenticates, each as CIDR, in ascending order; null means anywhere. */
            readonly allowedIps: components["schemas"]["AllowedIps"] | null;
            /** @description The first characters of the plaintext, to recognize the token. */
            readonly prefix: string;
            /** @description Identifies the token in lists and logs, and reveals nothing about the secret. */
            readonly fingerprint: string;
            /** @description The number of secrets that the token has had. */
            readonly generation: number;
            /** @description When the current secret was created. */
            readonly rotatedAt: components["schemas"]["Timestamp"];
            /** @description Whether the current secret has authenticated. */
            readonly secretUsed: boolean;
            /** @description The previous secret, while it is valid. */
            readonly previousSecret: components["schemas"]["PreviousSecret"] | null;
            readonly endDate: string | null;
            /**
             * Format: date-time
             * @description The instant of the end date.
             */
            readonly expiresAt: string | null;
            readonly state: components["schemas"]["ApiKeyState"];
            readonly status: components["schemas"]["ApiKeyStatus"];
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
            /**
             * Format: date-time
             * @description The last use, at most a minute late.
             */
            readonly lastUsedAt: string | null;
            /** Format: date-time */
            readonly revokedAt: string | null;
        };
        /** @enum {string} */
        readonly AccessTokenKind: "system";
        /** @description An access token that a person made. Its plaintext is shown once, when it is made. */
        readonly PersonalAccessToken: {
            readonly id: components["schemas"]["AccessTokenId"];
            /**
             * @description The kind of its user.
             * @enum {string}
             */
            readonly kind: "person";
            readonly user: components["schemas"]["UserId"];
            /** @description The user's address. */
            readonly email: string;
            /** @description The name that the user gave it, up to 100 characters. */
            readonly name: string;
            /** @description The client that logged in, as it names itself; null for a token that was made on the page. */
            readonly client: string | null;
            /** @description The only organization that the token acts in; null if it acts in all of the user's organizations. */
            readonly organization: string | null;
            /** @description The permissions that the token is limited to; null if it has all permissions of its user. The token has only those that its user has at that moment. */
            readonly permissions: readonly components["schemas"]["Permission"][] | null;
            /** @description The first characters of the plaintext, to recognize the token. */
            readonly prefix: string;
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly expiresAt: components["schemas"]["Timestamp"];
            /** @description The last use, at most a minute late. */
            readonly lastUsedAt: components["schemas"]["Timestamp"] | null;
            readonly revokedAt: components["schemas"]["Timestamp"] | null;
            readonly status: components["schemas"]["ApiKeyStatus"];
        };
        /** @description An access token with its plaintext, which only this answer contains. */
        readonly IssuedAccessToken: components["schemas"]["AccessToken"] & {
            /** @description The plaintext; null if an existing token was adopted. */
            readonly token: string | null;
        };
        readonly AccessTokenPermissions: readonly components["schemas"]["Permission"][];
        readonly AccessTokenCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            /** @description The system user that the token acts as. */
            readonly user: components["schemas"]["UserId"];
            readonly name: components["schemas"]["ApiKeyName"];
            /** @description What the token may do; at most what its user's role allows. */
            readonly permissions: components["schemas"]["AccessTokenPermissions"];
            /** @description By default */
            readonly allowedIps?: components["schemas"]["AllowedIps"];
            readonly endDate?: components["schemas"]["EndDate"];
        };
        readonly AccessTokenUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly name?: components["schemas"]["ApiKeyName"];
            /** @description Additional permissions are subject to the same rules as creating the token with all of them. A token can't give itself permissions. */
            readonly permissions?: components["schemas"]["AccessTokenPermissions"];
            /** @description Allowing more addresses requires the same permissions as creating the token. A token can't change its own addresses. */
            readonly allowedIps?: components["schemas"]["AllowedIps"] | null;
            readonly endDate?: components["schemas"]["EndDate"] | null;
            readonly state?: components["schemas"]["ApiKeyState"];
        };
        readonly AccessTokenRotation: {
            readonly generation: number;
            /** @description How long the previous secret stays valid; `0s` by default. */
            readonly overlap?: components["schemas"]["Duration"];
            /** @description How recent a use must be to postpone the end of the previous secret. */
            readonly holdWhileUsed?: components["schemas"]["Duration"];
        };
        readonly AccessTokenPage: {
            readonly items: readonly (components["schemas"]["AccessToken"] | components["schemas"]["PersonalAccessToken"])[];
            readonly nextCursor: string | null;
        };
        /** @description A verified call of a user-defined API. */
        readonly Message: {
            readonly id: components["schemas"]["MessageId"];
            readonly organization: components["schemas"]["OrganizationId"];
            readonly key: components["schemas"]["ApiKeyId"];
            /** @description The user who owns the key, if any. */
            readonly owner: string | null;
            /** @description A user-defined API's name. */
            readonly api: string;
            readonly outcome: components["schemas"]["VerificationOutcome"];
            /** @description Null if accepted. */
            readonly reason: components["schemas"]["VerificationRefusal"] | null;
            readonly at: components["schemas"]["Timestamp"];
        };
        readonly MessagePage: {
            readonly items: readonly components["schemas"]["Message"][];
            readonly nextCursor: string | null;
        };
        readonly AccessCheck: {
            readonly user: components["schemas"]["UserId"];
        };
        readonly Access: {
            readonly organization: components["schemas"]["OrganizationId"];
            readonly user: components["schemas"]["UserId"];
            readonly membership: components["schemas"]["MembershipId"];
            readonly role: components["schemas"]["RoleId"];
            /** @description The number of the organization's active keys that are assigned to the user. */
            readonly apiKeyCount: number;
        };
        readonly SigningKeys: {
            readonly keys: readonly components["schemas"]["SigningKey"][];
        };
        /** @description A public JSON Web Key; its other members are those of its `kty`. */
        readonly SigningKey: {
            readonly kty: string;
            readonly kid: string;
            /** @enum {string} */
            readonly alg: "EdDSA" | "ES256";
            /** @enum {string} */
            readonly use: "sig";
        } & {
            readonly [key: string]: string;
        };
        readonly Health: {
            /** @enum {string} */
            readonly status: "ok";
        };
    };
    responses: {
        /** @description `invalid_request`: the request does not match this document; `errors` lists each wrong place. */
        readonly BadRequest: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: the token is missing, invalid, or not allowed from the address of the request. */
        readonly Unauthorized: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: the signature is missing, or no listed key made it for this body. */
        readonly Unsigned: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                /** @description A signature is required. */
                readonly "WWW-Authenticate": "Signature";
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `permission_denied`, `plan_required`, `api_access_disabled`, `contact_vendor` or `cannot_remove_self`; for an access check, `not_member`, `user_not_active` or `no_api_key`. */
        readonly Forbidden: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found`: the object does not exist, or the caller does not have access to it. `route_not_found`: the operation does not exist. */
        readonly NotFound: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The current state does not allow the request: `…_taken`, `already_…`, `role_in_use`, `last_administrator`, `key_not_active`, … */
        readonly Conflict: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `precondition_failed`: the object has another version than If-Match. `detail` says when it was last changed, and to callers who
         *     can read the object's audit (the service owner, and `audit:read`), what was changed, by whom and in which request.
         */
        readonly PreconditionFailed: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `payload_too_large`: the body exceeds 1 MiB. */
        readonly ContentTooLarge: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_media_type`: the body is not application/json. */
        readonly UnsupportedMediaType: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unprocessable`, `user_not_found`, `role_not_found`, `billing_failed` or `idempotency_key_reused`. */
        readonly UnprocessableContent: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate_limited`: wait for the time in Retry-After. There were too many requests, failed authentications, or mails to one address: see "Limits". */
        readonly TooManyRequests: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                /** @description Seconds to wait, or an HTTP date (RFC 9110). */
                readonly "Retry-After": components["schemas"]["RetryAfter"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal_error` or `unavailable`: the service failed, or its database accepts no changes at the moment, such as with a full disk; `detail` says which. */
        readonly Failure: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        readonly organizationId: components["schemas"]["OrganizationId"];
        readonly apiKeyId: components["schemas"]["ApiKeyId"];
        readonly accessTokenId: components["schemas"]["AccessTokenId"];
        /** @description The maximum number of items on a page. */
        readonly limit: number;
        /** @description The `nextCursor` of the previous page. */
        readonly cursor: string;
        /** @description Only the object with this externalId. */
        readonly externalId: string;
        /** @description Only objects whose externalId has this prefix. */
        readonly externalIdPrefix: string;
        /** @description Only objects of this address, ignoring case. */
        readonly email: components["schemas"]["Email"];
        /** @description Only entries about the object with this id. */
        readonly object: string;
        /** @description The externalId under which the caller manages the object. See "Managers". */
        readonly managedAs: string;
        /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
        readonly ifAdopted: "restore" | "end";
        /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
        readonly ifMatch: string;
        /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
        readonly idempotencyKey: string;
        /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
        readonly run: components["schemas"]["RunId"];
    };
    requestBodies: never;
    headers: {
        /** @description The version of the settable members (RFC 9110). */
        readonly ETag: string;
        /** @description The id of this request in the service's log and audit. */
        readonly "Request-Id": string;
        /** @description The identity of the answering service, as in `getSelf`. */
        readonly "Roster-Service": components["schemas"]["ServiceId"];
        /** @description Present if the answer repeats an earlier one. */
        readonly "Idempotency-Replayed": "true";
        /** @description The number of requests allowed in the current window; present if the service limits requests. */
        readonly "RateLimit-Limit": number;
        /** @description The number of requests left in the window. */
        readonly "RateLimit-Remaining": number;
        /** @description The seconds until the window ends. */
        readonly "RateLimit-Reset": number;
        /** @description Seconds to wait, or an HTTP date (RFC 9110). */
        readonly "Retry-After": components["schemas"]["RetryAfter"];
        /** @description How to authenticate (RFC 6750). */
        readonly "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly listOrganizations: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only the organization with this slug. */
                readonly slug?: components["schemas"]["Slug"];
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of organizations. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OrganizationPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createOrganization: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OrganizationCreate"];
            };
        };
        readonly responses: {
            /** @description The created organization. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Organization"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getOrganization: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The organization. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Organization"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly closeOrganization: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateOrganization: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OrganizationUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed organization. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Organization"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly findOrganizationProfile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The profile. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OrganizationProfile"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createOrganizationProfile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OrganizationProfileCreate"];
            };
        };
        readonly responses: {
            /** @description The adopted profile. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OrganizationProfile"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getOrganizationProfile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly profileId: components["schemas"]["OrganizationProfileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The profile. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OrganizationProfile"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly releaseOrganizationProfile: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly profileId: components["schemas"]["OrganizationProfileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateOrganizationProfile: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly profileId: components["schemas"]["OrganizationProfileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OrganizationProfileUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed profile. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OrganizationProfile"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getLogo: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The `ETag` of the caller's copy of the logo. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The image. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    /** @description It can change at any time. */
                    readonly "Cache-Control": "public, no-cache";
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "X-Content-Type-Options": "nosniff";
                    readonly "Content-Security-Policy": "default-src 'none'; sandbox";
                    readonly "Content-Disposition": "inline";
                    readonly "Cross-Origin-Resource-Policy": "cross-origin";
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "image/png": unknown;
                    readonly "image/jpeg": unknown;
                    readonly "image/webp": unknown;
                };
            };
            /** @description The caller's copy is current. */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    /** @description It can change at any time. */
                    readonly "Cache-Control": "public, no-cache";
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "X-Content-Type-Options": "nosniff";
                    readonly "Content-Security-Policy": "default-src 'none'; sandbox";
                    readonly "Content-Disposition": "inline";
                    readonly "Cross-Origin-Resource-Policy": "cross-origin";
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listUsers: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only objects of this address, ignoring case. */
                readonly email?: components["parameters"]["email"];
                /** @description Only users of this home organization. */
                readonly homeOrganization?: components["schemas"]["OrganizationId"];
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of users. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["UserCreate"];
            };
        };
        readonly responses: {
            /** @description The created user. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getUser: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The user. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly deactivateUser: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
                /** @description What to do with the user; `deactivate` by default. The others require `managedAs`. */
                readonly outcome?: "deactivate" | "leaver" | "let_go";
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The object stays, and nobody manages it now, because the caller may not end it. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LetGo"];
                };
            };
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateUser: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["UserUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed user. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getUserHolders: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What holds the account. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserHolders"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly blockUser: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The changed user. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly unblockUser: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The changed user. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listRoles: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only the role with this name. */
                readonly name?: string;
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
            };
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of roles. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolePage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createRole: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RoleCreate"];
            };
        };
        readonly responses: {
            /** @description The created role. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getRole: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly roleId: components["schemas"]["RoleId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The role. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly deleteRole: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly roleId: components["schemas"]["RoleId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateRole: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly roleId: components["schemas"]["RoleId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RoleUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed role. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listMembers: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only memberships with this status, or `all`, those that have ended included. By default, those that have not ended. */
                readonly status?: components["schemas"]["MembershipStatusFilter"];
                /** @description Only this user's memberships. */
                readonly user?: components["schemas"]["UserId"];
                /** @description Only objects of this address, ignoring case. */
                readonly email?: components["parameters"]["email"];
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
                /** @description Only objects whose externalId has this prefix. */
                readonly externalIdPrefix?: components["parameters"]["externalIdPrefix"];
            };
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of memberships. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MembershipPage"];
                    /**
                     * @example email,given_name,family_name,role
                     *     ada@example.com,Ada,Lovelace,administrator
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createMembership: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["MembershipCreate"];
            };
        };
        readonly responses: {
            /** @description The created membership. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Membership"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getMembership: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly membershipId: components["schemas"]["MembershipId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The membership. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Membership"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly endMembership: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly membershipId: components["schemas"]["MembershipId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateMembership: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly membershipId: components["schemas"]["MembershipId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["MembershipUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed membership. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Membership"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listApiKeys: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only keys of this kind. */
                readonly kind?: components["schemas"]["ApiKeyKind"];
                /** @description Only keys with this status. */
                readonly status?: components["schemas"]["ApiKeyStatus"];
                /** @description Only keys that this user owns. */
                readonly owner?: components["schemas"]["UserId"];
                /** @description Only keys with this name. */
                readonly name?: string;
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
            };
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of API keys. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeyCreate"];
            };
        };
        readonly responses: {
            /** @description The created API key, with its plaintext. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly importApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeyImport"];
            };
        };
        readonly responses: {
            /** @description The imported API key. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKey"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The API key. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKey"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly revokeApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The object stays, and nobody manages it now, because the caller may not end it. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LetGo"];
                };
            };
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeyUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed API key. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKey"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly rotateApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeyRotation"];
            };
        };
        readonly responses: {
            /** @description The API key with its new plaintext. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly revokeApiKeySecret: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeySecretRevocation"];
            };
        };
        readonly responses: {
            /** @description The changed API key. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKey"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listApiKeyAssignments: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only this user's assignments. */
                readonly user?: components["schemas"]["UserId"];
                /** @description Only objects of this address, ignoring case. */
                readonly email?: components["parameters"]["email"];
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
                /** @description Only objects whose externalId has this prefix. */
                readonly externalIdPrefix?: components["parameters"]["externalIdPrefix"];
            };
            readonly header?: never;
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of assignments. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyAssignmentPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createApiKeyAssignment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeyAssignmentCreate"];
            };
        };
        readonly responses: {
            /** @description The created assignment. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyAssignment"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getApiKeyAssignment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly assignmentId: components["schemas"]["ApiKeyAssignmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The assignment. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyAssignment"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly deleteApiKeyAssignment: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly assignmentId: components["schemas"]["ApiKeyAssignmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateApiKeyAssignment: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly assignmentId: components["schemas"]["ApiKeyAssignmentId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeyAssignmentUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed assignment. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyAssignment"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listManagedObjects: {
        readonly parameters: {
            readonly query: {
                /** @description Only this kind of object; by default, every kind that the caller can read. */
                readonly kind?: components["schemas"]["ObjectKind"];
                /** @description The prefix of the externalId. */
                readonly externalIdPrefix: string;
                /** @description `omit` omits objects whose externalId has another `/` after the prefix: the entries of sets. */
                readonly entries?: "omit";
                /** @description Only lost creates that a create of the caller would take over. */
                readonly lost?: "true";
                /** @description With `object`, every item contains the object, as when it is read by its id, and its ETag. */
                readonly include?: "object";
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
            };
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of managed objects. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ManagedObjectPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getSelf: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The service and the caller. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Self"];
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly endOwnAccessToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getRun: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly runId: components["schemas"]["RunId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The run. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly reportRun: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly runId: components["schemas"]["RunId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RunReport"];
            };
        };
        readonly responses: {
            /** @description The run, after the report. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Run"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listAuditEntries: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only entries about the object with this id. */
                readonly object?: components["parameters"]["object"];
            };
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of audit entries. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditEntryPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listServiceAuditEntries: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only entries about the object with this id. */
                readonly object?: components["parameters"]["object"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of audit entries. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditEntryPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly verifyAudit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The result of the verification. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditVerification"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly verifyServiceAudit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The result of the verification. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditVerification"];
                };
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly runBatch: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Batch"];
            };
        };
        readonly responses: {
            /** @description An answer for each request, in the same order. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly verifyApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["VerificationRequest"];
            };
        };
        readonly responses: {
            /** @description The result of the verification. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Verification"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly reportLeakedSecrets: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["SecretScanningReports"];
            };
        };
        readonly responses: {
            /** @description A label for each reported secret, in the same order. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SecretScanningLabels"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unsigned"];
            readonly 404: components["responses"]["NotFound"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listMessages: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only messages of this key. */
                readonly key?: components["schemas"]["ApiKeyId"];
                /** @description Only messages of keys that this user owns. */
                readonly owner?: components["schemas"]["UserId"];
                /** @description Only messages with this outcome. */
                readonly outcome?: components["schemas"]["VerificationOutcome"];
            };
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of messages. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MessagePage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly listAccessTokens: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only tokens of users of this kind. */
                readonly kind?: components["schemas"]["UserKind"];
                /** @description Only tokens with this status. */
                readonly status?: components["schemas"]["ApiKeyStatus"];
                /** @description Only tokens of this user. */
                readonly user?: components["schemas"]["UserId"];
                /** @description Only tokens with this name. */
                readonly name?: string;
                /** @description Only the object with this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
            };
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of access tokens. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AccessTokenPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly createAccessToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AccessTokenCreate"];
            };
        };
        readonly responses: {
            /** @description The created access token, with its plaintext. */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["IssuedAccessToken"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getAccessToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Identifies the run of the calling program: a UUIDv7 in lower case, generated when the process starts. See "Runs and lost creates". */
                readonly "Roster-Run"?: components["parameters"]["run"];
            };
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The access token. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AccessToken"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly revokeAccessToken: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
                /** @description What to do if the caller, identified by `managedAs`, has adopted the object; `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The object stays, and nobody manages it now, because the caller may not end it. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LetGo"];
                };
            };
            /** @description Done. */
            readonly 204: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly updateAccessToken: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AccessTokenUpdate"];
            };
        };
        readonly responses: {
            /** @description The changed access token. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AccessToken"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly rotateAccessToken: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AccessTokenRotation"];
            };
        };
        readonly responses: {
            /** @description The access token with its new plaintext. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["IssuedAccessToken"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly revokeAccessTokenSecret: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the version that the change is based on; if omitted, the change is unconditional. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Identifies this mutation of this principal; 256 random bits in base64url are recommended. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly accessTokenId: components["parameters"]["accessTokenId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApiKeySecretRevocation"];
            };
        };
        readonly responses: {
            /** @description The changed access token. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AccessToken"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 409: components["responses"]["Conflict"];
            readonly 412: components["responses"]["PreconditionFailed"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 422: components["responses"]["UnprocessableContent"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly checkAccess: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly organizationId: components["parameters"]["organizationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AccessCheck"];
            };
        };
        readonly responses: {
            /** @description The user can work. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Access"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NotFound"];
            readonly 413: components["responses"]["ContentTooLarge"];
            readonly 415: components["responses"]["UnsupportedMediaType"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getSigningKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A JSON Web Key Set. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    /** @description A new key is listed before it is used; see docs/operations.md. */
                    readonly "Cache-Control": "public, max-age=300";
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SigningKeys"];
                };
            };
        };
    };
    readonly listHealthFindings: {
        readonly parameters: {
            readonly query?: {
                /** @description The maximum number of items on a page. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the previous page. */
                readonly cursor?: components["parameters"]["cursor"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of findings. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    readonly "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    readonly "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["HealthFindingPage"];
                };
            };
            readonly 400: components["responses"]["BadRequest"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 429: components["responses"]["TooManyRequests"];
            readonly default: components["responses"]["Failure"];
        };
    };
    readonly getLiveness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The process is alive. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    readonly getReadiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The service is ready; the database answers. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The service is not ready; `code` is `unavailable`. */
            readonly 503: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getContract: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The contract that this service implements. */
            readonly 200: {
                headers: {
                    readonly "Request-Id": components["headers"]["Request-Id"];
                    readonly "Roster-Service": components["headers"]["Roster-Service"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/yaml": unknown;
                };
            };
        };
    };
}
type FlattenedDeepRequired<T> = {
    [K in keyof T]-?: FlattenedDeepRequired<T[K] extends unknown[] | undefined | null ? Extract<T[K], unknown[]>[number] : T[K]>;
};
type ReadonlyArray<T> = [
    Exclude<T, undefined>
] extends [
    unknown[]
] ? Readonly<Exclude<T, undefined>> : Readonly<Exclude<T, undefined>[]>;
export const pathsV1UsersUserIdDeleteParametersQueryOutcomeValues: ReadonlyArray<FlattenedDeepRequired<paths>["/v1/users/{userId}"]["delete"]["parameters"]["query"]["outcome"]> = ["deactivate", "leaver", "let_go"];
export const pathsV1ManagedObjectsGetParametersQueryEntriesValues: ReadonlyArray<FlattenedDeepRequired<paths>["/v1/managed-objects"]["get"]["parameters"]["query"]["entries"]> = ["omit"];
export const pathsV1ManagedObjectsGetParametersQueryLostValues: ReadonlyArray<FlattenedDeepRequired<paths>["/v1/managed-objects"]["get"]["parameters"]["query"]["lost"]> = ["true"];
export const pathsV1ManagedObjectsGetParametersQueryIncludeValues: ReadonlyArray<FlattenedDeepRequired<paths>["/v1/managed-objects"]["get"]["parameters"]["query"]["include"]> = ["object"];
export const adoptValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Adopt"]> = ["unmanaged", "force"];
export const joinPolicyValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["JoinPolicy"]> = ["existing", "invite", "create"];
export const planValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Plan"]> = ["basic", "premium", "enterprise"];
export const billingValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Billing"]> = ["stripe", "custom"];
export const organizationStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["OrganizationStatus"]> = ["open", "closing", "closed"];
export const userKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UserKind"]> = ["person", "system"];
export const systemRoleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SystemRole"]> = ["super_admin", "none"];
export const userStateValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UserState"]> = ["active", "inactive"];
export const userStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UserStatus"]> = ["invited", "active", "inactive", "blocked"];
export const onUnknownUserValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["OnUnknownUser"]> = ["fail", "create", "invite"];
export const membershipStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["MembershipStatus"]> = ["pending", "active", "expired", "cancelled", "removed", "left"];
export const membershipStatusFilterValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["MembershipStatusFilter"]> = ["pending", "active", "expired", "cancelled", "removed", "left", "all"];
export const apiKeyKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyKind"]> = ["server", "webapi", "user"];
export const apiKeyFormatValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyFormat"]> = ["opaque", "jwt"];
export const apiKeyStateValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyState"]> = ["active", "revoked"];
export const apiKeyStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyStatus"]> = ["active", "expired", "revoked"];
export const apiKeyAssignmentStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyAssignmentStatus"]> = ["pending", "active", "expired"];
export const permissionValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Permission"]> = ["organization:read", "organization:update", "subscription:read", "subscription:update", "members:read", "members:manage", "users:read", "users:create", "users:manage", "roles:read", "roles:assign", "roles:manage", "keys:read", "keys:create", "keys:assign", "keys:revoke", "keys:verify", "audit:read", "data:edit", "flows:run", "flows:read", "messages:read", "messages:read_own", "api:call", "changes:preview"];
export const builtInRoleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["BuiltInRole"]> = ["super_admin", "administrator", "customer_admin", "auditor", "editor", "operator", "viewer", "member", "api_user"];
export const refusalCodeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["RefusalCode"]> = ["invalid_request", "unauthenticated", "permission_denied", "plan_required", "api_access_disabled", "contact_vendor", "cannot_remove_self", "billing_failed", "not_member", "user_not_active", "no_api_key", "not_found", "route_not_found", "slug_taken", "email_taken", "name_taken", "external_id_taken", "already_member", "already_assigned", "role_in_use", "last_administrator", "key_not_active", "generation_conflict", "secret_in_use", "organization_closed", "managed_elsewhere", "idempotency_in_progress", "precondition_failed", "payload_too_large", "unsupported_media_type", "unprocessable", "user_not_found", "role_not_found", "idempotency_key_reused", "rate_limited", "internal_error", "unavailable"];
export const fieldErrorInValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FieldError"]["in"]> = ["body", "query", "path", "header"];
export const logoMediaTypeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["LogoMediaType"]> = ["image/png", "image/jpeg", "image/webp"];
export const userHolderValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["UserHolder"]> = ["membership", "api_key", "system_role"];
export const selfCallerKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Self"]["caller"]["kind"]> = ["owner", "api_key", "user"];
export const runReportStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["RunReport"]["status"]> = ["alive", "ended", "lost"];
export const runStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Run"]["status"]> = ["alive", "silent", "ended", "lost"];
export const letGoOutcomeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["LetGo"]["outcome"]> = ["let_go"];
export const objectKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ObjectKind"]> = ["organization", "organization_profile", "user", "role", "membership", "api_key", "api_key_assignment", "access_token"];
export const healthFindingKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["HealthFinding"]["kind"]> = ["organization_without_administrator"];
export const auditEntryActorKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AuditEntry"]["actor"]["kind"]> = ["owner", "api_key", "user", "service"];
export const auditEntryObjectKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AuditEntry"]["object"]["kind"]> = ["organization", "organization_profile", "user", "role", "membership", "api_key", "api_key_assignment", "access_token"];
export const auditFaultValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AuditFault"]> = ["missing", "altered", "surplus", "rewritten", "head_missing", "head_altered", "pepper_missing"];
export const verificationOutcomeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["VerificationOutcome"]> = ["accepted", "refused"];
export const verificationRefusalValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["VerificationRefusal"]> = ["unknown", "revoked", "expired", "organization_closed", "api_access_disabled", "owner_inactive", "owner_not_member", "address_not_allowed", "not_permitted"];
export const batchAsValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Batch"]["as"]> = ["administrator", "customer_admin", "auditor", "editor", "operator", "viewer", "member", "api_user"];
export const dryRunValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["DryRun"]> = ["each", "sequence"];
export const batchRequestMethodValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["BatchRequest"]["method"]> = ["GET", "POST", "PATCH", "DELETE"];
export const trialReferenceMemberValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["TrialReference"]["member"]> = ["id", "etag"];
export const trialOutcomeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["TrialOutcome"]> = ["done", "refused", "not_tried"];
export const secretScanningLabelLabelValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SecretScanningLabel"]["label"]> = ["true_positive", "false_positive"];
export const accessTokenKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AccessTokenKind"]> = ["system"];
export const personalAccessTokenKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["PersonalAccessToken"]["kind"]> = ["person"];
export const signingKeyAlgValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SigningKey"]["alg"]> = ["EdDSA", "ES256"];
export const signingKeyUseValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SigningKey"]["use"]> = ["sig"];
export const healthStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Health"]["status"]> = ["ok"];
export const componentsParametersIfAdoptedValues: ReadonlyArray<FlattenedDeepRequired<components>["parameters"]["ifAdopted"]> = ["restore", "end"];
export const componentsHeadersIdempotencyReplayedValues: ReadonlyArray<FlattenedDeepRequired<components>["headers"]["Idempotency-Replayed"]> = ["true"];
/** What the contract's `AccessTokenSecret` looks like. */
export const accessTokenPattern: RegExp = /^rst_token_[0-9A-Za-z]{49}$/;
/** What the contract's `ApiKeySecret` looks like. */
export const apiKeySecretPattern: RegExp = /^rst_(server|webapi|user)_[0-9A-Za-z]{49}$/;
/** What the contract's `Email` looks like. */
export const emailPattern: RegExp = /^[^\s\u0000-\u001F"(),.:;<>@\[\\\]\u007F-\u009F]+(?:\.[^\s\u0000-\u001F"(),.:;<>@\[\\\]\u007F-\u009F]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
/** What the contract's `WebsiteUrl` looks like. */
export const websiteUrlPattern: RegExp = /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/;
