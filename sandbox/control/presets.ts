import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { type Application } from "../state/directory";
import { BASIC_AUTH, MISP_AUTH_KEY } from "../state/presets";
import { type World } from "../world";

import { pretty } from "./control-call";

/** `GET /_control/presets`: all that is needed to fill a connector's or a feed's form. The secrets open nothing but the sandbox. */
export const getPresets = (call: Call, world: World): Reply =>
  pretty({
    tenants: world.state.tenants.map((tenant) => ({
      tenantId: tenant.tenantId,
      displayName: tenant.displayName,
      domain: tenant.domain,
      deviceGroups: tenant.deviceGroups,
      applications: tenant.applications.map(presentApplication),
      workspaces: tenant.workspaces,
    })),
    feeds: [
      { name: "Microsoft COVID-19 (synthetic)", kind: "csv", url: `${call.origin}/feeds/covid19.csv` },
      { name: "Demo blocklist", kind: "freetext", url: `${call.origin}/feeds/blocklist.txt` },
      { name: "Demo MISP feed", kind: "misp-feed", url: `${call.origin}/feeds/misp/` },
      { name: "Demo TAXII server", kind: "taxii", url: `${call.origin}/feeds/taxii2/` },
      {
        name: "Demo MISP server",
        kind: "misp-server",
        url: `${call.origin}/feeds/misp-server`,
        auth: { type: "misp", key: MISP_AUTH_KEY },
      },
      {
        name: "Feed behind basic authentication",
        kind: "csv",
        url: `${call.origin}/feeds/faults/basic-auth`,
        auth: { type: "basic", ...BASIC_AUTH },
      },
    ],
  });

/** An application as forms want it: its first secret is *the* secret. */
export const presentApplication = (application: Application) => ({
  displayName: application.displayName,
  clientId: application.clientId,
  clientSecret: application.secrets[0]?.value ?? null,
  secretExpiresAt: application.secrets[0]?.expiresAt ?? null,
  roles: application.roles,
  sentinelContributorOn: application.sentinelContributorOn,
  certificates: application.certificates.map(({ thumbprintSha256 }) => thumbprintSha256),
  note: application.note,
});
