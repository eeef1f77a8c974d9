// Where somebody chooses a password: the field, and which rules it keeps so far.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { PasswordPolicy } from "../../api/types";
import { keptRules, PASSWORD_LENGTHS, PASSWORD_RULES } from "./password_rules";

interface PasswordFieldProps {
  label: string;
  policy: PasswordPolicy;
  value: string;
  error: string | undefined;
  autoFocus?: boolean;
  onChange: (value: string) => void;
}

export function PasswordField({ label, policy, value, error, autoFocus, onChange }: PasswordFieldProps) {
  return (
    <SpaceBetween size="xs">
      <FormField label={label} errorText={error}>
        <Input
          type="password"
          name="new-password"
          autoComplete="new-password"
          autoFocus={autoFocus}
          value={value}
          onChange={({ detail }) => onChange(detail.value)}
        />
      </FormField>
      <Checklist policy={policy} password={value} />
    </SpaceBetween>
  );
}

function Checklist({ policy, password }: { policy: PasswordPolicy; password: string }) {
  const { t } = useTranslation();
  const kept = keptRules(policy, password);
  return (
    <section aria-label={t("password.rules")} aria-live="polite">
      <ul className="menkyo-checklist">
        {PASSWORD_RULES[policy].map((rule) => (
          <li key={rule}>
            <StatusIndicator
              type={kept.has(rule) ? "success" : "pending"}
              iconAriaLabel={t(kept.has(rule) ? "password.kept" : "password.open")}
            >
              {t(`password_rules.${rule}`, { ...PASSWORD_LENGTHS[policy] })}
            </StatusIndicator>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The same password once more, against a slip of the fingers that nobody sees.
export function PasswordAgain({ differs, value, onChange }: Again) {
  const { t } = useTranslation();
  return (
    <FormField label={t("password.again")} errorText={differs && t("password.different")}>
      <Input
        type="password"
        name="new-password-again"
        autoComplete="new-password"
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}

interface Again {
  differs: boolean;
  value: string;
  onChange: (value: string) => void;
}
