import { pino, type Logger } from "pino";

import { logLevel } from "./log-level";

export type { Logger };

const SECRET_KEYS = [
  "password",
  "passwordHash",
  "secret",
  "clientSecret",
  "client_secret",
  "token",
  "accessToken",
  "access_token",
  "apiKey",
  "key",
  "authorization",
  "cookie",
  "privateKey",
  "certificate",
  "certificatePfx",
  "certificatePassword",
  "sealed",
];

/** JSON lines on standard output; whatever is named like a secret is cut out, three levels deep. */
export const logger: Logger = pino({
  level: logLevel(process.env),
  redact: {
    paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
    censor: "[redacted]",
  },
});
