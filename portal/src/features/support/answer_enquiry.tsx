// Somebody's enquiry, for the operator's staff to answer and close.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { answerEnquiry, closeEnquiry, getEnquiry } from "../../api/calls";
import type { ReceivedEnquiry } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatContact, formatDateTime } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { EnquiryHistory, EnquiryStatusText } from "./enquiry_facts";
import { TextForm } from "./text_form";

const QUEUE = ["operator", "enquiries"] as const;

export function AnswerEnquiry() {
  const { t } = useTranslation();
  const { enquiry: id = "" } = useParams();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [closing, setClosing] = useState(false);
  const enquiry = useQuery({ queryKey: [...QUEUE, id], queryFn: () => getEnquiry(id) });
  if (enquiry.isPending) return <PageLoading />;
  if (enquiry.isError) return <ProblemPage error={enquiry.error} onRetry={() => enquiry.refetch()} />;
  const { number, status, version, history } = enquiry.data;
  const title = t("enquiries.number_of", { number });
  const done = (text: string) => {
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: QUEUE });
  };
  return (
    <InnerPage
      title={title}
      actions={status !== "CLOSED" && <Button onClick={() => setClosing(true)}>{t("enquiries.close")}</Button>}
      way={[{ text: t("operator.title"), href: "/operator?tab=enquiries" }]}
    >
      <Facts enquiry={enquiry.data} />
      <EnquiryHistory history={history} />
      {status !== "CLOSED" && (
        <TextForm
          title={t("enquiries.answer")}
          help={t("enquiries.answer_help")}
          submit={t("enquiries.answer_submit")}
          send={(text) => answerEnquiry(id, version, text)}
          onDone={() => done(t("enquiries.answered"))}
          onStale={() => void enquiry.refetch()}
        />
      )}
      {closing && (
        <Confirm
          title={t("enquiries.close_title")}
          confirm={t("enquiries.close")}
          action={() => closeEnquiry(id, version)}
          onClose={() => setClosing(false)}
          onDone={() => {
            setClosing(false);
            done(t("enquiries.closed"));
          }}
        >
          {t("enquiries.close_text")}
        </Confirm>
      )}
    </InnerPage>
  );
}

function Facts({ enquiry }: { enquiry: ReceivedEnquiry }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { requester, domain, account_name } = enquiry;
  const items = [
    { label: t("common.status"), value: <EnquiryStatusText status={enquiry.status} /> },
    { label: t("enquiries.subject"), value: t(`enquiry_subjects.${enquiry.subject}`) },
    { label: t("enquiries.created_at"), value: formatDateTime(language, enquiry.created_at) },
    { label: t("enquiries.requester"), value: formatContact(language, requester) },
    { label: t("enquiries.company"), value: <OrDash>{enquiry.company_name}</OrDash> },
    { label: t("enquiries.phone"), value: <OrDash>{enquiry.phone}</OrDash> },
    { label: t("enquiries.domain"), value: <OrDash>{domain}</OrDash> },
  ];
  if (domain !== undefined)
    items.push({ label: t("enquiries.account_name"), value: account_name ?? t("enquiries.no_account") });
  return (
    <Container>
      <KeyValuePairs columns={4} items={items} />
    </Container>
  );
}
