"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";

import { Toaster } from "@/components/ui/toast";

/** What every page needs around it in the browser: state in the address, messages. */
export const Providers = ({ children }: { children: ReactNode }) => (
  <NuqsAdapter>
    {children}
    <Toaster />
  </NuqsAdapter>
);
