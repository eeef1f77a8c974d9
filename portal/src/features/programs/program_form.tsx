// Makes a program, or changes one.
import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeProgram, makeProgram } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { AccountSummary, MadeProgram, NewProgram, Program } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { OptionalLabel } from "../../ui/optional_label";
import { useRefusal } from "../../ui/problem_alert";
import { dayOf, endOfDay } from "./end_date";

interface ProgramFormProps {
  item?: Program;
  accounts: AccountSummary[];
  onMade?: (made: MadeProgram) => void;
  onChanged?: (item: Program) => void;
  onClose: () => void;
}

// No identifier is empty, so the empty one can stand for all of them.
const ALL = "";

export function ProgramForm({ item, accounts, onMade, onChanged, onClose }: ProgramFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(item?.name ?? "");
  const [account, setAccount] = useState(ALL);
  const [onlyReads, setOnlyReads] = useState(item?.only_reads ?? true);
  const [day, setDay] = useState(dayOf(item?.ends_at));
  const [keys] = useState(idempotencyKeys);
  const save = useMutation({
    mutationFn: async (body: NewProgram) =>
      item !== undefined
        ? { changed: await changeProgram(item.program_id, item.version, body) }
        : { made: await makeProgram(account === ALL ? undefined : account, body, keys.keyFor({ ...body, account })) },
    onSuccess: (done) => {
      if (done.made !== undefined) onMade?.(done.made);
      else onChanged?.(done.changed);
    },
  });
  const { problem, errorOf } = useRefusal(save);
  const options = [
    { value: ALL, label: t("programs.all_accounts") },
    ...accounts.map((each) => ({ value: each.smart_account_id, label: each.name, description: each.domain })),
  ];
  const submit = () =>
    save.mutate({
      name,
      only_reads: onlyReads,
      // A day that was not touched stays the very instant that it was.
      ...(day === "" ? {} : { ends_at: item?.ends_at && day === dayOf(item.ends_at) ? item.ends_at : endOfDay(day) }),
    });
  return (
    <FormModal
      title={item === undefined ? t("programs.make") : t("programs.change_title", { name: item.name })}
      submit={item === undefined ? t("programs.make") : t("programs.change")}
      pending={save.isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <FormField label={t("programs.name")} description={t("programs.name_hint")} errorText={errorOf("name")}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      {item === undefined && (
        <FormField label={t("programs.account")} description={t("programs.account_hint")}>
          <Select
            options={options}
            selectedOption={options.find((option) => option.value === account) ?? null}
            filteringType="auto"
            empty={t("table.no_match")}
            expandToViewport
            onChange={({ detail }) => setAccount(detail.selectedOption.value ?? ALL)}
          />
        </FormField>
      )}
      <FormField label={t("programs.rights")}>
        <RadioGroup
          value={onlyReads ? "reads" : "writes"}
          items={(["reads", "writes"] as const).map((value) => ({
            value,
            label: t(`programs.${value}`),
            description: t(`programs.hints.${value}`),
          }))}
          onChange={({ detail }) => setOnlyReads(detail.value === "reads")}
        />
      </FormField>
      <FormField
        label={<OptionalLabel>{t("programs.ends_at")}</OptionalLabel>}
        description={t("programs.ends_at_hint")}
        errorText={errorOf("ends_at")}
      >
        <DatePicker
          value={day}
          onChange={({ detail }) => setDay(detail.value)}
          expandToViewport
          placeholder="YYYY/MM/DD"
        />
      </FormField>
    </FormModal>
  );
}
