import { type Indicator } from "../defender/indicator";
import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { findTenant } from "../state/directory";
import { type World } from "../world";

import { defenderPath, figure, page, PAGE_SIZE, pageNumber, pager, table, time } from "./layout";
import { markup, type Markup } from "./markup";
import { missingPage } from "./missing";

const TABS = [
  { key: "files", label: "File hashes", holds: (type: string) => type.startsWith("File") },
  { key: "ip", label: "IP addresses", holds: (type: string) => type === "IpAddress" },
  { key: "urls", label: "URLs/Domains", holds: (type: string) => type === "Url" || type === "DomainName" },
  { key: "certificates", label: "Certificates", holds: (type: string) => type === "CertificateThumbprint" },
  { key: "other", label: "Web categories", holds: (type: string) => type === "WebCategory" },
] as const;

const COLUMNS = [
  "Indicator",
  "Action",
  "Title",
  "Description",
  "Severity",
  "Expires",
  "Created by",
  "Application",
  "External id",
  "Scope",
  "Updated",
];

/** `GET /portal/defender?tenant=…&tab=&q=&page=`: the indicators of a tenant as its portal would list them. */
export const defenderPage = (call: Call, world: World): Reply => {
  const tenant = findTenant(
    world.state.tenants,
    call.query.get("tenant") ?? world.state.tenants[0]?.tenantId ?? "",
  );
  if (tenant === null) return missingPage(world, "There is no such tenant.");
  const { tenantId, displayName } = tenant;
  const all = world.state.defender.list(tenantId, world.now()).reverse();
  const search = (call.query.get("q") ?? "").trim();
  const tab = TABS.find(({ key }) => key === call.query.get("tab")) ?? firstFilled(all);
  const matching = all.filter((indicator) => mentions(indicator, search.toLowerCase()));
  const shown = matching.filter(({ indicatorType }) => tab.holds(indicatorType));
  const number = pageNumber(call.query);
  const address = (key: string, to = 1): string => {
    const query = new URLSearchParams({ tenant: tenantId, tab: key, q: search, page: String(to) });
    return `/portal/defender?${query.toString()}`;
  };
  const tabs = TABS.map(({ key, label, holds }) => {
    const count = matching.filter(({ indicatorType }) => holds(indicatorType)).length;
    const current = key === tab.key ? markup` aria-current="page"` : null;
    return markup`<a href="${address(key)}"${current}>${label} <span class="count">${figure(count)}</span></a>`;
  });
  return page(world, {
    title: `Defender indicators of ${displayName}`,
    here: defenderPath(tenantId),
    body: markup`
<h1>Indicators</h1>
<p class="sub">Stand-in for Defender for Endpoint, Settings › Indicators. Tenant ${displayName}, <code>${tenantId}</code></p>
${capacityBar(all.length, world.state.capacities.get(tenantId) ?? world.state.limits.defender.capacity)}
<nav class="tabs" aria-label="Indicator types">${tabs}</nav>
<form class="bar" role="search" action="/portal/defender"><input type="hidden" name="tenant" value="${tenantId}">
<input type="hidden" name="tab" value="${tab.key}"><label>Find <input type="search" name="q" value="${search}"></label><button>Find</button></form>
${table(tab.label, COLUMNS, shown.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE).map(row), "No indicators here.")}
${pager(shown.length, number, (to) => address(tab.key, to))}`,
  });
};

const capacityBar = (used: number, capacity: number): Markup => markup`<div class="bar">
<label>Capacity <meter min="0" max="${capacity}" high="${Math.floor(capacity * 0.9)}" value="${used}"></meter></label>
<span><b>${figure(used)}</b> of ${figure(capacity)} indicators used, ${figure(Math.max(0, capacity - used))} free</span></div>`;

const firstFilled = (all: readonly Indicator[]): (typeof TABS)[number] =>
  TABS.find((tab) => all.some(({ indicatorType }) => tab.holds(indicatorType))) ?? TABS[0];

const mentions = (one: Indicator, search: string): boolean =>
  search === "" ||
  [one.indicatorValue, one.title, one.description, one.createdByDisplayName, one.externalId].some(
    (text) => text?.toLowerCase().includes(search) === true,
  );

const row = (one: Indicator): Markup => markup`<tr>
<td class="value"><span class="mono">${one.indicatorValue}</span><div class="muted">${one.indicatorType}</div></td>
<td>${one.action}</td><td class="words">${one.title}</td><td class="words">${one.description}</td><td>${one.severity}</td>
<td>${one.expirationTime === null ? "Never" : time(one.expirationTime)}</td><td>${one.createdByDisplayName}</td>
<td>${one.application ?? "–"}</td><td class="mono">${one.externalId ?? "–"}</td>
<td>${one.rbacGroupNames.join(", ") || "All devices"}</td><td>${time(one.lastUpdateTime)}</td></tr>`;
