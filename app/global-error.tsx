"use client";

import { ErrorProblem } from "@/components/shell/error-problem";

import "./globals.css";

/** Stands in for the root layout when that fails, so it brings its own document. */
export default function GlobalError(props: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <ErrorProblem {...props} />
      </body>
    </html>
  );
}
