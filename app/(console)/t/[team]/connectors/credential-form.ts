import { z } from "zod";

import { blankAsUndefined } from "@/lib/actions/fields";
import type { GivenCredential } from "@/lib/domain/connector/credential-input";

/** A certificate's file is a few kilobytes; more is another file. */
const MAX_FILE_BYTES = 128 * 1024;

const text = () => blankAsUndefined(z.string().optional());

/**
 * The fields of `CredentialFields`, of which a form has those of one way to sign in. What they mean is judged by the credential's own
 * schema; what stands there and was left empty is said where it stands.
 */
export const credentialForm = {
  clientSecret: text(),
  secretId: text(),
  secretExpiresAt: text(),
  certificate: z
    .string()
    .refine((pem) => pem.trim() !== "", "Paste the certificate and its key.")
    .optional(),
  certificateFile: z
    .instanceof(File)
    .refine(({ size }) => size > 0, "Choose the certificate’s file.")
    .refine(({ size }) => size <= MAX_FILE_BYTES, "This file is too large to hold one certificate.")
    .optional(),
  certificatePassword: text(),
  identity: text(),
};

type Entered = z.output<z.ZodObject<typeof credentialForm>>;

/** What was entered, by the names of the credential's schema: a file is told apart by its first line. */
export const readEntered = async ({
  certificateFile,
  ...entered
}: Entered): Promise<Partial<Record<keyof GivenCredential, string>>> => {
  const given = Object.fromEntries(Object.entries(entered).filter(([, value]) => value !== undefined));
  if (certificateFile === undefined) return given;
  const bytes = Buffer.from(await certificateFile.arrayBuffer());
  if (bytes.includes("-----BEGIN")) return { ...given, certificate: bytes.toString("utf8") };
  return { ...given, certificatePfx: bytes.toString("base64") };
};
