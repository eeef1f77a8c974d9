// What a preview leaves to do, in the portions in which the server takes it.
import type { PreviewedRow, RoleWish } from "../../api/types";

// What the server does at once (max_batch_roles).
const MOST_ROLES = 50;

// Roles without an end go first: an administrator may end because another one, further down, begins.
export function batchesOf(rows: readonly PreviewedRow[]): RoleWish[][] {
  const wishes = rows.flatMap(({ wish, effect }) => (wish === undefined || effect === "nothing" ? [] : [wish]));
  const ordered = [
    ...wishes.filter((wish) => wish.ends_at === undefined),
    ...wishes.filter((wish) => wish.ends_at !== undefined),
  ];
  const batches: RoleWish[][] = [];
  for (let i = 0; i < ordered.length; i += MOST_ROLES) batches.push(ordered.slice(i, i + MOST_ROLES));
  return batches;
}
