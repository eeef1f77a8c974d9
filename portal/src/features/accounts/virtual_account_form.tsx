import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeVirtualAccount, createVirtualAccount } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { CommerceAccess, VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useRefusal } from "../../ui/problem_alert";

interface VirtualAccountFormProps {
  sa: string;
  // Given: this one is changed. Otherwise one is created, below `parent` if that is given.
  item?: VirtualAccount;
  parent?: VirtualAccount;
  onSaved: (saved: VirtualAccount) => void;
  onClose: () => void;
}

const ACCESS: readonly CommerceAccess[] = ["PUBLIC", "PRIVATE"];

export function VirtualAccountForm({ sa, item, parent, onSaved, onClose }: VirtualAccountFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(item?.name ?? "");
  const [description, setDescription] = useState(item?.description ?? "");
  const [access, setAccess] = useState<CommerceAccess>(item?.commerce_access ?? "PUBLIC");
  const [missing, setMissing] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const save = useMutation({
    mutationFn: () => {
      const record = { name: name.trim(), description: description.trim(), commerce_access: access };
      if (item !== undefined) return changeVirtualAccount(sa, item.virtual_account_id, item.version, record);
      const request = parent === undefined ? record : { ...record, parent_id: parent.virtual_account_id };
      return createVirtualAccount(sa, request, keys.keyFor(request));
    },
    onSuccess: onSaved,
  });
  const { problem, errorOf } = useRefusal(save);
  const title =
    item !== undefined
      ? t("virtual_accounts.edit_title", { name: item.name })
      : parent !== undefined
        ? t("virtual_accounts.create_below_title", { name: parent.name })
        : t("virtual_accounts.create");
  return (
    <FormModal
      title={title}
      submit={t(item === undefined ? "common.create" : "common.save")}
      pending={save.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setMissing(name.trim() === "");
        if (name.trim() !== "") save.mutate();
      }}
    >
      <FormField
        label={t("virtual_accounts.name")}
        errorText={missing ? t("virtual_accounts.name_missing") : errorOf("name")}
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={t("virtual_accounts.description")} errorText={errorOf("description")}>
        <Textarea rows={3} value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label={t("virtual_accounts.commerce_access")} errorText={errorOf("commerce_access")}>
        <RadioGroup
          value={access}
          items={ACCESS.map((value) => ({
            value,
            label: t(`commerce_access.${value}`),
            description: t(`commerce_access.${value}_text`),
          }))}
          onChange={({ detail }) => setAccess(ACCESS.find((value) => value === detail.value) ?? "PUBLIC")}
        />
      </FormField>
    </FormModal>
  );
}
