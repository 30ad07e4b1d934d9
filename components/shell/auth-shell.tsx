import type { ReactNode } from "react";

import { Brand } from "./brand-mark";
import { MAIN_ID } from "./skip-link";
import { ThemeToggle } from "./theme-toggle";

type Props = { title: string; description?: ReactNode; children: ReactNode; footer?: ReactNode };

/** What stands around the pages before sign-in: one card, one task. */
export const AuthShell = ({ title, description, children, footer }: Props) => (
  <div className="flex min-h-dvh flex-col">
    <header className="flex items-center justify-between px-4 py-3 sm:px-6">
      <Brand />
      <ThemeToggle />
    </header>
    <main id={MAIN_ID} className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center px-4 pb-24">
      <div className="bg-surface shadow-card rounded-xl border p-6 sm:p-8">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {description !== undefined && <div className="text-muted mt-1 text-sm">{description}</div>}
        <div className="mt-5">{children}</div>
      </div>
      {footer !== undefined && <div className="text-muted mt-4 text-center text-xs">{footer}</div>}
    </main>
  </div>
);
