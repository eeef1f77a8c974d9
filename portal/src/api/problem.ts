// What went wrong with a call, in the vocabulary of the API (RFC 9457 problem details) and two words of our own:
// "network" when no answer came, "unreadable" when something answered that is not the API (a proxy, say).
import type { ProblemBody } from "./types";

export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly fields: readonly { path: string; code: string; detail: string }[];
  readonly request_id: string | undefined;
  readonly retry_after_s: number | undefined;

  constructor(body: Partial<Omit<ProblemBody, "code">> & { code: string; status: number }, retryAfterS?: number) {
    super(body.code);
    this.name = "ApiProblem";
    this.code = body.code;
    this.status = body.status;
    this.detail = body.detail ?? "";
    this.fields = body.fields ?? [];
    this.request_id = body.request_id;
    this.retry_after_s = retryAfterS;
  }
}

// Reads a failed answer. Nothing about its body is believed before it has been looked at.
export function problemFrom(body: unknown, response: Response): ApiProblem {
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const retryAfterS = Number.isNaN(retryAfter) ? undefined : retryAfter;
  if (typeof body === "object" && body !== null && typeof (body as ProblemBody).code === "string") {
    return new ApiProblem({ ...(body as ProblemBody), status: response.status }, retryAfterS);
  }
  return new ApiProblem({ code: "unreadable", status: response.status }, retryAfterS);
}

export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem({ code: "network", status: 0 });
}

// A repeat makes sense when nothing says that the same call would fail in the same way.
export function worthRepeating(problem: ApiProblem): boolean {
  return ["network", "busy", "storage_unavailable", "timed_out"].includes(problem.code);
}

// The error of one field by JSON pointer (RFC 6901), or nothing.
export function fieldError(problem: ApiProblem | null, path: string) {
  return problem?.fields.find((field) => field.path === path);
}
