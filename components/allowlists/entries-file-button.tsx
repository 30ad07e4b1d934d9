"use client";

import { FileUp } from "lucide-react";
import { useRef, useState } from "react";

import { Button } from "@/components/ui/button";
import { formatNumber } from "@/components/ui/format-number";

import { entriesOfFile } from "./entries-of-file";

type Props = { onRead: (entries: string) => void };

/** Far more than one form takes; a larger file is not read only to be refused. */
const MAX_BYTES = 2_000_000;

/** Reads entries from a file of the person's machine into the box, where they can be looked through before anything is saved. */
export const EntriesFileButton = ({ onRead }: Props) => {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = async (file: File): Promise<void> => {
    if (file.size > MAX_BYTES) {
      setProblem(`The file has more than ${formatNumber(MAX_BYTES / 1_000_000)} MB. Add it in parts.`);
      return;
    }
    try {
      onRead(entriesOfFile(await file.text()));
      setProblem(null);
    } catch {
      setProblem("The file could not be read. Choose it again.");
    }
  };
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      <input
        ref={input}
        type="file"
        aria-label="File to take them from"
        accept=".txt,.csv,.json,text/plain,application/json"
        className="sr-only"
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) void read(file);
          currentTarget.value = "";
        }}
      />
      <Button size="sm" onClick={() => input.current?.click()}>
        <FileUp aria-hidden />
        Take them from a file
      </Button>
      <span className="text-muted text-xs">Text, one a line, or a MISP warninglist (JSON).</span>
      {problem !== null && (
        <p role="alert" className="text-danger w-full text-sm">
          {problem}
        </p>
      )}
    </div>
  );
};
