"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Reads the page anew again and again while something of it is under way. */
export const RefreshWhile = ({ isOpen, everyMs }: { isOpen: boolean; everyMs: number }) => {
  const router = useRouter();
  useEffect(() => {
    if (!isOpen) return;
    const timer = setInterval(() => {
      router.refresh();
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [isOpen, everyMs, router]);
  return null;
};
