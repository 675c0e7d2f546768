// A provider of OpenID Connect for tests. The test registers clients and accounts, and signs tokens, through /control.
// It prints its address, and runs until its input ends.
import { createServer } from "node:http";
import { createSign, generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const newKey = kid => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { privateKey, jwk: { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" } };
};
const keys = { own: newKey("own"), other: newKey("other") };
const now = Date.now;
const clients = new Map();
const accounts = new Map();

// Everything is in memory. Only clients come from the test.
class Store {
  static rows = new Map();
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) { Store.rows.set(this.key(id), payload); }
  async find(id) { return this.name === "Client" ? clients.get(id) : Store.rows.get(this.key(id)); }
  async findByUid(uid) { return [...Store.rows].find(([key, one]) => key.startsWith(`${this.name}:`) && one.uid === uid)?.[1]; }
  async findByUserCode() {}
  async destroy(id) { Store.rows.delete(this.key(id)); }
  async revokeByGrantId(grant) { for (const [key, one] of Store.rows) if (one.grantId === grant) Store.rows.delete(key); }
  async consume(id) { Store.rows.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
}

const read = async request => {
  let text = "";
  for await (const part of request) text += part;
  return text;
};

const encode = value => Buffer.from(JSON.stringify(value)).toString("base64url");
const sign = ({ header, payload, key }) => {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(keys[key].privateKey, "base64url")}`;
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const make = () => new Provider(issuer, {
    adapter: Store,
    jwks: { keys: [keys.own.jwk] },
    cookies: { keys: ["a key for tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: process.argv.includes("--claims-at-endpoint"),
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    // It refuses to call this machine otherwise.
    fetch: (address, { dispatcher, ...rest }) => globalThis.fetch(address, rest),
    findAccount: (_, id) => accounts.has(id) && { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) },
    // Nobody is asked for consent.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  let provider = make();
  let handle = provider.callback();

  const control = {
    client: ({ origin, id, name }) => {
      const at = `${origin}/sign-in/provider/${name}`;
      clients.set(id, {
        client_id: id, client_secret: "a secret for tests", redirect_uris: [`${at}/callback`],
        token_endpoint_auth_method: "client_secret_post",
        backchannel_logout_uri: `${at}/backchannel-logout`, backchannel_logout_session_required: true,
      });
    },
    account: ({ sub, ...claims }) => { accounts.set(sub, claims); },
    // A test may have put the site's clock forward.
    clock: ({ ahead }) => { Date.now = () => now() + ahead; },
    sign,
    // From now on it has another key.
    rotate: () => {
      keys.own = newKey("new");
      provider = make();
      handle = provider.callback();
    },
    logout: async ({ client, sub, sid }) => { await (await provider.Client.find(client)).backchannelLogout(sub, sid); },
  };

  const page = accountIds => `<!doctype html><html lang="en"><title>Test provider</title><h1>Test provider</h1><form method="post">
    ${accountIds.map(id => `<p><button name="account" value="${id}">Sign in as ${id}</button></p>`).join("")}
    <p><button name="account" value="">Cancel</button></p></form></html>`;

  server.on("request", async (request, response) => {
    try {
      if (request.url.startsWith("/control/")) {
        const answer = await control[request.url.slice("/control/".length)](JSON.parse(await read(request)));
        response.end(answer ?? "");
      } else if (request.url.startsWith("/interaction/")) {
        if (request.method === "POST") {
          const account = new URLSearchParams(await read(request)).get("account");
          await provider.interactionFinished(
            request, response, account ? { login: { accountId: account } } : { error: "access_denied" }, { mergeWithLastSubmission: false });
        } else {
          response.setHeader("content-type", "text/html").end(page([...accounts.keys()]));
        }
      } else {
        handle(request, response);
      }
    } catch (failure) {
      response.statusCode = 500;
      response.end(String(failure.stack));
    }
  });
  console.log(issuer);
});
process.stdin.on("end", () => process.exit()).resume();
