import type { Route } from "@/lib/api/define-route";

import * as allowlists from "./allowlists";
import * as audit from "./audit";
import * as bulkChanges from "./bulk-changes";
import * as clouds from "./clouds";
import * as connectorAids from "./connector-aids";
import * as connectors from "./connectors";
import * as destinations from "./destinations";
import * as credentials from "./credentials";
import * as feedChecks from "./feed-checks";
import * as feedDefinitions from "./feed-definitions";
import * as feeds from "./feeds";
import * as generations from "./generations";
import * as hunting from "./hunting";
import * as indicatorFiles from "./indicator-files";
import * as indicators from "./indicators";
import * as members from "./members";
import * as overlap from "./overlap";
import * as overview from "./overview";
import * as plans from "./plans";
import * as previews from "./previews";
import * as proposals from "./proposals";
import * as pushes from "./pushes";
import * as recalls from "./recalls";
import * as receipts from "./receipts";
import * as drift from "./drift";
import * as overrides from "./overrides";
import * as letThrough from "./let-through";
import * as strangers from "./strangers";
import * as foreign from "./foreign";
import * as retention from "./retention";
import * as runs from "./runs";
import * as savedViews from "./saved-views";
import * as subscriptions from "./subscriptions";
import * as system from "./system";
import * as teamRules from "./team-rules";
import * as teams from "./teams";
import * as tenants from "./tenants";
import * as tokens from "./tokens";
import * as users from "./users";
import * as withheld from "./withheld";

const AREAS: readonly Readonly<Record<string, unknown>>[] = [
  teams,
  members,
  teamRules,
  feedDefinitions,
  overlap,
  overview,
  feeds,
  subscriptions,
  previews,
  feedChecks,
  runs,
  generations,
  indicators,
  proposals,
  indicatorFiles,
  bulkChanges,
  savedViews,
  allowlists,
  connectors,
  connectorAids,
  credentials,
  hunting,
  receipts,
  destinations,
  tenants,
  drift,
  overrides,
  letThrough,
  strangers,
  foreign,
  recalls,
  withheld,
  plans,
  pushes,
  audit,
  tokens,
  users,
  retention,
  clouds,
  system,
];

const isRoute = (value: unknown): value is Route =>
  typeof value === "object" && value !== null && "definition" in value && "handle" in value;

/** Every route of the API. An area that is not listed here is found by a test that compares this with the files. */
export const ROUTES: readonly Route[] = AREAS.flatMap((area) => Object.values(area).filter(isRoute));
