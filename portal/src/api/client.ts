// The one way to the server. Mutating calls carry the header that proves they come from this site's own script.
import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, problemFrom } from "./problem";
import type { paths } from "./schema";

const sessionEnded = new Set<() => void>();

// Calls the listener whenever an answer says that nobody is signed in any more. Answers how to stop listening.
export function onSessionEnded(listener: () => void): () => void {
  sessionEnded.add(listener);
  return () => sessionEnded.delete(listener);
}

const proveOrigin: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && request.method !== "HEAD") request.headers.set("Menkyo-Request", "1");
    return request;
  },
};

export const client = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
client.use(proveOrigin);

// Awaits a call and answers its data, or throws an ApiProblem.
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await call;
  } catch (error) {
    // openapi-fetch fails to parse what is no JSON, and fetch itself fails without a network.
    throw new ApiProblem({ code: error instanceof SyntaxError ? "unreadable" : "network", status: 0 });
  }
  if (result.response.ok) return (result.data ?? {}) as T;
  const problem = problemFrom(result.error, result.response);
  if (problem.code === "unauthenticated") for (const listener of sessionEnded) listener();
  throw problem;
}

// A key per distinct body: repeating a form that got no answer is safe, changing it makes a new request.
export function idempotencyKeys() {
  let last: { body: string; key: string } | null = null;
  return {
    keyFor(body: unknown): string {
      const text = JSON.stringify(body);
      if (last?.body !== text) last = { body: text, key: randomKey() };
      return last.key;
    },
    done() {
      last = null;
    },
  };
}

// crypto.randomUUID exists in secure contexts only; an installation inside a laboratory may have plain HTTP.
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
