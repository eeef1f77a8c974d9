// What somebody writes on an enquiry: more of it, or the answer.
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormCard } from "../../ui/form_card";
import { useRefusal } from "../../ui/problem_alert";

interface TextFormProps {
  title: string;
  help: string;
  submit: string;
  send: (text: string) => Promise<unknown>;
  onDone: () => void;
  onStale: () => void;
}

export function TextForm({ title, help, submit, send, onDone, onStale }: TextFormProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const sending = useMutation({
    mutationFn: send,
    onSuccess: () => {
      setText("");
      setTried(false);
      onDone();
    },
  });
  const { problem, errorOf } = useRefusal(sending);
  const onSubmit = () => {
    setTried(true);
    if (text.trim() !== "") sending.mutate(text.trim());
  };
  return (
    <FormCard
      title={title}
      submit={submit}
      pending={sending.isPending}
      problem={problem}
      onSubmit={onSubmit}
      onStale={onStale}
    >
      <FormField
        label={t("enquiries.text")}
        description={help}
        errorText={tried && text.trim() === "" ? t("fields.empty") : errorOf("text")}
      >
        <Textarea rows={6} value={text} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormCard>
  );
}
