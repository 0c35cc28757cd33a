/** API keys in the form of a JWT: what is signed how, and every token that is refused. */
import { createPublicKey, type webcrypto } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { elsewhere } from "./support/client.ts";
import { encode, keyed, type PrivateJwk, read, signed, type Token } from "./support/jwt.ts";
import { makeScenario, nobody, type Scenario } from "./support/scenario.ts";
import { keyMaterial, makeSigningKey, onEachDatabase } from "./support/service.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** The same for whatever is wrong with a token. */
const unauthenticated =
  "The token is not valid. Check that it is complete, has not been revoked and has not expired, and is allowed from this address.";

const algorithms = ["EdDSA", "ES256"] as const;

const signers = { EdDSA: makeSigningKey("ed"), ES256: makeSigningKey("es", "ES256") };
const retired = makeSigningKey("ed-retired");

function publicOf(jwk: PrivateJwk) {
  return createPublicKey({ key: jwk as webcrypto.JsonWebKey, format: "jwk" });
}

onEachDatabase("JWT keys", (service) => {
  const verify = async (secret: string) => await service().as().do("verifyApiKey", { body: { secret } });

  const makeJwt = async (scenario: Scenario, endDate?: string) => {
    const { user } = await scenario.member("api_user");
    const key = await scenario.key({ kind: "user", format: "jwt", owner: user.id, ...(endDate && { endDate }) });
    return { user, key, ...read(key.key) };
  };

  /** Whoever presents these is nobody, by every way in, for the same reason, and leaves no trace. */
  const expectNobody = async ({ path }: Scenario, tokens: Readonly<Record<string, string>>) => {
    const before = await service().dump();
    for (const [title, token] of Object.entries(tokens)) {
      expect(await verify(token), title).toEqual(nobody);
      const problem = await service().as(token, elsewhere()).refused("unauthenticated", "getOrganization", { path });
      expect(problem.detail, title).toBe(unauthenticated);
    }
    expect(await service().dump()).toBe(before);
  };

  /** Refused as the key that it is, by every way in, without a trace. */
  const expectRefused = async ({ path }: Scenario, token: string, reason: string) => {
    const before = await service().dump();
    expect(await verify(token)).toMatchObject({ outcome: "refused", reason, permissions: [] });
    const problem = await service().as(token, elsewhere()).refused("unauthenticated", "getOrganization", { path });
    expect(problem.detail).toBe(unauthenticated);
    expect(await service().dump()).toBe(before);
  };

  test("are signed with EdDSA unless another key is listed, and name organization, owner and identity only", async () => {
    const scenario = await makeScenario(service());
    const { user, header, claims } = await makeJwt(scenario);
    expect(header).toEqual({ alg: "EdDSA", kid: "first", typ: "JWT" });
    const iat = expect.any(Number);
    const jti = expect.stringMatching(/^[\w-]{43}$/);
    expect(claims).toEqual({ iss: "urn:roster", aud: scenario.organization.id, sub: user.id, jti, iat });
  });

  describe.each(algorithms)("signed with %s", (alg) => {
    const signer = signers[alg];
    const other = signers[alg === "EdDSA" ? "ES256" : "EdDSA"];
    const kid = alg === "EdDSA" ? "ed" : "es";
    const otherKid = alg === "EdDSA" ? "es" : "ed";

    beforeAll(async () => {
      await service().start({ signingKeyList: [keyMaterial.signingKey, retired, other, signer] });
    });

    test("authenticate, and verify with the published keys alone, which hold nothing private", async () => {
      const scenario = await makeScenario(service());
      const { key, header, user } = await makeJwt(scenario);
      expect(header).toEqual({ alg, kid, typ: "JWT" });
      expect(await verify(key.key)).toMatchObject({ outcome: "accepted", key: key.id, owner: user.id });
      const response = await service().as().send("getSigningKeys");
      expect(response.headers["cache-control"]).toBe("public, max-age=300");
      const { keys }: JSONWebKeySet = response.json();
      expect(keys.map((one) => one.kid)).toEqual(["first", "ed-retired", otherKid, kid]);
      for (const one of keys) {
        const members =
          one.kty === "EC" ? ["alg", "crv", "kid", "kty", "use", "x", "y"] : ["alg", "crv", "kid", "kty", "use", "x"];
        expect(Object.keys(one).sort()).toEqual(members);
      }
      const expected = { issuer: "urn:roster", audience: scenario.organization.id, subject: user.id };
      await jwtVerify(key.key, createLocalJWKSet({ keys }), expected);
    });

    const forgeriesOf = async (scenario: Scenario): Promise<{ token: Token; sign: (claims: object) => string }> => {
      const token = await makeJwt(scenario);
      const sign = (claims: object) => signed(token.header, { ...token.claims, ...claims }, signer);
      // What the tests forge would be accepted, but for what each of them changes.
      expect(await verify(sign({}))).toMatchObject({ outcome: "accepted" });
      return { token, sign };
    };

    test("with another algorithm are nobody's", async () => {
      const scenario = await makeScenario(service());
      const { header, claims } = (await forgeriesOf(scenario)).token;
      const right = signed(header, claims, signer);
      const [, content, signature] = right.split(".");
      const spki = publicOf(signer).export({ type: "spki", format: "pem" });
      const { x = "" } = publicOf(signer).export({ format: "jwk" });
      const hmac = { ...header, alg: "HS256" };
      await expectNobody(scenario, {
        "none, unsigned": `${encode({ ...header, alg: "none" })}.${content}.`,
        "none, in other letters": `${encode({ ...header, alg: "nOnE" })}.${content}.`,
        "none, with the signature": `${encode({ ...header, alg: "none" })}.${content}.${signature}`,
        "no algorithm": signed({ kid, typ: "JWT" }, claims, signer),
        "HS256 by the public key in PEM": keyed(hmac, claims, spki),
        "HS256 by the public key in DER": keyed(hmac, claims, publicOf(signer).export({ type: "spki", format: "der" })),
        "HS256 by the public key's coordinate": keyed(hmac, claims, Buffer.from(x, "base64url")),
        "HS256 by nothing": keyed(hmac, claims, ""),
        "the other algorithm under this key's name": signed(
          { ...header, alg: alg === "EdDSA" ? "ES256" : "EdDSA" },
          claims,
          other,
        ),
        "the other algorithm, signed by this key": signed(
          { ...header, alg: alg === "EdDSA" ? "ES256" : "EdDSA" },
          claims,
          signer,
        ),
      });
    });

    test("by another key are nobody's", async () => {
      const scenario = await makeScenario(service());
      const { header, claims } = (await forgeriesOf(scenario)).token;
      const stranger = makeSigningKey(kid, alg);
      await expectNobody(scenario, {
        "another service's of the same name": signed(header, claims, stranger),
        "another service's of its own name": signed({ ...header, kid: "theirs" }, claims, stranger),
        "no name": signed({ ...header, kid: undefined }, claims, signer),
        "a name that is no text": signed({ ...header, kid: 0 }, claims, signer),
        "a name that every object has": signed({ ...header, kid: "constructor" }, claims, signer),
        "the name of another listed key": signed({ ...header, kid: otherKid }, claims, signer),
        "the name of a listed key of the same algorithm": signed({ ...header, kid: "ed-retired" }, claims, signer),
        // Its signature holds: the key was signed by another one, and that is stored.
        "another listed key, under its own name": signed(
          { ...header, alg: "EdDSA", kid: "ed-retired" },
          claims,
          retired,
        ),
      });
    });

    test("by a key that they bring along, or say where to get, are nobody's, and nobody is asked for it", async () => {
      const scenario = await makeScenario(service());
      const { header, claims } = (await forgeriesOf(scenario)).token;
      const stranger = makeSigningKey("theirs", alg);
      const jwk = publicOf(stranger).export({ format: "jwk" });
      const asked: string[] = [];
      const server = createServer(({ url = "" }, response) => {
        asked.push(url);
        response.end(JSON.stringify({ keys: [{ ...jwk, kid, alg }] }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
      const brought = { jwk, jku: url, x5u: url, x5c: [encode("certificate")] };
      const forgeries = Object.entries(brought).flatMap(([member, value]) =>
        [kid, "theirs", undefined].map((name) => {
          return [
            `${member} under ${name}`,
            signed({ ...header, kid: name, [member]: value }, claims, stranger),
          ] as const;
        }),
      );
      await expectNobody(scenario, Object.fromEntries(forgeries));
      expect(asked).toEqual([]);
    });

    test("that ask for what isn't understood are nobody's", async () => {
      const scenario = await makeScenario(service());
      const { header, claims } = (await forgeriesOf(scenario)).token;
      await expectNobody(scenario, {
        "a critical extension": signed({ ...header, crit: ["roster"], roster: true }, claims, signer),
        "a critical extension that isn't there": signed({ ...header, crit: ["exp"] }, claims, signer),
        "no critical extension at all": signed({ ...header, crit: [] }, claims, signer),
        "content that isn't encoded": signed({ ...header, crit: ["b64"], b64: false }, claims, signer),
      });
    });

    test("with other claims are nobody's, although the signature holds", async () => {
      const scenario = await makeScenario(service());
      const foreign = await makeJwt(await makeScenario(service()));
      const { token, sign } = await forgeriesOf(scenario);
      const ofColleague = await makeJwt(scenario);
      const raw = JSON.stringify(token.claims).replace(/\}$/, ',"exp":1e400}');
      await expectNobody(scenario, {
        "another issuer": sign({ iss: "urn:other" }),
        "no issuer": sign({ iss: undefined }),
        "another organization": sign({ aud: foreign.claims.aud }),
        "several organizations": sign({ aud: [token.claims.aud, foreign.claims.aud] }),
        "no organization": sign({ aud: undefined }),
        "another owner": sign({ sub: ofColleague.claims.sub }),
        "another organization's owner": sign({ sub: foreign.claims.sub }),
        "no owner": sign({ sub: undefined }),
        "an identity that isn't stored": sign({ jti: "x".repeat(43) }),
        "a colleague's identity": sign({ jti: ofColleague.claims.jti }),
        "another organization's identity": sign({ jti: foreign.claims.jti }),
        "no identity": sign({ jti: undefined }),
        "an identity that is no text": sign({ jti: [token.claims.jti] }),
        "an end that is text": sign({ exp: "2100-01-01" }),
        "an end that is no time": signed(token.header, raw, signer),
        "no claims": signed(token.header, "null", signer),
        "a list of claims": signed(token.header, [token.claims], signer),
        "claims that are no JSON": signed(token.header, "claims", signer),
      });
    });

    test("that are garbled, nested or in another form are nobody's", async () => {
      const scenario = await makeScenario(service());
      const { header, claims } = (await forgeriesOf(scenario)).token;
      const right = signed(header, claims, signer);
      const [head = "", content = "", signature = ""] = right.split(".");
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      // Its last character has bits to spare: this one decodes to the same bytes.
      const last = alphabet.indexOf(signature.slice(-1));
      const same = signature.slice(0, -1) + alphabet[last ^ 1];
      expect(Buffer.from(same, "base64url").equals(Buffer.from(signature, "base64url"))).toBe(true);
      await expectNobody(scenario, {
        "without a signature": `${head}.${content}.`,
        "without the last part": `${head}.${content}`,
        "with a part more": `${right}.${signature}`,
        "with a signature cut off": right.slice(0, -2),
        "with a longer signature": `${right}AA`,
        "with a signature that only decodes the same": `${head}.${content}.${same}`,
        "with padding": `${head}.${content}.${signature}==`,
        "with other content": `${head}.${encode({ ...claims, iat: 0 })}.${signature}`,
        "with a header that isn't JSON": `${encode("eyJ")}.${content}.${signature}`,
        "a token within": signed({ ...header, cty: "JWT" }, right, signer),
        encrypted: `${encode({ alg: "dir", enc: "A256GCM", kid })}..${content}.${signature}.${signature}`,
        "its identity alone": String(claims.jti),
        "its identity as it is stored": `jwt-${claims.jti}`,
        "its content alone": content,
      });
      const stored = await verify(`jwt ${claims.jti}`);
      expect(stored).toEqual(nobody);
    });

    test("of a key that is revoked, rotated away or over are refused, whatever they say themselves", async () => {
      const scenario = await makeScenario(service());
      await scenario.owner.do("updateOrganization", {
        path: scenario.path,
        body: { settings: { allowExpiringJwt: true } },
      });
      const revoked = await makeJwt(scenario);
      await scenario.owner.do("revokeApiKey", { path: { apiKeyId: revoked.key.id } });
      await expectRefused(scenario, revoked.key.key, "revoked");
      const rotated = await makeJwt(scenario);
      await scenario.owner.do("rotateApiKey", { path: { apiKeyId: rotated.key.id }, body: { generation: 2 } });
      await expectRefused(scenario, rotated.key.key, "revoked");
      const { header, claims } = await makeJwt(scenario);
      const now = Math.floor(service().now().getTime() / 1000);
      await expectRefused(scenario, signed(header, { ...claims, exp: now - 1 }, signer), "expired");
      // The stored end counts, where the token's own is later.
      const ending = await makeJwt(scenario, new Date(service().now().getTime() + dayMs).toISOString());
      const later = signed(ending.header, { ...ending.claims, exp: now + 100 * 86_400 }, signer);
      expect(await verify(later)).toMatchObject({ outcome: "accepted" });
      service().advance(dayMs);
      await expectRefused(scenario, later, "expired");
      await expectRefused(scenario, ending.key.key, "expired");
    });
  });
});
