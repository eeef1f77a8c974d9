// Keeps what a page shows up to date while it looks at an account; without one, for those whom nothing is told of.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { listenToAccount } from "./client";
import type { LiveState } from "./hub";
import { isTouched } from "./keys";

export function useLiveAccount(smart_account_id: string | undefined): LiveState {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    if (smart_account_id === undefined) return;
    return listenToAccount(smart_account_id, (message) => {
      if (message.smart_account_id !== smart_account_id) return;
      if (message.kind === "state") setState(message.state);
      else if (message.kind === "resumed") queryClient.invalidateQueries({ queryKey: ["account", smart_account_id] });
      else {
        queryClient.invalidateQueries({
          predicate: (query) => isTouched(query.queryKey, smart_account_id, message.change),
        });
      }
    });
  }, [smart_account_id, queryClient]);
  return state;
}
