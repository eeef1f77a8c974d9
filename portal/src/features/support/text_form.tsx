// What somebody writes on an enquiry: more of it, or the answer.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, fieldError } from "../../api/problem";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";

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
  const problem = sending.isError ? asProblem(sending.error) : null;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (text.trim() !== "" && !sending.isPending) sending.mutate(text.trim());
  };
  return (
    <form onSubmit={onSubmit} noValidate>
      <Container header={<Header variant="h2">{title}</Header>}>
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" formAction="submit" loading={sending.isPending}>
              {submit}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && <ProblemAlert problem={problem} onRetry={onStale} />}
            <FormField
              label={t("enquiries.text")}
              description={help}
              errorText={
                tried && text.trim() === ""
                  ? t("fields.empty")
                  : fieldText(t, problem === null ? undefined : fieldError(problem, "/text"))
              }
            >
              <Textarea rows={6} value={text} onChange={({ detail }) => setText(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
