import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { MISP_AUTH_KEY, BASIC_AUTH } from "../state/presets";
import { DEFAULT_SWITCHES } from "../state/switches";
import { type Tenant } from "../state/directory";
import { type World } from "../world";

import { html, type Html } from "./html";
import { defenderPath, figure, page, sentinelPath, time } from "./layout";

const SHOWN_REQUESTS = 25;

/** `GET /`: what there is to fill forms with, the feeds, and what was asked last. */
export const homePage = (call: Call, world: World): Reply =>
  page(world, {
    title: "Home",
    here: "/",
    body: html` <h1>Sandbox</h1>
      <p class="sub">
        Stands in for Entra ID, Defender for Endpoint, Microsoft Sentinel and some feeds, at
        <code>${call.origin}</code>.
      </p>
      ${figures(world)}
      <h2 id="feeds">Feeds</h2>
      ${feeds(call, world)} ${world.state.tenants.map((tenant) => tenantSection(world, tenant))}
      <h2 id="requests">Last requests</h2>
      ${journal(world)}`,
  });

const figures = (world: World): Html => {
  const changed = Object.entries(world.state.switches).filter(([name, value]) =>
    Object.entries(DEFAULT_SWITCHES).every(([other, standard]) => other !== name || standard !== value),
  );
  const armed = world.faults.list().filter((fault) => fault.times === null || fault.met < fault.times);
  return html`<dl class="figures">
    <div>
      <dt>Clock</dt>
      <dd>${time(world.now())}</dd>
    </div>
    <div>
      <dt>Faults armed</dt>
      <dd>${armed.length}</dd>
    </div>
    <div>
      <dt>Switches changed</dt>
      <dd>${changed.length}</dd>
    </div>
    ${changed.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${String(value)}</dd>
        </div>`,
    )}
  </dl>`;
};

const feeds = (call: Call, world: World): Html => {
  const row = (name: string, path: string, about: Html | string): Html =>
    html`<tr>
      <td>${name}</td>
      <td class="mono">${call.origin}${path}</td>
      <td>${about}</td>
    </tr>`;
  const { covid19Version } = world.state;
  const button = (version: 1 | 2, label: string): Html =>
    html`<button
      name="version"
      value="${version}"
      aria-pressed="${covid19Version === version ? "true" : "false"}"
    >
      ${label}
    </button> `;
  return html`<div class="scroll">
    <table aria-label="Feeds">
      <thead>
        <tr>
          <th>Feed</th>
          <th>Address</th>
          <th>What it is</th>
        </tr>
      </thead>
      <tbody>
        ${row(
          "COVID-19 (synthetic)",
          "/feeds/covid19.csv",
          html`<form method="post" action="/_control/feeds/covid19">
            CSV, value in column 2. Now serving:
            ${button(1, "Version 1: 950 rows")}${button(2, "Version 2: 36 other rows")}
          </form>`,
        )}
        ${row("Blocklist", "/feeds/blocklist.txt", "Free text: mixed, defanged, with comments and bad lines.")}
        ${row("MISP feed", "/feeds/misp/", "manifest.json, hashes.csv, three events.")}
        ${row("MISP server", "/feeds/misp-server", html`REST, auth key <code>${MISP_AUTH_KEY}</code>`)}
        ${row("TAXII 2.1", "/feeds/taxii2/", "One collection of 60 indicators, 20 to a page.")}
        ${row("Basic authentication", "/feeds/faults/basic-auth", html`User <code>${BASIC_AUTH.username}</code>, password <code>${BASIC_AUTH.password}</code>`)}
        ${row("Feeds that go wrong", "/feeds/faults/…", "html, empty, truncated, slow, 500, redirect, gzip and more: see the README.")}
      </tbody>
    </table>
  </div>`;
};

const tenantSection = (world: World, tenant: Tenant): Html => {
  const count = world.state.defender.count(tenant.tenantId, world.now());
  const capacity = world.state.capacities.get(tenant.tenantId) ?? world.state.limits.defender.capacity;
  return html`<h2>Tenant ${tenant.displayName}</h2>
    <div class="bar">
      <span>Tenant id <code>${tenant.tenantId}</code></span>
      <a href="${defenderPath(tenant.tenantId)}"
        >Defender: ${figure(count)} of ${figure(capacity)} indicators</a
      >
      ${tenant.workspaces.map((one) => html`<a href="${sentinelPath(one.workspaceId)}">Sentinel: ${one.name}</a>`)}
    </div>
    <div class="scroll">
      <table aria-label="Applications of ${tenant.displayName}">
        <thead>
          <tr>
            <th>Application</th>
            <th>Client id</th>
            <th>Client secret</th>
            <th>Permissions</th>
            <th>Sentinel Contributor on</th>
            <th>About</th>
          </tr>
        </thead>
        <tbody>
          ${tenant.applications.map(
            (one) =>
              html`<tr>
                <td>${one.displayName}</td>
                <td class="mono">${one.clientId}</td>
                <td class="mono">${one.secrets[0]?.value ?? "–"}</td>
                <td>${one.roles.length > 0 ? one.roles.join(", ") : "none"}</td>
                <td>${workspaceNames(tenant, one.sentinelContributorOn)}</td>
                <td>${one.note}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="scroll workspaces">
      <table aria-label="Workspaces of ${tenant.displayName}">
        <thead>
          <tr>
            <th>Workspace</th>
            <th>Workspace id</th>
            <th>Subscription id</th>
            <th>Resource group</th>
          </tr>
        </thead>
        <tbody>
          ${tenant.workspaces.map(
            (one) =>
              html`<tr>
                <td>${one.name}</td>
                <td class="mono">${one.workspaceId}</td>
                <td class="mono">${one.subscriptionId}</td>
                <td>${one.resourceGroup}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
};

const workspaceNames = (tenant: Tenant, ids: readonly string[]): string =>
  tenant.workspaces
    .filter(({ workspaceId }) => ids.includes(workspaceId))
    .map(({ name }) => name)
    .join(", ") || "none";

const journal = (world: World): Html => {
  const entries = world.journal.list({ limit: SHOWN_REQUESTS }).reverse();
  if (entries.length === 0)
    return html`<p class="card none">
      No requests yet. Whatever asks Entra ID, Defender, Sentinel or a feed here is listed.
    </p>`;
  return html`<div class="scroll">
    <table aria-label="Last requests">
      <thead>
        <tr>
          <th>Time</th>
          <th>Request</th>
          <th>By</th>
          <th>Answer</th>
          <th>Took</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          (entry) =>
            html`<tr>
              <td>${time(entry.at)}</td>
              <td class="mono">${entry.method} ${entry.path}</td>
              <td>${entry.principal?.displayName ?? "–"}</td>
              <td class="nowrap ${entry.status !== null && entry.status < 400 ? "state-ok" : "state-bad"}">
                ${entry.status ?? "no answer"}${entry.fault === null ? null : html` (${entry.fault})`}
              </td>
              <td class="nowrap">${entry.durationMs} ms</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
};
