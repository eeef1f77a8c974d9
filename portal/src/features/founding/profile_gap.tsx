// What of the profile a Smart Account still needs, each with the way to it.
import Alert from "@cloudscape-design/components/alert";
import { useTranslation } from "react-i18next";
import type { Me } from "../../api/types";
import { RouteLink } from "../../ui/route_link";

export function ProfileGap({ missing }: { missing: Me["missing_for_smart_account"] }) {
  const { t } = useTranslation();
  return (
    <Alert type="info" header={t("founding.gap_title")}>
      {t("founding.gap_text")}
      <ul>
        {missing.map((field) => (
          <li key={field}>
            <RouteLink to={`/me/profile?tab=company&field=${field}`}>{t(`founding.gap.${field}`)}</RouteLink>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
