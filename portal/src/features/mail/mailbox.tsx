// The mails that were written where no mail server is set, for those at the machine itself. Signing in is not asked for,
// because the first mail is what somebody needs to sign in.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { listMails } from "../../api/calls";
import type { MailSummary } from "../../api/types";
import { PageFrame } from "../../app/page";
import { formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useDetail } from "../../ui/use_detail";
import { useLanguage } from "../../ui/use_language";
import { ServiceGate } from "../people/service_gate";
import { MailDetail } from "./mail_detail";

const SHAPE: ListShape = {};
const LOOK_AGAIN_MS = 3_000;

export function Mailbox() {
  const { t } = useTranslation();
  return (
    <PageFrame title={t("mailbox.title")}>
      <SpaceBetween size="l">
        <Header variant="h1">{t("mailbox.title")}</Header>
        <ServiceGate>
          {(service) =>
            service.has_mailbox ? (
              <SpaceBetween size="l">
                <Alert type="info">{t("mailbox.why")}</Alert>
                <Mails />
              </SpaceBetween>
            ) : (
              <Alert type="info">{t("mailbox.closed")}</Alert>
            )
          }
        </ServiceGate>
      </SpaceBetween>
    </PageFrame>
  );
}

function Mails() {
  const { t } = useTranslation();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const { id, open, close } = useDetail();
  useEffect(() => {
    const timer = setInterval(() => queryClient.invalidateQueries({ queryKey: ["mails"] }), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [queryClient]);
  const columns: Column<MailSummary>[] = [
    {
      id: "subject",
      header: t("mailbox.subject"),
      isRowHeader: true,
      minWidth: 220,
      cell: (item) => (
        <Button variant="inline-link" onClick={() => open(item.mail_id)}>
          {item.subject}
        </Button>
      ),
    },
    { id: "to", header: t("mailbox.to"), minWidth: 180, cell: (item) => item.to },
    { id: "delivered_at", header: t("mailbox.at"), cell: (item) => formatDateTime(language, item.delivered_at) },
  ];
  return (
    <>
      <ResourceTable
        id="mails"
        title={t("mailbox.mails")}
        description={t("mailbox.live")}
        shape={SHAPE}
        columns={columns}
        queryKey={["mails"]}
        fetchPage={listMails}
        trackBy={(item) => item.mail_id}
        empty={<Empty title={t("mailbox.none")} text={t("mailbox.none_text")} />}
      />
      {id !== undefined && <MailDetail id={id} onClose={close} />}
    </>
  );
}
