/** Colour stands for state only. Whoever uses a tone also says it in a word. */
export type Tone = "neutral" | "info" | "success" | "warning" | "danger";

/** Text and icons in a tone; readable on every surface and on the tone's own tint. */
export const TONE_TEXT: Record<Tone, string> = {
  neutral: "text-muted",
  info: "text-accent",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
};

/** A tinted surface with its border and text. */
export const TONE_TINT: Record<Tone, string> = {
  neutral: "border-line bg-sunken text-muted",
  info: "border-accent-line bg-accent-tint text-accent",
  success: "border-success-line bg-success-tint text-success",
  warning: "border-warning-line bg-warning-tint text-warning",
  danger: "border-danger-line bg-danger-tint text-danger",
};
