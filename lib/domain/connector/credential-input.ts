import { z } from "zod";

/** How an application signs in without anything to keep, where Sluice runs in Azure. */
const IDENTITIES = ["system-assigned", "user-assigned", "workload"] as const;
export type Identity = (typeof IDENTITIES)[number];

/** What may be given as a credential; exactly one of `clientSecret`, `certificate`, `certificatePfx` and `identity`. */
export const credentialFields = {
  clientSecret: z.string().trim().min(1, "Give the secret's value (not its id).").max(4_000).optional(),
  secretId: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.guid("Give the secret id as Entra ID shows it, a GUID."))
    .optional(),
  secretExpiresAt: z
    .union(
      [z.iso.datetime({ offset: true }), z.iso.date()],
      "Give the day on which the secret ends, such as 2027-05-31.",
    )
    .transform((text) => new Date(text))
    .optional(),
  certificate: z
    .string()
    .max(64_000)
    .regex(/-----BEGIN CERTIFICATE-----/, "Give the certificate as PEM text.")
    .regex(/-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/, "Add the private key, as PEM text.")
    .optional(),
  certificatePfx: z.base64("Give the .pfx or .p12 file in base64.").min(1).max(256_000).optional(),
  certificatePassword: z.string().max(1_000).optional(),
  identity: z.enum(IDENTITIES).optional(),
};

export type GivenCredential = z.output<z.ZodObject<typeof credentialFields>>;

const PROOFS = ["clientSecret", "certificate", "certificatePfx", "identity"] as const;
type Proof = (typeof PROOFS)[number];

/** Which of the ways to sign in are given. */
export const givenProofs = (input: GivenCredential): Proof[] =>
  PROOFS.filter((proof) => input[proof] !== undefined);

/** The field at fault and why the credential as a whole cannot be; null when it can. */
export const faultOfCredential = (
  input: GivenCredential,
  { isRequired }: { isRequired: boolean },
): { field: keyof GivenCredential; message: string } | null => {
  const [first, second] = givenProofs(input);
  if (first === undefined) {
    if (isRequired) return { field: "clientSecret", message: "Give a client secret or a certificate." };
    const stray = STRAY.find((field) => input[field] !== undefined);
    return stray === undefined
      ? null
      : { field: stray, message: "This goes with a new secret or certificate only." };
  }
  if (second !== undefined)
    return {
      field: second,
      message: "Give one way to sign in only: a client secret, a certificate or an identity.",
    };
  if (first !== "clientSecret" && (input.secretId !== undefined || input.secretExpiresAt !== undefined))
    return {
      field: "secretExpiresAt",
      message: "A certificate says itself when it ends, and an identity has no end.",
    };
  return null;
};

const STRAY = ["secretId", "secretExpiresAt", "certificatePassword"] as const;

/** A credential on its own: the successor of a connector's present one. */
export const credentialInputSchema = z.strictObject(credentialFields).superRefine((input, context) => {
  const fault = faultOfCredential(input, { isRequired: true });
  if (fault) context.addIssue({ code: "custom", path: [fault.field], message: fault.message });
});
