// What calls are made of beside their paths and bodies.
import type { operations } from "./schema";

export interface ListQuery {
  cursor?: string;
  limit?: number;
  search?: string;
  status?: string;
  sort?: string;
  kind?: string;
  tag?: string;
  filter?: string;
  custom_tag_id?: string;
  tag_value?: string;
}

export const account = (smart_account_id: string) => ({ path: { smart_account_id } });
export const inside = (smart_account_id: string, virtual_account_id: string) => ({
  path: { smart_account_id, virtual_account_id },
});

type QueryOf<Name extends keyof operations> = operations[Name]["parameters"]["query"];
// Filters come from the address, so they may be any text; the server refuses the words it does not know.
export const filtered = <Name extends keyof operations>(query: ListQuery) => query as QueryOf<Name>;

// The version goes into If-Match as the record's ETag (RFC 9110 section 8.8.3), which is quoted.
export const unchangedSince = (version: number) => ({ "If-Match": `"${version}"` as unknown as number });

// Repeating a call with its key is safe: the server answers as it did the first time.
export const once = (key: string) => ({ "Idempotency-Key": key });
