import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { z } from "zod";

/** What an application asks of the person's browser. */
const questionSchema = z.object({
  client_id: z.string(),
  redirect_uri: z.url(),
  state: z.string(),
  nonce: z.string(),
  code_challenge: z.string(),
  code_challenge_method: z.literal("S256"),
  response_type: z.literal("code"),
});
type Question = z.infer<typeof questionSchema>;

/** Plays Entra ID for one tenant, to whom an application sends people: discovery, keys and tokens by code, as OpenID Connect says. */
export const startIdentityProvider = async (
  application: { clientId: string; secret: string },
  tenant: string,
) => {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg: "RS256" };
  const codes = new Map<string, { question: Question; claims: JWTPayload }>();

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const path = new URL(request.url ?? "/", origin).pathname;
    if (path === `/${tenant}/v2.0/.well-known/openid-configuration`)
      return {
        issuer,
        authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
        token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
        jwks_uri: `${origin}/keys`,
      };
    if (path === "/keys") return { keys: [jwk] };
    if (path === `/${tenant}/oauth2/v2.0/token`) return redeem(request);
    throw new Error(`Nothing stands at ${path}.`);
  };

  const redeem = async (request: IncomingMessage) => {
    const form = new URLSearchParams(await readText(request));
    if (form.get("client_id") !== application.clientId || form.get("client_secret") !== application.secret)
      throw new Error("The application did not prove itself.");
    const found = codes.get(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (found?.question.code_challenge !== challenge) throw new Error("The code is another browser's.");
    codes.clear();
    return { token_type: "Bearer", access_token: "of no use", expires_in: 3600, id_token: await sign(found) };
  };

  const sign = ({ question, claims }: { question: Question; claims: JWTPayload }): Promise<string> =>
    new SignJWT({ iss: issuer, aud: question.client_id, nonce: question.nonce, tid: tenant, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: jwk.kid })
      .setSubject(randomUUID())
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(privateKey);

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
      (error: unknown) =>
        response
          .writeHead(400, { "content-type": "application/json" })
          .end(JSON.stringify({ error: "invalid_request", error_description: String(error) })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The identity provider has no port.");
  const origin = `http://127.0.0.1:${String(address.port)}`;
  const issuer = `${origin}/${tenant}/v2.0`;

  return {
    origin,
    /** The person signs in there, as somebody of whom the tenant says this; gives where their browser is led back to. */
    signInAt: (location: string, claims: JWTPayload): URL => {
      const url = new URL(location);
      if (url.origin !== origin) throw new Error(`The person was led to ${url.origin}.`);
      const question = questionSchema.parse(Object.fromEntries(url.searchParams));
      const code = randomUUID();
      codes.set(code, { question, claims });
      const back = new URL(question.redirect_uri);
      back.search = new URLSearchParams({ code, state: question.state }).toString();
      return back;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(z.instanceof(Buffer).parse(chunk));
  return Buffer.concat(chunks).toString("utf8");
};
