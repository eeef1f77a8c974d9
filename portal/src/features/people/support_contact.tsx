// Whom somebody can turn to who cannot sign in or sign up; nothing where the operator named nobody.
import Box from "@cloudscape-design/components/box";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getService } from "../../api/calls";
import { useLanguage } from "../../ui/use_language";

export function SupportContact() {
  const { t } = useTranslation();
  const language = useLanguage();
  // As in service_gate.tsx, but the page does without while it is not known.
  const service = useQuery({ queryKey: ["service"], queryFn: getService, staleTime: 60 * 60_000 }).data;
  const mail = service?.support_mail;
  if (mail === undefined) return null;
  const hours = language === "ja" ? service?.support_hours_ja : service?.support_hours_en;
  return (
    <Box color="text-body-secondary" padding={{ top: "m" }} textAlign="center">
      {t("sign_in.help", { mail })} {hours !== undefined && t("sign_in.help_hours", { hours })}
    </Box>
  );
}
