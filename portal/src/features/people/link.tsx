// The page behind a one-time link. What it is for decides what is asked.
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getOneTimeLink } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { OneTimeLink as Link } from "../../api/types";
import { PageFrame } from "../../app/page";
import { PageLoading } from "../../ui/states";
import { AcceptInvitation } from "./accept_invitation";
import { Activate } from "./activate";
import { ConfirmMailChange } from "./confirm_mail_change";
import { LinkProblem } from "./link_problem";
import { ServiceGate } from "./service_gate";
import { SetPassword } from "./set_password";

const TITLES = {
  activate: "activate.title",
  set_password: "set_password.title",
  accept_invitation: "invitation.title",
  confirm_mail: "mail_change_link.confirm_mail.title",
  approve_mail_change: "mail_change_link.approve_mail_change.title",
} as const;

export function OneTimeLink() {
  const { t } = useTranslation();
  const { token = "" } = useParams();
  const link = useQuery({
    queryKey: ["one_time_link", token],
    queryFn: () => getOneTimeLink(token),
    staleTime: 60_000,
  });
  const title = t(link.isSuccess ? TITLES[link.data.purpose] : "link.title");
  return (
    <PageFrame title={title} narrow>
      {link.isPending && <PageLoading />}
      {link.isError && (
        <SpaceBetween size="l">
          <Header variant="h1">{title}</Header>
          <LinkProblem problem={asProblem(link.error)} onRetry={() => link.refetch()} />
        </SpaceBetween>
      )}
      {link.isSuccess && <Purpose token={token} link={link.data} />}
    </PageFrame>
  );
}

function Purpose({ token, link }: { token: string; link: Link }) {
  switch (link.purpose) {
    case "activate":
      return <Activate token={token} mail={link.mail} />;
    case "set_password":
      return (
        <ServiceGate>
          {(service) => <SetPassword token={token} mail={link.mail} policy={service.password_policy} />}
        </ServiceGate>
      );
    case "accept_invitation":
      return (
        <ServiceGate>
          {(service) => <AcceptInvitation token={token} link={link} policy={service.password_policy} />}
        </ServiceGate>
      );
    case "confirm_mail":
    case "approve_mail_change":
      return (
        <ConfirmMailChange token={token} end={link.purpose} mail={link.mail} newMail={link.new_mail ?? link.mail} />
      );
  }
}
