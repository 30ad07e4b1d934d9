import { describe, expect, it } from "vitest";

import { inOrder } from "./in-order";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("inOrder", () => {
  it("gives results in the items' order with no more than the limit begun", async () => {
    const finish = new Map<number, () => void>();
    let begun = 0;
    const results = inOrder([0, 1, 2, 3, 4, 5], 3, async (item) => {
      begun += 1;
      await new Promise<void>((resolve) => finish.set(item, resolve));
      return item;
    });

    const first = results.next();
    await settle();
    expect(begun).toBe(3);
    finish.get(2)?.();
    finish.get(1)?.();
    await settle();
    // Results that wait for their turn hold their place.
    expect(begun).toBe(3);
    finish.get(0)?.();
    expect(await first).toEqual({ done: false, value: 0 });
    expect(begun).toBe(4);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await results.return();
    expect(begun).toBe(5);
  });

  it("passes a failure on in its turn, also one that came early", async () => {
    const results = inOrder([1, 2], 2, (item) =>
      item === 2 ? Promise.reject(new Error("no")) : settle().then(() => item),
    );

    expect(await results.next()).toMatchObject({ value: 1 });
    await expect(results.next()).rejects.toThrow("no");
  });
});
