import { describe, expect, it, vi } from "vitest";
import { csvAddress } from "./calls";
import { answer, idempotencyKeys, onSessionEnded } from "./client";
import { ApiProblem, asProblem, fieldError, problemFrom, worthRepeating } from "./problem";

const response = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

async function refusal(call: Promise<unknown>): Promise<ApiProblem> {
  const result = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(result instanceof ApiProblem)) throw new Error("it should have been refused");
  return result;
}

describe("answers", () => {
  it("hand on the data", async () => {
    expect(await answer(Promise.resolve({ data: { a: 1 }, response: response(200) }))).toEqual({ a: 1 });
  });

  it("throw the problem the server names", async () => {
    const error = { code: "invalid", status: 422, fields: [{ path: "/name", code: "too_long", detail: "" }] };
    const problem = await refusal(answer(Promise.resolve({ error, response: response(422) })));
    expect(problem.code).toBe("invalid");
    expect(fieldError(problem, "/name")?.code).toBe("too_long");
    expect(fieldError(problem, "/other")).toBeUndefined();
  });

  it("say so when nobody answered, or something that is not the server", async () => {
    expect((await refusal(answer(Promise.reject(new TypeError("failed to fetch"))))).code).toBe("network");
    expect((await refusal(answer(Promise.reject(new SyntaxError("no JSON"))))).code).toBe("unreadable");
    expect((await refusal(answer(Promise.resolve({ error: "<html>", response: response(502) })))).code).toBe(
      "unreadable",
    );
  });

  it("tell whoever listens that the session has ended, and nobody for other refusals", async () => {
    const listener = vi.fn();
    const stop = onSessionEnded(listener);
    await refusal(answer(Promise.resolve({ error: { code: "wrong_credentials" }, response: response(401) })));
    expect(listener).not.toHaveBeenCalled();
    await refusal(answer(Promise.resolve({ error: { code: "unauthenticated" }, response: response(401) })));
    expect(listener).toHaveBeenCalledTimes(1);
    stop();
  });
});

describe("problems", () => {
  it("take the waiting time from the header", () => {
    expect(problemFrom({ code: "busy" }, response(503, { "Retry-After": "7" })).retry_after_s).toBe(7);
    expect(problemFrom({ code: "busy" }, response(503)).retry_after_s).toBeUndefined();
  });

  it("are repeated only where that can help", () => {
    expect(worthRepeating(asProblem(new Error("x")))).toBe(true);
    expect(worthRepeating(new ApiProblem({ code: "busy", status: 503 }))).toBe(true);
    expect(worthRepeating(new ApiProblem({ code: "outcome_unknown", status: 503 }))).toBe(false);
    expect(worthRepeating(new ApiProblem({ code: "forbidden", status: 403 }))).toBe(false);
  });
});

describe("idempotency keys", () => {
  it("stay for the same body and change with it", () => {
    const keys = idempotencyKeys();
    const first = keys.keyFor({ a: 1 });
    expect(keys.keyFor({ a: 1 })).toBe(first);
    const second = keys.keyFor({ a: 2 });
    expect(second).not.toBe(first);
    keys.done();
    expect(keys.keyFor({ a: 2 })).not.toBe(second);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
  });
});

it("asks for a CSV file with the filters of the list but not its page", () => {
  const query = { search: "a b&c", status: "out_of_compliance", cursor: "x", limit: 50 };
  expect(csvAddress("sa_1", "va_1", "licenses", query)).toBe(
    "/api/v1/smart_accounts/sa_1/virtual_accounts/va_1/licenses.csv?search=a+b%26c&status=out_of_compliance",
  );
  expect(csvAddress("sa_1", undefined, "events", {})).toBe("/api/v1/smart_accounts/sa_1/events.csv");
});
