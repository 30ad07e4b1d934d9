import { z } from "zod";

const MAX_CHARACTERS = 254;

/** The one spelling of an address that is stored and compared: no case, no odd spaces, no look-alike forms of Unicode. */
export const canonicalEmail = (text: string): string => text.normalize("NFKC").trim().toLowerCase();

/** An e-mail address in a form or a request, made canonical. */
export const emailSchema = z
  .string()
  .transform(canonicalEmail)
  .pipe(z.email("This is not an e-mail address.").max(MAX_CHARACTERS, "This address is too long."));
