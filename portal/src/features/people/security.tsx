// What a person can see and change of the ways in to its own account.
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { RouteLink } from "../../ui/route_link";
import { ChangeMail } from "./change_mail";
import { ChangePassword } from "./change_password";
import { OwnSessions, OwnSignIns } from "./own_sessions";
import { ServiceGate } from "./service_gate";

export function Security() {
  const { t } = useTranslation();
  const title = t("security.title");
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: title, href: "/me/security" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header
          variant="h1"
          description={t("security.description")}
          actions={<RouteLink to="/me/programs">{t("programs.title")}</RouteLink>}
        >
          {title}
        </Header>
        <ServiceGate>
          {(service) => (
            <SpaceBetween size="l">
              <ChangePassword policy={service.password_policy} />
              <ChangeMail hasMailbox={service.has_mailbox} />
            </SpaceBetween>
          )}
        </ServiceGate>
        <OwnSessions />
        <OwnSignIns />
      </SpaceBetween>
    </PageFrame>
  );
}
