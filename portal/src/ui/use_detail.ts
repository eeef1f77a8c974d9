// The record whose details are open, in the address, so that it can be sent to somebody.
import { useCallback } from "react";
import { useLocation, useNavigate } from "react-router";

export function useDetail() {
  const location = useLocation();
  const navigate = useNavigate();
  const id = new URLSearchParams(location.search).get("detail") ?? undefined;
  const go = useCallback(
    (next: string | undefined) => {
      const parameters = new URLSearchParams(location.search);
      if (next === undefined) parameters.delete("detail");
      else parameters.set("detail", next);
      navigate({ search: parameters.toString() }, { preventScrollReset: true, state: location.state });
    },
    [navigate, location],
  );
  const open = useCallback((next: string) => go(next), [go]);
  const close = useCallback(() => go(undefined), [go]);
  return { id, open, close };
}
