/** The frame shared by every control that holds text. Its border alone reaches 3:1, as WCAG 1.4.11 asks. */
export const CONTROL =
  "w-full min-w-0 rounded-md border border-strong/80 bg-surface text-sm text-ink shadow-card transition-colors hover:border-strong focus-visible:border-accent focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-invalid:border-danger";
