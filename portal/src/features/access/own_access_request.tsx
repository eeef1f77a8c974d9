// One's own request for access: how it stands, and what to do meanwhile.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMyAccessRequest, withdrawAccessRequest } from "../../api/calls";
import type { OwnAccessRequest, OwnAccessRequestWithContacts } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { Confirm } from "../../ui/confirm";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { AccessFacts } from "./access_facts";

// Somebody else decides, at any moment.
const LOOK_AGAIN_MS = 15_000;

export function OwnAccess() {
  const { t } = useTranslation();
  const { request: id = "" } = useParams();
  const request = useQuery({
    queryKey: ["access_requests", id],
    queryFn: () => getMyAccessRequest(id),
    refetchInterval: (query) => (query.state.data?.status === "PENDING" ? LOOK_AGAIN_MS : false),
  });
  if (request.isPending) return <PageLoading />;
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const title = t(`access.own_title.${request.data.purpose}`);
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: title, href: `/access_requests/${id}` },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1">{title}</Header>
        <Standing request={request.data} />
        <Facts request={request.data} />
        {request.data.contacts.length > 0 && <Contacts contacts={request.data.contacts} />}
      </SpaceBetween>
    </PageFrame>
  );
}

const TYPES = {
  PENDING: "info",
  SENT: "info",
  APPROVED: "success",
  DECLINED: "warning",
  WITHDRAWN: "info",
  EXPIRED: "warning",
} as const;

function Standing({ request }: { request: OwnAccessRequestWithContacts }) {
  const { t } = useTranslation();
  const { status, smart_account_id } = request;
  const waits = status === "PENDING" || status === "SENT";
  return (
    <Alert type={TYPES[status]} header={t(`access.standing.${status}`)}>
      {status === "APPROVED" ? (
        <RouteLink to={`/accounts/${smart_account_id ?? ""}/licenses`}>{t("home.licenses")}</RouteLink>
      ) : (
        <>
          {waits && request.contacts.length > 0 ? t("access.standing_shown") : t(`access.standing_help.${status}`)}{" "}
          {!waits && (
            <RouteLink to={`/access_request?domain=${encodeURIComponent(request.domain)}`}>
              {t("access.again")}
            </RouteLink>
          )}
        </>
      )}
    </Alert>
  );
}

function Facts({ request }: { request: OwnAccessRequest }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            request.status === "PENDING" && (
              <Button onClick={() => setAsking(true)}>{t("account_requests.withdraw")}</Button>
            )
          }
        >
          {request.domain}
        </Header>
      }
    >
      <AccessFacts request={request} />
      {asking && (
        <Confirm
          title={t("account_requests.withdraw_title")}
          confirm={t("account_requests.withdraw")}
          action={() => withdrawAccessRequest(request.access_request_id)}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void queryClient.invalidateQueries({ queryKey: ["access_requests"] });
          }}
        >
          {t("access.withdraw_text", { domain: request.domain })}
        </Confirm>
      )}
    </Container>
  );
}

// The customer lets its administrators be seen.
function Contacts({ contacts }: { contacts: OwnAccessRequestWithContacts["contacts"] }) {
  const { t } = useTranslation();
  return (
    <Container header={<Header variant="h2">{t("access.contacts")}</Header>}>
      <ul className="menkyo-checklist">
        {contacts.map((each) => (
          <li key={each.mail}>
            {each.name} &lt;{each.mail}&gt; {each.phone}
          </li>
        ))}
      </ul>
    </Container>
  );
}
