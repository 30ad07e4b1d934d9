import "server-only";

/** A file that is made while it is read, piece by piece. */
export class FileAnswer {
  constructor(
    readonly name: string,
    readonly type: string,
    readonly pieces: AsyncGenerator<string, void, undefined>,
  ) {}
}

/**
 * The answer that holds a file. Throws what making its first piece throws: behind the head of an answer no refusal can be told.
 */
export const fileResponse = async (
  { name, type, pieces }: FileAnswer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => {
  const first = await pieces.next();
  return new Response(toStream(first, pieces), {
    headers: {
      ...headers,
      "content-type": type,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
};

const toStream = (
  first: IteratorResult<string, void>,
  pieces: AsyncGenerator<string, void, undefined>,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let ready: typeof first | null = first;
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = ready ?? (await pieces.next());
      ready = null;
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
};
