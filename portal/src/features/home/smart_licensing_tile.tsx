// Where an organisation's own Smart Account begins, and what became of the wish for one.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { listMyAccessRequests, listMyAccountRequests, listMySuccessions } from "../../api/calls";
import { listMyPartnerRequests } from "../../api/partner_calls";
import { asProblem } from "../../api/problem";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { AccessStatus } from "../access/access_facts";
import { RequestStatus } from "../founding/request_facts";
import { PartnerStatus } from "../partner/partner_facts";
import { SuccessionStatusText } from "../succession/succession_facts";

const NEWEST = 5;

export function SmartLicensingTile() {
  const { t } = useTranslation();
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={t("home.smart_licensing_description")}>
          {t("home.smart_licensing")}
        </Header>
      }
      footer={
        <SpaceBetween direction="horizontal" size="l">
          <RouteLink to="/accounts/new" variant="primary">
            {t("home.create_account")}
          </RouteLink>
          <RouteLink to="/access_request" variant="primary">
            {t("access.title")}
          </RouteLink>
          <RouteLink to="/partner_requests" variant="primary">
            {t("partner_requests.tile")}
          </RouteLink>
          <RouteLink to="/succession" variant="primary">
            {t("successions.tile")}
          </RouteLink>
          <RouteLink to="/enquiries" variant="primary">
            {t("enquiries.title")}
          </RouteLink>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="s">
        <Box color="text-body-secondary">{t("home.smart_licensing_text")}</Box>
        <OwnRequests
          label={t("account_requests.own")}
          queryKey="account_requests"
          read={listMyAccountRequests}
          // An approved one is there as an account, a withdrawn one is nobody's concern any more.
          isShown={({ status }) => status === "PENDING" || status === "DECLINED"}
          row={(each) => ({
            to: `/account_requests/${each.account_request_id}`,
            text: each.name,
            status: <RequestStatus status={each.status} />,
          })}
        />
        <OwnRequests
          label={t("access.own")}
          queryKey="access_requests"
          read={listMyAccessRequests}
          isShown={({ status }) => status !== "APPROVED" && status !== "WITHDRAWN"}
          row={(each) => ({
            to: `/access_requests/${each.access_request_id}`,
            text: t(`access.own_item.${each.purpose}`, { domain: each.domain }),
            status: <AccessStatus status={each.status} />,
          })}
        />
        <OwnRequests
          label={t("partner_requests.own")}
          queryKey="partner_requests"
          read={listMyPartnerRequests}
          isShown={({ status }) => status !== "WITHDRAWN"}
          row={(each) => ({
            to: `/partner_requests/${each.partner_request_id}`,
            text: t("partner_requests.own_item", { name: each.name }),
            status: <PartnerStatus status={each.status} />,
          })}
        />
        <OwnRequests
          label={t("successions.own")}
          queryKey="successions"
          read={listMySuccessions}
          isShown={({ status }) => status !== "GRANTED" && status !== "WITHDRAWN"}
          row={(each) => ({
            to: `/successions/${each.succession_id}`,
            text: t("successions.own_item", { domain: each.domain }),
            status: <SuccessionStatusText status={each.status} />,
          })}
        />
      </SpaceBetween>
    </Container>
  );
}

interface OwnRequestsProps<T> {
  label: string;
  queryKey: string;
  read: (page: { limit: number }) => Promise<{ items: T[] }>;
  isShown: (request: T) => boolean;
  row: (request: T) => { to: string; text: string; status: ReactNode };
}

// The newest of one kind that still concern whoever made them.
function OwnRequests<T>({ label, queryKey, read, isShown, row }: OwnRequestsProps<T>) {
  const requests = useQuery({ queryKey: [queryKey, "newest"], queryFn: () => read({ limit: NEWEST }) });
  if (requests.isError) return <ProblemAlert problem={asProblem(requests.error)} onRetry={() => requests.refetch()} />;
  const shown = (requests.data?.items ?? []).filter(isShown).map(row);
  if (shown.length === 0) return null;
  return (
    <ul className="menkyo-checklist" aria-label={label}>
      {shown.map(({ to, text, status }) => (
        <li key={to}>
          <RouteLink to={to}>{text}</RouteLink> {status}
        </li>
      ))}
    </ul>
  );
}
