import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

export interface Crumb {
  text: string;
  href: string;
}

// The way to a page, from home; the last is the page itself.
export function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <div className="menkyo-crumbs">
      <BreadcrumbGroup
        ariaLabel={t("shell.breadcrumbs")}
        items={[{ text: t("home.title"), href: "/" }, ...crumbs]}
        onFollow={(event) => {
          event.preventDefault();
          navigate(event.detail.href);
        }}
      />
    </div>
  );
}
