import { randomUUID } from "node:crypto";

import { connectorBody } from "./api-steps";

export const KINDS = [
  ...(["feed", "run", "indicator", "connector", "plan", "push", "preview"] as const),
  ...(["invitation", "user", "token", "session", "allowlist", "recall"] as const),
  ...(["bulkChange", "view", "proposal", "withheld"] as const),
];
/** The slug of a team and an id of each kind. */
export type Things = Record<(typeof KINDS)[number] | "slug", string>;
/** Ids and a slug that nothing has. */
export const nothing = (): Things => {
  const ids = Object.fromEntries(KINDS.map((kind) => [kind, randomUUID()])) as Omit<Things, "slug">;
  return { ...ids, slug: "no-such-team" };
};

/**
 * `hidden`: Team A's, at its own address. `astray`: Team A's, below the address of Team B. `own`: the caller's own alone.
 * `refused`: for administrators.
 */
export type Try = { of: "hidden" | "astray" | "own" | "refused"; address: string; body?: unknown };
const hidden = (address: string, body?: unknown): Try => ({ of: "hidden", address, body });
const astray = (address: string, body?: unknown): Try => ({ of: "astray", address, body });
const own = (address: string, body?: unknown): Try => ({ of: "own", address, body });
const refused = (address: string, body?: unknown): Try => ({ of: "refused", address, body });
const list = (address: string, slug: string): Try[] => [own(address), hidden(`${address}?team=${slug}`)];

const LIST = { kind: "csv", url: "https://feed.example.com/list.csv" };
const HOSTS = { name: "Planted", match: "hostname", effect: "stop" };
const UNKNOWN_APPLICATION = "00000000-0000-4000-8000-000000000000";
const WITHDRAWAL = { reason: "Because." };
const VALUES = { indicators: [{ value: "45.155.205.77" }] };

const bulkWithdrawal = (id: string) => ({
  selection: { ids: [id] },
  change: { action: "withdraw", ...WITHDRAWAL },
});

