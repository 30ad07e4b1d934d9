"use client";

import { Eye, EyeOff, KeyRound } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

import { useFormAnswer, useIsSaved } from "./form-context";

type Props = {
  /** What is known of the stored secret: "set 3 months ago, expires in 12 days". Absent: none is stored. */
  stored?: ReactNode;
  name?: string;
  placeholder?: string;
};

/** A secret goes in and never comes out. A stored one is told by its age; leaving the field empty keeps it. */
export const SecretInput = ({ stored, name, placeholder }: Props) => {
  const [isShown, setIsShown] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const answer = useFormAnswer();
  const isSaved = useIsSaved();
  useEffect(() => {
    // What was saved must not stay readable in the page.
    if (isSaved && input.current !== null) input.current.value = "";
  }, [answer, isSaved]);

  return (
    <div>
      <div className="relative">
        <Input
          ref={input}
          name={name}
          isMono
          type={isShown ? "text" : "password"}
          autoComplete="new-password"
          placeholder={
            placeholder ?? (stored === undefined ? undefined : "Leave empty to keep the stored one")
          }
          className="pr-9 placeholder:font-sans"
        />
        <Button
          variant="ghost"
          size="icon-sm"
          aria-pressed={isShown}
          aria-label="Show what is typed"
          className="absolute top-0.5 right-0.5"
          onClick={() => {
            setIsShown(!isShown);
          }}
        >
          {isShown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        </Button>
      </div>
      {stored !== undefined && (
        <p className="text-muted mt-1 flex items-center gap-1.5 text-xs">
          <KeyRound aria-hidden className="size-3.5 shrink-0" />
          <span>Set: {stored}</span>
        </p>
      )}
    </div>
  );
};
