import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { type Indicator } from "../defender/indicator";
import { findTenant } from "../state/directory";
import { type World } from "../world";

import { html, type Html } from "./html";
import { defenderPath, figure, page, PAGE_SIZE, pageNumber, pager, time } from "./layout";
import { missingPage } from "./missing";

const TABS = [
  { key: "files", label: "File hashes", holds: (type: string) => type.startsWith("File") },
  { key: "ip", label: "IP addresses", holds: (type: string) => type === "IpAddress" },
  { key: "urls", label: "URLs/Domains", holds: (type: string) => type === "Url" || type === "DomainName" },
  { key: "certificates", label: "Certificates", holds: (type: string) => type === "CertificateThumbprint" },
  { key: "other", label: "Web categories", holds: (type: string) => type === "WebCategory" },
] as const;

/** `GET /portal/defender?tenant=…&tab=&q=&page=`: the indicators of a tenant as its portal would list them. */
export const defenderPage = (call: Call, world: World): Reply => {
  const tenant = findTenant(
    world.state.tenants,
    call.query.get("tenant") ?? world.state.tenants[0]?.tenantId ?? "",
  );
  if (tenant === null) return missingPage(world, "There is no such tenant.");
  const all = world.state.defender.list(tenant.tenantId, world.now()).reverse();
  const search = (call.query.get("q") ?? "").trim();
  const tab = TABS.find(({ key }) => key === call.query.get("tab")) ?? firstFilled(all);
  const matching = all.filter((indicator) => mentions(indicator, search.toLowerCase()));
  const shown = matching.filter(({ indicatorType }) => tab.holds(indicatorType));
  const number = pageNumber(call.query);
  const capacity = world.state.capacities.get(tenant.tenantId) ?? world.state.limits.defender.capacity;
  const address = (options: { tab?: string; page?: number }): string => {
    const query = new URLSearchParams({ tenant: tenant.tenantId, tab: options.tab ?? tab.key });
    if (search !== "") query.set("q", search);
    if (options.page !== undefined) query.set("page", String(options.page));
    return `/portal/defender?${query.toString()}`;
  };
  return page(world, {
    title: `Defender indicators of ${tenant.displayName}`,
    here: defenderPath(tenant.tenantId),
    body: html` <h1>Indicators</h1>
      <p class="sub">
        Stand-in for Defender for Endpoint, Settings › Indicators. Tenant ${tenant.displayName},
        <code>${tenant.tenantId}</code>
      </p>
      <div class="bar">
        <label
          >Capacity
          <meter min="0" max="${capacity}" high="${Math.floor(capacity * 0.9)}" value="${all.length}"></meter
        ></label>
        <span
          ><b>${figure(all.length)}</b> of ${figure(capacity)} indicators used,
          ${figure(Math.max(0, capacity - all.length))} free</span
        >
      </div>
      <nav class="tabs" aria-label="Indicator types">
        ${TABS.map((one) => {
          const count = matching.filter(({ indicatorType }) => one.holds(indicatorType)).length;
          const label = html`${one.label} <span class="count">${figure(count)}</span>`;
          const href = address({ tab: one.key });
          return one.key === tab.key
            ? html`<a href="${href}" aria-current="page">${label}</a>`
            : html`<a href="${href}">${label}</a>`;
        })}
      </nav>
      <form class="bar" role="search" action="/portal/defender">
        <input type="hidden" name="tenant" value="${tenant.tenantId}" /><input
          type="hidden"
          name="tab"
          value="${tab.key}"
        />
        <label>Find <input type="search" name="q" value="${search}" /></label><button>Find</button>
      </form>
      ${table(tab.label, shown.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE))}
      ${pager(shown.length, number, (to) => address({ page: to }))}`,
  });
};

const firstFilled = (all: readonly Indicator[]): (typeof TABS)[number] =>
  TABS.find((tab) => all.some(({ indicatorType }) => tab.holds(indicatorType))) ?? TABS[0];

const mentions = (indicator: Indicator, search: string): boolean =>
  search === "" ||
  [
    indicator.indicatorValue,
    indicator.title,
    indicator.description,
    indicator.createdByDisplayName,
    indicator.externalId,
  ].some((text) => text?.toLowerCase().includes(search) === true);

const table = (label: string, indicators: readonly Indicator[]): Html =>
  indicators.length === 0
    ? html`<p class="card none">No indicators here.</p>`
    : html`<div class="scroll">
        <table aria-label="${label}">
          <thead>
            <tr>
              <th>Indicator</th>
              <th>Type</th>
              <th>Action</th>
              <th>Title</th>
              <th>Description</th>
              <th>Severity</th>
              <th>Expires</th>
              <th>Created by</th>
              <th>Application</th>
              <th>External id</th>
              <th>Scope</th>
              <th>Updated</th>
            </tr>
          </thead>
          <tbody>
            ${indicators.map(
              (one) =>
                html`<tr>
                  <td class="mono value">${one.indicatorValue}</td>
                  <td>${one.indicatorType}</td>
                  <td>${one.action}</td>
                  <td>${one.title}</td>
                  <td>${one.description}</td>
                  <td>${one.severity}</td>
                  <td>${one.expirationTime === null ? "Never" : time(one.expirationTime)}</td>
                  <td>${one.createdByDisplayName}</td>
                  <td>${one.application ?? "–"}</td>
                  <td class="mono">${one.externalId ?? "–"}</td>
                  <td>${one.rbacGroupNames.length === 0 ? "All devices" : one.rbacGroupNames.join(", ")}</td>
                  <td>${time(one.lastUpdateTime)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
