import { clsx, type ClassValue } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

/** Joins class names; the later of two that set the same property wins, so a caller can always adjust a part. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes));

const merge = extendTailwindMerge({
  extend: { theme: { text: ["2xs"] }, classGroups: { "bg-image": ["texture-stripes", "texture-dots"] } },
});
