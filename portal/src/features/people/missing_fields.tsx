// What of the profile a Smart Account still needs, each with the way to its field.
import Alert from "@cloudscape-design/components/alert";
import { useTranslation } from "react-i18next";
import type { CompanyField } from "../../api/types";
import { RouteLink } from "../../ui/route_link";

export function MissingFields({ fields }: { fields: readonly CompanyField[] }) {
  const { t } = useTranslation();
  if (fields.length === 0) return null;
  return (
    <Alert type="info" header={t("profile.missing")}>
      {t("profile.missing_text")}
      <ul>
        {fields.map((field) => (
          <li key={field}>
            <RouteLink to={`/me/profile?tab=company&field=${field}`}>{t(`profile.${field}`)}</RouteLink>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
