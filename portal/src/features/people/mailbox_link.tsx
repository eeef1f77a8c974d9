// Leads to the mails themselves where no mail server is set. In a tab of its own, because whoever waits for a mail is in
// the middle of something.
import Link from "@cloudscape-design/components/link";
import { useTranslation } from "react-i18next";

export function MailboxLink() {
  const { t } = useTranslation();
  return (
    <Link href="/mailbox" external>
      {t("mailbox.open")}
    </Link>
  );
}
