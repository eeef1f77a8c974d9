// What everybody may know about this service, for pages that cannot be shown without.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { getService } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { ServiceFacts } from "../../api/types";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";

export function ServiceGate({ children }: { children: (service: ServiceFacts) => ReactNode }) {
  // It changes only when the server is started anew.
  const service = useQuery({ queryKey: ["service"], queryFn: getService, staleTime: 60 * 60_000 });
  if (service.isPending) return <PageLoading />;
  if (service.isError) return <ProblemAlert problem={asProblem(service.error)} onRetry={() => service.refetch()} />;
  return children(service.data);
}
