// Where an organisation's own Smart Account begins, and what became of the wish for one.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listMyAccessRequests, listMyAccountRequests, listMySuccessions } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { AccessStatus } from "../access/access_facts";
import { RequestStatus } from "../founding/request_facts";
import { SuccessionStatusText } from "../succession/succession_facts";

const NEWEST = 5;

export function SmartLicensingTile() {
  const { t } = useTranslation();
  const requests = useQuery({
    queryKey: ["account_requests", "newest"],
    queryFn: () => listMyAccountRequests({ limit: NEWEST }),
  });
  // An approved one is there as an account, a withdrawn one is nobody's concern any more.
  const found = (requests.data?.items ?? []).filter((each) => each.status === "PENDING" || each.status === "DECLINED");
  const access = useQuery({
    queryKey: ["access_requests", "newest"],
    queryFn: () => listMyAccessRequests({ limit: NEWEST }),
  });
  const asked = (access.data?.items ?? []).filter((each) => each.status !== "APPROVED" && each.status !== "WITHDRAWN");
  const successions = useQuery({
    queryKey: ["successions", "newest"],
    queryFn: () => listMySuccessions({ limit: NEWEST }),
  });
  const succeeding = (successions.data?.items ?? []).filter(
    (each) => each.status !== "GRANTED" && each.status !== "WITHDRAWN",
  );
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
        {requests.isError && <ProblemAlert problem={asProblem(requests.error)} onRetry={() => requests.refetch()} />}
        {found.length > 0 && (
          <ul className="menkyo-checklist" aria-label={t("account_requests.own")}>
            {found.map((each) => (
              <li key={each.account_request_id}>
                <RouteLink to={`/account_requests/${each.account_request_id}`}>{each.name}</RouteLink>{" "}
                <RequestStatus status={each.status} />
              </li>
            ))}
          </ul>
        )}
        {access.isError && <ProblemAlert problem={asProblem(access.error)} onRetry={() => access.refetch()} />}
        {asked.length > 0 && (
          <ul className="menkyo-checklist" aria-label={t("access.own")}>
            {asked.map((each) => (
              <li key={each.access_request_id}>
                <RouteLink to={`/access_requests/${each.access_request_id}`}>
                  {t(`access.own_item.${each.purpose}`, { domain: each.domain })}
                </RouteLink>{" "}
                <AccessStatus status={each.status} />
              </li>
            ))}
          </ul>
        )}
        {successions.isError && (
          <ProblemAlert problem={asProblem(successions.error)} onRetry={() => successions.refetch()} />
        )}
        {succeeding.length > 0 && (
          <ul className="menkyo-checklist" aria-label={t("successions.own")}>
            {succeeding.map((each) => (
              <li key={each.succession_id}>
                <RouteLink to={`/successions/${each.succession_id}`}>
                  {t("successions.own_item", { domain: each.domain })}
                </RouteLink>{" "}
                <SuccessionStatusText status={each.status} />
              </li>
            ))}
          </ul>
        )}
      </SpaceBetween>
    </Container>
  );
}
