// What the operator's staff work with: the catalogue, the Smart Accounts of the installation, and imports.
import Alert from "@cloudscape-design/components/alert";
import Tabs from "@cloudscape-design/components/tabs";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { InnerPage } from "../../app/inner_page";
import { useMe } from "../../app/session";
import { CompaniesTab } from "../companies/companies_tab";
import { RequestsTab } from "../founding/requests_tab";
import { PublicationsTab } from "../publications/publications_tab";
import { SuccessionsTab } from "../succession/successions_tab";
import { EnquiriesTab } from "../support/enquiries_tab";
import { CatalogTab } from "./catalog_tab";
import { JobsTab } from "./jobs_tab";
import { OperatorAccountsTab } from "./operator_accounts_tab";
import { StaffTab } from "./staff_tab";

// The tabs, each with the ability that it needs.
const TABS = [
  { id: "catalog", ability: "catalog_view" },
  { id: "accounts", ability: "accounts_view" },
  { id: "account_requests", ability: "account_requests_decide" },
  { id: "staff", ability: "staff_manage" },
  { id: "enquiries", ability: "enquiries_answer" },
  { id: "successions", ability: "successions_decide" },
  { id: "companies", ability: "companies_edit" },
  { id: "jobs", ability: "jobs_view" },
  { id: "publications", ability: "publications_edit" },
] as const;

export function Operator() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const tabs = TABS.filter((tab) => me.operator_abilities.includes(tab.ability));
  const active = tabs.find((tab) => tab.id === parameters.get("tab"))?.id ?? tabs[0]?.id;
  const content = {
    catalog: <CatalogTab />,
    accounts: (
      <OperatorAccountsTab
        mayCreate={me.operator_abilities.includes("accounts_create")}
        mayAssist={me.operator_abilities.includes("accounts_assist")}
      />
    ),
    account_requests: <RequestsTab />,
    staff: <StaffTab />,
    enquiries: <EnquiriesTab />,
    successions: <SuccessionsTab />,
    companies: <CompaniesTab />,
    jobs: <JobsTab />,
    publications: <PublicationsTab />,
  };
  return (
    <InnerPage title={t("operator.title")} description={t("operator.tile_description")}>
      {active === undefined ? (
        <Alert type="warning">{t("operator.not_allowed")}</Alert>
      ) : (
        <Tabs
          ariaLabel={t("operator.title")}
          activeTabId={active}
          onChange={({ detail }) => navigate({ search: `?tab=${detail.activeTabId}` })}
          tabs={tabs.map(({ id }) => ({ id, label: t(`operator.${id}`), content: id === active && content[id] }))}
        />
      )}
    </InnerPage>
  );
}
