import { isAbsolute, resolve } from "node:path";

import { z } from "zod";

import { parseEncryptionKeys } from "./encryption-keys";
import { parseNetworks } from "./networks";
import { LOG_LEVELS } from "./types";

/** Of `AUTH_SECRET`, in the environment and in its file. */
export const MIN_SECRET_CHARACTERS = 32;
const MIN_PASSWORD_CHARACTERS = 12;

/** Each variable by itself. A message completes the sentence "NAME is …: " and never repeats the value. */
export const envSchema = z.object({
  SLUICE_ENV: z.enum(["production", "local"], { error: "give production or local" }).default("local"),
  DATABASE_URL: z
    .string({
      error:
        "is not set: run `npm start`, which brings its own PostgreSQL, or give postgresql://user:password@host/database",
    })
    .pipe(databaseUrl()),
  DATABASE_OWNER_URL: databaseUrl().optional(),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: "give an address such as redis://host:6379 or rediss://host:6379" })
    .optional(),
  PORT: wholeNumber(1, 65_535).default(3000),
  APP_URL: httpUrl("give the address people open, such as https://sluice.example.com")
    .refine(
      (url) => !URL.canParse(url) || isOrigin(new URL(url)),
      "give scheme, host and port only, without a path",
    )
    .optional(),
  DATA_DIR: z
    .string()
    .default(".data")
    .transform((path) => (isAbsolute(path) ? path : resolve(path))),
  AUTH_SECRET: z
    .string()
    .min(
      MIN_SECRET_CHARACTERS,
      `must be at least ${String(MIN_SECRET_CHARACTERS)} characters (make one with: openssl rand -base64 32)`,
    )
    .optional(),
  ENCRYPTION_KEYS: parsedBy(parseEncryptionKeys).optional(),
  ADMIN_EMAIL: z.email("give an e-mail address").toLowerCase().default("admin@sluice.local"),
  ADMIN_PASSWORD: z
    .string()
    .min(MIN_PASSWORD_CHARACTERS, `must be at least ${String(MIN_PASSWORD_CHARACTERS)} characters`)
    .optional(),
  SANDBOX_URL: httpUrl("give the sandbox's address, such as http://127.0.0.1:3001")
    .refine(
      (url) => !URL.canParse(url) || isOrigin(new URL(url)),
      "give scheme, host and port only, without a path",
    )
    .optional(),
  FEED_ALLOWED_CIDRS: parsedBy(parseNetworks).default([]),
  TRUSTED_PROXIES: parsedBy(parseNetworks).default([]),
  ENTRA_TENANT_ID: z
    .string()
    .regex(/^[\da-z][\da-z.-]*$/i, "give the tenant's id or its domain name")
    .refine(
      (tenant) => !["common", "organizations", "consumers"].includes(tenant.toLowerCase()),
      "give one tenant's id or domain name: this one stands for everybody's",
    )
    .optional(),
  ENTRA_CLIENT_ID: z.guid("give the application's id, a GUID").optional(),
  ENTRA_CLIENT_SECRET: z.string().optional(),
  AZURE_FEDERATED_TOKEN_FILE: z.string().optional(),
  AZURE_MANAGED_IDENTITY: z.enum(["on", "off"], { error: "give on or off" }).optional(),
  WORKER_CONCURRENCY: wholeNumber(1, 64).default(4),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `give one of ${LOG_LEVELS.join(", ")}` }).default("info"),
  METRICS_TOKEN: z.string().min(16, "must be at least 16 characters").optional(),
});

/** Variables whose value no message may repeat: secrets, and addresses that may hold a password. */
export const UNREPEATABLE: ReadonlySet<string> = new Set([
  "DATABASE_URL",
  "DATABASE_OWNER_URL",
  "REDIS_URL",
  "AUTH_SECRET",
  "ENCRYPTION_KEYS",
  "ADMIN_PASSWORD",
  "ENTRA_CLIENT_SECRET",
  "METRICS_TOKEN",
]);

function databaseUrl() {
  return z
    .url({
      protocol: /^postgres(?:ql)?$/,
      error: "give an address such as postgresql://user:password@host:5432/database",
    })
    .refine(
      (url) => !URL.canParse(url) || namesUserAndDatabase(new URL(url)),
      "must name a user and a database",
    );
}

function httpUrl(error: string) {
  return z.url({ protocol: /^https?$/, error }).transform((url) => url.replace(/\/+$/, ""));
}

function namesUserAndDatabase({ username, pathname }: URL): boolean {
  return username !== "" && pathname.length > 1;
}

function isOrigin({ pathname, search, hash, username }: URL): boolean {
  return pathname === "/" && search === "" && hash === "" && username === "";
}

function wholeNumber(min: number, max: number) {
  const error = `give a whole number from ${String(min)} to ${String(max)}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, error)
    .transform(Number)
    .pipe(z.number().min(min, error).max(max, error));
}

function parsedBy<T>(parse: (text: string) => T[] | string) {
  return z.string().transform((text, context) => {
    const parsed = parse(text);
    if (typeof parsed !== "string") return parsed;
    context.addIssue({ code: "custom", message: parsed });
    return z.NEVER;
  });
}
