import { notFound } from "next/navigation";
import { z } from "zod";

import { AppError } from "@/lib/domain/errors";

/** For pages: what a service calls `not_found` becomes the page that says so. Every other failure stays one. */
export const orNotFound = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
};

/** The id in an address; one that is none leads to nothing. */
export const readId = (text: string): string => {
  const id = z.uuid().safeParse(text);
  return id.success ? id.data : notFound();
};
