// What a file looks like.
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useTranslation } from "react-i18next";
import { ROLES } from "../accounts/roles";

const TEXTS = ["mail", "role", "virtual_account", "ends_on"] as const;

export function FileHelp() {
  const { t } = useTranslation();
  return (
    <ExpandableSection headerText={t("user_file.help")}>
      <Box variant="p">{t("user_file.help_text")}</Box>
      <dl>
        {TEXTS.map((name) => (
          <div key={name}>
            <dt>
              <Box variant="awsui-key-label">{t(`user_file.columns.${name}`)}</Box>
            </dt>
            <dd>
              {t(`user_file.column_texts.${name}`)}
              {name === "role" && (
                <ul>
                  {ROLES.map((role) => (
                    <li key={role}>
                      {t(`roles.${role}`)} <Box variant="code">{role}</Box>
                    </li>
                  ))}
                </ul>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </ExpandableSection>
  );
}
