import { expect, test, type APIResponse } from "@playwright/test";

const saysTo = (response: APIResponse, name: string): string => response.headers()[name] ?? "";

for (const address of ["/sign-in", "/nothing/here.php", "/api/health", "/api/v1/teams", "/icon.svg"]) {
  test(`${address} may not be framed, sniffed or told of to others`, async ({ request }) => {
    const response = await request.get(address);

    expect(saysTo(response, "x-frame-options")).toBe("DENY");
    expect(saysTo(response, "x-content-type-options")).toBe("nosniff");
    expect(saysTo(response, "referrer-policy")).toBe("same-origin");
    expect(saysTo(response, "content-security-policy")).toContain("frame-ancestors 'none'");
    // This start is reached by http: what would lock browsers out of it must not be said.
    expect(saysTo(response, "strict-transport-security")).toBe("");
  });
}

test("every script of a page carries the nonce of that answer, and no answer repeats one", async ({
  request,
}) => {
  const nonces = new Set<string>();
  for (const address of ["/sign-in", "/sign-in", "/nothing/here"]) {
    const response = await request.get(address);
    const nonce = /'nonce-([^']+)'/.exec(saysTo(response, "content-security-policy"))?.[1] ?? "none";
    const scripts = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test("a script that was slipped into a page does not run", async ({ page }) => {
  await page.goto("/sign-in");
  const forbidden = page.waitForEvent("console", (message) =>
    message.text().includes("Content Security Policy"),
  );
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.name = \"taken\"'>");
  });
  await forbidden;

  expect(await page.evaluate(() => window.name)).toBe("");
});
