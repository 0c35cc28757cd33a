/* Generated from schema/openapi.yaml by `npm run generate`; never edited. */

export interface paths {
    readonly "/v1/organizations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the organizations that the caller may read */
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
         * @description Its keys are revoked, its memberships and assignments ended, its slug is free again; records and audit are kept and
         *     `status` becomes `closed`. Closing a closed organization does nothing.
         */
        readonly delete: operations["closeOrganization"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change an organization
         * @description `features`, `subscription.billing` and `subscription.stripeSubscription` are the service owner's. A plan is changed by
         *     an administrator only where billing is `stripe` and linked; otherwise the refusal is `contact_vendor`. Where it is
         *     linked, whoever changes the plan changes it at Stripe too, at once, and what Stripe refuses is `billing_failed`.
         *     A downgrade that what is in use exceeds is refused with `plan_required`.
         */
        readonly patch: operations["updateOrganization"];
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
         * @description For everybody, as pages show it to everybody; the organization's id is what has to be known. It is of the media type that its
         *     content has, and no browser may take it for anything else.
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
         * @description The service owner sees every user; anyone else those whose home organization is the caller's, and those who are members there.
         */
        readonly get: operations["listUsers"];
        readonly put?: never;
        /**
         * Create a user
         * @description Takes the service owner, or `users:create` in the organization named as `homeOrganization`.
         *     A system user starts `active`; a person `invited`, and is mailed a link that sets up the account, unless `invite` is
         *     false.
         *
         *     Users are never deleted, so an address can be that of an inactive user. Where that user was deactivated (`DELETE`) with
         *     the same `externalId` and belongs to the same home organization, or to one that is closed, it is brought back, set as the
         *     request says, and answered as created. Every other known address is refused with `email_taken`.
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
         * @description Users are never deleted. The user's keys stop at once. With `managedAs`, the manager lets go of the user, who has no
         *     externalId from then on: the same manager brings the user back by creating it again, and any other one by adopting it.
         *     Deactivating an inactive user does nothing else.
         *
         *     Takes the service owner, or `users:manage` in the user's home organization, whatever the user has in other organizations, unless it has a system
         *     role. `last_administrator` counts the caller's organization only; the administrators of the other organizations that the user belongs to are mailed.
         */
        readonly delete: operations["deactivateUser"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a user
         * @description Takes the service owner, or `users:manage` in the user's home organization while the user has no system role,
         *     no membership or assignment of an active key elsewhere and no permission beyond the caller's. `resendInvite` alone takes `users:create`
         *     in the home organization, and an invited person, whose address takes it too; `resetPassword` takes an active one. `state: inactive` alone takes what deactivating takes.
         *
         *     The address of a person who has completed the account changes once the new one is confirmed by a mailed link; until
         *     then it is the `pendingEmail`. The current address gets a notice. The request is judged again when the link is followed: if whoever asked may no
         *     longer make this change, the link doesn't work, and the address is no longer pending.
         */
        readonly patch: operations["updateUser"];
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
         * @description The service owner's. Sessions end and the user's keys stop at once, until the block is lifted. Only an active user, or one
         *     blocked for failed log-ins, can be blocked; blocking a user who is blocked for misuse does nothing.
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
         * @description The service owner's, whether the user was blocked for misuse or for failed log-ins. Does nothing where there is no block.
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
        /** List the roles that can be given in an organization, the built-in ones included */
        readonly get: operations["listRoles"];
        readonly put?: never;
        /**
         * Create a role of an organization's own
         * @description Never wider than the caller's own permissions; `api:call` can't be given.
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
         * @description Refused with `role_in_use` while a membership that has not ended has it.
         */
        readonly delete: operations["deleteRole"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a role
         * @description Built-in roles can't be changed. Neither what the role holds nor what it becomes may exceed the caller's permissions.
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
         * @description With `Accept: text/csv` the whole list in one answer, without pages: `limit` and `cursor` mean nothing there, and
         *     unless `status` says otherwise it has those memberships that have not ended. A row for each, the oldest first, with
         *     the columns `email`, `given_name`, `family_name` and `role`, as RFC 4180 has it: the role by its name, a
         *     field in double quotes where it has to be. A spreadsheet would run a cell that begins with `=`, `+`, `-`, `@`, a
         *     tab or a carriage return as a formula: such a cell, and one that begins so after apostrophes, gets an apostrophe
         *     before it, which whoever reads the file takes off again.
         */
        readonly get: operations["listMembers"];
        readonly put?: never;
        /**
         * Give a user a role in an organization
         * @description Exactly one of `user` and `email` says who. A known user is a member at once. What happens with an unknown
         *     address is said by `onUnknownUser`, within the organization's `joinPolicies`: `invite` makes a pending membership, and
         *     mails the address a link to accept it. An invitation whose link has expired is `expired`, and can be sent again.
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
         * @description An active membership becomes `removed`, a pending one `cancelled`. The user's assignments to the organization's keys,
         *     and the keys that the user owns there, end with it; the user's account stays. Ending an ended membership does nothing.
         */
        readonly delete: operations["endMembership"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a member's role, or invite again
         * @description `resendInvite` takes `members:manage`, and a membership that is pending or expired, or that the person has left; that
         *     one is pending again. Another role of a pending or expired membership takes `members:manage` too.
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
        /** List an organization's API keys, revoked and expired ones included */
        readonly get: operations["listApiKeys"];
        readonly put?: never;
        /**
         * Create an API key
         * @description Needs the organization's external API access, else `api_access_disabled`. The answer is the only one that
         *     holds the plaintext (`key`); where the client brought the `secret`, not even that one.
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
         * Take in an API key from before multi-key support, by its hash (service owner only)
         * @description The key is of kind `server`, without owner and permissions, and `legacy`: the plaintext that its users have goes on authenticating, and
         *     nobody can show it. A plaintext that looks like a key of the service's own or like a JWT is not found again. Needs the organization's external
         *     API access. A hash that is known already, wherever that is, is refused with `unprocessable`.
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
         * @description It stops at once and stays listed as a record. Revoking a revoked key does nothing.
         */
        readonly delete: operations["revokeApiKey"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change an API key's name, addresses or end date, or revoke it for good
         * @description `state: revoked` takes `keys:revoke`, the rest `keys:create`. A revoked key can't be changed back, nor an expired one's end date
         *     moved or its addresses changed: all are refused with `key_not_active`.
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
         * @description `generation` is the generation to reach, the current one plus one: that is what makes a rotation safe to repeat. Asked again for the
         *     generation that it has already reached, the service issues that generation's secret anew while it was never used, and unless a later
         *     run (`Roster-Run`) has made it: what an earlier run sent is late then. The secret
         *     before it lives on for `overlap`, never past the end date; older ones are dead. Rotating never moves the end date.
         *
         *     With `holdWhileUsed` the end of the secret before is put off while it was used that recently, to a minute. Another rotation with an
         *     overlap is refused meanwhile with `secret_in_use`; one without an overlap ends all secrets before it at once.
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
         * @description For whoever hands secrets on. Ending the secret before the current one shortens a rotation's overlap, once the new one is handed on.
         *     Ending the current one undoes a rotation whose new secret could not be handed on: the secret before it is the current one again, without
         *     an end of its own, as before the rotation. That is refused once the new secret was used, or the one before it is dead: never are both dead. A
         *     secret that has ended stays so, and ending it again changes nothing.
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
        /** List who may use an API key */
        readonly get: operations["listApiKeyAssignments"];
        readonly put?: never;
        /**
         * Attach an API key to a user
         * @description Exactly one of `user` and `email` says who. A member of the key's organization has it at once; anyone else is refused unless `external` is set.
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
         * @description `resendInvite` takes an assignment that is pending or expired.
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
         * @description Those whose externalId begins with a prefix, as far as the caller may read them. It tells a stack what of its own it doesn't know of, and with
         *     `include=object` what has become of what it knows.
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
         * Tell which service this is, and what the caller may do
         * @description The service's identity, who the caller is, and the caller's permissions in each organization. A service that was restored from a backup
         *     in the place of the original says so: objects that were made between the backup and its restore are gone.
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
    readonly "/v1/runs/{runId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly runId: components["schemas"]["RunId"];
            };
            readonly cookie?: never;
        };
        /** Read what has become of a run */
        readonly get: operations["getRun"];
        readonly put?: never;
        /**
         * Report what has become of a run, and what of it was written
         * @description The first report with `alive` begins the run, and belongs to the caller from then on: only that caller reports its `status`. What has ended stays so. `written` is
         *     what a later run of the same stack reports: the objects of this run that the stack's state has. Every caller who may read an object may report it; other objects are ignored.
         *     See "Runs and lost creates".
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
        /** List the audit entries of every organization and of none, oldest first (service owner only) */
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
         * Find out whether an audit entry of an organization was removed or altered
         * @description Reads the whole chain and its head. Takes `audit:read`. What the chain promises is said at `AuditEntry`.
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
        /** Find out whether an audit entry that belongs to no organization was removed or altered (service owner only) */
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
         * @description What reads, creates, changes and ends single organizations, users, roles, memberships, API keys and assignments; anything else is
         *     answered with `invalid_request` in its place. Takes a permission for any of these. Counts as one request. See "Batches".
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
         * Ask whether a secret authenticates
         * @description For a service that was called with an API key. Takes `keys:verify`; a caller other than the service owner learns about its own
         *     organization's keys only, and any other secret is `unknown`. A refusal is an answer, not an error: 200 with `outcome: refused`.
         *     Only an accepted verification moves `lastUsedAt`.
         *
         *     `address` is where the call came from. A key that has `allowedIps` is refused with `address_not_allowed` from anywhere else, and where no
         *     `address` is given. Unknown secrets are counted by the network of `address`, within what the caller asks: after 100 in 10 minutes, further unknown ones from there are
         *     refused with `rate_limited` until the window has passed, and known ones are answered. Without `address` nothing is counted.
         *
         *     A verification that names the `api` that was called is accepted only for a key that holds `api:call`, else it is refused with
         *     `not_permitted`; of a known key it leaves a message, whatever the outcome.
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
         * @description In the format of GitHub's secret scanning partner programme, whose members' names are kept. A report is authenticated by its signature, over the
         *     bytes of the body: ECDSA with P-256 and SHA-256, in DER and base64, by one of the public keys that the service is set up with; where it is
         *     set up with none, there is no such operation (`route_not_found`). While those keys can't be read, the answer is `unavailable`.
         *
         *     An API key that a reported secret authenticates is revoked before the answer, whole: also for a secret that a rotation left alive for a while.
         *     Up to 1,000 administrators of its organization who are active people are mailed what was found and where. A secret that is
         *     over already changes nothing, and so does a report that comes again. What a report holds beside these members is ignored.
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
         * @description With `messages:read` all of the organization's; with `messages:read_own` those of keys that the caller's user owns.
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
         * Ask whether a user can work in an organization now
         * @description For a product that admits users. Takes `keys:verify`. Whoever can't work is refused with the first of these that applies: `not_member`, where the
         *     user has no active membership; `user_not_active`, where the account is not usable; `no_api_key`, where no active key of the organization is
         *     assigned to the user. A membership's `operational` says the same.
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
         * The public keys that sign JWT API keys (RFC 7517)
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
         * List what needs the service owner's attention (service owner only)
         * @description Every open organization without an administrator who can act. The service owner makes somebody its administrator.
         *     An administrator can act when the account is active, set up and not blocked, and is a person's, or a system user's that owns an API key in the
         *     organization which is active and has `members:manage`. An organization is listed when the home organization of its last administrator
         *     deactivates that account, when the account is blocked, when a key is revoked or expires, and until somebody becomes its first administrator.
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
        /** Is the process alive */
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
        /** Can the service answer requests now */
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
        /** This document */
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
        /** @example org_0192f0c1a2b37c4d8e9f001122334455 */
        readonly OrganizationId: string;
        readonly UserId: string;
        /** @description A built-in role's name, or the id of an organization's own role. */
        readonly RoleId: string;
        readonly MembershipId: string;
        readonly ApiKeyId: string;
        readonly ApiKeyAssignmentId: string;
        readonly MessageId: string;
        readonly AuditEntryId: string;
        /**
         * Format: line
         * @description The name that whoever manages an object gives it; unique among the live objects of its kind in the organization. One line of
         *     visible characters: see `OrganizationName`.
         */
        readonly ExternalId: string;
        /**
         * @description Take over the object that is there already, unless somebody else manages it, or whoever does. See "Adoption".
         * @enum {string}
         */
        readonly Adopt: "unmanaged" | "force";
        /**
         * Format: text
         * @description A change in which this value differs from the last one does the act, once. A create keeps the value and does nothing;
         *     so does leaving it out. Any text, but without the character U+0000 or half of a surrogate pair.
         */
        readonly DeclaredAct: string;
        /** @description Whether whoever manages the object took it over from before. */
        readonly Adopted: boolean;
        /**
         * Format: mailbox
         * @description An e-mail address. It is compared without regard to case, and otherwise as it is written: what could be taken for another
         *     address is refused. Before the @ it has no quotes, and dots only between other characters; letters and digits of every script are
         *     taken in Unicode normalization form KC, except for letters that become others in lower or upper case, such as U+212A or ß. The
         *     domain is in ASCII; one of other letters is written as `xn--…`.
         * @example ada@example.com
         */
        readonly Email: string;
        /** @example acme */
        readonly Slug: string;
        /**
         * Format: line
         * @description Like every name, it is one line of visible characters, at least one of which isn't a space. It has no line breaks, control characters,
         *     marks that turn the direction of text, zero-width, private or other invisible characters, no U+FFFD, and no half of a surrogate pair. What an
         *     emoji or a word needs is taken: U+FE0F after an emoji, U+200D between two emoji, and U+200C and U+200D after a letter of a script that is written
         *     with them, such as Arabic or Devanagari.
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
         * @description RFC 3339, UTC, in milliseconds; of the years up to 9999.
         * @example 2026-01-31T09:30:00.000Z
         */
        readonly Timestamp: string;
        /**
         * Format: date-time
         * @description RFC 3339, kept in milliseconds: after 1970-01-01T00:00:00Z, and not ahead. Other systems write earlier times, such as
         *     0001-01-01T00:00:00Z, where they mean "never": leave the member out for that.
         * @example 2026-01-31T09:30:00.000Z
         */
        readonly PastTime: string;
        /**
         * @description When a key stops: a date, valid through that day, or a time; both in UTC. The latest possible time, also for the day 9999-12-31, is
         *     9999-12-31T23:59:59.999Z; a key without an end has no end date.
         * @example 2027-06-30
         * @example 2027-06-30T12:00:00Z
         */
        readonly EndDate: string;
        readonly RetryAfter: string;
        /**
         * @description An address, or a range of them as CIDR, of IPv4 or IPv6: the bits after the prefix are zero. IPv4 in its own form, not mapped into IPv6.
         * @example 203.0.113.0/24
         * @example 2001:db8::/48
         * @example 203.0.113.7
         */
        readonly IpRange: string;
        /** @description From where a key authenticates, as a set; an address is its range of one, and an IPv4 address mapped into IPv6 counts as IPv4. */
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
         * @description What an organization has bought, from the smallest to the largest.
         * @enum {string}
         */
        readonly Plan: "basic" | "premium" | "enterprise";
        /**
         * @description Who changes the plan: the organization through Stripe, or the vendor.
         * @enum {string}
         */
        readonly Billing: "stripe" | "custom";
        /** @enum {string} */
        readonly OrganizationStatus: "open" | "closing" | "closed";
        /**
         * @description A person, or a system user (robot), which gets no mail and has no password.
         * @enum {string}
         */
        readonly UserKind: "person" | "system";
        /** @enum {string} */
        readonly SystemRole: "super_admin" | "none";
        /**
         * @description What was asked for.
         * @enum {string}
         */
        readonly UserState: "active" | "inactive";
        /**
         * @description What is.
         * @enum {string}
         */
        readonly UserStatus: "invited" | "active" | "inactive" | "blocked";
        /**
         * @description What to do where no user has the address.
         * @enum {string}
         */
        readonly OnUnknownUser: "fail" | "create" | "invite";
        /** @enum {string} */
        readonly MembershipStatus: "pending" | "active" | "expired" | "cancelled" | "removed" | "left";
        /** @enum {string} */
        readonly ApiKeyKind: "server" | "webapi" | "user";
        /** @enum {string} */
        readonly ApiKeyFormat: "opaque" | "jwt";
        /**
         * @description What was asked for.
         * @enum {string}
         */
        readonly ApiKeyState: "active" | "revoked";
        /**
         * @description What is.
         * @enum {string}
         */
        readonly ApiKeyStatus: "active" | "expired" | "revoked";
        /** @enum {string} */
        readonly ApiKeyAssignmentStatus: "pending" | "active" | "expired";
        /** @enum {string} */
        readonly Permission: "organization:read" | "organization:update" | "subscription:read" | "subscription:update" | "members:read" | "members:manage" | "users:read" | "users:create" | "users:manage" | "roles:read" | "roles:assign" | "roles:manage" | "keys:read" | "keys:create" | "keys:assign" | "keys:revoke" | "keys:verify" | "audit:read" | "data:edit" | "flows:run" | "flows:read" | "messages:read" | "messages:read_own" | "api:call";
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
            /** @description What was wrong here, and what to do. */
            readonly detail: string;
            readonly requestId: string;
            /** @description Whether the same request may succeed a little later. */
            readonly retryable: boolean;
            /** @description Whom to contact. */
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
            /** @description What is wrong there, and what is allowed; never the value of a secret. */
            readonly detail: string;
        };
        readonly Subscription: {
            readonly plan: components["schemas"]["Plan"];
            readonly billing: components["schemas"]["Billing"];
            /** @description The subscription at Stripe that the plan follows, where billing is `stripe`; null while there is none. */
            readonly stripeSubscription: string | null;
        };
        readonly Features: {
            /** @description Whether the organization's keys authenticate; enterprise plan only. */
            readonly externalApiAccess: boolean;
        };
        readonly OrganizationSettings: {
            /** @description How many active keys one user may own; null is any number. */
            readonly keysPerOwner: number | null;
            /** @description Whether JWT keys may have an end date. */
            readonly allowExpiringJwt: boolean;
        };
        /** @enum {string} */
        readonly LogoMediaType: "image/png" | "image/jpeg" | "image/webp";
        readonly Logo: {
            /** @description The hash of its content. */
            readonly sha256: string;
            readonly mediaType: components["schemas"]["LogoMediaType"];
            readonly sizeBytes: number;
        };
        /**
         * @description A PNG, JPEG or WebP image of at most 512 KiB and 4096 by 4096 pixels, whatever it is called; vector images can hold programs,
         *     and are refused. From the premium plan up.
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
            /** @description Whether the logo links to the website: where both are there. */
            readonly logoLinkActive: boolean;
            readonly joinPolicies: readonly components["schemas"]["JoinPolicy"][];
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
            readonly name: components["schemas"]["OrganizationName"];
            readonly websiteUrl?: components["schemas"]["WebsiteUrl"];
            readonly logo?: components["schemas"]["LogoChange"];
            readonly joinPolicies?: components["schemas"]["JoinPolicies"];
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
            readonly features?: components["schemas"]["FeaturesChange"];
            readonly settings?: components["schemas"]["OrganizationSettingsChange"];
            readonly subscription?: components["schemas"]["SubscriptionChange"];
        };
        /** @description All three by default. */
        readonly JoinPolicies: readonly components["schemas"]["JoinPolicy"][];
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
        readonly User: {
            readonly id: components["schemas"]["UserId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly email: string;
            /** @description The address that was asked for and is not confirmed yet. */
            readonly pendingEmail: string | null;
            readonly givenName: string | null;
            readonly familyName: string | null;
            readonly kind: components["schemas"]["UserKind"];
            /** @description The organization whose administrators manage this user. It is set at creation for good, unless that organization is closed. It is null once a person who signed up by themselves took an account that was made for their address as their own. */
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
            /** @description Mails a new invitation; the link before it stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            /** @description Mails the person a link to choose a new password. */
            readonly resetPassword?: components["schemas"]["DeclaredAct"];
            readonly email: components["schemas"]["Email"];
            readonly givenName?: components["schemas"]["PersonName"];
            readonly familyName?: components["schemas"]["PersonName"];
            /** @description `person` by default. */
            readonly kind?: components["schemas"]["UserKind"];
            readonly homeOrganization?: components["schemas"]["OrganizationId"];
            /** @description `none` by default; the service owner's to give. */
            readonly systemRole?: components["schemas"]["SystemRole"];
            /** @description Whether the setup link is mailed; true by default for a person and never for a system user. */
            readonly invite?: boolean;
            /** @description `active` by default. */
            readonly state?: components["schemas"]["UserState"];
        };
        readonly UserUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            /** @description Mails a new invitation; the link before it stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            /** @description Mails the person a link to choose a new password. */
            readonly resetPassword?: components["schemas"]["DeclaredAct"];
            readonly email?: components["schemas"]["Email"];
            readonly givenName?: components["schemas"]["PersonName"] | null;
            readonly familyName?: components["schemas"]["PersonName"] | null;
            /** @description Another home, or none, for a user whose home organization is closed. Takes the service owner. */
            readonly homeOrganization?: components["schemas"]["OrganizationId"] | null;
            readonly systemRole?: components["schemas"]["SystemRole"];
            readonly state?: components["schemas"]["UserState"];
        };
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
            readonly name: string;
            readonly permissions: readonly components["schemas"]["Permission"][];
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
        readonly Membership: {
            readonly id: components["schemas"]["MembershipId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            /** @description Null until an invitation is accepted. */
            readonly user: string | null;
            readonly email: string;
            readonly role: components["schemas"]["RoleId"];
            readonly status: components["schemas"]["MembershipStatus"];
            readonly userStatus: components["schemas"]["UserStatus"] | null;
            /** @description How many active keys of the organization are assigned to the user. */
            readonly apiKeyCount: number;
            /** @description Whether the user can work: an active member with a usable account and at least one active key. */
            readonly operational: boolean;
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
            /** Format: date-time */
            readonly endedAt: string | null;
        };
        readonly MembershipCreate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly adopt?: components["schemas"]["Adopt"];
            readonly user?: components["schemas"]["UserId"];
            readonly email?: components["schemas"]["Email"];
            /** @description Mails a new invitation; the link before it stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            readonly role: components["schemas"]["RoleId"];
            /** @description `fail` by default. */
            readonly onUnknownUser?: components["schemas"]["OnUnknownUser"];
            /** @description Of an account that is made; one that is there keeps its own. */
            readonly givenName?: components["schemas"]["PersonName"];
            /** @description Of an account that is made; one that is there keeps its own. */
            readonly familyName?: components["schemas"]["PersonName"];
        };
        readonly MembershipUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            /** @description Mails a new invitation; the link before it stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            readonly role?: components["schemas"]["RoleId"];
        };
        readonly MembershipPage: {
            readonly items: readonly components["schemas"]["Membership"][];
            readonly nextCursor: string | null;
        };
        readonly ApiKey: {
            readonly id: components["schemas"]["ApiKeyId"];
            readonly externalId: string | null;
            readonly adopted: components["schemas"]["Adopted"];
            readonly organization: components["schemas"]["OrganizationId"];
            /** @description The user whose key it is, if any. */
            readonly owner: string | null;
            readonly name: string;
            /** @description The name as it is shown; a legacy key's ends in "(legacy)". */
            readonly displayName: string;
            readonly kind: components["schemas"]["ApiKeyKind"];
            readonly format: components["schemas"]["ApiKeyFormat"];
            readonly permissions: readonly components["schemas"]["Permission"][];
            /** @description From where the key authenticates, each as CIDR, in ascending order; null is from anywhere. */
            readonly allowedIps: components["schemas"]["AllowedIps"] | null;
            /** @description The characters that a key of ours begins with; empty for a client-made secret. */
            readonly prefix: string;
            /** @description Tells keys apart in lists and logs; says nothing about the secret. */
            readonly fingerprint: string;
            /** @description How many secrets the key has had. */
            readonly generation: number;
            /** @description When the present secret was made. */
            readonly rotatedAt: components["schemas"]["Timestamp"];
            /** @description Whether the present secret has authenticated. */
            readonly secretUsed: boolean;
            /** @description The secret before the present one, while it lives on. */
            readonly previousSecret: components["schemas"]["PreviousSecret"] | null;
            readonly endDate: string | null;
            /** @description Whether the key is from before multi-key support. */
            readonly legacy: boolean;
            readonly state: components["schemas"]["ApiKeyState"];
            readonly status: components["schemas"]["ApiKeyStatus"];
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly updatedAt: components["schemas"]["Timestamp"];
            /** Format: date-time */
            readonly lastUsedAt: string | null;
            /** Format: date-time */
            readonly revokedAt: string | null;
            /** @description The users that the key is attached to, in the order of attachment; the first 100, all of them are in `listApiKeyAssignments`. */
            readonly assignees: readonly components["schemas"]["ApiKeyAssignee"][];
            /** @description How many there are. */
            readonly assigneeCount: number;
        };
        readonly PreviousSecret: {
            readonly fingerprint: string;
            /** @description Whether its end has come, and was put off because it is in use. */
            readonly held: boolean;
            /** @description When it stops, as things are: a use may put that off. */
            readonly expiresAt: components["schemas"]["Timestamp"];
            /** Format: date-time */
            readonly lastUsedAt: string | null;
        };
        readonly ApiKeyAssignee: {
            readonly user: string | null;
            readonly email: string;
            readonly status: components["schemas"]["ApiKeyAssignmentStatus"];
        };
        /** @description An API key with its plaintext, in the one answer that has it. */
        readonly IssuedApiKey: components["schemas"]["ApiKey"] & {
            /** @description The plaintext; null where the client brought the secret. */
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
         * @description The plaintext of an API key of the service's own making: `rst_<kind>_`, 256 random bits in Base62 (43 characters), and the CRC-32 of all
         *     before it in Base62 (6 characters), the most significant digit first, with the digits 0-9, A-Z, a-z. For secret scanners: what
         *     matches and has a wrong checksum is none. A key of format `jwt` is a JSON Web Token, and a client's secret has the form that the client gave it.
         */
        readonly ApiKeySecret: string;
        /**
         * @description A secret that the client made; kind `webapi` only. One that is estimated at less than 128 bits is refused (`unprocessable`), and so is one that
         *     is in use for any key already.
         */
        readonly ClientSecret: string;
        readonly ApiKeyImport: {
            readonly name: components["schemas"]["ApiKeyName"];
            /** @description SHA-256 of the plaintext, in hexadecimal digits. */
            readonly sha256: string;
            /** @description When the key was made; now by default. */
            readonly createdAt?: components["schemas"]["PastTime"];
            /** @description May have passed, after 1970-01-01T00:00:00Z: then the key is a record. Leave it out for "never". */
            readonly endDate?: components["schemas"]["EndDate"];
            readonly lastUsedAt?: components["schemas"]["PastTime"];
        };
        readonly ApiKeyUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            readonly name?: components["schemas"]["ApiKeyName"];
            /** @description Letting a key authenticate from elsewhere takes what making it would take; the key in use can't change its own. */
            readonly allowedIps?: components["schemas"]["AllowedIps"] | null;
            readonly endDate?: components["schemas"]["EndDate"] | null;
            readonly state?: components["schemas"]["ApiKeyState"];
        };
        readonly ApiKeyRotation: {
            readonly generation: number;
            /** @description How long the secret before it stays valid; `0s` by default. */
            readonly overlap?: components["schemas"]["Duration"];
            /** @description How recent a use puts off the end of the secret before. */
            readonly holdWhileUsed?: components["schemas"]["Duration"];
            readonly secret?: components["schemas"]["ClientSecret"];
        };
        readonly ApiKeySecretRevocation: {
            /** @description Which secret. */
            readonly generation: number;
            /** @description How long the secret before the current one stays valid, never past the end that it has; `0s` by default. The current one ends at once. */
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
            /** @description Null until whoever was named by address from outside has accepted. */
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
            /** @description Mails a new invitation; the link before it stops working. */
            readonly resendInvite?: components["schemas"]["DeclaredAct"];
            /** @description Whether someone who is not a member may get the key, by a mailed link; false by default. */
            readonly external?: boolean;
        };
        readonly ApiKeyAssignmentUpdate: {
            readonly externalId?: components["schemas"]["ExternalId"];
            /** @description Mails a new invitation; the link before it stops working. */
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
                /** @description The times at which a backup took the place of the original, oldest first. */
                readonly restores: readonly {
                    /** @description When the backup was taken. */
                    readonly takenAt: components["schemas"]["Timestamp"];
                    /** @description When it was restored. */
                    readonly restoredAt: components["schemas"]["Timestamp"];
                }[];
            };
            readonly caller: {
                /**
                 * @description What the caller's token is.
                 * @enum {string}
                 */
                readonly kind: "owner" | "api_key";
                /** @description `owner`, or the id of the key. */
                readonly id: string;
                /** @description The user who owns the key. */
                readonly user: string | null;
                /** @description Whether the caller may do everything in every organization. */
                readonly serviceOwner: boolean;
            };
            /** @description The organizations in which the caller may do something. Empty for the service owner, who needs no permissions. */
            readonly organizations: readonly {
                readonly id: string;
                readonly permissions: readonly components["schemas"]["Permission"][];
            }[];
        };
        readonly RunId: string;
        readonly RunReport: {
            /**
             * @description `alive` begins the run and keeps it from falling silent. `ended`: the program has stored every answer. `lost`: it can't, and every object of this run that nobody reports as written is lost.
             * @enum {string}
             */
            readonly status?: "alive" | "ended" | "lost";
            /** @description With `ended`: the externalIds of creates that may have been carried out, and whose answer never came. */
            readonly unanswered?: readonly components["schemas"]["ExternalId"][];
            /** @description The ids of objects that this run made and that the stack's state has. */
            readonly written?: readonly string[];
        };
        readonly Run: {
            readonly id: components["schemas"]["RunId"];
            /**
             * @description `silent`: it has not ended, and nothing was heard of it for six seconds.
             * @enum {string}
             */
            readonly status: "alive" | "silent" | "ended" | "lost";
        };
        /** @enum {string} */
        readonly ObjectKind: "organization" | "user" | "role" | "membership" | "api_key" | "api_key_assignment";
        readonly ManagedObject: {
            readonly id: string;
            readonly kind: components["schemas"]["ObjectKind"];
            readonly externalId: string;
            /** @description The organization that it belongs to. */
            readonly organization: string | null;
            /** @description What people know it by */
            readonly name: string;
            readonly createdAt: components["schemas"]["Timestamp"];
            readonly adopted: components["schemas"]["Adopted"];
            /** @description Whether a create of the caller with `Roster-Run` would take it over: see "Runs and lost creates". */
            readonly lost: boolean;
            /** @description Whether the run that made it is alive, so that it may still become a lost create. */
            readonly unsettled: boolean;
            /** @description The version of what can be set on the object. Only with `include=object`. */
            readonly etag?: string;
            /** @description Only with `include=object`. */
            readonly object?: components["schemas"]["Organization"] | components["schemas"]["User"] | components["schemas"]["Role"] | components["schemas"]["Membership"] | components["schemas"]["ApiKey"] | components["schemas"]["ApiKeyAssignment"];
        };
        readonly ManagedObjectPage: {
            readonly items: readonly components["schemas"]["ManagedObject"][];
            readonly nextCursor: string | null;
        };
        readonly HealthFinding: {
            /** @description The identifier of what the finding is about. */
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
         * @description The entries of one organization, and those of none, each make a chain. Some seconds after a change its entry is sealed: it gets the chain's
         *     next `sequence`, from 1 without a gap, and a `hash` over itself and the hash before it. The service keeps the newest hash, the chain's head,
         *     under a key that is not in the database. So whoever has only the database can't alter, remove, move or insert a sealed entry unnoticed. A
         *     whole database that was put back to an earlier state is consistent: a head that was noted elsewhere shows that too.
         */
        readonly AuditEntry: {
            readonly id: components["schemas"]["AuditEntryId"];
            /** @description Null for what belongs to no organization. */
            readonly organization: string | null;
            readonly at: components["schemas"]["Timestamp"];
            readonly actor: {
                /** @enum {string} */
                readonly kind: "owner" | "api_key" | "user" | "service";
                readonly id: string | null;
            };
            /** @example role.update */
            readonly action: string;
            readonly object: {
                readonly kind: components["schemas"]["ObjectKind"];
                readonly id: string;
            };
            /** @description The members that changed, as they were; never a secret. */
            readonly before: {
                readonly [key: string]: unknown;
            } | null;
            /** @description The members that changed, as they are; never a secret. */
            readonly after: {
                readonly [key: string]: unknown;
            } | null;
            readonly requestId: string;
            /** @description The entry's place in its chain; null until it is sealed. */
            readonly sequence: number | null;
            /**
             * @description SHA-256 over a JSON array in the form of RFC 8785: the hash of the entry before it in the chain, or null for the first, and this entry
             *     without `hash`. Null until it is sealed.
             */
            readonly hash: string | null;
        };
        readonly AuditEntryPage: {
            readonly items: readonly components["schemas"]["AuditEntry"][];
            readonly nextCursor: string | null;
        };
        /**
         * @description - `missing`: no entry has this place, and one had. What the entry after a gap says can't be checked either.
         *     - `altered`: the entry, or its hash, is not what was sealed.
         *     - `surplus`: an entry that nothing sealed stands in this place, or one has a place in no chain of its own.
         *     - `rewritten`: every hash fits the one before it, and the last one is not the head's.
         *     - `head_missing`: the chain has no head, and nothing is sealed any more.
         *     - `head_altered`: the head was not made by this service, and nothing is sealed any more.
         *     - `pepper_missing`: the head can't be checked, because its pepper is not listed.
         * @enum {string}
         */
        readonly AuditFault: "missing" | "altered" | "surplus" | "rewritten" | "head_missing" | "head_altered" | "pepper_missing";
        readonly AuditVerification: {
            /** @description Whose chain it is; null is that of what belongs to no organization. */
            readonly organization: string | null;
            /** @description Whether there is no fault. */
            readonly intact: boolean;
            /** @description Sealed and not yet sealed. */
            readonly entries: number;
            readonly sealed: number;
            /** @description Entries that nothing protects yet: those of the last seconds, unless sealing fails. */
            readonly unsealed: number;
            /** @description When the chain was begun, with its organization unless it was begun anew. */
            readonly since: components["schemas"]["Timestamp"] | null;
            /** @description Entries from before that, which were sealed as they were found. */
            readonly predating: number;
            /** @description The newest seal; worth noting elsewhere. Null where nothing was sealed. */
            readonly head: {
                readonly sequence: number;
                readonly hash: string;
            } | null;
            readonly faultCount: number;
            /** @description The first of them. */
            readonly faults: readonly {
                /** @description The place in the chain. */
                readonly sequence: number | null;
                /** @description The entry's id. */
                readonly entry: string | null;
                readonly fault: components["schemas"]["AuditFault"];
            }[];
        };
        readonly VerificationRequest: {
            /** @description What the caller presented. */
            readonly secret: string;
            /** @description The user-defined API that was called, if it is one. */
            readonly api?: components["schemas"]["ApiName"];
            /**
             * @description The address that the call came from, IPv4 or IPv6; as the calling service knows it, and not as its caller says.
             * @example 203.0.113.7
             */
            readonly address?: string;
        };
        /** @enum {string} */
        readonly VerificationOutcome: "accepted" | "refused";
        /** @enum {string} */
        readonly VerificationRefusal: "unknown" | "revoked" | "expired" | "organization_closed" | "api_access_disabled" | "owner_inactive" | "owner_not_member" | "address_not_allowed" | "not_permitted";
        readonly Verification: {
            readonly outcome: components["schemas"]["VerificationOutcome"];
            /** @description Null where accepted. */
            readonly reason: components["schemas"]["VerificationRefusal"] | null;
            /** @description The API key's id; null where unknown. */
            readonly key: string | null;
            readonly organization: string | null;
            readonly owner: string | null;
            readonly permissions: readonly components["schemas"]["Permission"][];
        };
        readonly Batch: {
            readonly requests: readonly components["schemas"]["BatchRequest"][];
        };
        readonly BatchRequest: {
            /** @enum {string} */
            readonly method: "GET" | "POST" | "PATCH" | "DELETE";
            /** @description With its query, as in a request of its own. */
            readonly path: string;
            /** @description As the header; another one for each request of the batch. */
            readonly idempotencyKey?: string;
            /** @description As the header. */
            readonly ifMatch?: string;
            /** @description The body of a request that has one. */
            readonly body?: {
                readonly [key: string]: unknown;
            };
        };
        readonly BatchAnswer: {
            readonly answers: readonly components["schemas"]["AnswerInBatch"][];
        };
        readonly AnswerInBatch: {
            readonly status: number;
            /** @description Those of `ETag`, `Request-Id`, `Retry-After` and `Idempotency-Replayed` that the answer has, in lower case. */
            readonly headers: {
                readonly [key: string]: string;
            };
            /** @description Null where the answer has none. */
            readonly body: {
                readonly [key: string]: unknown;
            } | null;
        };
        readonly SecretScanningReports: readonly components["schemas"]["SecretScanningReport"][];
        readonly SecretScanningReport: {
            /** @description What was found. */
            readonly token: string;
            /** @description The scanner's name for the form of it. */
            readonly type: string;
            /** @description Where it was found; may be empty. */
            readonly url?: string;
            /** @description In what: the content of a file, a commit, an issue, … */
            readonly source?: string;
        };
        readonly SecretScanningLabels: readonly components["schemas"]["SecretScanningLabel"][];
        readonly SecretScanningLabel: {
            /** @description SHA-256 of what was found, in hexadecimal digits. */
            readonly token_hash: string;
            /** @description As reported. */
            readonly token_type: string;
            /**
             * @description Whether it is or was the secret of an API key.
             * @enum {string}
             */
            readonly label: "true_positive" | "false_positive";
        };
        /** @description A call of a user-defined API, as its verification found it. */
        readonly Message: {
            readonly id: components["schemas"]["MessageId"];
            readonly organization: components["schemas"]["OrganizationId"];
            readonly key: components["schemas"]["ApiKeyId"];
            /** @description The user whose key it is, if any. */
            readonly owner: string | null;
            /** @description A user-defined API's name. */
            readonly api: string;
            readonly outcome: components["schemas"]["VerificationOutcome"];
            /** @description Null where accepted. */
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
            /** @description How many active keys of the organization are assigned to the user. */
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
        /** @description `invalid_request`: the request does not fit this document; `errors` names each place. */
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
        /** @description `unauthenticated`: no token, or one that authenticates nobody, from where the request comes. */
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
        /** @description `unauthenticated`: no signature, or one that no listed key made over this body. */
        readonly Unsigned: {
            headers: {
                readonly "Request-Id": components["headers"]["Request-Id"];
                readonly "Roster-Service": components["headers"]["Roster-Service"];
                /** @description That a signature is needed. */
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
        /** @description `permission_denied`, `plan_required`, `api_access_disabled`, `contact_vendor` or `cannot_remove_self`; of an access check, `not_member`, `user_not_active` or `no_api_key`. */
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
        /** @description `not_found`: there is no such object, or the caller has no access to it. `route_not_found`: there is no such operation. */
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
        /** @description The state of things forbids it: `…_taken`, `already_…`, `role_in_use`, `last_administrator`, `key_not_active`, … */
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
         * @description `precondition_failed`: the object is no longer what If-Match says. `detail` says when it was changed last, and to those who
         *     may read the object's audit (the service owner, and `audit:read`) what was changed, by whom and in which request.
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
        /** @description `rate_limited`: wait as Retry-After says. Too many requests, failed authentications, or mails to one address: see "Limits". */
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
        /** @description `internal_error` or `unavailable`: a fault of the service, or its database accepts no changes now, as with a full disk; `detail` says which. */
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
        /** @description How many items a page has at most. */
        readonly limit: number;
        /** @description The `nextCursor` of the page before. */
        readonly cursor: string;
        /** @description Only the object that carries this externalId. */
        readonly externalId: string;
        /** @description Only what carries an externalId that begins so. */
        readonly externalIdPrefix: string;
        /** @description Only what belongs to this address, in any case. */
        readonly email: components["schemas"]["Email"];
        /** @description Only entries about the object with this id. */
        readonly object: string;
        /** @description The externalId under which the caller manages the object. See "Managers". */
        readonly managedAs: string;
        /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
        readonly ifAdopted: "restore" | "end";
        /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
        readonly ifMatch: string;
        /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
        readonly idempotencyKey: string;
        /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
        readonly run: components["schemas"]["RunId"];
    };
    requestBodies: never;
    headers: {
        /** @description The version of what can be set (RFC 9110). */
        readonly ETag: string;
        /** @description The id of this request in the service's log and audit. */
        readonly "Request-Id": string;
        /** @description The identity of the service that answers, as `getSelf` tells it. */
        readonly "Roster-Service": components["schemas"]["ServiceId"];
        /** @description There on an answer that repeats an earlier one. */
        readonly "Idempotency-Replayed": "true";
        /** @description Requests allowed in the current window; there where the service limits them. */
        readonly "RateLimit-Limit": number;
        /** @description Requests left in it. */
        readonly "RateLimit-Remaining": number;
        /** @description Seconds until it ends. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only the organization with this slug. */
                readonly slug?: components["schemas"]["Slug"];
                /** @description Only the object that carries this externalId. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description The organization as created. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The organization as changed. */
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
    readonly getLogo: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The `ETag` of a logo that the caller has. */
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
            /** @description The caller has it. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only what belongs to this address, in any case. */
                readonly email?: components["parameters"]["email"];
                /** @description Only users of this home organization. */
                readonly homeOrganization?: components["schemas"]["OrganizationId"];
                /** @description Only the object that carries this externalId. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description The user as created. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
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
    readonly updateUser: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The user as changed. */
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
    readonly blockUser: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The user as changed. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly userId: components["schemas"]["UserId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The user as changed. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only the role with this name. */
                readonly name?: string;
                /** @description Only the object that carries this externalId. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description The role as created. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The role as changed. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only memberships of this status. */
                readonly status?: components["schemas"]["MembershipStatus"];
                /** @description Only this user's memberships. */
                readonly user?: components["schemas"]["UserId"];
                /** @description Only what belongs to this address, in any case. */
                readonly email?: components["parameters"]["email"];
                /** @description Only the object that carries this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
                /** @description Only what carries an externalId that begins so. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description The membership as created. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The membership as changed. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only keys of this kind. */
                readonly kind?: components["schemas"]["ApiKeyKind"];
                /** @description Only keys of this status. */
                readonly status?: components["schemas"]["ApiKeyStatus"];
                /** @description Only keys that this user owns. */
                readonly owner?: components["schemas"]["UserId"];
                /** @description Only keys of this name. */
                readonly name?: string;
                /** @description Only the object that carries this externalId. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description The API key as created, with its plaintext. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The API key as taken in. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            readonly path: {
                readonly apiKeyId: components["parameters"]["apiKeyId"];
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
    readonly updateApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description The externalId under which the caller manages the object. See "Managers". */
                readonly managedAs?: components["parameters"]["managedAs"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The API key as changed. */
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
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The API key as it is then. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only this user's assignments. */
                readonly user?: components["schemas"]["UserId"];
                /** @description Only what belongs to this address, in any case. */
                readonly email?: components["parameters"]["email"];
                /** @description Only the object that carries this externalId. */
                readonly externalId?: components["parameters"]["externalId"];
                /** @description Only what carries an externalId that begins so. */
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
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
                readonly "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description The assignment as created. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description What to do with an object that the caller, who names itself in `managedAs`, has adopted. `restore` by default. See "Adoption". */
                readonly ifAdopted?: components["parameters"]["ifAdopted"];
            };
            readonly header?: {
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
                /** @description The `ETag` of the state that the change starts from; left out, the change is made whatever that state is. */
                readonly "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Names this one mutation of this principal; best 256 random bits, as base64url. */
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
            /** @description The assignment as changed. */
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
                /** @description Only this kind of object. Without it, every kind that the caller may read. */
                readonly kind?: components["schemas"]["ObjectKind"];
                /** @description What the externalId begins with. */
                readonly externalIdPrefix: string;
                /** @description `omit` leaves out what has another `/` in its externalId after the prefix: the entries of sets. */
                readonly entries?: "omit";
                /** @description Only lost creates, which a create of the caller would take over. */
                readonly lost?: "true";
                /** @description `object` has every item hold the object, as reading it by its id gives it, and its ETag. */
                readonly include?: "object";
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
            };
            readonly header?: {
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
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
            /** @description What was found. */
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
            /** @description What was found. */
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
                /** @description Names the run of the program that asks: a UUIDv7 in lower case, made once when the process starts. See "Runs and lost creates". */
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
            /** @description An answer for each request, in their order. */
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
            /** @description What is known of the secret. */
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
            /** @description What is known of each, in the same order. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
                readonly cursor?: components["parameters"]["cursor"];
                /** @description Only messages of this key. */
                readonly key?: components["schemas"]["ApiKeyId"];
                /** @description Only messages of keys that this user owns. */
                readonly owner?: components["schemas"]["UserId"];
                /** @description Only messages of this outcome. */
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
                    /** @description A new key is listed before it signs; see docs/operations.md. */
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
                /** @description How many items a page has at most. */
                readonly limit?: components["parameters"]["limit"];
                /** @description The `nextCursor` of the page before. */
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
            /** @description It is. */
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
            /** @description It can; the database answers. */
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
            /** @description Not now; `code` is `unavailable`. */
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
export const apiKeyKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyKind"]> = ["server", "webapi", "user"];
export const apiKeyFormatValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyFormat"]> = ["opaque", "jwt"];
export const apiKeyStateValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyState"]> = ["active", "revoked"];
export const apiKeyStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyStatus"]> = ["active", "expired", "revoked"];
export const apiKeyAssignmentStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ApiKeyAssignmentStatus"]> = ["pending", "active", "expired"];
export const permissionValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Permission"]> = ["organization:read", "organization:update", "subscription:read", "subscription:update", "members:read", "members:manage", "users:read", "users:create", "users:manage", "roles:read", "roles:assign", "roles:manage", "keys:read", "keys:create", "keys:assign", "keys:revoke", "keys:verify", "audit:read", "data:edit", "flows:run", "flows:read", "messages:read", "messages:read_own", "api:call"];
export const builtInRoleValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["BuiltInRole"]> = ["super_admin", "administrator", "customer_admin", "auditor", "editor", "operator", "viewer", "member", "api_user"];
export const refusalCodeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["RefusalCode"]> = ["invalid_request", "unauthenticated", "permission_denied", "plan_required", "api_access_disabled", "contact_vendor", "cannot_remove_self", "billing_failed", "not_member", "user_not_active", "no_api_key", "not_found", "route_not_found", "slug_taken", "email_taken", "name_taken", "external_id_taken", "already_member", "already_assigned", "role_in_use", "last_administrator", "key_not_active", "generation_conflict", "secret_in_use", "organization_closed", "managed_elsewhere", "idempotency_in_progress", "precondition_failed", "payload_too_large", "unsupported_media_type", "unprocessable", "user_not_found", "role_not_found", "idempotency_key_reused", "rate_limited", "internal_error", "unavailable"];
export const fieldErrorInValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["FieldError"]["in"]> = ["body", "query", "path", "header"];
export const logoMediaTypeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["LogoMediaType"]> = ["image/png", "image/jpeg", "image/webp"];
export const selfCallerKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Self"]["caller"]["kind"]> = ["owner", "api_key"];
export const runReportStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["RunReport"]["status"]> = ["alive", "ended", "lost"];
export const runStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Run"]["status"]> = ["alive", "silent", "ended", "lost"];
export const objectKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["ObjectKind"]> = ["organization", "user", "role", "membership", "api_key", "api_key_assignment"];
export const healthFindingKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["HealthFinding"]["kind"]> = ["organization_without_administrator"];
export const auditEntryActorKindValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AuditEntry"]["actor"]["kind"]> = ["owner", "api_key", "user", "service"];
export const auditFaultValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["AuditFault"]> = ["missing", "altered", "surplus", "rewritten", "head_missing", "head_altered", "pepper_missing"];
export const verificationOutcomeValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["VerificationOutcome"]> = ["accepted", "refused"];
export const verificationRefusalValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["VerificationRefusal"]> = ["unknown", "revoked", "expired", "organization_closed", "api_access_disabled", "owner_inactive", "owner_not_member", "address_not_allowed", "not_permitted"];
export const batchRequestMethodValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["BatchRequest"]["method"]> = ["GET", "POST", "PATCH", "DELETE"];
export const secretScanningLabelLabelValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SecretScanningLabel"]["label"]> = ["true_positive", "false_positive"];
export const signingKeyAlgValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SigningKey"]["alg"]> = ["EdDSA", "ES256"];
export const signingKeyUseValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["SigningKey"]["use"]> = ["sig"];
export const healthStatusValues: ReadonlyArray<FlattenedDeepRequired<components>["schemas"]["Health"]["status"]> = ["ok"];
export const componentsParametersIfAdoptedValues: ReadonlyArray<FlattenedDeepRequired<components>["parameters"]["ifAdopted"]> = ["restore", "end"];
export const componentsHeadersIdempotencyReplayedValues: ReadonlyArray<FlattenedDeepRequired<components>["headers"]["Idempotency-Replayed"]> = ["true"];
/** What the contract's `ApiKeySecret` looks like. */
export const apiKeySecretPattern: RegExp = /^rst_(server|webapi|user)_[0-9A-Za-z]{49}$/;
/** What the contract's `Email` looks like. */
export const emailPattern: RegExp = /^[^\s\u0000-\u001F"(),.:;<>@\[\\\]\u007F-\u009F]+(?:\.[^\s\u0000-\u001F"(),.:;<>@\[\\\]\u007F-\u009F]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
