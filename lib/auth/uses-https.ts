import { env } from "@/lib/env/server";

/** Cookies are `__Host-` and Secure, and HSTS is on, exactly when people reach the product by https. */
export const usesHttps = (): boolean => env().APP_URL.startsWith("https:");
