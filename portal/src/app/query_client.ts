import { QueryClient } from "@tanstack/react-query";
import { asProblem, worthRepeating } from "../api/problem";

const MAX_REPEATS = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => failures < MAX_REPEATS && worthRepeating(asProblem(error)),
      // The server says how long to wait when it is busy; otherwise wait 1 s, then 2 s.
      retryDelay: (failures, error) => (asProblem(error).retry_after_s ?? 2 ** failures) * 1000,
    },
    mutations: { retry: false },
  },
});
