// The first page after signing in: are we all right, and where to go on.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { listOverview, listSmartAccounts } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AccountSummary } from "../../api/types";
import { PageFrame } from "../../app/page";
import { useMe } from "../../app/session";
import { accountKey } from "../../live/keys";
import { formatNumber } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { Empty, PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { canManage } from "../accounts/abilities";
import { ReceivedPartnerRequests } from "../partner/received_partner_requests";
import { MissingFields } from "../people/missing_fields";
import { healthLines } from "./health";
import { SmartLicensingTile } from "./smart_licensing_tile";

const LOOK_AGAIN_MS = 60_000;

export function Home() {
  const { t } = useTranslation();
  const me = useMe();
  const accounts = useInfiniteQuery({
    queryKey: ["accounts"],
    queryFn: ({ pageParam }) => listSmartAccounts({ limit: 50, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  });
  const found = accounts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <PageFrame title={t("home.title")}>
      <SpaceBetween size="l">
        <Header variant="h1" description={t("home.description")}>
          {t("home.title")}
        </Header>
        <ReceivedPartnerRequests />
        {accounts.isPending && <PageLoading />}
        {accounts.isError && <ProblemAlert problem={asProblem(accounts.error)} onRetry={() => accounts.refetch()} />}
        {accounts.isSuccess && found.length === 0 && (
          <Container>
            <Empty title={t("home.no_accounts")} text={t("home.no_accounts_text")} />
          </Container>
        )}
        <div className="menkyo-tiles">
          {found.map((account) => (
            <AccountCard key={account.smart_account_id} account={account} />
          ))}
          {accounts.isSuccess && <SmartLicensingTile />}
          {me.operator_abilities.length > 0 && <OperatorTile />}
        </div>
        {accounts.isSuccess && <MissingFields fields={me.missing_for_smart_account} />}
        {accounts.hasNextPage && (
          <Button loading={accounts.isFetchingNextPage} onClick={() => accounts.fetchNextPage()}>
            {t("common.more")}
          </Button>
        )}
      </SpaceBetween>
    </PageFrame>
  );
}

function AccountCard({ account }: { account: AccountSummary }) {
  const { t } = useTranslation();
  const seesInventory = account.abilities.includes("inventory_view");
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={t("account.identity", { domain: account.domain, number: account.number })}>
          {account.name}
        </Header>
      }
      footer={
        <SpaceBetween direction="horizontal" size="l">
          {seesInventory && (
            <RouteLink to={`/accounts/${account.smart_account_id}/licenses`} variant="primary">
              {t("home.licenses")}
            </RouteLink>
          )}
          {canManage(account.abilities) && (
            <RouteLink to={`/accounts/${account.smart_account_id}/manage`} variant="primary">
              {t("home.manage")}
            </RouteLink>
          )}
        </SpaceBetween>
      }
    >
      <SpaceBetween size="xs">
        {seesInventory ? <Health account={account} /> : <Box color="text-body-secondary">{t("home.no_inventory")}</Box>}
        {account.has_one_administrator === true && (
          <StatusIndicator type="warning">{t("administrators.alone_short")}</StatusIndicator>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Health({ account }: { account: AccountSummary }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const sa = account.smart_account_id;
  const query = useQuery({
    queryKey: accountKey(sa, "overview", "", "totals"),
    queryFn: async () => (await listOverview(sa, { limit: 1 })).totals,
    // A stream for each account of the page would use up the connections that a browser grants to one site.
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (query.isPending) return <StatusIndicator type="loading">{t("common.loading")}</StatusIndicator>;
  if (query.isError) return <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />;
  const totals = query.data;
  const lines = healthLines(totals);
  const number = (value: number) => formatNumber(language, value);
  return (
    <SpaceBetween size="xs">
      <Box variant="p" fontSize="heading-m" fontWeight="bold">
        {lines.length === 0 ? (
          <StatusIndicator type="success">{t("health.good")}</StatusIndicator>
        ) : (
          <StatusIndicator type={lines.some((line) => line.type === "error") ? "error" : "warning"}>
            {t("health.look")}
          </StatusIndicator>
        )}
      </Box>
      {lines.map((line) => (
        <HealthLine key={line.key} type={line.type}>
          {t(`health.${line.key}`, { count: line.count, formatted: number(line.count) })}
        </HealthLine>
      ))}
      <Box color="text-body-secondary">
        {t("health.summary", {
          owned: number(totals.owned),
          in_use: number(totals.in_use),
          devices: number(totals.device_count),
        })}
      </Box>
    </SpaceBetween>
  );
}

function HealthLine({ type, children }: { type: "error" | "warning"; children: ReactNode }) {
  return <StatusIndicator type={type}>{children}</StatusIndicator>;
}

function OperatorTile() {
  const { t } = useTranslation();
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={t("operator.tile_description")}>
          {t("operator.title")}
        </Header>
      }
      footer={
        <RouteLink to="/operator" variant="primary">
          {t("operator.open")}
        </RouteLink>
      }
    >
      <Box color="text-body-secondary">{t("operator.tile_text")}</Box>
    </Container>
  );
}
