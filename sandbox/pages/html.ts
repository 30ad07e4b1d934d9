/** Markup that is safe to send: made by `html`, every value in it escaped. */
export class Html {
  constructor(readonly markup: string) {}
}

export type Fragment = string | number | Html | null | readonly (Html | null)[];

/** Builds markup; what is put in is escaped unless it is markup already. */
export const html = (parts: TemplateStringsArray, ...values: Fragment[]): Html =>
  new Html(parts.reduce((markup, part, index) => `${markup}${render(values[index - 1] ?? null)}${part}`));

const render = (value: Fragment): string => {
  if (value === null) return "";
  if (value instanceof Html) return value.markup;
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
