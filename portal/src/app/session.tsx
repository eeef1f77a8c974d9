// Who is signed in, and the gate in front of every page that needs somebody to be.
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { changeLanguage, getMe } from "../api/calls";
import { onSessionEnded } from "../api/client";
import { asProblem } from "../api/problem";
import type { Language, Me } from "../api/types";
import { currentLanguage, speak } from "../i18n";

import { PageLoading } from "../ui/states";
import { ProblemPage } from "./problem_page";
import { queryClient } from "./query_client";
import { returnTarget } from "./return_target";

const ME = ["me"] as const;

// A language chosen before signing in is a wish of the person, so it is kept and told to the server afterwards.
let chosenBeforeSignIn: Language | null = null;
let sessionLost = false;

export async function chooseLanguage(language: Language): Promise<void> {
  await speak(language);
  const me = queryClient.getQueryData<Me | null>(ME);
  if (me) {
    queryClient.setQueryData(ME, { ...me, person: { ...me.person, language } });
    await changeLanguage(language).catch(() => undefined);
  } else {
    chosenBeforeSignIn = language;
  }
}

async function fetchMe(): Promise<Me | null> {
  try {
    const me = await getMe();
    await settleLanguage(me);
    return me;
  } catch (error) {
    const problem = asProblem(error);
    if (problem.code === "unauthenticated") return null;
    throw problem;
  }
}

async function settleLanguage(me: Me) {
  const chosen = chosenBeforeSignIn;
  chosenBeforeSignIn = null;
  if (chosen !== null && chosen !== me.person.language) {
    me.person.language = chosen;
    await changeLanguage(chosen).catch(() => undefined);
  } else if (me.person.language !== currentLanguage()) {
    await speak(me.person.language);
  }
}

export function useMeQuery({ enabled = true } = {}) {
  return useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: 5 * 60_000, enabled });
}

// After signing in or out nothing of the former person may stay in memory. The answer to "who am I" is replaced rather
// than removed, because the header keeps looking at it.
export async function leaveSession() {
  sessionLost = false;
  await queryClient.cancelQueries();
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== ME[0] });
  queryClient.setQueryData(ME, null);
}

// Called once the server has set the session; throws when it cannot be read.
export async function enterSession() {
  await leaveSession();
  await queryClient.fetchQuery({ queryKey: ME, queryFn: fetchMe, staleTime: 0 });
}

const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error("useMe is for pages behind the sign-in");
  return me;
}

// The person when there is one, for parts that also show before the sign-in.
export function useMaybeMe(): Me | null {
  return useContext(MeContext);
}

export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext.Provider value={me}>{children}</MeContext.Provider>;
}

export function RequireSignIn() {
  const query = useMeQuery();
  const location = useLocation();
  useEffect(
    () =>
      onSessionEnded(() => {
        // Only a person who was signed in can lose a session; the question "who am I" answers 401 to everybody else.
        if (queryClient.getQueryData(ME)) {
          sessionLost = true;
          queryClient.setQueryData(ME, null);
        }
      }),
    [],
  );
  if (query.isPending) return <PageLoading />;
  if (query.isError) {
    return <ProblemPage error={query.error} onRetry={() => query.refetch()} />;
  }
  if (query.data === null) {
    const target = returnTarget(location);
    const parameters = new URLSearchParams();
    if (target !== "/") parameters.set("return_to", target);
    if (sessionLost) parameters.set("expired", "1");
    const text = parameters.toString();
    return <Navigate to={`/sign_in${text === "" ? "" : `?${text}`}`} replace />;
  }
  return (
    <SessionProvider me={query.data}>
      <Outlet />
    </SessionProvider>
  );
}
