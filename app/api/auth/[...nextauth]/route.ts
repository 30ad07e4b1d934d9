import type { NextRequest } from "next/server";
import NextAuth from "next-auth";

import { makeAuthOptions } from "@/lib/auth/next-auth";
import { signOut } from "@/lib/services/people/sessions";
import { signIn } from "@/lib/services/people/sign-in";
import { signInWithEntra } from "@/lib/services/people/sign-in-with-entra";

type Context = { params: Promise<{ nextauth: string[] }> };

// The options are made for each request, since reading the environment is no business of the build.
const handle = async (request: NextRequest, context: Context): Promise<Response> => {
  const options = makeAuthOptions({ signIn, signInWithEntra, signOut }, { headers: request.headers });
  const answer: unknown = await NextAuth(request, context, options);
  if (answer instanceof Response) return answer;
  throw new Error("next-auth gave no answer.");
};

export { handle as GET, handle as POST };
