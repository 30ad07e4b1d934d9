"use client";

import { createContext, use } from "react";

export const DialogContext = createContext<(() => void) | null>(null);

/** Closes the dialog or drawer that this part stands in; does nothing outside of one. */
export const useCloseDialog = (): (() => void) => use(DialogContext) ?? nothing;

const nothing = (): void => undefined;
