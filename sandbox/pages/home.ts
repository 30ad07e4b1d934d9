import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { type Tenant } from "../state/directory";
import { BASIC_AUTH, MISP_AUTH_KEY } from "../state/presets";
import { DEFAULT_SWITCHES } from "../state/switches";
import { type World } from "../world";

import { defenderPath, figure, page, sentinelPath, table, time } from "./layout";
import { markup, type Markup } from "./markup";

const SHOWN_REQUESTS = 25;

/** `GET /`: what there is to fill forms with, the feeds, and what was asked last. */
export const homePage = (call: Call, world: World): Reply =>
  page(world, {
    title: "Home",
    here: "/",
    body: markup`
<h1>Sandbox</h1>
<p class="sub">Stands in for Entra ID, Defender for Endpoint, Microsoft Sentinel and some feeds, at <code>${call.origin}</code>.</p>
${figures(world)}
<h2>Feeds</h2>
${feeds(call, world)}
${world.state.tenants.map((tenant) => tenantSection(world, tenant))}
<h2>Last requests</h2>
${journal(world)}`,
  });

const figures = (world: World): Markup => {
  const standard = new Map<string, unknown>(Object.entries(DEFAULT_SWITCHES));
  const changed = Object.entries(world.state.switches).filter(
    ([name, value]) => standard.get(name) !== value,
  );
  const armed = world.faults.list().filter((fault) => fault.times === null || fault.met < fault.times);
  return markup`<dl class="figures">
<div><dt>Clock</dt><dd>${time(world.now())}</dd></div>
<div><dt>Faults armed</dt><dd>${armed.length}</dd></div>
<div><dt>Switches changed</dt><dd>${changed.length}</dd></div>
${changed.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`;
};

const feeds = (call: Call, world: World): Markup => {
  const row = (name: string, path: string, about: Markup | string): Markup =>
    markup`<tr><td class="nowrap">${name}</td><td class="mono">${call.origin}${path}</td><td class="about">${about}</td></tr>`;
  const button = (current: 1 | 2, version: 1 | 2, label: string): Markup => {
    const pressed = current === version ? "true" : "false";
    return markup`<button name="version" value="${version}" aria-pressed="${pressed}">${label}</button> `;
  };
  const { covid19Version, mispVersion } = world.state;
  const versions = markup`<form method="post" action="/_control/feeds/covid19">CSV, value in column 2. Serving:
${button(covid19Version, 1, "Version 1: 950 rows")}${button(covid19Version, 2, "Version 2: 36 other rows")}</form>`;
  const mispVersions = markup`<form method="post" action="/_control/feeds/misp">manifest.json, hashes.csv, three events. Serving:
${button(mispVersion, 1, "Version 1")}${button(mispVersion, 2, "Version 2: a day later")}</form>`;
  const basic = markup`User <code>${BASIC_AUTH.username}</code>, password <code>${BASIC_AUTH.password}</code>`;
  return table(
    "Feeds",
    ["Feed", "Address", "What it is"],
    [
      row("COVID-19 (synthetic)", "/feeds/covid19.csv", versions),
      row("Blocklist", "/feeds/blocklist.txt", "Free text: mixed, defanged, with comments and bad lines."),
      row("MISP feed", "/feeds/misp/", mispVersions),
      row(
        "MISP server",
        "/feeds/misp-server",
        markup`REST, the same events. Auth key <code>${MISP_AUTH_KEY}</code>`,
      ),
      row(
        "TAXII 2.1",
        "/feeds/taxii2/",
        "Two collections, 20 objects to a page: 60 indicators, and (by a switch) mixed objects.",
      ),
      row("Basic authentication", "/feeds/faults/basic-auth", basic),
      row(
        "Feeds that go wrong",
        "/feeds/faults/…",
        "html, empty, truncated, slow, 500, redirect and more: see the README.",
      ),
    ],
    "",
  );
};

const tenantSection = (world: World, tenant: Tenant): Markup => {
  const count = world.state.defender.count(tenant.tenantId, world.now());
  const capacity = world.state.capacities.get(tenant.tenantId) ?? world.state.limits.defender.capacity;
  const namesOf = (ids: readonly string[]): string =>
    tenant.workspaces
      .flatMap(({ workspaceId, name }) => (ids.includes(workspaceId) ? [name] : []))
      .join(", ") || "none";
  return markup`<h2>Tenant ${tenant.displayName}</h2>
<div class="bar"><span>Tenant id <code>${tenant.tenantId}</code></span>
<a href="${defenderPath(tenant.tenantId)}">Defender: ${figure(count)} of ${figure(capacity)} indicators</a>
${tenant.workspaces.map((one) => markup`<a href="${sentinelPath(one.workspaceId)}">Sentinel: ${one.name}</a> `)}</div>
${table(
  `Applications of ${tenant.displayName}`,
  ["Application", "Client id", "Client secret", "Permissions", "Sentinel Contributor on", "About"],
  tenant.applications.map(
    (one) => markup`<tr><td class="nowrap">${one.displayName}</td><td class="mono nowrap">${one.clientId}</td>
<td class="mono nowrap">${one.secrets[0]?.value ?? "–"}</td><td>${one.roles.join(", ") || "none"}</td>
<td>${namesOf(one.sentinelContributorOn)}</td><td>${one.note}</td></tr>`,
  ),
  "No applications.",
)}
${table(
  `Workspaces of ${tenant.displayName}`,
  ["Workspace", "Workspace id", "Subscription id", "Resource group"],
  tenant.workspaces.map(
    (one) => markup`<tr><td>${one.name}</td><td class="mono">${one.workspaceId}</td>
<td class="mono">${one.subscriptionId}</td><td>${one.resourceGroup}</td></tr>`,
  ),
  "No workspaces.",
)}`;
};

const journal = (world: World): Markup =>
  table(
    "Last requests",
    ["Time", "Request", "By", "Answer", "Took"],
    world.journal
      .list({ limit: SHOWN_REQUESTS })
      .reverse()
      .map((entry) => {
        const isGood = entry.status !== null && entry.status < 400;
        const fault = entry.fault === null ? "" : ` (${entry.fault})`;
        return markup`<tr><td class="nowrap">${time(entry.at)}</td><td class="mono">${entry.method} ${entry.path}</td>
<td>${entry.principal?.displayName ?? "–"}</td><td class="nowrap ${isGood ? "good" : "bad"}">${entry.status ?? "no answer"}${fault}</td>
<td class="nowrap">${entry.durationMs} ms</td></tr>`;
      }),
    "No requests yet. Whatever asks Entra ID, Defender, Sentinel or a feed here is listed.",
  );
