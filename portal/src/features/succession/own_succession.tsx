// One's own request to succeed as administrator: how it stands, and the way to withdraw it.
import Alert from "@cloudscape-design/components/alert";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMySuccession, withdrawSuccession } from "../../api/calls";
import type { OwnSuccession } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { formatDateTime } from "../../ui/format";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { LOOK_AGAIN_MS, Withdrawable } from "../requests/withdrawable";
import { SuccessionFacts } from "./succession_facts";

const isOpen = (status: OwnSuccession["status"] | undefined) => status === "PENDING" || status === "WAITING";

export function OwnSuccessionPage() {
  const { t } = useTranslation();
  const { succession: id = "" } = useParams();
  const succession = useQuery({
    queryKey: ["successions", id],
    queryFn: () => getMySuccession(id),
    refetchInterval: (query) => (isOpen(query.state.data?.status) ? LOOK_AGAIN_MS : false),
  });
  if (succession.isPending) return <PageLoading />;
  if (succession.isError) return <ProblemPage error={succession.error} onRetry={() => succession.refetch()} />;
  const { status, domain } = succession.data;
  return (
    <InnerPage title={t("successions.own_title")}>
      <Standing succession={succession.data} />
      <Withdrawable
        title={domain}
        isOpen={isOpen(status)}
        question={t("successions.withdraw_text", { domain })}
        queryKey={["successions"]}
        withdraw={() => withdrawSuccession(id)}
      >
        <SuccessionFacts succession={succession.data} />
      </Withdrawable>
    </InnerPage>
  );
}

const TYPES = {
  PENDING: "info",
  WAITING: "info",
  GRANTED: "success",
  DECLINED: "warning",
  WITHDRAWN: "info",
  STOPPED: "warning",
  LAPSED: "warning",
} as const;

function Standing({ succession }: { succession: OwnSuccession }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { status, due_at, smart_account_id } = succession;
  return (
    <Alert type={TYPES[status]} header={t(`successions.standing.${status}`)}>
      {status === "GRANTED" ? (
        <RouteLink to={`/accounts/${smart_account_id ?? ""}/manage`}>{t("successions.open_account")}</RouteLink>
      ) : (
        t(`successions.standing_help.${status}`, { at: due_at === undefined ? "" : formatDateTime(language, due_at) })
      )}
    </Alert>
  );
}
