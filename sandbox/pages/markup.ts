/** Markup that is safe to send: made by `markup`, every value in it escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Fragment = string | number | Markup | null | readonly (Markup | null)[];

/** Builds markup; what is put in is escaped unless it is markup already. */
export const markup = (parts: TemplateStringsArray, ...values: Fragment[]): Markup =>
  new Markup(parts.reduce((text, part, index) => `${text}${render(values[index - 1] ?? null)}${part}`));

const render = (value: Fragment): string => {
  if (value === null) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  return value.map(render).join("");
};

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
