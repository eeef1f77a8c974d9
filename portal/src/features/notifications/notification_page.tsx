// Behind the link of an address to which an account's mails go: agrees to them or ends them. Waits for a button, because
// programs that look into mails follow their links. Nobody needs to be signed in here.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { confirmNotifications, getNotificationLink, stopNotifications } from "../../api/notification_calls";
import { asProblem } from "../../api/problem";
import type { NotificationLink } from "../../api/types";
import { PageFrame } from "../../app/page";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";

export function NotificationPage() {
  const { t } = useTranslation();
  const { token = "" } = useParams();
  const link = useQuery({
    queryKey: ["notification_link", token],
    queryFn: () => getNotificationLink(token),
    // The link of an address that wants no mails is gone, and so is what is told here.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const title = t("notification_link.title");
  return (
    <PageFrame title={title} narrow>
      {link.isPending && <PageLoading />}
      {link.isError && (
        <SpaceBetween size="l">
          <Header variant="h1">{title}</Header>
          {asProblem(link.error).code === "link_invalid" ? (
            <Box variant="p">{t("notification_link.gone")}</Box>
          ) : (
            <ProblemAlert problem={asProblem(link.error)} onRetry={() => link.refetch()} />
          )}
        </SpaceBetween>
      )}
      {link.isSuccess && <Choice token={token} link={link.data} />}
    </PageFrame>
  );
}

function Choice({ token, link }: { token: string; link: NotificationLink }) {
  const { t } = useTranslation();
  const act = useMutation({
    mutationFn: async (what: "agree" | "stop") => {
      await (what === "agree" ? confirmNotifications(token) : stopNotifications(token));
      return what;
    },
  });
  const values = { account: link.account_name, domain: link.account_domain, mail: link.mail };
  if (act.isSuccess)
    return (
      <Container header={<Header variant="h1">{t(`notification_link.done.${act.data}`)}</Header>}>
        {t(`notification_link.done_text.${act.data}`, values)}
      </Container>
    );
  const stop = (
    <Button loading={act.isPending && act.variables === "stop"} onClick={() => act.mutate("stop")}>
      {t(link.is_confirmed ? "notification_link.stop" : "notification_link.decline")}
    </Button>
  );
  return (
    <Container header={<Header variant="h1">{t("notification_link.title")}</Header>}>
      <SpaceBetween size="l">
        {act.isError && <ProblemAlert problem={asProblem(act.error)} />}
        <Box variant="p">{t(link.is_confirmed ? "notification_link.comes" : "notification_link.question", values)}</Box>
        {link.is_confirmed ? (
          stop
        ) : (
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              variant="primary"
              loading={act.isPending && act.variables === "agree"}
              onClick={() => act.mutate("agree")}
            >
              {t("notification_link.agree")}
            </Button>
            {stop}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}
