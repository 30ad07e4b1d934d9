const isPlain = !process.stdout.isTTY || Boolean(process.env["NO_COLOR"]);

/** @param {number} code @returns {(text: string) => string} */
const paint = (code) => (text) => (isPlain ? text : `\u001b[${code}m${text}\u001b[0m`);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

/** @param {string} [text] */
export const say = (text = "") => {
  process.stdout.write(`${text}\n`);
};

/** A thing that is done. @param {string} name @param {string} [detail] */
export const done = (name, detail = "") => {
  say(`  ${green("✔")} ${detail ? name.padEnd(16) : name}${dim(detail)}`.trimEnd());
};

/** A thing that now takes a while. @param {string} text */
export const doing = (text) => {
  say(`  ${dim("…")} ${text}`);
};

/** @param {string} text */
export const warn = (text) => {
  process.stderr.write(`  ${yellow("!")} ${text}\n`);
};

/** @param {string} text one line for each problem */
export const fail = (text) => {
  process.stderr.write(`  ${red("✘")} ${text.replaceAll("\n", `\n    `)}\n`);
};

/** @param {number} startedAt by `performance.now()` @returns {string} such as "1.4 s" */
export const since = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
