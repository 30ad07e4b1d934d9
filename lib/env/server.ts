import type { z } from "zod";

import { parseEncryptionKeys } from "./encryption-keys";
import { keepSecret, makeAuthSecret, makeEncryptionKeys } from "./kept-secrets";
import { envSchema, MIN_SECRET_CHARACTERS, UNREPEATABLE } from "./schema";
import type { EncryptionKey, Env } from "./types";

type Source = Readonly<Record<string, string | undefined>>;

/** Thrown when the environment is wrong: one line for each problem, none of which repeats a secret. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Checks all variables at once; throws `EnvironmentError`. A blank one counts as unset, so `FOO=` in a compose file means
 * "use the default". Outside production, missing secrets are made once and kept in `DATA_DIR`.
 */
export const readEnv = (source: Source): Env => {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  const parsed = envSchema.safeParse(set);
  const problems = parsed.success ? [] : describeEach(parsed.error.issues, set);
  problems.push(...findMissing(set));
  if (!parsed.success || problems.length > 0) throw new EnvironmentError(problems);

  const { data } = parsed;
  const isProduction = data.SLUICE_ENV === "production";
  return {
    ...data,
    DATABASE_OWNER_URL: data.DATABASE_OWNER_URL,
    REDIS_URL: data.REDIS_URL,
    APP_URL: data.APP_URL ?? `http://localhost:${String(data.PORT)}`,
    AUTH_SECRET: data.AUTH_SECRET ?? keptAuthSecret(data.DATA_DIR),
    ENCRYPTION_KEYS: data.ENCRYPTION_KEYS ?? keptKeys(data.DATA_DIR),
    ADMIN_PASSWORD: data.ADMIN_PASSWORD,
    SANDBOX_URL: isProduction ? undefined : data.SANDBOX_URL,
    ENTRA_TENANT_ID: data.ENTRA_TENANT_ID,
    ENTRA_CLIENT_ID: data.ENTRA_CLIENT_ID,
    ENTRA_CLIENT_SECRET: data.ENTRA_CLIENT_SECRET,
    AZURE_FEDERATED_TOKEN_FILE: data.AZURE_FEDERATED_TOKEN_FILE,
    AZURE_MANAGED_IDENTITY: data.AZURE_MANAGED_IDENTITY,
    METRICS_TOKEN: data.METRICS_TOKEN,
  };
};

let cached: Env | undefined;

/** The environment of this process, read and checked once. */
export const env = (): Env => (cached ??= readEnv(process.env));

const REQUIRED_IN_PRODUCTION = {
  AUTH_SECRET: "make one with: openssl rand -base64 32",
  ENCRYPTION_KEYS: 'make one with: echo "k1:$(openssl rand -base64 32)"',
} as const;

const ENTRA = ["ENTRA_TENANT_ID", "ENTRA_CLIENT_ID", "ENTRA_CLIENT_SECRET"] as const;

/** What only shows when several variables are seen together. */
const findMissing = (set: Source): string[] => {
  const problems: string[] = [];
  if (set["SLUICE_ENV"] === "production") {
    for (const [name, how] of Object.entries(REQUIRED_IN_PRODUCTION))
      if (set[name] === undefined)
        problems.push(`${name} is not set, and production makes none by itself: ${how}.`);
  }
  const missing = ENTRA.filter((name) => set[name] === undefined);
  if (missing.length > 0 && missing.length < ENTRA.length) {
    const verb = missing.length === 1 ? "is" : "are";
    problems.push(
      `${missing.join(" and ")} ${verb} not set: sign-in with Entra ID needs ${ENTRA.join(", ")}, or none of them.`,
    );
  }
  return problems;
};

/** One line for each variable: its first problem hides those that follow from it. */
const describeEach = (issues: readonly z.core.$ZodIssue[], set: Source): string[] => {
  const lines = new Map<string, string>();
  for (const issue of issues) {
    const name = String(issue.path[0]);
    if (!lines.has(name)) lines.set(name, describe(name, issue.message, set[name]));
  }
  return [...lines.values()];
};

const describe = (name: string, message: string, value: string | undefined): string => {
  if (value === undefined) return `${name} ${message}.`;
  return UNREPEATABLE.has(name) ? `${name} is wrong: ${message}.` : `${name} is "${value}": ${message}.`;
};

const kept = (dataDir: string, name: string, make: () => string): string => {
  try {
    return keepSecret(dataDir, name, make);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError([
      `DATA_DIR is "${dataDir}": the file ${name} cannot be kept there (${reason}).`,
    ]);
  }
};

const keptAuthSecret = (dataDir: string): string => {
  const secret = kept(dataDir, "auth-secret", makeAuthSecret);
  if (secret.length >= MIN_SECRET_CHARACTERS) return secret;
  throw new EnvironmentError([
    `The file ${dataDir}/auth-secret is damaged. Delete it for a new one, which signs everybody out.`,
  ]);
};

const keptKeys = (dataDir: string): EncryptionKey[] => {
  const keys = parseEncryptionKeys(kept(dataDir, "encryption-keys", makeEncryptionKeys));
  if (typeof keys !== "string") return keys;
  throw new EnvironmentError([
    `The file ${dataDir}/encryption-keys is damaged: ${keys}. Restore it from a backup.`,
  ]);
};
