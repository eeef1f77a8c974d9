import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

export interface Crumb {
  text: string;
  href: string;
}

export function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <div className="menkyo-crumbs">
      <BreadcrumbGroup
        ariaLabel={t("shell.breadcrumbs")}
        items={crumbs}
        onFollow={(event) => {
          event.preventDefault();
          navigate(event.detail.href);
        }}
      />
    </div>
  );
}
