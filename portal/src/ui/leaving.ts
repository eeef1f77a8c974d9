// Whether a page is being left: a link was followed whose page is still loading, or which React has not drawn yet. Asked
// at the moment itself, because React may render the news late.
import { createContext, useCallback, useContext } from "react";
import { useLocation } from "react-router";

interface RouterState {
  location: { pathname: string };
  navigation: { location?: { pathname: string } };
}

export function isLeft(pathname: string, { location, navigation }: RouterState): boolean {
  return (navigation.location ?? location).pathname !== pathname;
}

// Set by the app from its router; nothing that renders changes with it.
export const LeavingContext = createContext<(pathname: string) => boolean>(() => false);

export function useIsLeaving(): () => boolean {
  const ask = useContext(LeavingContext);
  const { pathname } = useLocation();
  return useCallback(() => ask(pathname), [ask, pathname]);
}
