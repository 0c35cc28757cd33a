/** A user-defined API: it answers callers whose key the service accepts for this API. */
import { createServer } from "node:http";

const { ROSTER_ENDPOINT: endpoint, ROSTER_TOKEN: token, PORT: port = "4681" } = process.env;
if (endpoint === undefined || token === undefined) {
  throw new Error("set ROSTER_ENDPOINT, and ROSTER_TOKEN to a key that holds keys:verify");
}

interface Verification {
  readonly outcome: "accepted" | "refused";
  readonly owner: string | null;
}

/**
 * Verifies the key that a caller presents for this API.
 *
 * @param address the caller's address; behind a proxy, the address that the proxy reports
 * @returns the seconds to wait, if too many unknown keys came from this address
 */
async function verify(secret: string, address: string | undefined): Promise<Verification | string> {
  const response = await fetch(`${endpoint}/v1/verifications`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ secret, api: "orders", address }),
    signal: AbortSignal.timeout(5000),
  });
  if (response.status === 429) {
    return response.headers.get("retry-after") ?? "60";
  }
  if (!response.ok) {
    throw new Error(`the verification was answered with ${response.status}`);
  }
  return response.json() as Promise<Verification>;
}

const server = createServer(async (request, response) => {
  const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  const secret = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  try {
    // Verify the key for every call, so that a revoked key stops working immediately.
    const verification = secret === undefined ? undefined : await verify(secret, request.socket.remoteAddress);
    if (typeof verification === "string") {
      answer(429, { error: "too many wrong keys came from your network" }, { "retry-after": verification });
    } else if (verification?.outcome === "accepted") {
      answer(200, { orders: [{ id: 1, item: "Slide rule" }], calledBy: verification.owner });
    } else {
      answer(401, { error: "the key is not accepted" }, { "www-authenticate": "Bearer" });
    }
  } catch (error) {
    process.stderr.write(`${error}\n`);
    answer(503, { error: "the key can't be verified now" });
  }
});
server.listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify(server.address())}\n`);
});
