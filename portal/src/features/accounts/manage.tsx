// Account management: virtual accounts, users, requests to approve, agreements, and the event log of the account.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import type { SmartAccount } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { useLiveAccount } from "../../live/use_live";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { RequestsTabs } from "../access/requests_tabs";
import { EventsTab } from "../audit/events_tab";
import { GroupsTab } from "../groups/groups_tab";
import { NotificationsTab } from "../notifications/notifications_tab";
import { HoldingNote } from "../partner/holding_note";
import { AccountProgramsTab } from "../programs/account_programs_tab";
import { PropertiesTab } from "../properties/properties_tab";
import { AgreementsTab } from "../publications/agreements_tab";
import { NoticeBanner } from "../publications/notice_banner";
import { SuccessionBanner } from "../succession/succession_banner";
import { TagsTab } from "../tags/tags_tab";
import { AccountSwitcher } from "./account_switcher";
import { useAccount } from "./use_account";
import { UsersTab } from "./users_tab";
import { VirtualAccountsTab } from "./virtual_accounts_tab";

export function ManageAccount() {
  const { sa = "" } = useParams();
  const account = useAccount(sa);
  if (account.isPending) return <PageLoading />;
  if (account.isError) {
    return <ProblemPage error={account.error} onRetry={() => account.refetch()} />;
  }
  return <Manage key={sa} account={account.data} />;
}

function Manage({ account }: { account: SmartAccount }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const sa = account.smart_account_id;
  const may = (ability: string) => account.abilities.includes(ability);
  // An approver sees the agreements, and no place where anything else happens.
  useLiveAccount(may("inventory_view") ? sa : undefined);
  const mayAccept = account.whole_abilities.includes("agreements_accept");
  const seesWhole = account.whole_abilities.includes("inventory_view");
  const tabs = [
    // A partner sees its part of an account, not what the account tells about itself.
    ...(seesWhole ? [{ id: "properties", label: t("properties.title"), content: <PropertiesTab sa={sa} /> }] : []),
    ...(may("inventory_view")
      ? [
          {
            id: "virtual_accounts",
            label: t("virtual_accounts.title"),
            content: <VirtualAccountsTab sa={sa} mayCreate={may("virtual_account_create")} seesWhole={seesWhole} />,
          },
        ]
      : []),
    ...(may("users_manage") ? [{ id: "users", label: t("users.title"), content: <UsersTab sa={sa} /> }] : []),
    ...(account.whole_abilities.includes("users_manage")
      ? [{ id: "user_groups", label: t("groups.title"), content: <GroupsTab sa={sa} /> }]
      : []),
    ...(seesWhole
      ? [
          {
            id: "custom_tags",
            label: t("tags.title"),
            content: <TagsTab sa={sa} mayEdit={account.whole_abilities.includes("account_edit")} />,
          },
        ]
      : []),
    ...(may("users_manage") && may("account_edit")
      ? [{ id: "programs", label: t("programs.title"), content: <AccountProgramsTab sa={sa} /> }]
      : []),
    ...(may("prefix_approve")
      ? [{ id: "account_requests", label: t("account_requests.tab"), content: <RequestsTabs sa={sa} /> }]
      : []),
    ...(account.whole_abilities.includes("notification_addresses_edit")
      ? [{ id: "notifications", label: t("notifications.title"), content: <NotificationsTab sa={sa} /> }]
      : []),
    ...(mayAccept ? [{ id: "agreements", label: t("agreements.title"), content: <AgreementsTab sa={sa} /> }] : []),
    ...(may("events_view") ? [{ id: "events", label: t("inventory.events"), content: <EventsTab sa={sa} /> }] : []),
  ];
  const first = may("inventory_view") ? "virtual_accounts" : tabs[0]?.id;
  const active = tabs.find((tab) => tab.id === parameters.get("tab"))?.id ?? first;
  return (
    <InnerPage
      title={t("manage.title")}
      heading={t("manage.title_of", { account: account.name })}
      description={t("account.identity", { domain: account.domain, number: account.number })}
      actions={
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          {may("inventory_view") && <RouteLink to={`/accounts/${sa}/licenses`}>{t("home.licenses")}</RouteLink>}
          <AccountSwitcher account={account} onChange={(id) => navigate(`/accounts/${id}/manage`)} />
        </SpaceBetween>
      }
    >
      <HoldingNote account={account} />
      <SuccessionBanner sa={sa} />
      {mayAccept && <NoticeBanner sa={sa} kind="account_agreement" />}
      {account.has_one_administrator === true && (
        <Alert
          type="warning"
          header={t("administrators.alone_title")}
          statusIconAriaLabel={t("common.warning")}
          action={
            active !== "users" && (
              <Button onClick={() => navigate({ search: "?tab=users" })}>{t("administrators.name_second")}</Button>
            )
          }
        >
          {t("administrators.alone_text")}
        </Alert>
      )}
      <Tabs
        ariaLabel={t("manage.title")}
        activeTabId={active}
        onChange={({ detail }) => navigate({ search: `?tab=${detail.activeTabId}` })}
        tabs={tabs}
      />
    </InnerPage>
  );
}