/** How each route of the API is tried on what is Team A's, for somebody of Team B whose team has the slug `team-b`. */
export const TRIES: Readonly<Record<string, (a: Things) => Try[]>> = {
  "GET /teams": () => [own("/teams")],
  "POST /teams": () => [refused("/teams", { name: "Mine too" })],
  "GET /teams/{slug}": ({ slug }) => [hidden(`/teams/${slug}`)],
  "PATCH /teams/{slug}": ({ slug }) => [hidden(`/teams/${slug}`, { name: "Taken" })],
  "GET /teams/{slug}/rules": ({ slug }) => [hidden(`/teams/${slug}/rules`)],
  "PATCH /teams/{slug}/rules": ({ slug }) => [hidden(`/teams/${slug}/rules`, { secondPerson: "off" })],
  "GET /teams/{slug}/overview": ({ slug }) => [hidden(`/teams/${slug}/overview`)],
  "GET /teams/{slug}/members": ({ slug }) => [hidden(`/teams/${slug}/members`)],
  "PATCH /teams/{slug}/members/{userId}": ({ slug, user }) => [
    hidden(`/teams/${slug}/members/${user}`, { role: "viewer" }),
    astray(`/teams/team-b/members/${user}`, { role: "viewer" }),
  ],
  "DELETE /teams/{slug}/members/{userId}": ({ slug, user }) => [
    hidden(`/teams/${slug}/members/${user}`),
    astray(`/teams/team-b/members/${user}`),
  ],
  "GET /teams/{slug}/invitations": ({ slug }) => [hidden(`/teams/${slug}/invitations`)],
  "POST /teams/{slug}/invitations": ({ slug }) => [
    hidden(`/teams/${slug}/invitations`, { email: "mole@example.test", role: "owner" }),
  ],
  "DELETE /teams/{slug}/invitations/{id}": ({ slug, invitation }) => [
    hidden(`/teams/${slug}/invitations/${invitation}`),
    astray(`/teams/team-b/invitations/${invitation}`),
  ],
  "GET /feeds": ({ slug }) => list("/feeds", slug),
  "POST /feeds": ({ slug }) => [hidden("/feeds", { ...LIST, team: slug, name: "Planted" })],
  "POST /feeds/preview": ({ slug, preview }) => [
    hidden("/feeds/preview", { ...LIST, team: slug }),
    astray("/feeds/preview", { ...LIST, team: "team-b", previewId: preview }),
  ],
  "POST /feeds/test": ({ slug }) => [hidden("/feeds/test", { ...LIST, team: slug })],
  "GET /feeds/catalogue": () => [own("/feeds/catalogue")],
  "POST /feeds/import": ({ slug }) => [hidden("/feeds/import", { team: slug, definitions: [] })],
  "GET /feeds/export": ({ slug }) => [hidden(`/feeds/export?team=${slug}`)],
  "POST /feeds/uploads": ({ slug }) => [hidden(`/feeds/uploads?team=${slug}&name=list.csv`)],
  "GET /feeds/shared": ({ slug }) => [hidden(`/feeds/shared?team=${slug}`)],
  "GET /feeds/overlap": ({ slug }) => [hidden(`/feeds/overlap?team=${slug}`)],
  "GET /feeds/{id}/subscriptions": ({ feed }) => [hidden(`/feeds/${feed}/subscriptions`)],
  "POST /feeds/{id}/subscriptions": ({ feed }) => [
    astray(`/feeds/${feed}/subscriptions`, { team: "team-b" }),
  ],
  "DELETE /feeds/{id}/subscriptions": ({ feed }) => [astray(`/feeds/${feed}/subscriptions?team=team-b`)],
  "GET /feeds/{id}": ({ feed }) => [hidden(`/feeds/${feed}`)],
  "PATCH /feeds/{id}": ({ feed }) => [hidden(`/feeds/${feed}`, { name: "Renamed" })],
  "DELETE /feeds/{id}": ({ feed }) => [hidden(`/feeds/${feed}`)],
  "POST /feeds/{id}/preview": ({ feed, preview }) => [
    hidden(`/feeds/${feed}/preview`, {}),
    hidden(`/feeds/${feed}/preview`, { previewId: preview }),
  ],
  "POST /feeds/{id}/test": ({ feed }) => [hidden(`/feeds/${feed}/test`, {})],
  "POST /feeds/{id}/runs": ({ feed }) => [hidden(`/feeds/${feed}/runs`)],
  "GET /feeds/{id}/runs": ({ feed }) => [hidden(`/feeds/${feed}/runs`)],
  "GET /runs/{id}": ({ run }) => [hidden(`/runs/${run}`)],
  "GET /runs/{id}/rejections": ({ run }) => [hidden(`/runs/${run}/rejections`)],
  "GET /runs/{id}/values": ({ run }) => [hidden(`/runs/${run}/values`)],
  "GET /runs/{id}/compare/{other}": ({ run }) => [hidden(`/runs/${run}/compare/${run}`)],
  "POST /runs/{id}/rollback": ({ run }) => [hidden(`/runs/${run}/rollback`)],
  "POST /runs/{id}/rollback/check": ({ run }) => [hidden(`/runs/${run}/rollback/check`)],
  "POST /runs/{id}/accept": ({ run }) => [hidden(`/runs/${run}/accept`)],
  "POST /runs/{id}/discard": ({ run }) => [hidden(`/runs/${run}/discard`)],
  "POST /indicators/parse": () => [own("/indicators/parse", { text: "45.155.205.77" })],
  "POST /indicators/check": ({ slug }) => [hidden("/indicators/check", { team: slug, text: "a" })],
  "POST /indicators/reports": ({ slug }) => [hidden(`/indicators/reports?team=${slug}`)],
  "POST /indicators/import": ({ slug }) => [hidden(`/indicators/import?team=${slug}`)],
  "POST /indicators": ({ slug }) => [hidden("/indicators", { ...VALUES, team: slug })],
  "GET /indicators": ({ slug, feed }) => [
    ...list("/indicators", slug),
    own("/indicators?q=example"),
    own(`/indicators?feed=${feed}`),
  ],
  "GET /indicators/{id}": ({ indicator }) => [hidden(`/indicators/${indicator}`)],
  "POST /indicators/{id}/lift": ({ slug, indicator }) => [
    hidden(`/indicators/${indicator}/lift`, { team: slug }),
    astray(`/indicators/${indicator}/lift`, { team: "team-b" }),
  ],
  "POST /indicators/{id}/withdraw": ({ slug, indicator }) => [
    hidden(`/indicators/${indicator}/withdraw`, { ...WITHDRAWAL, team: slug }),
    astray(`/indicators/${indicator}/withdraw`, { ...WITHDRAWAL, team: "team-b" }),
  ],
  "GET /bulk-changes": ({ slug }) => list("/bulk-changes", slug),
  "POST /bulk-changes": ({ slug, indicator }) => [
    hidden("/bulk-changes", { team: slug, ...bulkWithdrawal(indicator) }),
    astray("/bulk-changes", { team: "team-b", ...bulkWithdrawal(indicator) }),
  ],
  "GET /bulk-changes/{id}": ({ bulkChange }) => [hidden(`/bulk-changes/${bulkChange}`)],
  "GET /bulk-changes/{id}/items": ({ bulkChange }) => [hidden(`/bulk-changes/${bulkChange}/items`)],
  "POST /bulk-changes/{id}/undo": ({ bulkChange }) => [hidden(`/bulk-changes/${bulkChange}/undo`)],
  "GET /views": ({ slug }) => list("/views", slug),
  "POST /views": ({ slug }) => [hidden("/views", { team: slug, name: "Planted", shared: true })],
  "PATCH /views/{id}": ({ view }) => [hidden(`/views/${view}`, { name: "Renamed" })],
  "DELETE /views/{id}": ({ view }) => [hidden(`/views/${view}`)],
  "GET /allowlists": ({ slug }) => list("/allowlists", slug),
  "POST /allowlists": ({ slug }) => [
    hidden("/allowlists", { ...HOSTS, team: slug }),
    refused("/allowlists", HOSTS),
  ],
  "GET /allowlists/bundled": ({ slug }) => [hidden(`/allowlists/bundled?team=${slug}`)],
  "PUT /allowlists/bundled/{list}": ({ slug }) => [
    hidden("/allowlists/bundled/cloudflare", { team: slug, effect: "off", reason: "Because." }),
  ],
  "PATCH /allowlists/{id}": ({ allowlist }) => [hidden(`/allowlists/${allowlist}`, { effect: "warn" })],
  "DELETE /allowlists/{id}": ({ allowlist }) => [hidden(`/allowlists/${allowlist}`)],
  "GET /allowlists/{id}/entries": ({ allowlist }) => [hidden(`/allowlists/${allowlist}/entries`)],
  "POST /allowlists/{id}/entries": ({ allowlist }) => [
    hidden(`/allowlists/${allowlist}/entries`, { value: "example.com", comment: "Ours." }),
  ],
  "POST /allowlists/{id}/entries/bulk": ({ allowlist }) => [
    hidden(`/allowlists/${allowlist}/entries/bulk`, { values: ["example.com"], comment: "Ours." }),
  ],
  "DELETE /allowlists/{id}/entries": ({ allowlist }) => [
    hidden(`/allowlists/${allowlist}/entries?value=example.com`),
  ],
  "POST /allowlists/{id}/check": ({ allowlist }) => [
    hidden(`/allowlists/${allowlist}/check`, { values: ["example.com"] }),
  ],
  "GET /recalls": ({ slug }) => list("/recalls", slug),
  "POST /recalls": ({ slug }) => [
    hidden("/recalls", { ...WITHDRAWAL, team: slug, value: "45.155.205.77" }),
    refused("/recalls", { ...WITHDRAWAL, everywhere: true, value: "45.155.205.77" }),
  ],
  "GET /recalls/{id}": ({ recall }) => [hidden(`/recalls/${recall}`)],
  "POST /recalls/check": ({ slug }) => [hidden("/recalls/check", { team: slug, value: "45.155.205.77" })],
  "POST /recalls/{id}/lift/check": ({ slug, recall }) => [
    hidden(`/recalls/${recall}/lift/check`, { team: slug }),
    astray(`/recalls/${recall}/lift/check`, { team: "team-b" }),
  ],
  "POST /recalls/{id}/lift": ({ recall }) => [hidden(`/recalls/${recall}/lift`)],
  "GET /withheld": ({ slug }) => list("/withheld", slug),
  "POST /withheld": ({ slug, feed, run }) => [
    hidden("/withheld", { ...WITHDRAWAL, team: slug, everything: true }),
    astray("/withheld", { ...WITHDRAWAL, team: "team-b", feed }),
    astray("/withheld", { ...WITHDRAWAL, team: "team-b", run }),
  ],
  "POST /withheld/check": ({ slug, feed, run }) => [
    hidden("/withheld/check", { team: slug, everything: true }),
    astray("/withheld/check", { team: "team-b", feed }),
    astray("/withheld/check", { team: "team-b", run }),
  ],
  "POST /withheld/everywhere": ({ feed }) => [refused("/withheld/everywhere", { ...WITHDRAWAL, feed })],
  "POST /withheld/everywhere/check": ({ feed }) => [refused("/withheld/everywhere/check", { feed })],
  "PATCH /withheld/{id}": ({ withheld }) => [hidden(`/withheld/${withheld}`, { until: null })],
  "POST /withheld/{id}/plans": ({ withheld }) => [hidden(`/withheld/${withheld}/plans`)],
  "POST /withheld/{id}/lift/check": ({ withheld }) => [hidden(`/withheld/${withheld}/lift/check`)],
  "POST /withheld/{id}/lift": ({ withheld }) => [hidden(`/withheld/${withheld}/lift`)],
  "GET /proposals": ({ slug }) => list("/proposals", slug),
  "GET /proposals/{id}": ({ proposal }) => [hidden(`/proposals/${proposal}`)],
  "GET /proposals/{id}/items": ({ proposal }) => [hidden(`/proposals/${proposal}/items`)],
  "POST /proposals/{id}/approve": ({ proposal }) => [hidden(`/proposals/${proposal}/approve`)],
  "POST /proposals/{id}/decline": ({ proposal }) => [hidden(`/proposals/${proposal}/decline`, WITHDRAWAL)],
  "POST /proposals/{id}/cancel": ({ proposal }) => [hidden(`/proposals/${proposal}/cancel`)],
  "GET /connectors": ({ slug }) => list("/connectors", slug),
  "POST /connectors": ({ slug }) => [hidden("/connectors", connectorBody(slug, "defender", "TPI_TeamB"))],
  "POST /connectors/test": ({ slug }) => [
    hidden("/connectors/test", connectorBody(slug, "defender", "TPI_TeamB")),
  ],
  "POST /connectors/networks/count": ({ slug }) => [hidden("/connectors/networks/count", { team: slug })],
  "GET /connectors/setup": () => [own("/connectors/setup")],
  "GET /connectors/{id}": ({ connector }) => [hidden(`/connectors/${connector}`)],
  "PATCH /connectors/{id}": ({ connector }) => [hidden(`/connectors/${connector}`, { enabled: false })],
  "DELETE /connectors/{id}": ({ connector }) => [hidden(`/connectors/${connector}`)],
  "POST /connectors/{id}/test": ({ connector }) => [hidden(`/connectors/${connector}/test`)],
  "POST /connectors/{id}/stop": ({ connector }) => [hidden(`/connectors/${connector}/stop`, WITHDRAWAL)],
  "POST /connectors/{id}/start": ({ connector }) => [hidden(`/connectors/${connector}/start`)],
  "POST /connectors/{id}/try-md5": ({ connector }) => [hidden(`/connectors/${connector}/try-md5`)],
  "GET /connectors/{id}/credentials": ({ connector }) => [hidden(`/connectors/${connector}/credentials`)],
  "PUT /connectors/{id}/credentials/successor": ({ connector }) => [
    hidden(`/connectors/${connector}/credentials/successor`, { clientSecret: "planted" }),
  ],
  "DELETE /connectors/{id}/credentials/successor": ({ connector }) => [
    hidden(`/connectors/${connector}/credentials/successor`),
  ],
  "POST /connectors/{id}/credentials/successor/test": ({ connector }) => [
    hidden(`/connectors/${connector}/credentials/successor/test`),
  ],
  "POST /connectors/{id}/credentials/successor/activate": ({ connector }) => [
    hidden(`/connectors/${connector}/credentials/successor/activate`),
  ],
  "POST /connectors/{id}/credentials/previous/activate": ({ connector }) => [
    hidden(`/connectors/${connector}/credentials/previous/activate`),
  ],
  "PATCH /connectors/{id}/credentials/active": ({ connector }) => [
    hidden(`/connectors/${connector}/credentials/active`, { expiresAt: null }),
  ],
  "POST /connectors/{id}/count": ({ connector }) => [hidden(`/connectors/${connector}/count`)],
  "GET /connectors/{id}/hunting": ({ connector }) => [hidden(`/connectors/${connector}/hunting`)],
  "GET /connectors/{id}/receipts": ({ connector }) => [hidden(`/connectors/${connector}/receipts`)],
  "GET /connectors/{id}/receipts/download": ({ connector }) => [
    hidden(`/connectors/${connector}/receipts/download`),
    hidden(`/connectors/${connector}/receipts/download?format=csv`),
  ],
  "GET /connectors/{id}/budget": ({ connector }) => [hidden(`/connectors/${connector}/budget`)],
  "GET /connectors/{id}/capacity": ({ connector }) => [hidden(`/connectors/${connector}/capacity`)],
  "GET /connectors/{id}/drift": ({ connector }) => [hidden(`/connectors/${connector}/drift`)],
  "POST /connectors/{id}/drift": ({ connector }) => [
    hidden(`/connectors/${connector}/drift`, { choice: "restore" }),
  ],
  "POST /connectors/{id}/comparison": ({ connector }) => [hidden(`/connectors/${connector}/comparison`)],
  "GET /connectors/{id}/overrides": ({ connector }) => [hidden(`/connectors/${connector}/overrides`)],
  "GET /connectors/{id}/let-through": ({ connector }) => [hidden(`/connectors/${connector}/let-through`)],
  "POST /connectors/{id}/let-through": ({ connector, indicator }) => [
    hidden(`/connectors/${connector}/let-through`, { ...WITHDRAWAL, indicatorId: indicator }),
  ],
  "DELETE /connectors/{id}/let-through/{indicatorId}": ({ connector, indicator }) => [
    hidden(`/connectors/${connector}/let-through/${indicator}`),
  ],
  "POST /connectors/{id}/overrides/lift": ({ connector }) => [
    hidden(`/connectors/${connector}/overrides/lift`, {}),
  ],
  "GET /connectors/{id}/strangers": ({ connector }) => [hidden(`/connectors/${connector}/strangers`)],
  "POST /connectors/{id}/strangers": ({ connector }) => [
    hidden(`/connectors/${connector}/strangers`, { choice: "adopt" }),
    hidden(`/connectors/${connector}/strangers`, { choice: "remove" }),
  ],
  "GET /connectors/{id}/strangers/download": ({ connector }) => [
    hidden(`/connectors/${connector}/strangers/download`),
    hidden(`/connectors/${connector}/strangers/download?format=csv`),
  ],
  "GET /connectors/{id}/foreign": ({ connector }) => [hidden(`/connectors/${connector}/foreign`)],
  "GET /connectors/{id}/foreign/download": ({ connector }) => [
    hidden(`/connectors/${connector}/foreign/download`),
    hidden(`/connectors/${connector}/foreign/download?format=csv`),
  ],
  "GET /connectors/{id}/strangers/removal": ({ connector }) => [
    hidden(`/connectors/${connector}/strangers/removal`),
  ],
  "POST /connectors/{id}/strangers/removal": ({ connector }) => [
    hidden(`/connectors/${connector}/strangers/removal`, { hash: "0" }),
  ],
  "POST /connectors/{id}/plans": ({ connector }) => [
    hidden(`/connectors/${connector}/plans`),
    hidden(`/connectors/${connector}/plans?withdrawAll=true`),
  ],
  "GET /connectors/{id}/plans": ({ connector }) => [hidden(`/connectors/${connector}/plans`)],
  "GET /connectors/{id}/pushes": ({ connector }) => [hidden(`/connectors/${connector}/pushes`)],
  "GET /plans/{id}": ({ plan }) => [hidden(`/plans/${plan}`)],
  "GET /plans/{id}/items": ({ plan, feed }) => [
    hidden(`/plans/${plan}/items`),
    hidden(`/plans/${plan}/items?q=example&feed=${feed}`),
  ],
  "GET /plans/{id}/download": ({ plan }) => [
    hidden(`/plans/${plan}/download`),
    hidden(`/plans/${plan}/download?format=csv`),
  ],
  "POST /plans/{id}/approve": ({ plan }) => [hidden(`/plans/${plan}/approve`, { hash: "0" })],
  "POST /plans/{id}/apply": ({ plan }) => [hidden(`/plans/${plan}/apply`, { hash: "0" })],
  "GET /pushes/{id}": ({ push }) => [hidden(`/pushes/${push}`)],
  "GET /pushes/{id}/items": ({ push }) => [hidden(`/pushes/${push}/items`)],
  "POST /pushes/{id}/resume": ({ push }) => [hidden(`/pushes/${push}/resume`)],
  "POST /pushes/{id}/leave-out": ({ push }) => [hidden(`/pushes/${push}/leave-out`)],
  "GET /audit": ({ slug, feed, user }) => [
    ...list("/audit", slug),
    own(`/audit?subjectId=${feed}`),
    own(`/audit?actorId=${user}`),
  ],
  "GET /audit/verification": () => [refused("/audit/verification")],
  "GET /tokens": ({ user }) => [own("/tokens"), refused(`/tokens?userId=${user}`)],
  "POST /tokens": () => [own("/tokens", { name: "Mine", scopes: ["feed.read"] })],
  "DELETE /tokens/{id}": ({ token }) => [astray(`/tokens/${token}`)],
  "GET /sessions": ({ user }) => [own("/sessions"), refused(`/sessions?userId=${user}`)],
  "DELETE /sessions/{id}": ({ session }) => [astray(`/sessions/${session}`)],
  "GET /users": () => [refused("/users")],
  "PATCH /users/{id}": ({ user }) => [refused(`/users/${user}`, { disabled: true })],
  "POST /users/{id}/password-reset": ({ user }) => [refused(`/users/${user}/password-reset`)],
  "GET /system": () => [refused("/system")],
  "POST /system/stop": () => [refused("/system/stop", WITHDRAWAL)],
  "POST /system/start": () => [refused("/system/start")],
  "GET /destinations": () => [refused("/destinations")],
  "POST /destinations/{id}/budget/check": ({ connector }) => [
    refused(`/destinations/${connector}/budget/check`, { headroom: 1 }),
  ],
  "PATCH /destinations/{id}/budget": ({ connector }) => [
    refused(`/destinations/${connector}/budget`, { headroom: 1 }),
  ],
  "PUT /destinations/{id}/reader": ({ connector }) => [
    refused(`/destinations/${connector}/reader`, { clientId: UNKNOWN_APPLICATION, clientSecret: "s" }),
  ],
  "DELETE /destinations/{id}/reader": ({ connector }) => [refused(`/destinations/${connector}/reader`)],
  "GET /tenants": () => [refused("/tenants")],
  "PATCH /tenants/{tenantId}": () => [refused(`/tenants/${UNKNOWN_APPLICATION}`, { tenantName: "Taken" })],
  "GET /system/clouds": () => [refused("/system/clouds")],
  "PUT /system/clouds/{cloud}": () => [
    refused("/system/clouds/china", { addresses: { signIn: "https://evil.example.com" }, confirm: "china" }),
  ],
  "GET /system/retention": () => [refused("/system/retention")],
  "PATCH /system/retention": () => [refused("/system/retention", { bodyDays: 30 })],
};
