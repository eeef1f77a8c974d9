// One's own request to succeed as administrator: how it stands, and the way to withdraw it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMySuccession, withdrawSuccession } from "../../api/calls";
import type { OwnSuccession } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { Confirm } from "../../ui/confirm";
import { formatDateTime } from "../../ui/format";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { SuccessionFacts } from "./succession_facts";

// Somebody else decides or objects, at any moment.
const LOOK_AGAIN_MS = 15_000;

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
  const title = t("successions.own_title");
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: title, href: "" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1">{title}</Header>
        <Standing succession={succession.data} />
        <Facts succession={succession.data} />
      </SpaceBetween>
    </PageFrame>
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

function Facts({ succession }: { succession: OwnSuccession }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            isOpen(succession.status) && (
              <Button onClick={() => setAsking(true)}>{t("account_requests.withdraw")}</Button>
            )
          }
        >
          {succession.domain}
        </Header>
      }
    >
      <SuccessionFacts succession={succession} />
      {asking && (
        <Confirm
          title={t("account_requests.withdraw_title")}
          confirm={t("account_requests.withdraw")}
          action={() => withdrawSuccession(succession.succession_id)}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void queryClient.invalidateQueries({ queryKey: ["successions"] });
          }}
        >
          {t("successions.withdraw_text", { domain: succession.domain })}
        </Confirm>
      )}
    </Container>
  );
}
