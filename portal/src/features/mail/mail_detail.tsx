// One mail as its reader sees it.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getMail } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { formatExact } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { dress, undressed } from "./mail_html";

export function MailDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useQuery({ queryKey: ["mail", id], queryFn: () => getMail(id) });
  const mail = query.data;
  return (
    <Modal
      visible
      size="large"
      header={mail?.subject ?? t("mailbox.one")}
      closeAriaLabel={t("common.close")}
      onDismiss={onClose}
    >
      {query.isPending && <PageLoading />}
      {query.isError && <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {mail !== undefined && (
        <SpaceBetween size="l">
          <KeyValuePairs
            columns={2}
            items={[
              { label: t("mailbox.to"), value: mail.to },
              { label: t("mailbox.at"), value: formatExact(language, mail.delivered_at) },
            ]}
          />
          <iframe
            title={mail.subject}
            className="menkyo-mail"
            // No scripts; links may lead the whole tab elsewhere when a person follows them. Its origin stays ours, so
            // that dress() reaches into it.
            sandbox="allow-same-origin allow-top-navigation-by-user-activation"
            srcDoc={undressed(mail.html)}
            onLoad={(event) => dress(event.currentTarget.contentDocument)}
          />
        </SpaceBetween>
      )}
    </Modal>
  );
}
