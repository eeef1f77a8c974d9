// The inventory of one virtual account.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { asProblem } from "../../api/problem";
import { useTitle } from "../../app/page";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useVirtualAccount } from "../accounts/use_virtual_accounts";
import { EventsTab } from "../audit/events_tab";
import { useLicenseManager } from "./layout";
import { LicensesTab } from "./licenses_tab";

const GeneralTab = lazy(async () => ({ default: (await import("../devices/general_tab")).GeneralTab }));
const DevicesTab = lazy(async () => ({ default: (await import("../devices/devices_tab")).DevicesTab }));

const TABS = ["general", "licenses", "devices", "events"] as const;

export function VirtualAccountPage() {
  const { t } = useTranslation();
  const { va = "" } = useParams();
  const { account } = useLicenseManager();
  const sa = account.smart_account_id;
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const query = useVirtualAccount(sa, va);
  useTitle(query.data?.name ?? t("licenses.title"));
  if (query.isPending) return <PageLoading />;
  if (query.isError) {
    return (
      <Container>
        <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </Container>
    );
  }
  const virtualAccount = query.data;
  const active = TABS.find((tab) => tab === parameters.get("tab")) ?? "licenses";
  const content = {
    general: <GeneralTab sa={sa} virtualAccount={virtualAccount} />,
    licenses: <LicensesTab sa={sa} virtualAccount={virtualAccount} />,
    devices: <DevicesTab sa={sa} virtualAccount={virtualAccount} />,
    events: <EventsTab sa={sa} va={va} />,
  };
  return (
    // Each virtual account starts afresh: no open dialog or half-typed search moves along.
    <SpaceBetween size="m" key={va}>
      <Header variant="h2" description={virtualAccount.path_names.length > 1 && virtualAccount.path_names.join(" / ")}>
        {virtualAccount.name}
      </Header>
      <Tabs
        ariaLabel={t("inventory.title")}
        activeTabId={active}
        // What a tab keeps in the address (search, page) belongs to that tab alone.
        onChange={({ detail }) => navigate({ search: `?tab=${detail.activeTabId}` })}
        tabs={TABS.map((id) => ({
          id,
          label: t(`inventory.${id}`),
          content: id === active && <Suspense fallback={<PageLoading />}>{content[id]}</Suspense>,
        }))}
      />
    </SpaceBetween>
  );
}
