import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import { readPages } from "./pages";
import type { Search } from "./search";

const { signal } = new AbortController();
const tooMuch = new AppError("upstream_unavailable", "It is in trouble.", { retry: "later" });

/** A server with so many rows, which it numbers. */
const serverOf = (
  count: number,
  more: { most?: number; cap?: number; hides?: (row: number) => boolean } = {},
) => {
  const asked: { page: number; limit: number; ok: boolean }[] = [];
  const search: Search = (_query, { page, limit }) => {
    const { most = Number.POSITIVE_INFINITY, cap = Number.POSITIVE_INFINITY, hides = () => false } = more;
    const ok = limit <= most;
    asked.push({ page, limit, ok });
    if (!ok) return Promise.resolve({ ok, tooMuch });
    const size = Math.min(limit, cap);
    const rows = Array.from({ length: count }, (_, row) => row).slice((page - 1) * size, page * size);
    const shown = rows.filter((row) => !hides(row));
    return Promise.resolve({
      ok,
      page: { attributes: shown, skipped: rows.length - shown.length, keyExpiresAt: null },
    });
  };
  return { asked, search };
};

const rowsOf = async (search: Search, firstSize?: number): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const page of readPages(search, {}, { signal, ...(firstSize && { firstSize }) }))
    rows.push(...page.attributes);
  return rows;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

describe("the pages of a search", () => {
  it.each([0, 1, 49, 50, 100, 1_999, 2_000, 2_001, 4_000, 5_123])(
    "give all of %i rows, each once",
    async (count) => {
      expect(await rowsOf(serverOf(count).search)).toEqual(upTo(count));
    },
  );

  it.each([1_999, 1_000, 300, 50])(
    "shrink until a server manages them (%i at most), and begin where the last one ended",
    async (most) => {
      const { search, asked } = serverOf(6_789, { most });

      expect(await rowsOf(search)).toEqual(upTo(6_789));
      expect(asked[0]).toEqual({ page: 1, limit: 2_000, ok: false });
      expect(Math.max(...asked.filter(({ ok }) => ok).map(({ limit }) => limit))).toBeLessThanOrEqual(most);
    },
  );

  it("grow again once the server has recovered", async () => {
    let most = 250;
    const { search, asked } = serverOf(40_000, {
      get most() {
        return most;
      },
    });
    const rows: unknown[] = [];
    for await (const page of readPages(search, {}, { signal })) {
      rows.push(...page.attributes);
      if (rows.length > 5_000) most = 2_000;
    }

    expect(rows).toEqual(upTo(40_000));
    expect(asked.at(-1)?.limit).toBe(2_000);
  });

  it("go on after a page from which the server itself left rows out", async () => {
    const { search } = serverOf(6_000, { hides: (row) => row >= 1_900 && row < 4_100 });

    expect(await rowsOf(search)).toEqual(upTo(6_000).filter((row) => row < 1_900 || row >= 4_100));
  });

  it("are read to the end although a role caps their size", async () => {
    expect(await rowsOf(serverOf(1_234, { cap: 500 }).search)).toEqual(upTo(1_234));
  });

  it("end at a server that has none and gives everything at once", async () => {
    const search: Search = () =>
      Promise.resolve({ ok: true, page: { attributes: upTo(150), skipped: 0, keyExpiresAt: null } });

    expect(await rowsOf(search)).toEqual(upTo(150));
  });

  it("stop with a named error when not even the smallest comes", async () => {
    await expect(rowsOf(serverOf(10, { most: 49 }).search)).rejects.toThrow(
      "does not manage to answer a search for 50 attributes at once. It is in trouble.",
    );
  });

  it("stop with a named error when one comes twice", async () => {
    const search: Search = () =>
      Promise.resolve({ ok: true, page: { attributes: upTo(2_000), skipped: 0, keyExpiresAt: null } });

    await expect(rowsOf(search)).rejects.toThrow("gave the same page of its list twice");
  });

  it("stop with a named error when they are empty without end", async () => {
    const search: Search = (_query, { limit }) =>
      Promise.resolve({ ok: true, page: { attributes: [], skipped: limit, keyExpiresAt: null } });

    await expect(rowsOf(search)).rejects.toThrow("gave empty pages without end");
  });
});
