import { z } from "zod";

import { emailSchema } from "@/lib/auth/email";
import { ROLES } from "@/lib/domain/access/permissions";
import { LONGEST_TEAM_NAME } from "@/lib/domain/access/team-name";

import { slugSchema } from "./slug";

export const personNameSchema = z
  .string()
  .trim()
  .min(1, "Give a name.")
  .max(100, "Use at most 100 characters.");

const teamNameSchema = z
  .string()
  .trim()
  .min(2, "Use at least 2 characters.")
  .max(
    LONGEST_TEAM_NAME,
    `Use at most ${String(LONGEST_TEAM_NAME)} characters. The name goes into every record's title.`,
  );

export const teamInputSchema = z.strictObject({ name: teamNameSchema, slug: slugSchema.optional() });

export const teamChangeSchema = z
  .strictObject({ name: teamNameSchema.optional(), slug: slugSchema.optional() })
  .refine(({ name, slug }) => name !== undefined || slug !== undefined, "Give a name or a slug.");

export const roleSchema = z.enum(ROLES);
export const inviteInputSchema = z.strictObject({ email: emailSchema, role: roleSchema });

export const userChangeSchema = z
  .strictObject({ disabled: z.boolean().optional(), isAdministrator: z.boolean().optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "Say what to change.");
