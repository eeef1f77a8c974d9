import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export function PageLoading() {
  const { t } = useTranslation();
  return (
    <div className="menkyo-loading" role="status">
      <Spinner size="large" /> <Box variant="span">{t("common.loading")}</Box>
    </div>
  );
}

// Nothing to show: says so, and what to do about it.
export function Empty({ title, text, action }: { title: string; text?: string; action?: ReactNode }) {
  return (
    <Box textAlign="center" color="inherit" padding={{ vertical: "m" }}>
      <Box variant="strong" color="inherit">
        {title}
      </Box>
      {text !== undefined && (
        <Box variant="p" color="text-body-secondary" padding={{ bottom: action === undefined ? "n" : "s" }}>
          {text}
        </Box>
      )}
      {action}
    </Box>
  );
}
