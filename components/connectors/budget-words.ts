import type { Weights } from "@/lib/domain/selection/budget-settings";

/** What a candidate's rank is made of, in words, and what each means for whoever sets its weight. */
export const WEIGHT_WORDS = [
  { name: "confidence", label: "Confidence", hint: "What the surest source says." },
  { name: "severity", label: "Severity", hint: "What the record would have at Microsoft." },
  { name: "recency", label: "Last seen", hint: "Within a day, a week, a month, three months." },
  { name: "type", label: "Type", hint: "Hash before domain, URL and address." },
  { name: "sources", label: "Sources", hint: "How many feeds name it." },
] as const satisfies readonly { name: keyof Weights; label: string; hint: string }[];
