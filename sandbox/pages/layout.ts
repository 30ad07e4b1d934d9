import { text, type Reply } from "../http/reply";
import { type World } from "../world";

import { markup, type Markup } from "./markup";

export const PAGE_SIZE = 100;

const POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A whole page. `here` is the address that the navigation marks. */
export const page = (
  world: World,
  options: { title: string; here: string; body: Markup; status?: number },
): Reply => {
  const link = (href: string, label: string): Markup =>
    href === options.here
      ? markup`<a href="${href}" aria-current="page">${label}</a>`
      : markup`<a href="${href}">${label}</a>`;
  const { tenants } = world.state;
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${options.title} · Sluice sandbox</title>
<link rel="stylesheet" href="/portal/style.css">
</head>
<body>
<div class="standin"><p><b>This is a stand-in, not Microsoft.</b> It plays Microsoft's services for trying things out.
Every tenant, secret and indicator here is made up, and nothing leaves this machine.</p></div>
<header><div><strong>Sluice sandbox</strong><nav aria-label="Sandbox">
${link("/", "Home")}
${tenants.map((tenant) => link(defenderPath(tenant.tenantId), `Defender: ${tenant.displayName}`))}
${tenants.flatMap(({ workspaces }) => workspaces.map((one) => link(sentinelPath(one.workspaceId), `Sentinel: ${one.name}`)))}
</nav></div></header>
<main>${options.body}</main>
<footer>Sandbox time ${time(world.now())}. How to steer it: <code>sandbox/README.md</code>.</footer>
</body>
</html>`;
  return text(options.status ?? 200, "text/html; charset=utf-8", document.text, {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
  });
};

/** The address of a tenant's Defender page. */
export const defenderPath = (tenantId: string): string => `/portal/defender?tenant=${tenantId}`;

/** The address of a workspace's Sentinel page. */
export const sentinelPath = (workspaceId: string): string => `/portal/sentinel?workspace=${workspaceId}`;

/** A time to the minute in UTC, the exact one in its attribute; a dash for none. */
export const time = (at: Date | string | null): Markup => {
  if (at === null) return markup`<span class="muted">–</span>`;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return markup`${String(at)}`;
  const iso = date.toISOString();
  // Two pieces, so that a narrow column breaks between day and hour only.
  return markup`<time datetime="${iso}"><span>${iso.slice(0, 10)}</span> <span>${iso.slice(11, 16)} UTC</span></time>`;
};

/** A number with thousands separated. */
export const figure = (value: number): string => value.toLocaleString("en-US");

/** Where in a long list a page stands, with links to its neighbours; nothing for a list of one page. */
export const pager = (total: number, number: number, address: (page: number) => string): Markup | null => {
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (last === 1) return null;
  return markup`<nav class="bar" aria-label="Pages">
${number > 1 ? markup`<a class="button" href="${address(number - 1)}">Previous</a>` : null}
<span class="muted">Page ${number} of ${last}</span>
${number < last ? markup`<a class="button" href="${address(number + 1)}">Next</a>` : null}
</nav>`;
};

/** The page number of a query, 1 when it makes no sense. */
export const pageNumber = (query: URLSearchParams): number => {
  const number = Number(query.get("page") ?? "1");
  return Number.isInteger(number) && number >= 1 && number <= 100_000 ? number : 1;
};

/** A table with a name for those who do not see it; a card with `whenEmpty` instead of one without rows. */
export const table = (
  label: string,
  columns: readonly string[],
  rows: readonly Markup[],
  whenEmpty: string,
): Markup =>
  rows.length === 0
    ? markup`<p class="card none">${whenEmpty}</p>`
    : markup`<div class="scroll" tabindex="0"><table aria-label="${label}">
<thead><tr>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows}
</tbody></table></div>`;
