import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export function OptionalLabel({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <>
      {children} <i>– {t("common.optional")}</i>
    </>
  );
}
