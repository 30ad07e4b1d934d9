"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { Button } from "./button";
import type { ButtonLook } from "./button-class";
import { copyText } from "./copy-text";

type Props = {
  text: string;
  /** What is copied: "Copy the token". */
  label: string;
  /** Show the words, not only the icon. */
  isWordy?: boolean;
  variant?: ButtonLook["variant"];
};

const SHOWN_MS = 2_000;

/** Copies and says so, in sight and to readers. */
export const CopyButton = ({ text, label, isWordy = false, variant = "ghost" }: Props) => {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(text))) return;
    setIsCopied(true);
    setTimeout(() => {
      setIsCopied(false);
    }, SHOWN_MS);
  };

  return (
    <Button
      variant={variant}
      size={isWordy ? "sm" : "icon-sm"}
      title={isWordy ? undefined : label}
      aria-label={isWordy ? undefined : label}
      onClick={() => void copy()}
    >
      {isCopied ? <Check aria-hidden className="text-success" /> : <Copy aria-hidden />}
      {isWordy && (isCopied ? "Copied" : label)}
      <span role="status" className="sr-only">
        {isCopied ? "Copied" : ""}
      </span>
    </Button>
  );
};
