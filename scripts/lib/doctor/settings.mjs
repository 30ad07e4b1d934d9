import process from "node:process";

import { explain } from "../fault.mjs";
import { readSettings } from "../settings.mjs";
import { good, note, wrong } from "./finding.mjs";

/** @typedef {import("./finding.mjs").Finding} Finding */
/** @typedef {import("../settings.mjs").Settings} Settings */

/** @returns {{ settings?: Settings, findings: Finding[] }} */
export const lookAtSettings = () => {
  try {
    const settings = readSettings();
    return { settings, findings: [good("Settings", "every variable holds"), ...remarks(settings)] };
  } catch (error) {
    const findings = explain(error)
      .split("\n")
      .map((problem) => wrong("Settings", problem, "Correct or unset that variable."));
    return { findings };
  }
};

/** What is allowed and yet worth a thought. @param {Settings} settings @returns {Finding[]} */
const remarks = ({ isProduction, isEmbedded, appUrl }) => {
  const isSet = (/** @type {string} */ name) => Boolean(process.env[name]?.trim());
  /** @type {Finding[]} */
  const found = [];
  if (isProduction && !appUrl.startsWith("https:"))
    found.push(
      note(
        "APP_URL",
        `${appUrl} is not https`,
        "Put a proxy with TLS in front and set APP_URL to its https address: cookies are then Secure, and HSTS is on.",
      ),
    );
  if (appUrl.startsWith("https:") && !isSet("TRUSTED_PROXIES"))
    found.push(
      note(
        "TRUSTED_PROXIES",
        "is not set, although APP_URL is https: the proxy in front counts as the sender of everything",
        "Name its address or network, so that the limit on attempts to sign in tells people apart (docs/operations.md, “Proxies”).",
      ),
    );
  if (isProduction && isEmbedded)
    found.push(
      note(
        "DATABASE_URL",
        "production runs on the embedded database",
        "Fine for one machine with backups of DATA_DIR; otherwise give a PostgreSQL of your own.",
      ),
    );
  if (isProduction && isSet("SANDBOX_URL"))
    found.push(note("SANDBOX_URL", "is ignored in production", "Unset it."));
  if (!isEmbedded && !isSet("DATABASE_OWNER_URL"))
    found.push(
      note(
        "DATABASE_OWNER_URL",
        "is not set, so migrations run as the application",
        "Give the application a role that owns nothing (docs/operations.md, “Roles”).",
      ),
    );
  if (isProduction && !isSet("METRICS_TOKEN"))
    found.push(note("METRICS_TOKEN", "is not set", "Set it to have /metrics answer a scraper."));
  return found;
};
