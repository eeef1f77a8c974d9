// Sends what a preview leaves to do, one portion after the other. A portion that got no answer is repeated with its key,
// so it is done once; those before it stay done.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { grantRoles } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { PreviewedRow, RoleWish } from "../../api/types";
import { batchesOf } from "./batches";

interface Portion {
  roles: RoleWish[];
  keys: ReturnType<typeof idempotencyKeys>;
}

// For the rows of one preview; those of another are another component.
export function useGranting(sa: string, rows: readonly PreviewedRow[], onDone: (count: number) => void) {
  const [portions] = useState<Portion[]>(() => batchesOf(rows).map((roles) => ({ roles, keys: idempotencyKeys() })));
  const [sent, setSent] = useState(0);
  const countOf = (some: Portion[]) => some.reduce((sum, portion) => sum + portion.roles.length, 0);
  const total = countOf(portions);
  const send = useMutation({
    mutationFn: async () => {
      for (const [at, { roles, keys }] of portions.entries()) {
        if (at < sent) continue;
        await grantRoles(sa, { roles }, keys.keyFor(roles));
        setSent(at + 1);
      }
    },
    onSuccess: () => onDone(total),
  });
  return { total, granted: countOf(portions.slice(0, sent)), send };
}
