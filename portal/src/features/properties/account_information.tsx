// The inner tab "account information": name, creator, headquarters. Domain, number and dates are shown on demand.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { changeHeadquarters } from "../../api/calls";
import type { AccountProperties } from "../../api/types";
import { formatDateTime, formatName } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { useLanguage } from "../../ui/use_language";
import { CreatorForm } from "./creator_form";
import { NameForm } from "./name_form";
import { SiteForm } from "./site_form";
import { SiteText } from "./site_text";
import { StaffLock } from "./staff_lock";
import { useDone } from "./use_done";

type Dialog = "name" | "creator" | "headquarters";

export function AccountInformation({ properties }: { properties: AccountProperties }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const sa = properties.smart_account_id;
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const done = useDone(sa);
  const mayEdit = properties.abilities.includes("account_edit");
  const seesPeople = properties.abilities.includes("users_manage");
  const { creator, headquarters } = properties;
  const editable = (value: ReactNode, which: Dialog) => (
    <SpaceBetween size="xxs">
      <div>{value}</div>
      {mayEdit && (
        <Button variant="inline-link" onClick={() => setDialog(which)}>
          {t(`properties.change.${which}`)}
        </Button>
      )}
    </SpaceBetween>
  );
  const close = () => setDialog(null);
  const saved = (which: Dialog) => {
    close();
    done(t(`properties.changed.${which}`));
  };
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={3}
        items={[
          { label: t("account.name"), value: editable(properties.name, "name") },
          { label: t("common.status"), value: t(`account_status.${properties.status}`) },
          {
            label: t("founding.headquarters"),
            value: editable(headquarters === undefined ? <OrDash /> : <SiteText site={headquarters} />, "headquarters"),
          },
        ]}
      />
      <StaffLock properties={properties} />
      <ExpandableSection headerText={t("properties.details")}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: t("account.domain"), value: properties.domain },
            { label: t("properties.number"), value: String(properties.number) },
            { label: t("account.type"), value: t(`account_types.${properties.type}`) },
            { label: t("properties.created_at"), value: formatDateTime(language, properties.created_at) },
            ...(seesPeople
              ? [
                  {
                    label: t("properties.creator"),
                    value: editable(
                      creator === undefined ? (
                        <OrDash />
                      ) : (
                        <>
                          {creator.family_name !== "" && `${formatName(language, creator)} `}
                          <Box variant="small">{creator.mail}</Box>
                        </>
                      ),
                      "creator",
                    ),
                  },
                ]
              : []),
          ]}
        />
      </ExpandableSection>
      {dialog === "name" && <NameForm properties={properties} onSaved={() => saved("name")} onClose={close} />}
      {dialog === "creator" && <CreatorForm properties={properties} onSaved={() => saved("creator")} onClose={close} />}
      {dialog === "headquarters" && (
        <SiteForm
          title={t("properties.change.headquarters")}
          begin={headquarters?.address}
          save={(address) => changeHeadquarters(sa, properties.version, address)}
          onSaved={() => saved("headquarters")}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
}
