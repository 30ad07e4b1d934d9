import { randomBytes } from "node:crypto";

import { NextResponse, type NextRequest } from "next/server";

import { contentPolicy, transportHeaders } from "@/lib/auth/browser-rules";
import { usesHttps } from "@/lib/auth/uses-https";

/**
 * Tells pages which address was asked for, so that sign-in can lead back to it, and browsers what a page may do. A
 * convenience and a second wall, no more: who may see what is decided by every page, action and route, and by the database.
 */
export const proxy = (request: NextRequest): NextResponse => {
  const { pathname, searchParams } = request.nextUrl;
  const query = new URLSearchParams(searchParams);
  query.delete("_rsc");
  const isHttps = usesHttps();
  const policy = contentPolicy({
    nonce: randomBytes(16).toString("base64"),
    isHttps,
    isDevelopment: process.env.NODE_ENV === "development",
  });
  const headers = new Headers(request.headers);
  headers.set("x-sluice-path", query.size === 0 ? pathname : `${pathname}?${query.toString()}`);
  // Next takes the nonce from here and puts it on every script of its own.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  for (const [name, value] of Object.entries(transportHeaders({ isHttps })))
    response.headers.set(name, value);
  return response;
};

// Not the API: a body that passes here is kept in memory twice, and its answers bring their own headers. Nor uploaded files,
// which would be cut at 10 MB.
export const config = { matcher: ["/((?!api/|metrics|taxii2/|_next/|t/[^/]+/feeds/upload$).*)"] };
