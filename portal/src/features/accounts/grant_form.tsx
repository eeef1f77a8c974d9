import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { grantRole } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem, fieldError } from "../../api/problem";
import type { NewRoleGrant, Role, VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { fieldText } from "../../ui/problem_alert";
import { isMail } from "../people/is_mail";
import { needsVirtualAccount, ROLES } from "./roles";

interface GrantFormProps {
  sa: string;
  mail: string;
  virtualAccounts: VirtualAccount[];
  onGranted: (mail: string) => void;
  onClose: () => void;
}

export function GrantForm({ sa, mail: known, virtualAccounts, onGranted, onClose }: GrantFormProps) {
  const { t } = useTranslation();
  const [mail, setMail] = useState(known);
  const [role, setRole] = useState<Role>("sa_user");
  const [va, setVa] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const grant = useMutation({
    mutationFn: (request: NewRoleGrant) => grantRole(sa, request, keys.keyFor(request)),
    onSuccess: (_, request) => onGranted(request.mail),
  });
  const problem = grant.isError ? asProblem(grant.error) : null;
  const errorOf = (field: string) => fieldText(t, problem === null ? undefined : fieldError(problem, `/${field}`));
  const needsVa = needsVirtualAccount(role);
  const vaOptions = virtualAccounts.map((item) => ({
    value: item.virtual_account_id,
    label: item.path_names.join(" / "),
  }));
  const submit = () => {
    setTried(true);
    if (!isMail(mail) || (needsVa && va === null)) return;
    const request: NewRoleGrant = { mail: mail.trim(), role };
    if (needsVa && va !== null) request.virtual_account_id = va;
    grant.mutate(request);
  };
  return (
    <FormModal
      title={t(known === "" ? "users.add" : "users.add_role")}
      submit={t("users.grant_submit")}
      pending={grant.isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <FormField
        label={t("sign_in.mail")}
        description={t("users.mail_help")}
        errorText={tried && !isMail(mail) ? t("sign_in.mail_missing") : errorOf("mail")}
      >
        <Input type="email" readOnly={known !== ""} value={mail} onChange={({ detail }) => setMail(detail.value)} />
      </FormField>
      <FormField label={t("users.role")} errorText={errorOf("role")}>
        <Select
          selectedOption={{ value: role, label: t(`roles.${role}`) }}
          options={ROLES.map((value) => ({
            value,
            label: t(`roles.${value}`),
            description: t(`role_texts.${value}`),
          }))}
          expandToViewport
          onChange={({ detail }) => setRole(ROLES.find((each) => each === detail.selectedOption.value) ?? "sa_user")}
        />
      </FormField>
      {needsVa && (
        <FormField
          label={t("virtual_accounts.one")}
          errorText={tried && va === null ? t("users.virtual_account_missing") : errorOf("virtual_account_id")}
        >
          <Select
            filteringType="auto"
            virtualScroll
            placeholder={t("licenses.choose_virtual_account")}
            selectedOption={vaOptions.find((option) => option.value === va) ?? null}
            options={vaOptions}
            expandToViewport
            onChange={({ detail }) => setVa(detail.selectedOption.value ?? null)}
          />
        </FormField>
      )}
    </FormModal>
  );
}
