import { empty, text } from "../http/reply";
import { type Route } from "../http/router";

import { defenderPage } from "./defender";
import { homePage } from "./home";
import { sentinelPage } from "./sentinel";
import { STYLE } from "./style";

export const PAGE_ROUTES: Route[] = [
  { method: "GET", path: "/", handle: homePage },
  { method: "GET", path: "/portal/defender", handle: defenderPage },
  { method: "GET", path: "/portal/sentinel", handle: sentinelPage },
  { method: "GET", path: "/portal/style.css", handle: () => text(200, "text/css; charset=utf-8", STYLE) },
  { method: "GET", path: "/favicon.ico", handle: () => empty(204) },
];
