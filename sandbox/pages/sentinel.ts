import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { isActive, textOf, textsOf, type StixRow } from "../sentinel/stix-row";
import { findWorkspace } from "../state/directory";
import { type World } from "../world";

import { figure, page, PAGE_SIZE, pageNumber, pager, sentinelPath, table, time } from "./layout";
import { markup, type Markup } from "./markup";
import { missingPage } from "./missing";

const TLP_MARKINGS: Record<string, string> = {
  "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "White",
  "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "Green",
  "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "Amber",
  "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "Red",
};

const COLUMNS = [
  "Value",
  "Name",
  "Description",
  "Tags",
  "Confidence",
  "TLP",
  "Valid from",
  "Valid until",
  "Source",
  "Created by",
  "State",
];

/** `GET /portal/sentinel?workspace=…&inactive=1&q=&page=`: the threat intelligence of a workspace, latest version of each object. */
export const sentinelPage = (call: Call, world: World): Reply => {
  const first = world.state.tenants[0]?.workspaces[0]?.workspaceId ?? "";
  const found = findWorkspace(world.state.tenants, call.query.get("workspace") ?? first);
  if (found === null) return missingPage(world, "There is no such workspace.");
  const { workspaceId, name } = found.workspace;
  const now = world.now();
  const showsInactive = call.query.get("inactive") === "1";
  const search = (call.query.get("q") ?? "").trim();
  const latest = world.state.sentinel.latest(workspaceId, now).reverse();
  const active = latest.filter((row) => isActive(row, now));
  const shown = (showsInactive ? latest : active).filter((row) => mentions(row, search.toLowerCase()));
  const number = pageNumber(call.query);
  const address = (to: number): string => {
    const query = new URLSearchParams({ workspace: workspaceId, q: search, page: String(to) });
    if (showsInactive) query.set("inactive", "1");
    return `/portal/sentinel?${query.toString()}`;
  };
  const rows = shown.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE).map((one) => row(one, now));
  return page(world, {
    title: `Sentinel threat intelligence in ${name}`,
    here: sentinelPath(workspaceId),
    body: markup`
<h1>Threat intelligence</h1>
<p class="sub">Stand-in for Microsoft Sentinel. Workspace ${name} of ${found.tenant.displayName}, <code>${workspaceId}</code></p>
<dl class="figures">
<div><dt>Active objects</dt><dd>${figure(active.length)}</dd></div>
<div><dt>Inactive objects</dt><dd>${figure(latest.length - active.length)}</dd></div>
<div><dt>Rows in the table</dt><dd>${figure(world.state.sentinel.rows(workspaceId).length)}</dd></div>
</dl>
<form class="bar" role="search" action="/portal/sentinel"><input type="hidden" name="workspace" value="${workspaceId}">
<label>Find <input type="search" name="q" value="${search}"></label>
<label><input type="checkbox" name="inactive" value="1"${showsInactive ? markup` checked` : null}> Show inactive</label><button>Apply</button></form>
${table("Threat intelligence", COLUMNS, rows, "No threat intelligence here.")}
${pager(shown.length, number, address)}`,
  });
};

const mentions = (one: StixRow, search: string): boolean =>
  search === "" ||
  [
    one.observableValue,
    textOf(one, "pattern"),
    textOf(one, "name"),
    textOf(one, "description"),
    one.sourceSystem,
    one.createdBy,
    ...textsOf(one, "labels"),
  ].some((text) => text?.toLowerCase().includes(search) === true);

const row = (one: StixRow, now: Date): Markup => {
  const pattern = textOf(one, "pattern");
  const isUnparsed = one.observableKey === null && pattern !== null;
  const kind = isUnparsed
    ? "not indexed: no single comparison"
    : (one.observableKey ?? textOf(one, "type") ?? "");
  const confidence = one.data["confidence"];
  const state = stateOf(one, now);
  return markup`<tr>
<td class="value"><span class="mono">${one.observableValue ?? pattern ?? textOf(one, "id") ?? ""}</span><div class="muted">${kind}</div></td>
<td class="words">${textOf(one, "name") ?? "–"}</td><td class="words">${textOf(one, "description") ?? "–"}</td>
<td class="words">${textsOf(one, "labels").map((label) => markup`<span class="tag">${label}</span>`)}</td>
<td>${typeof confidence === "number" ? confidence : "–"}</td><td>${tlp(one)}</td>
<td>${time(textOf(one, "valid_from"))}</td><td>${time(textOf(one, "valid_until"))}</td>
<td>${one.sourceSystem}</td><td>${one.createdBy}</td><td class="${state === "Active" ? "good" : "bad"}">${state}</td></tr>`;
};

const stateOf = (one: StixRow, now: Date): string => {
  if (isActive(one, now)) return "Active";
  if (one.isDeleted) return "Inactive: deleted";
  return one.data["revoked"] === true ? "Inactive: revoked" : "Inactive: expired";
};

const tlp = (one: StixRow): string =>
  textsOf(one, "object_marking_refs")
    .map((reference) => TLP_MARKINGS[reference])
    .find((name) => name !== undefined) ?? "–";
