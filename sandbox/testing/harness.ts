import { startSandbox, type Sandbox, type SandboxOptions } from "../server";
import { presetTenants } from "../state/presets";

export const DEFENDER_SCOPE = "https://api.securitycenter.microsoft.com/.default";
export const MANAGEMENT_SCOPE = "https://management.azure.com/.default";

const [contoso, fabrikam] = presetTenants();
if (contoso === undefined || fabrikam === undefined) throw new Error("The presets hold two tenants.");

export const CONTOSO = contoso;
export const FABRIKAM = fabrikam;

/** A preset application with its tenant and first secret. */
type Credential = { tenantId: string; clientId: string; clientSecret: string };

/** The credential of a preset application by its display name; throws when there is none. */
export const credentialOf = (displayName: string): Credential => {
  for (const tenant of [CONTOSO, FABRIKAM]) {
    const application = tenant.applications.find((one) => one.displayName === displayName);
    const secret = application?.secrets[0];
    if (application !== undefined && secret !== undefined) {
      return { tenantId: tenant.tenantId, clientId: application.clientId, clientSecret: secret.value };
    }
  }
  throw new Error(`The presets hold no application ${displayName}.`);
};

/** The workspace of that name; throws when the presets hold none. */
export const workspaceOf = (name: string) => {
  const workspace = [CONTOSO, FABRIKAM]
    .flatMap(({ workspaces }) => workspaces)
    .find((one) => one.name === name);
  if (workspace === undefined) throw new Error(`The presets hold no workspace ${name}.`);
  return workspace;
};

type Answer = { status: number; headers: Headers; text: string; body: unknown };

export type Harness = Sandbox & {
  request: (
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ) => Promise<Answer>;
  /** Posts a form to the token endpoint of a tenant. */
  askToken: (tenant: string, form: Record<string, string>) => Promise<Answer>;
  /** An access token of a preset application; throws when it is refused. */
  token: (displayName: string, scope?: string) => Promise<string>;
  /** A request with a token of that application for the service the path belongs to. */
  as: (displayName: string, method: string, path: string, body?: unknown) => Promise<Answer>;
  control: (method: string, path: string, body?: unknown) => Promise<Answer>;
};

/** A sandbox of one's own on a free port, with the calls that tests make most. */
export const startHarness = async (options: SandboxOptions = {}): Promise<Harness> => {
  const sandbox = await startSandbox({ port: 0, ...options });

  const request: Harness["request"] = async (method, path, { body, headers = {} } = {}) => {
    const isRaw = typeof body === "string" || body instanceof URLSearchParams;
    const response = await fetch(path.startsWith("http") ? path : `${sandbox.url}${path}`, {
      method,
      redirect: "manual",
      headers: { ...(isRaw || body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  const askToken: Harness["askToken"] = (tenant, form) =>
    request("POST", `/entra/${tenant}/oauth2/v2.0/token`, { body: new URLSearchParams(form) });
  const tokens = new Map<string, Promise<string>>();
  const issue = async (displayName: string, scope: string): Promise<string> => {
    const { tenantId, clientId, clientSecret } = credentialOf(displayName);
    const answer = await askToken(tenantId, {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    });
    const issued = pick(answer.body, "access_token");
    if (typeof issued !== "string") throw new Error(`No token for ${displayName}: ${answer.text}`);
    return issued;
  };
  const token: Harness["token"] = (displayName, scope = DEFENDER_SCOPE) => {
    const key = `${displayName} ${scope}`;
    const issued = tokens.get(key) ?? issue(displayName, scope);
    tokens.set(key, issued);
    return issued;
  };
  return {
    ...sandbox,
    request,
    askToken,
    token,
    as: async (displayName, method, path, body) =>
      request(method, path, {
        body,
        headers: {
          authorization: `Bearer ${await token(displayName, path.startsWith("/defender") ? DEFENDER_SCOPE : MANAGEMENT_SCOPE)}`,
        },
      }),
    control: (method, path, body) => {
      // Steering may move the clock or take a role away, after which a known token would mislead.
      if (method !== "GET") tokens.clear();
      return request(method, `/_control${path}`, { body });
    },
  };
};

/** A value inside a parsed answer by its path; undefined where there is none. */
export const pick = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? Object.entries(inner).find(([name]) => name === String(key))?.[1]
        : undefined,
    value,
  );

/** The list inside a parsed answer by its path; throws when there is none. */
export const pickList = (value: unknown, ...path: (string | number)[]): unknown[] => {
  const list = pick(value, ...path);
  if (!Array.isArray(list)) throw new Error(`No list at ${path.join(".")} in ${JSON.stringify(value)}.`);
  return list;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
