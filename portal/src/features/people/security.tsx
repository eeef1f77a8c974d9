// What a person can see and change of the ways in to its own account.
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import { InnerPage } from "../../app/inner_page";
import { RouteLink } from "../../ui/route_link";
import { ChangeMail } from "./change_mail";
import { ChangePassword } from "./change_password";
import { OwnSessions, OwnSignIns } from "./own_sessions";
import { ServiceGate } from "./service_gate";

export function Security() {
  const { t } = useTranslation();
  const title = t("security.title");
  return (
    <InnerPage
      title={title}
      description={t("security.description")}
      actions={<RouteLink to="/me/programs">{t("programs.title")}</RouteLink>}
    >
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
    </InnerPage>
  );
}
