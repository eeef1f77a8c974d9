import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { grantRole } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { NewRoleGrant, VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useRefusal } from "../../ui/problem_alert";
import { isMail } from "../people/is_mail";
import { NO_ROLE_YET, RoleFields, roleOf } from "./role_fields";

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
  const [entry, setEntry] = useState(NO_ROLE_YET);
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const grant = useMutation({
    mutationFn: (request: NewRoleGrant) => grantRole(sa, request, keys.keyFor(request)),
    onSuccess: (_, request) => onGranted(request.mail),
  });
  const { problem, errorOf } = useRefusal(grant);
  const submit = () => {
    setTried(true);
    const role = roleOf(entry);
    if (isMail(mail) && role !== undefined) grant.mutate({ mail: mail.trim(), ...role });
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
      <RoleFields entry={entry} virtualAccounts={virtualAccounts} tried={tried} errorOf={errorOf} onChange={setEntry} />
    </FormModal>
  );
}
