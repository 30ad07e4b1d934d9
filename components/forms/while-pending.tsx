"use client";

import { useEffect, useState } from "react";
import { useFormStatus } from "react-dom";

import { formatNumber } from "@/components/ui/format-number";

/** What is said while a form is on its way for longer than a second, with its time running. */
export const WhilePending = ({ words }: { words: string }) => {
  const { pending } = useFormStatus();
  return pending ? <Running words={words} /> : null;
};

const SECOND_MS = 1_000;

const Running = ({ words }: { words: string }) => {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setSeconds((before) => before + 1);
    }, SECOND_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return (
    <div role="status" className="text-muted text-sm">
      {seconds > 0 && (
        <>
          {words} <span aria-hidden>{formatNumber(seconds)} sec so far.</span>
        </>
      )}
    </div>
  );
};
