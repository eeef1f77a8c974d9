// Asks for a look at an agreement that nobody has accepted for the account yet. Nothing else waits for it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ReviewDialog } from "./review_dialog";
import { useAgreements } from "./use_agreements";

interface NoticeBannerProps {
  sa: string;
  kind: "account_agreement" | "licensing_notice";
}

export function NoticeBanner({ sa, kind }: NoticeBannerProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const agreement = useAgreements(sa).data?.items.find((each) => each.kind === kind);
  if (agreement === undefined || agreement.accepted_at !== undefined) return null;
  return (
    <>
      <Alert
        type="info"
        header={t(`agreements.banner.${kind}`)}
        statusIconAriaLabel={t("common.info")}
        action={<Button onClick={() => setOpen(true)}>{t("agreements.review")}</Button>}
      >
        {t("agreements.banner_text")}
      </Alert>
      {open && <ReviewDialog sa={sa} agreement={agreement} isInForce onClose={() => setOpen(false)} />}
    </>
  );
}
