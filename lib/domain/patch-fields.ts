import { z } from "zod";

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
