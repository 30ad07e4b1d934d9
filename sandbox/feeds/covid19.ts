import { createHash } from "node:crypto";

import { type Call } from "../http/call";
import { conditional } from "../http/conditional";
import { type Reply } from "../http/reply";
import { type World } from "../world";

const DESCRIPTION = "Microsoft COVID-19 Threat Indicators";
const FIRST_VERSION_ROWS = 950;
const SECOND_VERSION_ROWS = 36;
const MODIFIED_AT = { 1: new Date("2020-07-02T17:00:00Z"), 2: new Date("2020-11-02T17:00:00Z") };

/** The synthetic value number `n` of the feed, as everybody can compute it. */
const demoSha256 = (n: number): string =>
  createHash("sha256")
    .update(`sluice-demo-${String(n)}`)
    .digest("hex");

/**
 * The feed in one of its versions: 950 rows, then 36 others. Shape of the real file: comma, no header, CRLF,
 * no newline after the last line, seven columns (time in US order, value, type, TLP, product, threat type, description).
 */
export const covid19Csv = (version: 1 | 2): string => {
  const [first, count, start] =
    version === 1
      ? [1, FIRST_VERSION_ROWS, Date.UTC(2020, 4, 11, 13, 38, 47)]
      : [FIRST_VERSION_ROWS + 1, SECOND_VERSION_ROWS, Date.UTC(2020, 8, 26, 1, 10, 1)];
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const time = usTime(new Date(start + index * 4_217_000));
    const threat = number % 5 < 3 ? "Malware" : "Phish";
    return [time, demoSha256(number), "sha256", "white", "Azure Sentinel", threat, DESCRIPTION].join(",");
  }).join("\r\n");
};

/** `GET /feeds/covid19.csv`: the version that the sandbox's state names. */
export const serveCovid19 = (call: Call, world: World): Reply => {
  const version = world.state.covid19Version;
  return conditional(call, {
    contentType: "text/csv; charset=utf-8",
    body: covid19Csv(version),
    modifiedAt: MODIFIED_AT[version],
  });
};

/** `5/11/2020 1:38:47 PM` */
const usTime = (at: Date): string => {
  const [hour, minute, second] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  const clock = [hour % 12 === 0 ? 12 : hour % 12, twoDigits(minute), twoDigits(second)].join(":");
  const day = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCFullYear()].join("/");
  return `${day} ${clock} ${hour < 12 ? "AM" : "PM"}`;
};

const twoDigits = (number: number): string => String(number).padStart(2, "0");
