import { NextResponse, type NextRequest } from "next/server";

/**
 * Tells pages which address was asked for, so that sign-in can lead back to it. A convenience and no more: who may see what
 * is decided by every page, action and route, and by the database.
 */
export const proxy = (request: NextRequest): NextResponse => {
  const { pathname, searchParams } = request.nextUrl;
  const query = new URLSearchParams(searchParams);
  query.delete("_rsc");
  const headers = new Headers(request.headers);
  headers.set("x-sluice-path", query.size === 0 ? pathname : `${pathname}?${query.toString()}`);
  return NextResponse.next({ request: { headers } });
};

// Of what passes here Next keeps a copy in memory and cuts it at 10 MB: uploaded files pass by.
export const config = {
  matcher: ["/((?!api/|metrics|taxii2/|_next/|t/[^/]+/feeds/upload$|.*\\.[a-z0-9]+$).*)"],
};
