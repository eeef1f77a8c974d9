// One's own request for access: how it stands, and what to do meanwhile.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMyAccessRequest, withdrawAccessRequest } from "../../api/calls";
import type { OwnAccessRequestWithContacts } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { LOOK_AGAIN_MS, Withdrawable } from "../requests/withdrawable";
import { AccessFacts } from "./access_facts";

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
  const { purpose, status, domain, contacts } = request.data;
  return (
    <InnerPage title={t(`access.own_title.${purpose}`)}>
      <Standing request={request.data} />
      <Withdrawable
        title={domain}
        isOpen={status === "PENDING"}
        question={t("access.withdraw_text", { domain })}
        queryKey={["access_requests"]}
        withdraw={() => withdrawAccessRequest(id)}
      >
        <AccessFacts request={request.data} />
      </Withdrawable>
      {contacts.length > 0 && <Contacts contacts={contacts} />}
    </InnerPage>
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
