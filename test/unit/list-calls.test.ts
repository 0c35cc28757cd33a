/** The pages of a list, and what is refused. What is listed is in test/e2e/plugin/list.test.ts. */
import { describe, expect, test } from "vitest";
import { type ListCall, listPage } from "../../provider/calls/list-calls.ts";
import { listings } from "../../provider/kinds/listings.ts";
import { objectLifecycles } from "../../provider/kinds/registry.ts";
import { Client } from "../../provider/wire/client.ts";

const id = (digit: number) => `usr_${String(digit).repeat(32)}`;

/** A client of a service with four users, which it lists in no order. */
class ClientOfFour extends Client {
  override list<Item>(): Promise<Item[]> {
    return Promise.resolve([3, 1, 4, 2].map((digit) => ({ id: id(digit), email: `${digit}@example.com` })) as Item[]);
  }
}

const client = new ClientOfFour({ endpoint: "http://127.0.0.1:1", token: "token-of-a-test", timeoutMs: 1000 });
const call: ListCall = { kind: "User", query: {}, limit: 0, pageSize: 0, continuation: "" };

/** The pages that a caller gets who asks for one after another. */
async function pages(one: Partial<ListCall>): Promise<string[][]> {
  const found: string[][] = [];
  let continuation: string | undefined = "";
  while (continuation !== undefined) {
    const page = await listPage(() => client, { ...call, ...one, continuation });
    found.push(page.items.map(({ name }) => name.charAt(0)));
    continuation = page.continuation;
  }
  return found;
}

describe("the pages of a list", () => {
  test.each([
    [{}, [["1", "2", "3", "4"]]],
    [{ limit: 3 }, [["1", "2", "3"]]],
    [{ limit: 9 }, [["1", "2", "3", "4"]]],
    [
      { pageSize: 2 },
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    [{ pageSize: 3 }, [["1", "2", "3"], ["4"]]],
    [{ pageSize: 2, limit: 3 }, [["1", "2"], ["3"]]],
    [{ pageSize: 9, limit: 1 }, [["1"]]],
  ])("with %j are %j", async (one, expected) => {
    expect(await pages(one)).toEqual(expected);
  });
});

test.each([
  [
    { kind: "OrganizationMembers" },
    /^Resources of the kind OrganizationMembers can't be listed\. Those of these kinds can: Organization, /,
  ],
  [{ kind: "Role" }, /^Role: organization: it is required/],
  [{ kind: "Role", query: { organization: "" } }, /^Role: organization: it must not be empty/],
  [{ kind: "Role", query: { organization: "a/b" } }, /^"a\/b" is not an id of the kind Organization/],
  [{ kind: "User", query: { team: "x" } }, /^User: team: /],
  [{ continuation: "2" }, /^The continuation token is not one/],
])("%j is refused", async (one, message) => {
  await expect(listPage(() => client, { ...call, ...one })).rejects.toThrow(message);
});

test("every kind with objects of its own can be listed, but the profile, of which an organization has one", () => {
  const kinds = objectLifecycles.map(({ kind }) => kind).filter((kind) => kind !== "OrganizationProfile");
  expect(listings.map(({ kind }) => kind)).toEqual(kinds);
});
