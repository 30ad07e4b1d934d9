import { z } from "zod";

/** What the document says of each object that a patch changes field by field. */
export const MERGED = "Merged field by field: what is left out stays as it is, and lists are replaced whole.";

type PatchFields<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends z.ZodDefault<infer Bare>
    ? z.ZodOptional<Bare>
    : Shape[Name] extends z.ZodType
      ? z.ZodOptional<Shape[Name]>
      : never;
};

/** The fields of an object that is changed field by field: what is left out stays as it is, and takes no default. */
export const patchFields = <Shape extends Readonly<Record<string, z.ZodType>>>(
  shape: Shape,
): PatchFields<Shape> =>
  Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [name, withoutDefault(field)]),
  ) as PatchFields<Shape>;

const withoutDefault = (field: z.ZodType): z.ZodType => {
  if (!(field instanceof z.ZodDefault)) return field.optional();
  const bare = z.optional(field.unwrap());
  const meta = field.meta();
  return meta ? bare.meta(meta) : bare;
};

/** An object with what a patch names of it; what the patch leaves out stays. */
export const mergeFields = <Whole extends object>(
  before: Whole,
  patch: { readonly [Name in keyof Whole]?: Whole[Name] | undefined },
): Whole => ({
  ...before,
  ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)),
});

/** What a JSON merge patch may say of a value: of objects single members, and null where one goes back to its default. */
export type MergePatch<Whole> = Whole extends readonly unknown[]
  ? Whole
  : Whole extends object
    ? { [Name in keyof Whole]?: MergePatch<Whole[Name]> | null | undefined }
    : Whole;

/** The schema of a JSON merge patch of an object. What fields say together is for the whole that comes of it to say. */
export const mergePatchOf = <Whole extends object>(
  schema: z.ZodType<Whole>,
): z.ZodType<MergePatch<Whole>, MergePatch<Whole>> =>
  toPatch(schema) as z.ZodType<MergePatch<Whole>, MergePatch<Whole>>;

const toPatch = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return toPatch(schema.unwrap() as z.ZodType);
  if (!(schema instanceof z.ZodObject)) return schema;
  const fields = Object.entries<z.ZodType>(schema.shape);
  return z.strictObject(
    Object.fromEntries(fields.map(([name, field]) => [name, toPatch(field).nullable().optional()])),
  );
};
