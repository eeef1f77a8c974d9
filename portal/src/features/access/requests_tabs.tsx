// The tab "Account requests" of account management, with its two inner tabs. They are not in a container: Cloudscape builds
// that anew when another tab is chosen, and the focus would go with it.
import Tabs from "@cloudscape-design/components/tabs";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { RequestsTab } from "../founding/requests_tab";
import { AccessRequestsTab } from "./access_requests_tab";

export function RequestsTabs({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  return (
    <Tabs
      ariaLabel={t("account_requests.tab")}
      activeTabId={parameters.get("inner") === "access" ? "access" : "account"}
      onChange={({ detail }) => navigate({ search: `?tab=account_requests&inner=${detail.activeTabId}` })}
      tabs={[
        { id: "account", label: t("account_requests.title"), content: <RequestsTab sa={sa} /> },
        { id: "access", label: t("access.list_title"), content: <AccessRequestsTab sa={sa} /> },
      ]}
    />
  );
}
