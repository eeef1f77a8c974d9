// What a HOLDING account is for, and the way on for whoever administers it.
import Alert from "@cloudscape-design/components/alert";
import { useTranslation } from "react-i18next";
import type { AccountSummary } from "../../api/types";
import { RouteLink } from "../../ui/route_link";

export function HoldingNote({ account }: { account: AccountSummary }) {
  const { t } = useTranslation();
  if (account.type !== "HOLDING") return null;
  return (
    <Alert type="info" header={t("partner_requests.holding_title")}>
      {t("partner_requests.holding_text")}{" "}
      {account.roles.includes("sa_admin") && (
        <RouteLink to="/partner_requests">{t("partner_requests.title")}</RouteLink>
      )}
    </Alert>
  );
}
