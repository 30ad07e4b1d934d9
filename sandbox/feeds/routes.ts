import { type Route } from "../http/router";

import { serveBlocklist } from "./blocklist";
import { serveCovid19 } from "./covid19";
import { serveFaultFeed } from "./fault-feeds";
import { serveMispFeed } from "./misp-feed";
import { getVersion, searchAttributes, viewMe, withKey } from "./misp-server";
import {
  apiRoot,
  collectionManifest,
  collectionObjects,
  collections,
  discovery,
  oneCollection,
} from "./taxii";

const TAXII = "/feeds/taxii2";
const COLLECTION = `${TAXII}/api/collections/:collection`;
const MISP = "/feeds/misp-server";

/** TAXII's addresses end in a slash; its absence is forgiven. */
const slashed = (route: Route): Route[] => [route, { ...route, path: `${route.path}/` }];
/** MISP answers with and without `.json`. */
const dotted = (route: Route): Route[] => [route, { ...route, path: `${route.path}.json` }];

export const FEED_ROUTES: Route[] = [
  { method: "GET", path: "/feeds/covid19.csv", handle: serveCovid19 },
  { method: "GET", path: "/feeds/blocklist.txt", handle: serveBlocklist },
  { method: "GET", path: "/feeds/faults/:name", handle: serveFaultFeed },
  ...slashed({ method: "GET", path: TAXII, handle: discovery }),
  ...slashed({ method: "GET", path: `${TAXII}/api`, handle: apiRoot }),
  ...slashed({ method: "GET", path: `${TAXII}/api/collections`, handle: collections }),
  ...slashed({ method: "GET", path: COLLECTION, handle: oneCollection }),
  ...slashed({ method: "GET", path: `${COLLECTION}/objects`, handle: collectionObjects }),
  ...slashed({ method: "GET", path: `${COLLECTION}/manifest`, handle: collectionManifest }),
  ...dotted({ method: "GET", path: `${MISP}/servers/getVersion`, handle: withKey(getVersion) }),
  ...dotted({ method: "GET", path: `${MISP}/users/view/me`, handle: withKey(viewMe) }),
  ...dotted({ method: "POST", path: `${MISP}/attributes/restSearch`, handle: withKey(searchAttributes) }),
  { method: "GET", path: "/feeds/misp/*file", handle: serveMispFeed },
];
