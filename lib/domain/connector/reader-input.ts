import { z } from "zod";

import { credentialFields, faultOfCredential } from "./credential-input";

/** The application that reads a destination for all teams, and what it signs in with. */
export const readerInputSchema = z
  .strictObject({
    clientId: z
      .string()
      .trim()
      .toLowerCase()
      .pipe(z.guid("Give the application (client) id as a GUID, as Entra ID shows it.")),
    ...credentialFields,
  })
  .superRefine((input, context) => {
    const fault = faultOfCredential(input, { isRequired: true });
    if (fault) context.addIssue({ code: "custom", path: [fault.field], message: fault.message });
  });
export type ReaderInput = z.output<typeof readerInputSchema>;
