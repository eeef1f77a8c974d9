// Whether a link was followed whose page is still loading. Asked at the moment itself: React may render the news late.
import { createContext, useContext } from "react";

// Set by the app from its router; nothing that renders changes with it.
export const LeavingContext = createContext<() => boolean>(() => false);

export function useIsLeaving(): () => boolean {
  return useContext(LeavingContext);
}
