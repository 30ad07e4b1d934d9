"use client";

import { Tooltip } from "@base-ui/react/tooltip";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";

import { Toaster } from "@/components/ui/toast";

/** What every page needs around it in the browser: state in the address, tooltips, messages. */
export const Providers = ({ children }: { children: ReactNode }) => (
  <NuqsAdapter>
    <Tooltip.Provider>{children}</Tooltip.Provider>
    <Toaster />
  </NuqsAdapter>
);
