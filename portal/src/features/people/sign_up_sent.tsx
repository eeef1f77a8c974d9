// After a sign-up, while its mail is waited for.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sendSignUpMail } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { ProblemAlert } from "../../ui/problem_alert";
import { useCountdown } from "../../ui/use_countdown";
import { MailboxLink } from "./mailbox_link";

interface SignUpSentProps {
  mail: string;
  handle: string;
  hasMailbox: boolean;
  onBack: () => void;
}

export function SignUpSent({ mail, handle, hasMailbox, onBack }: SignUpSentProps) {
  const { t } = useTranslation();
  const [wait, setWait] = useCountdown();
  const again = useMutation({
    mutationFn: () => sendSignUpMail(handle),
    onError: (error) => setWait(asProblem(error).retry_after_s ?? 0),
  });
  return (
    <Container header={<Header variant="h1">{t("sign_up.sent")}</Header>}>
      <SpaceBetween size="l">
        <div>
          <Box variant="p">{t("sign_up.sent_text", { mail })}</Box>
          <Box variant="p">{t("sign_up.sent_help")}</Box>
        </div>
        {hasMailbox && <MailboxLink />}
        <div aria-live="polite">
          {again.isSuccess && <Alert type="success">{t("sign_up.sent_again")}</Alert>}
          {again.isError && <Refused error={again.error} />}
        </div>
        <SpaceBetween direction="horizontal" size="xs">
          <Button loading={again.isPending} disabled={wait > 0} onClick={() => again.mutate()}>
            {wait > 0 ? t("sign_up.again_in", { seconds: wait }) : t("sign_up.again")}
          </Button>
          <Button variant="link" onClick={onBack}>
            {t("sign_up.other_mail")}
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  if (problem.code === "link_invalid") return <Alert type="warning">{t("sign_up.expired")}</Alert>;
  if (problem.code !== "too_many_requests") return <ProblemAlert problem={problem} />;
  // Without a time to wait for, it was sent often enough.
  return <Alert type="info">{t(problem.retry_after_s === undefined ? "sign_up.enough" : "sign_up.too_soon")}</Alert>;
}
