// An enquiry of one's own with its history, and the way to write more.
import Container from "@cloudscape-design/components/container";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMyEnquiry, writeOnMyEnquiry } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { formatDateTime } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { EnquiryHistory, EnquiryStatusText } from "./enquiry_facts";
import { TextForm } from "./text_form";

// Somebody answers at any moment.
const LOOK_AGAIN_MS = 15_000;

export function OwnEnquiry() {
  const { t } = useTranslation();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const { enquiry: id = "" } = useParams();
  const [keys] = useState(idempotencyKeys);
  const enquiry = useQuery({
    queryKey: ["enquiries", id],
    queryFn: () => getMyEnquiry(id),
    refetchInterval: (query) => (query.state.data?.status === "OPEN" ? LOOK_AGAIN_MS : false),
  });
  if (enquiry.isPending) return <PageLoading />;
  if (enquiry.isError) return <ProblemPage error={enquiry.error} onRetry={() => enquiry.refetch()} />;
  const { number, subject, status, domain, created_at, history } = enquiry.data;
  const title = t("enquiries.number_of", { number });
  return (
    <InnerPage title={title} way={[{ text: t("enquiries.title"), href: "/enquiries" }]}>
      <Container>
        <KeyValuePairs
          columns={2}
          items={[
            { label: t("common.status"), value: <EnquiryStatusText status={status} /> },
            { label: t("enquiries.subject"), value: t(`enquiry_subjects.${subject}`) },
            { label: t("enquiries.domain"), value: <OrDash>{domain}</OrDash> },
            { label: t("enquiries.created_at"), value: formatDateTime(language, created_at) },
          ]}
        />
      </Container>
      <EnquiryHistory history={history} />
      <TextForm
        title={t("enquiries.write_on")}
        help={t("enquiries.write_on_help")}
        submit={t("enquiries.send")}
        send={(text) => writeOnMyEnquiry(id, text, keys.keyFor({ text, after: history.length }))}
        onDone={() => void queryClient.invalidateQueries({ queryKey: ["enquiries"] })}
        onStale={() => void enquiry.refetch()}
      />
    </InnerPage>
  );
}
