// What goes wrong with a request, as the sandbox's faults have it.

export type Fault = readonly [what: string, fault: object];

/** What goes wrong on the way to a destination, and how often. */
export const ON_THE_WAY: readonly Fault[] = [
  ["429 with a header", { status: 429, headers: { "retry-after": "1" }, body: {} }],
  [
    "429 with a sentence",
    { status: 429, body: { error: { code: "429", message: "You can send requests again in 2 seconds." } } },
  ],
  ["429 that names no time", { status: 429, body: "" }],
  ["500", { status: 500, body: { error: { code: "InternalServerError", message: "Failed." } } }],
  ["503 twice", { status: 503, body: "", times: 2 }],
  ["a gateway's web page", { answer: "gateway-html" }],
  ["a reset before it was carried out", { reset: true }],
  ["a reset after it was carried out", { reset: true, processed: true }],
  [
    "a token that is refused once",
    { status: 401, body: { error: { code: "Unauthorized", message: "Expired." } } },
  ],
];

/** It says nothing of any one record of the batch. */
export const REFUSED_AS_A_WHOLE: Fault = [
  "a refusal of all of it",
  { status: 400, body: { error: { code: "BadRequest", message: "Something is wrong with it." } } },
];

export const SENDING = { defender: "*/import", sentinel: "*:upload" } as const;
export const REMOVING = { defender: "*/BatchDelete", sentinel: "*:upload" } as const;
