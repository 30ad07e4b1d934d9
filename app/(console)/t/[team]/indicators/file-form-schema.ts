import { z } from "zod";

import { sharedFormFields } from "./shared-form";

/** An uploaded file of indicators, and what its rows share. */
export const fileFormSchema = z.object({
  team: z.string(),
  previewId: z.uuid("Choose a file first."),
  ...sharedFormFields,
});
