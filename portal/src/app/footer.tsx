// The way to the guide, and to the pages that the operator publishes for everybody.
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

export const PAGES = ["contact", "terms", "privacy", "cookies", "security"] as const;

export function ShellFooter() {
  const { t } = useTranslation();
  return (
    <footer className="menkyo-footer">
      <nav aria-label={t("footer.label")}>
        <ul>
          <li>
            <Link to="/help">{t("footer.guide")}</Link>
          </li>
          {PAGES.map((kind) => (
            <li key={kind}>
              <Link to={`/${kind}`}>{t(`footer.${kind}`)}</Link>
            </li>
          ))}
        </ul>
      </nav>
    </footer>
  );
}
