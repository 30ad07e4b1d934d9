"use client";

export { ErrorProblem as default } from "@/components/shell/error-problem";
