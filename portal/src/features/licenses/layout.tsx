// The license manager: which account, which virtual account, and the page about it.

import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useNavigate, useOutletContext, useParams } from "react-router";
import type { AccountSummary, SmartAccount } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { useHeadingFocus } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import type { LiveState } from "../../live/hub";
import { useLiveAccount } from "../../live/use_live";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { canManage } from "../accounts/abilities";
import { AccountSwitcher } from "../accounts/account_switcher";
import { useAccount } from "../accounts/use_account";
import { useVirtualAccount } from "../accounts/use_virtual_accounts";
import { NoticeBanner } from "../publications/notice_banner";
import { VirtualAccountPanel } from "./virtual_account_panel";

export interface LicenseManagerContext {
  account: AccountSummary;
}

export function useLicenseManager(): LicenseManagerContext {
  return useOutletContext<LicenseManagerContext>();
}

export function LicenseManager() {
  const { sa = "" } = useParams();
  const account = useAccount(sa);
  if (account.isPending) return <PageLoading />;
  if (account.isError) {
    return <ProblemPage error={account.error} onRetry={() => account.refetch()} />;
  }
  // Another account is another page: nothing of the former one is carried over.
  return <AccountLicenses key={sa} account={account.data} />;
}

function AccountLicenses({ account }: { account: SmartAccount }) {
  const { t } = useTranslation();
  const { va } = useParams();
  const navigate = useNavigate();
  useHeadingFocus();
  const base = `/accounts/${account.smart_account_id}/licenses`;
  const live = useLiveAccount(account.smart_account_id);
  const current = useVirtualAccount(account.smart_account_id, va).data;
  const crumbs = [
    { text: t("licenses.title"), href: base },
    ...(current === undefined ? [] : [{ text: current.name, href: `${base}/${current.virtual_account_id}` }]),
  ];
  const context = useMemo<LicenseManagerContext>(() => ({ account }), [account]);
  return (
    <>
      <Crumbs crumbs={crumbs} />
      <main className="menkyo-page">
        <SpaceBetween size="l">
          <Header
            variant="h1"
            description={t("account.identity", { domain: account.domain, number: account.number })}
            actions={
              <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <LiveIndicator state={live} />
                {canManage(account.abilities) && (
                  <RouteLink to={`/accounts/${account.smart_account_id}/manage`}>{t("home.manage")}</RouteLink>
                )}
                <AccountSwitcher account={account} onChange={(id) => navigate(`/accounts/${id}/licenses`)} />
              </SpaceBetween>
            }
          >
            {t("licenses.title_of", { account: account.name })}
          </Header>
          {account.whole_abilities.includes("agreements_accept") && (
            <NoticeBanner sa={account.smart_account_id} kind="licensing_notice" />
          )}
          <div className="menkyo-split">
            <VirtualAccountPanel sa={account.smart_account_id} va={va} name={current?.name} />
            <Outlet context={context} />
          </div>
        </SpaceBetween>
      </main>
    </>
  );
}

const LIVE: Record<LiveState, "success" | "pending" | "warning"> = {
  open: "success",
  connecting: "pending",
  waiting: "warning",
};

// Says whether the page keeps itself up to date; read out only when it stops doing so.
function LiveIndicator({ state }: { state: LiveState }) {
  const { t } = useTranslation();
  return (
    <>
      <StatusIndicator type={LIVE[state]}>{t(`live.${state}`)}</StatusIndicator>
      <LiveRegion hidden>{state === "waiting" ? t("live.waiting_text") : ""}</LiveRegion>
    </>
  );
}
