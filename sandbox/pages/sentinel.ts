import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { isActive, textOf, textsOf, type StixRow } from "../sentinel/stix-row";
import { findWorkspace } from "../state/directory";
import { type World } from "../world";

import { html, type Html } from "./html";
import { figure, page, PAGE_SIZE, pageNumber, pager, sentinelPath, time } from "./layout";
import { missingPage } from "./missing";

const TLP_MARKINGS: Record<string, string> = {
  "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "White",
  "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "Green",
  "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "Amber",
  "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "Red",
};

/** `GET /portal/sentinel?workspace=…&inactive=1&q=&page=`: the threat intelligence of a workspace, latest version of each object. */
export const sentinelPage = (call: Call, world: World): Reply => {
  const first = world.state.tenants[0]?.workspaces[0]?.workspaceId ?? "";
  const found = findWorkspace(world.state.tenants, call.query.get("workspace") ?? first);
  if (found === null) return missingPage(world, "There is no such workspace.");
  const { workspace, tenant } = found;
  const now = world.now();
  const showsInactive = call.query.get("inactive") === "1";
  const search = (call.query.get("q") ?? "").trim();
  const latest = world.state.sentinel.latest(workspace.workspaceId, now).reverse();
  const activeCount = latest.filter((row) => isActive(row, now)).length;
  const shown = latest
    .filter((row) => showsInactive || isActive(row, now))
    .filter((row) => mentions(row, search.toLowerCase()));
  const number = pageNumber(call.query);
  const address = (to: number): string => {
    const query = new URLSearchParams({ workspace: workspace.workspaceId, page: String(to) });
    if (showsInactive) query.set("inactive", "1");
    if (search !== "") query.set("q", search);
    return `/portal/sentinel?${query.toString()}`;
  };
  return page(world, {
    title: `Sentinel threat intelligence in ${workspace.name}`,
    here: sentinelPath(workspace.workspaceId),
    body: html` <h1>Threat intelligence</h1>
      <p class="sub">
        Stand-in for Microsoft Sentinel. Workspace ${workspace.name} of ${tenant.displayName},
        <code>${workspace.workspaceId}</code>
      </p>
      <dl class="figures">
        <div>
          <dt>Active objects</dt>
          <dd>${figure(activeCount)}</dd>
        </div>
        <div>
          <dt>Inactive objects</dt>
          <dd>${figure(latest.length - activeCount)}</dd>
        </div>
        <div>
          <dt>Rows in the table</dt>
          <dd>${figure(world.state.sentinel.rows(workspace.workspaceId).length)}</dd>
        </div>
      </dl>
      <form class="bar" role="search" action="/portal/sentinel">
        <input type="hidden" name="workspace" value="${workspace.workspaceId}" />
        <label>Find <input type="search" name="q" value="${search}" /></label>
        <label
          ><input type="checkbox" name="inactive" value="1" ${showsInactive ? html` checked` : null} /> Show
          inactive</label
        ><button>Apply</button>
      </form>
      ${table(shown.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE), now)}
      ${pager(shown.length, number, address)}`,
  });
};

const mentions = (row: StixRow, search: string): boolean =>
  search === "" ||
  [
    row.observableValue,
    textOf(row, "pattern"),
    textOf(row, "name"),
    textOf(row, "description"),
    row.sourceSystem,
    row.createdBy,
  ]
    .concat(textsOf(row, "labels"))
    .some((text) => text?.toLowerCase().includes(search) === true);

const table = (rows: readonly StixRow[], now: Date): Html =>
  rows.length === 0
    ? html`<p class="card none">No threat intelligence here.</p>`
    : html`<div class="scroll">
        <table aria-label="Threat intelligence">
          <thead>
            <tr>
              <th>Value</th>
              <th>Name</th>
              <th>Description</th>
              <th>Type</th>
              <th>Tags</th>
              <th>Confidence</th>
              <th>TLP</th>
              <th>Valid from</th>
              <th>Valid until</th>
              <th>Source</th>
              <th>Created by</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => {
              const state = stateOf(row, now);
              return html`<tr>
                <td class="mono value">
                  ${row.observableValue ?? textOf(row, "pattern") ?? textOf(row, "id") ?? ""}${
                    row.observableKey === null && textOf(row, "pattern") !== null
                      ? html`<div class="muted">not indexed: no single comparison</div>`
                      : null
                  }
                </td>
                <td>${textOf(row, "name") ?? "–"}</td>
                <td>${textOf(row, "description") ?? "–"}</td>
                <td>${row.observableKey ?? textOf(row, "type") ?? ""}</td>
                <td>${textsOf(row, "labels").map((label) => html`<span class="tag">${label}</span>`)}</td>
                <td>${confidence(row)}</td>
                <td>${tlp(row)}</td>
                <td>${time(textOf(row, "valid_from"))}</td>
                <td>${time(textOf(row, "valid_until"))}</td>
                <td>${row.sourceSystem}</td>
                <td>${row.createdBy}</td>
                <td class="nowrap state-${state === "Active" ? "active" : "inactive"}">${state}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>`;

const stateOf = (row: StixRow, now: Date): string => {
  if (isActive(row, now)) return "Active";
  if (row.isDeleted) return "Inactive: deleted";
  return row.data["revoked"] === true ? "Inactive: revoked" : "Inactive: expired";
};

const confidence = (row: StixRow): string =>
  typeof row.data["confidence"] === "number" ? String(row.data["confidence"]) : "–";

const tlp = (row: StixRow): string =>
  textsOf(row, "object_marking_refs")
    .map((reference) => TLP_MARKINGS[reference])
    .find((name) => name !== undefined) ?? "–";
